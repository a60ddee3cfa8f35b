# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Whatever happens to mail, the complaint and its step are not lost."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from odoo.addons.mail.tests.common import freeze_all_time

from ..models.complaint_notice import RETRY_DAYS, RETRY_MINUTES
from .telling_common import ADDRESS, TellingCase

LOGS = (
    "odoo.addons.mail.models.mail_mail",
    "odoo.addons.klikumkm_complaint.models.mail_mail",
    "odoo.addons.klikumkm_complaint.models.complaint_notice",
    "odoo.addons.klikumkm_complaint.models.helpdesk_ticket_telling",
    "odoo.addons.mail.models.mail_render_mixin",
)


class FailureCase(TellingCase):
    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(*LOGS))
        self.ticket = self._new_complaint()
        # that the agent was assigned
        self.env["mail.mail"].search([("state", "=", "outgoing")]).cancel()

    def _tell(self, **kwargs):
        return self.ticket._tell(
            "progress", "klikumkm_complaint.mail_template_progress", **kwargs
        )

    def _let_retry(self, notice):
        """Go on to the moment of the next attempt, and run the job."""
        with freeze_all_time(notice.next_retry_date):
            self._run_telling()

    def _assert_retried_later(self, notice):
        self.assertEqual(notice.state, "failed")
        self.assertTrue(notice.failure_reason)
        self.assertGreater(notice.next_retry_date, fields.Datetime.now())
        self.assertFalse(notice.told_date)
        self.assertTrue(self.ticket.is_to_tell, "stands in To tell meanwhile")
        self.assertFalse(
            self._get_reach_activities(self.ticket), "nobody is asked as long as we try"
        )

    def _assert_given_up(self, notice):
        self.assertEqual(notice.state, "failed")
        self.assertFalse(notice.next_retry_date)
        activity = self._get_reach_activities(self.ticket)
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.agent)
        self.assertIn(notice.subject, activity.summary)


