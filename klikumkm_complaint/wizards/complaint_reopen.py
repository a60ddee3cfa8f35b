# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty


class ComplaintReopen(models.TransientModel):
    """*Reopen*: work on it again, and tell the customer why."""

    _name = "klikumkm.complaint.reopen"
    _inherit = "klikumkm.complaint.telling"
    _description = "Reopen a Complaint"

    reason = fields.Text()
    is_silent = fields.Boolean(
        string="Do not tell the customer",
        help="For a slip of the desk that the customer never saw.",
    )

    def _get_template(self):
        return "klikumkm_complaint.mail_template_reopened"

    def _get_message_triggers(self):
        return ["reason"]

    def _get_template_values(self):
        dates = self.ticket_id._get_reopening_dates() if self.is_single else {}
        return {"reason": self.reason or "", **dates}

    def action_reopen(self):
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why it is reopened."))
        if not self.is_silent:
            self._check_message()
        told = self._get_tell_values()
        told["each"] = {t.id: t._get_reopening_dates() for t in self.ticket_ids}
        for ticket in self.ticket_ids:
            # as the user: only leads reopen what is off the desk
            ticket.with_context(complaint_status="in_progress").action_set_status()
            ticket.message_post(body=self.reason, subtype_xmlid="mail.mt_note")
        if self.is_silent or is_html_empty(self.body):
            return {"type": "ir.actions.act_window_close"}
        return self._tell_customer(**told)
