# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Requests to other units: asked and answered in a thread of their own.

The customer never sees it, and who is asked never sees the complaint: he gets the
question, the files that the agent chose, and his own mail thread. The answer comes by
replying to that mail (models/mail_thread.py finds the request) or in his own list.
"""

import re

import lxml.html
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import (
    email_normalize,
    email_normalize_all,
    html2plaintext,
    is_html_empty,
    plaintext2html,
)
from odoo.tools.mail import unfold_references

COORDINATION_KIND = [
    ("question", "Question"),
    ("action", "Do something now"),
]
COORDINATION_STATE = [
    ("asked", "Waiting for the unit"),
    ("answered", "Answered"),
    ("withdrawn", "Withdrawn"),
]
MAIL_LAYOUT = "klikumkm_complaint.mail_unit_layout"
MAIL_FAILED = ("bounce", "exception")
# Through these a request changes the complaint's form of help.
FACT_SOURCES = {"needs_coordination", "state", "ticket_id"}
# What only the steps of a request write: asking, answering, withdrawing.
STEP_FIELDS = {
    "answer",
    "answer_author",
    "answer_date",
    "answer_file_ids",
    "answered_by_id",
    "asked_by_id",
    "asked_date",
    "mail_message_id",
    "name",
    "state",
    "ticket_id",
    "withdrawn_reason",
}
# What the unit was asked stays as it was sent.
ASKED_FIELDS = {"about", "attachment_ids", "kind", "question", "unit_id", "user_id"}
# [HT00009/U2] in the subject of a mail
SUBJECT_PATTERN = re.compile(r"\[([^\[\]\s]{1,40}/U\d{1,6})\]")


class ComplaintCoordination(models.Model):
    _name = "klikumkm.complaint.coordination"
    _inherit = ["mail.thread"]
    _description = "Request to a Unit"
    _order = "due_date, id"

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
        index=True,
        default="/",
        help="The complaint's number and which of its requests this is.",
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    # All that a colleague without the right to the complaint learns of it.
    ticket_number = fields.Char(
        string="Complaint number", compute="_compute_ticket_info", compute_sudo=True
    )
    ticket_subject = fields.Char(
        string="Subject", compute="_compute_ticket_info", compute_sudo=True
    )
    about = fields.Char(
        string="Customer",
        readonly=True,
        help="Who it is about, as far as the unit must know it.",
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    unit_id = fields.Many2one(
        comodel_name="klikumkm.complaint.unit",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person asked",
        readonly=True,
        index="btree_not_null",
        tracking=True,
    )
    kind = fields.Selection(
        selection=COORDINATION_KIND, required=True, default="question", readonly=True
    )
    question = fields.Html(required=True, readonly=True)
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="klikumkm_complaint_coordination_file_rel",
        string="Files",
        readonly=True,
        copy=False,
        help="Copies of those files of the complaint that the unit may see.",
    )
    due_date = fields.Datetime(string="Answer by", required=True, tracking=True)
    needs_coordination = fields.Boolean(
        string="Needs coordination",
        tracking=True,
        help="The complaint counts as coordination with another unit as long as this "
        "request is not withdrawn: its standard is then 1-20 working days.",
    )
    state = fields.Selection(
        selection=COORDINATION_STATE,
        default="asked",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    asked_date = fields.Datetime(
        string="Asked at", default=fields.Datetime.now, readonly=True, copy=False
    )
    asked_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Asked by",
        default=lambda self: self.env.user,
        readonly=True,
        index=True,
        copy=False,
    )
    answer = fields.Html(readonly=True, copy=False, sanitize="email_outgoing")
    answer_file_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="klikumkm_complaint_coordination_answer_file_rel",
        string="Files of the answer",
        readonly=True,
        copy=False,
    )
    answer_date = fields.Datetime(string="Answered at", readonly=True, copy=False)
    answered_by_id = fields.Many2one(
        comodel_name="res.users", string="Answered by", readonly=True, copy=False
    )
    answer_author = fields.Char(string="Who answered", readonly=True, copy=False)
    withdrawn_reason = fields.Char(
        string="Why withdrawn", readonly=True, copy=False, tracking=True
    )
    mail_message_id = fields.Many2one(
        comodel_name="mail.message",
        string="Last mail to the unit",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    answer_preview = fields.Char(string="Answer in short", compute="_compute_preview")
    is_overdue = fields.Boolean(
        string="Unit overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
    )
    mail_problem = fields.Char(
        string="Mail problem",
        compute="_compute_mail_problem",
        compute_sudo=True,
        help="Why the request may not have reached the unit.",
    )
    can_answer = fields.Boolean(compute="_compute_rights")
    can_manage = fields.Boolean(compute="_compute_rights")

    _open_idx = models.Index("(ticket_id, due_date) WHERE state = 'asked'")

    # === COMPUTE METHODS === #
    @api.depends("ticket_id.number", "ticket_id.name")
    def _compute_ticket_info(self):
        for request in self:
            request.ticket_number = request.ticket_id.number
            request.ticket_subject = request.ticket_id.name

    @api.depends("answer", "withdrawn_reason")
    def _compute_preview(self):
        for request in self:
            text = " ".join(html2plaintext(request.answer or "").split())
            text = text or request.withdrawn_reason or ""
            request.answer_preview = text if len(text) <= 100 else f"{text[:99]}…"

    @api.depends("state", "due_date")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for request in self:
            request.is_overdue = bool(
                request.state == "asked" and request.due_date and request.due_date < now
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("state", "=", "asked") & Domain(
            "due_date", "<", fields.Datetime.now()
        )

    @api.depends("mail_message_id.notification_ids.notification_status")
    @api.depends_context("lang")
    def _compute_mail_problem(self):
        for request in self:
            notifications = request.mail_message_id.notification_ids
            failed = notifications.filtered(
                lambda n: n.notification_status in MAIL_FAILED
            )
            problem = False
            if failed:
                problem = self.env._(
                    "The mail did not reach %(recipients)s.",
                    recipients=", ".join(
                        n.res_partner_id.display_name or n.mail_email_address or "?"
                        for n in failed
                    ),
                )
            elif request.state == "asked" and not notifications:
                problem = self.env._("The request was not sent by mail.")
            request.mail_problem = problem

    @api.depends("user_id", "unit_id", "state")
    @api.depends_context("uid")
    def _compute_rights(self):
        managed = self._filtered_access("write")
        for request in self:
            request.can_answer = request._is_made_to(self.env.user)
            request.can_manage = request in managed

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        tickets = self.env["helpdesk.ticket"].browse(
            {vals.get("ticket_id") for vals in vals_list} - {None, False}
        )
        if not self.env.su:
            # a request is made for a complaint by whoever works on it
            tickets.check_access("write")
            for vals in vals_list:
                self._check_unprotected(
                    name for name in STEP_FIELDS - {"ticket_id"} if vals.get(name)
                )
        tickets_sudo = tickets.sudo()  # to number the requests and compare the facts
        self._prepare_names(vals_list, tickets_sudo)
        self._prepare_due_dates(vals_list)
        # nobody follows: the unit gets its own mails, the owner an activity
        requests = self.with_context(mail_create_nosubscribe=True)
        with tickets_sudo._watch_facts():
            return super(ComplaintCoordination, requests).create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_unprotected((STEP_FIELDS | ASKED_FIELDS) & vals.keys())
        if not FACT_SOURCES & vals.keys():
            return super().write(vals)
        # only the facts are compared, which nobody reads here
        tickets_sudo = self.sudo().ticket_id
        tickets_sudo |= tickets_sudo.browse(vals.get("ticket_id") or [])
        with tickets_sudo._watch_facts():
            return super().write(vals)

    def unlink(self):
        with self.sudo().ticket_id._watch_facts():
            return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        raise UserError(
            self.env._("Requests to units are never deleted. Withdraw it instead.")
        )

    @api.model
    def _check_unprotected(self, names):
        """Refuse what only asking, answering and withdrawing write.

        :param names: names of fields that were given from outside
        :raise AccessError: there are such
        """
        protected = sorted(names)
        if protected:
            raise AccessError(
                self.env._(
                    "%(fields)s: written by the system alone.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in protected
                    ),
                )
            )

    @api.model
    def _prepare_names(self, vals_list, tickets):
        """Number the requests of each complaint: HT00009/U1, HT00009/U2."""
        counts = {
            ticket.id: count
            for ticket, count in self.sudo()._read_group(
                [("ticket_id", "in", tickets.ids)], ["ticket_id"], ["__count"]
            )
        }
        number_of = {ticket.id: ticket.number for ticket in tickets}
        for vals in vals_list:
            ticket_id = vals.get("ticket_id")
            if ticket_id:
                counts[ticket_id] = counts.get(ticket_id, 0) + 1
                vals["name"] = f"{number_of[ticket_id]}/U{counts[ticket_id]}"

    @api.model
    def _prepare_due_dates(self, vals_list):
        """Fill when to answer, if nobody said: after the unit's usual working days."""
        now = fields.Datetime.now()
        tickets_sudo = self.env["helpdesk.ticket"].sudo()  # their operating hours
        for vals in vals_list:
            if not vals.get("due_date") and vals.get("ticket_id"):
                unit = self.env["klikumkm.complaint.unit"].browse(vals.get("unit_id"))
                ticket = tickets_sudo.browse(vals["ticket_id"])
                vals["due_date"] = ticket._add_working_days(
                    now, unit.default_due_days or 1
                )

    # === WHO === #
    @api.model
    def _get_made_to_domain(self, user):
        """Requests that were made to a person: by name, or as one of the unit.

        The record rule of base.group_user says the same.

        :param user: ``res.users`` record
        :rtype: odoo.fields.Domain
        """
        return (
            Domain("user_id", "=", user.id)
            | Domain("unit_id.head_id", "=", user.id)
            | Domain("unit_id.member_ids", "in", user.ids)
        )

    def _get_people(self):
        """Who may answer: the person asked, the unit's head and its members."""
        self.ensure_one()
        unit = self.sudo().unit_id  # names of colleagues, for whoever may see this
        return self.sudo().user_id | unit.head_id | unit.member_ids

    def _is_made_to(self, user):
        self.ensure_one()
        return user in self._get_people()

    def _is_from_unit(self, message):
        """Whether a mail comes from the unit's side: not the desk, not the customer.

        Addresses that Odoo does not know count as the unit's: the mail quoted ours,
        which went to the unit alone.

        :param message: ``mail.message`` record in superuser mode
        :rtype: bool
        """
        self.ensure_one()
        ticket = self.ticket_id
        author = message.author_id
        email = email_normalize(message.email_from or "", strict=False)
        users = author.with_context(active_test=False).user_ids
        if author == self.env.ref("base.partner_root") or (
            self.asked_by_id and self.asked_by_id in users
        ):
            return False
        if self._get_people() & users:
            return True
        if author == ticket.partner_id or self._is_customer_email(email):
            return False
        desk = "helpdesk_mgmt.group_helpdesk_user_own"
        return not any(user.has_group(desk) for user in users)

    def _is_customer_email(self, email):
        """Whether an address is the customer's, and nobody's of the unit."""
        self.ensure_one()
        ticket = self.sudo().ticket_id
        customer = {
            ticket.partner_id.email_normalized,
            email_normalize(ticket.partner_email or "", strict=False),
        } - {False, ""}
        return email in customer and email not in self._get_addresses()

    def _get_addresses(self):
        """All addresses from which the unit may write."""
        self.ensure_one()
        emails = [self.sudo().unit_id.email, *self._get_people().mapped("email")]
        return {
            address for email in emails for address in email_normalize_all(email or "")
        }

    def _get_recipients(self, with_head=False):
        """Where a mail goes: the person named, else the mailbox, else the head.

        :param bool with_head: the head gets it as well
        :return: (``res.partner`` records, addresses separated by commas)
        """
        self.ensure_one()
        request_sudo = self.sudo()  # addresses of colleagues
        return request_sudo.unit_id._get_recipients(request_sudo.user_id, with_head)

    # === ASKING === #
    def _send_request(self):
        """Mail new requests to their units; they stand whether the mail leaves or not.

        To be called in superuser mode, after a check.
        """
        for request in self:
            request._post_to_unit(
                "klikumkm_complaint.mail_unit_request",
                request._get_mail_subject(),
                request.attachment_ids,
            )

    def _get_mail_lang(self):
        """The language of whoever reads the mail."""
        self.ensure_one()
        request_sudo = self.sudo()
        installed = dict(self.env["res.lang"].get_installed())
        person = request_sudo.user_id or request_sudo.unit_id.head_id
        candidates = (person.lang, request_sudo.company_id.complaint_lang)
        return next((lang for lang in candidates if lang in installed), self.env.lang)

    def _get_mail_subject(self, step="ask"):
        """Subject of a mail of the thread; a reply is found by how it begins.

        :param str step: ``ask``, ``remind`` or ``withdraw``
        """
        self.ensure_one()
        request = self.with_context(lang=self._get_mail_lang())
        parts = {"number": request.name, "subject": request.ticket_subject}
        if step == "withdraw":
            return request.env._("[%(number)s] No longer needed: %(subject)s", **parts)
        if step == "remind":
            return request.env._("[%(number)s] Reminder: %(subject)s", **parts)
        if request.kind == "action":
            return request.env._("[%(number)s] Please act now: %(subject)s", **parts)
        return request.env._("[%(number)s] Please answer: %(subject)s", **parts)

    def _get_url(self):
        """Where a colleague with a login answers."""
        self.ensure_one()
        return f"{self.get_base_url()}/odoo/unit-requests/{self.id}"

    def _format_due_date(self):
        self.ensure_one()
        return self.sudo().ticket_id._format_customer_date(self.due_date)

    def _post_to_unit(self, template, subject, files=None, with_head=False, **values):
        """Post a message into the thread that goes to the unit by mail.

        :param str template: xmlid of a QWeb template for the body
        :param files: ``ir.attachment`` records that go with it
        :param values: further values for the template
        :return: ``mail.message`` record
        """
        self.ensure_one()
        lang = self._get_mail_lang()
        request = self.with_context(lang=lang)
        partners, emails = request._get_recipients(with_head)
        body = request.env["ir.qweb"]._render(
            template,
            {
                "request": request,
                "ticket": request.sudo().ticket_id,
                "is_html_empty": is_html_empty,
                **values,
            },
            lang=lang,
            minimal_qcontext=True,
        )
        message = request.with_context(
            complaint_to_unit=True, mail_post_autofollow_author_skip=True
        ).message_post(
            body=body,
            subject=subject,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=partners.ids,
            outgoing_email_to=emails,
            attachment_ids=files.ids if files else [],
            email_layout_xmlid=MAIL_LAYOUT,
            email_add_signature=False,
            force_email_lang=lang,
            notify_skip_followers=True,
            notify_author=True,
        )
        self.sudo().mail_message_id = message
        return message

    def _is_mail_wanted(self, message):
        """Whether a mail to the unit is still to be sent: the last one, unanswered.

        :param message: ``mail.message`` record
        """
        self.ensure_one()
        return self.state != "answered" and message == self.mail_message_id

    def _give_up_mail(self, message, failed):
        """The request does not reach the unit by mail: somebody has to ask otherwise.

        :param message: ``mail.message`` record
        :param failed: its ``mail.notification`` records
        """
        self.ensure_one()
        if self.state != "asked":
            return  # it learns too late that no answer is needed, and that is all
        ticket_sudo = self.sudo().ticket_id
        user = ticket_sudo._get_responsible_user() or self.env.user
        env = self.with_context(lang=user.lang).env
        summary = env._(
            "%(number)s did not reach %(unit)s: ask another way",
            number=self.name,
            unit=self.unit_id.with_env(env).name,
        )
        if summary in ticket_sudo.activity_ids.mapped("summary"):
            return
        ticket_sudo.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=plaintext2html(ticket_sudo._get_mail_failure_words(failed[:1])),
            user_id=user.id,
        )

    # === THE UNIT'S ANSWER === #
    def _record_answer(self, body, author_name, user=None, files=None):
        """Keep an answer and let the complaint go on.

        To be called in superuser mode, after a check.

        :param body: Markup
        :param str author_name: who answered, as it is shown
        :param user: ``res.users`` record, if he has one
        :param files: ``ir.attachment`` records of the request
        """
        self.ensure_one()
        self.write(
            {
                "state": "answered",
                "answer": body,
                "answer_date": fields.Datetime.now(),
                "answered_by_id": user.id if user else False,
                "answer_author": author_name,
                "answer_file_ids": [fields.Command.set(files.ids if files else [])],
            }
        )
        self.ticket_id._note_unit_answer(self)
        self.ticket_id._go_on_after_units(self)

    def _record_reply(self, message):
        """A mail arrived in the thread: the answer, a later word of the unit, or noise.

        To be called in superuser mode.

        :param message: ``mail.message`` record
        """
        self.ensure_one()
        if self.env.context.get("complaint_robot_mail") or not self._is_from_unit(
            message
        ):
            return
        if self.state == "asked":
            author = message.author_id
            user = author.user_ids.filtered(lambda user: not user.share)[:1]
            self._record_answer(
                without_quotes(message.body),
                author.name or message.email_from,
                user,
                message.attachment_ids,
            )
        else:
            self.ticket_id._flag_unit_message(self)

    def action_answer(self, answer, attachment_ids=()):
        """Answer a request that was made to the current user.

        :param str answer: HTML
        :param attachment_ids: ids of files that the current user uploaded
        """
        self.check_access("read")
        for request in self:
            if not request._is_made_to(self.env.user):
                raise AccessError(
                    self.env._(
                        "%(number)s was not made to you or your unit.",
                        number=request.name,
                    )
                )
            request._answer_by_hand(
                answer, attachment_ids, self.env.user.name, self.env.user
            )
        return True

    def action_record_answer(self, answer, author_name, attachment_ids=()):
        """Note an answer that the unit gave by telephone or in person."""
        self.check_access("write")
        for request in self:
            request._answer_by_hand(answer, attachment_ids, author_name)
        return True

    def _answer_by_hand(self, answer, attachment_ids, author_name, user=None):
        self.ensure_one()
        if is_html_empty(answer or "") and not attachment_ids:
            raise UserError(self.env._("Write the answer or attach a file."))
        if self.state == "withdrawn":
            raise UserError(
                self.env._(
                    "%(number)s was withdrawn: no answer is needed any more.",
                    number=self.name,
                )
            )
        # What the current user may see and uploaded himself becomes the request's;
        # the rest runs as superuser: the caller was checked.
        files = self.env["ir.attachment"].search(
            Domain("id", "in", list(attachment_ids))
            & Domain("res_id", "in", (0, False))
            & Domain("create_uid", "=", self.env.uid)
        )
        files_sudo = files.sudo()
        files_sudo.write({"res_model": self._name, "res_id": self.id})
        request_sudo = self.sudo()
        was_asked = request_sudo.state == "asked"
        message = request_sudo.with_context(
            complaint_to_unit=True, mail_post_autofollow_author_skip=True
        ).message_post(
            body=Markup(answer or ""),  # sanitised by the message's field
            message_type="comment",
            subtype_xmlid="mail.mt_comment" if user else "mail.mt_note",
            attachment_ids=files_sudo.ids,
            email_layout_xmlid=MAIL_LAYOUT,
            email_add_signature=False,
        )
        if was_asked:
            request_sudo._record_answer(message.body, author_name, user, files_sudo)
        else:
            request_sudo.ticket_id._flag_unit_message(request_sudo)

    # === STEPS OF THE DESK === #
    def action_chase(self):
        """Remind the units of what they have not answered yet."""
        self.check_access("write")
        waiting = self.filtered(lambda request: request.state == "asked")
        if not waiting:
            raise UserError(self.env._("No unit is waited for."))
        for request in waiting.sudo():  # checked above
            request._post_to_unit(
                "klikumkm_complaint.mail_unit_reminder",
                request._get_mail_subject("remind"),
                request.attachment_ids,
                with_head=request.is_overdue,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Reminder sent to %(units)s.",
                    units=", ".join(waiting.unit_id.mapped("name")),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_send_again(self):
        """Send the request once more, to whom it goes by now."""
        self.check_access("write")
        self.filtered(lambda request: request.state == "asked").sudo()._send_request()
        return True

    def action_ask_again(self, question, due_date=None):
        """Ask once more in the same thread: the answer was not enough.

        :param str question: HTML, what is still missing
        :param datetime due_date: the new date, by default the unit's days from now
        """
        self.check_access("write")
        for request in self.sudo():  # checked above
            if request.state == "withdrawn":
                raise UserError(
                    self.env._(
                        "%(number)s was withdrawn. Make a new request instead.",
                        number=request.name,
                    )
                )
            request.ticket_id._check_can_ask_units()
            request._check_reachable()
            request.write(
                {
                    "state": "asked",
                    "due_date": due_date
                    or request.ticket_id._add_working_days(
                        fields.Datetime.now(), request.unit_id.default_due_days
                    ),
                }
            )
            request._post_to_unit(
                "klikumkm_complaint.mail_unit_ask_again",
                request._get_mail_subject(),
                question=Markup(question or ""),
            )
            request.ticket_id._follow_requests(request)
        return True

    def action_withdraw(self, reason):
        """Take requests back; the units are told why."""
        self.check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why, the unit will read it."))
        self.sudo()._withdraw(reason)  # checked above
        return True

    def _withdraw(self, reason):
        """Take open requests back and tell the units. In superuser mode.

        :param str reason: one sentence that the units read
        """
        waiting = self.filtered(lambda request: request.state == "asked")
        waiting.write({"state": "withdrawn", "withdrawn_reason": reason})
        for request in waiting:
            request._post_to_unit(
                "klikumkm_complaint.mail_unit_withdrawn",
                request._get_mail_subject("withdraw"),
                reason=reason,
            )
        waiting.ticket_id._go_on_after_units(waiting)

    def _check_reachable(self):
        """
        :raise UserError: the request would go to nobody
        """
        for request in self.sudo():  # only whether there is an address
            request.unit_id._check_reachable(request.user_id)

    def action_open_step(self):
        """Open the dialog for a step: answer, ask again, withdraw (context)."""
        self.ensure_one()
        step = self.env.context.get("complaint_step") or "answer"
        names = {
            "answer": self.env._("Answer"),
            "record": self.env._("Record an answer"),
            "ask_again": self.env._("Ask again"),
            "withdraw": self.env._("Withdraw the request"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": names[step],
            "res_model": "klikumkm.complaint.coordination.step",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_coordination_id": self.id,
                "default_step": step,
            },
        }

    def action_open(self):
        """Open one request on the whole screen."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_open_complaint(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "view_mode": "form",
        }

    # === MAIL === #
    @api.model
    def _find_by_reply(self, message_dict):
        """The request that a mail replies to: by what it quotes, else by its subject.

        A subject alone is believed only from an address of the unit.

        :param dict message_dict: the mail as parsed by ``message_parse()``
        :return: record in superuser mode, or an empty recordset
        """
        references = message_dict.get("references") or message_dict.get("in_reply_to")
        quoted = [
            reference.strip()
            for reference in unfold_references(references or "")
            if "reply_to" not in reference
        ][-32:]
        request_sudo = self.sudo().browse()
        if quoted:
            message = (
                self.env["mail.message"]
                .sudo()  # any user's mail server delivers
                .search([("message_id", "in", quoted)], limit=1, order="id desc")
            )
            if message:
                if message.model == self._name:
                    request_sudo = request_sudo.browse(message.res_id).exists()
                return request_sudo
        names = SUBJECT_PATTERN.findall(message_dict.get("subject") or "")
        sender = email_normalize(message_dict.get("email_from") or "", strict=False)
        if names and sender:
            request_sudo = request_sudo.search([("name", "in", names)], order="id desc")
            return request_sudo.filtered(lambda r: sender in r._get_addresses())[:1]
        return request_sudo

    def _notify_get_reply_to(self, default=None, author_id=False):
        """Replies go where the complaint's own mails go: that address surely leads
        into Odoo, whichever of them a mail server was told about.
        """
        tickets_sudo = self.sudo().ticket_id  # only addresses
        reply_to = tickets_sudo._notify_get_reply_to(
            default=default, author_id=author_id
        )
        return {
            request.id: reply_to.get(request.sudo().ticket_id.id) for request in self
        }

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if kwargs.get("notify_skip_followers"):
            # The unit is asked by mail, whatever a colleague prefers for chatter.
            for recipient in recipients:
                recipient["notif"] = "email"
        return recipients

    def message_post(self, *, body="", subject=None, attachments=None, **kwargs):
        # Odoo would store nothing of a very long message
        Ticket = self.env["helpdesk.ticket"]
        subject, body, files = Ticket._cut_long_text(subject, body)
        return super().message_post(
            body=body,
            subject=subject,
            attachments=[*(attachments or ()), *files],
            **kwargs,
        )

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if message.message_type == "email" and not self.env.context.get(
            "complaint_to_unit"
        ):
            # A mail acts for nobody: what it changes is the request alone.
            self.sudo()._record_reply(message.sudo())
        return result

    def _message_auto_subscribe_followers(self, updated_values, default_subtype_ids):
        # the base would make a follower of whoever is asked, and tell him so
        return []

    def _message_add_suggested_recipients(self, force_primary_email=False):
        suggested = super()._message_add_suggested_recipients(
            force_primary_email=force_primary_email
        )
        for request in self:
            partners, emails = request._get_recipients()
            suggested[request.id]["partners"] |= partners
            suggested[request.id]["email_to_lst"] += email_normalize_all(emails)
        return suggested

    def _message_compute_subject(self):
        self.ensure_one()
        return self._get_mail_subject()

    def _notify_thread_with_out_of_office(
        self, message, recipients_data, msg_vals=False, **kwargs
    ):
        # as with complaints: a vacation text answers nothing
        return self.env["mail.message"]


def without_quotes(body):
    """What somebody wrote, without the mails he quotes; all of it if nothing is left.

    :param body: Markup, sanitised, where Odoo marked the quotes
    :return: Markup
    """
    if not body or "data-o-mail-quote" not in body:
        return body
    root = lxml.html.fragment_fromstring(str(body), create_parent="div")
    for node in root.xpath("//*[@data-o-mail-quote]"):
        if node.getparent() is not None:
            node.drop_tree()
    rest = Markup(lxml.html.tostring(root, encoding="unicode"))  # was sanitised
    return body if is_html_empty(rest) or not html2plaintext(rest).strip() else rest
