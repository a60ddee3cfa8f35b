# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models

from .helpdesk_ticket import ASSISTANCE_TYPE, SUBMISSION_TYPE, URGENCY


class HelpdeskTicketCategory(models.Model):
    _inherit = "helpdesk.ticket.category"

    # Defaults for new complaints only: editing a category moves no existing one.
    submission_type = fields.Selection(
        selection=SUBMISSION_TYPE,
        string="Usual type",
        help="Proposed for new submissions in this category.",
    )
    assistance_type = fields.Selection(
        selection=ASSISTANCE_TYPE,
        string="Usual form of help",
        help="Decides the standard of new submissions in this category, unless the "
        "agent chooses another.",
    )
    priority = fields.Selection(
        selection=URGENCY,
        string="Usual urgency",
        help="Proposed for new submissions in this category.",
    )
    unit_id = fields.Many2one(
        comodel_name="klikumkm.complaint.unit",
        string="Unit usually asked",
        index="btree_not_null",
    )
