"""Ages and identity papers of volunteers."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from civicloop.kernel.refusal import Invalid

# PIPL, article 31: under 14 the guardian agrees.
GUARDIAN_UNDER = 14
OLDEST = 120
BANDS: tuple[tuple[str, int], ...] = (("under_14", 0), ("14_17", 14), ("18_34", 18), ("35_59", 35), ("60_up", 60))
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
_RESIDENT = re.compile(r"\d{17}[\dX]")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1\d{10})")
_OTHER = re.compile(r"[A-Z0-9]{5,20}")


def age_on(birth_on: date, day: date) -> int:
    """Whole years of age on a day."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def band(birth_on: date | None, day: date) -> str:
    """The age band on a day: under_14, 14_17, 18_34, 35_59, 60_up; "" when the date of birth is not known."""
    if birth_on is None:
        return ""
    age = age_on(birth_on, day)
    return [name for name, least in BANDS if age >= least][-1] if age >= 0 else BANDS[0][0]


def born_between(name: str, day: date) -> tuple[date, date]:
    """The first and last date of birth of those who are in an age band on a day. Raises KeyError for a band nobody knows."""
    least = dict(BANDS)[name]
    later = [age for _, age in BANDS if age > least]
    first = years_before(day, later[0]) + timedelta(days=1) if later else years_before(day, OLDEST + 1)
    return first, years_before(day, least)


def years_before(day: date, years: int) -> date:
    """The last date of birth of those who are so old on a day; of a 29 February it may be the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def needs_guardian(birth_on: date | None, day: date) -> bool:
    """Whether somebody else must agree for this person."""
    return birth_on is not None and age_on(birth_on, day) < GUARDIAN_UNDER


def check_birth(birth_on: date, day: date) -> date:
    """The date of birth, if a living person may have it. Raises Invalid."""
    if birth_on > day or age_on(birth_on, day) > OLDEST:
        raise Invalid("birth_on", "birth_not_possible")
    return birth_on


def read_id(kind: str, number: str, birth_on: date | None) -> str:
    """The number as it is kept, without blanks. A resident's has 18 places with a check digit and holds the date of birth
    (GB 11643-1999); of other papers only the shape is looked at.

    Raises Invalid: id_number_wrong, id_contradicts_birth. The number itself stands in no refusal.
    """
    told = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", number)).upper()
    if kind != "resident":
        if not _OTHER.fullmatch(told):
            raise Invalid("id_number", "id_number_wrong")
        return told
    if not _RESIDENT.fullmatch(told) or not told.isascii() or told[17] != check_digit(told):
        raise Invalid("id_number", "id_number_wrong")
    if birth_on is not None and told[6:14] != birth_on.strftime("%Y%m%d"):
        raise Invalid("id_number", "id_contradicts_birth")
    return told


def check_digit(number: str) -> str:
    """The last place of a resident's number, worked out from the first seventeen (ISO 7064, MOD 11-2)."""
    return CHECKS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number[:17], strict=True)) % 11]


def bare_phone(phone: str) -> str:
    """A phone number without blanks, hyphens and the country's code."""
    digits = re.sub(r"[\s()\-]", "", unicodedata.normalize("NFKC", phone[:60]))
    mobile = _MOBILE.fullmatch(digits)
    return mobile[1] if mobile else digits[:30]
