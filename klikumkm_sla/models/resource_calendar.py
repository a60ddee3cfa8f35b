# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from datetime import date, datetime, timedelta

import pytz

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.tools import SQL

from ..working_days import WorkingDays

# What decides when a calendar is open; a change of it makes a new version.
HOUR_FIELDS = {
    "attendance_ids",
    "attendance_ids_1st_week",
    "attendance_ids_2nd_week",
    "company_id",
    "duration_based",
    "flexible_hours",
    "global_leave_ids",
    "leave_ids",
    "schedule_type",
    "two_weeks_calendar",
    "tz",
}


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    sla_version = fields.Integer(
        string="Version of the working days",
        default=0,
        readonly=True,
        copy=False,
        help="Rises with every change of hours, zone or days off.",
    )

    sla_quiet_version = fields.Integer(
        default=0,
        readonly=True,
        copy=False,
        help="What moves up to this version leaves the dates that customers were told: "
        "so was chosen when the days off were changed.",
    )

    sla_change = fields.Json(
        readonly=True,
        copy=False,
        help="How customers are told of the dates that this version moves.",
    )

    def init(self):
        result = super().init()
        # Never given twice, not even after a rollback: tables are cached under it.
        self.env.cr.execute("CREATE SEQUENCE IF NOT EXISTS klikumkm_sla_version")
        return result

    def write(self, vals):
        if not HOUR_FIELDS & vals.keys():
            return super().write(vals)
        # the hours written along with the calendar make one version, not several
        later = self.with_context(sla_version_later=self.ids)
        result = super(ResourceCalendar, later).write(vals)
        self._raise_sla_version()
        return result

    def _raise_sla_version(self, change=None, keep_told=False):
        """Mark the working days as changed, in the transaction that changes them.

        The clocks of these calendars are recounted: at once as far as a few batches
        go, the rest by the sweep.

        :param dict change: see :meth:`_make_sla_version`, as is ``keep_told``
        """
        later = self.env.context.get("sla_version_later", ())
        calendars = self.sudo().filtered(lambda calendar: calendar.id not in later)
        if not calendars:
            return
        calendars._make_sla_version(change, keep_told)
        engine = self.env["helpdesk.ticket"]._get_clock_engine()
        engine._recount_calendars(calendars)

    def _make_sla_version(self, change=None, keep_told=False):
        """Give the calendars a new version, without counting anything.

        :param dict change: how customers are told of the dates that move: ``reason``
            (a sentence by language) and ``send_companies`` (ids of the companies whose
            customers get it by e-mail without further ado)
        :param bool keep_told: the dates that customers were told stand all the same
        """
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE resource_calendar"
                "   SET sla_version = nextval('klikumkm_sla_version'),"
                "       sla_change = %s::jsonb"
                " WHERE id IN %s RETURNING id",
                json.dumps(change) if change else None,
                tuple(self.ids),
            )
        )
        if keep_told:
            self.env.execute_query(
                SQL(
                    "UPDATE resource_calendar SET sla_quiet_version = sla_version"
                    " WHERE id IN %s RETURNING id",
                    tuple(self.ids),
                )
            )
        self.invalidate_recordset(
            ["sla_version", "sla_change", "sla_quiet_version"], flush=False
        )

    # === WORKING DAYS === #
    def _get_sla_unusable_reason(self):
        """Why no deadline can be counted on this calendar.

        :return: a key of ``UNSET_REASON`` in sla_clock.py, or False
        """
        if not self:
            return "no_calendar"
        self.ensure_one()
        calendar = self.sudo()  # portal users have no access to calendars
        if calendar.schedule_type != "fully_fixed" or calendar.duration_based:
            return "calendar_flexible"
        if not calendar.attendance_ids.filtered(lambda a: not a.display_type):
            return "calendar_empty"
        return False

    def _get_working_days(self, since, until):
        """The table of working days that covers a stretch of time.

        :param datetime since: naive UTC
        :param datetime until: naive UTC; at least a year more is covered
        :rtype: WorkingDays
        """
        self.ensure_one()
        # Whole years, so that a desk shares one or two tables. The two days are for the
        # turn of a year, when it is another one elsewhere.
        first = (since - timedelta(days=2)).year
        last = (until + timedelta(days=366 + 2)).year
        calendar = self.sudo()  # see _get_sla_unusable_reason()
        return calendar._load_working_days(calendar.sla_version, first, last)

    @tools.ormcache("self.id", "version", "first", "last")
    def _load_working_days(self, version, first, last):
        """Build the table; cached for good, because a version never comes back."""
        # One fixed identity and an empty context: what the reader may see or has set
        # must not decide what counts (edge-cases.md 1.4).
        calendar = self.with_env(api.Environment(self.env.cr, SUPERUSER_ID, {}))
        tz = pytz.timezone(calendar.tz)
        start = pytz.utc.localize(datetime(first, 1, 1) - timedelta(days=1))
        end = pytz.utc.localize(datetime(last + 1, 1, 1) + timedelta(days=1))
        intervals = calendar._work_intervals_batch(
            start, end, domain=calendar._get_sla_leaves_domain()
        )[False]
        return WorkingDays.from_intervals(
            ((opening, closing) for opening, closing, _meta in intervals),
            tz,
            date(first, 1, 1),
            date(last, 12, 31),
        )

    def _get_opening_after_closure(self, moment):
        """When a desk that is closed at a moment opens again.

        :param datetime moment: naive UTC
        :return: naive UTC; False if the desk is open then, has no usable hours, or does
            not open within two months
        """
        if self._get_sla_unusable_reason():
            return False
        # one identity for all readers, as in _load_working_days()
        calendar = self.with_env(api.Environment(self.env.cr, SUPERUSER_ID, {}))
        start = pytz.utc.localize(moment)
        intervals = calendar._work_intervals_batch(
            start, start + timedelta(days=62), domain=calendar._get_sla_leaves_domain()
        )[False]
        # cut to begin at `start` where the desk is open then
        opening = next((opening for opening, _closing, _meta in intervals), start)
        if opening <= start:
            return False
        return opening.astimezone(pytz.utc).replace(tzinfo=None, microsecond=0)

    def _get_sla_leaves_domain(self):
        """Days off that close the desk (rule 7)."""
        self.ensure_one()
        return [
            ("time_type", "=", "leave"),
            ("resource_id", "=", False),
            "|",
            ("calendar_id", "=", self.id),
            "&",
            ("calendar_id", "=", False),
            ("company_id", "in", [False, self.company_id.id]),
        ]

    def _get_sla_leave_names(self, days):
        """Names of the days off on some dates.

        :param list days: local dates
        :return: {date: name} of those that a day off closes, ascending
        """
        self.ensure_one()
        if not days:
            return {}
        calendar = self.sudo()  # portal users have no access to calendars
        names = calendar._load_leave_names(
            calendar.sla_version, min(days).year, max(days).year
        )
        return {day: names[day] for day in sorted(days) if day in names}

    @tools.ormcache("self.id", "version", "first", "last")
    def _load_leave_names(self, version, first, last):
        """{date: name} of the days off in these years; cached like the table."""
        calendar = self.with_env(api.Environment(self.env.cr, SUPERUSER_ID, {}))
        tz = pytz.timezone(calendar.tz)
        leaves = calendar.env["resource.calendar.leaves"].search(
            [
                *calendar._get_sla_leaves_domain(),
                ("date_from", "<", datetime(last + 1, 1, 2)),
                ("date_to", ">", datetime(first - 1, 12, 30)),
            ]
        )
        names = {}
        for leave in leaves.filtered("name"):
            day = pytz.utc.localize(leave.date_from).astimezone(tz).date()
            end = pytz.utc.localize(leave.date_to).astimezone(tz).date()
            while day <= end:
                names.setdefault(day, leave.name)
                day += timedelta(days=1)
        return names
