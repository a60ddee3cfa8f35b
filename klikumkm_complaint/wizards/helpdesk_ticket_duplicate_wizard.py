# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class HelpdeskTicketDuplicateWizard(models.TransientModel):
    """*Mark as duplicate*: choose the complaint that goes on."""

    _inherit = "helpdesk.ticket.duplicate.wizard"

    duplicate_of_id = fields.Many2one(
        string="Complaint that goes on",
        compute="_compute_duplicate_of_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    partner_id = fields.Many2one(related="ticket_id.partner_id")
    candidate_ids = fields.Many2many(
        comodel_name="helpdesk.ticket",
        string="Other complaints of this customer",
        compute="_compute_candidate_ids",
    )
    is_other_customer = fields.Boolean(compute="_compute_is_other_customer")
    kept_received_date = fields.Datetime(
        string="Received at", compute="_compute_is_other_customer"
    )
    effect = fields.Text(
        string="What happens to the date", compute="_compute_is_other_customer"
    )

    @api.depends("ticket_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            wizard.candidate_ids = (
                wizard.ticket_id._get_duplicate_candidates()
                if wizard.ticket_id
                else False
            )

    @api.depends("ticket_id")
    def _compute_duplicate_of_id(self):
        for wizard in self:
            wizard.duplicate_of_id = (
                wizard.duplicate_of_id or (wizard.candidate_ids._origin[:1])
            )

    @api.depends("ticket_id", "duplicate_of_id")
    def _compute_is_other_customer(self):
        for wizard in self:
            ticket, kept = wizard.ticket_id, wizard.duplicate_of_id
            is_chosen = bool(ticket and kept)
            wizard.is_other_customer = is_chosen and not ticket._shares_customer(kept)
            wizard.kept_received_date = is_chosen and min(
                ticket.received_date, kept.received_date
            )
            wizard.effect = (
                self.env._(
                    "%(kept)s then counts from %(date)s, when %(number)s was received.",
                    kept=kept.number,
                    date=kept._format_customer_date(ticket.received_date),
                    number=ticket.number,
                )
                if is_chosen and ticket.received_date < kept.received_date
                else False
            )

    def action_confirm(self):
        # All of the base's method (helpdesk_mgmt/wizards/
        # helpdesk_ticket_duplicate_wizard.py) is done by the merge: the link, and the
        # status, which is always that of cancelled complaints.
        self.ensure_one()
        notice = self.ticket_id._merge_into(self.duplicate_of_id)
        if notice.state == "to_tell" and not notice.mail_message_id:
            return notice.with_user(self.env.user).action_open_tell()
        return {"type": "ir.actions.act_window_close"}
