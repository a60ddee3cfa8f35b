# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from .res_company import OPERATING_CALENDARS, check_operating_calendar


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    sla_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Operating hours",
        domain=OPERATING_CALENDARS,
        help="Leave empty to use the company's operating hours.",
    )

    sla_on_call_id = fields.Many2one(
        comodel_name="res.users",
        string="On call for emergencies",
        domain="[('share', '=', False), ('helpdesk_team_ids', '!=', False)]",
        help="Told at once of every emergency of the team, at any hour.",
    )

    @api.constrains("sla_calendar_id")
    def _check_sla_calendar(self):
        check_operating_calendar(self)
