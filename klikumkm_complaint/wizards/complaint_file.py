# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import base64
import hashlib

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.helpdesk_ticket_file import FILE_PARTS


class ComplaintFile(models.TransientModel):
    _name = "klikumkm.complaint.file"
    _description = "Complaint File"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
        ondelete="cascade",
    )
    has_cover = fields.Boolean(string="Register", default=True)
    has_receipt = fields.Boolean(string="Receipt", default=True)
    has_chronology = fields.Boolean(
        string="Chronology",
        default=True,
        help="With the exact texts that the customer was told.",
    )
    has_requests = fields.Boolean(string="Requests to units", default=True)
    has_answers = fields.Boolean(string="Answers", default=True)
    has_decision = fields.Boolean(string="Decision", default=True)
    has_conversation = fields.Boolean(string="Conversation", default=True)
    has_files = fields.Boolean(string="Files", default=True)
    has_referral = fields.Boolean(string="Referral", default=True)
    with_internal_notes = fields.Boolean(
        string="Internal notes", help="For our own use: not for outsiders."
    )
    recipient = fields.Char(string="For whom", required=True)
    reason = fields.Char(string="Why", required=True)
    content = fields.Binary(string="Complaint file", readonly=True)
    file_name = fields.Char(string="File name", compute="_compute_file_name")

    @api.depends("ticket_id")
    def _compute_file_name(self):
        for wizard in self:
            wizard.file_name = self.env._(
                "Complaint file %(number)s.pdf", number=wizard.ticket_id.number
            )

    def action_make_file(self):
        """Make the file, note who took it for whom and why, and offer it."""
        self.ensure_one()
        parts = [part for part in FILE_PARTS if self[f"has_{part}"]]
        if not parts and not self.with_internal_notes:
            raise UserError(self.env._("Tick at least one part."))
        content = self.ticket_id._make_complaint_file(
            parts, with_internal_notes=self.with_internal_notes
        )
        self._log_export(parts, hashlib.sha256(content).hexdigest())
        # On the wizard, which only its maker can read: a file of the complaint would be
        # shown to the customer.
        self.content = base64.b64encode(content)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Complaint file"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _log_export(self, parts, sha256):
        names = [
            self._fields[f"has_{part}"]._description_string(self.env) for part in parts
        ]
        if self.with_internal_notes:
            names.append(
                self._fields["with_internal_notes"]._description_string(self.env)
            )
        listed = ", ".join(names)
        # reading the complaint was checked when the file was made
        self.env["klikumkm.complaint.export"].sudo().create(
            {
                "ticket_id": self.ticket_id.id,
                "user_id": self.env.user.id,
                "date": fields.Datetime.now(),
                "parts": ",".join(parts),
                "with_internal_notes": self.with_internal_notes,
                "recipient": self.recipient,
                "reason": self.reason,
                "sha256": sha256,
            }
        )
        self.ticket_id.sudo().message_post(
            author_id=self.env.user.partner_id.id,
            body=Markup("<p>%s</p><p>%s<br/>%s<br/>SHA-256 %s</p>")
            % (
                self.env._("Complaint file made."),
                self.env._(
                    "For: %(recipient)s. Why: %(reason)s.",
                    recipient=self.recipient,
                    reason=self.reason,
                ),
                listed,
                sha256,
            ),
            message_type="notification",
            subtype_xmlid="mail.mt_note",
        )
