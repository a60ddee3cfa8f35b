# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from datetime import datetime
from typing import NamedTuple

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.klikumkm_complaint.models.helpdesk_ticket_stage import OPEN_STATUS

from ..working_days import HORIZON_YEARS, Gap

_logger = logging.getLogger(__name__)

CLOCK_STATE = [
    ("running", "Running"),
    ("paused", "Paused"),
    ("stopped", "Stopped"),
    ("cancelled", "Cancelled"),
]
RESULT = [("met", "In time"), ("late", "Late")]
UNSET_REASON = [
    ("no_policy", "no time standard fits this complaint"),
    ("no_calendar", "neither the team nor the company has operating hours"),
    ("calendar_flexible", "the operating hours have no fixed opening times"),
    ("calendar_empty", "the operating hours are empty"),
    ("beyond_horizon", "the operating hours have too few working days"),
]
# Off the desk without an answer: ends a clock without a result (design.md rule 2). No
# stage at all is none of these: the customer still waits.
CANCELLING_STATUS = ("closed", "referred", "cancelled")
ALIVE = ("running", "paused")
# Events between which a clock does not run.
GAP_BEGINNINGS = ("pause", "stop", "cancel")
GAP_ENDS = ("resume", "reopen")

BATCH = 500
# Recounted at once when a calendar changes; the sweep does what is more.
RECOUNT_AT_ONCE = 2 * BATCH


class Terms(NamedTuple):
    """On which terms a clock counts."""

    start_date: object  # naive UTC; its local date is day 0
    days: int
    target_days: int
    calendar: models.BaseModel
    policy: models.BaseModel

    def differ(self, other):
        """Whether they are counted differently; a standard as long as another is not"""
        return self._replace(policy=None) != other._replace(policy=None)

    def as_vals(self):
        """Values for the clock's fields."""
        return {
            "start_date": self.start_date,
            "days": self.days,
            "target_days": self.target_days,
            "calendar_id": self.calendar.id,
            "policy_id": self.policy.id,
        }


class Dates(NamedTuple):
    """What a count leads to; naive UTC, or False where there is none."""

    deadline: object
    target_date: object
    first_deadline: object
    unset_reason: str | bool


def read_gaps(events):
    """The closed gaps that the events of one clock tell of, each with what began it.

    :param events: ``klikumkm.sla.event`` recordset in the order of recording
    :return: list of (:class:`Gap`, "pause", "stop" or "cancel")
    """
    gaps, since, cause = [], None, None
    for event in events:
        if event.event_type in GAP_ENDS:
            if since:
                gaps.append((Gap(since, event.effective_date), cause))
            since = None
        elif event.event_type in GAP_BEGINNINGS and not since:
            # cancelled while paused: the gap goes on from the pause
            since, cause = event.effective_date, event.event_type
    return gaps


