# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

DAY_OFF_KIND = [
    ("national", "National holiday"),
    ("joint", "Joint leave"),
    ("closure", "Closed by the company"),
]
# Corrected by hand, a loaded day off is one's own.
CORRECTED_FIELDS = {"name", "date_from", "date_to"}


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    sla_source = fields.Char(
        string="Source",
        readonly=True,
        copy=False,
        help="Where a loaded day off comes from; empty for those typed or corrected "
        "by hand, which no loading touches.",
    )
    sla_kind = fields.Selection(
        selection=DAY_OFF_KIND,
        string="Kind",
    )
    sla_decree = fields.Char(
        string="Decree",
        help="Number of the decree that sets the day off, as customers are told.",
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
        if CORRECTED_FIELDS & vals.keys() and not self.env.context.get(
            "sla_is_loading"
        ):
            vals = dict(vals, sla_source=False)
        calendars = self._get_sla_calendars()
        result = super().write(vals)
        if {"calendar_id", "company_id", "resource_id"} & vals.keys():
            # Odoo asks the record rules before only; nobody may close others' desks
            self.check_access("write")
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
