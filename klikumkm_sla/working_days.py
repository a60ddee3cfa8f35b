# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Counting in working days: deadlines, lateness and days left.

Plain Python without Odoo. The table holds one *closing* for each working day of one
operating calendar; every answer is a binary search in it. Moments are naive UTC, dates
are local dates in the calendar's zone. What happens at exactly a closing happens
before it.

Rule numbers are those of "The rules of time" in the suite's design.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

# A deadline further away than this is none (rule 11).
HORIZON_YEARS = 5

# What is open for less is what a leave to 23:59:59 leaves over, not an opening.
SHORTEST_OPENING = timedelta(minutes=1)

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


class Gap(NamedTuple):
    """Time [start, end) in which a clock did not run; naive UTC.

    A pause that is still open has no end and is not passed to the count (rule 3).
    """

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The working days of one operating calendar and when each of them closes.

    :param tuple closings: naive UTC datetimes in whole seconds, ascending
    :param tuple dates: the local date of each closing
    :param tz: zone of the calendar, from pytz or zoneinfo
    :param date first: first local date the table knows about
    :param date last: last local date the table knows about; nothing is known of
        closings outside these two
    """

    closings: tuple[datetime, ...] = field(repr=False)
    dates: tuple[date, ...] = field(repr=False)
    tz: tzinfo
    first: date
    last: date

    @classmethod
    def from_intervals(cls, intervals, tz, first, last):
        """Build the table from opening hours (terms of the rules of time).

        A date with an opening of a minute or more is a working day. It closes at the
        end of its last opening, at 23:59:59 if that is midnight. Hours past midnight
        belong to the date they fall on.

        :param intervals: pairs (start, end) of aware datetimes in any zone and order;
            they may touch or overlap
        :param tz: zone of the calendar, from pytz or zoneinfo
        :param date first: first local date covered by the intervals
        :param date last: last local date covered by the intervals
        :rtype: WorkingDays
        """
        closing_by_date = {}
        for start, end in _merge((_to_utc(a), _to_utc(b)) for a, b in intervals):
            while start < end:
                day = _local_date(start, tz)
                part_end = _end_on_date(start, end, tz)
                if first <= day <= last and part_end - start >= SHORTEST_OPENING:
                    is_midnight = _local_date(part_end, tz) != day
                    closing_by_date[day] = part_end - SECOND * is_midnight
                start = part_end
        return cls(
            closings=tuple(closing_by_date.values()),
            dates=tuple(closing_by_date),
            tz=tz,
            first=first,
            last=last,
        )

    # === CALENDAR === #

    def local_date(self, moment):
        """Return the date on the calendar's wall at a naive UTC moment."""
        return _local_date(moment, self.tz)

    def is_working_day(self, day):
        """Return whether the calendar is open on a local date."""
        return self.closing_of(day) is not None

    def closing_of(self, day):
        """Return the closing of a local date in naive UTC, None if it is not open."""
        index = bisect_left(self.dates, day)
        if index < len(self.dates) and self.dates[index] == day:
            return self.closings[index]
        return None

    def closing_after(self, day):
        """Return the first closing on a date after a local date, None if unknown."""
        index = bisect_right(self.dates, day)
        return self.closings[index] if index < len(self.closings) else None

    def next_closing(self, now):
        """Return the closing of the next working day after today, None if unknown.

        :param datetime now: naive UTC
        """
        return self.closing_after(self.local_date(now))

    def shift_date(self, day, days):
        """Return the working day so many working days after or before a local date.

        :param date day: local date, open or not
        :param int days: negative for before; 0 is the date itself
        :return: local date, None if it lies outside the table
        """
        if not days:
            return day
        if days > 0:
            index = bisect_right(self.dates, day) + days - 1
        else:
            index = bisect_left(self.dates, day) + days
        return self.dates[index] if 0 <= index < len(self.dates) else None

    def same_time(self, moment, days):
        """Return the same time of day so many working days later or earlier.

        :param datetime moment: naive UTC
        :param int days: negative for earlier
        :return: naive UTC, None if it lies outside the table
        """
        day = self.shift_date(self.local_date(moment), days)
        return day and self.at_wall(day, _to_wall(moment, self.tz).time())

    def at_wall(self, day, wall_time):
        """Return a local time of a local date in naive UTC.

        Of a time that a clock change skips or repeats, the later or earlier reading is
        as good.
        """
        wall = datetime.combine(day, wall_time)
        if hasattr(self.tz, "localize"):  # pytz
            return _to_utc(self.tz.localize(wall))
        return _to_utc(wall.replace(tzinfo=self.tz))

    # === COUNT === #

    def count_deadline(self, start, days, gaps=()):
        """Return the deadline of a clock (rules 1 and 3).

        The N-th closing on a date after day 0 that is in no gap. Each gap over which a
        closing passed sets a floor as well: the first closing on a date after its end,
        so that a whole working day is left. A gap that began after the deadline had
        passed does not matter, nor does what lies before day 0.

        :param datetime start: naive UTC; its local date is day 0
        :param int days: working days, at least 1
        :param gaps: iterable of :class:`Gap` in any order; they may touch or overlap
        :return: naive UTC, or None if the table does not reach from day 0 to the
            deadline, or ``HORIZON_YEARS`` from day 0 do not (rule 11)
        :raises ValueError: if ``days`` is less than 1
        """
        if days < 1:
            raise ValueError(f"A deadline needs at least one day, not {days}.")
        day_zero = self.local_date(start)
        if day_zero < self.first:
            return None
        # From here to the last line, moments are positions in self.closings.
        on_day_zero = bisect_left(self.dates, day_zero)
        after_day_zero = bisect_right(self.dates, day_zero)
        counted = deadline = after_day_zero + days - 1
        for gap_start, gap_end in _merge(gaps):
            begin, end = self._positions(gap_start, gap_end)
            if begin > deadline:
                break
            if end <= max(begin, on_day_zero):
                continue
            if begin <= counted:
                counted += end - max(begin, after_day_zero)
            floor = bisect_right(self.dates, self.local_date(gap_end))
            deadline = max(deadline, counted, floor)
        if deadline >= len(self.closings):
            return None
        if _is_beyond_horizon(day_zero, self.dates[deadline]):
            return None
        return self.closings[deadline]

    def late_days(self, deadline, until, gaps=()):
        """Return the closings in [deadline, until) that are in no gap (rule 5).

        :param datetime deadline: naive UTC
        :param datetime until: naive UTC, the stop of the clock or now
        :param gaps: iterable of :class:`Gap` in any order; they may touch or overlap
        :return: working days, 0 if ``until`` is not after the deadline
        """
        begin, end = self._positions(deadline, until)
        late = max(end - begin, 0)
        for gap in _merge(gaps):
            gap_begin, gap_end = self._positions(*gap)
            late -= max(min(end, gap_end) - max(begin, gap_begin), 0)
        return late

    def remaining_days(self, now, deadline, gaps=()):
        """Return the working days left, 0 on the last one, negative when late.

        Until the deadline these are the working days after today up to its date; after
        it, minus the late days (``sla_remaining_days`` in the design).

        :param datetime now: naive UTC
        :param datetime deadline: naive UTC
        :param gaps: iterable of :class:`Gap`; they matter after the deadline only
        :rtype: int
        """
        if now > deadline:
            return -self.late_days(deadline, now, gaps)
        today = bisect_right(self.dates, self.local_date(now))
        return bisect_right(self.dates, self.local_date(deadline)) - today

    def skipped_days(self, start, deadline):
        """Return the local dates a count passed over because they are not open.

        :param datetime start: naive UTC; its local date is day 0 and not returned
        :param datetime deadline: naive UTC
        :return: list of dates after day 0 up to the deadline's, ascending
        """
        day_zero = self.local_date(start)
        length = (self.local_date(deadline) - day_zero).days
        days = (day_zero + DAY * number for number in range(1, length + 1))
        return [day for day in days if not self.is_working_day(day)]

    def _positions(self, start, end):
        """Return (begin, end) such that closings[begin:end] lie in [start, end)."""
        return bisect_left(self.closings, start), bisect_left(self.closings, end)


