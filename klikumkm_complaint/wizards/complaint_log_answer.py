# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.exceptions import UserError


class ComplaintLogAnswer(models.TransientModel):
    """*Log the customer's answer*: what he said by telephone, letter or counter."""

    _name = "klikumkm.complaint.log.answer"
    _description = "Log what a Customer said"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    channel_id = fields.Many2one(
        comodel_name="helpdesk.ticket.channel",
        string="Channel",
        default=lambda self: self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_phone", raise_if_not_found=False
        ),
    )
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    text = fields.Text(string="What the customer said", required=True)
    attachment_ids = fields.Many2many(comodel_name="ir.attachment", string="Files")

    def action_log(self):
        self.ensure_one()
        ticket = self.ticket_id
        ticket.check_access("write")
        if self.date > fields.Datetime.now():
            raise UserError(self.env._("The date cannot lie in the future."))
        if ticket.last_pause_date and ticket.status == "waiting_customer":
            if self.date < ticket.last_pause_date:
                raise UserError(
                    self.env._(
                        "The customer was asked on %(date)s; his answer cannot be "
                        "earlier.",
                        date=ticket._format_customer_date(ticket.last_pause_date),
                    )
                )
        ticket._log_customer_message(
            self.text, self.channel_id, self.date, self.attachment_ids
        )
        return {"type": "ir.actions.act_window_close"}
