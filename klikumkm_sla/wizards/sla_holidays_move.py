# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SlaHolidaysMove(models.TransientModel):
    """A complaint whose deadline would be another one."""

    _name = "klikumkm.sla.holidays.move"
    _description = "Preview of a moved Deadline"

    wizard_id = fields.Many2one(
        comodel_name="klikumkm.sla.holidays",
        required=True,
        index=True,
        ondelete="cascade",
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", string="Complaint", ondelete="cascade"
    )
    # as the reader: a dialog names no complaint that he may not see
    number = fields.Char(
        string="Number", related="ticket_id.number", related_sudo=False
    )
    subject = fields.Char(
        string="Subject", related="ticket_id.name", related_sudo=False
    )
    before = fields.Datetime()
    after = fields.Datetime()
    told_date = fields.Datetime(string="Told date")
    is_later_than_told = fields.Boolean(string="Later than told")
    before_label = fields.Char(string="Deadline now", compute="_compute_labels")
    after_label = fields.Char(string="New deadline", compute="_compute_labels")
    told_label = fields.Char(string="Told", compute="_compute_labels")

    @api.depends("before", "after", "told_date")
    @api.depends_context("lang")
    def _compute_labels(self):
        for move in self:
            ticket = move.ticket_id
            move.before_label = ticket._format_customer_day(move.before) or "–"
            move.after_label = ticket._format_customer_day(move.after) or "–"
            move.told_label = ticket._format_customer_day(move.told_date) or "–"
