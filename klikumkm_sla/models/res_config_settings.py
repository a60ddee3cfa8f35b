# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sla_calendar_id = fields.Many2one(
        related="company_id.sla_calendar_id", readonly=False
    )
    sla_regulatory = fields.Boolean(related="company_id.sla_regulatory", readonly=False)
    sla_regulatory_from = fields.Date(
        related="company_id.sla_regulatory_from", readonly=False
    )
    sla_enforce_from = fields.Date(
        related="company_id.sla_enforce_from", readonly=False
    )
    sla_joint_leave_off = fields.Boolean(
        related="company_id.sla_joint_leave_off", readonly=False
    )
