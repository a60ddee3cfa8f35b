# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""From asking the customer to his verdict: answer, decision, replies, closing.

The wizards collect what a person decides; what follows from it is done here, so that
page, personal link, telephone call and job all do the same.
"""

import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Command, Domain
from odoo.tools import html2plaintext, plaintext2html

from .complaint_coordination import without_quotes
from .helpdesk_ticket_stage import CLOSED_STATUS, OPEN_STATUS

_logger = logging.getLogger(__name__)

# The answer gave the customer what he asked for, or he took it back.
OUTCOME_WITHOUT_RIGHTS = ("granted", "withdrawn")


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    response_ids = fields.One2many(
        comodel_name="klikumkm.complaint.response",
        inverse_name="ticket_id",
        string="Answers",
        groups="base.group_user",
    )
    response_id = fields.Many2one(
        comodel_name="klikumkm.complaint.response",
        string="Last answer",
        compute="_compute_response_id",
        groups="base.group_user",
    )
    needs_written_confirmation = fields.Boolean(
        string="Needs written confirmation",
        compute="_compute_response_id",
        groups="base.group_user",
    )
    is_offer_open = fields.Boolean(
        string="Offer to carry out",
        compute="_compute_response_id",
        search="_search_is_offer_open",
        groups="base.group_user",
    )
    answer_by_date = fields.Datetime(
        string="Customer asked until",
        readonly=True,
        copy=False,
        help="Until when we wait for what we asked the customer.",
    )
    is_answer_overdue = fields.Boolean(
        compute="_compute_is_answer_overdue",
        groups="base.group_user",
        help="The customer was asked and did not answer in time.",
    )
    decision_by_date = fields.Datetime(
        string="Verdict expected by", readonly=True, copy=False
    )
    ruling_by_date = fields.Datetime(
        string="We decide by",
        readonly=True,
        copy=False,
        help="Until when we say what follows from the customer's objection.",
    )
    reminder_date = fields.Datetime(
        string="Reminded at",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the customer is reminded, once.",
    )
    origin_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Follows",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The complaint whose conversation brought this new matter.",
    )

    _reminder_idx = models.Index("(reminder_date) WHERE reminder_date IS NOT NULL")
    _decision_by_idx = models.Index(
        "(decision_by_date) WHERE decision_by_date IS NOT NULL"
    )

    # === COMPUTE METHODS === #
    @api.depends("response_ids.decision", "response_ids.fulfilled_date")
    def _compute_response_id(self):
        for ticket in self:
            last = ticket.response_ids.sorted("id")[-1:]
            ticket.response_id = last
            ticket.needs_written_confirmation = last.needs_written_confirmation
            ticket.is_offer_open = bool(last) and last._is_open_offer()

    @api.depends("answer_by_date", "stage_id")
    def _compute_is_answer_overdue(self):
        now = fields.Datetime.now()
        for ticket in self:
            ticket.is_answer_overdue = (
                ticket.status == "waiting_customer"
                and bool(ticket.answer_by_date)
                and ticket.answer_by_date <= now
            )

    def _search_is_offer_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain(
            "response_ids",
            "any",
            Domain("kind", "=", "offer")
            & Domain("decision", "=", "accepted")
            & Domain("fulfilled_date", "=", False),
        )

    # === GUARDS === #
    def _check_resolution_allowed(self, changes):
        """Resolved means answered: nobody gets there but by the answer's wizard.

        Nor past it: what still runs is not closed without an answer.

        :raise RedirectWarning: opens the wizard for these complaints
        """
        if self.env.su:
            return
        unanswered = self.browse().concat(
            *(
                ticket
                for ticket, old, new in changes
                if (new.status == "resolved" and old.status != "resolved")
                or (new.status == "closed" and old.status in OPEN_STATUS)
            )
        )
        if unanswered:
            action = self.env.ref("klikumkm_complaint.complaint_answer_action")
            raise RedirectWarning(
                self.env._(
                    "%(number)s has not been answered yet. Use the button “Answer & "
                    "resolve”.",
                    number=unanswered[0].number,
                ),
                action.id,
                self.env._("Answer & resolve"),
                {
                    "active_model": self._name,
                    "active_id": unanswered[0].id,
                    "active_ids": unanswered.ids[:1],
                },
            )

    def _check_recorded_status(self):
        """Only managers, who bring in old cases, record what is resolved already.

        :raise AccessError: it has to be answered first
        """
        if self.env.su or self.env.user.has_group(
            "helpdesk_mgmt.group_helpdesk_manager"
        ):
            return
        if any(ticket.status == "resolved" for ticket in self):
            raise AccessError(
                self.env._(
                    "Record the complaint first, then use “Answer & resolve”. Only "
                    "managers bring in what was resolved elsewhere."
                )
            )

    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "answer_by_date",
            "customer_decision",
            "customer_decision_date",
            "customer_decision_reason",
            "decision_by_date",
            "is_receipt_due",
            "origin_id",
            "reminder_date",
            "reopen_until_date",
            "ruling_by_date",
        }

    # === DATES THAT FOLLOW FROM THE STATUS === #
    def _complaint_changed(self, changes):
        result = super()._complaint_changed(changes)
        now = self._get_operation_now()
        moved = [
            (ticket, old.status, new.status)
            for ticket, old, new in changes
            if old.status != new.status
        ]
        for ticket, old, new in moved:
            vals = {}
            if old == "waiting_customer" and ticket.answer_by_date:
                vals.update(answer_by_date=False, reminder_date=False)
            if new in OPEN_STATUS and old not in OPEN_STATUS:
                ticket._withdraw_untold_rulings()
                vals.update(
                    decision_by_date=False,
                    ruling_by_date=False,
                    reminder_date=False,
                    reopen_until_date=False,
                )
                if ticket.customer_decision != "none":
                    vals.update(
                        customer_decision="none",
                        customer_decision_date=False,
                        customer_decision_reason=False,
                    )
            if new in CLOSED_STATUS:
                days = ticket.company_id.complaint_reopen_days
                vals.update(
                    decision_by_date=False,
                    reminder_date=False,
                    reopen_until_date=ticket._add_working_days(now, days),
                )
            if vals:
                ticket._write_silently(vals)
        return result

    # === ASKING THE CUSTOMER === #
    def _wait_for_customer(self, answer_by):
        """The customer was asked: our time stops until he answers.

        :param datetime answer_by: until when we wait (naive UTC)
        """
        self.ensure_one()
        now = fields.Datetime.now()
        days = max(self.company_id.complaint_document_days // 2, 1)
        # a shorter term leaves fewer days until the reminder
        reminders = (self._add_working_days(now, n) for n in range(days, 0, -1))
        vals = {
            "answer_by_date": answer_by,
            "reminder_date": answer_by
            and next((date for date in reminders if date < answer_by), False),
        }
        if self.status == "waiting_customer":
            self._write_silently(vals)
        elif self.status in OPEN_STATUS:
            self._move_to("waiting_customer", vals)

    def _get_status_after_waiting(self):
        """Hook: where a complaint goes once the customer answered."""
        return "in_progress"

    def _record_correspondence(self, message):
        last = self.last_customer_message_date
        result = super()._record_correspondence(message)
        if (
            self.status == "waiting_customer"
            and self.last_customer_message_date != last
            # staff may be complainants; robots never get here
            and not self.env.context.get("complaint_first_message")
        ):
            self._resume_from_customer(self.last_customer_message_date)
        return result

    def _resume_from_customer(self, at=None):
        """The customer answered: our time runs again from that moment."""
        for status, tickets in self.grouped(
            lambda ticket: ticket._get_status_after_waiting()
        ).items():
            tickets._move_to(status, at=at)

    def _log_customer_message(self, text, channel, date, files):
        """Record what the customer said otherwise than by mail or on his page.

        :param str text: plain text
        :param channel: ``helpdesk.ticket.channel`` record, may be empty
        :param datetime date: when he said it (naive UTC)
        :param files: ``ir.attachment`` records
        """
        self.ensure_one()
        ticket = self.sudo()  # the wizard checked the right to write the complaint
        heading = self.env._(
            "Said by the customer (%(channel)s, %(date)s), logged by %(user)s:",
            channel=channel.name or self.env._("no channel"),
            date=self._format_customer_date(date),
            user=self.env.user.name,
        )
        ticket.with_context(complaint_said_at=date).message_post(
            body=Markup("<p><i>%s</i></p>%s") % (heading, plaintext2html(text)),
            author_id=ticket.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=files.sudo()._copy_to_complaint(ticket).ids,
            notify_skip_followers=True,
        )

    def _get_sent_messages(self):
        """What the desk wrote to the customer, latest first, to be named the answer.

        Not what did not reach him: the job sends that again.
        """
        self.ensure_one()
        messages = self.env["mail.message"].search(
            Domain("model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & Domain("message_type", "in", ("comment", "email_outgoing"))
            & Domain("subtype_id", "=", self.env.ref("mail.mt_comment").id)
            & Domain("is_internal", "=", False)
            & Domain("author_id.partner_share", "=", False),
            order="id desc",
            limit=10,
        )
        failed = messages.sudo().notification_ids.filtered(  # what became of his mail
            lambda n: (
                n.res_partner_id == self.partner_id
                and n.notification_status in ("bounce", "exception")
            )
        )
        return messages - failed.mail_message_id.with_env(self.env)

    # === ANSWER === #
    def _answer(self, values, notice_values):
        """Answer complaints and, once the customer is told, resolve them.

        :param dict values: of ``klikumkm.complaint.response``, without the complaint
        :param dict notice_values: keyword arguments of :meth:`_tell`
        :return: ``klikumkm.complaint.notice`` records
        """
        notices = self.env["klikumkm.complaint.notice"]
        # nobody is told two answers: this one stands for what was not told yet
        self._withdraw_untold("answer")
        for ticket in self:
            response = (
                self.env["klikumkm.complaint.response"]
                .sudo()  # the wizard checked the right to write the complaint
                .create({**values, "ticket_id": ticket.id})
            )
            notices |= ticket._tell(
                "answer",
                response=response,
                **{"next_status": "resolved", **notice_values},
            )
        return notices

    def _withdraw_untold(self, *kinds):
        """Take back what no longer holds before the customer is told.

        :param str kinds: keys of ``NOTICE_KIND``
        """
        notices = self._get_untold_notices()
        notices.filtered(lambda notice: notice.kind in kinds)._withdraw()

    def _apply_notice(self, notice):
        response = notice.response_id
        if notice.kind == "answer" and response and not response.is_final:
            if notice.next_status == "resolved" and self.status in OPEN_STATUS:
                self._resolve(response, notice)
                return None
        if notice.kind == "answer" and response.is_final:
            self._write_silently({"ruling_by_date": False})
        if notice.next_status == "waiting_customer":
            self._wait_for_customer(self.answer_by_date)
            return None
        return super()._apply_notice(notice)

    def _resolve(self, response, notice):
        """The customer has our answer: the time stops; he is asked for a verdict."""
        self.ensure_one()
        at = notice.told_date or fields.Datetime.now()
        vals = {"outcome": response.outcome, "is_classified": True}
        if self._asks_decision(response.outcome):
            days = self.company_id.complaint_silence_days
            term = self._add_working_days(at, days)
            vals.update(
                customer_decision="pending",
                decision_by_date=term,
                reminder_date=self._add_working_days(at, max(days // 2, 1)),
            )
            response.decision = "pending"
        else:
            vals["reopen_until_date"] = self._add_working_days(
                at, self.company_id.complaint_reopen_days
            )
        self._move_to("resolved", vals, at=at)
        # what we asked him for is not needed any more
        self._withdraw_untold("document_request", "reminder")
        self._write_silently({"reply_pending_since": False})

    def _asks_decision(self, outcome, submission_type=None):
        """Whether the customer is asked for a verdict on such an answer.

        :param str submission_type: instead of the present one
        """
        self.ensure_one()
        submission_type = submission_type or self.submission_type
        return submission_type == "complaint" and outcome != "withdrawn"

    def _get_expected_decision_date(self):
        """Until when a verdict is expected if we answer now, naive UTC."""
        self.ensure_one()
        return self._add_working_days(
            fields.Datetime.now(), self.company_id.complaint_silence_days
        )

    # === VERDICT === #
    def _record_decision(
        self, decision, reason=None, date=None, medium="portal", files=None, told=None
    ):
        """Record what the customer says to our answer, and do what follows.

        :param str decision: ``accepted``, ``rejected`` or ``silent``
        :param datetime date: when he said so (naive UTC), by default now
        :param str medium: key of ``NOTICE_MEDIUM``
        :param files: ``ir.attachment`` records that prove or explain it
        :param dict told: as for :meth:`_tell`, where he decided in a conversation in
            which he was told what follows
        :raise UserError: there is no answer to decide about, or it was decided already
        """
        self.ensure_one()
        if self.status != "resolved" or self.customer_decision not in (
            "pending",
            "none",
        ):
            raise UserError(
                self.env._(
                    "%(number)s does not wait for a decision of the customer.",
                    number=self.number,
                )
            )
        date = date or fields.Datetime.now()
        ticket = self.sudo()  # page, wizard or job checked who decides
        response = ticket.response_id
        response.write(
            {
                "decision": decision,
                "decision_date": date,
                "decision_medium": medium,
                "decision_reason": reason,
                "decision_file_ids": [
                    Command.set((files or response.decision_file_ids).ids)
                ],
            }
        )
        vals = {
            "customer_decision": decision,
            "customer_decision_date": date,
            "customer_decision_reason": reason,
            "decision_by_date": False,
            "reminder_date": False,
        }
        if decision == "rejected":
            vals["ruling_by_date"] = self._add_working_days(
                date, self.company_id.complaint_ruling_days
            )
        ticket._write_silently(vals)
        ticket.activity_unlink(["klikumkm_complaint.activity_type_decision"])
        if decision == "accepted":
            ticket._follow_acceptance(told)
        elif decision == "rejected":
            ticket._follow_rejection()
        else:
            ticket._follow_silence()

    def _follow_acceptance(self, told=None):
        response = self.response_id
        if response and response._is_open_offer():
            user = self._get_responsible_user() or self.env.user
            self.activity_schedule(
                "klikumkm_complaint.activity_type_offer",
                date_deadline=response.fulfil_by_date or fields.Date.today(),
                summary=self.with_context(lang=user.lang).env._(
                    "Carry out the accepted offer"
                ),
                user_id=user.id,
            )
            return
        self._close_and_tell(told)

    def _follow_rejection(self):
        self._tell(
            "progress",
            "klikumkm_complaint.mail_template_objection",
            # it says when we decide what follows, not when we answer
            values={"new_date": False},
            is_automatic=True,
        )
        leads = self.company_id._get_present_complaint_leads(self.team_id)
        lead = leads[:1] or self.env.user
        lead_env = self.with_context(lang=lead.lang).env
        self.activity_schedule(
            "klikumkm_complaint.activity_type_ruling",
            date_deadline=fields.Date.context_today(self, self.ruling_by_date),
            summary=lead_env._("The customer does not accept the answer: decide"),
            note=plaintext2html(self.customer_decision_reason or ""),
            user_id=lead.id,
        )

    def _follow_silence(self):
        self._close_and_tell()

    def _close_and_tell(self, told=None):
        """Close what is answered; only complaints are told that they are closed.

        :param dict told: as for :meth:`_tell`; whoever has an address gets it in
            writing all the same
        """
        self._move_to("closed")
        if self.submission_type == "complaint":
            self._tell(
                "closing",
                "klikumkm_complaint.mail_template_closing",
                is_automatic=True,
                told=None if self._get_customer_email() else told,
            )

    # === RULING ON AN OBJECTION === #
    def _reopen(self, reason, at=None, tell=True):
        """Work on an answered complaint again.

        :param str reason: told to the customer
        :param datetime at: the moment from which our time runs again (naive UTC)
        """
        self.ensure_one()
        dates = self._get_reopening_dates(at)
        self._move_to("in_progress", at=at)
        self.sudo().activity_unlink(
            [
                "klikumkm_complaint.activity_type_ruling",
                "klikumkm_complaint.activity_type_decision",
            ]
        )
        if tell:
            self._tell(
                "progress",
                "klikumkm_complaint.mail_template_reopened",
                values={"reason": reason, **dates},
            )

    def _withdraw_untold_rulings(self):
        """A final answer that the customer was never told gives way to what follows."""
        untold = self.sudo().notice_ids.filtered(  # whoever rules or reopens may
            lambda notice: (
                notice.response_id.is_final
                and notice.state != "told"
                and not notice.is_applied
            )
        )
        if untold:
            untold.action_withdraw()

    # === OFFER === #
    def _carry_out(self, note, date=None):
        """The accepted offer was carried out: the complaint can be closed."""
        self.ensure_one()
        ticket = self.sudo()  # the wizard checked the right to write the complaint
        ticket.response_id.write(
            {
                "fulfilled_date": date or fields.Datetime.now(),
                "fulfilled_note": note,
            }
        )
        ticket.activity_unlink(["klikumkm_complaint.activity_type_offer"])
        self._close_and_tell()

    # === REPLIES AFTER THE ANSWER === #
    def _check_reply_pending(self):
        for ticket in self:
            if not ticket.reply_pending_since or ticket.status in OPEN_STATUS:
                raise UserError(
                    self.env._(
                        "No reply of the customer waits at %(number)s.",
                        number=ticket.number,
                    )
                )

    def action_reply_thanks(self):
        """The customer only said thanks: nothing moves."""
        self.check_access("write")
        self._check_reply_pending()
        self._write_silently({"reply_pending_since": False})
        for ticket in self:
            ticket.message_post(
                body=self.env._("The customer's reply needs no answer (only thanks)."),
                subtype_xmlid="mail.mt_note",
            )
        return True

    def action_reply_objection(self):
        """The customer objects: work goes on, counted from the moment he wrote."""
        self.check_access("write")
        self._check_reply_pending()
        for ticket in self:
            reply_date = ticket.reply_pending_since
            is_lead = self.env.user.has_group("klikumkm_complaint.group_complaint_lead")
            in_time = (
                not ticket.reopen_until_date or reply_date <= ticket.reopen_until_date
            )
            if ticket.status == "closed" and not in_time and not is_lead:
                raise AccessError(
                    self.env._(
                        "The time to reopen %(number)s has passed. Record the reply "
                        "as a new matter, or ask your team lead.",
                        number=ticket.number,
                    )
                )
            response = ticket.sudo().response_id
            if response.decision in ("pending", "silent"):
                response.write(
                    {
                        "decision": "rejected",
                        "decision_date": reply_date,
                        "decision_medium": "email",
                        "decision_reason": ticket._get_pending_reply_text(),
                    }
                )
            ticket._reopen(
                self.env._("You wrote to us that our answer is not enough."),
                at=reply_date,
            )
        return True

    def action_reply_new_matter(self):
        """The reply is about something else: record it as a complaint of its own."""
        self.ensure_one()
        self.check_access("write")
        self._check_reply_pending()
        messages = self._get_pending_replies()
        body = Markup("<br/>").join(
            Markup(without_quotes(message.body) or "") for message in messages
        )
        subject = messages[:1].subject
        if not subject or self.number in subject:  # "Re:" and the subject of our mail
            subject = self.env._("%(name)s (new matter)", name=self.name)
        matter = self.create(
            {
                "name": subject,
                "description": body or self.name,
                "partner_id": self.partner_id.id,
                "partner_name": self.partner_name,
                "partner_email": self.partner_email,
                "partner_phone": self.partner_phone,
                "customer_role": self.customer_role,
                "agreement_ref": self.agreement_ref,
                "channel_id": self.channel_id.id,
                "team_id": self.team_id.id,
                "company_id": self.company_id.id,
                "lang": self.lang,
                "received_date": self.reply_pending_since,
                "submission_type": "complaint",
                "is_classified": False,
            }
        )
        matter._write_silently({"origin_id": self.id})
        messages.sudo().attachment_ids.filtered(
            lambda file: file.res_model == self._name
        )._copy_to_complaint(matter)
        self._write_silently({"reply_pending_since": False})
        self.message_post(
            body=self.env._(
                "The customer's reply was recorded as a new matter: %(number)s.",
                number=matter.number,
            ),
            subtype_xmlid="mail.mt_note",
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": matter.id,
            "view_mode": "form",
        }

    def _get_pending_replies(self):
        """The customer's messages that nobody answered, oldest first."""
        self.ensure_one()
        return (
            self.env["mail.message"]
            .sudo()  # messages of a complaint that the caller may write
            .search(
                Domain("model", "=", self._name)
                & Domain("res_id", "=", self.id)
                & Domain("message_type", "in", ("comment", "email"))
                & Domain("is_internal", "=", False)
                & Domain("author_id.partner_share", "!=", False)
                & Domain("create_date", ">=", self.reply_pending_since),
                order="id",
            )
        )

    def _get_pending_reply_text(self):
        """What the customer wrote, as plain text: all of it, but not what he quotes."""
        return "\n\n".join(
            html2plaintext(without_quotes(message.body), include_references=False)
            for message in self._get_pending_replies()
        ).strip()

    # === BUTTONS === #
    def _open_wizard(self, model, name, **context):
        """The action that opens a wizard for these complaints in a dialog."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {
                "active_model": self._name,
                "active_id": self[:1].id,
                "active_ids": self.ids,
                **context,
            },
        }

    def action_open_answer(self):
        return self._open_wizard(
            "klikumkm.complaint.answer", self.env._("Answer & resolve")
        )

    def action_open_ask(self):
        return self._open_wizard(
            "klikumkm.complaint.ask", self.env._("Ask the customer")
        )

    def action_open_progress(self):
        return self._open_wizard(
            "klikumkm.complaint.progress", self.env._("Send progress")
        )

    def action_open_log_answer(self):
        return self._open_wizard(
            "klikumkm.complaint.log.answer", self.env._("Log the customer's answer")
        )

    def action_open_decision(self):
        return self._open_wizard(
            "klikumkm.complaint.decision", self.env._("Record the verdict")
        )

    def action_open_ruling(self):
        return self._open_wizard(
            "klikumkm.complaint.ruling", self.env._("Decide on the objection")
        )

    def action_open_reopen(self):
        return self._open_wizard("klikumkm.complaint.reopen", self.env._("Reopen"))

    def action_open_carry_out(self):
        return self._open_wizard(
            "klikumkm.complaint.carry.out", self.env._("Carried out")
        )

    def action_confirm_in_writing(self):
        """Tell in writing the answer that was given orally and not accepted."""
        self.ensure_one()
        return self._open_wizard(
            "klikumkm.complaint.answer",
            self.env._("Confirm the answer in writing"),
            **self.response_id._get_confirmation_defaults(),
        )

    def action_remind(self):
        """Remind the customer of what we asked him, now and once."""
        self.check_access("write")
        for ticket in self:
            if not ticket._is_customer_turn():
                raise UserError(
                    self.env._(
                        "%(number)s does not wait for the customer.",
                        number=ticket.number,
                    )
                )
            ticket._remind()
        return True

    def action_go_on_without(self):
        """Go on without what the customer was asked for."""
        self.check_access("write")
        for ticket in self.filtered(lambda t: t.status == "waiting_customer"):
            ticket._resume_from_customer()
            ticket.message_post(
                body=self.env._(
                    "We go on without the customer's answer and decide with what we "
                    "have."
                ),
                subtype_xmlid="mail.mt_note",
            )
        return True

    def action_close_no_answer(self):
        """Close what the customer was asked for and did not send in time.

        POJK 22/2023, explanation of article 76(1)a: he is deemed to have cancelled.
        """
        self.ensure_one()
        if not self.is_answer_overdue:
            raise UserError(
                self.env._(
                    "%(number)s: the customer still has time to answer.",
                    number=self.number,
                )
            )
        reason = self.env.ref(
            "klikumkm_complaint.cancel_reason_no_answer", raise_if_not_found=False
        )
        return self._open_wizard(
            "klikumkm.complaint.cancel",
            self.env._("Close: no answer"),
            default_reason_id=reason and reason.id,
        )

    def action_view_notices(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "klikumkm_complaint.complaint_notice_action"
        )
        action["domain"] = [("ticket_id", "=", self.id)]
        action["context"] = {"active_test": False}
        return action

    # === JOB === #
    def _remind(self):
        """Send the one reminder of a term, about data or about a verdict."""
        self.ensure_one()
        self._write_silently({"reminder_date": False})
        template = (
            "document_reminder"
            if self.status == "waiting_customer"
            else "decision_reminder"
        )
        self._tell("reminder", f"klikumkm_complaint.mail_template_{template}")

    @api.model
    def _cron_follow_terms(self):
        """Remind customers once; close what they stay silent on; ask owners to decide.

        Each complaint by itself: what is wrong with one keeps nobody else.
        """
        now = fields.Datetime.now()
        steps = (
            ("_remind", Domain("reminder_date", "<=", now)),
            (
                "_close_in_silence",
                Domain("decision_by_date", "<=", now)
                & Domain("customer_decision", "=", "pending"),
            ),
            (
                "_close_after_grace",
                Domain("stage_id.status", "=", "resolved")
                & Domain("customer_decision", "=", "none")
                & Domain("reopen_until_date", "<=", now)
                & Domain("reply_pending_since", "=", False),
            ),
            (
                "_ask_owner_to_decide",
                Domain("stage_id.status", "=", "waiting_customer")
                & Domain("answer_by_date", "<=", now),
            ),
        )
        for method, domain in steps:
            tickets = self.search(domain, order="id")
            self.env["ir.cron"]._commit_progress(remaining=len(tickets))
            for ticket in tickets:
                locked = ticket.try_lock_for_update().filtered_domain(domain)
                if locked:
                    locked._isolate_term(method)
                if not self.env["ir.cron"]._commit_progress(1):
                    return

    def _isolate_term(self, method):
        try:
            with self.env.cr.savepoint():
                getattr(self, method)()
                self.env.flush_all()
        except Exception:  # one bad complaint must not keep the others
            _logger.exception("%s failed for %s", method, self.id)
            self.env.invalidate_all()

    def _close_in_silence(self):
        """The customer stayed silent although reminded: closed, never as accepted."""
        reminded = self.notice_ids.filtered(
            lambda n: n.kind == "reminder"
            and n.state == "told"
            and n.told_date >= (self.resolved_date or n.told_date)
        )
        if self.reply_pending_since:
            return
        if reminded:
            self._record_decision("silent")
            return
        # nobody told him that silence closes: somebody has to reach him first
        self._ask_person(
            "klikumkm_complaint.activity_type_decision",
            lambda env: env._(
                "The reminder did not reach the customer: tell him, or decide"
            ),
        )

    def _close_after_grace(self):
        self._move_to("closed")

    def _ask_owner_to_decide(self):
        self._ask_person(
            "klikumkm_complaint.activity_type_waiting",
            lambda env: env._(
                "The customer did not answer in time: go on without, or close"
            ),
        )

    def _ask_person(self, activity_type, summary, note="", user=None):
        """An activity for whoever is responsible, unless it is there already.

        :param summary: text, or what makes it of an environment in that person's
            language: jobs and customers speak another
        :param user: ``res.users`` record to ask instead
        """
        self.ensure_one()
        ticket = self.sudo()  # somebody is asked, whoever brings it about
        if ticket.activity_search([activity_type]):
            return
        user = user or ticket._get_responsible_user() or self.env.user
        if callable(summary):
            summary = summary(ticket.with_context(lang=user.lang).env)
        ticket.activity_schedule(
            activity_type, summary=summary, note=note, user_id=user.id
        )
