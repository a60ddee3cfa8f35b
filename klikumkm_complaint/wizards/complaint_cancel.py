# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.helpdesk_ticket_stage import OPEN_STATUS


class ComplaintCancel(models.TransientModel):
    """*Cancel*: take complaints off the desk without an answer, and say why."""

    _name = "klikumkm.complaint.cancel"
    _inherit = "klikumkm.complaint.telling"
    _description = "Cancel Complaints"

    reason_id = fields.Many2one(
        comodel_name="klikumkm.complaint.reason",
        string="Reason to cancel",
        required=True,
        domain="[('kind', '=', 'cancel')]",
    )
    note = fields.Text(help="For the desk alone; the customer does not read it.")
    is_to_tell = fields.Boolean(
        string="Tell the customer",
        compute="_compute_is_to_tell",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("reason_id")
    def _compute_is_to_tell(self):
        for wizard in self:
            wizard.is_to_tell = wizard.reason_id.is_customer_told

    def _get_kind(self):
        return "closing"

    def _get_template(self):
        return "klikumkm_complaint.mail_template_cancelled"

    def _get_message_triggers(self):
        return ["reason_id"]

    def _get_template_values(self):
        return {"reason": self._get_reason_name()}

    def _get_reason_name(self):
        """The reason in the customer's language."""
        lang = self.ticket_ids._origin[:1].lang
        return self.reason_id.with_context(lang=lang or self.env.lang).name or ""

    def action_confirm(self):
        self.ensure_one()
        tickets = self.ticket_ids
        tickets._check_triage_allowed()
        if others := tickets.filtered(lambda t: t.status not in OPEN_STATUS):
            raise UserError(
                self.env._(
                    "%(number)s is at “%(stage)s”: only what is still running can be "
                    "cancelled.",
                    number=others[0].number,
                    stage=others[0].stage_id.name,
                )
            )
        if self.is_to_tell:
            self._check_message()
        reasons = self.env["klikumkm.complaint.reason"]
        spam, withdrawn, unanswered = (
            self.env.ref(f"klikumkm_complaint.{name}", raise_if_not_found=False)
            or reasons
            for name in (
                "cancel_reason_not_a_complaint",
                "cancel_reason_withdrawn",
                "cancel_reason_no_answer",
            )
        )
        is_spam = self.reason_id == spam
        outcome = {withdrawn: "withdrawn", unanswered: "lapsed"}.get(self.reason_id)
        vals = {"outcome": outcome} if outcome else {}
        tickets._cancel(
            self.reason_id,
            kind="not_complaint" if is_spam else "cancel",
            note=self.note,
            vals=vals,
        )
        if not self.is_to_tell or is_spam:
            return {"type": "ir.actions.act_window_close"}
        return self._tell_customer()
