# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ComplaintUnit(models.Model):
    _name = "klikumkm.complaint.unit"
    _description = "Unit of the Company"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    head_id = fields.Many2one(
        comodel_name="res.users",
        string="Head",
        domain="[('share', '=', False)]",
    )
    email = fields.Char(string="Mailbox", help="Where requests to this unit are sent.")
    company_id = fields.Many2one(comodel_name="res.company", index=True)
