# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models

from .complaint_notice import ADDRESS_FAILURE, SMTP_REPLY


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def write(self, vals):
        result = super().write(vals)
        # What the mail server says is read in mail_mail.py; Odoo writes “exception”
        # here before each sending, to take it back afterwards.
        if vals.get("notification_status") in ("bounce", "canceled"):
            notices = self.env["klikumkm.complaint.notice"]
            notices._get_told_by(self.mail_message_id)._follow_delivery()
            self.env["mail.mail"]._give_up_messages(self.mail_message_id)
        return result

    def _is_final(self):
        """Whether sending the mail to this address again would fail again."""
        self.ensure_one()
        if self.notification_status == "bounce":
            return True
        if self.failure_type in ADDRESS_FAILURE:
            return True
        reason = self.failure_reason or ""
        codes = [reply[0] for reply in SMTP_REPLY.findall(reason)]
        return "SMTPRecipientsRefused" in reason and all(
            code.startswith("5") for code in codes or ["4"]
        )
