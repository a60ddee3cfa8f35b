# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
from contextlib import closing
from datetime import time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..day_off_text import is_joint_leave, read_days_off
from ..models.res_company import OPERATING_CALENDARS
from ..models.resource_calendar_days_off import ESTIMATED, MIDNIGHT, DayOff
from ..models.sla_clock import ALIVE, BATCH

SHOWN_MOVES = 80
MOST_DAYS = 366
MOST_YEARS = 5


class SlaHolidays(models.TransientModel):
    """Days off from three sources into operating hours, said before it is done."""

    _name = "klikumkm.sla.holidays"
    _description = "Load Holidays and Closures"

    state = fields.Selection(
        selection=[("choose", "Choose"), ("preview", "Preview"), ("done", "Done")],
        default="choose",
        required=True,
        readonly=True,
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Operating hours",
        required=True,
        domain=f"{OPERATING_CALENDARS} + "
        "[('company_id', 'in', allowed_company_ids + [False])]",
        default=lambda self: self._default_calendar_id(),
    )
    source = fields.Selection(
        selection=[
            ("package", "Public holidays of Indonesia"),
            ("typed", "List from a decree"),
            ("closure", "Closed by us"),
        ],
        string="What",
        required=True,
        default="package",
    )
    year = fields.Char(
        required=True,
        size=4,
        default=lambda self: str(fields.Date.context_today(self).year),
    )
    last_year = fields.Char(
        string="Until year",
        size=4,
        default=lambda self: str(fields.Date.context_today(self).year + 1),
    )
    text = fields.Text(
        string="Days, one a line", help="Date; name; number of the decree."
    )
    name = fields.Char(string="Reason")
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="Until")
    is_part_of_day = fields.Boolean(string="Only some hours")
    hour_from = fields.Float(string="Closed from", default=12.0)
    hour_to = fields.Float(string="Closed until", default=17.0)

    # === PREVIEW === #
    line_ids = fields.One2many(
        comodel_name="klikumkm.sla.holidays.line",
        inverse_name="wizard_id",
        string="Days off",
        readonly=True,
    )
    move_ids = fields.One2many(
        comodel_name="klikumkm.sla.holidays.move",
        inverse_name="wizard_id",
        string="Complaints that move",
        readonly=True,
    )
    notes = fields.Text(readonly=True)
    summary = fields.Text(readonly=True)
    change_count = fields.Integer(readonly=True)
    later_count = fields.Integer(
        string="Later than told",
        readonly=True,
        help="Customers who would have to be told a later date.",
    )
    telling = fields.Selection(
        selection=[
            ("tell", "Move and tell: each customer gets the new date"),
            ("keep", "Keep the told dates: customers are told nothing"),
        ],
        string="Customers",
        default="tell",
        required=True,
    )
    plan_key = fields.Char(readonly=True)

    # === RESULT === #
    result = fields.Text(readonly=True)
    moved_ticket_ids = fields.Many2many(comodel_name="helpdesk.ticket", readonly=True)
    call_count = fields.Integer(readonly=True)

    @api.model
    def _default_calendar_id(self):
        calendar = self.env.company.sla_calendar_id
        return False if calendar._get_sla_unusable_reason() else calendar

    # === ACTIONS === #
    def action_preview(self):
        """Show what would happen. Nothing of it stays."""
        self._check_may_load()
        changes, notes = self._plan()
        if not changes:
            raise UserError("\n".join(notes) or self.env._("There is no day to load."))
        befores = self._describe_rows(changes)
        refused, moves = self._try(changes)
        self.line_ids.unlink()
        self.move_ids.unlink()
        self.write(
            {
                "state": "preview",
                "plan_key": self._get_plan_key(changes),
                "notes": "\n".join(notes + self._get_shared_notes()),
                "line_ids": [
                    fields.Command.create(self._prepare_line(c, befores, refused))
                    for c in changes
                ],
                "change_count": sum(
                    c.action != "skip" and c not in refused for c in changes
                ),
                **self._prepare_moves(moves),
            }
        )
        return self._reopen()

    def action_back(self):
        """Back to what was chosen."""
        self._check_may_load()
        self.state = "choose"
        return self._reopen()

    def action_apply(self):
        """Do exactly what was shown, and tell customers as was chosen."""
        self._check_may_load()
        if self.state != "preview":
            raise UserError(self.env._("Look at the preview first."))
        calendar_sudo = self.calendar_id.sudo()  # the right to it was checked
        # what is planned must still be so when it is done
        calendar_sudo.lock_for_update()
        changes, _notes = self._plan()
        if self._get_plan_key(changes) != self.plan_key:
            raise UserError(
                self.env._(
                    "The days off were changed meanwhile. Look at the preview again."
                )
            )
        clocks = self._get_clocks()
        # A clock is counted once for several changes and told as the last one says:
        # what an earlier one left to the sweep comes first.
        outdated = clocks.filtered_domain(clocks._get_outdated_domain(calendar_sudo))
        for position in range(0, len(outdated), BATCH):
            batch = outdated[position : position + BATCH]
            batch._isolate("_recount", fields.Datetime.now())
        tickets_sudo = clocks.ticket_id
        before = {ticket: ticket.sla_deadline for ticket in tickets_sudo}
        _rows, refused = self.calendar_id._apply_days_off(changes)
        change = None
        if any(c.action != "skip" and c not in refused for c in changes):
            change = self._get_change(changes, refused)
            calendar_sudo._raise_sla_version(change, self.telling == "keep")
        moved = tickets_sudo.filtered(lambda t: t.sla_deadline != before[t])
        self._show_result(changes, refused, moved)
        return self._reopen()

    def action_open_call_list(self):
        """The messages that no e-mail tells: somebody has to call or write."""
        self._check_may_load()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "klikumkm_complaint.complaint_notice_action_to_tell"
        )
        action.update(
            domain=list(self._get_call_domain()),
            context={},
            name=self.env._("Call list"),
        )
        return action

    # === RIGHTS === #
    def _check_may_load(self):
        """Leads and managers keep the holidays.

        :raise AccessError: for everybody else
        """
        self.ensure_one()
        if not self.env.user.has_group("klikumkm_complaint.group_complaint_lead"):
            raise AccessError(
                self.env._("Only team leads and managers change days off.")
            )
        self.calendar_id.check_access("write")
        if self.calendar_id._get_sla_unusable_reason():
            raise UserError(
                self.env._(
                    "%(calendar)s has no fixed opening hours, so no day off counts.",
                    calendar=self.calendar_id.name,
                )
            )

    # === PLAN === #
    def _plan(self):
        """What the chosen source asks for.

        :return: (list of ``DayOffChange``, list of remarks for the reader)
        """
        self.ensure_one()
        return getattr(self, f"_plan_{self.source}")()

    def _plan_package(self):
        years = self._get_years()
        changes, without_joint = self.calendar_id._plan_holidays(years)
        notes = []
        if without_joint and self.calendar_id._is_joint_leave_off() is not False:
            notes.append(
                self.env._(
                    "The joint leave of %(years)s is not in the package: it is not "
                    "decreed yet, or the package is too old. Type it in from the "
                    "decree.",
                    years=", ".join(map(str, without_joint)),
                )
            )
        return changes, notes

    def _plan_typed(self):
        good, bad = read_days_off(self.text, self._get_years()[0])
        source = self.env._("List (%(user)s)", user=self.env.user.name)
        days = [
            DayOff(
                row.day,
                row.name,
                "joint" if is_joint_leave(row.name) else "national",
                source,
                row.decree,
            )
            for row in good
        ]
        problems = {
            "date": self.env._("no date that exists"),
            "year": self.env._("a year that cannot be meant"),
            "name": self.env._("the name is missing"),
            "twice": self.env._("this date stands in the list already"),
        }
        notes = [
            self.env._(
                "Line %(number)s was not read, %(reason)s: %(text)s",
                number=line.number,
                reason=problems[line.problem],
                text=line.text,
            )
            for line in bad
        ]
        return self.calendar_id._plan_typed_days(days), notes

    def _plan_closure(self):
        first, last = self.date_from, self.date_to or self.date_from
        if not first or not (self.name or "").strip():
            raise UserError(self.env._("Say from when, until when and why you close."))
        if not first <= last < first + timedelta(days=MOST_DAYS):
            raise UserError(
                self.env._("The last day must lie within a year after the first one.")
            )
        hours = {}
        if self.is_part_of_day:
            if not 0 <= self.hour_from < self.hour_to <= MIDNIGHT:
                raise UserError(
                    self.env._("The hours must lie between 00:00 and 24:00.")
                )
            hours = {"hour_from": self.hour_from, "hour_to": self.hour_to}
        source = self.env._("Closure (%(user)s)", user=self.env.user.name)
        days = [
            DayOff(
                first + timedelta(days=number),
                ESTIMATED.sub("", self.name.strip()),
                "closure",
                source,
                **hours,
            )
            for number in range((last - first).days + 1)
        ]
        return self.calendar_id._plan_closure(days), []

    def _get_years(self):
        try:
            first = int(self.year)
            last = int(self.last_year or first) if self.source == "package" else first
        except ValueError:
            first, last = 0, 0
        if not 2000 <= first <= last < min(first + MOST_YEARS, 2100):
            raise UserError(
                self.env._(
                    "Give years such as 2027, at most %(count)s at once.",
                    count=MOST_YEARS,
                )
            )
        return list(range(first, last + 1))

    def _get_shared_notes(self):
        """What whoever decides for these hours should know."""
        companies = self.calendar_id._get_sla_companies()
        notes = []
        if len(companies) > 1:
            notes.append(
                self.env._(
                    "These hours are shared: the complaints of %(companies)s move.",
                    companies=", ".join(companies.mapped("name")),
                )
            )
        if self.calendar_id._is_joint_leave_off() is None:
            notes.append(
                self.env._(
                    "These companies do not agree whether joint leave is worked "
                    "through (Settings), so it is neither loaded nor removed. Give "
                    "each its own operating hours."
                )
            )
        return notes

    @api.model
    def _get_plan_key(self, changes):
        """Tells whether a plan is the one that was shown."""
        steps = [(c.action, c.leave_id, *map(str, c.day_off or ())) for c in changes]
        return hashlib.sha256(repr(steps).encode()).hexdigest()

    def _get_clocks(self):
        """The clocks that count in these hours and can move, as the engine."""
        engine = self.env["helpdesk.ticket"]._get_clock_engine()
        return engine.search(
            [("calendar_id", "=", self.calendar_id.id), ("state", "in", ALIVE)]
        )

    # === PREVIEW === #
    def _try(self, changes):
        """Do it, look what it leads to, and take everything back.

        :return: ({change: why it is refused}, {id of the complaint: date then})
        """
        calendar = self.calendar_id.with_context(
            # what hr_holidays writes to employees must not leave before it is true
            mail_notify_force_send=False
        )
        # closing it takes back what was done since, the version too; a version is
        # never given twice, so that no table that was built here is met again
        with closing(self.env.cr.savepoint()):
            _rows, refused = calendar._apply_days_off(changes)
            calendar.sudo()._make_sla_version()
            promises = self._get_clocks()._preview_promises(fields.Datetime.now())
            moves = {ticket.id: after for ticket, (_before, after) in promises.items()}
        return refused, moves

    def _prepare_line(self, change, befores, refused):
        """Values of a line of the preview."""
        day_off, before = change.day_off, befores.get(change.leave_id, "")
        line = {
            "action": "refused" if change in refused else change.action,
            "note": refused.get(change) or change.reason,
        }
        if not day_off:  # removed
            return {**line, "name": before}
        label = self._format_day(day_off.day)
        if not day_off.is_whole_day:
            label += " " + self._format_hours(day_off.hour_from, day_off.hour_to)
        if change.action == "change":
            line["note"] = line["note"] or self.env._("before: %(row)s", row=before)
        return {
            **line,
            "day": day_off.day,
            "label": label,
            "name": day_off.name,
            "kind": day_off.kind,
            "decree": day_off.decree,
        }

    def _describe_rows(self, changes):
        """The rows that are there, in words.

        :return: {id of the row: text}
        """
        tz = pytz.timezone(self.calendar_id.tz)
        rows = self.env["resource.calendar.leaves"].sudo()  # of hours he may write
        rows = rows.browse({c.leave_id for c in changes if c.leave_id})
        texts = {}
        for row in rows:
            start, end = (
                pytz.utc.localize(moment).astimezone(tz)
                for moment in (row.date_from, row.date_to)
            )
            text = self._format_day(start.date())
            if start.time() != time(0) or end.time() < time(23, 59):
                text += f" {start:%H.%M}–{end:%H.%M}"
            texts[row.id] = f"{text}, {row.name}"
        return texts

    def _format_day(self, day):
        return self.env["helpdesk.ticket"]._format_date_only(day)

    @api.model
    def _format_hours(self, *hours):
        return "–".join(f"{int(h):02}.{round(h % 1 * 60):02}" for h in hours)

    def _prepare_moves(self, moves):
        """Values that tell which complaints move; only those he may read by name."""
        tickets_sudo = self.env["helpdesk.ticket"].sudo().browse(moves)
        tickets_sudo = tickets_sudo.sorted(lambda t: (t.sla_deadline or t.create_date))
        readable = set(self.env["helpdesk.ticket"].search([("id", "in", list(moves))]))
        shown = [t for t in tickets_sudo if t.sudo(False) in readable][:SHOWN_MOVES]
        told = {
            ticket: (ticket.sla_told_date, moves[ticket.id])
            for ticket in tickets_sudo
            if ticket.sla_told_date and moves[ticket.id]
        }
        later = {ticket for ticket, (old, new) in told.items() if new > old}
        earlier = sum(new < old for old, new in told.values())
        without_mail = sum(not ticket._get_customer_email() for ticket in later)
        lines = [self._say_total(len(moves), len(shown))]
        if later:
            lines.append(
                self.env._(
                    "%(count)s would be later than the customer was told (%(calls)s of "
                    "them without e-mail).",
                    count=len(later),
                    calls=without_mail,
                )
            )
        if earlier:
            lines.append(
                self.env._(
                    "%(count)s would be earlier than told: the told date stands.",
                    count=earlier,
                )
            )
        return {
            "summary": "\n".join(lines),
            "later_count": len(later),
            "move_ids": [
                fields.Command.create(
                    {
                        "ticket_id": ticket.id,
                        "before": ticket.sla_deadline,
                        "after": moves[ticket.id],
                        "told_date": ticket.sla_told_date,
                        "is_later_than_told": ticket in later,
                    }
                )
                for ticket in shown
            ],
        }

    def _say_total(self, total, shown):
        if not total:
            return self.env._("No running complaint moves.")
        if total > shown:
            return self.env._(
                "%(count)s running or paused complaints move, the first %(shown)s of "
                "them are shown.",
                count=total,
                shown=shown,
            )
        return self.env._("%(count)s running or paused complaints move.", count=total)

    # === APPLY === #
    def _get_change(self, changes, refused):
        """How customers are told of what is applied: ``sla_change`` of the hours."""
        if self.telling == "keep":
            return None
        # What lies behind the last deadline moved nothing. That one reaches further
        # now, by as many working days at most.
        now = fields.Datetime.now()
        last = self.env["klikumkm.sla.clock"]._get_last_deadline_of(self.calendar_id)
        until = last.get(self.calendar_id.id, now) + timedelta(days=len(changes) + 7)
        between = (now - timedelta(days=MOST_DAYS)).date(), until.date()
        change = self.calendar_id._describe_days_off(changes, refused, between) or {}
        return {**change, "send_companies": self.env.user.company_ids.ids}

    def _get_call_domain(self):
        engine = self.env["helpdesk.ticket"]._get_clock_engine()
        return engine._get_waiting_notice_domain() & Domain(
            "ticket_id", "in", self.moved_ticket_ids.ids
        )

    def _show_result(self, changes, refused, moved):
        readable = self.env["helpdesk.ticket"].search([("id", "in", moved.ids)])
        self.moved_ticket_ids = readable
        notices = self.env["klikumkm.complaint.notice"]
        self.call_count = notices.search_count(self._get_call_domain())
        sent = notices.search_count(
            Domain("ticket_id", "in", readable.ids) & Domain("is_send_due", "=", True)
        )
        done = [c for c in changes if c not in refused]
        counts = {
            action: sum(c.action == action for c in done)
            for action in ("add", "change", "remove")
        }
        lines = [
            self.env._(
                "%(add)s days off added, %(change)s changed, %(remove)s removed.",
                **counts,
            )
        ]
        lines += [
            self.env._(
                "Refused: %(day)s %(name)s: %(reason)s",
                day=c.day_off and self._format_day(c.day_off.day) or "",
                name=c.day_off and c.day_off.name or "",
                reason=reason,
            )
            for c, reason in refused.items()
        ]
        lines.append(
            self.env._("%(count)s complaints have another deadline.", count=len(moved))
        )
        engine = self.env["helpdesk.ticket"]._get_clock_engine()
        outdated = engine._get_outdated_domain(self.calendar_id.with_env(engine.env))
        if engine.search_count(outdated, limit=1):
            lines.append(
                self.env._("The others are counted within the next quarter of an hour.")
            )
        if self.telling == "keep":
            lines.append(self.env._("Customers keep the dates they were told."))
        elif sent or self.call_count:
            lines.append(
                self.env._(
                    "%(sent)s customers get the new date by e-mail within minutes; "
                    "%(calls)s must be told another way.",
                    sent=sent,
                    calls=self.call_count,
                )
            )
        self.write({"state": "done", "result": "\n".join(lines)})

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Holidays…"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
