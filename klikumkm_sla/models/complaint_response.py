# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ComplaintResponse(models.Model):
    _inherit = "klikumkm.complaint.response"

    # For the alert: accepted offers that wait to be carried out are few.
    _open_offer_idx = models.Index(
        "(fulfil_by_date) WHERE decision = 'accepted' AND fulfilled_date IS NULL"
    )
