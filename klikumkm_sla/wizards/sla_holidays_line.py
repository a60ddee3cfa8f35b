# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from ..models.resource_calendar_leaves import DAY_OFF_KIND


class SlaHolidaysLine(models.TransientModel):
    """What would become of one day off."""

    _name = "klikumkm.sla.holidays.line"
    _description = "Preview of a Day off"

    wizard_id = fields.Many2one(
        comodel_name="klikumkm.sla.holidays",
        required=True,
        index=True,
        ondelete="cascade",
    )
    action = fields.Selection(
        selection=[
            ("add", "Add"),
            ("change", "Change"),
            ("remove", "Remove"),
            ("skip", "Skip"),
            ("refused", "Refused"),
        ],
        string="Step",
        required=True,
    )
    day = fields.Date(string="Date")
    label = fields.Char(string="Day")
    name = fields.Char()
    kind = fields.Selection(selection=DAY_OFF_KIND)
    decree = fields.Char()
    note = fields.Char(string="Remark")
