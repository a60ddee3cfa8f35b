# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.complaint_notice import NOTICE_MEDIUM

# Ways in which a person tells another; on his page the customer reads it himself.
TELL_MEDIUM = [medium for medium in NOTICE_MEDIUM if medium[0] != "portal"]


class ComplaintTell(models.TransientModel):
    """*Tell the customer*: the text to copy or say, and the word that it was told."""

    _name = "klikumkm.complaint.tell"
    _description = "Tell a Customer and Say so"

    notice_id = fields.Many2one(
        comodel_name="klikumkm.complaint.notice", required=True, ondelete="cascade"
    )
    ticket_id = fields.Many2one(related="notice_id.ticket_id", related_sudo=False)
    partner_name = fields.Char(
        related="ticket_id.partner_name", string="Customer", related_sudo=False
    )
    partner_phone = fields.Char(related="ticket_id.partner_phone", related_sudo=False)
    subject = fields.Char(related="notice_id.subject", related_sudo=False)
    body = fields.Html(related="notice_id.body", string="Message", related_sudo=False)
    share_text = fields.Text(
        string="Text to copy",
        compute="_compute_share_text",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
    )
    whatsapp_url = fields.Char(compute="_compute_whatsapp_url")
    has_email = fields.Boolean(compute="_compute_whatsapp_url")
    medium = fields.Selection(
        selection=TELL_MEDIUM,
        string="How",
        compute="_compute_medium",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        compute_sudo=False,
    )
    told_date = fields.Datetime(
        string="When", required=True, default=fields.Datetime.now
    )
    remark = fields.Char(help="Who was spoken to, which number, what proves it.")

    @api.depends("notice_id")
    def _compute_share_text(self):
        for wizard in self:
            wizard.share_text = wizard.notice_id and wizard.notice_id._get_share_text()

    @api.depends("notice_id", "share_text")
    def _compute_whatsapp_url(self):
        for wizard in self:
            ticket = wizard.ticket_id
            wizard.whatsapp_url = (
                ticket._get_whatsapp_url(wizard.share_text or "")
                if ticket and ticket._get_whatsapp_number()
                else False
            )
            wizard.has_email = bool(ticket and ticket._get_customer_email())

    @api.depends("notice_id")
    def _compute_medium(self):
        for wizard in self:
            medium, ticket = wizard.notice_id.medium, wizard.ticket_id
            if medium in ("email", "portal"):
                # the mail did not arrive: what else there is
                mobile = ticket._has_mobile_number()
                medium = "whatsapp" if mobile else "phone"
            wizard.medium = medium or "phone"

    def action_told(self):
        """Somebody told the customer: how, when and with which remark."""
        self.ensure_one()
        self.ticket_id.check_access("write")
        if self.notice_id.state == "told" or not self.notice_id.active:
            raise UserError(self.env._("This was told already, or withdrawn."))
        now = fields.Datetime.now()
        if self.told_date > now:
            raise UserError(
                self.env._("The customer cannot have been told in the future.")
            )
        # the right to write the complaint was checked
        notice_sudo = self.notice_id.sudo()
        notice_sudo._tell_otherwise(self.medium, self.told_date, self.remark)
        return {"type": "ir.actions.act_window_close"}

    def action_print_letter(self):
        self.ensure_one()
        return self.notice_id.action_print_letter()

    def action_send_email(self):
        self.ensure_one()
        self.notice_id.action_send_again()
        return {"type": "ir.actions.act_window_close"}
