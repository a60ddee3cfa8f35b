# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

REASON = [
    ("absence", "Absence"),
    ("workload", "Workload"),
    ("knowledge", "Somebody else knows more about it"),
    ("concerned", "The complaint is about the owner"),
    ("other", "Other"),
]


class ComplaintHandOver(models.TransientModel):
    _name = "klikumkm.complaint.hand.over"
    _description = "Hand over Complaints"

    ticket_ids = fields.Many2many(
        comodel_name="helpdesk.ticket", string="Complaints", required=True
    )
    ticket_count = fields.Integer(
        string="Number of complaints", compute="_compute_ticket_count"
    )
    mode = fields.Selection(
        selection=[("person", "To one person"), ("share", "Shared out evenly")],
        string="To whom",
        required=True,
        default="person",
    )
    candidate_ids = fields.Many2many(
        comodel_name="res.users", compute="_compute_candidate_ids"
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="New owner",
        domain="[('id', 'in', candidate_ids)]",
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Among",
        relation="klikumkm_complaint_hand_over_user_rel",
        compute="_compute_user_ids",
        store=True,
        readonly=False,
        domain="[('id', 'in', candidate_ids)]",
    )
    reason = fields.Selection(
        selection=REASON,
        required=True,
        default=lambda self: self._default_reason(),
    )
    note = fields.Text(help="What the new owner should know. Customers never see it.")
    preview = fields.Text(compute="_compute_preview")

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        tickets = self._get_context_tickets()
        if "ticket_ids" in fields and not defaults.get("ticket_ids"):
            defaults["ticket_ids"] = tickets.ids
        if "mode" in fields and len(tickets) > 1:
            defaults["mode"] = "share"
        return defaults

    @api.model
    def _get_context_tickets(self):
        """The complaints that were selected when the dialog was opened."""
        context = self.env.context
        ids = context.get("default_ticket_ids")
        if not ids and context.get("active_model") == "helpdesk.ticket":
            ids = context.get("active_ids")
        return self.env["helpdesk.ticket"].browse(ids or ())

    @api.model
    def _default_reason(self):
        tickets = self._get_context_tickets()
        is_absent = tickets.user_id and all(tickets.mapped("is_owner_absent"))
        return "absence" if is_absent else "workload"

    # === COMPUTE METHODS === #
    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        for wizard in self:
            wizard.ticket_count = len(wizard.ticket_ids)

    @api.depends("ticket_ids")
    def _compute_candidate_ids(self):
        for wizard in self:
            teams = wizard.ticket_ids.team_id or self.env[
                "helpdesk.ticket.team"
            ].search([("company_id", "in", [False, *self.env.companies.ids])])
            members = teams.user_ids
            wizard.candidate_ids = members.filtered(
                lambda user: user.active and not user.share
            )

    @api.depends("candidate_ids")
    def _compute_user_ids(self):
        """Whoever is there, except those who give away."""
        for wizard in self:
            givers = wizard.ticket_ids.user_id
            wizard.user_ids = wizard.candidate_ids.filtered(
                lambda user, givers=givers: (
                    user._origin not in givers and user._origin.sudo()._is_at_desk()
                )
            )

    @api.depends("mode", "user_id", "user_ids", "ticket_ids")
    @api.depends_context("lang", "tz")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = "\n".join(wizard._get_preview_lines())

    def _get_preview_lines(self):
        """What will happen, before it does."""
        self.ensure_one()
        if self.mode == "person":
            user = self.user_id._origin
            if not user or user.sudo()._is_at_desk() or user == self.env.user:
                return []
            stand_in = user._get_complaint_stand_in()
            if stand_in:
                return [
                    self.env._(
                        "%(owner)s: %(absence)s. The complaints go to %(stand_in)s, "
                        "who stands in.",
                        owner=user.name,
                        absence=user.sudo().complaint_absence_label,
                        stand_in=stand_in.name,
                    )
                ]
            return [
                self.env._(
                    "%(owner)s: %(absence)s, and nobody stands in. Better choose "
                    "somebody who is there.",
                    owner=user.name,
                    absence=user.sudo().complaint_absence_label,
                )
            ]
        users = self.user_ids._origin
        if not users:
            return []
        try:
            shares = self.ticket_ids._origin._share_out(users)
        except UserError as error:
            return [str(error)]
        return [
            self.env._("%(name)s: %(count)s more", name=user.name, count=len(tickets))
            for user, tickets in shares.items()
        ]

    # === ACTIONS === #
    def action_hand_over(self):
        self.ensure_one()
        tickets = self.ticket_ids
        if not tickets:
            raise UserError(self.env._("No complaint is chosen."))
        tickets.check_access("write")
        if self.mode == "share":
            if not self.user_ids:
                raise UserError(
                    self.env._("Choose at least one person to share out among.")
                )
            shares = tickets._share_out(self.user_ids)
        else:
            if not self.user_id:
                raise UserError(self.env._("Choose the new owner."))
            shares = {self.user_id: tickets}
        reason = dict(self._fields["reason"]._description_selection(self.env))
        moved = tickets._hand_over(shares, reason[self.reason], self.note)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s complaints handed over.", count=len(moved)
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
