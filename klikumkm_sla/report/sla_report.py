# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.klikumkm_complaint.models.helpdesk_ticket import (
    ASSISTANCE_TYPE,
    OUTCOME,
    SUBMISSION_TYPE,
    URGENCY,
)

from ..models.sla_clock import CLOCK_STATE, GAP_BEGINNINGS, GAP_ENDS, RESULT

# How the promise ended; every clock is exactly one of these.
PROMISE = [
    ("open", "Not answered yet"),
    ("met", "In time"),
    ("met_extended", "In time after an extension"),
    ("late", "Late"),
    ("late_extended", "Late despite an extension"),
    ("undated", "Answered, had no deadline"),
    ("cancelled", "Cancelled"),
    ("cancelled_late", "Cancelled after the deadline"),
]


class SlaReport(models.Model):
    """One row for each clock, but for those of spam, duplicates and tests.

    Measures that have no meaning for a clock are NULL there and not 0, so that sums
    and averages are right however the rows are grouped. Every column is an expression
    of the clock's own row: PostgreSQL counts the events and extensions of those clocks
    only that a question is about, and not at all if it does not ask for them.
    """

    _name = "klikumkm.sla.report"
    _description = "Analysis of Complaints"
    _auto = False
    _rec_name = "ticket_id"
    _order = "received_date desc, id desc"
    _depends = {
        "helpdesk.ticket": [
            "assistance_type",
            "category_id",
            "channel_id",
            "is_imported",
            "is_void",
            "name",
            "number",
            "outcome",
            "priority",
            "received_date",
            "sla_deadline",
            "submission_type",
            "team_id",
            "user_id",
        ],
        "helpdesk.ticket.channel": ["communication_mode"],
        "klikumkm.sla.clock": [
            "calendar_id",
            "company_id",
            "days_paused",
            "days_used",
            "deadline",
            "extension_days",
            "first_deadline",
            "is_told_late",
            "kind",
            "late_days",
            "late_from",
            "missed",
            "policy_id",
            "result",
            "start_date",
            "state",
            "stop_date",
            "target_result",
            "ticket_id",
            "told_deadline",
        ],
        "klikumkm.sla.event": ["clock_id", "effective_date", "event_type"],
        "klikumkm.sla.extension": ["clock_id", "is_late"],
        "res.company": ["sla_calendar_id", "sla_enforce_from"],
        "resource.calendar": ["tz"],
    }

    # === WHICH COMPLAINT === #
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", string="Complaint", readonly=True
    )
    number = fields.Char(readonly=True)
    name = fields.Char(string="Subject", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    team_id = fields.Many2one(comodel_name="helpdesk.ticket.team", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Owner", readonly=True)
    category_id = fields.Many2one(
        comodel_name="helpdesk.ticket.category", readonly=True
    )
    submission_type = fields.Selection(
        selection=SUBMISSION_TYPE, string="Type", readonly=True
    )
    assistance_type = fields.Selection(
        selection=ASSISTANCE_TYPE, string="Form of help", readonly=True
    )
    priority = fields.Selection(selection=URGENCY, string="Urgency", readonly=True)
    channel_id = fields.Many2one(comodel_name="helpdesk.ticket.channel", readonly=True)
    communication_mode = fields.Selection(
        selection=[("oral", "Oral"), ("written", "Written")],
        string="Oral or written",
        readonly=True,
    )
    outcome = fields.Selection(selection=OUTCOME, readonly=True)
    is_old = fields.Boolean(
        string="Old case",
        readonly=True,
        help="Taken over from another system, or received before the day from which "
        "the company reminds.",
    )

    # === THE CLOCK === #
    kind = fields.Selection(
        selection=lambda self: self.env["klikumkm.sla.clock"]._selection_kind(),
        string="Kind of term",
        readonly=True,
    )
    policy_id = fields.Many2one(
        comodel_name="klikumkm.sla.policy", string="Time standard", readonly=True
    )
    state = fields.Selection(selection=CLOCK_STATE, string="Clock", readonly=True)
    received_date = fields.Datetime(string="Received at", readonly=True)
    first_deadline = fields.Datetime(
        string="First deadline", readonly=True, help="The deadline without extensions."
    )
    deadline = fields.Datetime(readonly=True)
    told_deadline = fields.Datetime(
        string="Promised by",
        readonly=True,
        help="The last date the customer was told.",
    )
    stop_date = fields.Datetime(string="Ended at", readonly=True)
    promise = fields.Selection(selection=PROMISE, readonly=True)
    result = fields.Selection(selection=RESULT, string="In time or late", readonly=True)
    target_result = fields.Selection(
        selection=RESULT, string="Work target", readonly=True
    )
    is_told_late = fields.Boolean(
        string="Told late",
        readonly=True,
        help="The date that the customer knew passed before he was told a later one.",
    )

    # === FIGURES === #
    clock_count = fields.Integer(
        string="Complaints",
        readonly=True,
        help="One for each clock: where complaints have several, look at one kind.",
    )
    met_count = fields.Integer(string="Answered in time", readonly=True)
    late_count = fields.Integer(string="Answered late", readonly=True)
    met_share = fields.Float(
        string="Share in time",
        readonly=True,
        aggregator="avg",
        help="Of the complaints answered that had a deadline.",
    )
    target_share = fields.Float(
        string="Share within target",
        readonly=True,
        aggregator="avg",
        help="Of the complaints answered that had an internal target.",
    )
    overdue_count = fields.Integer(
        string="Overdue now", readonly=True, help="Not answered, the deadline passed."
    )
    late_days = fields.Float(
        string="Working days late",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Average of the complaints answered late.",
    )
    days_used = fields.Float(
        string="Working days used",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Average of the complaints answered: working days after the day of "
        "receipt up to that of the answer, without those on which the clock stood "
        "still.",
    )
    days_paused = fields.Float(
        string="Working days paused",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Average of the complaints answered: working days on which the clock "
        "stood still.",
    )
    extended_count = fields.Integer(string="Extended", readonly=True)
    extension_count = fields.Integer(string="Extensions", readonly=True)
    extension_days = fields.Integer(string="Working days added", readonly=True)
    told_late_count = fields.Integer(
        string="Told late of a new date",
        readonly=True,
        help="The date that the customer knew passed before he was told a later one.",
    )
    reopened_count = fields.Integer(string="Reopened", readonly=True)
    reopen_count = fields.Integer(string="Times reopened", readonly=True)
    cancelled_count = fields.Integer(string="Cancelled", readonly=True)

    # === QUERY === #
    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self) -> SQL:
        return SQL(
            """
            SELECT clock.id,
                   clock.ticket_id,
                   ticket.number,
                   ticket.name,
                   clock.company_id,
                   ticket.team_id,
                   ticket.user_id,
                   ticket.category_id,
                   ticket.submission_type,
                   ticket.assistance_type,
                   ticket.priority,
                   ticket.channel_id,
                   channel.communication_mode,
                   ticket.outcome,
                   %(is_old)s AS is_old,
                   clock.kind,
                   clock.policy_id,
                   clock.state,
                   clock.start_date AS received_date,
                   clock.first_deadline,
                   clock.deadline,
                   clock.told_deadline,
                   clock.stop_date,
                   %(promise)s AS promise,
                   %(result)s AS result,
                   %(target_result)s AS target_result,
                   %(is_told_late)s AS is_told_late,
                   1 AS clock_count,
                   (%(result)s IS NOT DISTINCT FROM 'met')::int AS met_count,
                   (%(result)s IS NOT DISTINCT FROM 'late')::int AS late_count,
                   CASE %(result)s WHEN 'met' THEN 1.0 WHEN 'late' THEN 0.0 END
                       AS met_share,
                   CASE %(target_result)s WHEN 'met' THEN 1.0 WHEN 'late' THEN 0.0 END
                       AS target_share,
                   %(is_overdue)s::int AS overdue_count,
                   CASE WHEN %(result)s = 'late' THEN clock.late_days END AS late_days,
                   CASE WHEN clock.state = 'stopped' THEN clock.days_used END
                       AS days_used,
                   CASE WHEN clock.state = 'stopped' THEN clock.days_paused END
                       AS days_paused,
                   (COALESCE(clock.extension_days, 0) > 0)::int AS extended_count,
                   (SELECT count(*) FROM klikumkm_sla_extension AS extension
                     WHERE extension.clock_id = clock.id) AS extension_count,
                   COALESCE(clock.extension_days, 0) AS extension_days,
                   %(is_told_late)s::int AS told_late_count,
                   EXISTS(%(reopenings)s)::int AS reopened_count,
                   (SELECT count(*) FROM (%(reopenings)s) AS reopening)
                       AS reopen_count,
                   (clock.state = 'cancelled')::int AS cancelled_count
            """,
            is_old=self._select_is_old(),
            is_overdue=self._select_is_overdue(),
            is_told_late=self._select_is_told_late(),
            promise=self._select_promise(),
            reopenings=SQL(
                """
                SELECT FROM klikumkm_sla_event AS event
                 WHERE event.clock_id = clock.id AND event.event_type = 'reopen'
                """
            ),
            # a cancelled one that was late is no answer given late (rule 2)
            result=SQL("CASE WHEN clock.state = 'stopped' THEN clock.result END"),
            target_result=SQL(
                "CASE WHEN clock.state = 'stopped' THEN clock.target_result END"
            ),
        )

    def _from(self) -> SQL:
        return SQL(
            """
              FROM klikumkm_sla_clock AS clock
              JOIN helpdesk_ticket AS ticket ON ticket.id = clock.ticket_id
         LEFT JOIN helpdesk_ticket_channel AS channel ON channel.id = ticket.channel_id
         LEFT JOIN res_company AS company ON company.id = clock.company_id
         LEFT JOIN resource_calendar AS calendar
                ON calendar.id = COALESCE(clock.calendar_id, company.sla_calendar_id)
            """
        )

    def _where(self) -> SQL:
        # never was a complaint, or is counted where it belongs, until it is taken back
        return SQL("WHERE ticket.is_void IS NOT TRUE")

    def _select_is_old(self) -> SQL:
        """Old cases: see ``res.company.sla_enforce_from``."""
        return SQL(
            """
            COALESCE(
                ticket.is_imported
                OR (ticket.received_date AT TIME ZONE 'UTC' AT TIME ZONE
                    COALESCE(calendar.tz, %(tz)s))::date < company.sla_enforce_from,
                FALSE
            )
            """,
            tz=self.env["helpdesk.ticket"]._get_customer_tz(),
        )

    def _select_is_overdue(self) -> SQL:
        """As ``sla_state`` of complaints: a pause holds what was not missed."""
        return SQL(
            """
            COALESCE(
                CASE clock.state
                    WHEN 'running' THEN clock.deadline < %(now)s
                    WHEN 'paused' THEN clock.missed
                END,
                FALSE
            )
            """,
            now=fields.Datetime.now(),
        )

    def _select_is_told_late(self) -> SQL:
        """Told after the old date, or the old date passed and he was not told yet.

        Stopping writes it down (``_is_told_late_at``); before that, as there, what
        passed while the clock stood still was no promise any more, and of two terms
        the promised one counts.
        """
        return SQL(
            """
            COALESCE(
                clock.is_told_late
                OR CASE WHEN clock.state != 'stopped'
                         AND clock.told_deadline < ticket.sla_deadline
                         AND clock.told_deadline < COALESCE(clock.stop_date, %(now)s)
                   THEN COALESCE((
                        SELECT event.event_type IN %(ends)s
                          FROM klikumkm_sla_event AS event
                         WHERE event.clock_id = clock.id
                           AND event.event_type IN %(types)s
                           AND event.effective_date <= clock.told_deadline
                      ORDER BY event.id DESC
                         LIMIT 1
                   ), TRUE) END,
                FALSE
            )
            """,
            now=fields.Datetime.now(),
            ends=GAP_ENDS,
            types=(*GAP_BEGINNINGS, *GAP_ENDS),
        )

    def _select_promise(self) -> SQL:
        """An answer before the first deadline did not need its extension; an extension
        made after the deadline did not come in time to be one."""
        return SQL(
            """
            CASE
                WHEN clock.state IN ('running', 'paused') THEN 'open'
                WHEN clock.state = 'cancelled' AND clock.result = 'late'
                    THEN 'cancelled_late'
                WHEN clock.state = 'cancelled' THEN 'cancelled'
                WHEN clock.result IS NULL THEN 'undated'
                WHEN clock.result = 'met' AND clock.extension_days > 0
                     AND clock.stop_date > clock.first_deadline THEN 'met_extended'
                WHEN clock.result = 'met' THEN 'met'
                WHEN clock.extension_days > 0 AND EXISTS(
                        SELECT FROM klikumkm_sla_extension AS extension
                         WHERE extension.clock_id = clock.id
                           AND extension.is_late IS NOT TRUE
                    ) THEN 'late_extended'
                ELSE 'late'
            END
            """
        )

    # === ACTIONS === #
    def action_open_ticket(self):
        """The complaint behind a row, or the list of those behind several."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "klikumkm_complaint.helpdesk_ticket_action_all"
        )
        tickets = self.ticket_id
        action["context"] = {"active_test": False}
        if len(tickets) == 1:
            action.update(res_id=tickets.id, views=[(False, "form")])
        else:
            action["domain"] = [("id", "in", tickets.ids)]
        return action
