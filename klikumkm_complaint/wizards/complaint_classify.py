# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.helpdesk_ticket import ASSISTANCE_TYPE, SUBMISSION_TYPE, URGENCY

# What decides the form of help, and with it the date.
DATE_FIELDS = ("category_id", "submission_type", "assistance_type", "priority")


class ComplaintClassify(models.TransientModel):
    """*Classify*: type, category, form of help, urgency and owner.

    One complaint shows what stands there; for several at once the fields are empty, and
    only what is filled in is applied.
    """

    _name = "klikumkm.complaint.classify"
    _description = "Classify Complaints"

    ticket_ids = fields.Many2many(
        comodel_name="helpdesk.ticket",
        string="Complaints",
        required=True,
        default=lambda self: self._default_ticket_ids(),
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", compute="_compute_ticket_id"
    )
    is_single = fields.Boolean(compute="_compute_ticket_id")
    ticket_count = fields.Integer(compute="_compute_ticket_id")
    category_id = fields.Many2one(
        comodel_name="helpdesk.ticket.category",
        compute="_compute_present",
        store=True,
        readonly=False,
        precompute=True,
    )
    submission_type = fields.Selection(
        selection=SUBMISSION_TYPE,
        string="Type",
        compute="_compute_submission_type",
        store=True,
        readonly=False,
        precompute=True,
    )
    assistance_type = fields.Selection(
        selection=ASSISTANCE_TYPE,
        string="Form of help",
        compute="_compute_assistance_type",
        store=True,
        readonly=False,
        precompute=True,
    )
    priority = fields.Selection(
        selection=URGENCY,
        string="Urgency",
        compute="_compute_priority",
        store=True,
        readonly=False,
        precompute=True,
    )
    urgency_stated = fields.Selection(
        selection=URGENCY,
        string="Stated by the customer",
        compute="_compute_urgency_stated",
        help="The highest urgency that one of the customers stated.",
    )
    is_urgency_lowered = fields.Boolean(compute="_compute_is_urgency_lowered")
    urgency_lowered_reason = fields.Char(
        string="Why lower than stated",
        compute="_compute_present",
        store=True,
        readonly=False,
        precompute=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        domain="[('share', '=', False)]",
        compute="_compute_present",
        store=True,
        readonly=False,
        precompute=True,
    )
    effect = fields.Text(string="What happens to the date", compute="_compute_effect")

    @api.model
    def _default_ticket_ids(self):
        if self.env.context.get("active_model") == "helpdesk.ticket":
            return self.env["helpdesk.ticket"].browse(
                self.env.context.get("active_ids") or ()
            )
        return self.env["helpdesk.ticket"]

    # === COMPUTE METHODS === #
    @api.depends("ticket_ids")
    def _compute_ticket_id(self):
        for wizard in self:
            tickets = wizard.ticket_ids._origin
            wizard.ticket_count = len(tickets)
            wizard.is_single = len(tickets) == 1
            wizard.ticket_id = tickets if wizard.is_single else False

    @api.depends("ticket_ids")
    def _compute_present(self):
        for wizard in self:
            ticket = wizard.ticket_id
            wizard.category_id = ticket.category_id
            wizard.user_id = ticket.user_id
            wizard.urgency_lowered_reason = ticket.urgency_lowered_reason

    def _is_category_new(self):
        """Whether the category was chosen here; what stands there proposes nothing."""
        self.ensure_one()
        return bool(self.category_id) and self.category_id != self.ticket_id.category_id

    @api.depends("ticket_ids", "category_id")
    def _compute_submission_type(self):
        for wizard in self:
            proposed = wizard._is_category_new() and wizard.category_id.submission_type
            wizard.submission_type = (
                proposed or wizard.submission_type or wizard.ticket_id.submission_type
            )

    @api.depends("ticket_ids", "category_id", "submission_type")
    def _compute_assistance_type(self):
        for wizard in self:
            ticket = wizard.ticket_id
            if not ticket:
                wizard.assistance_type = (
                    wizard.category_id.assistance_type or wizard.assistance_type
                )
                continue
            vals = {
                name: wizard._fields[name].convert_to_write(wizard[name], wizard)
                for name in ("category_id", "submission_type")
            }
            same = {
                name: ticket._fields[name].convert_to_write(ticket[name], ticket)
                for name in vals
            }
            if vals == same:
                wizard.assistance_type = ticket.assistance_type
            else:
                facts = ticket._get_reclassified_facts(vals)
                wizard.assistance_type = facts["assistance_type"]

    @api.depends("ticket_ids", "category_id")
    def _compute_priority(self):
        for wizard in self:
            proposed = wizard._is_category_new() and wizard.category_id.priority
            if proposed:
                # what the customer states is lowered by hand only, with a reason
                wizard.priority = max(proposed, wizard.urgency_stated or "0")
            else:
                wizard.priority = wizard.priority or wizard.ticket_id.priority

    @api.depends("ticket_ids")
    def _compute_urgency_stated(self):
        for wizard in self:
            stated = wizard.ticket_ids._origin.mapped("urgency_stated")
            wizard.urgency_stated = max((s for s in stated if s), default=False)

    @api.depends("priority", "urgency_stated")
    def _compute_is_urgency_lowered(self):
        for wizard in self:
            wizard.is_urgency_lowered = bool(
                wizard.urgency_stated
                and wizard.priority
                and wizard.priority < wizard.urgency_stated
            )

    @api.depends("ticket_ids", *DATE_FIELDS)
    def _compute_effect(self):
        for wizard in self:
            tickets = wizard.ticket_ids._origin
            wizard.effect = (
                tickets._get_reclassification_effect(wizard._get_vals())
                if tickets
                else False
            )

    # === ACTIONS === #
    def _get_vals(self):
        """What is applied: what is filled in, for one complaint what differs."""
        self.ensure_one()
        names = ["category_id", "submission_type", "assistance_type", "priority"]
        names.append("user_id")
        if self.is_urgency_lowered:
            names.append("urgency_lowered_reason")
        vals = {}
        for name in names:
            value = self._fields[name].convert_to_write(self[name], self)
            ticket = self.ticket_id
            if ticket:
                present = ticket._fields[name].convert_to_write(ticket[name], ticket)
                if (value or False) == (present or False):
                    continue
                if not value and name not in ("category_id", "user_id"):
                    continue
            elif not value:
                continue
            vals[name] = value
        if {"category_id", "submission_type"} & vals.keys() and self.assistance_type:
            # what is shown is what counts, also where it stays as it was
            vals["assistance_type"] = self.assistance_type
        return vals

    def action_apply(self):
        """Classify, as whoever pressed the button."""
        self.ensure_one()
        if not self.ticket_ids:
            raise UserError(self.env._("There is no complaint to classify."))
        if self.is_urgency_lowered and not (self.urgency_lowered_reason or "").strip():
            raise UserError(
                self.env._("A customer stated a higher urgency. Say why it is lowered.")
            )
        self.ticket_ids.write({**self._get_vals(), "is_classified": True})
        return {"type": "ir.actions.act_window_close"}
