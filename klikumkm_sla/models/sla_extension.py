# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SlaExtension(models.Model):
    _name = "klikumkm.sla.extension"
    _description = "Extension of a Deadline"
    _order = "id"

    clock_id = fields.Many2one(
        comodel_name="klikumkm.sla.clock",
        required=True,
        index=True,
        ondelete="restrict",
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        index=True,
        ondelete="restrict",
    )
    days = fields.Integer(string="Working days", required=True)
    reason = fields.Char(required=True)
    stage_reached = fields.Char(
        help="How far the handling got, as told to the customer."
    )
    is_late = fields.Boolean(
        string="After the deadline",
        help="There is a new date to work to, but the result stays late.",
    )
    deadline_before = fields.Datetime(required=True)
    deadline_after = fields.Datetime(required=True)

    _check_days = models.Constraint(
        "CHECK (days >= 1)", "An extension needs at least one working day."
    )
