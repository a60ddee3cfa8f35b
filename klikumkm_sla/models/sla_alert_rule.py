# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""When somebody of the desk is reminded, and of what.

What is watched is read by one query for each event: rows of a record, its complaint and
the date that counts. Alerts are raised, and found settled, by the same query.
"""

from datetime import time, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.klikumkm_complaint.models.helpdesk_ticket_customer import (
    RUNNING_STATUS,
)
from odoo.addons.klikumkm_complaint.models.helpdesk_ticket_stage import (
    CLOSED_STATUS,
    OPEN_STATUS,
)

from .sla_clock import ALIVE, GAP_BEGINNINGS, GAP_ENDS

# The gravest first: of several, a person is told the first.
ALERT_EVENT = [
    ("emergency", "Emergency received"),
    ("deadline", "Deadline missed"),
    ("promised", "Date promised to the customer"),
    ("ruling_due", "Objection to be decided"),
    ("offer_due", "Offer to be carried out"),
    ("notice_to_tell", "Customer to be told"),
    ("reply_pending", "Customer wrote last"),
    ("request_due", "Answer of a unit due"),
    ("unassigned", "Nobody works on it"),
    ("unclassified", "Not classified"),
    ("waiting_customer", "Customer's answer due"),
    ("target", "Work target"),
    ("nothing_told", "Nothing told while a unit is asked"),
]
MAX_OFFSET = 60
END_OF_DAY = time(23, 59, 59)


class SlaAlertRule(models.Model):
    _name = "klikumkm.sla.alert.rule"
    _description = "Alert Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Leave empty for all companies."
    )
    event = fields.Selection(selection=ALERT_EVENT, string="About", required=True)
    offset_days = fields.Integer(
        string="Working days after (negative: before)",
        default=0,
        help="Counted from the date it is about, in the operating hours of the "
        "complaint.",
    )
    at = fields.Selection(
        selection=[
            ("moment", "At that time of the day"),
            ("opening", "In the morning, when we open"),
        ],
        string="When on that day",
        default="moment",
        required=True,
        help="Only sent while the desk is open; what falls outside is sent when it "
        "opens next. An emergency is told at once, at any hour.",
    )
    notify_owner = fields.Boolean(
        string="Owner",
        help="Or who stands in; without one, the lead, else the managers.",
    )
    notify_lead = fields.Boolean(
        string="Team lead", help="The leads of the team, else the managers."
    )
    notify_manager = fields.Boolean(string="Managers")
    notify_on_call = fields.Boolean(
        string="On call", help="The person whom the team names for emergencies."
    )

    _check_recipients = models.Constraint(
        "CHECK (notify_owner IS TRUE OR notify_lead IS TRUE"
        " OR notify_manager IS TRUE OR notify_on_call IS TRUE)",
        "An alert needs somebody to be told.",
    )
    _check_offset = models.Constraint(
        "CHECK (offset_days BETWEEN -60 AND 60)",
        "Choose at most 60 working days before or after.",
    )

    @api.constrains("event")
    def _check_event_kept(self):
        """What was raised under a rule is told apart by what it was about."""
        Alert = self.env["klikumkm.sla.alert"].sudo()  # whoever may write the rule
        for rule, event in Alert._read_group(
            [("rule_id", "in", self.ids)], ["rule_id", "event"]
        ):
            if event != rule.event:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” has reminded already: archive it and make a new "
                        "rule instead.",
                        rule=rule.name,
                    )
                )

    def _get_roles(self):
        """Who is told: keys of ``helpdesk.ticket._get_alert_people()``."""
        self.ensure_one()
        roles = ("owner", "lead", "manager", "on_call")
        return [role for role in roles if self[f"notify_{role}"]]

    # === WHEN === #
    def _get_limit(self, calendar, now):
        """The last date for which this rule is due.

        The desk's day is looked at, not the date's: a date on a day off counts as if
        it were the next opening, so no reminder falls on a night or a weekend.

        :param calendar: usable ``resource.calendar``
        :param datetime now: naive UTC
        :return: naive UTC, or None where the calendar does not reach that far
        """
        self.ensure_one()
        if self.event == "emergency":
            return now
        span = timedelta(days=30 + 3 * MAX_OFFSET)
        table = calendar._get_working_days(now - span, now)
        if self.at == "moment":
            return table.same_time(now, -self.offset_days)
        day = table.shift_date(table.local_date(now), -self.offset_days)
        if not day:
            return None
        if self.offset_days > 0:
            # what came in after closing was nobody's work of that day
            return table.closing_of(day)
        return table.at_wall(day, END_OF_DAY)

    # === WHAT === #
    @api.model
    def _get_watched_model(self, event):
        return {
            "deadline": "klikumkm.sla.clock",
            "promised": "klikumkm.sla.clock",
            "target": "klikumkm.sla.clock",
            "notice_to_tell": "klikumkm.complaint.notice",
            "request_due": "klikumkm.complaint.coordination",
            "offer_due": "klikumkm.complaint.response",
        }.get(event, "helpdesk.ticket")

    @api.model
    def _get_watched_domain(self, event):
        """Which records an event is about, whatever their date.

        Complaints that are paused have no alerts of the clock (design.md rule 3).
        """
        running = Domain("sla_status", "=", "running") & Domain(
            "stage_id.status", "in", RUNNING_STATUS
        )
        not_ended = Domain("stage_id.status", "in", (*OPEN_STATUS, "resolved"))
        if self._get_watched_model(event) == "klikumkm.sla.clock":
            return Domain("state", "=", "running")
        return {
            "emergency": running & Domain("priority", "=", "3"),
            "ruling_due": Domain("ruling_by_date", "!=", False)
            & Domain("customer_decision", "=", "rejected")
            & not_ended,
            "offer_due": Domain("kind", "=", "offer")
            & Domain("decision", "=", "accepted")
            & Domain("fulfilled_date", "=", False)
            & Domain("ticket_id", "any", not_ended),
            "notice_to_tell": self.env["helpdesk.ticket"]._get_to_tell_domain()
            & Domain("ticket_id.stage_id.status", "not in", CLOSED_STATUS),
            "reply_pending": Domain("reply_pending_since", "!=", False) & not_ended,
            "request_due": Domain("state", "=", "asked")
            & Domain("ticket_id.stage_id.status", "in", OPEN_STATUS),
            "unassigned": running & Domain("user_id", "=", False),
            "unclassified": running & Domain("is_classified", "=", False),
            "waiting_customer": Domain("sla_status", "in", ("running", "paused"))
            & Domain("stage_id.status", "=", "waiting_customer"),
            "nothing_told": running & Domain("stage_id.status", "=", "coordination"),
        }[event]

    @api.model
    def _get_watched_date(self, event, alias):
        """The date that counts, as SQL; naive UTC.

        :param str alias: of the table of :meth:`_get_watched_model`
        """
        column = {
            "deadline": "deadline",
            "target": "target_date",
            "unassigned": "received_date",
            "unclassified": "received_date",
            "reply_pending": "reply_pending_since",
            "request_due": "due_date",
            "ruling_due": "ruling_by_date",
            "waiting_customer": "answer_by_date",
        }.get(event)
        if column:
            return SQL.identifier(alias, column)
        if event == "emergency":
            return SQL(
                "COALESCE(%s, %s)",
                SQL.identifier(alias, "sla_emergency_date"),
                SQL.identifier(alias, "received_date"),
            )
        if event == "promised":
            return self._get_promised_date(alias)
        if event == "notice_to_tell":
            return SQL("date_trunc('second', %s)", SQL.identifier(alias, "create_date"))
        if event == "nothing_told":
            return SQL(
                """date_trunc('second', GREATEST(%s, (
                    SELECT max(notice.told_date)
                      FROM klikumkm_complaint_notice notice
                     WHERE notice.ticket_id = %s AND notice.state = 'told'
                )))""",
                SQL.identifier(alias, "last_stage_update"),
                SQL.identifier(alias, "id"),
            )
        # an offer is carried out until the end of its day where the desk is
        return SQL(
            """(%s + interval '1 day' - interval '1 second')
               AT TIME ZONE COALESCE((
                    SELECT calendar.tz
                      FROM helpdesk_ticket ticket
                      JOIN resource_calendar calendar
                        ON calendar.id = ticket.sla_calendar_id
                     WHERE ticket.id = %s
               ), 'UTC') AT TIME ZONE 'UTC'""",
            SQL.identifier(alias, "fulfil_by_date"),
            SQL.identifier(alias, "ticket_id"),
        )

    @api.model
    def _get_promised_date(self, alias):
        """As ``helpdesk.ticket._get_promised_date()`` says, of a running clock, as SQL.

        A date told that passed while the clock stood is no promise any more.
        """
        return SQL(
            """CASE WHEN %(told)s < %(deadline)s AND (
                    SELECT event.event_type
                      FROM klikumkm_sla_event event
                     WHERE event.clock_id = %(id)s
                       AND event.event_type IN %(turns)s
                       AND event.effective_date <= %(told)s
                  ORDER BY event.effective_date DESC, event.id DESC
                     LIMIT 1
               ) IN %(beginnings)s
               THEN %(deadline)s ELSE COALESCE(%(told)s, %(deadline)s) END""",
            id=SQL.identifier(alias, "id"),
            told=SQL.identifier(alias, "told_deadline"),
            deadline=SQL.identifier(alias, "deadline"),
            beginnings=GAP_BEGINNINGS,
            turns=(*GAP_BEGINNINGS, *GAP_ENDS),
        )

    @api.model
    def _is_leading(self, alias):
        """Whether a running clock is the one that leads (``_get_leading``), as SQL.

        The others promise nothing: of one complaint, one date is reminded of.
        """
        kinds = self.env["klikumkm.sla.clock"]._clock_kinds()
        return SQL(
            """NOT EXISTS (
                SELECT FROM klikumkm_sla_clock other
                 WHERE other.ticket_id = %(ticket)s
                   AND other.kind IN %(kinds)s
                   AND other.state IN %(alive)s
                   AND (COALESCE(other.deadline, 'infinity'), other.id)
                       < (COALESCE(%(deadline)s, 'infinity'), %(id)s)
            )""",
            ticket=SQL.identifier(alias, "ticket_id"),
            deadline=SQL.identifier(alias, "deadline"),
            id=SQL.identifier(alias, "id"),
            alive=ALIVE,
            kinds=tuple(kind for kind, spec in kinds.items() if spec.get("promises")),
        )

    @api.model
    def _get_watched(self, event):
        """What an event is about: rows of id, ticket_id and date, as SQL."""
        model = self._get_watched_model(event)
        query = self.env[model]._search(self._get_watched_domain(event))
        if model == "klikumkm.sla.clock":
            query.add_where(self._is_leading(query.table))
        ticket = "id" if model == "helpdesk.ticket" else "ticket_id"
        return query.select(
            SQL("%s AS id", SQL.identifier(query.table, "id")),
            SQL("%s AS ticket_id", SQL.identifier(query.table, ticket)),
            SQL("%s AS date", self._get_watched_date(event, query.table)),
        )
