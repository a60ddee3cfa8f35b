# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Loading days off into operating hours: first a plan, then exactly that.

Only rows that were loaded (``sla_source``) are ever changed or removed; those that
somebody typed or corrected by hand stay, and a date that is closed already is skipped.
"""

import logging
import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import holidays
import pytz
from psycopg2 import Error as PostgresError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.date_utils import float_to_time
from odoo.tools.misc import clean_context

from ..working_days import SHORTEST_OPENING

_logger = logging.getLogger(__name__)

PACKAGE = "holidays "
ESTIMATED = re.compile(r"\s*\((perkiraan|estimated)\)", re.IGNORECASE)
MIDNIGHT = 24.0
# So far the moon may be from where it was expected.
ESTIMATE_ERROR = timedelta(days=7)
# Named to a customer as what moved his date; more would tell him less.
NAMED_DAYS = 3


class DayOff(NamedTuple):
    """A date on the calendar's wall, or some hours of it, that is to be closed."""

    day: date
    name: str
    kind: str  # key of ``sla_kind``
    source: str
    decree: str = ""
    hour_from: float = 0.0
    hour_to: float = MIDNIGHT

    @property
    def is_estimated(self):
        return bool(ESTIMATED.search(self.name))

    @property
    def is_whole_day(self):
        return (self.hour_from, self.hour_to) == (0.0, MIDNIGHT)

    def as_vals(self, tz):
        """Values for ``resource.calendar.leaves``.

        :param tz: pytz zone of the calendar
        """
        vals = {
            "name": self.name,
            "date_from": _to_naive_utc(tz, self.day, _to_time(self.hour_from)),
            "date_to": _to_naive_utc(tz, self.day, _to_time(self.hour_to)),
            "sla_kind": self.kind,
            "sla_estimated": self.is_estimated,
        }
        if self.decree:
            vals["sla_decree"] = self.decree
        return vals


