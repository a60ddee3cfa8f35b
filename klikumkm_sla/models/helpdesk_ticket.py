# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .sla_clock import ALIVE, CLOCK_STATE, RESULT

SLA_STATE = [
    ("none", "No deadline"),
    ("on_track", "On track"),
    ("due_soon", "Due soon"),
    ("overdue", "Overdue"),
    ("paused", "Paused"),
    ("met", "In time"),
    ("late", "Late"),
]


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # === COPIES OF THE STANDARD CLOCK, WRITTEN BY THE CLOCK ALONE === #
    # Not for customers: it may be later than the date they were told (rule 9).
    sla_deadline = fields.Datetime(
        string="Deadline", readonly=True, copy=False, groups="base.group_user"
    )
    sla_target_date = fields.Datetime(
        string="Work target",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    sla_status = fields.Selection(
        selection=[("none", "None"), *CLOCK_STATE],
        string="Clock",
        default="none",
        readonly=True,
        copy=False,
    )
    sla_result = fields.Selection(
        selection=RESULT, string="Promise", readonly=True, copy=False
    )
    sla_missed = fields.Boolean(
        string="Deadline missed", readonly=True, copy=False, groups="base.group_user"
    )
    sla_told_date = fields.Datetime(string="Promised by", readonly=True, copy=False)
    sla_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Operating hours",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    sla_clock_ids = fields.One2many(
        comodel_name="klikumkm.sla.clock",
        inverse_name="ticket_id",
        string="Clocks",
        groups="base.group_user",
    )
    sla_event_ids = fields.One2many(
        comodel_name="klikumkm.sla.event",
        inverse_name="ticket_id",
        string="Journal",
        groups="base.group_user",
    )

    # === DERIVED FROM NOW, NEVER STORED === #
    sla_state = fields.Selection(
        selection=SLA_STATE,
        string="Time",
        compute="_compute_sla_state",
        search="_search_sla_state",
        groups="base.group_user",
    )
    sla_is_due_in_two_days = fields.Boolean(
        string="Due in 2 working days at the latest",
        compute="_compute_sla_is_due_in_two_days",
        search="_search_sla_is_due_in_two_days",
        groups="base.group_user",
    )
    sla_remaining_days = fields.Integer(
        string="Working days left",
        compute="_compute_sla_remaining_days",
        aggregator=None,
        groups="base.group_user",
    )
    sla_remaining_label = fields.Char(
        string="Left",
        compute="_compute_sla_remaining_label",
        groups="base.group_user",
    )
    sla_unset_reason = fields.Char(
        string="Why there is no deadline",
        compute="_compute_sla_unset_reason",
        groups="base.group_user",
    )

    # The desk reads running deadlines only, a small part of a growing table.
    _sla_deadline_idx = models.Index(
        "(sla_deadline) WHERE sla_status IN ('running', 'paused')"
    )

    def _get_leading_clocks(self):
        """The clocks whose dates are promised, at most one for each complaint.

        In superuser mode: whoever may read a complaint, its customer too, may know
        how its date was counted and how long it has left. Read together for all
        complaints that were read together.
        """
        # not ``filtered`` or ``grouped``, after which journals are read one at a time
        clocks = self.env["klikumkm.sla.clock"].sudo()
        return clocks.union(*(t.sla_clock_ids._get_leading() for t in self.sudo()))

    def _get_leading_clock(self):
        """The clock whose date is promised, or none."""
        self.ensure_one()
        return self.sudo().sla_clock_ids._get_leading()

    # === COMPUTE METHODS === #
    @api.depends(
        "sla_status", "sla_result", "sla_deadline", "sla_missed", "sla_target_date"
    )
    def _compute_sla_state(self):
        now = fields.Datetime.now()
        soon = self._get_due_soon_limits(self.sla_calendar_id, now)
        for ticket in self:
            limit = soon.get(ticket.sla_calendar_id)
            if ticket.sla_status == "stopped" and ticket.sla_result:
                ticket.sla_state = ticket.sla_result
            elif ticket.sla_status not in ("running", "paused") or not (
                ticket.sla_deadline
            ):
                ticket.sla_state = "none"
            elif ticket.sla_status == "paused":
                ticket.sla_state = "overdue" if ticket.sla_missed else "paused"
            elif ticket.sla_deadline < now:
                ticket.sla_state = "overdue"
            elif (limit and ticket.sla_deadline <= limit) or (
                ticket.sla_target_date and ticket.sla_target_date < now
            ):
                ticket.sla_state = "due_soon"
            else:
                ticket.sla_state = "on_track"

    def _search_sla_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._get_sla_state_domains(value).values())

    @api.model
    def _get_sla_state_domains(self, states):
        """Domains that part all complaints among the states, as the compute does.

        :param states: iterable of keys of ``SLA_STATE``
        :return: {state: Domain}; what is no state is left out
        """
        now = fields.Datetime.now()
        alive = Domain("sla_status", "in", ("running", "paused"))
        dated = alive & Domain("sla_deadline", "!=", False)
        paused = dated & Domain("sla_status", "=", "paused")
        running = dated & Domain("sla_status", "=", "running")
        future = running & Domain("sla_deadline", ">=", now)
        # only these two need to know which calendars are in use, and count on them
        soon = Domain.FALSE
        if {"due_soon", "on_track"} & set(states):
            used = self.sudo()._read_group(future, ["sla_calendar_id"])
            limits = self._get_due_soon_limits(
                self.env["resource.calendar"].union(*(row[0] for row in used)), now
            )
            soon = Domain("sla_target_date", "<", now) | Domain.OR(
                Domain("sla_calendar_id", "=", calendar.id)
                & Domain("sla_deadline", "<=", limit)
                for calendar, limit in limits.items()
                if limit
            )
        domains = {
            "met": Domain("sla_status", "=", "stopped")
            & Domain("sla_result", "=", "met"),
            "late": Domain("sla_status", "=", "stopped")
            & Domain("sla_result", "=", "late"),
            "none": (
                ~alive
                & (
                    Domain("sla_status", "!=", "stopped")
                    | Domain("sla_result", "=", False)
                )
            )
            | (alive & Domain("sla_deadline", "=", False)),
            "paused": paused & Domain("sla_missed", "=", False),
            "overdue": (paused & Domain("sla_missed", "=", True))
            | (running & Domain("sla_deadline", "<", now)),
            "due_soon": future & soon,
            "on_track": future & ~soon,
        }
        return {state: domains[state] for state in states if state in domains}

    @api.model
    def _get_due_soon_limits(self, calendars, now, days=1):
        """{calendar: closing of its next working day, or None}, naive UTC.

        :param int days: the closing of the working day so many after today
        """
        limits = {}
        for calendar in calendars:
            limits[calendar] = None
            if not calendar._get_sla_unusable_reason():
                table = calendar._get_working_days(now, now)
                limit = now
                for _day in range(days):
                    limit = limit and table.next_closing(limit)
                limits[calendar] = limit
        return limits

    @api.depends("sla_status", "sla_deadline", "sla_calendar_id")
    def _compute_sla_is_due_in_two_days(self):
        now = fields.Datetime.now()
        limits = self._get_due_soon_limits(self.sla_calendar_id, now, days=2)
        for ticket in self:
            limit = limits.get(ticket.sla_calendar_id)
            ticket.sla_is_due_in_two_days = bool(
                limit
                and ticket.sla_status == "running"
                and ticket.sla_deadline
                and now <= ticket.sla_deadline <= limit
            )

    def _search_sla_is_due_in_two_days(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        now = fields.Datetime.now()
        future = Domain("sla_status", "=", "running") & Domain(
            "sla_deadline", ">=", now
        )
        used = self.sudo()._read_group(future, ["sla_calendar_id"])
        limits = self._get_due_soon_limits(
            self.env["resource.calendar"].union(*(row[0] for row in used)), now, days=2
        )
        return future & Domain.OR(
            Domain("sla_calendar_id", "=", calendar.id)
            & Domain("sla_deadline", "<=", limit)
            for calendar, limit in limits.items()
            if limit
        )

    @api.depends("sla_status", "sla_deadline")
    def _compute_sla_remaining_days(self):
        now = fields.Datetime.now()
        dated = self.filtered("sla_deadline")
        clocks = dated._get_leading_clocks()
        clock_of = {clock.ticket_id.id: clock for clock in clocks}
        late = clocks.filtered(lambda c: c.deadline and c.deadline < now)
        gaps_of = late._get_gaps() if late else {}
        for ticket in self:
            clock = clock_of.get(ticket._origin.id)
            if not clock or clock.calendar_id._get_sla_unusable_reason():
                ticket.sla_remaining_days = 0
                continue
            # paused: as it stood when the pause began; stopped: when it stopped
            moment = clock.paused_since or clock.stop_date or now
            table = clock.calendar_id._get_working_days(
                clock.start_date, max(now, clock.deadline or now)
            )
            ticket.sla_remaining_days = table.remaining_days(
                moment, clock.deadline, gaps_of.get(clock.id, ())
            )

    @api.depends("sla_remaining_days", "sla_state")
    @api.depends_context("lang")
    def _compute_sla_remaining_label(self):
        for ticket in self:
            days = ticket.sla_remaining_days
            if (
                ticket.sla_state in ("none", "met", "late")
                or ticket.sla_calendar_id._get_sla_unusable_reason()
            ):
                label = dict(
                    self._fields["sla_state"]._description_selection(self.env)
                )[ticket.sla_state]
            elif ticket.sla_state == "overdue":
                late = max(-days, 1)
                label = (
                    self.env._("1 working day late")
                    if late == 1
                    else self.env._("%(days)s working days late", days=late)
                )
            elif days == 0:
                label = self.env._("due today")
            elif days == 1:
                label = self.env._("1 working day left")
            else:
                label = self.env._("%(days)s working days left", days=days)
            if ticket.sla_state == "paused":
                label = self.env._("paused, %(left)s", left=label)
            ticket.sla_remaining_label = label

    @api.depends("sla_deadline", "sla_status", "sla_calendar_id")
    @api.depends_context("lang")
    def _compute_sla_unset_reason(self):
        reason_of = {
            clock.ticket_id.id: clock.unset_reason
            for clock in self._get_leading_clocks()
        }
        for ticket in self:
            if ticket.sla_deadline or not ticket._origin:
                ticket.sla_unset_reason = False
            elif ticket._origin.id in reason_of:
                ticket.sla_unset_reason = ticket._get_unset_reason(
                    reason_of[ticket._origin.id]
                )
            else:
                ticket.sla_unset_reason = self.env._(
                    "No deadline: the complaint was already closed when it was "
                    "recorded."
                )

    def _get_unset_reason(self, reason):
        """Say to an agent why there is no deadline and where to mend it."""
        team = self.team_id.display_name or self.company_id.display_name
        hours = self.env._("Configuration ▸ Holidays & operating hours")
        standards = self.env._("Configuration ▸ Time standards")
        return {
            "no_policy": self.env._(
                "No deadline: no time standard fits this complaint (%(menu)s).",
                menu=standards,
            ),
            "no_calendar": self.env._(
                "No deadline: %(team)s has no operating hours yet (%(menu)s).",
                team=team,
                menu=hours,
            ),
            "calendar_flexible": self.env._(
                "No deadline: the operating hours of %(team)s have no fixed opening "
                "times (%(menu)s).",
                team=team,
                menu=hours,
            ),
            "calendar_empty": self.env._(
                "No deadline: the operating hours of %(team)s are empty (%(menu)s).",
                team=team,
                menu=hours,
            ),
            "beyond_horizon": self.env._(
                "No deadline: the operating hours of %(team)s have too few working "
                "days (%(menu)s).",
                team=team,
                menu=hours,
            ),
        }[reason or "no_policy"]

    # === CRUD METHODS === #
    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name == "sla_remaining_days":
            field_name = "sla_deadline"
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    # === WHAT CUSTOMERS SEE === #
    def _get_time_left_sentence(self):
        """How many working days we have once the customer answered.

        Counted as the clock stands, or stood when it was paused; over a closing, the
        pause leaves at least one whole working day.
        """
        self.ensure_one()
        clock = self._get_leading_clocks().filtered(
            lambda clock: clock.state in ("running", "paused") and clock.deadline
        )
        moment = clock.paused_since or fields.Datetime.now()
        if (
            not clock
            or not self._is_count_stopped()
            or clock.missed
            or clock.deadline < moment
            or clock.calendar_id._get_sla_unusable_reason()
        ):
            return super()._get_time_left_sentence()
        table = clock.calendar_id._get_working_days(clock.start_date, clock.deadline)
        days = table.remaining_days(moment, clock.deadline)
        if days <= 1:
            return self.env._("After your answer we have 1 working day left.")
        return self.env._(
            "After your answer we have %(days)s working days left.", days=days
        )

    def _is_count_stopped(self):
        clocks = self.sudo().sla_clock_ids.filtered(lambda c: c.state in ALIVE)
        kinds = clocks._clock_kinds()
        return all(kinds[clock.kind]["pauses"] for clock in clocks)

    def _add_working_days(self, start, days):
        """The closing of the so-many-th working day after the day of ``start``."""
        calendar = self._get_operating_calendar()
        if calendar and not calendar._get_sla_unusable_reason():
            until = start + timedelta(days=3 * days + 30)
            moment = calendar._get_working_days(start, until).count_deadline(
                start, days
            )
            if moment:
                return moment
        return super()._add_working_days(start, days)

    def _get_moment_not_before(self, moment):
        clocks = self._get_leading_clocks()
        last = (
            self.env["klikumkm.sla.event"]
            .sudo()
            ._read_group(
                [("clock_id", "in", clocks.ids)], aggregates=["effective_date:max"]
            )[0][0]
        )
        return max(super()._get_moment_not_before(moment), last or moment)

    def _get_operating_calendar(self):
        """The hours the complaint is counted in, or would be if it were new."""
        self.ensure_one()
        ticket = self.sudo()  # whoever reads a complaint may know its dates
        return (
            ticket.sla_calendar_id
            or ticket.team_id.sla_calendar_id
            or ticket.company_id.sla_calendar_id
        )

    def _get_work_start_sentence(self):
        opening = self.sudo().sla_calendar_id._get_opening_after_closure(
            self.received_date
        )
        if not opening:
            return super()._get_work_start_sentence()
        return self.env._(
            "Received outside our hours: our office is closed until %(date)s and work "
            "on it starts then.",
            date=self._format_customer_date(opening),
        )

    def _get_customer_tz(self):
        calendar = self.sudo().sla_calendar_id
        return calendar.tz or super()._get_customer_tz()

    # === FACTS === #
    @api.model
    def _get_clock_fields(self):
        """The stored copies that the clock writes."""
        return [
            "sla_deadline",
            "sla_target_date",
            "sla_status",
            "sla_result",
            "sla_missed",
            "sla_told_date",
            "sla_calendar_id",
        ]

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | set(self._get_clock_fields())

    def _get_clock_engine(self):
        """The clocks as the superuser without a context.

        No right of whoever acts decides how the clock goes, and no default or filter
        of the screen he acts on.
        """
        return self.env(su=True, context={})["klikumkm.sla.clock"]

    def _complaint_received(self):
        result = super()._complaint_received()
        engine = self._get_clock_engine()
        engine._start(self.with_env(engine.env), self._get_operation_now())
        return result

    def _complaint_changed(self, changes):
        result = super()._complaint_changed(changes)
        engine = self._get_clock_engine()
        changes = [(ticket.with_env(engine.env), *facts) for ticket, *facts in changes]
        engine._follow(
            changes,
            self._get_operation_now(),
            # only the suite itself may say so: anybody can send a context
            is_undoing=bool(self.env.su and self.env.context.get("complaint_undo")),
        )
        return result

    # === THE FIRST SCREEN === #
    @api.model
    def _get_today_counters(self):
        owned, _unowned = self._get_today_scope()
        return [
            *super()._get_today_counters(),
            {
                "name": "overdue",
                "label": self.env._("Overdue"),
                "title": self.env._("The promised date has passed"),
                "tone": "danger",
                "sequence": 10,
                "filters": ["overdue", *owned],
            },
            {
                "name": "due_today",
                "label": self.env._("Due today"),
                "title": self.env._("The promised date is today"),
                "tone": "danger",
                "sequence": 20,
                "filters": ["due_today", *owned],
            },
            {
                "name": "due_in_two_days",
                "label": self.env._("≤ 2 working days"),
                "title": self.env._("Due today or within two working days"),
                "tone": "warning",
                "sequence": 30,
                "filters": ["due_in_two_days", *owned],
            },
        ]