@tagged("post_install", "-at_install")
class TestOwnMailServer(FailureCase):
    def test_refused_connection_is_tried_again_until_it_works(self):
        with self._dead_mail():
            notice = self._tell(next_status="coordination")
        self._assert_retried_later(notice)
        self.assertEqual(self.ticket.status, "coordination", "the step is done")
        self.assertIn(notice.subject, self.ticket.message_ids.mapped("subject"))
        with self._dead_mail():
            self._let_retry(notice)
        self._assert_retried_later(notice)
        with self._real_mail() as sink:
            self._let_retry(notice)
        self.assertEqual(notice.state, "told")
        self.assertEqual(len(sink.mails), 1)
        self.assertEqual(sink.mails[0]["to"], ["siti@example.com"])
        self.assertFalse(notice.next_retry_date or notice.failure_reason)
        self.assertFalse(self.ticket.is_to_tell)
        self.assertEqual(
            len(self.ticket.message_ids.filtered(lambda m: m.subject)),
            1,
            "the same message, however often it was tried",
        )

    def test_intervals_grow_and_end_after_three_days(self):
        start = fields.Datetime.now()
        waits = []
        with freeze_all_time(start), self._dead_mail():
            notice = self._tell()
        while notice.next_retry_date and len(waits) < 50:
            moment = notice.next_retry_date
            waits.append(moment)
            with freeze_all_time(moment), self._dead_mail():
                self._run_telling()
        self._assert_given_up(notice)
        gaps = [
            round((later - sooner).total_seconds() / 60)
            for sooner, later in zip([start, *waits], waits, strict=False)
        ]
        self.assertEqual(tuple(gaps[: len(RETRY_MINUTES)]), RETRY_MINUTES)
        self.assertEqual(set(gaps[len(RETRY_MINUTES) :]), {RETRY_MINUTES[-1]})
        self.assertLessEqual(waits[-1], start + timedelta(days=RETRY_DAYS))
        self.assertGreater(waits[-1], start + timedelta(days=RETRY_DAYS - 1))
        # mended at last: one click, and nothing is left to do
        with self._real_mail() as sink:
            notice.with_user(self.agent).action_send_again()
        self.assertEqual((notice.state, len(sink.mails)), ("told", 1))
        self.assertFalse(self._get_reach_activities(self.ticket))

    def test_nothing_is_tried_before_its_time(self):
        with self._dead_mail():
            notice = self._tell()
        with self._real_mail() as sink:
            self._run_telling()
        self.assertFalse(sink.mails)
        self.assertEqual(notice.retry_count, 1)

    def test_server_that_hangs_up_shows_no_error(self):
        for step in ("MAIL", "RCPT", "DATA"):
            with self.subTest(step), self._real_mail() as sink:
                sink.hang_up_at = step
                notice = self._tell()
                self._assert_retried_later(notice)
                sink.hang_up_at = None
                self._let_retry(notice)
                self.assertEqual((notice.state, len(sink.mails)), ("told", 1))

    def test_server_that_refuses_for_now(self):
        for verb, reply in (
            ("RCPT", "450 4.2.1 try later"),
            ("DATA", "451 4.3.0 no room"),
            ("DATA", "554 5.6.0 not today"),
            ("MAIL", "550 5.1.0 sender not allowed"),
        ):
            with self.subTest(reply), self._real_mail() as sink:
                sink.replies[verb] = reply
                notice = self._tell()
                self._assert_retried_later(notice)
                self.assertIn(reply[:3], notice.failure_reason)
                sink.replies.clear()
                self._let_retry(notice)
                self.assertEqual((notice.state, len(sink.mails)), ("told", 1))

    def test_no_mail_server_at_all(self):
        self.mail_server.active = False
        with (
            self._dead_mail(),
            patch.dict(config.options, {"smtp_server": ""}),
        ):
            notice = self._tell()
        self._assert_retried_later(notice)

    def test_worker_killed_before_anything_was_sent(self):
        with patch.object(
            type(self.env["mail.mail"]), "send_after_commit", lambda self: None
        ):
            notice = self._tell()
        self.assertEqual(notice.state, "to_tell")
        self.assertFalse(self.ticket.is_to_tell, "it is on its way")
        with self._real_mail() as sink:
            self._let_retry(notice)
        self.assertEqual((notice.state, len(sink.mails)), ("told", 1))

    def test_mail_deleted_before_it_was_sent(self):
        with self._dead_mail():
            notice = self._tell()
        mails = self.env["mail.mail"].search(
            [("mail_message_id", "=", notice.mail_message_id.id)]
        )
        mails.unlink()
        with self._real_mail() as sink:
            self._let_retry(notice)
        self.assertEqual((notice.state, len(sink.mails)), ("told", 1))

    def test_sent_by_odoos_own_queue(self):
        with patch.object(
            type(self.env["mail.mail"]), "send_after_commit", lambda self: None
        ):
            notice = self._tell()
        with self._real_mail() as sink:
            self.env["mail.mail"].process_email_queue()
        self.assertEqual((notice.state, len(sink.mails)), ("told", 1))
        with (
            self._real_mail() as sink,
            freeze_all_time(fields.Datetime.now() + timedelta(days=1)),
        ):
            self._run_telling()
        self.assertFalse(sink.mails, "never twice")

    def test_told_by_whatsapp_meanwhile_the_mail_is_not_sent_any_more(self):
        with self._dead_mail():
            notice = self._tell()
        notice._tell_otherwise("whatsapp", fields.Datetime.now(), "dibaca")
        with (
            self._real_mail() as sink,
            freeze_all_time(fields.Datetime.now() + timedelta(days=1)),
        ):
            self._run_telling()
            self.env["mail.mail"].process_email_queue()
        self.assertFalse(sink.mails)
        self.assertEqual((notice.state, notice.medium), ("told", "whatsapp"))

    def test_withdrawn_meanwhile_the_mail_is_not_sent_any_more(self):
        with self._dead_mail():
            notice = self._tell()
        notice.with_user(self.agent).action_withdraw()
        with (
            self._real_mail() as sink,
            freeze_all_time(fields.Datetime.now() + timedelta(days=1)),
        ):
            self._run_telling()
        self.assertFalse(sink.mails)
        self.assertFalse(notice.active)

    def test_one_bad_notice_keeps_no_other(self):
        with self._dead_mail():
            bad, good = self._tell(), self._tell()
        # nobody may send it: the complaint's e-mail is gone meanwhile
        origin = type(bad)._send_again

        def fail_for_one(notice):
            if notice == bad:
                raise ValueError("broken")
            return origin(notice)

        with (
            patch.object(type(bad), "_send_again", fail_for_one),
            self._real_mail() as sink,
        ):
            self._let_retry(good)
        self.assertEqual((bad.state, good.state), ("failed", "told"))
        self.assertEqual(len(sink.mails), 1)
        self._assert_given_up(bad)

    def test_answer_counts_though_the_server_is_down(self):
        form = self._open("answer", self.ticket)
        form.answer = "<p>Sudah kami catat.</p>"
        form.outcome = "explained"
        with self._dead_mail():
            form.save().action_send()
        self.assertEqual(self.ticket.status, "resolved")
        self.assertEqual(self.ticket.customer_decision, "pending")
        self.assertEqual(self.ticket.notice_ids.state, "failed")


