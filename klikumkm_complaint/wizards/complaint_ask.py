# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.helpdesk_ticket_stage import OPEN_STATUS


class ComplaintAsk(models.TransientModel):
    """*Ask the customer*: what we need from him, and until when (POJK 22/2023 71)."""

    _name = "klikumkm.complaint.ask"
    _inherit = "klikumkm.complaint.telling"
    _description = "Ask a Customer"

    document_ids = fields.Many2many(
        comodel_name="klikumkm.complaint.reason",
        relation="klikumkm_complaint_ask_document_rel",
        string="What we need",
        domain="[('kind', '=', 'document')]",
    )
    question = fields.Text(string="In your own words")
    answer_by_date = fields.Datetime(
        string="Answer by",
        compute="_compute_answer_by_date",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )

    @api.depends("ticket_ids")
    def _compute_answer_by_date(self):
        now = fields.Datetime.now()
        for wizard in self:
            ticket = wizard.ticket_ids._origin[:1]
            wizard.answer_by_date = ticket and ticket._add_working_days(
                now, ticket.company_id.complaint_document_days
            )

    def _get_kind(self):
        return "document_request"

    def _get_template(self):
        return self.template_id or "klikumkm_complaint.mail_template_document_request"

    def _get_message_triggers(self):
        return ["document_ids", "question", "answer_by_date"]

    def _get_template_values(self):
        return {
            "documents": self.document_ids,
            "question": self.question,
            "answer_by": self.answer_by_date,
        }

    def action_send(self):
        self.ensure_one()
        if not (self.document_ids or self.question) and not self.is_told:
            raise UserError(self.env._("Say what you need from the customer."))
        if self.answer_by_date <= fields.Datetime.now():
            raise UserError(
                self.env._("Give the customer time to answer: choose a later date.")
            )
        for ticket in self.ticket_ids:
            if ticket.status not in OPEN_STATUS:
                ticket._refuse_status("waiting_customer")
        # kept on the complaint as soon as it is asked; the time stops once he is told
        self.ticket_ids._write_silently({"answer_by_date": self.answer_by_date})
        return self._tell_customer(next_status="waiting_customer")