class DayOffChange(NamedTuple):
    """One step of a plan."""

    action: str  # "add", "change", "remove" or "skip"
    day_off: DayOff | None  # what is to be; none where a row is removed
    leave_id: int = 0  # the row that is changed or removed
    reason: str = ""  # why it is skipped

    def _apply(self, leaves, tz):
        """Do it.

        :param leaves: ``resource.calendar.leaves`` with the calendar as a default
        :return: the row that there is now, if any
        """
        if self.action == "skip":
            return leaves.browse()
        leave = leaves.browse(self.leave_id)
        if self.action == "remove":
            leave.unlink()
            return leaves.browse()
        vals = {**self.day_off.as_vals(tz), "sla_source": self.day_off.source}
        if self.action == "change":
            leave.write(vals)
            return leave
        return leaves.create({**vals, "time_type": "leave"})


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    # === WHAT IS WANTED === #
    def _load_indonesian_holidays(self, years):
        """Add Indonesia's public holidays and joint leave as days off.

        Changes and removes nothing. A row that the database or another module refuses
        is a warning: it never stops an installation.

        :param years: iterable of int
        :return: (rows added, {date: why it was not added}, years without joint leave)
        """
        self.ensure_one()
        changes, without_joint = self._plan_holidays(years)
        changes = [c for c in changes if c.action in ("add", "skip")]
        added, refused = self._apply_days_off(changes)
        skipped = {
            c.day_off.day: refused.get(c) or c.reason
            for c in changes
            if c in refused or c.action == "skip"
        }
        if added:
            self._raise_sla_version(self._describe_days_off(changes, refused))
        return added, skipped, without_joint

    def _plan_holidays(self, years):
        """What loading the package's holidays of some years would do.

        Rows loaded before follow the package: named, moved, decreed or taken back.

        :param years: iterable of int
        :return: (list of :class:`DayOffChange`, years without joint leave)
        """
        self.ensure_one()
        years = list(years)
        public = _get_holidays(years, "public")
        joint = _get_holidays(years, "government")
        without_joint = [y for y in years if not any(day.year == y for day in joint)]
        is_off = self._is_joint_leave_off()
        names = {day: (name, "joint") for day, name in joint.items() if is_off}
        names.update({day: (name, "national") for day, name in public.items()})
        source = f"{PACKAGE}{holidays.__version__}"
        wanted = [
            DayOff(day, name, kind, source) for day, (name, kind) in names.items()
        ]

        def is_replaced(leave, day):
            if day.year not in years:
                return False
            if leave.sla_kind != "joint":
                return leave.sla_source.startswith(PACKAGE)
            if is_off is None or (is_off and day.year in without_joint):
                return False  # nobody knows better
            return not is_off or leave.sla_source.startswith(PACKAGE)

        return self._plan_days_off(wanted, is_replaced, is_complete=True), without_joint

    def _plan_typed_days(self, days):
        """What adding typed rows would do; they correct what was loaded before.

        :param list days: :class:`DayOff`
        :return: list of :class:`DayOffChange`
        """
        is_off = self._is_joint_leave_off()
        reason = self.env._("joint leave is worked through here (Settings)")
        skipped = [
            DayOffChange("skip", day, reason=reason)
            for day in days
            if day.kind == "joint" and is_off is False
        ]
        wanted = [day for day in days if day.kind != "joint" or is_off is not False]
        decreed = {day.day for day in wanted if day.decree}
        changes = self._plan_days_off(
            wanted,
            # an estimated one gives way to the date that somebody knows, if need be
            # another date of the same name
            lambda leave, day: leave.sla_kind != "closure"
            and (leave.sla_estimated or day in decreed),
        )
        return changes + skipped

    def _plan_closure(self, days):
        """What closing the desk on some days would do.

        :param list days: :class:`DayOff`
        :return: list of :class:`DayOffChange`
        """
        dates = {day.day for day in days}
        return self._plan_days_off(
            days, lambda leave, day: leave.sla_kind == "closure" and day in dates
        )

    def _is_joint_leave_off(self):
        """Whether the desk is closed on joint leave (design.md section 4).

        :return: None where companies that share the calendar do not agree
        """
        self.ensure_one()
        companies = self._get_sla_companies() or self.company_id or self.env.company
        settings = set(companies.sudo().mapped("sla_joint_leave_off"))
        return settings.pop() if len(settings) == 1 else None

    def _get_sla_companies(self):
        """Companies whose complaints are counted in these hours."""
        self.ensure_one()
        teams = (
            self.env["helpdesk.ticket.team"]
            .sudo()  # whoever changes hours must know whom it touches
            .search([("sla_calendar_id", "=", self.id)])
        )
        companies = self.env["res.company"].sudo()
        return companies.search([("sla_calendar_id", "=", self.id)]) | teams.company_id

    # === PLAN === #
    def _plan_days_off(self, wanted, is_replaced, is_complete=False):
        """What must be done so that the desk is closed as wanted. Writes nothing.

        :param list wanted: :class:`DayOff`, one a date
        :param is_replaced: takes a loaded row and its local date; whether the wanted
            days may change it
        :param bool is_complete: such rows that nothing wants any more are removed
        :return: list of :class:`DayOffChange`, in the order in which they are applied
        """
        self.ensure_one()
        tz = pytz.timezone(self.tz)
        loaded = {
            _to_local_date(tz, leave.date_from): leave
            for leave in self._get_loaded_days_off()
            if is_replaced(leave, _to_local_date(tz, leave.date_from))
        }
        changes, new = [], []
        for day_off in sorted(wanted):
            if leave := loaded.pop(day_off.day, None):
                changes.append(self._plan_change(leave, day_off, tz))
            else:
                new.append(day_off)
        openings, names = self._get_openings(new), self._get_names_of_closed(new)
        known_days = self._find_known_days(new, loaded.values())
        for day_off in new:
            if day_off in known_days:
                reason = self.env._(
                    "known already: %(date)s",
                    date=format_date(
                        self.env, known_days[day_off], date_format="d MMM y"
                    ),
                )
                changes.append(DayOffChange("skip", day_off, reason=reason))
                continue
            old_day = next(
                (
                    day
                    for day, leave in loaded.items()
                    if day.year == day_off.day.year
                    and _get_plain_name(leave.name) == _get_plain_name(day_off.name)
                ),
                None,
            )
            is_open = self._is_open(openings, day_off, tz)
            if old_day and (is_open or not is_complete):
                leave = loaded.pop(old_day)
                changes.append(DayOffChange("change", day_off, leave.id))
            elif is_open:
                changes.append(DayOffChange("add", day_off))
            else:
                name = names.get(day_off.day)
                reason = (
                    self.env._("closed already: %(name)s", name=name)
                    if name
                    else self.env._("closed already")
                )
                changes.append(DayOffChange("skip", day_off, reason=reason))
        if is_complete:
            changes += [
                DayOffChange("remove", None, leave.id) for leave in loaded.values()
            ]
        order = ("remove", "change", "add", "skip")
        return sorted(changes, key=lambda change: order.index(change.action))

    def _plan_change(self, leave, day_off, tz):
        """The step for a loaded row on the same date as a wanted day."""
        vals = day_off.as_vals(tz)
        if all((leave[name] or False) == (vals[name] or False) for name in vals):
            reason = self.env._("there already")
            return DayOffChange("skip", day_off, leave.id, reason)
        return DayOffChange("change", day_off, leave.id)

    def _get_loaded_days_off(self):
        """The rows of this calendar that may be changed: those that were loaded.

        :return: ``resource.calendar.leaves`` as one fixed identity, whoever sees them
        """
        return (
            self.env["resource.calendar.leaves"]
            .with_user(SUPERUSER_ID)
            .search(
                [
                    ("calendar_id", "=", self.id),
                    ("resource_id", "=", False),
                    ("sla_source", "not in", (False, "")),
                ],
                order="date_from, id",
            )
        )

    def _find_known_days(self, days, replaced):
        """Estimated days off whose real date somebody typed or corrected meanwhile.

        :param list days: :class:`DayOff`
        :param replaced: rows that the wanted days may change: no better known
        :return: {:class:`DayOff`: local date of the row that stands for it}
        """
        estimated = [day for day in days if day.is_estimated]
        if not estimated:
            return {}
        tz = pytz.timezone(self.tz)
        leaves = self.env["resource.calendar.leaves"].with_user(SUPERUSER_ID)
        rows = leaves.search(
            [
                *self._get_sla_leaves_domain(),
                ("id", "not in", [leave.id for leave in replaced]),
                "|",
                ("sla_estimated", "=", False),
                ("sla_source", "in", (False, "")),
            ]
        )
        known = [
            (_get_plain_name(row.name), _to_local_date(tz, row.date_from))
            for row in rows
        ]
        return {
            day_off: day
            for day_off in estimated
            for name, day in known
            if name == _get_plain_name(day_off.name)
            and abs(day - day_off.day) <= ESTIMATE_ERROR
        }

    def _get_openings(self, days):
        """Open stretches over some days, ascending.

        :param list days: :class:`DayOff`
        :return: list of pairs of aware datetimes
        """
        if not days:
            return []
        start = datetime.combine(min(day.day for day in days), time.min)
        end = datetime.combine(max(day.day for day in days), time.max)
        # one identity for all, as in _load_working_days()
        calendar = self.with_env(api.Environment(self.env.cr, SUPERUSER_ID, {}))
        intervals = calendar._work_intervals_batch(
            pytz.utc.localize(start - timedelta(days=1)),
            pytz.utc.localize(end + timedelta(days=1)),
            domain=calendar._get_sla_leaves_domain(),
        )[False]
        return [(opening, closing) for opening, closing, _meta in intervals]

    def _is_open(self, openings, day_off, tz):
        """Whether a day off would close anything."""
        vals = day_off.as_vals(tz)
        start, end = (
            pytz.utc.localize(vals[name]) for name in ("date_from", "date_to")
        )
        return any(
            min(closing, end) - max(opening, start) >= SHORTEST_OPENING
            for opening, closing in openings
        )

    def _get_names_of_closed(self, days):
        return self._get_sla_leave_names(sorted(day.day for day in days))

    # === APPLY === #
    def _apply_days_off(self, changes):
        """Do what was planned; raises no version and counts nothing.

        Each row in a savepoint: hr_holidays forbids overlaps, and one row that is
        refused must not keep the others.

        :param list changes: :class:`DayOffChange`
        :return: (rows added or changed, {change: why it was refused})
        """
        self.ensure_one()
        tz = pytz.timezone(self.tz)
        # The calendar is a default, not a value: with a value hr_holidays takes the
        # dates for those of the user's zone (hr_holidays/models/resource.py:127).
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()  # the right to the calendar was checked
            .with_context(
                clean_context(self.env.context),
                sla_version_later=self.ids,
                sla_is_loading=True,
                default_calendar_id=self.id,
            )
        )
        written, refused = leaves.browse(), {}
        for change in changes:
            try:
                with self.env.cr.savepoint():
                    written |= change._apply(leaves, tz)
            except (UserError, PostgresError) as error:
                refused[change] = str(error)
                what = change.day_off or change  # one that was to be removed
                _logger.warning("Day off refused: %s: %s", what, error)
        return written.sudo(False).with_env(self.env), refused

    # === TELLING === #
    def _describe_days_off(self, changes, refused=(), between=None):
        """Why dates move, as customers are told.

        :param list changes: :class:`DayOffChange`
        :param refused: those among them that were not applied
        :param between: local dates; days outside moved nothing and are not named
        :return: ``change`` of :meth:`_make_sla_version`, None if nothing is to be said
        """
        days = sorted(
            change.day_off
            for change in changes
            if change.action in ("add", "change")
            and change not in refused
            and (not between or between[0] <= change.day_off.day <= between[1])
        )
        if not days:
            return None
        return {
            "reason": {
                code: self.with_context(lang=code)._say_days_off(days)
                for code, _name in self.env["res.lang"].get_installed()
            }
        }

    def _say_days_off(self, days):
        """One sentence that names new days off to a customer."""
        names = []
        for day in days[:NAMED_DAYS]:
            name = ESTIMATED.sub("", day.name)
            details = [format_date(self.env, day.day, date_format="d MMM y")]
            if day.decree:
                details.append(day.decree)
            names.append(f"{name} ({', '.join(details)})")
        if len(days) > NAMED_DAYS:
            names.append(self.env._("and others"))
        listed = ", ".join(names)
        if all(day.kind == "closure" for day in days):
            return self.env._("Our office is closed: %(days)s.", days=listed)
        return self.env._("There is a new holiday: %(days)s.", days=listed)

    # === CRON === #
    @api.model
    def _cron_load_holidays(self):
        """Load next year's holidays into the hours in use, and ask somebody to check.

        Adds only. Dates that move are never told by themselves: the messages wait in
        *To tell*, where a person looks at them first.
        """
        year = fields.Date.today().year + 1
        for company in self.env["res.company"].search([("active", "=", True)]):
            calendars = company._get_operating_calendars().filtered(
                lambda calendar: not calendar._get_sla_unusable_reason()
            )
            added, without_joint = self.env["resource.calendar.leaves"], []
            for calendar in calendars:
                rows, _skipped, without_joint = calendar._load_indonesian_holidays(
                    [year]
                )
                added |= rows
            if calendars:
                is_uncertain = bool(without_joint) and company.sla_joint_leave_off
                company._ask_to_check_holidays(year, added, is_uncertain)


def _get_holidays(years, category):
    """{date: Indonesian name}; joint leave is ``government``, empty if not decreed."""
    return holidays.country_holidays(
        "ID", years=years, categories=(category,), language="id"
    )


def _get_plain_name(name):
    return " ".join(ESTIMATED.sub("", name or "").split()).casefold()


def _to_time(hour):
    return time(23, 59, 59) if hour >= MIDNIGHT else float_to_time(hour)


def _to_naive_utc(tz, day, wall_time):
    moment = tz.localize(datetime.combine(day, wall_time))
    return moment.astimezone(pytz.utc).replace(tzinfo=None)


def _to_local_date(tz, moment):
    return pytz.utc.localize(moment).astimezone(tz).date()