@tagged("post_install", "-at_install")
class TestCustomersAddress(FailureCase):
    def test_refused_address_goes_to_a_person_at_once(self):
        with self._real_mail() as sink:
            sink.replies["RCPT"] = "550 5.1.1 No such user here"
            notice = self._tell()
        self._assert_given_up(notice)
        self.assertIn("550", notice.failure_reason)
        self.assertIn("No such user here", notice.failure_reason)
        self.assertNotIn("SMTPRecipients", notice.failure_reason)
        # another address; the same button
        self.customer.partner_id.email = "siti.baru@example.com"
        with self._real_mail() as sink:
            notice.with_user(self.agent).action_send_again()
        self.assertEqual(sink.mails[0]["to"], ["siti.baru@example.com"])
        self.assertRecordValues(
            notice, [{"state": "told", "recipient": "siti.baru@example.com"}]
        )
        self.assertFalse(self._get_reach_activities(self.ticket), "it is done")

    def test_bounce_that_comes_later(self):
        with self._real_mail() as sink:
            notice = self._tell()
        self.assertEqual(notice.state, "told")
        message_id = sink.mails[0]["message"]["Message-Id"]
        self._receive_bounce(message_id)
        self._assert_given_up(notice)
        self.assertFalse(notice.told_date, "he was not told after all")
        self.assertIn("mailbox", notice.failure_reason)
        self.assertLessEqual(len(notice.failure_reason), 260)
        self.assertFalse(
            self.ticket.reply_pending_since, "a bounce is no word of the customer"
        )
        with self._real_mail() as sink:
            notice.with_user(self.agent).action_send_again()
        self.assertEqual((notice.state, len(sink.mails)), ("told", 1))

    def test_bounce_after_he_was_told_another_way(self):
        with self._real_mail() as sink:
            notice = self._tell()
        message_id = sink.mails[0]["message"]["Message-Id"]
        self._receive_bounce(message_id)
        notice._tell_otherwise("phone", fields.Datetime.now())
        self.assertFalse(self._get_reach_activities(self.ticket))
        self._receive_bounce(message_id, number=2)
        self.assertEqual(notice.state, "told")
        self.assertFalse(self._get_reach_activities(self.ticket))

    def _receive_bounce(self, message_id, number=1):
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                False,
                self._read_mail(
                    "bounce",
                    message_id=message_id,
                    address="siti@example.com",
                    number=number,
                ),
            )

    def test_archived_contact_is_told_at_the_complaints_address(self):
        self.ticket.sudo().partner_email = "siti.lain@example.com"
        self.customer.active = False
        self.customer.partner_id.active = False
        self.customer.partner_id.email = False
        with self._real_mail() as sink:
            notice = self._tell()
        self.assertEqual((notice.state, len(sink.mails)), ("told", 1))
        self.assertEqual(sink.mails[0]["to"], ["siti.lain@example.com"])
        self.assertIn(
            self.ticket.sudo().access_token,
            sink.mails[0]["message"].get_body(("html",)).get_content(),
            "his page opens from there",
        )

    def test_complaint_without_a_contact(self):
        self.ticket.sudo()._write_silently(
            {"partner_id": False, "partner_email": "siti.lain@example.com"}
        )
        with self._real_mail() as sink:
            notice = self._tell()
        self.assertEqual((notice.state, len(sink.mails)), ("told", 1))
        self.assertIn(
            "/my/ticket/", sink.mails[0]["message"].get_body(("html",)).get_content()
        )

    def test_nonsense_for_an_address_waits_in_to_tell(self):
        self.customer.partner_id.email = "siti at example"
        self.ticket.sudo().partner_email = False
        with self._real_mail() as sink:
            notice = self._tell(medium="email")
        self.assertFalse(sink.mails)
        self.assertEqual(notice.state, "to_tell")
        self.assertNotEqual(notice.medium, "email")
        self.assertTrue(self.ticket.is_to_tell)
        with self.assertRaises(UserError):
            notice.with_user(self.agent).action_send_again()

    def test_reason_is_plain_text_in_the_activity(self):
        with self._real_mail() as sink:
            sink.replies["RCPT"] = "550 5.1.1 <siti@example.com>: unknown <b>user</b>"
            self._tell()
        note = self._get_reach_activities(self.ticket).note
        self.assertIn("&lt;siti@example.com&gt;", note)
        self.assertNotIn("<b>", note)


