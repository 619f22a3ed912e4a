from lighthouse.keeper import Keeper
from lighthouse.watch import next_keeper


def test_the_watch_goes_round():
    ada, grace = Keeper("ada"), Keeper("grace")
    assert next_keeper([ada, grace], None) is ada
    assert next_keeper([ada, grace], grace) is ada


def test_the_keeper_who_leaves_writes_it_down():
    ada = Keeper("ada")
    ada.relieve(Keeper("grace"))
    assert ada.last() == "relieved by grace"
