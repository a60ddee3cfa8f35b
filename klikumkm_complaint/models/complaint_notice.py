# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What was told to customers: one row for each thing told, and its proof.

Rows are made by ``helpdesk.ticket._tell()`` alone (helpdesk_ticket_telling.py). By
e-mail the proof is Odoo's ``mail.notification``; by any other medium it is somebody's
word (*Told*: how, when, remark). Nothing else in the suite stores "notified".
"""

import logging
import re
from datetime import timedelta

from psycopg2 import Error as PostgresError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..tools.isolation import isolate
from .helpdesk_ticket_stage import STAGE_STATUS
from .helpdesk_ticket_words import shorten

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
# What a mail server says of a recipient (smtplib.SMTPRecipientsRefused), and of a mail:
# "(550, b'5.1.1 No such user')".
SMTP_REPLY = re.compile(r"\((\d{3}), b(['\"])(.*?)\2\)", re.DOTALL)
REASON_LENGTH = 250
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
    previous_date = fields.Datetime(
        string="Date before",
        readonly=True,
        help="The date that the message replaces. Told after it, it was told late.",
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
    log_message_id = fields.Many2one(
        comodel_name="mail.message",
        string="In the conversation",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The line that shows there what was not told by e-mail.",
    )
    recipient = fields.Char(string="Sent to", readonly=True)
    failure_reason = fields.Char(string="Failure reason", readonly=True)
    failed_since = fields.Datetime(string="Failed since", readonly=True)
    retry_count = fields.Integer(string="Attempts", readonly=True)
    next_retry_date = fields.Datetime(string="Tried again at", readonly=True)
    next_status = fields.Selection(
        string="Next status",
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
    @api.depends_context("lang")
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
        # whoever may write the complaint, checked above
        notices_sudo = self.sudo().filtered(lambda n: n.active and n.state != "told")
        for notice in notices_sudo:
            if not notice.ticket_id._get_customer_email():
                raise UserError(
                    self.env._(
                        "%(number)s: the customer has no e-mail address. Tell him "
                        "another way (Tell).",
                        number=notice.ticket_id.number,
                    )
                )
        # somebody looked into it: three more days
        notices_sudo.write({"retry_count": 0, "failed_since": False})
        for notice in notices_sudo:
            notice._send_again()
        return True

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
        self.sudo()._withdraw()  # whoever may write the complaint, checked above
        return True

    def action_open_ticket(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "view_mode": "form",
        }

    # === TELLING === #
    def _withdraw(self):
        """Take untold notices back, with the mails that wait. In superuser mode."""
        self.write({"active": False, "next_retry_date": False})
        self._get_unsent_mails().cancel()
        self.ticket_id._close_telling_activities()

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

        In superuser mode. Whatever is broken on the way to the mail server, the step
        that the notice tells of is done, and the mail is tried again.
        """
        for notice in self:
            ticket = notice.ticket_id
            notice.write({"medium": "email", "recipient": ticket._get_customer_email()})
            notice._plan_retry()
            notice._hand_over(ticket._post_notice)
        # the step is done, unless nothing could be sent to anybody
        self.filtered(lambda n: n.state != "failed" or n.next_retry_date)._apply()

    def _send_again(self):
        """Send a mail again that did not leave us or did not arrive, as the complaint
        is addressed now.
        """
        self.ensure_one()
        mails = self._get_unsent_mails()
        if mails != mails.try_lock_for_update():
            return  # somebody else is sending it at this moment
        if not self.mail_message_id:
            self._send_email()
            return
        self._plan_retry()
        mails.unlink()
        self.recipient = self.ticket_id._get_customer_email()
        self._hand_over(self.ticket_id._notify_notice_again)

    def _hand_over(self, method):
        """Let the complaint make the mail; a failure is recorded, never raised.

        :param method: of the complaint, takes the notice and returns its message
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                message = method(self)
                self.env.flush_all()
        except PostgresError:
            raise  # the whole step is repeated, or fails for another reason than mail
        except Exception as error:  # layout, alias, add-on: anything can be broken
            _logger.exception("Notice %s could not be made into a mail", self.id)
            self.env.invalidate_all()
            self._record_failure(reason=str(error))
            return
        self.mail_message_id = message
        self._follow_delivery()

    def _get_unsent_mails(self):
        """Mails of the notices that wait, or failed."""
        if not self.mail_message_id:
            return self.env["mail.mail"].sudo()
        return (
            self.env["mail.mail"]
            .sudo()
            .search(
                [
                    ("mail_message_id", "in", self.mail_message_id.ids),
                    ("state", "in", ("exception", "outgoing")),
                ]
            )
        )

    def _tell_otherwise(self, medium, date, remark=None, message=None):
        """Record that somebody told the customer.

        :param str medium: key of ``NOTICE_MEDIUM``
        :param datetime date: naive UTC
        :param message: the ``mail.message`` that told him, already in the conversation
        """
        for notice in self:
            vals = {
                "medium": medium,
                "state": "told",
                "told_date": date,
                "told_by_id": self.env.uid,
                "remark": remark,
                "recipient": False,
                "next_retry_date": False,
                "failure_reason": False,
            }
            if message:
                vals.update(
                    recipient=notice.ticket_id._get_customer_email(),
                    mail_message_id=message.id,
                )
            notice.write(vals)
        if not message:
            # told by WhatsApp, he is not to get the mail as well once the server is
            # mended
            self._get_unsent_mails().cancel()
        for notice in self:
            notice.log_message_id = message or notice.ticket_id._log_told(notice)
        self.ticket_id._close_telling_activities()
        self._apply()
        self.ticket_id._customer_told(self)

    def _follow_delivery(self):
        """Take over what became of the mails, from their ``mail.notification``."""
        now = fields.Datetime.now()
        delivered = self.browse()
        for notice in self:
            notifications = notice.mail_message_id.notification_ids
            statuses = set(notifications.mapped("notification_status"))
            failed = notifications.filtered(
                lambda n: n.notification_status in ("bounce", "exception")
            )
            if not notice.active or (
                # whoever was told by WhatsApp was told, wherever the mail went
                notice.state == "told" and (notice.medium != "email" or not failed)
            ):
                continue
            if failed or not statuses - {"canceled"}:
                notice._record_failure(failed[:1])
            elif statuses <= {"sent", "pending"}:
                notice.write(
                    {
                        "state": "told",
                        "told_date": now,
                        "told_by_id": notice.create_uid.id,
                        "failure_reason": False,
                        "failed_since": False,
                        "next_retry_date": False,
                        "retry_count": 0,
                    }
                )
                delivered |= notice
        if delivered:
            delivered.ticket_id._close_telling_activities()
            delivered.ticket_id._customer_told(delivered)

    @api.model
    def _get_told_by(self, messages):
        """The notices that these messages tell, in superuser mode: nobody's right
        decides what became of a mail.
        """
        notices = self.sudo()
        if not messages:
            return notices
        return notices.search([("mail_message_id", "in", messages.ids)])

    def _plan_retry(self):
        """Say when the mail is tried again, before it is handed over.

        Beforehand, so that it also holds where nothing comes back: the worker may be
        killed while it talks to the mail server.
        """
        now = fields.Datetime.now()
        for notice in self:
            minutes = RETRY_MINUTES[min(notice.retry_count, len(RETRY_MINUTES) - 1)]
            notice.write(
                {
                    "retry_count": notice.retry_count + 1,
                    "next_retry_date": now + timedelta(minutes=minutes),
                }
            )

    def _record_failure(self, notification=None, reason=None):
        """Keep why a mail failed; whether it is tried again, or somebody is asked.

        :param notification: ``mail.notification`` record, none where no mail was made
        :param str reason: instead of the notification's
        """
        self.ensure_one()
        was_told = self.state == "told"
        is_address = not reason and (not notification or notification._is_final())
        self.write(
            {
                "state": "failed",
                "failed_since": self.failed_since or fields.Datetime.now(),
                "failure_reason": shorten(
                    reason or self._get_failure_words(notification), REASON_LENGTH
                ),
                "told_date": False,
                "told_by_id": False,
            }
        )
        if not is_address and not self.next_retry_date:
            self._plan_retry()
        if is_address or self.next_retry_date > self._get_last_retry_date():
            self._give_up()
        if was_told:
            self.ticket_id._customer_not_reached(self)

    def _get_last_retry_date(self):
        return (self.failed_since or fields.Datetime.now()) + timedelta(days=RETRY_DAYS)

    def _get_failure_words(self, notification):
        """Why it failed, in the words of whoever is asked to do something about it."""
        ticket = self.ticket_id
        lang = ticket._get_responsible_user().lang or ticket.company_id.complaint_lang
        env = self.with_context(lang=lang).env
        if not notification:
            return env._("the contact is archived, or has no address that takes mail")
        raw = notification.failure_reason or ""
        if notification.notification_status == "bounce":
            return env._("the mail came back: %(words)s", words=" ".join(raw.split()))
        if reply := SMTP_REPLY.search(raw):
            return env._(
                "the mail server refused it: %(code)s %(words)s",
                code=reply[1],
                words=" ".join(reply[3].replace("\\n", " ").split()),
            )
        names = notification._fields["failure_type"]._description_selection(env)
        name = dict(names).get(notification.failure_type)
        if notification.failure_type == "unknown":
            name = ""
        return ": ".join(filter(None, (name, " ".join(raw.split())))) or env._(
            "unknown error"
        )

    def _give_up(self):
        """No mail will reach him: somebody has to, another way."""
        self.next_retry_date = False
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
        complaint is recorded already. One by one, each with its own commit: what was
        handed to the mail server must not be forgotten because of the next one.
        """
        tickets, notices = self._get_due(BATCH_SIZE)
        due = [
            *((ticket, "_send_receipt") for ticket in tickets),
            *((notice, "_retry") for notice in notices),
        ]
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for record, method in due:
            # another worker may have done it since
            locked = record.try_lock_for_update()
            if locked.filtered_domain(locked._get_telling_domain()):
                locked._isolate_telling(method)
            if not self.env["ir.cron"]._commit_progress(1):
                break
        if len(tickets) == BATCH_SIZE or len(notices) == BATCH_SIZE:
            self.env.ref("klikumkm_complaint.ir_cron_tell")._trigger()
        self.env["mail.mail"]._retry_desk_mails()

    @api.model
    def _get_due(self, limit):
        """Complaints whose receipt is due, and notices to be tried again."""
        Ticket = self.env["helpdesk.ticket"]
        tickets = Ticket.search(Ticket._get_telling_domain(), limit=limit, order="id")
        notices = self.search(
            self._get_telling_domain(), limit=limit, order="next_retry_date"
        )
        return tickets, notices

    @api.model
    def _get_telling_domain(self):
        return Domain("next_retry_date", "<=", fields.Datetime.now()) & Domain(
            "state", "!=", "told"
        )

    def _retry(self):
        """Try a mail again, unless that has been done for too long."""
        mails = self._get_unsent_mails()
        if mails != mails.try_lock_for_update():
            # Odoo's own queue is at it; what it then writes here must not fail
            return
        if self.state == "to_tell":
            # handed over, and nothing came back
            self._record_failure(
                reason=self.env._("the mail server did not say what became of it")
            )
        if fields.Datetime.now() >= self._get_last_retry_date():
            self._give_up()
        else:
            self._send_again()

    def _isolate_telling(self, method):
        """Run a step for one record so that a failure stays its own."""
        if isolate(self, method, _logger):
            self._give_up()
