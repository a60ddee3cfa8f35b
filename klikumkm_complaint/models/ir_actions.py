# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models


class IrActionsActions(models.Model):
    _inherit = "ir.actions.actions"

    @api.model
    def get_bindings(self, model_name):
        """Leave out the base's *Duplicate* (helpdesk_mgmt/views/
        helpdesk_ticket_views.xml, action_duplicate_ticket): what a customer submitted
        once is not submitted twice.
        """
        result = super().get_bindings(model_name)
        if model_name != "helpdesk.ticket" or "action" not in result:
            return result
        duplicate = self.env.ref(
            "helpdesk_mgmt.action_duplicate_ticket", raise_if_not_found=False
        )
        if duplicate:
            result["action"] = [
                action for action in result["action"] if action["id"] != duplicate.id
            ]
        return result
