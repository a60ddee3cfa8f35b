# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class HelpdeskTicketChannel(models.Model):
    _inherit = "helpdesk.ticket.channel"

    communication_mode = fields.Selection(
        string="Communication mode",
        selection=[("oral", "Oral"), ("written", "Written")],
        required=True,
        default="written",
        help="Oral and written complaints have different terms in law "
        "(POJK 22/2023, article 70(2)); a visit in person counts as written.",
    )
    is_official = fields.Boolean(
        string="Official channel",
        help="Shown to customers among the channels through which they can reach us.",
    )
    contact = fields.Char(
        help="Number or address that customers use, shown as written here.",
    )
    hours = fields.Char(
        string="Service hours",
        translate=True,
        help="When somebody answers on this channel, in words.",
    )

    def init(self):
        # as for complaints: channels made while only helpdesk_mgmt is loaded
        self.env.cr.execute(
            "ALTER TABLE helpdesk_ticket_channel ALTER COLUMN communication_mode"
            " SET DEFAULT 'written'"
        )

    @api.model
    def _get_official(self, company):
        """The channels through which customers of a company can reach us.

        :return: ``helpdesk.ticket.channel`` records, in superuser mode: a public list
        """
        return self.sudo().search(
            [("is_official", "=", True), ("company_id", "in", [False, company.id])],
            order="sequence, id",
        )
