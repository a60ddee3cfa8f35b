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
    complaint_silence_days = fields.Integer(
        related="company_id.complaint_silence_days", readonly=False
    )
    complaint_reopen_days = fields.Integer(
        related="company_id.complaint_reopen_days", readonly=False
    )
    complaint_ruling_days = fields.Integer(
        related="company_id.complaint_ruling_days", readonly=False
    )
    complaint_document_days = fields.Integer(
        related="company_id.complaint_document_days", readonly=False
    )
    complaint_emergency_text = fields.Text(
        related="company_id.complaint_emergency_text", readonly=False
    )