def _to_utc(moment):
    """Return an aware datetime as naive UTC, microseconds cut."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)


def _to_wall(moment, tz):
    """Return a naive UTC moment as it stands on the clocks of a zone."""
    return moment.replace(tzinfo=timezone.utc).astimezone(tz)


def _local_date(moment, tz):
    """Return the date in a zone at a naive UTC moment."""
    return _to_wall(moment, tz).date()


def _end_on_date(start, end, tz):
    """Return where [start, end) ends or the local date changes, whichever is first.

    The change is searched for, not calculated: a clock change can make the date shorter
    or longer, or skip midnight or a whole date.
    """
    day = _local_date(start, tz)
    if _local_date(end - SECOND, tz) == day:
        return end
    seconds = bisect_right(
        range((end - start) // SECOND),
        day,
        key=lambda second: _local_date(start + SECOND * second, tz),
    )
    return start + SECOND * seconds


def _is_beyond_horizon(day_zero, day):
    """Return whether a date is more than ``HORIZON_YEARS`` after day 0."""
    # Compared part by part because 29 February has no anniversary.
    anniversary = (day_zero.year + HORIZON_YEARS, day_zero.month, day_zero.day)
    return (day.year, day.month, day.day) > anniversary


def _merge(intervals):
    """Return half-open intervals (start, end) sorted and apart from each other.

    Those that touch or overlap become one, empty and reversed ones disappear.
    """
    merged = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
