# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What stands in the cells of an imported file: dates, amounts, names.

Plain Python without Odoo. The person who fills in the file is Indonesian, whatever the
language of whoever imports it: 05/03/2026 is the fifth of March.
"""

import re
from datetime import date, datetime, time, timezone

# A date without a time: the middle of the day, the same date in every zone near ours.
NOON = time(12, 0)
# Earlier dates are slips, or what a spreadsheet makes of an empty cell (1900).
FIRST_YEAR = 1970
# Rupiah; more is no loss of a customer, and beyond some hundred digits no number.
MAX_AMOUNT = 10**15

_SEPARATOR = r"[/.-]"
_DATE = re.compile(
    rf"(?:(?P<day>\d{{1,2}})\s*{_SEPARATOR}\s*(?P<month>\d{{1,2}})\s*{_SEPARATOR}\s*"
    rf"(?P<year>\d{{4}})"
    rf"|(?P<iso_year>\d{{4}}){_SEPARATOR}(?P<iso_month>\d{{1,2}}){_SEPARATOR}"
    rf"(?P<iso_day>\d{{1,2}}))"
    # 14:30, 14.30, 14.30.05, T14:30:05
    r"(?:(?:\s+|T|,\s*)(?P<hour>\d{1,2})[:.](?P<minute>\d{2})"
    r"(?:[:.](?P<second>\d{2})(?:\.\d+)?)?)?"
)


def parse_moment(cell, tz):
    """Read a date with or without a time.

    :param cell: text, or a date or datetime as spreadsheets have it
    :param tz: zone of the date, from pytz
    :return: (naive UTC in whole seconds, whether a time was given)
    :raise ValueError: it is no date
    """
    if not isinstance(cell, date):
        cell = _parse_date_text(clean(cell))
    elif isinstance(cell, datetime) and cell.time() == time.min:
        cell = cell.date()  # spreadsheets cannot tell a date from its midnight
    if cell.year < FIRST_YEAR:
        raise ValueError(cell)
    has_time = isinstance(cell, datetime)
    local = cell if has_time else datetime.combine(cell, NOON)
    moment = tz.localize(local.replace(tzinfo=None, microsecond=0))
    return moment.astimezone(timezone.utc).replace(tzinfo=None), has_time


def parse_date(cell):
    """Read a date; a time of day is not looked at.

    :rtype: date
    :raise ValueError: it is no date
    """
    if not isinstance(cell, date):
        cell = _parse_date_text(clean(cell))
    return cell.date() if isinstance(cell, datetime) else cell


def _parse_date_text(text):
    """A datetime where the text has a time, else a date."""
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(text)
    part = match.groupdict()
    day = date(
        int(part["year"] or part["iso_year"]),
        int(part["month"] or part["iso_month"]),
        int(part["day"] or part["iso_day"]),
    )
    if part["hour"] is None:
        return day
    return datetime.combine(
        day, time(int(part["hour"]), int(part["minute"]), int(part["second"] or 0))
    )


def parse_amount(cell):
    """Read an amount of money: 1.500.000, Rp 1.500.000,50, 1500000.5, 1,500,000.

    One dot or comma before three last digits groups thousands, as rupiah are written.

    :rtype: float
    :raise ValueError: it is no amount, less than zero or beyond all reason
    """
    text = re.sub(r"^(rp|idr)\.?|\s|,-$", "", clean(cell), flags=re.IGNORECASE)
    if not re.fullmatch(r"\d[\d.,]*", text):
        raise ValueError(cell)
    decimals = ""
    last = max(text.rfind("."), text.rfind(","))
    if last >= 0:
        mark, tail = text[last], text[last + 1 :]
        is_grouping = text.count(mark) > 1 or (
            len(tail) == 3 and len(set(re.sub(r"\d", "", text))) == 1
        )
        if not is_grouping:
            text, decimals = text[:last], tail
    amount = float(re.sub(r"[.,]", "", text) + (f".{decimals}" if decimals else ""))
    if amount > MAX_AMOUNT:
        raise ValueError(cell)
    return amount


def clean(cell):
    """The text of a cell that holds one line.

    Without the apostrophe that other systems put before what must stay text.
    """
    return " ".join(str(cell).split()).removeprefix("'").strip()


def normalize(text):
    """What names have in common however they are typed.

    No case, no spaces around, one space within, none beside the slash of a hierarchy.
    """
    return re.sub(r"\s*/\s*", "/", " ".join(str(text).split())).casefold()


def find_short(text, values):
    """What a short form may mean: the beginning of a name or of one of its words.

    A hyphen within a word counts for nothing: Email is E-mail.

    :param str text: as it was written; of three letters at least
    :param dict values: lists of what is meant, by normalised name
    :return: list of what is meant, each once
    """
    wanted = _squash(text)
    found = []
    if len(wanted) >= 3:
        for name, meant in values.items():
            beginnings = [_squash(name), *map(_squash, name.split())]
            if any(part.startswith(wanted) for part in beginnings):
                found += [value for value in meant if value not in found]
    return found


def _squash(text):
    """Only the letters and digits."""
    return re.sub(r"[\W_]", "", text).casefold()
