# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.klikumkm_complaint.models.helpdesk_ticket_words import (
    within_sentence,
)


class SlaExtension(models.Model):
    """Working days that were added to a promise. Written by the clock alone."""

    _name = "klikumkm.sla.extension"
    _description = "Extension of a Deadline"
    _order = "id"
    _rec_name = "ticket_id"

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
    days = fields.Integer(string="Working days", required=True)
    reason = fields.Char(required=True, help="In the words told to the customer.")
    reason_id = fields.Many2one(
        comodel_name="klikumkm.complaint.reason",
        string="Reason in the list",
        ondelete="restrict",
    )
    legal_ref = fields.Char(
        string="Rule", help="The rule on which the reason rested when it was given."
    )
    stage_reached = fields.Char(
        string="Stage reached",
        help="How far the handling got, as told to the customer.",
    )
    is_late = fields.Boolean(
        string="After the deadline",
        help="There is a new date to work to, but the result stays late.",
    )
    deadline_before = fields.Datetime(string="Deadline before", required=True)
    deadline_after = fields.Datetime(string="Deadline after", required=True)
    request_id = fields.Many2one(
        comodel_name="klikumkm.sla.extension.request",
        string="Request",
        index="btree_not_null",
        ondelete="restrict",
    )
    approved_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Approved by",
        help="The team lead who gave more than the time standard leaves.",
    )
    notice_id = fields.Many2one(
        comodel_name="klikumkm.complaint.notice",
        string="Told with",
        ondelete="restrict",
    )
    notice_state = fields.Selection(related="notice_id.state", string="Customer told")

    _check_days = models.Constraint(
        "CHECK (days >= 1)", "An extension needs at least one working day."
    )

    def _get_reason_words(self):
        """The reason within a sentence, in the language of the environment.

        As it was told where the customer reads his own language.
        """
        self.ensure_one()
        if not self._is_reason_listed():
            return self.reason.strip().rstrip(". ")
        is_foreign = self.env.lang != self.ticket_id.lang
        return within_sentence(self.reason_id.name if is_foreign else self.reason)

    def _is_reason_listed(self):
        """Whether the reason is one of the list, not the agent's own words."""
        self.ensure_one()
        return bool(self.reason_id) and not self.reason_id._is_other_extension()
