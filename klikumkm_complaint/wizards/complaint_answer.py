# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty, plaintext2html

from ..models.helpdesk_ticket import OUTCOME, SUBMISSION_TYPE
from ..models.helpdesk_ticket_answer import OUTCOME_WITHOUT_RIGHTS
from ..models.helpdesk_ticket_stage import OPEN_STATUS

# What an answer to these usually comes to; a complaint's outcome is chosen.
DEFAULT_OUTCOME = {
    "question": "explained",
    "information": "noted",
    "suggestion": "noted",
    "criticism": "noted",
}


class ComplaintAnswer(models.TransientModel):
    """*Answer & resolve*: the only way to resolve complaints.

    Also *Confirm in writing* (with a response): tells once more, in writing, what was
    answered orally and not accepted.
    """

    _name = "klikumkm.complaint.answer"
    _inherit = "klikumkm.complaint.telling"
    _description = "Answer a Customer and Resolve"

    response_id = fields.Many2one(
        comodel_name="klikumkm.complaint.response",
        string="Answer to confirm",
    )
    # What came in by mail counts as a complaint until somebody looked at it: whoever
    # answers it has, and says so here instead of in a dialog of its own.
    is_type_asked = fields.Boolean(compute="_compute_is_type_asked")
    submission_type = fields.Selection(
        selection=SUBMISSION_TYPE,
        string="Type",
        compute="_compute_submission_type",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
    )
    is_complaint = fields.Boolean(compute="_compute_is_complaint")
    answer = fields.Html(
        compute="_compute_answer",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
        sanitize="email_outgoing",
    )
    answered_by = fields.Selection(
        selection=[
            ("message", "Write the answer now"),
            ("call", "Answered on the phone or in person"),
            ("sent", "Answered in a message already sent"),
        ],
        string="The answer",
        default="message",
        required=True,
    )
    message_id = fields.Many2one(
        comodel_name="mail.message",
        string="Which message",
        compute="_compute_message_id",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
        domain="[('id', 'in', sent_message_ids)]",
    )
    sent_message_ids = fields.Many2many(
        comodel_name="mail.message", compute="_compute_sent_message_ids"
    )
    kind = fields.Selection(
        selection=[("explanation", "Explanation"), ("offer", "Offer of a settlement")],
        default="explanation",
        required=True,
    )
    outcome = fields.Selection(
        selection=OUTCOME,
        compute="_compute_outcome",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
    )
    refusal_ground_id = fields.Many2one(
        comodel_name="klikumkm.complaint.reason",
        string="Ground to refuse",
        domain="[('kind', '=', 'refusal')]",
    )
    currency_id = fields.Many2one(related="ticket_id.currency_id")
    amount = fields.Monetary()
    decide_by_date = fields.Datetime(
        string="Verdict by", compute="_compute_decide_by_date"
    )
    fulfil_by_date = fields.Date(string="Carry out by")
    root_cause_id = fields.Many2one(
        comodel_name="klikumkm.complaint.reason",
        string="Root cause",
        domain="[('kind', '=', 'root_cause')]",
        compute="_compute_learning",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
    )
    corrective_action = fields.Text(
        string="Corrective action",
        compute="_compute_learning",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
    )
    is_accepted = fields.Boolean(
        string="The customer accepted it at once",
        help="He said so on the phone: no verdict is asked for.",
    )

    # === COMPUTE METHODS === #
    @api.depends("ticket_ids")
    def _compute_submission_type(self):
        for wizard in self:
            types = set(wizard.ticket_ids._origin.mapped("submission_type"))
            wizard.submission_type = types.pop() if len(types) == 1 else False

    @api.depends("ticket_ids", "response_id")
    def _compute_is_type_asked(self):
        for wizard in self:
            tickets = wizard.ticket_ids._origin
            wizard.is_type_asked = (
                len(tickets) == 1
                and not tickets.is_classified
                and not wizard.response_id
            )

    @api.depends("ticket_ids", "submission_type")
    def _compute_is_complaint(self):
        for wizard in self:
            types = wizard.ticket_ids._origin.mapped("submission_type")
            if wizard.is_type_asked:
                types = [wizard.submission_type]
            wizard.is_complaint = "complaint" in types

    @api.depends("template_id", "response_id")
    def _compute_answer(self):
        for wizard in self:
            ticket = wizard.ticket_ids._origin[:1]
            if wizard.response_id:
                wizard.answer = wizard.response_id.body
            elif wizard.template_id and ticket:
                wizard.answer = ticket._render_message("answer", wizard.template_id)[
                    ticket.id
                ]["body"]
            else:
                wizard.answer = wizard.answer or False

    @api.depends("ticket_ids", "submission_type")
    def _compute_outcome(self):
        for wizard in self:
            wizard.outcome = wizard.response_id.outcome or DEFAULT_OUTCOME.get(
                wizard.submission_type, False
            )

    @api.depends("ticket_ids")
    def _compute_learning(self):
        for wizard in self:
            ticket = wizard.ticket_ids._origin[:1]
            wizard.root_cause_id = ticket.root_cause_id
            wizard.corrective_action = ticket.corrective_action

    @api.depends("ticket_ids")
    def _compute_decide_by_date(self):
        for wizard in self:
            ticket = wizard.ticket_ids._origin[:1]
            wizard.decide_by_date = ticket and ticket._get_expected_decision_date()

    @api.depends("ticket_ids")
    def _compute_sent_message_ids(self):
        for wizard in self:
            ticket = wizard.ticket_ids._origin
            wizard.sent_message_ids = (
                ticket._get_sent_messages() if len(ticket) == 1 else False
            )

    @api.depends("ticket_ids")
    def _compute_message_id(self):
        for wizard in self:
            wizard.message_id = wizard.sent_message_ids[:1]

    # === TELLING === #
    def _get_kind(self):
        return "answer"

    def _get_template(self):
        if self.is_complaint:
            return "klikumkm_complaint.mail_template_response"
        return "klikumkm_complaint.mail_template_answer"

    def _get_message_triggers(self):
        return [
            "answer",
            "answered_by",
            "submission_type",
            "kind",
            "outcome",
            "refusal_ground_id",
            "amount",
            "fulfil_by_date",
            "is_accepted",
        ]

    def _get_template_values(self):
        ticket = self.ticket_ids._origin[:1]
        asks = (
            bool(ticket)
            and not self._is_accepted_at_once()
            and not self.response_id
            and ticket._asks_decision(self.outcome, self.submission_type)
        )
        return {
            "answer": self.answer or "",
            "kind": self.kind,
            "outcome": self.outcome,
            "refusal_ground": self.refusal_ground_id,
            "amount": self.amount if self.kind == "offer" else 0,
            "fulfil_by": self.fulfil_by_date if self.kind == "offer" else False,
            "decide_by": self.decide_by_date if asks else False,
            "has_rights": self.is_complaint
            and self.outcome not in OUTCOME_WITHOUT_RIGHTS,
        }

    def _is_accepted_at_once(self):
        """Whether the customer accepted while he was told; nobody does so by mail."""
        self.ensure_one()
        return self.answered_by == "call" and self.is_accepted

    # === ACTIONS === #
    def _check_answer(self):
        """Say what is missing.

        :raise UserError: nothing to answer with, or a field that the outcome needs
        """
        self.ensure_one()
        if self.is_type_asked and not self.submission_type:
            raise UserError(self.env._("Choose the type."))
        if not self.outcome:
            raise UserError(self.env._("Choose the outcome."))
        if self.outcome == "rejected" and self.is_complaint:
            if not self.refusal_ground_id:
                raise UserError(
                    self.env._(
                        "A complaint is only rejected on one of the grounds of POJK "
                        "22/2023 article 76(1). Choose it."
                    )
                )
        if self.answered_by == "message" and is_html_empty(self.answer):
            raise UserError(self.env._("Write the answer."))
        if self.answered_by == "call" and not (self.told_remark or "").strip():
            raise UserError(
                self.env._("Say in a few words what was answered (Remark).")
            )
        if self.answered_by == "sent" and not self.message_id:
            raise UserError(self.env._("Choose the message that was the answer."))
        if self.answered_by == "sent" and not self.is_single:
            raise UserError(
                self.env._("Choose one complaint to name the message that answered it.")
            )
        if len({t.submission_type == "complaint" for t in self.ticket_ids}) > 1:
            # one asks for a verdict and names the customer's rights, the other does not
            raise UserError(
                self.env._(
                    "Answer complaints and other submissions apart: their letters "
                    "differ."
                )
            )
        if self.kind == "offer" and self.is_complaint and not self.fulfil_by_date:
            raise UserError(
                self.env._("Say until when the offer is carried out once accepted.")
            )
        for ticket in self.ticket_ids:
            if ticket.status not in OPEN_STATUS and not self.response_id:
                ticket._refuse_status("resolved")

    def action_send(self):
        """Answer; once the customer is told the complaints are resolved."""
        self._check_answer()
        if self.response_id:
            return self._tell_customer(response=self.response_id)
        answer = self.answer
        notice_values = {}
        if self.answered_by == "call":
            self.is_told = True
            answer = (
                answer
                if not is_html_empty(answer)
                else plaintext2html(self.told_remark)
            )
        elif self.answered_by == "sent":
            answer = self.message_id.sudo().body
            notice_values["told"] = {
                "medium": "email",
                "date": min(self.message_id.sudo().date, fields.Datetime.now()),
                "remark": self.env._("In a message sent before"),
                "message": self.message_id.sudo(),
            }
        self._check_message()
        if self.answered_by != "message":
            # what was really said, not the letter that was never sent
            notice_values.update(body=answer, text=self.told_remark or "")
        vals = {"is_classified": True}
        former = self.ticket_id.submission_type
        if self.is_type_asked and self.submission_type != former:
            vals["submission_type"] = self.submission_type
        if self.root_cause_id:
            vals["root_cause_id"] = self.root_cause_id.id
        if self.corrective_action:
            vals["corrective_action"] = self.corrective_action
        self.ticket_ids.write(vals)
        # who accepted on the phone is not asked for his verdict in the mail
        tickets = self.ticket_ids.with_context(
            complaint_is_accepted=self._is_accepted_at_once()
        )
        notices = tickets._answer(
            {
                "kind": self.kind if self.is_complaint else "explanation",
                "outcome": self.outcome,
                "refusal_ground_id": self.refusal_ground_id.id
                if self.outcome == "rejected"
                else False,
                "body": answer,
                "amount": self.amount if self.kind == "offer" else 0,
                "fulfil_by_date": self.fulfil_by_date
                if self.kind == "offer"
                else False,
            },
            {**self._get_tell_values(), **notice_values},
        )
        if self._is_accepted_at_once():
            told = self._get_told_values()
            for ticket in self.ticket_ids.filtered(lambda t: t.status == "resolved"):
                if ticket.customer_decision == "pending":
                    ticket._record_decision(
                        "accepted", medium=told["medium"], told=told
                    )
        return self._after_telling(notices)
