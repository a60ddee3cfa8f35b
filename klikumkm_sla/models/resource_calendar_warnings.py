# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Years that deadlines reach and whose holidays are not known for certain."""

from datetime import date, datetime, time, timedelta

import pytz

from odoo import fields, models

from ..day_off_text import is_joint_leave

LOOK_AHEAD = timedelta(days=60)


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    sla_holiday_warning = fields.Text(
        string="Holiday warning",
        compute="_compute_sla_holiday_warning",
        help="What is not known for certain about the days off that deadlines reach.",
    )

    def _compute_sla_holiday_warning(self):
        warnings_of = self._get_holiday_warnings()
        for calendar in self:
            calendar.sla_holiday_warning = "\n".join(
                warnings_of.get(calendar._origin.id, ())
            )

    def _get_holiday_warnings(self):
        """What is uncertain until the last running deadline, and for 60 days at least.

        :return: {id of the calendar: list of sentences}, without those that are fine
        """
        calendars = self._origin.sudo()  # what is in the hours, whoever sees the row
        now = fields.Datetime.now()
        last_of = self.env["klikumkm.sla.clock"]._get_last_deadline_of(calendars)
        reach_of = {
            calendar.id: max(last_of.get(calendar.id, now), now + LOOK_AHEAD)
            for calendar in calendars
        }
        if not reach_of:
            return {}
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    "|",
                    ("calendar_id", "in", calendars.ids),
                    ("calendar_id", "=", False),
                    ("resource_id", "=", False),
                    ("time_type", "=", "leave"),
                    # a day more, for the turn of the year in the calendar's zone
                    ("date_to", ">=", datetime(now.year, 1, 1) - timedelta(days=1)),
                    (
                        "date_from",
                        "<=",
                        datetime.combine(
                            date(max(reach_of.values()).year, 12, 31), time.max
                        ),
                    ),
                ],
                order="date_from",
            )
        )
        result = {}
        for calendar in calendars:
            counting = leaves.filtered_domain(calendar._get_sla_leaves_domain())
            if found := calendar._find_holiday_doubts(
                counting, now, reach_of[calendar.id]
            ):
                result[calendar.id] = found
        return result

    def _find_holiday_doubts(self, leaves, now, reach):
        """The sentences for one calendar.

        :param leaves: the days off that count on it, of the years concerned
        :param datetime now: naive UTC
        :param datetime reach: naive UTC, until when it matters
        """
        tz = pytz.timezone(self.tz)
        today, last = (
            pytz.utc.localize(moment).astimezone(tz).date() for moment in (now, reach)
        )
        days = {
            leave: pytz.utc.localize(leave.date_from).astimezone(tz).date()
            for leave in leaves
        }
        doubts = []
        if self._is_joint_leave_off() is not False:
            doubts += [
                self.env._(
                    "%(calendar)s: no joint leave (cuti bersama) of %(year)s is known "
                    "yet. Deadlines count those days as working days.",
                    calendar=self.name,
                    year=year,
                )
                for year in range(today.year, last.year + 1)
                if not any(
                    day.year == year
                    and (leave.sla_kind == "joint" or is_joint_leave(leave.name))
                    for leave, day in days.items()
                )
            ]
        estimated = [
            leave.name
            for leave, day in days.items()
            if leave.sla_estimated and today <= day <= last
        ]
        if estimated:
            doubts.append(
                self.env._(
                    "%(calendar)s: estimated dates, not decreed yet: %(names)s.",
                    calendar=self.name,
                    names=", ".join(estimated),
                )
            )
        return doubts
