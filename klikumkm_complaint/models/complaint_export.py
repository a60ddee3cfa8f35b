# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError


class ComplaintExport(models.Model):
    """Who took a complaint file out of the system, for whom and why. Append-only."""

    _name = "klikumkm.complaint.export"
    _description = "Exported Complaint File"
    _order = "id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Made by", required=True, ondelete="restrict"
    )
    date = fields.Datetime(string="Made at", required=True)
    parts = fields.Char(required=True)
    with_internal_notes = fields.Boolean(string="With internal notes")
    recipient = fields.Char(string="For whom", required=True)
    reason = fields.Char(string="Why", required=True)
    sha256 = fields.Char(
        string="SHA-256", required=True, help="Tells whether a file is this very one."
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("The list of exports is written by the export alone.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if self:
            raise AccessError(self.env._("The list of exports cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise AccessError(self.env._("The list of exports cannot be changed."))
