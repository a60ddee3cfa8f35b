# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Triage: classify, spam, duplicates, cancelling, adding to an open complaint."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import MailCommon, freeze_all_time

from .common import ComplaintFixture


class TriageCase(ComplaintFixture, MailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_complaints()
        cls.Ticket = cls.env["helpdesk.ticket"]
        cls.outsider = cls._new_user(
            "complaint-outsider", "helpdesk_mgmt.group_helpdesk_user_team", "Luar"
        )
        cls.phone = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")

    def setUp(self):
        super().setUp()
        self.ticket = self._create_complaint(user_id=self.agent.id)

    def _reason(self, name):
        return self.env.ref(f"klikumkm_complaint.cancel_reason_{name}")

    def _say(self, ticket, text, user=None, **kwargs):
        """The customer writes."""
        author = (user or self.customer).partner_id
        return ticket.sudo().message_post(
            body=text,
            author_id=author.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            **kwargs,
        )

    def _wizard(self, model, tickets, user=None, **vals):
        return (
            self.env[model]
            .with_user(user or self.agent)
            .with_context(active_model="helpdesk.ticket", active_ids=tickets.ids)
            .create(vals)
        )


@tagged("post_install", "-at_install")
class TestClassify(TriageCase):
    def _form(self, tickets, user=None):
        return Form(
            self.env["klikumkm.complaint.classify"]
            .with_user(user or self.agent)
            .with_context(active_model="helpdesk.ticket", active_ids=tickets.ids)
        )

    def test_one_shows_what_stands_there(self):
        ticket = self._create_complaint(
            is_classified=False, category_id=self.category_question.id
        )
        form = self._form(ticket)
        self.assertEqual(form.category_id, self.category_question)
        self.assertEqual(form.submission_type, "question")
        self.assertEqual(form.assistance_type, "information")
        self.assertEqual(form.priority, "0")
        form.save().action_apply()
        self.assertTrue(ticket.is_classified)

    def test_category_fills_the_rest_visibly(self):
        form = self._form(self.ticket)
        form.category_id = self.category_fraud
        self.assertEqual(form.submission_type, "complaint")
        self.assertEqual(form.assistance_type, "coordination")
        self.assertEqual(form.priority, "3")
        form.user_id = self.lead
        form.save().action_apply()
        self.assertEqual(self.ticket.category_id, self.category_fraud)
        self.assertEqual(self.ticket.assistance_type, "coordination")
        self.assertEqual(self.ticket.priority, "3")
        self.assertEqual(self.ticket.user_id, self.lead)

    def test_what_is_shown_is_what_counts(self):
        form = self._form(self.ticket)
        form.category_id = self.category_fraud
        form.assistance_type = "handling"
        form.priority = "1"
        form.save().action_apply()
        self.assertEqual(self.ticket.category_id, self.category_fraud)
        self.assertEqual(self.ticket.assistance_type, "handling")
        self.assertEqual(self.ticket.priority, "1")

    def test_type_alone_decides_the_form_of_help(self):
        form = self._form(self.ticket)
        form.submission_type = "question"
        self.assertEqual(form.assistance_type, "information")
        form.save().action_apply()
        self.assertEqual(self.ticket.assistance_type, "information")

    def test_lowering_what_the_customer_stated_needs_a_reason(self):
        ticket = self._create_complaint(urgency_stated="2")
        form = self._form(ticket)
        form.category_id = self.category_question
        # the category alone lowers nothing
        self.assertEqual(form.priority, "2")
        form.priority = "0"
        with self.assertRaises(AssertionError):
            form.save()  # the reason is required on the screen
        wizard = self._wizard(
            "klikumkm.complaint.classify", ticket, submission_type="question"
        )
        wizard.priority = "0"
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_apply()
        wizard.urgency_lowered_reason = "Sudah dibicarakan"
        wizard.action_apply()
        self.assertEqual(ticket.priority, "0")
        self.assertEqual(ticket.urgency_lowered_reason, "Sudah dibicarakan")

    def test_several_change_only_what_is_filled_in(self):
        other = self._create_complaint(
            submission_type="question", category_id=self.category_plain.id
        )
        tickets = self.ticket | other
        form = self._form(tickets)
        self.assertFalse(form.category_id)
        self.assertFalse(form.submission_type)
        form.priority = "2"
        form.save().action_apply()
        self.assertEqual(tickets.mapped("priority"), ["2", "2"])
        self.assertEqual(self.ticket.submission_type, "complaint")
        self.assertEqual(other.submission_type, "question")
        self.assertEqual(other.category_id, self.category_plain)
        self.assertEqual(self.ticket.user_id, self.agent)

    def test_category_for_several(self):
        tickets = self.ticket | self._create_complaint()
        form = self._form(tickets, self.lead)
        form.category_id = self.category_fraud
        form.save().action_apply()
        self.assertEqual(set(tickets.mapped("assistance_type")), {"coordination"})
        self.assertEqual(set(tickets.mapped("priority")), {"3"})

    def test_effect_on_the_date_is_a_sentence(self):
        effect = self.ticket._get_reclassification_effect(
            {"assistance_type": "coordination"}
        )
        self.assertIsInstance(effect, str)

    def test_others_may_not(self):
        for user in (self.outsider, self.colleague):
            with self.assertRaises(AccessError):
                self._wizard(
                    "klikumkm.complaint.classify",
                    self.ticket,
                    user,
                    submission_type="question",
                ).action_apply()


@tagged("post_install", "-at_install")
class TestNotAComplaint(TriageCase):
    def test_spam_is_out_of_all_figures(self):
        other = self._create_complaint()
        action = (self.ticket | other).with_user(self.agent).action_not_complaint()
        self.assertEqual(action["tag"], "klikumkm_undo_notification")
        for ticket in self.ticket | other:
            self.assertEqual(ticket.status, "cancelled")
            self.assertEqual(ticket.cancel_reason_id, self._reason("not_a_complaint"))
            self.assertTrue(ticket.is_void)
            self.assertTrue(ticket.is_classified)
        self.assertFalse(self.Ticket.search([("is_void", "=", False)]) & self.ticket)
        fresh = self._create_complaint()
        self.assertEqual(fresh.customer_complaint_count, 0)

    def test_nobody_is_told(self):
        self.ticket.is_receipt_due = True
        with self.mock_mail_gateway():
            self.ticket.with_user(self.agent).action_not_complaint()
            self.assertFalse(self.ticket.is_receipt_due)
            self.ticket._send_receipt()
            self.flush_tracking()
        self.assertNotSentEmail()
        self.assertFalse(self.ticket.notice_ids)

    def test_what_waits_to_be_told_is_withdrawn(self):
        self.customer.partner_id.email = False
        ticket = self._create_complaint(partner_email=False)
        notice = ticket._tell("progress")
        self.assertEqual(notice.state, "to_tell")
        ticket.with_user(self.agent).action_not_complaint()
        self.assertFalse(notice.active)
        self.assertFalse(ticket.is_to_tell)
        ticket.with_user(self.agent).action_undo_cancellation()
        self.assertTrue(notice.active)
        self.assertTrue(ticket.is_to_tell)

    def test_receipt_is_sent_after_all(self):
        web = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web")
        ticket = self._create_complaint(channel_id=web.id)
        self.assertTrue(ticket.is_receipt_due)
        ticket.with_user(self.agent).action_not_complaint()
        self.assertFalse(ticket.is_receipt_due)
        ticket.with_user(self.agent).action_undo_cancellation()
        self.assertTrue(ticket.is_receipt_due)

    def test_an_agent_cannot_write_to_the_sender(self):
        self.ticket.with_user(self.agent).action_not_complaint()
        ticket = self.ticket.with_user(self.agent)
        with self.assertRaisesRegex(UserError, "complaint after all"):
            ticket.message_post(
                body="Halo",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.customer.partner_id.ids,
            )
        ticket.message_post(
            body="Iklan", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        message = self.ticket.message_post(
            body="Otomatis",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.partner_id.ids,
        )
        self.assertNotIn(
            self.customer.partner_id, message.notification_ids.res_partner_id
        )

    def test_sender_who_writes_again_is_seen(self):
        self.ticket.with_user(self.agent).action_not_complaint()
        self._say(self.ticket, "Mengapa tidak dijawab?")
        self.assertEqual(len(self.ticket.activity_ids), 1)
        self.assertEqual(self.ticket.activity_ids.user_id, self.agent)
        self._say(self.ticket, "Halo?")
        self.assertEqual(len(self.ticket.activity_ids), 1)

    def test_activities_end_and_come_back(self):
        activity = self.ticket.activity_schedule(
            "mail.mail_activity_data_todo", summary="Telepon", user_id=self.lead.id
        )
        self.ticket.with_user(self.agent).action_not_complaint()
        self.assertFalse(activity.active)
        self.ticket.with_user(self.agent).action_undo_cancellation()
        self.assertTrue(activity.active)
        self.assertEqual(self.ticket.activity_ids, activity)

    def test_units_need_not_answer_any_more(self):
        unit = self.env["klikumkm.complaint.unit"].create(
            {"name": "Keuangan", "email": "keuangan@example.com"}
        )
        request = self.env["klikumkm.complaint.coordination"].create(
            {
                "ticket_id": self.ticket.id,
                "unit_id": unit.id,
                "name": "Sudah dibayar?",
                "question": "Sudah dibayar?",
                "due_date": fields.Datetime.now() + timedelta(days=2),
            }
        )
        self.assertEqual(request.state, "asked")
        self.ticket.with_user(self.agent).action_not_complaint()
        self.assertEqual(request.state, "withdrawn")

    def test_an_agent_takes_it_back(self):
        self._move(self.ticket, "in_progress")
        self.ticket.is_classified = False
        pending = fields.Datetime.now() - timedelta(hours=3)
        self.ticket.reply_pending_since = pending
        received = self.ticket.received_date
        ticket = self.ticket.with_user(self.agent)
        ticket.action_not_complaint()
        self.assertEqual(ticket.undoable_kind, "not_complaint")
        self.assertFalse(ticket.reply_pending_since)
        ticket.action_undo_cancellation()
        self.assertEqual(ticket.status, "in_progress")
        self.assertEqual(ticket.user_id, self.agent)
        self.assertFalse(ticket.is_classified)
        self.assertEqual(ticket.reply_pending_since, pending)
        self.assertEqual(ticket.received_date, received)
        self.assertFalse(ticket.is_void)
        self.assertFalse(ticket.cancel_reason_id)
        self.assertFalse(ticket.undoable_kind)
        row = ticket.cancellation_ids
        self.assertEqual(row.undone_by_id, self.agent)

    def test_unassigned_stays_unassigned(self):
        ticket = self._create_complaint(user_id=False).with_user(self.agent)
        ticket.action_not_complaint()
        ticket.action_undo_cancellation()
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.status, "received")

    def test_other_cancellations_are_the_leads(self):
        self._wizard(
            "klikumkm.complaint.cancel",
            self.ticket,
            reason_id=self._reason("no_answer").id,
            is_to_tell=False,
        ).action_confirm()
        with self.assertRaisesRegex(UserError, "team lead"):
            self.ticket.with_user(self.agent).action_undo_cancellation()

    def test_a_lead_may_also_reopen_it(self):
        self.ticket.with_user(self.agent).action_not_complaint()
        self._move(self.ticket, "in_progress", self.lead)
        self.assertFalse(self.ticket.cancel_reason_id)
        self.assertFalse(self.ticket.is_void)
        self.assertTrue(self.ticket.cancellation_ids.undone_date)
        with self.assertRaises(UserError):
            self.ticket.with_user(self.agent).action_undo_cancellation()

    def test_others_may_not(self):
        for user in (self.outsider, self.colleague, self.customer):
            with self.assertRaises(AccessError):
                self.ticket.with_user(user).action_not_complaint()
        self.ticket.with_user(self.agent).action_not_complaint()
        for user in (self.outsider, self.colleague, self.customer):
            with self.assertRaises(AccessError):
                self.ticket.with_user(user).action_undo_cancellation()

    def test_what_is_answered_is_no_spam(self):
        self._move(self.ticket, "resolved")
        with self.assertRaisesRegex(UserError, "still running"):
            self.ticket.with_user(self.agent).action_not_complaint()

    def test_the_customers_page_does_not_call_it_spam(self):
        self.ticket.with_user(self.agent).action_not_complaint()
        sentence = self.ticket._get_status_sentence()
        self.assertIn("Cancelled on", sentence)
        self.assertNotIn("spam", sentence)

    def test_reasons_of_the_suite_stay(self):
        with self.assertRaisesRegex(UserError, "Archive"):
            self._reason("not_a_complaint").unlink()
        self._reason("not_a_complaint").active = False
        self.ticket.with_user(self.agent).action_not_complaint()
        self.assertTrue(self.ticket.is_void)

    @freeze_all_time()
    def test_as_many_queries_for_twenty_as_for_few(self):
        def count(number):
            tickets = self.Ticket.concat(
                *(self._create_complaint() for _number in range(number))
            ).with_user(self.agent)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            tickets.action_not_complaint()
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        count(2)
        few, many = count(2), count(20)
        # tracking and its messages are counted apart
        self.assertLess(many - few, 18 * 8)


@tagged("post_install", "-at_install")
class TestCancel(TriageCase):
    def _cancel(self, tickets, reason="no_answer", user=None, **vals):
        return self._wizard(
            "klikumkm.complaint.cancel",
            tickets,
            user,
            reason_id=self._reason(reason).id,
            **vals,
        )

    def test_customer_is_told_why(self):
        with self.mock_mail_gateway():
            wizard = self._cancel(self.ticket, note="Sudah tiga kali ditelepon")
            self.assertTrue(wizard.is_to_tell)
            self.assertIn(self.ticket.number, wizard.subject)
            self.assertIn("No answer to our request", wizard.body)
            wizard.action_confirm()
        self.assertEqual(self.ticket.status, "cancelled")
        self.assertEqual(self.ticket.cancel_reason_id, self._reason("no_answer"))
        notice = self.ticket.notice_ids
        self.assertEqual(notice.kind, "closing")
        self.assertNotIn("tiga kali", notice.body)
        self.assertEqual(len(self._new_mails), 1)
        self.assertFalse(self.ticket.is_void)
        self.assertEqual(self.ticket.cancellation_ids.note, "Sudah tiga kali ditelepon")

    def test_reason_decides_whether_by_default(self):
        for reason, told in (
            ("withdrawn", True),
            ("not_for_us", True),
            ("test", False),
            ("not_a_complaint", False),
        ):
            wizard = self._cancel(self.ticket, reason)
            self.assertEqual(wizard.is_to_tell, told, reason)

    def test_not_told(self):
        with self.mock_mail_gateway():
            self._cancel(self.ticket, is_to_tell=False).action_confirm()
        self.assertFalse(self.ticket.notice_ids)
        self.assertNotSentEmail()

    def test_told_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("id_ID")
        reason = self._reason("no_answer")
        reason.with_context(lang="id_ID").name = "Tidak ada jawaban"
        self.ticket.lang = "id_ID"
        self.assertIn("Tidak ada jawaban", self._cancel(self.ticket).body)

    def test_spam_is_never_told(self):
        with self.mock_mail_gateway():
            self._cancel(
                self.ticket, "not_a_complaint", is_to_tell=True
            ).action_confirm()
        self.assertFalse(self.ticket.notice_ids)
        self.assertEqual(self.ticket.undoable_kind, "not_complaint")

    def test_several_at_once(self):
        tickets = self.ticket | self._create_complaint()
        with self.mock_mail_gateway():
            self._cancel(tickets, "not_for_us", self.lead).action_confirm()
        self.assertEqual(set(tickets.mapped("status")), {"cancelled"})
        self.assertEqual(len(tickets.notice_ids), 2)

    def test_withdrawn_is_its_own_outcome(self):
        self._cancel(self.ticket, "withdrawn", is_to_tell=False).action_confirm()
        self.assertEqual(self.ticket.outcome, "withdrawn")
        self._move(self.ticket, "in_progress", self.lead)
        self.assertFalse(self.ticket.outcome)

    def test_withdrawn_by_the_customer_is_confirmed_once(self):
        activity = self.ticket.activity_schedule("mail.mail_activity_data_todo")
        self.ticket.write(
            {
                "stage_id": self.stages["cancelled"].id,
                "outcome": "withdrawn",
                "cancel_reason_id": self._reason("withdrawn").id,
            }
        )
        with self.mock_mail_gateway():
            self.ticket._confirm_withdrawal()
        self.assertFalse(activity.active)
        self.assertEqual(len(self._new_mails), 1)
        self.assertIn("Withdrawn", self.ticket.notice_ids.body)

    def test_templates_in_both_languages(self):
        for lang in ("en_US", "id_ID"):
            self.env["res.lang"]._activate_lang(lang)
            self.ticket.lang = lang
            for name in ("cancelled", "merged"):
                message = self.ticket._render_message(
                    "closing",
                    f"klikumkm_complaint.mail_template_{name}",
                    {"reason": "Test", "kept_number": "HT1", "kept_date": "x"},
                )[self.ticket.id]
                self.assertIn(self.ticket.number, message["subject"])
                self.assertIn(self.ticket.number, message["body"])
                self.assertTrue(message["text"])
                self.assertLessEqual(len(message["text"]), 400)

    def test_nobody_cancels_without_a_reason(self):
        with self.assertRaises(RedirectWarning) as caught:
            self._move(self.ticket, "cancelled", self.agent)
        self.assertEqual(
            caught.exception.args[1],
            self.env.ref("klikumkm_complaint.complaint_cancel_action").id,
        )

    def test_what_is_answered_is_not_cancelled(self):
        self._move(self.ticket, "resolved")
        with self.assertRaisesRegex(UserError, "still running"):
            self._cancel(self.ticket).action_confirm()

    def test_others_may_not(self):
        for user in (self.outsider, self.colleague):
            with self.assertRaises(AccessError):
                self._cancel(self.ticket, user=user).action_confirm()

    def test_rows_are_read_by_those_who_read_the_complaint(self):
        self._cancel(self.ticket, is_to_tell=False).action_confirm()
        Row = self.env["klikumkm.complaint.cancellation"]
        mine = [("ticket_id", "=", self.ticket.id)]
        for user in (self.agent, self.lead, self.manager):
            self.assertTrue(Row.with_user(user).search(mine))
        self.assertFalse(Row.with_user(self.outsider).search(mine))
        for user in (self.colleague, self.customer):
            with self.assertRaises(AccessError):
                Row.with_user(user).search(mine)
        with self.assertRaises(AccessError):
            self.ticket.cancellation_ids.with_user(self.manager).write({"note": "x"})


@tagged("post_install", "-at_install")
class TestDuplicate(TriageCase):
    def setUp(self):
        super().setUp()
        now = fields.Datetime.now()
        self.kept = self.ticket
        self.kept.received_date = now - timedelta(days=2)
        self.duplicate = self._create_complaint(
            name="Belum cair juga",
            description="<p>Cerita kedua.</p>",
            received_date=now - timedelta(days=5),
        )

    def _merge(self, duplicate=None, kept=None, user=None):
        wizard = (
            self.env["helpdesk.ticket.duplicate.wizard"]
            .with_user(user or self.agent)
            .create(
                {
                    "ticket_id": (duplicate or self.duplicate).id,
                    "duplicate_of_id": (kept or self.kept).id,
                }
            )
        )
        with self.mock_mail_gateway():
            return wizard.action_confirm()

    def _bodies(self, ticket):
        return " ".join(ticket.message_ids.mapped("body"))

    def test_the_customers_open_one_is_proposed(self):
        self._create_complaint(partner_id=self.stranger.partner_id.id)
        action = self.duplicate.with_user(self.agent).action_open_duplicate_wizard()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.agent)
            .with_context(**action["context"])
        )
        self.assertEqual(form.duplicate_of_id, self.kept)
        self.assertEqual(form.candidate_ids[:], self.kept)
        self.assertIn(self.duplicate.number, form.effect)
        self.assertFalse(form.is_other_customer)

    def test_merge(self):
        self._merge()
        self.assertEqual(self.duplicate.status, "cancelled")
        self.assertEqual(self.duplicate.duplicate_id, self.kept)
        self.assertEqual(self.duplicate.cancel_reason_id, self._reason("duplicate"))
        self.assertTrue(self.duplicate.is_void)
        self.assertEqual(self.kept.received_date, self.duplicate.received_date)
        self.assertEqual(self.kept.duplicate_count, 1)
        # told once, by one mail
        self.assertEqual(len(self._new_mails), 1)
        self.assertEqual(self.duplicate.notice_ids.kind, "closing")
        self.assertIn(self.kept.number, self.duplicate.notice_ids.body)
        self.assertFalse(self.kept.notice_ids)

    def test_later_duplicate_moves_no_date(self):
        received = self.duplicate.received_date
        self._merge(self.kept, self.duplicate)
        self.assertEqual(self.duplicate.received_date, received)

    def test_conversation_and_files_are_copied_in_order(self):
        self.env["ir.attachment"].create(
            {
                "name": "bukti.txt",
                "raw": b"isi",
                "res_model": "helpdesk.ticket",
                "res_id": self.duplicate.id,
            }
        )
        said = self._say(self.duplicate, "Tolong", attachments=[("foto.txt", b"x")])
        said.date = fields.Datetime.now() - timedelta(days=4)
        self.duplicate.with_user(self.agent).message_post(
            body="Catatan dalam", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        before = self.kept.message_ids
        self._merge()
        copies = (self.kept.message_ids - before).filtered(
            lambda m: f"From {self.duplicate.number}" in m.body
            or f"Dari {self.duplicate.number}" in m.body
        )
        story, message, note = copies.sorted("id")[:3]
        self.assertIn("Cerita kedua", story.body)
        self.assertEqual(story.author_id, self.customer.partner_id)
        self.assertEqual(story.date, self.duplicate.received_date)
        self.assertEqual(story.attachment_ids.mapped("name"), ["bukti.txt"])
        self.assertIn("Tolong", message.body)
        self.assertEqual(message.date, said.date)
        self.assertEqual(message.author_id, said.author_id)
        self.assertEqual(message.attachment_ids.name, "foto.txt")
        self.assertEqual(message.attachment_ids.res_id, self.kept.id)
        self.assertIn("Catatan dalam", note.body)
        self.assertTrue(note.subtype_id.internal)
        files = self.kept._get_customer_files().mapped("name")
        self.assertIn("bukti.txt", files)
        self.assertIn("foto.txt", files)
        # the originals stay where they were
        self.assertEqual(said.res_id, self.duplicate.id)
        self.assertTrue(said.attachment_ids)

    def test_undone(self):
        own_date = self.kept.received_date
        self._say(self.duplicate, "Tolong", attachments=[("foto.txt", b"x")])
        self._merge()
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", self.kept.id)]
        )
        self.assertTrue(files)
        note = self.kept.with_user(self.agent).message_post(
            body="Ditelepon", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        with self.mock_mail_gateway():
            self.duplicate.with_user(self.agent).action_undo_cancellation()
        self.assertEqual(self.duplicate.status, "received")
        self.assertFalse(self.duplicate.duplicate_id)
        self.assertFalse(self.duplicate.is_void)
        self.assertEqual(self.kept.received_date, own_date)
        self.assertFalse(files.exists())
        self.assertNotIn("Cerita kedua", self._bodies(self.kept))
        self.assertTrue(note.exists())
        self.assertIn("Tolong", self._bodies(self.duplicate))
        # he was told that they were joined, so he is told that they are not
        self.assertEqual(len(self._new_mails), 1)

    def test_undone_before_anybody_was_told(self):
        self.customer.partner_id.email = False
        self.duplicate.partner_email = False
        action = self._merge()
        self.assertEqual(action["res_model"], "klikumkm.complaint.tell")
        notice = self.duplicate.notice_ids
        self.duplicate.with_user(self.agent).action_undo_cancellation()
        self.assertFalse(notice.active)
        self.assertFalse(self.duplicate.notice_ids)

    def test_date_of_several_duplicates(self):
        own_date = self.kept.received_date
        earliest = self._create_complaint(
            received_date=fields.Datetime.now() - timedelta(days=9)
        )
        self._merge()
        self._merge(earliest)
        self.assertEqual(self.kept.received_date, earliest.received_date)
        self.duplicate.action_undo_cancellation()
        self.assertEqual(self.kept.received_date, earliest.received_date)
        earliest.action_undo_cancellation()
        self.assertEqual(self.kept.received_date, own_date)

    def test_date_moved_by_hand_since_stays(self):
        self._merge()
        by_hand = fields.Datetime.now() - timedelta(days=30)
        self.kept.received_date = by_hand
        self.duplicate.action_undo_cancellation()
        self.assertEqual(self.kept.received_date, by_hand)

    def test_another_customers_complaint_reads_nothing(self):
        other = self._create_complaint(
            partner_id=self.stranger.partner_id.id, user_id=self.agent.id
        )
        self._say(self.duplicate, "Rahasia saya")
        form = Form(
            self.env["helpdesk.ticket.duplicate.wizard"]
            .with_user(self.agent)
            .with_context(default_ticket_id=self.duplicate.id)
        )
        form.duplicate_of_id = other
        self.assertTrue(form.is_other_customer)
        self._merge(kept=other)
        copies = other.message_ids.filtered(
            lambda m: "Rahasia" in m.body or "Cerita kedua" in m.body
        )
        self.assertEqual(len(copies), 2)
        self.assertTrue(all(copies.mapped("subtype_id.internal")))
        readable = (
            self.env["mail.message"]
            .with_user(self.stranger)
            .search([("model", "=", "helpdesk.ticket"), ("res_id", "=", other.id)])
        )
        self.assertNotIn("Rahasia", " ".join(readable.mapped("body")))
        # neither learns of the other
        self.assertNotIn(other.number, self.duplicate.notice_ids.body)
        self.assertNotIn(other.number, self.duplicate._get_status_sentence())

    def test_the_page_says_where_it_goes_on(self):
        self._merge()
        self.assertIn(self.kept.number, self.duplicate._get_status_sentence())

    def test_mail_that_answers_the_duplicate_goes_to_the_one_kept(self):
        self._merge()
        notice = self.duplicate.notice_ids
        self._receive(
            f"Re: {notice.subject}",
            "Satu hal lagi",
            f"In-Reply-To: {notice.mail_message_id.message_id}",
        )
        self.assertIn("Satu hal lagi", self._bodies(self.kept))
        self.assertNotIn("Satu hal lagi", self._bodies(self.duplicate))
        self.assertTrue(self.kept.reply_pending_since)
        self.assertFalse(self.duplicate.reply_pending_since)

    def test_number_in_the_subject_goes_to_the_one_kept(self):
        self._merge()
        before = self.Ticket.search_count([])
        self._receive(f"Soal {self.duplicate.number}", "Dengan lampiran")
        self.assertEqual(self.Ticket.search_count([]), before)
        self.assertIn("Dengan lampiran", self._bodies(self.kept))

    def test_page_of_the_duplicate_goes_to_the_one_kept(self):
        self._merge()
        self.duplicate.with_user(self.customer).message_post(
            body="Dari halaman",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertIn("Dari halaman", self._bodies(self.kept))
        # what the desk writes there stays there
        self.duplicate.with_user(self.agent).message_post(
            body="Catatan", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.assertIn("Catatan", self._bodies(self.duplicate))

    def test_chain_of_duplicates(self):
        third = self._create_complaint(user_id=self.agent.id)
        self._merge()
        self._merge(self.kept, third)
        self._say(self.duplicate, "Masih menunggu")
        self.assertIn("Masih menunggu", self._bodies(third))

    def test_another_customers_answer_is_flagged(self):
        other = self._create_complaint(
            partner_id=self.stranger.partner_id.id, user_id=self.agent.id
        )
        self._merge(kept=other)
        self._say(self.duplicate, "Saya lagi")
        self.assertIn("Saya lagi", self._bodies(self.duplicate))
        self.assertNotIn("Saya lagi", self._bodies(other))
        self.assertTrue(other.reply_pending_since)
        self.assertIn(self.duplicate.number, other.message_ids[0].body)

    def _receive(self, subject, body, header="X-Test: 1"):
        mail = (
            f"From: {self.customer.email_formatted}\n"
            f"To: {self.team.alias_email or 'pengaduan@example.com'}\n"
            f"Subject: {subject}\nMessage-Id: <{subject.replace(' ', '')}@x.id>\n"
            f"{header}\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                "helpdesk.ticket", mail.encode(), custom_values={}
            )

    def test_what_cannot_be_merged(self):
        with self.assertRaisesRegex(UserError, "of itself"):
            self.kept._merge_into(self.kept)
        done = self._create_complaint()
        self._move(done, "resolved")
        with self.assertRaisesRegex(UserError, "still running"):
            done._merge_into(self.kept)
        # its clock stands: an earlier start would not be seen
        with self.assertRaisesRegex(UserError, "answered already"):
            self.duplicate._merge_into(done)
        late = self._create_complaint()
        late._merge_into(done)
        self.assertEqual(late.duplicate_id, done)
        gone = self._create_complaint()
        gone.action_not_complaint()
        with self.assertRaisesRegex(UserError, "cancelled itself"):
            self.kept._merge_into(gone)

    def test_others_may_not(self):
        for user in (self.outsider, self.colleague):
            with self.assertRaises(AccessError):
                self.duplicate.with_user(user)._merge_into(self.kept.with_user(user))
        elsewhere = self._create_complaint(team_id=self.other_team.id)
        with self.assertRaises(AccessError):
            self.duplicate.with_user(self.agent)._merge_into(
                elsewhere.with_user(self.agent)
            )

    def test_a_lead_may(self):
        self._merge(user=self.lead)
        self.duplicate.with_user(self.lead).action_undo_cancellation()
        self.assertEqual(self.duplicate.status, "received")


@tagged("post_install", "-at_install")
class TestAddToOpenOne(TriageCase):
    def setUp(self):
        super().setUp()
        self.customer.partner_id.phone = "0812-0000-0101"
        self.ticket.partner_phone = "0812-0000-0101"

    def _add(self, user=None, **values):
        return self.ticket.with_user(user or self.agent).action_add_call(
            {"partner_phone": "+62 812 0000 0101", "channel_id": self.phone.id} | values
        )

    def test_dialog_finds_the_open_ones(self):
        form = Form(
            self.Ticket.with_user(self.agent),
            "klikumkm_complaint.helpdesk_ticket_view_form_record",
        )
        form.partner_phone = "+62 812 0000 0101"
        self.assertIn(self.ticket, form.caller_complaint_ids[:])

    def test_what_was_typed_becomes_a_message_of_the_customer(self):
        before = self.Ticket.search_count([])
        file = (
            self.env["ir.attachment"]
            .with_user(self.agent)
            .create(
                {
                    "name": "bukti.txt",
                    "raw": b"isi",
                    "res_model": "helpdesk.ticket",
                    "res_id": 0,
                }
            )
        )
        said = fields.Datetime.now().replace(second=0) - timedelta(hours=5)
        action = self._add(
            story_text="Baris satu\nBaris dua",
            intake_file_ids=[Command.link(file.id)],
            received_date=fields.Datetime.to_string(said),
        )
        self.assertEqual(action["params"]["links"][0]["label"], self.ticket.number)
        self.assertEqual(self.Ticket.search_count([]), before)
        message = self.ticket.message_ids.filtered(lambda m: "Baris satu" in m.body)
        self.assertEqual(message.author_id, self.customer.partner_id)
        self.assertFalse(message.subtype_id.internal)
        self.assertIn(self.phone.name, message.body)
        self.assertIn(self.agent.name, message.body)
        self.assertEqual(message.attachment_ids.name, "bukti.txt")
        self.assertEqual(message.attachment_ids.res_id, self.ticket.id)
        self.assertTrue(self.ticket.reply_pending_since)

    def test_nothing_typed_is_lost(self):
        self.ticket.agreement_ref = False
        self.ticket.partner_name = "Siti"
        self._add(
            story_text="Halo",
            agreement_ref="PJ-77",
            partner_name="Suami Siti",
            priority="3",
            category_id=self.category_fraud.id,
        )
        self.assertEqual(self.ticket.agreement_ref, "PJ-77")
        self.assertEqual(self.ticket.priority, "3")
        self.assertEqual(self.ticket.category_id, self.category_fraud)
        self.assertEqual(self.ticket.partner_name, "Siti")
        [note] = self.ticket.message_ids.filtered(lambda m: "Suami Siti" in m.body)
        self.assertTrue(note.is_internal or note.subtype_id.internal)
        self.assertNotRegex(note.body, r"812\D?0000")

    def test_preset_urgency_changes_nothing(self):
        self.ticket.priority = "0"
        self._add(story_text="Halo", priority="1", submission_type="question")
        self.assertEqual(self.ticket.priority, "0")
        self.assertEqual(self.ticket.submission_type, "complaint")

    def test_empty_is_refused(self):
        with self.assertRaisesRegex(UserError, "First type"):
            self._add(story_text="  ")

    def test_files_of_others_are_not_taken(self):
        file = self.env["ir.attachment"].create(
            {"name": "x", "raw": b"x", "res_model": "helpdesk.ticket", "res_id": 0}
        )
        with self.assertRaisesRegex(UserError, "First type"):
            self._add(intake_file_ids=[Command.link(file.id)])

    def test_closed_by_now(self):
        self._move(self.ticket, "resolved")
        with self.assertRaisesRegex(UserError, "Record a new"):
            self._add(story_text="Halo")

    def test_others_may_not(self):
        for user in (self.outsider, self.stranger):
            with self.assertRaises(AccessError):
                self._add(user, story_text="Halo")
        with self.assertRaises(AccessError):
            self._add(self.customer, story_text="Halo")

    def test_numbers_of_every_country_of_the_companies(self):
        self.complaint_company.complaint_country_id = self.env.ref("base.sg")
        ticket = self._create_complaint(partner_phone="+65 6123 4567")
        for spelling in ("65 6123 4567", "0065 61234567", "6123 4567"):
            found = self.Ticket.search([("phone_search", "=", spelling)])
            self.assertIn(ticket, found, spelling)
