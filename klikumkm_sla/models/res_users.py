# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = "res.users"

    complaint_overdue_count = fields.Integer(
        string="Overdue complaints",
        compute="_compute_complaint_counts",
        groups="klikumkm_complaint.group_complaint_lead",
    )

    @api.model
    def _get_complaint_count_domains(self):
        return {
            **super()._get_complaint_count_domains(),
            "complaint_overdue_count": Domain("sla_state", "=", "overdue"),
        }
