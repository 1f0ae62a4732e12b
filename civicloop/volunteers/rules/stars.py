"""Stars of volunteers: an honour for hours served, given by their association. No points, no ranking.

Method of star rating: 100, 300, 600, 1000 and 1500 hours for one to five stars; one and two stars are confirmed by the county,
three and four by the city, five by the province.
"""

from __future__ import annotations

from decimal import Decimal

LEVELS: tuple[int, ...] = (100, 300, 600, 1000, 1500)
CONFIRMED_BY: tuple[str, ...] = ("county", "county", "city", "city", "province")


def stars(hours: Decimal) -> int:
    """How many stars so many hours are worth, 0 to 5."""
    return sum(1 for level in LEVELS if hours >= level)


def to_next(hours: Decimal) -> Decimal | None:
    """Hours that are missing for the next star; None with five."""
    return next((level - hours for level in LEVELS if hours < level), None)


def confirmed_by(count: int) -> str:
    """Who confirms so many stars: county, city, province; nobody for none."""
    return CONFIRMED_BY[count - 1] if 1 <= count <= len(CONFIRMED_BY) else ""
