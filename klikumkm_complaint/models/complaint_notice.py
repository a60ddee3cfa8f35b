# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What was told to customers: one row for each thing told, and its proof.

Rows are made by ``helpdesk.ticket._tell()`` alone (helpdesk_ticket_telling.py). By
e-mail the proof is Odoo's ``mail.notification``; by any other medium it is somebody's
word (*Told*: how, when, remark). Nothing else in the suite stores "notified".
"""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from .helpdesk_ticket_stage import STAGE_STATUS

_logger = logging.getLogger(__name__)

NOTICE_KIND = [
    ("receipt", "Receipt"),
    ("document_request", "Request to the customer"),
    ("progress", "Progress"),
    ("new_date", "New date"),
    ("extension", "Extension"),
    ("answer", "Answer"),
    ("reminder", "Reminder"),
    ("closing", "Closing"),
    ("referral", "Referral"),
]
NOTICE_MEDIUM = [
    ("email", "E-mail"),
    ("portal", "Customer's page"),
    ("whatsapp", "WhatsApp"),
    ("phone", "Telephone"),
    ("letter", "Letter"),
    ("in_person", "In person"),
]
# What the customer holds in his hands afterwards (POJK 22/2023 article 78(4)).
WRITTEN_MEDIUM = ("email", "portal", "whatsapp", "letter")
# The customer's address is at fault: sending again would fail again.
ADDRESS_FAILURE = (
    "mail_bounce",
    "mail_email_invalid",
    "mail_email_missing",
    "mail_spam",
)
# Minutes until a mail that our own server could not send is tried again.
RETRY_MINUTES = (5, 15, 60, 180, 360, 720)
RETRY_DAYS = 3
BATCH_SIZE = 50


class ComplaintNotice(models.Model):
    _name = "klikumkm.complaint.notice"
    _description = "Notice to a Customer"
    _order = "id desc"
    _rec_name = "subject"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Customer")
    user_id = fields.Many2one(related="ticket_id.user_id", string="Owner", store=True)
    team_id = fields.Many2one(related="ticket_id.team_id", store=True)
    kind = fields.Selection(selection=NOTICE_KIND, required=True, readonly=True)
    medium = fields.Selection(selection=NOTICE_MEDIUM, required=True, readonly=True)
    subject = fields.Char(required=True, readonly=True)
    body = fields.Html(
        string="Text",
        readonly=True,
        sanitize="email_outgoing",
        help="Exactly as it was told. Holds no personal link.",
    )
    text = fields.Text(
        string="Short text", readonly=True, help="For WhatsApp and telephone."
    )
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment", string="Files", readonly=True, copy=False
    )
    promised_date = fields.Datetime(
        string="Date told",
        readonly=True,
        help="The date by which this message promises an answer.",
    )
    state = fields.Selection(
        selection=[
            ("to_tell", "To tell"),
            ("told", "Told"),
            ("failed", "Failed"),
        ],
        default="to_tell",
        required=True,
        readonly=True,
    )
    active = fields.Boolean(
        default=True,
        readonly=True,
        help="Off: withdrawn before the customer was told.",
    )
    is_automatic = fields.Boolean(readonly=True)
    told_date = fields.Datetime(string="Told at", readonly=True)
    told_by_id = fields.Many2one(
        comodel_name="res.users", string="Told by", readonly=True
    )
    remark = fields.Char(readonly=True)
    mail_message_id = fields.Many2one(
        comodel_name="mail.message",
        string="Message",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    recipient = fields.Char(string="Sent to", readonly=True)
    failure_reason = fields.Char(readonly=True)
    failed_since = fields.Datetime(readonly=True)
    retry_count = fields.Integer(string="Attempts", readonly=True)
    next_retry_date = fields.Datetime(string="Tried again at", readonly=True)
    next_status = fields.Selection(
        selection=STAGE_STATUS,
        readonly=True,
        help="Where the complaint goes once the customer is told.",
    )
    is_applied = fields.Boolean(
        readonly=True, help="What follows from telling the customer was done."
    )
    response_id = fields.Many2one(
        comodel_name="klikumkm.complaint.response",
        string="Answer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    proof = fields.Char(compute="_compute_proof")
    ticket_summary = fields.Char(
        string="Complaint and subject", compute="_compute_ticket_summary"
    )

    _to_tell_idx = models.Index("(ticket_id) WHERE state != 'told' AND active")
    _retry_idx = models.Index("(next_retry_date) WHERE next_retry_date IS NOT NULL")

    # === COMPUTE METHODS === #
    @api.depends("state", "medium", "recipient", "told_date", "remark", "told_by_id")
    def _compute_proof(self):
        medium_names = dict(self._fields["medium"]._description_selection(self.env))
        for notice in self:
            medium = medium_names.get(notice.medium)
            date = notice.ticket_id._format_customer_date(notice.told_date)
            if notice.state == "told" and notice.medium == "email":
                proof = self.env._(
                    "Handed to the mail server of %(recipient)s on %(date)s",
                    recipient=notice.recipient or "?",
                    date=date,
                )
            elif notice.state == "told":
                parts = (
                    f"{medium}, {date}",
                    notice.told_by_id.sudo().name,
                    notice.remark,
                )
                proof = " · ".join(part for part in parts if part)
            elif notice.state == "failed":
                proof = self.env._(
                    "Not delivered: %(reason)s",
                    reason=notice.failure_reason or self.env._("unknown error"),
                )
            elif notice.mail_message_id:
                proof = self.env._("On its way to %(to)s", to=notice.recipient)
            else:
                proof = notice.remark or self.env._("Not told yet")
            notice.proof = proof

    @api.depends("ticket_id.number", "ticket_id.name")
    def _compute_ticket_summary(self):
        for notice in self:
            ticket = notice.ticket_id
            notice.ticket_summary = f"{ticket.number} · {ticket.name}"

    # === CRUD METHODS === #
    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        raise UserError(self.env._("What was told to a customer is never deleted."))

    # === ACTIONS === #
    def action_open_tell(self):
        """The dialog in which somebody tells the customer and says so."""
        self.ensure_one()
        self.ticket_id.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell the customer"),
            "res_model": "klikumkm.complaint.tell",
            "view_mode": "form",
            "target": "new",
            "context": {"default_notice_id": self.id},
        }

    def action_send_again(self):
        """Send by e-mail what could not be delivered, or was not sent before."""
        self.ticket_id.check_access("write")
        for notice in self.sudo().filtered(lambda n: n.state != "told"):
            if not notice.ticket_id._get_customer_email():
                raise UserError(
                    self.env._(
                        "%(number)s: the customer has no e-mail address. Tell him "
                        "another way (Tell).",
                        number=notice.ticket_id.number,
                    )
                )
            notice._send_again()

    def action_withdraw(self):
        """Take back what is no longer to be told."""
        self.ticket_id.check_access("write")
        if told := self.filtered(lambda n: n.state == "told"):
            raise UserError(
                self.env._(
                    "“%(subject)s” was told already, so it stays.",
                    subject=told[0].subject,
                )
            )
        notices_sudo = self.sudo()  # whoever may write the complaint, checked above
        notices_sudo.write({"active": False, "next_retry_date": False})
        notices_sudo.ticket_id._close_telling_activities()
        return True

    def action_print_letter(self):
        """The notice as a letter, for customers without an e-mail address."""
        return self.env.ref(
            "klikumkm_complaint.action_report_notice_letter"
        ).report_action(self)

    def action_open_ticket(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "view_mode": "form",
        }

    # === TELLING === #
    def _get_plain_text(self):
        """What is copied or said: the short form where there is one."""
        self.ensure_one()
        return self.text or html2plaintext(self.body or "").strip()

    def _get_share_text(self):
        """The plain text with the personal link, for WhatsApp and the like."""
        self.ensure_one()
        ticket = self.ticket_id.with_context(lang=self.ticket_id.lang)
        heading = f"klikUMKM {ticket.number}"
        text = self._get_plain_text()
        if text.startswith(heading):
            text = text[len(heading) :].lstrip(" :\n")
        return f"{heading}\n{text}\n{ticket._get_personal_link()}"

    def _send_email(self):
        """Hand the notices to the mail server, through the complaint's conversation.

        In superuser mode; ``mail.notification`` then tells what became of each.
        """
        for notice in self:
            ticket = notice.ticket_id
            notice.write({"medium": "email", "recipient": ticket._get_customer_email()})
            message = ticket._post_notice(notice)
            notice.write({"mail_message_id": message.id})
        self._follow_delivery()
        self._apply()

    def _send_again(self):
        """Try the mail again: the same one where it still exists, else a new one."""
        mails = (
            self.env["mail.mail"]
            .sudo()
            .search(
                [
                    ("mail_message_id", "in", self.mail_message_id.ids),
                    ("state", "in", ("exception", "outgoing")),
                ]
            )
        )
        self.write({"next_retry_date": False})
        with_mail = self.filtered(lambda n: n.mail_message_id in mails.mail_message_id)
        if mails:
            mails.write({"state": "outgoing"})
            mails.send()
        (self - with_mail)._send_email()

    def _tell_otherwise(self, medium, date, remark=None, message=None):
        """Record that somebody told the customer.

        :param str medium: key of ``NOTICE_MEDIUM``
        :param datetime date: naive UTC
        :param message: the ``mail.message`` that told him, already in the conversation
        """
        self.write(
            {
                "medium": medium,
                "state": "told",
                "told_date": date,
                "told_by_id": self.env.uid,
                "remark": remark,
                "recipient": message and self.ticket_id._get_customer_email(),
                "next_retry_date": False,
                "failure_reason": False,
            }
        )
        for notice in self if not message else ():
            notice.ticket_id._log_told(notice)
        self.ticket_id._close_telling_activities()
        self._apply()
        self.ticket_id._customer_told(self)

    def _follow_delivery(self):
        """Take over what became of the mails, from their ``mail.notification``."""
        now = fields.Datetime.now()
        delivered = self.browse()
        for notice in self.filtered("mail_message_id"):
            notifications = notice.mail_message_id.notification_ids
            statuses = set(notifications.mapped("notification_status"))
            if notice.state == "told" and not statuses & {"bounce", "exception"}:
                continue
            if statuses & {"bounce", "exception"}:
                notice._record_failure(notifications, now)
            elif not notifications or statuses == {"canceled"}:
                notice._record_failure(notifications, now)
            elif statuses <= {"sent", "pending"}:
                notice.write(
                    {
                        "state": "told",
                        "told_date": now,
                        "told_by_id": notice.create_uid.id,
                        "failure_reason": False,
                        "next_retry_date": False,
                    }
                )
                delivered |= notice
        if delivered:
            delivered.ticket_id._close_telling_activities()
            delivered.ticket_id._customer_told(delivered)

    def _record_failure(self, notifications, now):
        """Keep why a mail failed, and when it is tried again, if ever."""
        self.ensure_one()
        failed = notifications.filtered(
            lambda n: n.notification_status in ("bounce", "exception")
        )[:1]
        reasons = dict(
            self.env["mail.notification"]
            ._fields["failure_type"]
            ._description_selection(self.env)
        )
        is_address = (
            not failed
            or failed.notification_status == "bounce"
            or failed.failure_type in ADDRESS_FAILURE
        )
        since = self.failed_since or now
        vals = {
            "state": "failed",
            "failed_since": since,
            "failure_reason": failed.failure_reason
            or reasons.get(failed.failure_type)
            or self.env._("the address does not accept mail"),
            "next_retry_date": False,
        }
        if not is_address:
            minutes = RETRY_MINUTES[min(self.retry_count, len(RETRY_MINUTES) - 1)]
            retry = now + timedelta(minutes=minutes)
            if retry <= since + timedelta(days=RETRY_DAYS):
                vals.update(next_retry_date=retry, retry_count=self.retry_count + 1)
        self.write(vals)
        if not vals["next_retry_date"]:
            self.ticket_id._ask_to_tell_otherwise(self)

    def _apply(self):
        """Do what follows once the customer is told, or the mail is on its way."""
        for notice in self.filtered(lambda n: not n.is_applied):
            notice.is_applied = True
            notice.ticket_id._apply_notice(notice)

    # === CRON === #
    @api.model
    def _cron_tell(self):
        """Send receipts that are due and mails that failed on our own side.

        Apart from intake: whatever is wrong with a template or the mail server, the
        complaint is recorded already.
        """
        done, remaining = 0, 1
        while remaining:
            tickets, notices = self._get_due(BATCH_SIZE)
            for record, method in [
                *((ticket, "_send_receipt") for ticket in tickets),
                *((notice, "_retry") for notice in notices),
            ]:
                record._isolate_telling(method)
            done += len(tickets) + len(notices)
            remaining = len(tickets) + len(notices)
            if not self.env["ir.cron"]._commit_progress(
                len(tickets) + len(notices), remaining=remaining
            ):
                break
        return done

    @api.model
    def _get_due(self, limit):
        """Complaints whose receipt is due, and notices to be tried again."""
        now = fields.Datetime.now()
        tickets = (
            self.env["helpdesk.ticket"]
            .search([("is_receipt_due", "=", True)], limit=limit, order="id")
            .try_lock_for_update()
        )
        notices = self.search(
            Domain("next_retry_date", "<=", now) & Domain("state", "=", "failed"),
            limit=limit,
            order="next_retry_date",
        ).try_lock_for_update()
        return tickets, notices

    def _retry(self):
        self._send_again()

    def _isolate_telling(self, method):
        """Run a step for one record so that a failure stays its own."""
        try:
            with self.env.cr.savepoint():
                getattr(self, method)()
                self.env.flush_all()
        except Exception:  # one bad record must not keep the others
            _logger.exception("Could not send again notice %s", self.id)
            self.env.invalidate_all()
            self.write({"next_retry_date": False})
            self.ticket_id._ask_to_tell_otherwise(self)


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def write(self, vals):
        result = super().write(vals)
        if "notification_status" in vals:
            self.env["klikumkm.complaint.notice"].sudo().search(
                Domain("mail_message_id", "in", self.mail_message_id.ids)
            )._follow_delivery()
        return result
