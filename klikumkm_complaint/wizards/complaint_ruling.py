# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty


class ComplaintRuling(models.TransientModel):
    """*Decide on the objection* (lead): reopen, final answer, or refer."""

    _name = "klikumkm.complaint.ruling"
    _inherit = "klikumkm.complaint.telling"
    _description = "Decide on a Customer's Objection"

    ruling = fields.Selection(
        selection=[
            ("reopen", "Reopen and look again"),
            ("final", "Final answer"),
            ("refer", "Refer to a court or dispute body"),
        ],
        string="Decision",
        required=True,
        default="reopen",
    )
    objection = fields.Text(
        string="What the customer says",
        related="ticket_id.customer_decision_reason",
    )
    reason = fields.Html(
        help="Told to the customer: why, or the final answer itself.",
        sanitize="email_outgoing",
    )

    def _get_kind(self):
        return "answer" if self.ruling == "final" else "progress"

    def _get_template(self):
        if self.ruling == "final":
            return "klikumkm_complaint.mail_template_final_answer"
        return "klikumkm_complaint.mail_template_reopened"

    def _get_message_triggers(self):
        return ["ruling", "reason"]

    def _get_template_values(self):
        values = {"reason": self.reason or "", "answer": self.reason or ""}
        if self.ruling == "reopen":
            values |= self.ticket_id._get_reopening_dates()
        return values

    def action_decide(self):
        self.ensure_one()
        if not self.is_single:
            raise UserError(self.env._("Decide on one objection at a time."))
        ticket = self.ticket_id
        ticket.check_access("write")
        if not self.env.user.has_group("klikumkm_complaint.group_complaint_lead"):
            raise AccessError(self.env._("Only a team lead decides on an objection."))
        if ticket.customer_decision != "rejected" or ticket.status != "resolved":
            raise UserError(
                self.env._(
                    "%(number)s has no objection to decide on.", number=ticket.number
                )
            )
        if self.ruling == "refer":
            return ticket.action_open_refer()
        if is_html_empty(self.reason):
            raise UserError(self.env._("Say why: the customer reads it."))
        if self.ruling == "reopen":
            told = self._get_tell_values()
            self._reopen()
            return self._tell_customer(**told)
        ticket._withdraw_untold_rulings()
        last = ticket.sudo().response_id
        response = (
            self.env["klikumkm.complaint.response"]
            .sudo()  # a lead who may write the complaint, checked above
            .create(
                {
                    "ticket_id": ticket.id,
                    "kind": "explanation",
                    "outcome": last.outcome or ticket.outcome or "explained",
                    "refusal_ground_id": last.refusal_ground_id.id,
                    "body": self.reason,
                    "is_final": True,
                    "decision": "rejected",
                }
            )
        )
        ticket.sudo().activity_unlink(["klikumkm_complaint.activity_type_ruling"])
        return self._tell_customer(response=response, next_status="closed")

    def _reopen(self):
        """Hook: work on it again; the customer is told by what follows."""
        self.ticket_id._reopen(self.reason, tell=False)