class SlaClock(models.Model):
    """One running count for one complaint, with the terms frozen when it was set.

    The journal (``klikumkm.sla.event``) tells how it got here: gaps and terms can be
    read back from it, so every figure can be counted again by somebody else.
    """

    _name = "klikumkm.sla.clock"
    _description = "Complaint Clock"
    _order = "deadline, id"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(
        selection=lambda self: self._selection_kind(),
        required=True,
        default="standard",
    )
    event_ids = fields.One2many(
        comodel_name="klikumkm.sla.event", inverse_name="clock_id", string="Journal"
    )
    extension_ids = fields.One2many(
        comodel_name="klikumkm.sla.extension", inverse_name="clock_id"
    )

    # === TERMS === #
    policy_id = fields.Many2one(
        comodel_name="klikumkm.sla.policy", string="Time standard", ondelete="restrict"
    )
    days = fields.Integer(string="Working days promised", aggregator=None)
    target_days = fields.Integer(string="Working days aimed at", aggregator=None)
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Operating hours",
        ondelete="restrict",
        index=True,
    )
    calendar_version = fields.Integer(
        string="Calendar version", readonly=True, aggregator=None
    )
    extension_days = fields.Integer(
        string="Extension days", readonly=True, aggregator=None
    )
    unset_reason = fields.Selection(
        string="Why no deadline", selection=UNSET_REASON, readonly=True
    )

    # === COUNT === #
    state = fields.Selection(selection=CLOCK_STATE, required=True, default="running")
    start_date = fields.Datetime(string="Start date", required=True)
    paused_since = fields.Datetime(string="Paused since")
    stop_date = fields.Datetime(string="Stop date")
    deadline = fields.Datetime()
    deadline_since = fields.Datetime(
        string="Deadline since",
        help="The moment at which the present deadline became the deadline.",
    )
    target_date = fields.Datetime(string="Target date")
    first_deadline = fields.Datetime(
        string="First deadline", help="The deadline without extensions."
    )
    told_deadline = fields.Datetime(
        string="Told deadline", help="The last date the customer was told."
    )
    is_told_late = fields.Boolean(
        string="Told late",
        help="The date that the customer had passed before he was told another.",
    )
    missed = fields.Boolean(help="The present deadline has passed.")
    late_from = fields.Datetime(
        string="Late from",
        help="The missed deadline that was extended afterwards; the result counts "
        "from here.",
    )
    result = fields.Selection(selection=RESULT)
    target_result = fields.Selection(string="Target result", selection=RESULT)
    late_days = fields.Integer(string="Late days", aggregator=None)

    _ticket_kind_uniq = models.Constraint(
        "UNIQUE (ticket_id, kind)", "A complaint has one clock of each kind."
    )
    # The sweep reads what became due, never the whole table.
    _due_idx = models.Index("(deadline) WHERE state = 'running' AND missed IS NOT TRUE")
    _alive_idx = models.Index(
        "(calendar_id, calendar_version) WHERE state IN ('running', 'paused')"
    )

    # === KINDS === #
    @api.model
    def _clock_kinds(self):
        """What kinds of clocks there are.

        :return: {kind: {"label", "start_field" on the ticket, "pauses": whether
            waiting for the customer stops the count, "promises": whether its date may
            be the one promised}}
        """
        return {
            "standard": {
                "label": self.env._("Published standard"),
                "start_field": "received_date",
                "pauses": True,
                "promises": True,
            },
        }

    @api.model
    def _is_needed(self, kind, ticket, facts=None):
        """Hook: whether a complaint has a clock of this kind.

        :param ComplaintFacts facts: to think of instead of the present ones
        """
        return True

    @api.model
    def _selection_kind(self):
        return [(kind, spec["label"]) for kind, spec in self._clock_kinds().items()]

    # === WHAT HAPPENS TO COMPLAINTS === #
    @api.model
    def _start(self, tickets, now, reopened=False, kinds=None):
        """Give complaints their clocks (rules 1, 2, 11).

        Complaints recorded as already closed, referred or cancelled get none.

        :param tickets: ``helpdesk.ticket`` recordset, without clocks
        :param datetime now: naive UTC
        :param bool reopened: they were closed before the suite knew them; the time
            until now is a gap, because nobody is late for what nobody counted
        :param kinds: of clocks to start, by default all that they need
        """
        vals_list = []
        for kind, spec in self._clock_kinds().items():
            if kinds and kind not in kinds:
                continue
            vals_list += [
                {
                    "ticket_id": ticket.id,
                    "kind": kind,
                    "start_date": ticket[spec["start_field"]],
                    # what the customer was told stands, also for a clock added later
                    "told_deadline": ticket.sla_told_date,
                }
                for ticket in tickets
                if ticket.stage_id.status not in CANCELLING_STATUS
                and self._is_needed(kind, ticket)
            ]
        clocks = self.create(vals_list)
        clocks._set_terms(now)
        gaps_of = {
            clock.id: [Gap(clock.start_date, now)] if reopened else []
            for clock in clocks
        }
        clocks._count(now, gaps_of)
        journal = []
        for clock in clocks:
            journal.append(
                clock._prepare_event("start", clock.start_date, deadline_before=False)
            )
            if reopened:
                journal.append(clock._prepare_event("stop", clock.start_date))
                journal.append(clock._prepare_event("reopen", now))
        journal += clocks._settle(now)
        for clock in clocks:
            journal += clock._follow_status(
                clock.ticket_id.stage_id.status, now, gaps_of
            )
        clocks._close_operation(journal, now)
        return clocks

    @api.model
    def _follow(self, changes, now, is_undoing=False):
        """Follow what happened to complaints (rules 2, 3, 6).

        :param list changes: (ticket, facts before, facts after), see
            ``_complaint_changed`` in klikumkm_complaint
        :param datetime now: naive UTC
        :param bool is_undoing: what is reopened was cancelled by our own mistake
        """
        tickets = self.env["helpdesk.ticket"].union(*(c[0] for c in changes))
        clocks_of = self.search([("ticket_id", "in", tickets.ids)]).grouped("ticket_id")
        without = self.env["helpdesk.ticket"]
        clocks = self.browse()
        reclassified, moved, statuses = self.browse(), self.browse(), {}
        for ticket, old, new in changes:
            mine = clocks_of.get(ticket, self.browse())
            clocks |= mine
            if not mine:
                if new.status in OPEN_STATUS:
                    without |= ticket
                continue
            if old._replace(status=None) != new._replace(status=None):
                reclassified |= mine
            if old.team != new.team or old.company != new.company:
                moved |= mine
            if old.status != new.status:
                statuses.update(dict.fromkeys(mine, new.status))
        if clocks:
            journal = clocks._settle(now)
            gaps_of = clocks._get_gaps()
            for clock, status in statuses.items():
                if clock._is_reopened_by(status):
                    if is_undoing:
                        journal += clock._undo_cancellation(now, gaps_of)
                    else:
                        journal += clock._resume("reopen", now, gaps_of)
                    # what was changed while it stood still applies from now on
                    reclassified |= clock
            alive = reclassified.filtered(lambda clock: clock.state in ALIVE)
            journal += alive._reclassify(now, gaps_of, moved)
            journal += alive._settle(now)
            for clock, status in statuses.items():
                journal += clock._follow_status(status, now, gaps_of)
            clocks._close_operation(journal, now)
        if without:
            self._start(without, now, reopened=True)

    def _is_reopened_by(self, status):
        """Whether a complaint in this status needs its clock again."""
        self.ensure_one()
        if not self._is_needed(self.kind, self.ticket_id):
            return False
        if status == "resolved":
            return self.state == "cancelled"
        return status in OPEN_STATUS and self.state not in ALIVE

    def _follow_status(self, status, now, gaps_of):
        """Let one clock run, pause, stop or end as the status of its complaint says.

        :param dict gaps_of: gaps by clock id, kept up to date here
        :return: values of the events that tell it
        """
        self.ensure_one()
        journal = []
        if self.state not in ALIVE:
            return journal
        if status in CANCELLING_STATUS:
            is_late = self.missed or self.late_from
            self.write(
                {
                    "state": "cancelled",
                    "stop_date": now,
                    "result": "late" if is_late else False,
                }
            )
            return [self._prepare_event("cancel", now, result=self.result)]
        waits = (
            status == "waiting_customer" and self._clock_kinds()[self.kind]["pauses"]
        )
        if self.state == "paused" and not waits:
            journal += self._resume("resume", now, gaps_of)
        if self.state == "running" and waits:
            self.write({"state": "paused", "paused_since": now})
            journal.append(self._prepare_event("pause", now))
        if status == "resolved":
            journal.append(self._stop(now, gaps_of[self.id]))
        return journal

    def _undo_cancellation(self, now, gaps_of):
        """Let a clock run again that only our own mistake had stopped.

        The customer was never told and must not lose: the time in between counts as if
        nothing had happened, and the old deadline stands, passed or not. What was
        paused for the customer when the mistake was made stood still all the same.
        """
        if self.state != "cancelled" or self.paused_since:
            return self._resume("reopen", now, gaps_of)
        return self._resume("reopen", now, gaps_of, since=self.stop_date)

    def _resume(self, event_type, now, gaps_of, since=None):
        """Let a paused, stopped or cancelled clock run again (rules 2, 3).

        :param datetime since: from when on it counts, if not from now
        """
        since = since or now
        # a clock cancelled while it was paused stood still from the pause on
        gap = Gap(self.paused_since or self.stop_date, since)
        gaps_of[self.id] = [*gaps_of[self.id], gap]
        before = self.deadline
        self.write(
            {
                "state": "running",
                "paused_since": False,
                "stop_date": False,
                "result": False,
                "target_result": False,
                "late_days": 0,
            }
        )
        self._count(now, gaps_of)
        return [self._prepare_event(event_type, since, deadline_before=before)]

    def _stop(self, now, gaps):
        """Stop a running clock and judge it (rule 5)."""
        vals = {"state": "stopped", "stop_date": now}
        due = self.late_from or self.deadline
        vals.update(self._judge(now, due, self.target_date, self._get_terms(), gaps))
        if self._is_told_late_at(now, gaps):
            vals["is_told_late"] = True
        self.write(vals)
        return self._prepare_event("stop", now, result=vals["result"])

    def _judge(self, stop, due, target_date, terms, gaps):
        """What the clock is worth if it stops at a moment. Writes nothing.

        :param datetime stop: naive UTC
        :param datetime due: the deadline that is judged, or False
        :param Terms terms: on which the late days are counted
        :return: values for the clock's fields
        """
        vals = {"result": False, "target_result": False, "late_days": 0}
        if due:
            vals["result"] = "met" if stop <= due else "late"
            if stop > due and not terms.calendar._get_sla_unusable_reason():
                table = terms.calendar._get_working_days(terms.start_date, stop)
                vals["late_days"] = table.late_days(due, stop, gaps)
        if target_date:
            vals["target_result"] = "met" if stop <= target_date else "late"
        return vals

    def _reclassify(self, now, gaps_of, moved=None):
        """Recount with the terms of today (rule 6).

        :param moved: the clocks whose team or company changed: they also get the
            operating hours of the new one
        :return: values of the events that tell it
        """
        before = {clock: clock.deadline for clock in self}
        terms_of = self._choose_terms(self._get_facts(), now, moved)
        dates_of = self._count_other_terms(terms_of, now, gaps_of)
        for clock, terms in terms_of.items():
            clock.update(terms.as_vals())
        for clock, dates in dates_of.items():
            clock._take_dates(dates, now)
        return [
            clock._prepare_event("reclassify", now, deadline_before=before[clock])
            for clock in dates_of
        ]

    def _preview(self, facts_of, now):
        """What :meth:`_follow` would make of other facts. Writes nothing.

        :param dict facts_of: the :class:`ComplaintFacts` to think of, by clock; their
            status and date received are not looked at
        :param datetime now: naive UTC
        :return: {clock: (:class:`Terms`, :class:`Dates`)}; clocks that stand still keep
            theirs whatever happens and are left out
        """
        alive = self.filtered(lambda clock: clock.state in ALIVE)
        moved = alive.filtered(
            lambda clock: facts_of[clock].team != clock.ticket_id.team_id
            or facts_of[clock].company != clock.ticket_id.company_id
        )
        terms_of = alive._choose_terms(facts_of, now, moved)
        dates_of = alive._count_other_terms(terms_of, now, alive._get_gaps())
        return {
            clock: (terms_of[clock], dates_of.get(clock) or clock._get_dates())
            for clock in alive
        }

    def _count_other_terms(self, terms_of, now, gaps_of):
        """Count with the given terms where they differ from the clock's own.

        :param dict terms_of: :class:`Terms` by clock
        :return: {clock: :class:`Dates`}
        """
        return {
            clock: clock._count_dates(terms_of[clock], now, gaps_of[clock.id])
            for clock in self
            if terms_of[clock].differ(clock._get_terms())
        }

    def _extend(self, days, reason, stage_reached=False, **vals):
        """Add working days to the promise (rule 4).

        :param int days: working days, at least 1
        :param str reason: told to the customer
        :param str stage_reached: how far the handling got, told to the customer
        :param vals: further values of the ``klikumkm.sla.extension``
        :return: the ``klikumkm.sla.extension``
        :raise UserError: the clock does not run, the new date would lie in the past,
            or whoever acts may not give so much
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if self.state not in ALIVE or not self.deadline:
            raise UserError(
                self.env._(
                    "Only a running deadline can be extended, and this one is not."
                )
            )
        self._check_extension_cap(days)
        journal = self._settle(now)
        before, was_missed = self.deadline, self.missed
        self.extension_days += days
        self._count(now, self._get_gaps())
        if not self.deadline or self.deadline <= now:
            raise UserError(
                self.env._(
                    "With %(days)s more working days the deadline would still lie in "
                    "the past. Choose more days.",
                    days=days,
                )
            )
        if was_missed and not self.late_from:
            self.late_from = before
        journal.append(
            self._prepare_event("extend", now, deadline_before=before, reason=reason)
        )
        extension = self.env["klikumkm.sla.extension"].create(
            {
                **vals,
                "clock_id": self.id,
                "ticket_id": self.ticket_id.id,
                "days": days,
                "reason": reason,
                "stage_reached": stage_reached,
                "is_late": was_missed,
                "deadline_before": before,
                "deadline_after": self.deadline,
            }
        )
        self._close_operation(journal, now)
        return extension

    # === TERMS AND COUNT === #
    def _set_terms(self, now):
        """Choose the time standard, and the operating hours where they are open."""
        for clock, terms in self._choose_terms(self._get_facts(), now).items():
            clock.update(terms.as_vals())

    def _get_facts(self):
        """The facts of their complaints as they are, by clock."""
        facts_of = dict(self.ticket_id._get_complaint_facts())
        return {clock: facts_of[clock.ticket_id] for clock in self}

    def _choose_terms(self, facts_of, now, moved=None):
        """The terms that fit the facts. Writes nothing.

        :param dict facts_of: :class:`ComplaintFacts` by clock
        :param moved: clocks that get other operating hours, all others keep theirs
        :return: {clock: :class:`Terms`}
        """
        if not self:
            return {}
        types = {facts_of[clock].assistance_type for clock in self}
        policies = self.env["klikumkm.sla.policy"].search(
            [("assistance_type", "in", list(types))]
        )
        terms_of = {}
        for clock in self:
            facts = facts_of[clock]
            start = clock.ticket_id[self._clock_kinds()[clock.kind]["start_field"]]
            calendar = clock.calendar_id
            if not calendar or (moved and clock in moved):
                calendar = facts.team.sla_calendar_id or facts.company.sla_calendar_id
            received = (
                start.date()
                if calendar._get_sla_unusable_reason()
                else calendar._get_working_days(start, now).local_date(start)
            )
            terms_of[clock] = clock._make_terms(
                facts, start, calendar, policies._match(facts, received)
            )
        return terms_of

    def _make_terms(self, facts, start, calendar, policy):
        """Hook: the terms of one kind of clock.

        :param ComplaintFacts facts: of its complaint
        :param policy: the published standard that fits, or none
        :rtype: Terms
        """
        return Terms(
            start_date=start,
            days=policy.max_days,
            target_days=policy._get_target_days(facts.priority) if policy else 0,
            calendar=calendar,
            policy=policy,
        )

    def _get_terms(self):
        """The terms on which the clock was counted last."""
        self.ensure_one()
        return Terms(
            self.start_date,
            self.days,
            self.target_days,
            self.calendar_id,
            self.policy_id,
        )

    def _get_dates(self):
        """What the last count led to."""
        self.ensure_one()
        return Dates(
            self.deadline, self.target_date, self.first_deadline, self.unset_reason
        )

    def _count(self, now, gaps_of):
        """Count deadline and target anew.

        Recounts from the start with all closed gaps and extensions.

        :param datetime now: naive UTC
        :param dict gaps_of: {clock id: list of Gap}, without the open pause
        """
        for clock in self:
            terms = clock._get_terms()
            clock._take_dates(clock._count_dates(terms, now, gaps_of[clock.id]), now)

    def _take_dates(self, dates, now):
        """Let the result of a count be the clock's; the only place that does."""
        self.ensure_one()
        vals = {
            "target_date": dates.target_date,
            "first_deadline": dates.first_deadline,
            "unset_reason": dates.unset_reason,
            "calendar_version": self.calendar_id.sudo().sla_version,
        }
        if dates.deadline != self.deadline:
            # another date: whether it is missed is settled anew
            vals.update(deadline=dates.deadline, deadline_since=now, missed=False)
        self.update(vals)

    def _count_dates(self, terms, now, gaps, more_days=0):
        """Count with the given terms; the only place that does. Writes nothing.

        A clock whose terms are incomplete has no deadline and says why.

        Nearly always a table of a few years knows the dates; only where it does not,
        the one that reaches to the horizon is built (rule 11).

        :param Terms terms: the clock's own, or others to see where they would lead
        :param int more_days: an extension to think of, in working days
        :rtype: :class:`Dates`
        """
        self.ensure_one()
        reason = terms.calendar._get_sla_unusable_reason()
        if not reason and not terms.days:
            reason = "no_policy"
        if reason:
            return Dates(False, False, False, reason)
        start, extra = terms.start_date, self.extension_days + more_days
        horizon = fields.Datetime.add(start, years=HORIZON_YEARS)
        for until in (max(start, now), max(horizon, now)):
            table = terms.calendar._get_working_days(start, until)
            deadline, target, first = (
                table.count_deadline(start, days, gaps) or False
                for days in (terms.days + extra, terms.target_days + extra, terms.days)
            )
            if deadline:
                return Dates(deadline, target, first, False)
        return Dates(False, False, False, "beyond_horizon")

    def _get_gaps(self):
        """Read back from the journal when the clocks did not run.

        :return: {clock id: list of closed Gap}, ascending
        """
        events = self.env["klikumkm.sla.event"].search_fetch(
            [
                ("clock_id", "in", self.ids),
                ("event_type", "in", (*GAP_BEGINNINGS, *GAP_ENDS)),
            ],
            ["clock_id", "event_type", "effective_date"],
            order="id",
        )
        events_of = events.grouped("clock_id")
        return {
            clock.id: [
                gap for gap, _cause in read_gaps(events_of.get(clock, events.browse()))
            ]
            for clock in self
        }

    # === SETTLE FIRST === #
    def _settle(self, now):
        """Record what was due before anything else happens (rule 10).

        :return: values of the breach events; they take effect at the later of the
            deadline and the moment it became the deadline
        """
        due = self.filtered(
            lambda clock: clock.state in ALIVE
            and clock.deadline
            and not clock.missed
            # a pause holds the count: only what had passed when it began
            and clock.deadline < (clock.paused_since or now)
        )
        if not due:
            return []
        due.write({"missed": True})
        # a deadline that comes back was missed once, however often it changed
        known = self.env["klikumkm.sla.event"].search_fetch(
            [("clock_id", "in", due.ids), ("event_type", "=", "breach")],
            ["clock_id", "deadline_after"],
        )
        known = {(event.clock_id, event.deadline_after) for event in known}
        return [
            clock._prepare_event("breach", max(clock.deadline, clock.deadline_since))
            for clock in due
            if (clock, clock.deadline) not in known
        ]

    def _prepare_event(self, event_type, effective_date, **values):
        """Values of an event with the terms as they now are."""
        self.ensure_one()
        return {
            "clock_id": self.id,
            "ticket_id": self.ticket_id.id,
            "event_type": event_type,
            "effective_date": effective_date,
            "user_id": self.env.uid,
            "start_date": self.start_date,
            "days": self.days,
            "target_days": self.target_days,
            "extension_days": self.extension_days,
            "deadline_before": self.deadline,
            "deadline_after": self.deadline,
            **values,
        }

    def _close_operation(self, journal, now):
        """Write the journal, settle what the operation made due, show it on tickets."""
        journal = journal + self._settle(now)
        if journal:
            self.env["klikumkm.sla.event"].create(journal)
        self._show_on_tickets()

    def _get_leading(self):
        """The clock of these, all of one complaint, whose date is promised.

        The earliest date leads, of equal ones that which does not stand still; a clock
        of another kind than the published standard only as long as its term applies:
        not once it is cancelled, nor where the standard runs on without it.
        """
        if len(self) == 1 and self.kind == "standard":
            return self
        kinds = self._clock_kinds()
        standard = self.filtered(lambda clock: clock.kind == "standard")
        applying = ALIVE if standard.state in ALIVE else (*ALIVE, "stopped")
        return min(
            (
                clock
                for clock in self
                if clock == standard
                or (kinds[clock.kind].get("promises") and clock.state in applying)
            ),
            key=lambda clock: (
                clock.deadline or datetime.max,
                clock.state == "paused",
            ),
            default=self.browse(),
        )

    def _show_on_tickets(self):
        """Copy the leading clocks to their complaints.

        By SQL, because a count must not touch write_date, followers or tracking
        (design.md rule 8).
        """
        if not self:
            return
        tickets = self.ticket_id
        tickets.flush_recordset()
        leading = [(ticket, ticket.sla_clock_ids._get_leading()) for ticket in tickets]
        # values, not a join: no statistics of the clocks' table decide how it goes
        for position in range(0, len(leading), BATCH):
            self.env.execute_query(
                SQL(
                    """
                    UPDATE helpdesk_ticket ticket
                       SET sla_deadline = clock.deadline::timestamp,
                           sla_target_date = clock.target_date::timestamp,
                           sla_status = clock.state,
                           sla_result = clock.result,
                           sla_missed = clock.missed,
                           sla_told_date = clock.told_deadline::timestamp,
                           sla_calendar_id = clock.calendar_id::int
                      FROM (VALUES %s) clock (
                           ticket_id, deadline, target_date, state, result, missed,
                           told_deadline, calendar_id)
                     WHERE clock.ticket_id = ticket.id
                 RETURNING ticket.id
                    """,
                    SQL(", ").join(
                        SQL(
                            "(%s, %s, %s, %s, %s, %s, %s, %s)",
                            ticket.id,
                            clock.deadline or None,
                            clock.target_date or None,
                            clock.state,
                            clock.result or None,
                            clock.missed,
                            clock.told_deadline or None,
                            clock.calendar_id.id or None,
                        )
                        for ticket, clock in leading[position : position + BATCH]
                    ),
                )
            )
        tickets.invalidate_recordset(
            [
                *self.env["helpdesk.ticket"]._get_clock_fields(),
                "sla_state",
                "sla_remaining_days",
                "sla_remaining_label",
                "sla_unset_reason",
                "sla_promised_label",
                "sla_promised_day",
                "sla_untold_label",
                "sla_why",
            ],
            flush=False,
        )

    # === RECOUNT AND SWEEP === #
    def _get_outdated_domain(self, calendars):
        """Running and paused clocks counted with another version of their calendar."""
        return Domain("state", "in", ALIVE) & Domain.OR(
            Domain("calendar_id", "=", calendar.id)
            & Domain("calendar_version", "!=", calendar.sla_version)
            for calendar in calendars.sudo()
        )

    @api.model
    def _recount_calendars(self, calendars):
        """Recount what a change of hours or days off moved; the sweep does a rest."""
        clocks = self.search(
            self._get_outdated_domain(calendars), limit=RECOUNT_AT_ONCE + 1, order="id"
        )
        clocks[:RECOUNT_AT_ONCE]._recount(fields.Datetime.now())
        if len(clocks) > RECOUNT_AT_ONCE:
            self.env.ref("klikumkm_sla.ir_cron_sweep")._trigger()

    def _recount(self, now):
        """Count running and paused clocks again with their calendar as it is (rule 8).

        Only a changed deadline gets an event. Calendars that became unusable leave the
        deadlines that were promised.
        """
        clocks = self.filtered(lambda clock: clock.state in ALIVE)
        for position in range(0, len(clocks), BATCH):
            batch = clocks[position : position + BATCH]
            journal = batch._settle(now)
            kept = batch.filtered(
                lambda c: c.deadline and c.calendar_id._get_sla_unusable_reason()
            )
            for clock in kept:
                clock.calendar_version = clock.calendar_id.sudo().sla_version
            counted = batch - kept
            before = {clock: clock.deadline for clock in counted}
            counted._count(now, counted._get_gaps())
            journal += [
                clock._prepare_event("recalculate", now, deadline_before=before[clock])
                for clock in counted
                if clock.deadline != before[clock]
            ]
            batch._close_operation(journal, now)

    def _complete(self, now):
        """Give a date to clocks that had none, where what was missing is there now."""
        journal = self._reclassify(now, self._get_gaps())
        if journal:
            self._close_operation(journal, now)

    def _record_breaches(self, now):
        self._close_operation(self._settle(now), now)

    @api.model
    def _cron_sweep(self):
        """Recount what changed calendars moved, then record the deadlines that passed.

        Safe to interrupt and to repeat; two workers never take the same clock.
        """
        now = fields.Datetime.now()
        used = self._read_group([("state", "in", ALIVE)], ["calendar_id"])
        calendars = self.env["resource.calendar"].union(*(row[0] for row in used))
        jobs = [
            ("_recount", self._get_outdated_domain(calendars)),
            (
                "_complete",
                Domain("state", "in", ALIVE)
                & Domain("unset_reason", "in", ("no_policy", "no_calendar")),
            ),
            (
                "_record_breaches",
                Domain("state", "=", "running")
                & Domain("missed", "=", False)
                & Domain("deadline", "<", now),
            ),
        ]
        remaining = [self.search_count(domain) for _method, domain in jobs]
        for number, (method, domain) in enumerate(jobs):
            last_id = 0
            while clocks := self.search(
                domain & Domain("id", ">", last_id), limit=BATCH, order="id"
            ):
                last_id = clocks[-1].id
                clocks.try_lock_for_update()._isolate(method, now)
                remaining[number] = max(remaining[number] - len(clocks), 0)
                if not self.env["ir.cron"]._commit_progress(
                    len(clocks), remaining=sum(remaining)
                ):
                    return
            remaining[number] = 0

    def _isolate(self, method, now):
        """Do a step of the sweep; a clock that fails must not hold up the others.

        :param str method: name of a method that takes ``now``
        """
        try:
            with self.env.cr.savepoint():
                getattr(self, method)(now)
        except OperationalError:
            raise  # somebody else was faster: the whole transaction starts again
        except Exception:
            if len(self) > 1:
                for clock in self:
                    clock._isolate(method, now)
            else:
                _logger.exception("%s failed for complaint clock %s", method, self.id)
