"""The beam: how fast the lamp turns, and what ships see of it."""

import logging

log = logging.getLogger(__name__)

FLASHES_PER_MINUTE = 6


def period(flashes_per_minute: int = FLASHES_PER_MINUTE) -> float:
    """Seconds between two flashes."""
    return 60 / flashes_per_minute


def visible_from(distance_miles: float, height_metres: float) -> bool:
    """Whether a ship at this distance sees the light over the horizon."""
    return distance_miles <= 2.08 * (height_metres**0.5 + 2)
