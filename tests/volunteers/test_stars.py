"""Stars by hours served, and who confirms them."""

from __future__ import annotations

from decimal import Decimal

from civicloop.volunteers.rules.stars import LEVELS, confirmed_by, stars, to_next


def test_stars_stand_at_100_300_600_1000_and_1500_hours() -> None:
    assert LEVELS == (100, 300, 600, 1000, 1500)
    just_below = [stars(Decimal(level) - Decimal("0.5")) for level in LEVELS]
    assert (just_below, [stars(Decimal(level)) for level in LEVELS]) == ([0, 1, 2, 3, 4], [1, 2, 3, 4, 5])
    assert [confirmed_by(count) for count in range(6)] == ["", "county", "county", "city", "city", "province"]
    assert (to_next(Decimal(0)), to_next(Decimal("99.5")), to_next(Decimal(2000))) == (100, Decimal("0.5"), None)
