# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ComplaintReason(models.Model):
    _inherit = "klikumkm.complaint.reason"

    def _is_other_extension(self):
        """Whether it says nothing by itself, so that words have to be added."""
        return self == self.env.ref(
            "klikumkm_complaint.extension_other", raise_if_not_found=False
        )
