# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .sla_clock import RESULT

EVENT_TYPE = [
    ("start", "Started"),
    ("pause", "Paused"),
    ("resume", "Resumed"),
    ("stop", "Stopped"),
    ("reopen", "Reopened"),
    ("cancel", "Cancelled"),
    ("extend", "Extended"),
    ("reclassify", "Reclassified"),
    ("recalculate", "Recalculated"),
    ("breach", "Deadline missed"),
    ("alert", "Alert"),
]


class SlaEvent(models.Model):
    """The journal of the clocks. Append-only: it is the proof of what was promised."""

    _name = "klikumkm.sla.event"
    _description = "Event of a Complaint Clock"
    _order = "id"

    clock_id = fields.Many2one(
        comodel_name="klikumkm.sla.clock",
        required=True,
        index=True,
        ondelete="restrict",
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        index=True,
        ondelete="restrict",
    )
    event_type = fields.Selection(selection=EVENT_TYPE, string="Event", required=True)
    effective_date = fields.Datetime(
        string="Effective at",
        required=True,
        help="When it took effect, which may be before it was recorded.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", ondelete="restrict"
    )
    start_date = fields.Datetime(string="Counted from")
    days = fields.Integer(string="Working days promised", aggregator=None)
    target_days = fields.Integer(string="Target days", aggregator=None)
    extension_days = fields.Integer(string="Extension days", aggregator=None)
    deadline_before = fields.Datetime(string="Deadline before")
    deadline_after = fields.Datetime(string="Deadline after")
    result = fields.Selection(selection=RESULT)
    reason = fields.Char()

    def _say(self, ticket):
        """What happened, in one line for the desk.

        :param ticket: the complaint, which knows how dates are written
        """
        self.ensure_one()
        names = dict(self._fields["event_type"]._description_selection(self.env))
        parts = [names[self.event_type]]
        if self.result:
            results = dict(self._fields["result"]._description_selection(self.env))
            parts.append(results[self.result])
        if self.event_type in ("start", "reclassify", "extend"):
            days = self.days + self.extension_days
            parts.append(self.env._("%(days)s working days", days=days))
        before, after = (
            ticket._format_customer_day(date)
            for date in (self.deadline_before, self.deadline_after)
        )
        if self.event_type == "start":
            parts.append(after)
        elif before != after:
            parts.append(f"{before or '–'} → {after or '–'}")
        parts.append(self.reason)
        if self.user_id and self.user_id != self.env.ref("base.user_root"):
            parts.append(self.user_id.name)
        return " · ".join(part for part in parts if part)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("The journal is written by the clock alone."))
        return super().create(vals_list)

    def write(self, vals):
        if self:
            raise AccessError(self.env._("The journal of a clock cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise AccessError(self.env._("The journal of a clock cannot be changed."))
