# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ComplaintReason(models.Model):
    _name = "klikumkm.complaint.reason"
    _description = "Reason in one of the Lists"
    _order = "kind, sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        selection=[
            ("root_cause", "Root cause"),
            ("cancel", "Reason to cancel"),
            ("refusal", "Ground to refuse"),
            ("extension", "Reason to extend"),
            ("stage_reached", "Stage reached"),
            ("document", "Document to ask for"),
            ("unit_request", "Request to a unit"),
        ],
        string="List",
        required=True,
        index=True,
    )
    legal_ref = fields.Char(
        string="Rule", help="The rule behind it, for instance POJK 22/2023 75(3)c."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name="res.company", index=True)
