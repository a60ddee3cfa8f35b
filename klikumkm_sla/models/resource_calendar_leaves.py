# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    sla_source = fields.Char(
        string="Source",
        readonly=True,
        help="Where a loaded day off comes from; empty for those typed by hand.",
    )
    sla_kind = fields.Selection(
        selection=[
            ("national", "National holiday"),
            ("joint", "Joint leave"),
        ],
        string="Kind",
    )
    sla_estimated = fields.Boolean(
        string="Estimated",
        help="The date depends on the moon and is not decreed yet.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._get_sla_calendars()._raise_sla_version()
        return leaves

    def write(self, vals):
        calendars = self._get_sla_calendars()
        result = super().write(vals)
        (calendars | self._get_sla_calendars())._raise_sla_version()
        return result

    def unlink(self):
        calendars = self._get_sla_calendars()
        result = super().unlink()
        calendars._raise_sla_version()
        return result

    def _get_sla_calendars(self):
        """The calendars whose working days depend on these days off (rule 7)."""
        Calendar = self.env["resource.calendar"].sudo().with_context(active_test=False)
        counting = self.sudo().filtered(
            lambda leave: not leave.resource_id and leave.time_type == "leave"
        )
        everywhere = counting.filtered(lambda leave: not leave.calendar_id)
        calendars = Calendar.browse(counting.calendar_id.ids)
        if everywhere:
            companies = everywhere.company_id
            domain = (
                [("company_id", "in", companies.ids)]
                if all(leave.company_id for leave in everywhere)
                else []
            )
            calendars |= Calendar.search(domain)
        return calendars
