# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_lang = fields.Selection(
        related="company_id.complaint_lang", readonly=False
    )
    complaint_country_id = fields.Many2one(
        related="company_id.complaint_country_id", readonly=False
    )
    complaint_portal_by_company = fields.Boolean(
        related="company_id.complaint_portal_by_company", readonly=False
    )
