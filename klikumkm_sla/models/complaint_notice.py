# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class ComplaintNotice(models.Model):
    _inherit = "klikumkm.complaint.notice"

    is_send_due = fields.Boolean(
        readonly=True,
        copy=False,
        help="To be sent by e-mail in the next run, with many others.",
    )

    _send_due_idx = models.Index("(id) WHERE is_send_due")

    @api.model
    def _get_telling_domain(self):
        return super()._get_telling_domain() | (
            Domain("is_send_due", "=", True) & Domain("state", "=", "to_tell")
        )

    def _retry(self):
        if not self.is_send_due:
            return super()._retry()
        self.is_send_due = False
        # told or sent meanwhile by somebody, or the address was taken away
        if not self.mail_message_id and self.ticket_id._get_customer_email():
            self._send_email()

    def _give_up(self):
        self.is_send_due = False
        return super()._give_up()
