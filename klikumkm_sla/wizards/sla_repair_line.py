# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SlaRepairLine(models.TransientModel):
    """What would become of one clock."""

    _name = "klikumkm.sla.repair.line"
    _description = "Preview of a Clock counted again"

    wizard_id = fields.Many2one(
        comodel_name="klikumkm.sla.repair",
        required=True,
        index=True,
        ondelete="cascade",
    )
    clock_id = fields.Many2one(
        comodel_name="klikumkm.sla.clock", readonly=True, ondelete="cascade"
    )
    ticket_id = fields.Many2one(related="clock_id.ticket_id")
    # as the reader: a dialog names no complaint that he may not see
    number = fields.Char(
        string="Number", related="clock_id.ticket_id.number", related_sudo=False
    )
    subject = fields.Char(
        string="Subject", related="clock_id.ticket_id.name", related_sudo=False
    )
    kind = fields.Selection(related="clock_id.kind")
    is_stopped = fields.Boolean(string="Stopped", readonly=True)
    is_included = fields.Boolean(string="Repair")
    before = fields.Datetime(readonly=True)
    after = fields.Datetime(readonly=True)
    target_before = fields.Datetime(string="Target before", readonly=True)
    target_after = fields.Datetime(string="Target after", readonly=True)
    deadline_label = fields.Char(string="Deadline", compute="_compute_labels")
    target_label = fields.Char(string="Work target", compute="_compute_labels")
    result_before = fields.Char(string="Result before", readonly=True)
    result_after = fields.Char(string="Result after", readonly=True)
    is_result_changed = fields.Boolean(readonly=True)
    result_label = fields.Char(string="Result", compute="_compute_labels")

    @api.depends("before", "after", "target_before", "target_after")
    @api.depends_context("lang")
    def _compute_labels(self):
        for line in self:
            say = line.ticket_id._format_customer_day
            line.deadline_label = self._say_change(say(line.before), say(line.after))
            line.target_label = self._say_change(
                say(line.target_before), say(line.target_after)
            )
            line.result_label = self._say_change(line.result_before, line.result_after)

    @api.model
    def _say_change(self, before, after):
        if before == after:
            return before or "–"
        return f"{before or '–'} → {after or '–'}"

    @api.model
    def _say_running(self, is_overdue):
        return self.env._("Overdue") if is_overdue else self.env._("In time so far")

    @api.model
    def _say_result(self, result, late_days):
        """The result of a stopped clock in words."""
        if result == "late":
            if late_days == 1:
                return self.env._("Late (1 working day)")
            return self.env._("Late (%(days)s working days)", days=late_days)
        return self.env._("In time") if result else "–"
