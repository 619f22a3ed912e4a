"""The watch: who keeps the light, and when they change."""

import os
from typing import List

from lighthouse.keeper import Keeper


def next_keeper(keepers: List[Keeper], last: Keeper | None) -> Keeper:
    """Whose turn it is after the last one."""
    if last == None:
        return keepers[0]
    return keepers[(keepers.index(last) + 1) % len(keepers)]
