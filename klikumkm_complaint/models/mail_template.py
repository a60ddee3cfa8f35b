# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models

from .complaint_notice import NOTICE_KIND

CUSTOMER_LANG = "{{ object.lang }}"


class MailTemplate(models.Model):
    _inherit = "mail.template"

    complaint_kind = fields.Selection(
        selection=[*NOTICE_KIND, ("answer_text", "Text for an answer")],
        string="Tells the customer",
        help="Offered where an agent writes such a message to a customer.",
    )
    complaint_text = fields.Text(
        string="Short text",
        translate=True,
        help="For WhatsApp and telephone: at most three sentences.",
    )

    def _has_unsafe_expression_template_inline_template(
        self, source, model, fname=None
    ):
        # the customer's language, which every text for an answer asks for
        if (model, fname) == ("helpdesk.ticket", "lang") and source == CUSTOMER_LANG:
            return False
        return super()._has_unsafe_expression_template_inline_template(
            source, model, fname=fname
        )

    def _get_dynamic_field_names(self):
        # tried on a complaint before a manager's text is saved
        return super()._get_dynamic_field_names() | {"complaint_text"}
