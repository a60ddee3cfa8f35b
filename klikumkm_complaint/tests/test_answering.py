# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""From asking the customer to his verdict, as the people at the desk do it."""

from datetime import datetime, timedelta

from freezegun import freeze_time
from markupsafe import Markup

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import MailCommon, freeze_all_time

from .common import ComplaintFixture

# Monday 2 March 2026, 10:00 in Jakarta
MONDAY = datetime(2026, 3, 2, 3, 0)


class AnsweringCase(ComplaintFixture, MailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_complaints()
        cls.customer.partner_id.write({"email": "siti@example.com", "lang": "id_ID"})
        cls.walk_in = cls.env["res.partner"].create(
            {"name": "Pak Budi", "phone": "0812 3456 7890"}
        )

    def _new_complaint(self, status="in_progress", **vals):
        ticket = self._create_complaint(user_id=self.agent.id, **vals)
        if status != "received":
            self._move(ticket, status)
        return ticket.with_user(self.agent)

    def _open(self, model, ticket, user=None, **context):
        wizard = self.env[f"klikumkm.complaint.{model}"].with_user(user or self.agent)
        return Form(
            wizard.with_context(
                active_model="helpdesk.ticket",
                active_id=ticket.id,
                active_ids=ticket.ids,
                **context,
            )
        )

    def _answer(self, ticket, answer="<p>Sudah kami bayar.</p>", **vals):
        """Answer as the agent does, by the wizard; mail is really handed over."""
        form = self._open("answer", ticket)
        form.answer = answer
        if ticket.submission_type == "complaint":
            form.outcome = vals.pop("outcome", "explained")
        for name, value in vals.items():
            setattr(form, name, value)
        with self.mock_mail_gateway():
            return form.save().action_send()

    def _run_terms(self):
        """Run the job as the scheduler does, with its commits."""
        with self.enter_registry_test_mode(), self.mock_mail_gateway():
            job = self.env.ref("klikumkm_complaint.ir_cron_follow_terms")
            job.method_direct_trigger()

    def _reply(self, ticket, text="Belum jelas."):
        """The customer writes, as by the gateway."""
        ticket.sudo().message_post(
            body=text,
            author_id=ticket.sudo().partner_id.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )


@tagged("post_install", "-at_install")
class TestTypeWhileAnswering(AnsweringCase):
    """What came by mail is classified by whoever answers it, in the same dialog."""

    def test_a_question_that_came_as_a_complaint(self):
        ticket = self._new_complaint("received", is_classified=False)
        form = self._open("answer", ticket)
        self.assertTrue(form.is_complaint)
        form.submission_type = "question"
        self.assertFalse(form.is_complaint)
        self.assertEqual(form.outcome, "explained")
        form.answer = "<p>Setiap tanggal 5.</p>"
        with self.mock_mail_gateway():
            form.save().action_send()
        self.assertEqual(ticket.status, "resolved")
        self.assertEqual(ticket.submission_type, "question")
        self.assertTrue(ticket.is_classified)
        self.assertEqual(ticket.customer_decision, "none")

    def test_a_complaint_that_came_as_a_question(self):
        ticket = self._new_complaint(
            "received", is_classified=False, submission_type="question"
        )
        form = self._open("answer", ticket)
        form.submission_type = "complaint"
        self.assertFalse(form.outcome)
        form.outcome = "explained"
        form.answer = "<p>Sudah kami periksa.</p>"
        wizard = form.save()
        decide_by = ticket._format_customer_date(wizard.decide_by_date)
        self.assertIn(decide_by, wizard.body)
        with self.mock_mail_gateway():
            wizard.action_send()
        self.assertEqual(ticket.submission_type, "complaint")
        self.assertEqual(ticket.customer_decision, "pending")

    def test_not_asked_again(self):
        ticket = self._new_complaint("received")
        form = self._open("answer", ticket)
        self.assertFalse(form.is_type_asked)
        with self.assertRaises(AssertionError):
            form.submission_type = "question"  # not on the screen

    def test_receipt_leaves_with_the_job(self):
        """A server action's mails wait for the queue, which may run once an hour."""
        channel = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email")
        ticket = self._new_complaint("received", channel_id=channel.id)
        with self.enter_registry_test_mode(), self.mock_mail_gateway():
            self.env.ref("klikumkm_complaint.ir_cron_tell").method_direct_trigger()
        self.assertEqual(ticket.notice_ids.mapped("state"), ["told"])


@tagged("post_install", "-at_install")
class TestOnlyWayToResolve(AnsweringCase):
    def test_nobody_resolves_without_answering(self):
        ticket = self._new_complaint()
        action = self.env.ref("klikumkm_complaint.complaint_answer_action")
        for user in (self.agent, self.lead, self.manager):
            with self.assertRaises(RedirectWarning) as caught:
                ticket.with_user(user).write({"stage_id": self.stages["resolved"].id})
            self.assertEqual(caught.exception.args[1], action.id)
            self.assertEqual(
                caught.exception.args[3]["active_ids"], [ticket.id], "opens on it"
            )
        self.assertEqual(ticket.status, "in_progress")

    def test_a_context_does_not_help(self):
        ticket = self._new_complaint().with_context(
            complaint_now=MONDAY, complaint_answered=True
        )
        with self.assertRaises(RedirectWarning):
            ticket.write({"stage_id": self.stages["resolved"].id})

    def test_a_team_whose_first_stage_is_resolved_is_refused(self):
        self.stages["received"].team_ids = self.team
        resolved = self.stages["resolved"].copy(
            {"name": "R", "sequence": -1, "team_ids": self.other_team.ids}
        )
        ticket = self._new_complaint("received")
        with self.assertRaises(RedirectWarning):
            ticket.with_user(self.manager).team_id = self.other_team
        self.assertNotEqual(ticket.stage_id, resolved)

    def test_only_a_manager_records_what_is_resolved(self):
        vals = {"stage_id": self.stages["resolved"].id}
        with self.assertRaises(AccessError):
            self._create_complaint(self.agent, **vals)
        self.assertTrue(self._create_complaint(self.manager, **vals).resolved_date)

    def test_the_moment_cannot_be_chosen_by_a_context(self):
        ticket = self._new_complaint().with_context(complaint_now=MONDAY)
        with freeze_all_time(MONDAY + timedelta(days=1)):
            ticket.write({"stage_id": self.stages["waiting_customer"].id})
            self.assertEqual(ticket.sudo().last_pause_date, MONDAY + timedelta(days=1))


@tagged("post_install", "-at_install")
class TestAnswer(AnsweringCase):
    def test_an_answered_complaint_waits_for_the_verdict(self):
        with freeze_all_time(MONDAY):
            ticket = self._new_complaint()
            self._answer(ticket, outcome="explained")
            self.assertEqual(ticket.status, "resolved")
            self.assertEqual(ticket.resolved_date, MONDAY)
        self.assertRecordValues(
            ticket, [{"outcome": "explained", "customer_decision": "pending"}]
        )
        self.assertGreater(ticket.decision_by_date, MONDAY + timedelta(days=9))
        notice = ticket.notice_ids
        self.assertRecordValues(
            notice,
            [
                {
                    "kind": "answer",
                    "medium": "email",
                    "state": "told",
                    "told_date": MONDAY,
                }
            ],
        )
        self.assertIn("Sudah kami bayar.", notice.body)
        self.assertEqual(ticket.response_id.told_date, MONDAY)
        self.assertEqual(ticket.response_id.decision, "pending")

    def test_the_mail_goes_to_the_customer_alone(self):
        ticket = self._new_complaint()
        ticket.message_subscribe(partner_ids=self.lead.partner_id.ids)
        form = self._open("answer", ticket)
        form.answer, form.outcome = "<p>Begini.</p>", "explained"
        with self.mock_mail_gateway():
            form.save().action_send()
        self.assertEqual(len(self._mails), 1)
        self.assertIn("siti@example.com", self._mails[0]["email_to"][0])
        self.assertIn(ticket.number, self._mails[0]["subject"])

    def test_a_question_needs_the_text_alone(self):
        ticket = self._new_complaint("received", category_id=self.category_question.id)
        self._answer(ticket)
        self.assertRecordValues(
            ticket,
            [
                {
                    "status": "resolved",
                    "outcome": "explained",
                    "customer_decision": "none",
                    "decision_by_date": False,
                }
            ],
        )
        body = ticket.notice_ids.body
        self.assertNotIn("LAPS", body)
        with freeze_all_time(ticket.reopen_until_date + timedelta(minutes=1)):
            self._run_terms()
        self.assertEqual(ticket.status, "closed")
        self.assertEqual(len(ticket.notice_ids), 1, "no message about closing")

    def test_rights_are_named_except_when_granted_or_withdrawn(self):
        for outcome, named in (
            ("granted", False),
            ("withdrawn", False),
            ("partly_granted", True),
            ("explained", True),
            ("out_of_scope", True),
        ):
            with self.subTest(outcome=outcome):
                ticket = self._new_complaint()
                self._answer(ticket, outcome=outcome)
                self.assertEqual("LAPS" in ticket.notice_ids.body, named)

    def test_the_dispute_body_is_named_with_its_contact_once_checked(self):
        ticket = self._new_complaint()
        body = self.env["klikumkm.complaint.external.body"].search(
            [("kind", "=", "adr")], limit=1
        )
        body.write({"website": "laps.example", "checked_date": False})
        self.assertNotIn("laps.example", ticket._get_rights_lines()[0])
        body.checked_date = fields.Date.today()
        self.assertIn("laps.example", ticket._get_rights_lines()[0])
        body.valid_to = fields.Date.today() - timedelta(days=1)
        self.assertNotIn("laps.example", ticket._get_rights_lines()[0])

    def test_a_rejection_needs_its_ground(self):
        ticket = self._new_complaint()
        form = self._open("answer", ticket)
        form.answer, form.outcome = "<p>Tidak.</p>", "rejected"
        with self.assertRaises(AssertionError, msg="required in the form"):
            form.save()
        ground = self.env.ref("klikumkm_complaint.refusal_no_loss")
        form.refusal_ground_id = ground
        with self.mock_mail_gateway():
            form.save().action_send()
        self.assertEqual(ticket.response_id.refusal_ground_id, ground)
        self.assertIn("76(1)c", ticket.notice_ids.body)

    def test_an_answer_by_telephone_is_told_already(self):
        ticket = self._new_complaint(partner_id=self.walk_in.id)
        form = self._open("answer", ticket)
        form.answered_by = "call"
        form.told_remark = "Dana masuk pukul 9, dibacakan"
        form.outcome = "granted"
        form.is_accepted = True
        form.save().action_send()
        self.assertEqual(ticket.status, "closed")
        self.assertEqual(ticket.customer_decision, "accepted")
        self.assertRecordValues(
            ticket.notice_ids.filtered(lambda n: n.kind == "answer"),
            [{"medium": "phone", "state": "told", "told_by_id": self.agent.id}],
        )
        self.assertEqual(set(ticket.notice_ids.mapped("state")), {"told"})
        self.assertFalse(ticket.is_to_tell, "that it is closed was said in the call")

    def test_nobody_accepts_at_once_by_mail(self):
        ticket = self._new_complaint()
        form = self._open("answer", ticket)
        form.answered_by, form.is_accepted = "call", True
        form.answered_by, form.outcome = "message", "explained"
        form.answer = "<p>Sudah kami bayar.</p>"
        with self.mock_mail_gateway():
            form.save().action_send()
        self.assertEqual(ticket.status, "resolved")
        self.assertEqual(ticket.customer_decision, "pending")
        self.assertIn("&amp;decision=accepted", self._mails[0]["body"])

    def test_the_mail_with_the_answer_asks_for_the_verdict(self):
        for outcome, count in (("explained", 2), ("withdrawn", 0)):
            with self.subTest(outcome):
                ticket = self._new_complaint()
                self._answer(ticket, outcome=outcome)
                [mail] = self._mails
                self.assertEqual(mail["body"].count("&amp;decision="), count)

    def test_a_call_before_the_last_pause_stops_nothing_earlier(self):
        with freeze_all_time(MONDAY):
            ticket = self._new_complaint(partner_id=self.walk_in.id)
        with freeze_all_time(MONDAY + timedelta(days=1)):
            self._move(ticket, "waiting_customer")
        with freeze_all_time(MONDAY + timedelta(days=2)):
            self._move(ticket, "in_progress")
            form = self._open("answer", ticket)
            form.answered_by, form.outcome = "call", "explained"
            form.told_remark, form.told_date = "Dijelaskan", MONDAY
            form.save().action_send()
        self.assertEqual(ticket.resolved_date, MONDAY + timedelta(days=2))
        dates = ticket.sudo().sla_event_ids.sorted("id").mapped("effective_date")
        self.assertEqual(dates, sorted(dates))

    def test_without_an_address_it_is_resolved_once_told(self):
        ticket = self._new_complaint(partner_id=self.walk_in.id)
        action = self._answer(ticket)
        self.assertEqual(action["res_model"], "klikumkm.complaint.tell")
        self.assertEqual(ticket.status, "in_progress", "he knows nothing yet")
        self.assertTrue(ticket.is_to_tell)
        tell = (
            self.env["klikumkm.complaint.tell"]
            .with_user(self.agent)
            .create({"notice_id": action["context"]["default_notice_id"]})
        )
        self.assertIn("https://wa.me/6281234567890?text=", tell.whatsapp_url)
        self.assertIn(ticket.number, tell.share_text)
        self.assertIn("access_token=", tell.share_text)
        tell.remark = "Terkirim, dua centang"
        tell.action_told()
        self.assertEqual(ticket.status, "resolved")
        self.assertFalse(ticket.is_to_tell)
        self.assertNotIn("access_token", ticket.notice_ids.body)

    def test_what_was_sent_before_can_be_the_answer(self):
        ticket = self._new_complaint("received", category_id=self.category_question.id)
        with self.mock_mail_gateway():
            message = ticket.message_post(
                body="Tanggal 5.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=ticket.partner_id.ids,
            )
        form = self._open("answer", ticket)
        form.answered_by = "sent"
        self.assertEqual(form.message_id, message)
        before = len(ticket.message_ids)
        form.save().action_send()
        self.assertEqual(ticket.status, "resolved")
        told = ticket.message_ids.filtered(lambda m: m.message_type == "comment")
        self.assertEqual(told, message, "not sent twice")
        self.assertGreaterEqual(len(ticket.message_ids), before)

    def test_an_accepted_offer_closes_once_carried_out(self):
        ticket = self._new_complaint()
        self._answer(
            ticket,
            outcome="partly_granted",
            kind="offer",
            amount=150000,
            fulfil_by_date=fields.Date.today() + timedelta(days=7),
        )
        with self.mock_mail_gateway():
            ticket._record_decision("accepted")
        self.assertEqual(ticket.status, "resolved")
        self.assertTrue(ticket.is_offer_open)
        self.assertEqual(ticket.sudo().activity_ids.user_id, self.agent)
        wizard = self.env["klikumkm.complaint.carry.out"].with_user(self.agent)
        with self.mock_mail_gateway():
            wizard.create({"ticket_id": ticket.id, "note": "Transfer 77"}).action_save()
        self.assertEqual(ticket.status, "closed")
        self.assertFalse(ticket.sudo().activity_ids)

    def test_an_agent_of_another_team_answers_nothing(self):
        outsider = self._new_user(
            "complaint-outsider", "helpdesk_mgmt.group_helpdesk_user_team", "Luar"
        )
        ticket = self._new_complaint()
        wizard = self.env["klikumkm.complaint.answer"].with_user(outsider)
        with self.assertRaises(AccessError):
            wizard.create(
                {
                    "ticket_ids": ticket.ids,
                    "answer": "x",
                    "outcome": "noted",
                    "medium": "email",
                    "body": "x",
                    "subject": "x",
                    "text": "x",
                }
            ).action_send()
        self.assertEqual(ticket.status, "in_progress")


@tagged("post_install", "-at_install")
class TestVerdict(AnsweringCase):
    def setUp(self):
        super().setUp()
        with freeze_all_time(MONDAY):
            self.ticket = self._new_complaint()
            self._answer(self.ticket, outcome="explained")

    def _decide(self, user=None, **vals):
        wizard = self.env["klikumkm.complaint.decision"].with_user(user or self.agent)
        with self.mock_mail_gateway():
            wizard.create({"ticket_id": self.ticket.id, **vals}).action_save()

    def test_accepted_closes_and_tells(self):
        self._decide(decision="accepted")
        self.assertEqual(self.ticket.status, "closed")
        self.assertEqual(self.ticket.notice_ids[:1].kind, "closing")
        self.assertTrue(self.ticket.reopen_until_date)

    def test_rejected_waits_for_the_lead(self):
        with freeze_all_time(MONDAY + timedelta(days=1)):
            self._decide(decision="rejected", reason="Belum masuk")
        self.assertEqual(self.ticket.status, "resolved")
        self.assertEqual(self.ticket.customer_decision, "rejected")
        self.assertTrue(self.ticket.ruling_by_date)
        activity = self.ticket.sudo().activity_ids
        self.assertEqual(activity.user_id, self.lead)
        self.assertIn("Belum masuk", activity.note)
        self.assertEqual(self.ticket.notice_ids[:1].kind, "progress")

    def test_a_rejection_says_why(self):
        with self.assertRaises(UserError):
            self._decide(decision="rejected")

    def test_silence_never_accepts(self):
        with freeze_all_time(MONDAY), self.assertRaises(UserError):
            self._decide(decision="silent", date=MONDAY)
        reminder = self.ticket.sudo().reminder_date
        with freeze_all_time(reminder):
            self._run_terms()
            self._run_terms()
        self.assertEqual(
            self.ticket.notice_ids.mapped("kind").count("reminder"), 1, "once"
        )
        reminded = self.ticket.notice_ids.filtered(lambda n: n.kind == "reminder")
        self.assertEqual(reminded.state, "told", "sent, not left to the hourly queue")
        with freeze_all_time(self.ticket.decision_by_date):
            self._run_terms()
        self.assertRecordValues(
            self.ticket,
            [
                {
                    "status": "closed",
                    "customer_decision": "silent",
                    "outcome": "explained",
                }
            ],
        )

    def test_without_a_reminder_silence_closes_nothing(self):
        self.ticket.sudo().reminder_date = False
        with freeze_all_time(self.ticket.decision_by_date):
            self._run_terms()
        self.assertEqual(self.ticket.status, "resolved")
        self.assertEqual(self.ticket.sudo().activity_ids.user_id, self.agent)

    def _rule(self, ruling, user=None):
        form = self._open("ruling", self.ticket, user or self.lead)
        form.ruling = ruling
        form.reason = "<p>Kami periksa lagi.</p>"
        with self.mock_mail_gateway():
            return form.save().action_decide()

    def test_only_a_lead_decides_on_the_objection(self):
        self._decide(decision="rejected", reason="Belum")
        with self.assertRaises(AccessError):
            self._rule("final", self.agent)
        self._rule("final")
        self.assertEqual(self.ticket.status, "closed")
        self.assertEqual(self.ticket.customer_decision, "rejected")
        self.assertTrue(self.ticket.response_id.is_final)
        self.assertIn("Kami periksa lagi.", self.ticket.notice_ids[0].body)
        self.assertFalse(self.ticket.sudo().activity_ids)

    def test_a_ruling_not_told_yet_gives_way_to_the_next(self):
        self.ticket.sudo().partner_id.email = False
        self.ticket.sudo().partner_email = False
        self._decide(decision="rejected", reason="Belum")
        self._rule("final")
        self.assertEqual(self.ticket.status, "resolved", "he was not told yet")
        first = self.ticket.notice_ids.filtered("response_id.is_final")
        self._rule("final")
        second = self.ticket.notice_ids.filtered("response_id.is_final")
        self.assertEqual(len(second), 1)
        self.assertNotEqual(first, second)
        self._rule("reopen")
        self.assertEqual(self.ticket.status, "in_progress")
        self.assertFalse(self.ticket.notice_ids.filtered("response_id.is_final"))
        self.assertFalse((first | second).filtered("active"), "closes nothing later")

    def test_the_lead_reopens(self):
        self._decide(decision="rejected", reason="Belum")
        self._rule("reopen")
        self.assertRecordValues(
            self.ticket,
            [
                {
                    "status": "in_progress",
                    "customer_decision": "none",
                    "ruling_by_date": False,
                    "resolved_date": False,
                }
            ],
        )
        self.assertEqual(self.ticket.response_id.decision, "rejected", "kept")

    def test_an_oral_answer_not_accepted_is_confirmed_in_writing(self):
        ticket = self._new_complaint(partner_id=self.walk_in.id)
        form = self._open("answer", ticket)
        form.answered_by, form.told_remark = "call", "Dijelaskan lewat telepon"
        form.outcome = "explained"
        form.save().action_send()
        self.assertFalse(ticket.needs_written_confirmation)
        ticket._record_decision("rejected", "Tidak setuju", medium="phone")
        self.assertTrue(ticket.needs_written_confirmation)
        action = ticket.action_confirm_in_writing()
        form = self._open(
            "answer",
            ticket,
            default_response_id=action["context"]["default_response_id"],
        )
        self.assertIn("Dijelaskan lewat telepon", form.answer)
        follow = form.save().action_send()
        self.env["klikumkm.complaint.tell"].with_user(self.agent).create(
            {"notice_id": follow["context"]["default_notice_id"], "medium": "letter"}
        ).action_told()
        self.assertFalse(ticket.needs_written_confirmation)
        self.assertEqual(ticket.status, "resolved", "nothing else moved")
        self.assertEqual(ticket.customer_decision, "rejected")


@tagged("post_install", "-at_install")
class TestAskingTheCustomer(AnsweringCase):
    def _ask(self, ticket, **vals):
        form = self._open("ask", ticket)
        form.question = "Nomor rekening?"
        for name, value in vals.items():
            setattr(form, name, value)
        with self.mock_mail_gateway():
            return form.save().action_send()

    def test_asked_by_mail_waits_until_the_date(self):
        ticket = self._new_complaint()
        self._ask(ticket)
        self.assertEqual(ticket.status, "waiting_customer")
        self.assertTrue(ticket.answer_by_date)
        self.assertEqual(ticket.notice_ids.kind, "document_request")
        self.assertIn("Nomor rekening?", ticket.notice_ids.body)

    def test_without_an_address_it_waits_once_he_was_told(self):
        ticket = self._new_complaint(partner_id=self.walk_in.id)
        action = self._ask(ticket)
        self.assertEqual(ticket.status, "in_progress")
        self.env["klikumkm.complaint.tell"].with_user(self.agent).create(
            {"notice_id": action["context"]["default_notice_id"]}
        ).action_told()
        self.assertEqual(ticket.status, "waiting_customer")
        self.assertTrue(ticket.sudo().reminder_date, "reminded once")

    def test_his_answer_brings_it_back(self):
        ticket = self._new_complaint()
        self._ask(ticket)
        self._reply(ticket, "Rekening 123")
        self.assertEqual(ticket.status, "in_progress")
        self.assertFalse(ticket.answer_by_date)

    def test_a_robot_does_not_bring_it_back(self):
        ticket = self._new_complaint()
        self._ask(ticket)
        self._reply(ticket.with_context(complaint_robot_mail=True), "Saya cuti")
        self.assertEqual(ticket.status, "waiting_customer")

    def test_a_logged_call_brings_it_back_from_when_it_was(self):
        with freeze_all_time(MONDAY):
            ticket = self._new_complaint()
            self._ask(ticket)
        said = MONDAY + timedelta(hours=3)
        with freeze_all_time(MONDAY + timedelta(days=1)):
            self.env["klikumkm.complaint.log.answer"].with_user(self.agent).create(
                {"ticket_id": ticket.id, "text": "Rekening 123", "date": said}
            ).action_log()
        self.assertEqual(ticket.status, "in_progress")
        self.assertEqual(ticket.last_customer_message_date, said)
        resume = ticket.sudo().sla_event_ids.filtered(
            lambda event: event.event_type == "resume"
        )
        self.assertEqual(resume.effective_date, said)

    def test_whoever_is_asked_is_asked_in_his_language(self):
        """Jobs and customers speak another."""
        self.agent.lang = self.lead.lang = "id_ID"
        ticket = self._new_complaint(lang="en_US").sudo().with_context(lang="en_US")
        ticket._ask_owner_to_decide()
        self.assertIn("Pelanggan", ticket.activity_ids.summary)
        ticket.activity_ids.unlink()
        ticket._request_referral("One\n<b>two</b>")
        self.assertIn("Pelanggan", ticket.activity_ids.summary)
        self.assertIn("One<br", ticket.activity_ids.note)
        self.assertIn("&lt;b&gt;two", ticket.activity_ids.note)
        ticket.activity_ids.unlink()
        self._answer(ticket.with_user(self.agent))
        with self.mock_mail_gateway():
            ticket._record_decision("rejected", "No")
        self.assertEqual(ticket.activity_ids.user_id, self.lead)
        self.assertIn("Pelanggan", ticket.activity_ids.summary)

    def test_at_the_date_the_owner_decides_never_the_job(self):
        ticket = self._new_complaint()
        self._ask(ticket)
        with freeze_all_time(ticket.answer_by_date + timedelta(minutes=1)):
            self._run_terms()
            self._run_terms()
        self.assertEqual(ticket.status, "waiting_customer")
        self.assertEqual(len(ticket.sudo().activity_ids), 1)
        ticket.action_go_on_without()
        self.assertEqual(ticket.status, "in_progress")

    def test_without_an_answer_the_owner_closes_as_lapsed(self):
        ticket = self._new_complaint()
        self._ask(ticket)
        with self.assertRaises(UserError):
            ticket.action_close_no_answer()
        with freeze_all_time(ticket.answer_by_date + timedelta(minutes=1)):
            ticket.invalidate_recordset()
            action = ticket.action_close_no_answer()
            form = self._open(
                "cancel",
                ticket,
                default_reason_id=action["context"]["default_reason_id"],
            )
            with self.mock_mail_gateway():
                form.save().action_confirm()
        self.assertEqual(ticket.status, "cancelled")
        self.assertEqual(ticket.outcome, "lapsed")
        self.assertEqual(ticket.notice_ids[0].kind, "closing")

    def test_to_ask_nothing_is_refused(self):
        ticket = self._new_complaint()
        with self.assertRaises(UserError):
            self._ask(ticket, question=False)


@tagged("post_install", "-at_install")
class TestRepliesAfterTheAnswer(AnsweringCase):
    def setUp(self):
        super().setUp()
        with freeze_all_time(MONDAY):
            self.ticket = self._new_complaint()
            self._answer(self.ticket)
        self.reply_date = MONDAY + timedelta(days=1)
        with freeze_all_time(self.reply_date):
            self._reply(self.ticket, "Terima kasih")

    def test_a_reply_moves_nothing(self):
        self.assertEqual(self.ticket.status, "resolved")
        self.assertTrue(self.ticket.reply_pending_since)

    def test_only_thanks(self):
        self.ticket.action_reply_thanks()
        self.assertFalse(self.ticket.reply_pending_since)
        self.assertEqual(self.ticket.status, "resolved")

    def test_an_objection_reopens_from_when_he_wrote(self):
        with freeze_all_time(MONDAY + timedelta(days=3)), self.mock_mail_gateway():
            self.ticket.action_reply_objection()
        self.assertEqual(self.ticket.status, "in_progress")
        event = self.ticket.sudo().sla_event_ids.filtered(
            lambda event: event.event_type == "reopen"
        )
        self.assertEqual(event.effective_date, self.reply_date)
        self.assertEqual(self.ticket.sudo().response_id.decision, "rejected")

    def test_an_objection_keeps_all_that_he_wrote(self):
        words = "Denda itu tidak pernah diberitahukan kepada saya. " * 10
        with freeze_all_time(MONDAY + timedelta(days=2)):
            self._reply(
                self.ticket,
                Markup(
                    "<p>%s</p><p>Bukti kedua.</p>"
                    "<blockquote data-o-mail-quote='1'>Tanggapan kami</blockquote>"
                )
                % words,
            )
            with self.mock_mail_gateway():
                self.ticket.action_reply_objection()
        reason = self.ticket.sudo().response_id.decision_reason
        self.assertIn("Terima kasih", reason, "the first of his two messages")
        self.assertIn(words.strip(), reason)
        self.assertIn("\nBukti kedua.", reason)
        self.assertNotIn("Tanggapan kami", reason, "our own words")

    def test_a_new_matter_is_a_complaint_of_its_own(self):
        action = self.ticket.action_reply_new_matter()
        matter = self.env["helpdesk.ticket"].browse(action["res_id"])
        self.assertEqual(matter.origin_id, self.ticket)
        self.assertEqual(matter.received_date, self.reply_date)
        self.assertEqual(matter.partner_id, self.ticket.partner_id)
        self.assertIn("Terima kasih", matter.description)
        self.assertFalse(self.ticket.reply_pending_since)
        self.assertEqual(self.ticket.status, "resolved")

    def test_a_new_matter_is_told_in_the_customers_own_words(self):
        self.ticket.action_reply_thanks()
        self.ticket.sudo().message_post(
            body=Markup(
                "<p>Ada hal lain.</p>"
                "<blockquote data-o-mail-quote='1'>Tanggapan kami</blockquote>"
            ),
            subject=f"Re: [{self.ticket.number}] Tanggapan atas pengaduan Anda",
            author_id=self.ticket.sudo().partner_id.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        action = self.ticket.action_reply_new_matter()
        matter = self.env["helpdesk.ticket"].browse(action["res_id"])
        self.assertNotIn("Tanggapan", matter.name)
        self.assertIn("Ada hal lain.", matter.description)
        self.assertNotIn("Tanggapan kami", matter.description)

    def test_a_reply_that_took_long_to_arrive_is_found(self):
        """A mail with large files: its message is older than the moment it is noted."""
        self.ticket.action_reply_thanks()
        begun = MONDAY + timedelta(days=2)
        with (
            freeze_all_time(begun),
            freeze_time(begun + timedelta(seconds=20)),
        ):
            self._reply(self.ticket, "Saya keberatan.")
        with self.mock_mail_gateway():
            self.ticket.action_reply_objection()
        reason = self.ticket.sudo().response_id.decision_reason
        self.assertEqual(reason, "Saya keberatan.")

    def test_after_the_grace_an_agent_records_a_new_matter(self):
        self.ticket.sudo()._move_to("closed")
        self.ticket.sudo().reopen_until_date = self.reply_date - timedelta(hours=1)
        with self.assertRaises(AccessError):
            self.ticket.action_reply_objection()
        with self.mock_mail_gateway():
            self.ticket.with_user(self.lead).action_reply_objection()
        self.assertEqual(self.ticket.status, "in_progress")

    def test_without_a_reply_there_is_nothing_to_sort(self):
        self.ticket.action_reply_thanks()
        for button in ("thanks", "objection", "new_matter"):
            with self.assertRaises(UserError):
                getattr(self.ticket, f"action_reply_{button}")()


@tagged("post_install", "-at_install")
class TestDialogs(AnsweringCase):
    def test_what_is_typed_in_a_dialog_is_its_writers_alone(self):
        models = self.env["ir.model"].search(
            [("model", "=like", "klikumkm.complaint.%"), ("transient", "=", True)]
        )
        self.assertGreater(len(models), 10)
        for model in models:
            rules = self.env["ir.rule"].search([("model_id", "=", model.id)])
            self.assertTrue(
                any("create_uid" in (rule.domain_force or "") for rule in rules),
                model.model,
            )

    def test_another_agent_does_not_read_it(self):
        ticket = self._new_complaint()
        form = self._open("answer", ticket)
        form.answer, form.outcome = "<p>Rahasia</p>", "explained"
        wizard = form.save()
        self.assertEqual(wizard.outcome, "explained")
        colleague = self._new_user(
            "complaint-second", "helpdesk_mgmt.group_helpdesk_user_team", "Kedua"
        )
        other = wizard.with_user(colleague)
        self.assertFalse(other.search([("id", "=", wizard.id)]))
        with self.assertRaises(AccessError):
            other.read(["answer"])
