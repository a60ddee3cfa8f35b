# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.exceptions import UserError


class ComplaintCarryOut(models.TransientModel):
    """*Carried out*: the accepted offer was fulfilled (POJK 22/2023 article 78(3))."""

    _name = "klikumkm.complaint.carry.out"
    _description = "Say that an Offer was Carried out"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    note = fields.Char(
        string="How",
        required=True,
        help="For instance the reference of the transfer.",
    )

    def action_save(self):
        self.ensure_one()
        self.ticket_id.check_access("write")
        if self.date > fields.Datetime.now():
            raise UserError(self.env._("The date cannot lie in the future."))
        if not self.ticket_id.is_offer_open:
            raise UserError(
                self.env._(
                    "%(number)s has no accepted offer to carry out.",
                    number=self.ticket_id.number,
                )
            )
        self.ticket_id._carry_out(self.note, self.date)
        return {"type": "ir.actions.act_window_close"}
