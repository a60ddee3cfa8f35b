# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def _get_today_banners(self):
        banners = super()._get_today_banners()
        # whoever keeps the holidays
        if not self.env.user.has_group("klikumkm_complaint.group_complaint_lead"):
            return banners
        calendars = self.env.companies._get_operating_calendars()
        warnings = calendars._get_holiday_warnings()
        if warnings:
            banners.append(
                {
                    "name": "holidays",
                    "text": " ".join(sum(warnings.values(), [])),
                    "button": self.env._("Holidays…"),
                    "action": "klikumkm_sla.klikumkm_sla_holidays_action",
                }
            )
        return banners
