from lighthouse.beam import period, visible_from


def test_six_flashes_are_ten_seconds_apart():
    assert period() == 10


def test_a_near_ship_sees_the_light():
    assert visible_from(10, 25)
