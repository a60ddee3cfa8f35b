# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Reading days off that somebody typed or pasted. Plain Python without Odoo.

One a line: ``18/08; Cuti bersama Hari Kemerdekaan; SKB 933/2025``. The decree may be
left out; tabs separate as well, as they do when pasted from a sheet.
"""

import re
from datetime import date
from typing import NamedTuple

SEPARATOR = re.compile(r"[;\t]")
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
NUMBER_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?")
WORD_DATE = re.compile(r"(\d{1,2})\s+([A-Za-z]{3,})\.?(?:\s+(\d{4}))?")
# The first three letters, in Indonesian and in English.
MONTHS = {
    letters: number
    for number, words in enumerate(
        (
            *("jan", "feb peb", "mar", "apr", "mei may", "jun", "jul"),
            *("agu ags agt aug", "sep", "okt oct", "nov nop", "des dec"),
        ),
        start=1,
    )
    for letters in words.split()
}
FIRST_YEAR, LAST_YEAR = 2000, 2099
NAME_LENGTH = 200


class TypedDay(NamedTuple):
    """A day off as typed."""

    number: int  # of the line, from 1
    day: date
    name: str
    decree: str


class BadLine(NamedTuple):
    """A line that cannot be read."""

    number: int
    text: str
    problem: str  # "date", "name", "year" or "twice"


def read_days_off(text, year):
    """Read the lines; bad ones do not keep the others.

    :param int year: of dates without a year
    :return: (list of :class:`TypedDay`, list of :class:`BadLine`)
    """
    good, bad, seen = [], [], set()
    for number, line in enumerate((text or "").splitlines(), start=1):
        line = line.strip()
        if not line:
            continue
        first, *rest = (part.strip() for part in SEPARATOR.split(line))
        name = " ".join(rest[0].split())[:NAME_LENGTH] if rest else ""
        decree = " ".join(" ".join(part for part in rest[1:] if part).split())
        try:
            day = read_date(first, year)
        except ValueError:
            bad.append(BadLine(number, line, "date"))
            continue
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            bad.append(BadLine(number, line, "year"))
        elif not name:
            bad.append(BadLine(number, line, "name"))
        elif day in seen:
            bad.append(BadLine(number, line, "twice"))
        else:
            seen.add(day)
            good.append(TypedDay(number, day, name, decree[:NAME_LENGTH]))
    return good, bad


def read_date(text, year):
    """A date as Indonesians write it, day first, or ISO.

    :param int year: if the text has none
    :raise ValueError: it is no date
    """
    if match := ISO_DATE.fullmatch(text):
        return date(*map(int, match.groups()))
    if match := NUMBER_DATE.fullmatch(text):
        day, month, own_year = match.groups()
        return date(int(own_year or year), int(month), int(day))
    if match := WORD_DATE.fullmatch(text):
        day, word, own_year = match.groups()
        month = MONTHS.get(word[:3].lower(), 0)
        return date(int(own_year or year), month, int(day))
    raise ValueError(f"{text!r} is no date.")


def is_joint_leave(name):
    """Whether a day off of this name is joint leave (cuti bersama)."""
    name = " ".join((name or "").lower().split())
    return "cuti bersama" in name or "joint leave" in name
