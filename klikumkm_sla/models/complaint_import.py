# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ComplaintImport(models.Model):
    _inherit = "klikumkm.complaint.import"

    overdue_count = fields.Integer(string="Of them overdue", readonly=True)
