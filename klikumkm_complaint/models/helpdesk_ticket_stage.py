# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What a stage means. Names and sequence are the company's own; nothing in the suite
# reads them.
STAGE_STATUS = [
    ("received", "Received"),
    ("in_progress", "In progress"),
    ("coordination", "With another unit"),
    ("waiting_customer", "Waiting for the customer"),
    ("resolved", "Resolved"),
    ("referred", "Referred"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
# Work is still owed to the customer, or the customer owes us an answer.
OPEN_STATUS = ("received", "in_progress", "coordination", "waiting_customer")
# The base's flag: the case is off the desk.
CLOSED_STATUS = ("closed", "cancelled")


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    status = fields.Selection(
        selection=STAGE_STATUS,
        required=True,
        default="in_progress",
        help="What this stage means for the complaint and its clock. It cannot change "
        "while complaints are in the stage.",
    )
    closed = fields.Boolean(compute="_compute_closed", store=True, precompute=True)

    def init(self):
        # as for complaints: stages made while only helpdesk_mgmt is loaded
        self.env.cr.execute(
            "ALTER TABLE helpdesk_ticket_stage ALTER COLUMN status"
            " SET DEFAULT 'in_progress'"
        )

    @api.depends("status")
    def _compute_closed(self):
        for stage in self:
            stage.closed = stage.status in CLOSED_STATUS

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._status_from_flags(vals) for vals in vals_list])

    def write(self, vals):
        vals = self._status_from_flags(vals)
        if "status" in vals:
            self._check_status_unused(vals["status"])
        return super().write(vals)

    @api.model
    def _status_from_flags(self, vals):
        """Translate the base's flags for code that knows nothing of the status.

        :param dict vals: values for ``create`` or ``write``
        :return: values in which ``closed`` gave way to ``status``
        :rtype: dict
        """
        vals = dict(vals)
        closed = vals.pop("closed", None)
        if "status" in vals or closed is None:
            return vals
        if closed:
            # a cancelled stage is closed already, and stays what it is
            if not self or not all(stage.closed for stage in self):
                vals["status"] = "closed"
        elif any(stage.closed for stage in self) or not self:
            vals["status"] = "received" if vals.get("unattended") else "in_progress"
        return vals

    def _check_status_unused(self, status):
        """Refuse to give stages another meaning while complaints are in them.

        :raise ValidationError: the clocks of those complaints would silently change
        """
        changed = self.filtered(lambda stage: stage.status != status)
        if not changed:
            return
        used = (
            self.env["helpdesk.ticket"]
            .sudo()  # complaints of every company and team count, not only visible ones
            .with_context(active_test=False)
            .search([("stage_id", "in", changed.ids)], limit=1)
        )
        if used:
            raise ValidationError(
                self.env._(
                    "The stage %(stage)s holds complaints, so its status cannot "
                    "change. Move them first, or create another stage.",
                    stage=used.stage_id.display_name,
                )
            )
