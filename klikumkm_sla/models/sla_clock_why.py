# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Why this date: how it was counted, in a sentence for customers, by day for the desk.

Both are made of :meth:`SlaClock._explain`, which reads the journal and the calendar;
nothing here decides a date.
"""

from datetime import timedelta
from typing import NamedTuple

from odoo import fields, models

from ..working_days import Gap
from .sla_clock import read_gaps

DAY = timedelta(days=1)


class ExplainedDay(NamedTuple):
    """What one local date was to a count."""

    day: object  # date
    # counted, closed, holiday, waited (for the customer), ended (no clock), returned
    # (ran again, and a whole day had to be left)
    kind: str
    number: int  # of the counted day, else 0
    name: str  # of the holiday


class Explanation(NamedTuple):
    """How a date was counted."""

    received: object  # local date of receipt, day 0
    due: object  # naive UTC
    days: int  # working days of the standard
    extension_days: int
    dates: list  # of ExplainedDay, after day 0 up to the local date of ``due``

    def of_kind(self, *kinds):
        return [row for row in self.dates if row.kind in kinds]

    @property
    def adds_up(self):
        """Whether the days that count are as many as were promised."""
        return len(self.of_kind("counted")) == self.days + self.extension_days

    def holidays(self):
        """Days off of one name that no working day parts.

        :return: list of (name, list of ExplainedDay)
        """
        stretches = []
        is_open = False
        for row in self.dates:
            if row.kind == "holiday" and is_open and stretches[-1][0] == row.name:
                stretches[-1][1].append(row)
            elif row.kind == "holiday":
                stretches.append((row.name, [row]))
            if row.kind != "closed":
                is_open = row.kind == "holiday"
        return stretches


class SlaClock(models.Model):
    _inherit = "klikumkm.sla.clock"

    def _explain(self, due=None, more_days=0):
        """How a date was counted: the deadline, one it was, or one it may become.

        :param datetime due: naive UTC, by default the present deadline
        :param int more_days: working days of an extension not yet made
        :return: :class:`Explanation`, or None if there is nothing to count on
        """
        self.ensure_one()
        due = due or self.deadline
        if not due or self.calendar_id._get_sla_unusable_reason():
            return None
        events = self.event_ids.sorted("id")
        days, extension_days = self.days, self.extension_days
        known = events.filtered(lambda event: event.deadline_after == due)
        gap = None
        if due != self.deadline and known:
            # with the terms and gaps of the day on which it was the deadline
            days, extension_days = known[-1].days, known[-1].extension_days
            events = events.filtered(lambda event: event.id <= known[-1].id)
        elif due != self.deadline:
            extension_days += more_days
            gap = self._get_open_gap()
        table = self.calendar_id._get_working_days(self.start_date, due)
        received = table.local_date(self.start_date)
        names = self.calendar_id._get_sla_leave_names(
            table.skipped_days(self.start_date, due)
        )
        gaps = [*read_gaps(events), *filter(None, [gap])]
        kinds = self._get_kinds_of_days(table, due, names, gaps, days + extension_days)
        rows, number = [], 0
        for day, kind in kinds.items():
            number += kind == "counted"
            rows.append(
                ExplainedDay(
                    day,
                    kind,
                    number if kind == "counted" else 0,
                    names.get(day, "") if kind == "holiday" else "",
                )
            )
        return Explanation(received, due, days, extension_days, rows)

    def _get_kinds_of_days(self, table, due, holidays, gaps, days):
        """What each local date after day 0 was to the count.

        :param WorkingDays table: of the calendar
        :param datetime due: naive UTC, up to whose local date
        :param holidays: local dates that a day off closes
        :param list gaps: of (:class:`Gap`, what began it)
        :param int days: working days promised, extensions included
        :return: {date: kind}, ascending, see :class:`ExplainedDay`
        """
        received, last = table.local_date(self.start_date), table.local_date(due)
        kinds = {}
        for offset in range(1, (last - received).days + 1):
            day = received + offset * DAY
            closing = table.closing_of(day)
            cause = closing and next(
                (cause for gap, cause in gaps if gap.start <= closing < gap.end), None
            )
            if not closing:
                kinds[day] = "holiday" if day in holidays else "closed"
            elif cause:
                kinds[day] = "waited" if cause == "pause" else "ended"
            else:
                kinds[day] = "counted"
        # Over a closing a gap leaves one whole day (rule 3): more days than promised
        # are those on which such gaps ended, the last ones.
        surplus = list(kinds.values()).count("counted") - days
        ends = sorted(
            table.local_date(gap.end)
            for gap, _cause in gaps
            if any(
                gap.start <= closing < gap.end
                for closing in map(table.closing_of, kinds)
                if closing
            )
        )
        for day in ends[::-1]:
            if surplus > 0 and kinds.get(day) == "counted":
                kinds[day] = "returned"
                surplus -= 1
        return kinds

    def _get_open_gap(self):
        """The gap that would end if the clock ran again now, with what began it."""
        since = self.paused_since or self.stop_date
        cause = "pause" if self.paused_since else "stop"
        return since and (Gap(since, fields.Datetime.now()), cause)