@tagged("post_install", "-at_install")
class TestOurOwnHouse(FailureCase):
    """Templates, layout, company and author in every state of disrepair."""

    def setUp(self):
        super().setUp()
        self.template = self.env.ref("klikumkm_complaint.mail_template_progress")

    def _assert_told_plainly(self, notice, sink):
        self.assertEqual((notice.state, len(sink.mails)), ("told", 1))
        self.assertIn(self.ticket.number, notice.subject)
        text = sink.mails[0]["message"].get_body(("plain",)).get_content()
        self.assertIn(self.ticket.number, text)
        self.assertIn(
            self.ticket.with_context(lang="id_ID")._get_status_sentence(),
            " ".join(text.split()),
        )

    def test_deleted_template(self):
        self.template.unlink()
        with self._real_mail() as sink:
            self._assert_told_plainly(self._tell(), sink)

    def _break(self, name, value):
        """Straight into the database: the form refuses what cannot be rendered."""
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE mail_template SET {name} = "
            "jsonb_build_object('en_US', %s, 'id_ID', %s) WHERE id = %s",
            [value, value, self.template.id],
        )
        self.env.invalidate_all()

    def test_template_with_an_error(self):
        for body in (
            '<t t-out="object.no_such_field"/>',
            '<t t-foreach="',
            '<t t-if="1 +">x</t>',
            "<p></p>",
            "",
        ):
            with self.subTest(body), self._real_mail() as sink:
                self._break("body_html", body)
                self._assert_told_plainly(self._tell(), sink)

    def test_subject_with_an_error_keeps_the_text(self):
        for subject in ("{{ object.no_such_field }}", "{{ 1 + }}", "", "  "):
            with self.subTest(subject), self._real_mail() as sink:
                self._break("subject", subject)
                notice = self._tell()
                self.assertIn(self.ticket.number, notice.subject)
                self.assertEqual((notice.state, len(sink.mails)), ("told", 1))
                self.assertIn("Siti", notice.body)

    def test_short_text_with_an_error_gives_way_to_the_text(self):
        self._break("complaint_text", "{{ object.no_such_field }}")
        with self._real_mail():
            notice = self._tell()
        self.assertIn("Siti", notice.text)

    @mute_logger("odoo.addons.mail.models.mail_template")
    def test_a_manager_cannot_save_what_cannot_be_rendered(self):
        for name in ("body_html", "complaint_text", "subject"):
            with self.subTest(name), self.assertRaises(UserError):
                self.template.with_user(self.manager).sudo().write(
                    {name: "{{ object.no_such_field }}"}
                    if name != "body_html"
                    else {name: '<t t-out="object.no_such_field"/>'}
                )

    @mute_logger(
        "odoo.addons.base.models.ir_qweb", "odoo.addons.mail.models.mail_thread"
    )
    def test_deleted_layout(self):
        self.env.ref("klikumkm_complaint.mail_complaint_layout").unlink()
        with self._real_mail() as sink:
            notice = self._tell()
        self.assertEqual((notice.state, len(sink.mails)), ("told", 1))

    def test_broken_layout_keeps_the_step(self):
        self.env.ref(
            "klikumkm_complaint.mail_complaint_extra"
        ).arch_db = '<t t-out="record.no_such_field"/>'
        with self._real_mail() as sink:
            notice = self._tell(next_status="coordination")
        self.assertFalse(sink.mails)
        self._assert_retried_later(notice)
        self.assertEqual(self.ticket.status, "coordination")
        self.env.ref("klikumkm_complaint.mail_complaint_extra").arch_db = "<t/>"
        with self._real_mail() as sink:
            self._let_retry(notice)
        self.assertEqual((notice.state, len(sink.mails)), ("told", 1))

    def test_company_without_address_or_mail(self):
        company = self.complaint_company
        company.partner_id.write(
            {"email": False, "street": False, "city": False, "phone": False}
        )
        self.team.alias_name = False
        with self._real_mail() as sink:
            notice = self._tell()
        self.assertEqual((notice.state, len(sink.mails)), ("told", 1))
        self.assertIn("klikumkm.example", sink.mails[0]["message"]["From"])

    def test_company_without_any_domain(self):
        company = self.complaint_company
        company.partner_id.email = False
        self.team.alias_name = False
        company.alias_domain_id = False
        self.agent.email = False
        with self._real_mail():
            notice = self._tell()
        self.assertIn(notice.state, ("told", "failed"))
        if notice.state == "failed":
            self._assert_retried_later(notice)

    def test_author_who_left(self):
        with self._dead_mail():
            notice = self.ticket._tell(
                "progress", "klikumkm_complaint.mail_template_progress"
            )
        self.assertEqual(notice.create_uid, self.agent)
        self.agent.active = False
        with self._real_mail() as sink:
            self._let_retry(notice)
        self.assertEqual((notice.state, len(sink.mails)), ("told", 1))
        self.assertIn(ADDRESS, sink.mails[0]["message"]["From"])

    def test_owner_who_left_is_not_asked(self):
        self.agent.active = False
        with self._real_mail() as sink:
            sink.replies["RCPT"] = "550 no"
            self.ticket.sudo()._tell(
                "progress", "klikumkm_complaint.mail_template_progress"
            )
        self.assertEqual(
            self._get_reach_activities(self.ticket.sudo()).user_id, self.lead
        )

    def test_archived_team(self):
        self.team.active = False
        with self._real_mail() as sink:
            notice = self.ticket.sudo()._tell(
                "progress", "klikumkm_complaint.mail_template_progress"
            )
        self.assertEqual((notice.state, len(sink.mails)), ("told", 1))
