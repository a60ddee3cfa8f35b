# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Answers: an explanation or an offer (POJK 22/2023 articles 77 and 78)."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .complaint_notice import NOTICE_MEDIUM, WRITTEN_MEDIUM
from .helpdesk_ticket import CUSTOMER_DECISION, OUTCOME


class ComplaintResponse(models.Model):
    _name = "klikumkm.complaint.response"
    _description = "Answer to a Complaint"
    _order = "id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        selection=[("explanation", "Explanation"), ("offer", "Offer of a settlement")],
        default="explanation",
        required=True,
        readonly=True,
    )
    outcome = fields.Selection(selection=OUTCOME, required=True, readonly=True)
    refusal_ground_id = fields.Many2one(
        comodel_name="klikumkm.complaint.reason", string="Ground", readonly=True
    )
    body = fields.Html(string="Answer", readonly=True)
    is_final = fields.Boolean(string="Final answer", readonly=True)
    amount = fields.Monetary(readonly=True)
    fulfil_by_date = fields.Date(string="Carry out by", readonly=True)
    fulfilled_date = fields.Datetime(string="Carried out at", readonly=True)
    fulfilled_note = fields.Char(string="How it was carried out", readonly=True)
    notice_ids = fields.One2many(
        comodel_name="klikumkm.complaint.notice",
        inverse_name="response_id",
        string="Told",
        readonly=True,
    )
    told_date = fields.Datetime(
        string="Answered at", compute="_compute_told", store=True
    )
    medium = fields.Selection(
        selection=NOTICE_MEDIUM, compute="_compute_told", store=True
    )
    decision = fields.Selection(
        selection=CUSTOMER_DECISION, default="none", required=True, readonly=True
    )
    decision_date = fields.Datetime(string="Decided at", readonly=True)
    decision_medium = fields.Selection(
        selection=NOTICE_MEDIUM, string="Said by", readonly=True
    )
    decision_reason = fields.Text(string="Decision reason", readonly=True)
    decision_file_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="klikumkm_complaint_response_decision_file_rel",
        string="Proof",
        readonly=True,
        copy=False,
    )
    needs_written_confirmation = fields.Boolean(
        string="Needs written confirmation",
        compute="_compute_needs_written_confirmation",
        help="An answer given orally and not accepted must be confirmed in writing "
        "(POJK 22/2023 article 78(4)).",
    )

    # === COMPUTE METHODS === #
    @api.depends("notice_ids.state", "notice_ids.told_date", "notice_ids.medium")
    def _compute_told(self):
        for response in self:
            first = response.notice_ids.filtered(lambda n: n.state == "told").sorted(
                "told_date"
            )[:1]
            response.told_date = first.told_date
            response.medium = first.medium

    @api.depends("decision", "notice_ids.state", "notice_ids.medium")
    def _compute_needs_written_confirmation(self):
        for response in self:
            told = response.notice_ids.filtered(lambda n: n.state == "told")
            response.needs_written_confirmation = (
                response.decision == "rejected"
                and bool(told)
                and not any(notice.medium in WRITTEN_MEDIUM for notice in told)
            )

    # === CRUD METHODS === #
    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        raise UserError(self.env._("Answers to customers are never deleted."))

    # === BUSINESS === #
    def _get_confirmation_defaults(self):
        """What the dialog says that tells this answer once more, in writing.

        :rtype: dict of context keys
        """
        self.ensure_one()
        return {
            "default_response_id": self.id,
            "default_kind": self.kind,
            "default_refusal_ground_id": self.refusal_ground_id.id,
            "default_amount": self.amount,
            "default_fulfil_by_date": self.fulfil_by_date,
        }

    def _is_open_offer(self):
        """Whether the customer accepted an offer that is not carried out yet."""
        self.ensure_one()
        return (
            self.kind == "offer"
            and self.decision == "accepted"
            and not self.fulfilled_date
        )
