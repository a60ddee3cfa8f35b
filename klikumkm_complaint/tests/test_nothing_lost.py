# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What two steps that cross each other must not lose: a date, an answer, a mail."""

import contextlib
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import freeze_all_time

from .telling_common import ADDRESS, TellingCase
from .test_answering import MONDAY
from .test_mail_failures import LOGS

TODO = "mail.mail_activity_data_todo"
UNIT_ANSWERED = "klikumkm_complaint.activity_type_unit_answered"


class NothingLostCase(TellingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit = cls.env["klikumkm.complaint.unit"].create(
            {"name": "Keuangan", "email": "keuangan@klikumkm.example"}
        )

    def _ask_customer(self, ticket, **vals):
        form = self._open("ask", ticket)
        form.question = "Nomor rekening?"
        for name, value in vals.items():
            setattr(form, name, value)
        with self.mock_mail_gateway():
            return form.save().action_send()

    def _ask_unit(self, ticket, **vals):
        wizard = (
            self.env["klikumkm.complaint.coordination.ask"]
            .with_user(self.agent)
            .create(
                {
                    "ticket_ids": [Command.set(ticket.ids)],
                    "unit_id": self.unit.id,
                    "kind": "question",
                    "question": "<p>Sudah dibayar?</p>",
                    "due_date": fields.Datetime.now() + timedelta(days=1),
                    **vals,
                }
            )
        )
        wizard.action_send()
        return ticket.coordination_ids.sorted("id")[-1:]

    def _receive(self, ticket, *headers):
        """The customer's mail about his complaint, through the gateway."""
        lines = (
            "From: Siti <siti@example.com>",
            f"To: {ADDRESS}",
            f"Subject: Re: [{ticket.number}] data",
            "Message-Id: <nothing-lost-1@example.com>",
            *headers,
            "Content-Type: text/plain",
            "",
            "Rekening 123",
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process(
                "helpdesk.ticket", "\r\n".join(lines).encode()
            )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestTakenBack(NothingLostCase):
    """Marked as spam by mistake: as if nothing had happened."""

    def test_the_customer_is_asked_until_the_same_date(self):
        with freeze_all_time(MONDAY):
            ticket = self._new_complaint()
            self._ask_customer(ticket)
        dates = (ticket.answer_by_date, ticket.sudo().reminder_date)
        self.assertTrue(all(dates))
        with freeze_all_time(MONDAY + timedelta(hours=2)):
            ticket.action_not_complaint()
            self.assertFalse(ticket.answer_by_date)
            ticket.action_undo_cancellation()
        self.assertEqual(ticket.status, "waiting_customer")
        self.assertEqual((ticket.answer_by_date, ticket.sudo().reminder_date), dates)

    def test_no_unit_is_waited_for_any_more(self):
        ticket = self._new_complaint()
        with self.mock_mail_gateway():
            self._ask_unit(ticket, needs_coordination=True)
            self.assertEqual(ticket.status, "coordination")
            ticket.action_not_complaint()
            ticket.action_undo_cancellation()
        self.assertEqual(ticket.coordination_ids.state, "withdrawn")
        self.assertEqual(ticket.status, "in_progress")
        self.assertEqual(ticket.assistance_type, "coordination", "as it was promised")
        activity = ticket.sudo().activity_search([UNIT_ANSWERED])
        self.assertEqual(activity.user_id, self.agent, "somebody has to ask again")

    def test_units_that_had_answered_before_ask_for_nothing(self):
        ticket = self._new_complaint()
        with self.mock_mail_gateway():
            request = self._ask_unit(ticket)
            request.action_withdraw("Sudah jelas.")
            ticket.sudo().activity_ids.unlink()
            ticket.action_not_complaint()
            ticket.action_undo_cancellation()
        self.assertEqual(ticket.status, "in_progress")
        self.assertFalse(ticket.sudo().activity_ids)

    @mute_logger(*LOGS)
    def test_a_mail_that_waits_for_its_server_is_stopped_and_sent_after_all(self):
        ticket = self._new_complaint()
        with self._dead_mail():
            notice = ticket._tell("progress")
        self.assertEqual(notice.state, "failed")
        ticket.action_not_complaint()
        with self._real_mail() as sink:
            self.env["mail.mail"].search([("state", "=", "exception")]).mark_outgoing()
            self.env["mail.mail"].search(
                [("mail_message_id", "=", notice.mail_message_id.id)]
            ).send()
        self.assertFalse(sink.mails, "nobody is told about spam")
        ticket.action_undo_cancellation()
        with self._real_mail() as sink:
            self._run_telling()
        self.assertEqual(len(sink.mails), 1)
        self.assertEqual(notice.state, "told")


@tagged("post_install", "-at_install")
class TestUnitAndCustomerAskedAtOnce(NothingLostCase):
    def setUp(self):
        super().setUp()
        self.ticket = self._new_complaint()
        with self.mock_mail_gateway():
            self.request = self._ask_unit(self.ticket, needs_coordination=True)
        self._ask_customer(self.ticket)
        self.assertEqual(self.ticket.status, "waiting_customer")

    def _unit_answers(self):
        self.request.sudo()._record_answer("<p>Sudah.</p>", "Keuangan")

    def test_the_unit_answers_first(self):
        self._unit_answers()
        self.assertEqual(self.ticket.status, "waiting_customer")
        activity = self.ticket.sudo().activity_search([UNIT_ANSWERED])
        self.assertEqual(activity.user_id, self.agent, "the owner learns of it")
        self._receive(self.ticket)
        self.assertEqual(self.ticket.status, "in_progress")

    def test_the_customer_answers_first(self):
        self._receive(self.ticket)
        self.assertEqual(self.ticket.status, "coordination", "a unit owes its own")
        self._unit_answers()
        self.assertEqual(self.ticket.status, "in_progress")
        self.assertTrue(self.ticket.sudo().activity_search([UNIT_ANSWERED]))

    def test_a_quick_question_holds_nothing(self):
        self.request.sudo().needs_coordination = False
        self._receive(self.ticket)
        self.assertEqual(self.ticket.status, "in_progress")


@tagged("post_install", "-at_install")
class TestAsked(NothingLostCase):
    def test_a_short_term_is_reminded_of_within_it(self):
        with freeze_all_time(MONDAY):
            ticket = self._new_complaint()
            until = MONDAY + timedelta(days=3)
            self._ask_customer(ticket, answer_by_date=until)
        reminder = ticket.sudo().reminder_date
        self.assertTrue(reminder)
        self.assertLess(MONDAY, reminder)
        self.assertLess(reminder, until)

    def test_an_answer_within_hours_needs_no_reminder(self):
        with freeze_all_time(MONDAY):
            ticket = self._new_complaint()
            self._ask_customer(ticket, answer_by_date=MONDAY + timedelta(hours=3))
        self.assertEqual(ticket.status, "waiting_customer")
        self.assertFalse(ticket.sudo().reminder_date)

    def test_an_answer_by_a_mailing_list_is_an_answer(self):
        ticket = self._new_complaint()
        self._ask_customer(ticket)
        self._receive(ticket, "List-Id: <desk.klikumkm.example>", "Precedence: list")
        self.assertEqual(ticket.status, "in_progress")
        self.assertTrue(ticket.reply_pending_since)

    def test_a_vacation_text_by_a_mailing_list_is_none(self):
        ticket = self._new_complaint()
        self._ask_customer(ticket)
        self._receive(
            ticket, "List-Id: <desk.klikumkm.example>", "Auto-Submitted: auto-replied"
        )
        self.assertEqual(ticket.status, "waiting_customer")
        self.assertFalse(ticket.reply_pending_since)


@tagged("post_install", "-at_install")
class TestAnswered(NothingLostCase):
    def test_what_still_runs_is_not_closed_without_an_answer(self):
        ticket = self._new_complaint()
        action = self.env.ref("klikumkm_complaint.complaint_answer_action")
        for user in (self.agent, self.lead, self.manager):
            with self.assertRaises(RedirectWarning) as caught:
                ticket.with_user(user).write({"stage_id": self.stages["closed"].id})
            self.assertEqual(caught.exception.args[1], action.id)
        self.assertEqual(ticket.status, "in_progress")

    def _answer(self, ticket, **vals):
        form = self._open("answer", ticket)
        form.outcome = vals.pop("outcome", "explained")
        for name, value in vals.items():
            setattr(form, name, value)
        with self.mock_mail_gateway():
            return form.save().action_send()

    def _confirm_in_writing(self, ticket):
        """The dialog that opens after the customer did not accept by telephone."""
        with self.mock_mail_gateway():
            ticket._record_decision("rejected", "Tidak setuju", medium="phone")
        self.assertTrue(ticket.needs_written_confirmation)
        context = ticket.action_confirm_in_writing()["context"]
        defaults = {k: v for k, v in context.items() if k.startswith("default_")}
        return self._open("answer", ticket, **defaults)

    def test_an_oral_refusal_is_confirmed_with_its_ground(self):
        ticket = self._new_complaint()
        ground = self.env["klikumkm.complaint.reason"].search(
            [("kind", "=", "refusal")], limit=1
        )
        self._answer(
            ticket,
            outcome="rejected",
            answered_by="call",
            told_remark="Ditolak",
            refusal_ground_id=ground,
        )
        form = self._confirm_in_writing(ticket)
        with self.mock_mail_gateway():
            form.save().action_send()
        self.assertFalse(ticket.needs_written_confirmation)
        notice = ticket.notice_ids.filtered(lambda n: n.kind == "answer")[:1]
        self.assertEqual(notice.medium, "email")
        self.assertIn(ground.with_context(lang=ticket.lang).name, notice.body)

    def test_an_oral_offer_is_confirmed_with_its_amount(self):
        ticket = self._new_complaint()
        until = fields.Date.today() + timedelta(days=9)
        self._answer(
            ticket,
            answered_by="call",
            told_remark="Ditawarkan",
            kind="offer",
            amount=125000,
            fulfil_by_date=until,
        )
        wizard = self._confirm_in_writing(ticket).save()
        self.assertEqual((wizard.kind, wizard.amount), ("offer", 125000))
        self.assertIn("125", wizard.body)
        self.assertEqual(wizard.fulfil_by_date, until)

    def test_another_answer_takes_the_untold_one_back(self):
        ticket = self._new_oral_complaint()
        self._answer(ticket, answer="<p>Satu.</p>")
        first = ticket.notice_ids
        self._answer(ticket, answer="<p>Dua.</p>")
        self.assertFalse(first.active)
        second = ticket.notice_ids - first
        self.assertEqual(second.state, "to_tell")
        tell = self.env["klikumkm.complaint.tell"].with_user(self.agent)
        with self.assertRaises(UserError):
            tell.create({"notice_id": first.id}).action_told()
        tell.create({"notice_id": second.id}).action_told()
        self.assertEqual(ticket.response_id, second.response_id)
        self.assertEqual(ticket.response_id.decision, "pending")

    def test_what_was_asked_is_not_asked_any_more(self):
        ticket = self._new_oral_complaint()
        self._ask_customer(ticket)
        request = ticket.notice_ids
        self.assertTrue(ticket.is_to_tell)
        self._answer(ticket, answered_by="call", told_remark="Sudah jelas")
        self.assertEqual(ticket.status, "resolved")
        self.assertFalse(request.active)
        self.assertFalse(ticket.is_to_tell)

    def test_a_question_gets_no_complaints_letter(self):
        complaint = self._new_complaint()
        question = self._new_complaint(submission_type="question")
        form = self._open("answer", complaint | question)
        form.answer = "<p>Sudah kami bayar.</p>"
        form.outcome = "explained"
        with self.assertRaisesRegex(UserError, "apart"):
            form.save().action_send()
        self.assertEqual(question.status, "in_progress")


@tagged("post_install", "-at_install")
class TestMailsThatAreNoNotices(NothingLostCase):
    """What an agent writes in the conversation, and requests to units."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(*LOGS))
        self.ticket = self._new_complaint()
        self.env["mail.mail"].search([("state", "=", "outgoing")]).cancel()
        self.start = fields.Datetime.now()

    @contextlib.contextmanager
    def _server_down(self):
        """At the start; what happens is stored with that moment, as by a commit."""
        with freeze_all_time(self.start), self._dead_mail():
            yield
            self.env.flush_all()

    def _write(self, also=()):
        return self.ticket.message_post(
            body="Dana dikirim hari ini.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=[*self.ticket.partner_id.ids, *(p.id for p in also)],
        )

    def _get_status(self, message):
        return message.sudo().notification_ids.mapped("notification_status")

    def _run_at(self, minutes):
        with freeze_all_time(self.start + timedelta(minutes=minutes)):
            self._run_telling()
        self.env.invalidate_all()

    def _get_attempts(self, times):
        """The minutes, of these, at which the job tries a server that is down."""
        attempts = []
        mail = self.env["mail.mail"].search([("state", "=", "exception")])
        for minutes in times:
            before = mail.write_date
            with self._dead_mail():
                self._run_at(minutes)
            if mail.write_date != before:
                attempts.append(minutes)
        return attempts

    def test_what_an_agent_wrote_is_sent_once_the_server_is_back(self):
        with self._server_down():
            message = self._write()
        self.assertEqual(self._get_status(message), ["exception"])
        with self._real_mail() as sink:
            self._run_at(2)
            self.assertFalse(sink.mails, "not before its time")
            self._run_at(6)
            self._run_at(12)  # that was all
        self.assertEqual(len(sink.mails), 1)
        self.assertEqual(self._get_status(message), ["sent"])
        self.assertFalse(self._get_reach_activities(self.ticket))

    def test_intervals_grow_and_end_after_three_days(self):
        with self._server_down():
            self._write()
        attempts = self._get_attempts([2, 5, 10, 15, 20, 30, 40, 80])
        self.assertEqual(attempts, [5, 10, 20, 40, 80])
        with self._dead_mail():
            self._run_at(3 * 24 * 60 + 1)
            self._run_at(3 * 24 * 60 + 30)
        activity = self._get_reach_activities(self.ticket)
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.agent)
        self.assertFalse(self.env["mail.mail"].search([("state", "=", "exception")]))

    def test_a_request_reaches_the_unit_once_the_server_is_back(self):
        with self._server_down():
            request = self._ask_unit(self.ticket)
        self.assertTrue(request.mail_problem)
        with self._real_mail() as sink:
            self._run_at(6)
        self.assertEqual(len(sink.mails), 1)
        self.assertFalse(request.mail_problem)

    def test_a_request_sent_again_by_hand_is_not_sent_twice(self):
        with self._server_down():
            request = self._ask_unit(self.ticket)
        with self._real_mail() as sink:
            request.with_user(self.agent).action_send_again()
            self._run_at(6)
        self.assertEqual(len(sink.mails), 1)

    def test_an_answered_request_is_not_sent_any_more(self):
        with self._server_down():
            request = self._ask_unit(self.ticket)
        request.sudo()._record_answer("<p>Sudah.</p>", "Keuangan")
        with self._real_mail() as sink:
            self._run_at(6)
        self.assertFalse(sink.mails)

    def test_a_unit_learns_that_no_answer_is_needed(self):
        with self.mock_mail_gateway():
            request = self._ask_unit(self.ticket)
        with self._server_down():
            request.with_user(self.agent).action_withdraw("Sudah jelas.")
        with self._real_mail() as sink:
            self._run_at(6)
        self.assertEqual(len(sink.mails), 1)
        self.assertIn(request.name, sink.mails[0]["message"]["Subject"])

    def test_a_request_that_reaches_nobody_is_somebodys_to_do(self):
        with self._server_down():
            self._ask_unit(self.ticket)
        with self._dead_mail():
            self._run_at(3 * 24 * 60 + 1)
            self._run_at(3 * 24 * 60 + 30)
        activity = self.ticket.sudo().activity_search([TODO])
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.agent)
        self.assertIn("Keuangan", activity.summary)

    def test_writing_to_a_customer_without_an_address_is_seen(self):
        self.ticket = self._new_oral_complaint()
        with self.mock_mail_gateway():
            self._write()
            self._write()
        activity = self._get_reach_activities(self.ticket)
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.agent)

    def test_a_bounce_of_what_an_agent_wrote_is_seen(self):
        with self.mock_mail_gateway():
            message = self._write()
        self.assertFalse(self._get_reach_activities(self.ticket))
        message.sudo().notification_ids.notification_status = "bounce"
        self.assertTrue(self._get_reach_activities(self.ticket))

    def test_a_bounce_of_a_request_is_somebodys_to_do(self):
        with self.mock_mail_gateway():
            request = self._ask_unit(self.ticket)
        notification = request.sudo().mail_message_id.notification_ids
        notification.notification_status = "bounce"
        notification.notification_status = "bounce"
        activity = self.ticket.sudo().activity_search([TODO])
        self.assertEqual(len(activity), 1)
        self.assertIn(request.name, activity.summary)

    def test_a_colleagues_bad_address_is_no_matter_of_the_customers(self):
        self.lead.partner_id.email = "nonsense"
        with self.mock_mail_gateway():
            self.ticket.message_post(
                body="Mohon dilihat.",
                message_type="comment",
                subtype_xmlid="mail.mt_note",
                partner_ids=self.lead.partner_id.ids,
            )
        self.assertFalse(self._get_reach_activities(self.ticket))

    def test_who_has_the_mail_does_not_get_it_again(self):
        # the customer has a mail of his own, with the way to his page
        customer, others = "siti@example.com", ["akuntan@example.com", "cv@example.com"]
        partners = self.env["res.partner"].create(
            [{"name": email, "email": email} for email in others]
        )
        for refused in others:
            with self.subTest(refused=refused), self._real_mail() as sink:
                sink.refused.add(refused)
                with freeze_all_time(self.start):
                    message = self._write(also=partners)
                    self.env.flush_all()
                self._run_at(6)
                sink.refused.clear()
                self._run_at(20)
                addresses = [address for mail in sink.mails for address in mail["to"]]
                self.assertEqual(sorted(addresses), sorted([customer, *others]))
                self.assertEqual(set(self._get_status(message)), {"sent"})

    def test_a_message_deleted_meanwhile_is_not_sent_any_more(self):
        with self._server_down():
            message = self._write()
        # sudo: as Odoo's own button does, after it asked whether the agent may
        self.ticket._message_update_content(message.sudo(), body="", attachment_ids=[])
        with self._real_mail() as sink:
            self._run_at(6)
            self._run_at(12)
        self.assertFalse(sink.mails)
        self.assertFalse(self._get_reach_activities(self.ticket))

    def test_who_was_asked_is_not_asked_again_by_the_job(self):
        with self._real_mail() as sink, freeze_all_time(self.start):
            sink.replies["RCPT"] = "550 no such user"
            self._write()
            self.env.flush_all()
        activity = self._get_reach_activities(self.ticket)
        self.assertEqual(len(activity), 1)
        activity.action_feedback()  # he has phoned
        with self._real_mail() as sink:
            self._run_at(6)
        self.assertFalse(sink.mails)
        self.assertFalse(self._get_reach_activities(self.ticket))

    def test_what_did_not_reach_him_was_no_answer(self):
        with self._server_down():
            lost = self.ticket.with_user(self.agent).message_post(
                body="Dana dikirim hari ini.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.ticket.partner_id.ids,
            )
        self.assertNotIn(lost, self.ticket.with_user(self.agent)._get_sent_messages())
        with self._real_mail():
            self._run_at(6)
        self.assertIn(lost, self.ticket.with_user(self.agent)._get_sent_messages())

    def test_an_answer_that_still_waits_in_the_queue_is_sent(self):
        with self._server_down():
            message = self._write()
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        mail.mark_outgoing()
        message.sudo().notification_ids.notification_status = "ready"
        form = self._open("answer", self.ticket)
        form.answered_by, form.outcome = "sent", "explained"
        self.assertEqual(form.message_id, message)
        form.save().action_send()
        self.assertEqual(self.ticket.status, "resolved")
        self.assertEqual(mail.state, "outgoing")

    def test_one_bad_mail_keeps_no_other(self):
        with self._server_down():
            bad, good = self._write(), self._write()
        tickets = type(self.ticket)
        origin = tickets._is_mail_wanted

        def fail_for_one(ticket, message):
            if message == bad:
                raise ValueError("broken")
            return origin(ticket, message)

        with (
            patch.object(tickets, "_is_mail_wanted", fail_for_one),
            mute_logger("odoo.addons.klikumkm_complaint.models.mail_mail_retry"),
            self._real_mail() as sink,
        ):
            self._run_at(6)
            self._run_at(12)
        self.assertEqual(len(sink.mails), 1)
        self.assertEqual(self._get_status(good), ["sent"])
        self.assertEqual(len(self._get_reach_activities(self.ticket)), 1)

    def test_notices_keep_their_own_plan(self):
        with self._server_down():
            notice = self.ticket._tell("progress")
            self.assertTrue(notice.next_retry_date)
            mails = self.env["mail.mail"].search(
                self.env["mail.mail"]._get_desk_retry_domain()
            )
        self.assertFalse(mails)
