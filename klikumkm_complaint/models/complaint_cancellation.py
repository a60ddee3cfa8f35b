# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models

CANCELLATION_KIND = [
    ("cancel", "Cancelled"),
    ("not_complaint", "Not a complaint"),
    ("duplicate", "Duplicate"),
]
# Our own judgement, of which nothing was promised: agents may take it back.
UNDOABLE_KIND = ("not_complaint", "duplicate")


class ComplaintCancellation(models.Model):
    """Who took a complaint off the desk, why, and what stood there before.

    What stood before lets a mistake be undone. Written by the suite alone.
    """

    _name = "klikumkm.complaint.cancellation"
    _description = "Cancellation of a Complaint"
    _order = "id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(selection=CANCELLATION_KIND, required=True)
    reason_id = fields.Many2one(
        comodel_name="klikumkm.complaint.reason", ondelete="restrict"
    )
    note = fields.Text()
    undone_date = fields.Datetime(string="Undone at")
    undone_by_id = fields.Many2one(string="Taken back by", comodel_name="res.users")

    # === WHAT STOOD BEFORE === #
    stage_id = fields.Many2one(
        comodel_name="helpdesk.ticket.stage", string="Former status"
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Former owner")
    was_classified = fields.Boolean()
    reply_pending_since = fields.Datetime(string="Reply pending since")
    answer_by_date = fields.Datetime(string="Customer asked until")
    reminder_date = fields.Datetime(string="Reminded at")
    activity_ids = fields.Many2many(
        comodel_name="mail.activity",
        relation="klikumkm_complaint_cancellation_activity_rel",
        context={"active_test": False},
    )

    was_receipt_due = fields.Boolean()
    withdrawn_notice_ids = fields.Many2many(
        comodel_name="klikumkm.complaint.notice",
        relation="klikumkm_complaint_cancellation_notice_rel",
        string="No longer told",
        context={"active_test": False},
    )
    withdrawn_request_ids = fields.Many2many(
        comodel_name="klikumkm.complaint.coordination",
        relation="klikumkm_complaint_cancellation_request_rel",
        string="No longer asked of units",
    )

    # === WHERE IT WENT (DUPLICATES) === #
    kept_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint kept",
        index="btree_not_null",
        ondelete="restrict",
    )
    kept_own_date = fields.Datetime(
        string="Own date received of the one kept",
        help="When the complaint that was kept was received itself, without its "
        "duplicates.",
    )
    message_ids = fields.Many2many(
        comodel_name="mail.message",
        relation="klikumkm_complaint_cancellation_message_rel",
        string="Copied messages",
    )
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="klikumkm_complaint_cancellation_attachment_rel",
        string="Copied files",
    )
    notice_id = fields.Many2one(
        comodel_name="klikumkm.complaint.notice", string="Told with"
    )
