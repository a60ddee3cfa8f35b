# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.exceptions import UserError

from ..models.complaint_notice import NOTICE_MEDIUM


class ComplaintDecision(models.TransientModel):
    """*Record the verdict*: what the customer said to our answer."""

    _name = "klikumkm.complaint.decision"
    _description = "Record what a Customer says to our Answer"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    decision = fields.Selection(
        selection=[
            ("accepted", "Accepts"),
            ("rejected", "Does not accept"),
            ("silent", "Did not answer"),
        ],
        required=True,
    )
    medium = fields.Selection(
        selection=NOTICE_MEDIUM, string="How", required=True, default="phone"
    )
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    reason = fields.Text()
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment", string="Proof (recording, letter, minutes)"
    )

    def action_save(self):
        self.ensure_one()
        ticket = self.ticket_id
        ticket.check_access("write")
        if self.date > fields.Datetime.now():
            raise UserError(self.env._("The date cannot lie in the future."))
        if ticket.resolved_date and self.date < ticket.resolved_date:
            raise UserError(self.env._("The customer cannot decide before our answer."))
        if self.decision == "rejected" and not (self.reason or "").strip():
            raise UserError(self.env._("Say why the customer does not accept."))
        if self.decision == "silent" and (
            ticket.decision_by_date and ticket.decision_by_date > fields.Datetime.now()
        ):
            raise UserError(
                self.env._(
                    "The customer has time until %(date)s.",
                    date=ticket._format_customer_date(ticket.decision_by_date),
                )
            )
        files = self.attachment_ids.sudo()._copy_to_complaint(ticket)
        ticket._record_decision(
            self.decision, self.reason, self.date, self.medium, files
        )
        return {"type": "ir.actions.act_window_close"}
