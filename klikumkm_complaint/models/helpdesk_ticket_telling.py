# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Telling the customer: one way for every message, whatever it says, however it goes.

``_tell()`` writes the message in the complaint's language, keeps it as a notice and
sends it where there is an e-mail address; otherwise the notice waits in *To tell* until
somebody says that the customer was told.
"""

import logging
import urllib.parse
from datetime import timedelta

import phonenumbers
from markupsafe import Markup
from psycopg2 import Error as PostgresError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import (
    email_normalize,
    formataddr,
    html2plaintext,
    is_html_empty,
    plaintext2html,
)

from ..tools.isolation import isolate
from .helpdesk_ticket_stage import OPEN_STATUS

_logger = logging.getLogger(__name__)

# More automatic receipts to one address are no person any more.
MAX_RECEIPTS = ((timedelta(hours=1), 5), (timedelta(days=1), 15))
# RFC 3834; Microsoft's servers want the second.
AUTOMATIC_HEADERS = {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
}
MAIL_LAYOUT = "klikumkm_complaint.mail_complaint_layout"


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    notice_ids = fields.One2many(
        comodel_name="klikumkm.complaint.notice",
        inverse_name="ticket_id",
        string="Told",
        groups="base.group_user",
    )
    is_to_tell = fields.Boolean(
        string="To tell",
        compute="_compute_is_to_tell",
        search="_search_is_to_tell",
        groups="base.group_user",
        help="Something waits to be told to the customer, or did not reach him.",
    )
    is_receipt_due = fields.Boolean(
        readonly=True,
        copy=False,
        help="The receipt is to be sent; done apart from intake, within a minute.",
    )
    reopen_until_date = fields.Datetime(
        string="Can be reopened until", readonly=True, copy=False
    )

    _receipt_due_idx = models.Index("(id) WHERE is_receipt_due")

    # === TEMPLATES === #
    @api.model
    def mail_allowed_qweb_expressions(self):
        # The language of every shipped template: without it nobody but Odoo's template
        # editors could save the text of an answer (mail/models/mail_render_mixin.py).
        return (*super().mail_allowed_qweb_expressions(), "object.lang")

    # === COMPUTE METHODS === #
    @api.depends("notice_ids.state", "notice_ids.active")
    def _compute_is_to_tell(self):
        tickets = self._filter_by_notices(self._get_to_tell_domain())
        for ticket in self:
            ticket.is_to_tell = ticket._origin in tickets

    def _filter_by_notices(self, domain):
        """Those of these complaints that have a notice of the domain, by one query."""
        groups = self.env["klikumkm.complaint.notice"]._read_group(
            domain & Domain("ticket_id", "in", self.ids), ["ticket_id"]
        )
        return self.browse().union(*(row[0] for row in groups))

    def _search_is_to_tell(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("notice_ids", "any", self._get_to_tell_domain())

    @api.model
    def _get_to_tell_domain(self):
        """Notices that somebody has to act on: untold and not on their way."""
        return Domain("state", "=", "failed") | (
            Domain("state", "=", "to_tell") & Domain("mail_message_id", "=", False)
        )

    # === WHO AND WHERE === #
    def _get_customer_email(self):
        """The address that messages go to, or an empty string."""
        self.ensure_one()
        ticket = self.sudo()  # one address, for whoever tells
        return (
            email_normalize(ticket.partner_id.email or "", strict=False)
            or email_normalize(ticket.partner_email or "", strict=False)
            or ""
        )

    def _get_whatsapp_number(self):
        """The digits of the customer's number for wa.me, or an empty string."""
        self.ensure_one()
        phone = self.partner_phone or self.sudo().partner_id.phone
        world = phone and self._phone_format_number(
            phone, self.company_id.complaint_country_id
        )
        return world[1:] if world and world.startswith("+") else ""

    def _get_whatsapp_url(self, text):
        number = self._get_whatsapp_number()
        query = urllib.parse.urlencode({"text": text}, quote_via=urllib.parse.quote)
        return f"https://wa.me/{number}?{query}"

    def _get_personal_link(self):
        """The address of the customer's page that opens without a login.

        Shown to the customer, never kept in a text: whoever has it reads the page.
        """
        self.ensure_one()
        ticket = self.sudo()  # makes the token where there is none yet
        # opens in the customer's language, whatever his browser's is
        lang = self.env["res.lang"]._get_data(code=ticket.lang or False)
        prefix = f"/{lang.url_code}" if lang.url_code else ""
        return ticket.get_base_url() + prefix + ticket.get_portal_url()

    def _get_default_medium(self):
        """How this customer can be told: by mail, else by his number, else by post."""
        self.ensure_one()
        if self._get_customer_email():
            return "email"
        if self._has_mobile_number():
            return "whatsapp"
        if self.partner_phone or self.sudo().partner_id.phone:
            return "phone"
        return "letter"

    def _has_mobile_number(self):
        """Whether the number may have WhatsApp: an office's line has not."""
        try:
            number = phonenumbers.parse(f"+{self._get_whatsapp_number()}")
        except phonenumbers.NumberParseException:
            return False
        return phonenumbers.number_type(number) not in (
            phonenumbers.PhoneNumberType.FIXED_LINE,
            phonenumbers.PhoneNumberType.TOLL_FREE,
            phonenumbers.PhoneNumberType.UAN,
        )

    def _get_responsible_user(self):
        """Who is asked to act: the owner or who stands in for him, else a lead.

        :return: ``res.users`` record, empty only where nobody at all is left
        """
        self.ensure_one()
        ticket = self.sudo()  # whoever acts, somebody must be asked
        owner = ticket.user_id
        if owner and (present := owner._get_complaint_stand_in()):
            return present
        return ticket.company_id._get_present_complaint_leads(ticket.team_id)[:1]

    # === WHEN === #
    def _add_working_days(self, start, days):
        """Hook: the moment that lies so many working days after another one.

        :param datetime start: naive UTC
        :return: naive UTC; calendar days as long as no clock is installed
        """
        self.ensure_one()
        return start + timedelta(days=days)

    # === MOVING === #
    def _move_to(self, status, vals=None, at=None):
        """Move complaints to a status, after the caller checked that it may be.

        :param str status: key of ``STAGE_STATUS``
        :param dict vals: further values written with it
        :param datetime at: the moment from which it counts (naive UTC), by default now
        """
        groups = self.sudo().grouped(
            lambda ticket: (ticket.team_id, at and ticket._get_moment_not_before(at))
        )
        for (team, moment), tickets in groups.items():
            stage = team._get_applicable_stages().filtered(
                lambda stage: stage.status == status
            )[:1]
            if not stage:
                raise UserError(
                    self.env._(
                        "There is no stage for this step. Ask a manager to add one "
                        "(Configuration ▸ Stages)."
                    )
                )
            tickets.with_context(complaint_now=moment).write(
                {**(vals or {}), "stage_id": stage.id}
            )
        return True

    def _get_moment_not_before(self, moment):
        """Hook: the moment, or the last one that is known to be later than it.

        What somebody says happened earlier cannot come before what was recorded since.

        :param datetime moment: naive UTC
        """
        self.ensure_one()
        return max(moment, self.received_date)

    # === TELLING === #
    def _tell(
        self,
        kind,
        template=None,
        *,
        subject=None,
        body=None,
        text=None,
        attachments=None,
        next_status=False,
        promised_date=None,
        medium=None,
        told=None,
        is_automatic=False,
        values=None,
        each=None,
        response=None,
        is_sent=True,
    ):
        """Tell the customers something; the one way to do so.

        Runs as superuser after a check: whoever may write the complaint may tell its
        customer.

        :param str kind: key of ``NOTICE_KIND``
        :param template: ``mail.template`` record or xmlid; a missing one is no reason
            to tell nothing (see :meth:`_get_plain_message`)
        :param str subject: instead of the template's; likewise body and text
        :param attachments: ``ir.attachment`` records that go with the message
        :param str next_status: where the complaint goes once the customer is told
        :param datetime promised_date: the date that the message names (naive UTC)
        :param str medium: key of ``NOTICE_MEDIUM``, by default what reaches him
        :param dict told: ``medium``, ``date``, ``remark`` of what was told already,
            and the ``mail.message`` where it was one
        :param dict values: what templates get from ``_get_message_values()``; an
            ``old_date`` and a ``new_date`` among them are what the notice replaces and
            what it promises (False: it names no date)
        :param dict each: by ticket id, values of that complaint alone
        :param bool is_sent: no: the messages wait in *To tell* for a person to send
        :param response: ``klikumkm.complaint.response`` that is told
        :return: ``klikumkm.complaint.notice`` records, one for each complaint
        """
        if not self.env.su:
            self.check_access("write")
        messages = self._render_message(kind, template, values, each)
        vals_list = []
        for ticket in self:
            message = messages[ticket.id]
            dates = {**(values or {}), **(each or {}).get(ticket.id, {})}
            chosen = medium
            if chosen == "email" and not ticket._get_customer_email():
                chosen = None
            vals_list.append(
                {
                    "ticket_id": ticket.id,
                    "kind": kind,
                    "medium": (told or {}).get("medium")
                    or chosen
                    or ticket._get_default_medium(),
                    "subject": subject or message["subject"],
                    "body": message["body"] if body is None else body,
                    "text": message["text"] if text is None else text,
                    "promised_date": promised_date
                    or dates.get("new_date", message["promised_date"]),
                    "previous_date": dates.get("old_date"),
                    "next_status": next_status,
                    "is_automatic": is_automatic,
                    "response_id": response.id if response else False,
                }
            )
        notices = self.env["klikumkm.complaint.notice"].sudo().create(vals_list)
        for notice in notices:
            if attachments:
                notice.attachment_ids = attachments.sudo()._copy_to_complaint(
                    notice.ticket_id
                )
        if told:
            notices._tell_otherwise(
                told["medium"],
                told.get("date") or fields.Datetime.now(),
                told.get("remark"),
                message=told.get("message"),
            )
        elif is_sent:
            notices.filtered(lambda n: n.medium == "email")._send_email()
        return notices

    def _render_message(self, kind, template=None, values=None, each=None):
        """Subject, body, short text and promised date for each complaint.

        In the complaint's language; a template that is gone or broken gives way to
        :meth:`_get_plain_message`.

        :rtype: dict of ticket id to dict
        """
        if not self.env.su:
            self.check_access("read")
        if isinstance(template, str):
            template = self.env.ref(template, raise_if_not_found=False)
        template = template and template.sudo().exists()
        messages = {}
        for lang, tickets in self.sudo().grouped("lang").items():
            lang = lang or self.env.lang
            tickets = tickets.with_context(
                lang=lang,
                complaint_values={
                    # what was chosen in the agent's language is named in the customer's
                    key: value.with_context(lang=lang).sudo()
                    if isinstance(value, models.BaseModel)
                    else value
                    for key, value in (values or {}).items()
                },
                complaint_values_of=each or {},
            )
            rendered = {}
            if template:
                rendered = tickets._render_template_safely(template)
            for ticket in tickets:
                message = {
                    **ticket._get_plain_message(values),
                    **rendered.get(ticket.id, {}),
                }
                message["subject"] = " ".join(message["subject"].split())
                message["promised_date"] = ticket._get_promised_date()
                messages[ticket.id] = message
        return messages

    def _render_template_safely(self, template):
        """The template's texts, without those that are empty or cannot be rendered.

        :rtype: dict of ticket id to dict
        """
        template = template.with_env(self.env)
        messages = {ticket.id: {} for ticket in self}
        for key, name in (
            ("subject", "subject"),
            ("body", "body_html"),
            ("text", "complaint_text"),
        ):
            try:
                with self.env.cr.savepoint():
                    texts = template._render_field(name, self.ids)
            except PostgresError:
                raise
            except Exception:  # whatever a manager wrote into a template
                _logger.exception("Template %s cannot be rendered", template.id)
                continue
            for ticket_id, text in texts.items():
                if key == "body" and not is_html_empty(text):
                    messages[ticket_id][key] = text
                elif key != "body" and (text or "").strip():
                    messages[ticket_id][key] = text.strip()
        for message in messages.values():
            # the plain message's text says nothing of what this template tells
            if "body" in message:
                message.setdefault("text", html2plaintext(message["body"]).strip())
            else:
                message.pop("text", None)
        return messages

    def _get_plain_message(self, values=None):
        """What is told where no template is left: how the complaint stands, and ours.

        :rtype: dict
        """
        self.ensure_one()
        answer = (values or {}).get("answer") or (values or {}).get("message") or ""
        sentence = self._get_status_sentence()
        body = Markup("<p>%s</p><p>%s</p>%s") % (
            self.env._("Number: %(number)s", number=self.number),
            sentence,
            answer,
        )
        return {
            "subject": f"[{self.number}] {self.name}",
            "body": body,
            "text": f"{html2plaintext(answer)}\n{sentence}".strip(),
        }

    def _post_notice(self, notice):
        """Put a notice into the conversation; Odoo sends it to the customer alone.

        :return: ``mail.message`` record
        """
        self.ensure_one()
        ticket = self.sudo()
        partner = ticket.partner_id
        if not partner.email and ticket.partner_email:
            partner.email = ticket.partner_email
        author = notice.create_uid
        if self._is_by_robot(notice):
            author = author.browse()
        return ticket._in_notice_context(notice).message_post(
            body=Markup(notice.body or ""),
            subject=notice.subject,
            message_type="comment" if author else "auto_comment",
            subtype_xmlid="mail.mt_comment",
            author_id=(author or ticket.company_id).partner_id.id,
            # what the customer reads is the team, whoever pressed the button
            email_from=ticket._get_team_email_from(),
            attachment_ids=notice.attachment_ids.ids,
            email_layout_xmlid=MAIL_LAYOUT,
            email_add_signature=False,
            **ticket._get_notice_recipients(),
            **ticket._get_notify_values(notice),
        )

    def _notify_notice_again(self, notice):
        """Send the mail of a notice once more, to the customer as he is known now.

        :return: ``mail.message`` record, the same
        """
        self.ensure_one()
        ticket = self.sudo()
        message = notice.mail_message_id.sudo()
        message.notification_ids.unlink()
        recipients = ticket._get_notice_recipients()
        message.write(
            {
                "partner_ids": [Command.set(recipients["partner_ids"])],
                "outgoing_email_to": recipients["outgoing_email_to"],
                "email_from": ticket._get_team_email_from() or message.email_from,
            }
        )
        ticket._in_notice_context(notice)._notify_thread(
            message, **ticket._get_notify_values(notice)
        )
        return message

    def _is_by_robot(self, notice):
        """Whether nobody at the desk pressed a button to send it."""
        return notice.is_automatic or not (
            notice.create_uid
            and not notice.create_uid.share
            and notice.create_uid != self.env.ref("base.user_root")
        )

    def _in_notice_context(self, notice):
        return self.with_context(
            complaint_notice=notice.id,
            lang=self.lang or self.env.lang,
            # jobs and server actions would leave it to Odoo's queue, once an hour
            mail_notify_force_send=True,
        )

    def _get_notice_recipients(self):
        """To whom a notice goes: the contact, else the complaint's bare address."""
        self.ensure_one()
        partner = self.partner_id
        if partner.active and email_normalize(partner.email or "", strict=False):
            return {"partner_ids": partner.ids, "outgoing_email_to": False}
        return {
            "partner_ids": [],
            "outgoing_email_to": self._get_customer_email(),
        }

    def _get_notify_values(self, notice):
        """What Odoo is told about the mail of a notice."""
        self.ensure_one()
        headers = {}
        if self._is_by_robot(notice):
            headers.update(AUTOMATIC_HEADERS)
        if notice.kind == "receipt" and (first := self._get_first_mail()):
            # below the customer's own mail in his mailbox
            headers["In-Reply-To"] = first.message_id
        return {
            "force_email_lang": self.lang,
            "notify_skip_followers": True,
            # a complaint may be a colleague's own
            "notify_author": True,
            "mail_headers": headers,
        }

    def _get_first_mail(self):
        """The customer's mail that the complaint was made from, if it was one."""
        return (
            self.env["mail.message"]
            .sudo()  # only its Message-Id is used
            .search(
                Domain("model", "=", self._name)
                & Domain("res_id", "=", self.id)
                & Domain("message_type", "=", "email"),
                order="id",
                limit=1,
            )
        )

    def _get_team_email_from(self):
        """Who messages come from: the team's mailbox, else an address of the company.

        :return: False where the company has none at all
        """
        self.ensure_one()
        team, company = self.team_id, self.company_id
        address = (
            ("alias_email" in team._fields and team.alias_email)
            or email_normalize(company.email or "", strict=False)
            or company.alias_domain_id.default_from_email
            or company.catchall_email
        )
        return formataddr((company.name, address)) if address else False

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(
            message, msg_vals=msg_vals, **kwargs
        )
        # A reply to what the company wrote by itself would go to the company's own
        # mailbox, where it may well be taken for another complaint.
        company = self.sudo().company_id.partner_id - self.sudo().partner_id
        recipients = [data for data in recipients if data["id"] not in company.ids]
        if self.env.context.get("complaint_notice"):
            for recipient in recipients:
                # in the complaint's language, whatever the contact's own is; by mail,
                # whatever a colleague chose for himself
                recipient["lang"] = self.lang or recipient["lang"]
                recipient["notif"] = "email"
        return recipients

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if self.env.context.get("complaint_notice"):
            # its only recipient is the customer: his page opens from there
            for _name, _applies, values in groups:
                values["has_button_access"] = True
        return groups

    def _log_told(self, notice):
        """What was not told by mail, for the conversation that the customer reads.

        :return: ``mail.message`` record
        """
        self.ensure_one()
        ticket = self.sudo().with_context(lang=self.lang or self.env.lang)
        medium = dict(notice._fields["medium"]._description_selection(ticket.env))
        return ticket.message_post(
            body=Markup("<p><b>%s</b></p>%s")
            % (
                f"{notice.subject} ({medium[notice.medium]}, "
                f"{ticket._format_customer_date(notice.told_date)})",
                Markup(notice.body or ""),
            ),
            attachment_ids=notice.attachment_ids.ids,
            author_id=(notice.told_by_id or self.env.user).partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            notify_skip_followers=True,
        )

    def _customer_told(self, notices):
        """Hook: these notices reached their customers just now."""

    def _customer_not_reached(self, notices):
        """Hook: these notices counted as told, and their mails came back."""

    def _apply_notice(self, notice):
        """Hook: what follows once a notice is told, or its mail is on its way."""
        self.ensure_one()
        if notice.next_status and notice.next_status != self.status:
            self._move_to(notice.next_status)

    # === REACHING HIM ANOTHER WAY === #
    def _ask_to_tell_otherwise(self, notices):
        """An activity for whoever is responsible: the mail does not arrive."""
        for notice in notices:
            ticket = notice.ticket_id
            ticket._ask_to_reach_customer(
                lambda env, subject=notice.subject: env._(
                    "Reach the customer another way: %(subject)s", subject=subject
                ),
                notice.failure_reason,
            )

    def _ask_to_reach_customer(self, get_summary, reason=None):
        """An activity for whoever is responsible, unless it is there already.

        :param get_summary: takes an environment in that person's language
        :param str reason: plain text
        """
        self.ensure_one()
        ticket = self.sudo()  # whoever tells, somebody else may have to go on
        activity_type = "klikumkm_complaint.activity_type_reach_customer"
        if ticket.activity_search([activity_type]):
            return
        user = ticket._get_responsible_user() or self.env.user
        ticket.activity_schedule(
            activity_type,
            summary=get_summary(ticket.with_context(lang=user.lang).env),
            note=plaintext2html(reason or ""),
            user_id=user.id,
        )

    def _is_mail_wanted(self, message):
        """Whether the mail of a message of the conversation is still to be sent.

        :param message: ``mail.message`` record
        """
        self.ensure_one()
        is_deleted = message._filter_empty()
        return not is_deleted and not self._is_marked_not_complaint()

    def _give_up_mail(self, message, failed):
        """What an agent wrote does not reach the customer.

        :param message: ``mail.message`` record
        :param failed: its ``mail.notification`` records
        """
        self.ensure_one()
        subject = message.subject or self.name
        if self.partner_id not in failed.res_partner_id:
            return  # a colleague who follows the complaint
        self._ask_to_reach_customer(
            lambda env: env._(
                "Reach the customer another way: %(subject)s", subject=subject
            ),
            self._get_mail_failure_words(failed[:1]),
        )

    def _get_mail_failure_words(self, notification):
        """Why a mail of the complaint failed, for whoever is asked to do something."""
        self.ensure_one()
        notice = self.env["klikumkm.complaint.notice"].sudo()  # words alone, not kept
        return notice.new({"ticket_id": self.id})._get_failure_words(notification)

    def _close_telling_activities(self):
        """Nothing is left to tell: the activity that asked for it is done."""
        for ticket in self.sudo():
            if not ticket.is_to_tell:
                ticket.activity_unlink(
                    ["klikumkm_complaint.activity_type_reach_customer"]
                )

    # === RECEIPT === #
    @api.model
    def _is_receipt_due_for(self, ticket):
        """Whether a receipt goes out by itself: written channels, never to robots."""
        return (
            ticket.channel_id.communication_mode == "written"
            and not ticket.is_robot_mail
            and ticket.status in OPEN_STATUS
        )

    def _request_receipts(self):
        """Note whose receipt is due; a job sends them, apart from intake."""
        context = self.env.context
        if any(
            context.get(key)
            for key in ("install_mode", "import_file", "complaint_no_receipt")
        ):
            return
        due = self.filtered(self._is_receipt_due_for)
        if due:
            due._write_silently({"is_receipt_due": True})
            self.env.ref("klikumkm_complaint.ir_cron_tell")._trigger()

    @api.model
    def _get_telling_domain(self):
        return Domain("is_receipt_due", "=", True)

    def _send_receipt(self):
        """Tell the customer that his submission is recorded, once."""
        self.ensure_one()
        self._write_silently({"is_receipt_due": False})
        if not self._is_receipt_due_for(self) or self.notice_ids.filtered(
            lambda notice: notice.kind == "receipt"
        ):
            return
        self._tell(
            "receipt",
            "klikumkm_complaint.mail_template_receipt",
            is_automatic=True,
            # a flood stands in To tell, where a person decides
            medium="letter" if self._is_receipt_flood() else None,
        )

    def _is_receipt_flood(self):
        """Whether this address got so many receipts that a robot must be behind it."""
        email = self._get_customer_email()
        if not email:
            return False
        now = fields.Datetime.now()
        notices = self.env["klikumkm.complaint.notice"].sudo()
        return any(
            notices.search_count(
                Domain("kind", "=", "receipt")
                & Domain("recipient", "=", email)
                & Domain("create_date", ">=", now - period),
                limit=limit,
            )
            >= limit
            for period, limit in MAX_RECEIPTS
        )

    def _isolate_telling(self, method):
        """Run a step for one complaint so that a failure stays its own."""
        if error := isolate(self, method, _logger):
            self._write_silently({"is_receipt_due": False})
            self._ask_to_reach_customer(
                lambda env: env._("The receipt could not be made: tell the customer"),
                str(error),
            )
