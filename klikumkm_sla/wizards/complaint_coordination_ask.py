# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models


class ComplaintCoordinationAsk(models.TransientModel):
    _inherit = "klikumkm.complaint.coordination.ask"

    def action_send_and_tell(self):
        """Where asking the unit moved the date, tell that date instead of progress."""
        action = super().action_send_and_tell()
        if self.ticket_ids.filtered("sla_is_untold"):
            return self.ticket_ids.action_tell_new_date()
        return action
