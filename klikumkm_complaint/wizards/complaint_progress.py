# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ComplaintProgress(models.TransientModel):
    """*Send progress*: the stage reached, what was done and what comes next (M3)."""

    _name = "klikumkm.complaint.progress"
    _inherit = "klikumkm.complaint.telling"
    _description = "Tell Customers how their Complaints stand"

    stage_reached_id = fields.Many2one(
        comodel_name="klikumkm.complaint.reason",
        string="Stage reached",
        domain="[('kind', '=', 'stage_reached')]",
    )
    done = fields.Text(string="What was done")
    coming = fields.Text(string="What comes next")

    def _get_message_triggers(self):
        return ["stage_reached_id", "done", "coming"]

    def _get_template_values(self):
        return {
            "stage_reached": self.stage_reached_id,
            "done": self.done,
            "coming": self.coming,
        }

    def action_send(self):
        return self._tell_customer()
