# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SlaClock(models.Model):
    _inherit = "klikumkm.sla.clock"

    def _close_operation(self, journal, now):
        """A date that moved, a clock that stopped or pauses: what it asked is settled.

        Of the case, too: every step of a complaint comes by here.
        """
        result = super()._close_operation(journal, now)
        self.env["helpdesk.ticket"]._get_alert_ledger()._settle(self.ticket_id)
        return result
