# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from .res_company import check_operating_calendar


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    sla_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Operating hours",
        domain="[('schedule_type', '=', 'fully_fixed'), "
        "('duration_based', '=', False)]",
        help="Leave empty to use the company's operating hours.",
    )

    @api.constrains("sla_calendar_id")
    def _check_sla_calendar(self):
        check_operating_calendar(self)
