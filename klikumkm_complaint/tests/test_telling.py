# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""One way to tell customers: in which words, to whom, and who may see it."""

import re
from datetime import date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from markupsafe import Markup

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged

from odoo.addons.mail.tests.common import freeze_all_time

from .telling_common import ADDRESS, TellingCase

LANGUAGES = ("id_ID", "en_US")


@tagged("post_install", "-at_install")
class TestMail(TellingCase):
    """What leaves us, and to whom."""

    def test_only_the_customer_gets_it(self):
        ticket = self._new_complaint()
        ticket.sudo().message_subscribe(
            (self.lead | self.manager | self.colleague).partner_id.ids
        )
        with self._real_mail() as sink:
            ticket._tell("progress", "klikumkm_complaint.mail_template_progress")
        self.assertEqual([mail["to"] for mail in sink.mails], [["siti@example.com"]])

    def test_a_colleague_who_complains_gets_mail_though_he_reads_an_inbox(self):
        self.colleague.notification_type = "inbox"
        ticket = self._new_complaint(partner_id=self.colleague.partner_id.id)
        with self._real_mail() as sink:
            notice = ticket._tell(
                "progress", "klikumkm_complaint.mail_template_progress"
            )
        self.assertEqual(len(sink.mails), 1)
        self.assertEqual(notice.state, "told")

    def test_link_is_in_the_mail_and_nowhere_else(self):
        ticket = self._new_complaint()
        with self._real_mail() as sink:
            notice = ticket._tell(
                "progress", "klikumkm_complaint.mail_template_progress"
            )
        token = ticket.sudo().access_token
        self.assertTrue(token)
        for kind in ("html", "plain"):
            text = sink.mails[0]["message"].get_body((kind,)).get_content()
            self.assertIn(ticket._get_personal_link(), text.replace("&amp;", "&"))
        message = notice.mail_message_id.sudo()
        for kept in (notice.subject, notice.body, notice.text, message.body):
            self.assertNotIn(token, kept)

    def test_language_is_the_complaints(self):
        for lang, other in (LANGUAGES, LANGUAGES[::-1]):
            with self.subTest(lang), self._real_mail() as sink:
                self.customer.partner_id.lang = other
                self.agent.lang = other
                ticket = self._new_complaint(lang=lang)
                self.assertEqual(ticket.lang, lang)
                ticket._tell("progress", "klikumkm_complaint.mail_template_progress")
                text = sink.mails[-1]["message"].get_body(("html",)).get_content()
                day = datetime(2027, 3, 1, 3, 0)
                self.assertIn(f'lang="{lang.replace("_", "-")}"', text)
                words = ticket.with_context(lang=lang)
                self.assertIn(words._get_status_words()[0], text)
                self.assertIn(words._get_mail_links()[0]["label"], text)
                self.assertIn(
                    "Sen" if lang == "id_ID" else "Mon",
                    words._format_customer_date(day),
                )

    def test_chosen_words_are_in_the_customers_language(self):
        stage = self.env["klikumkm.complaint.reason"].create(
            {"name": "Data checked", "kind": "stage_reached"}
        )
        stage.with_context(lang="id_ID").name = "Data diperiksa"
        ticket = self._new_oral_complaint(lang="id_ID")
        form = self._open("progress", ticket)
        form.stage_reached_id = stage.with_context(lang="en_US")
        self.assertIn("Data diperiksa", form.body)
        self.assertNotIn("Data checked", form.body)

    def _answer(self, ticket):
        form = self._open("answer", ticket)
        form.answer = "<p>Sudah kami catat.</p>"
        if ticket.submission_type == "complaint":
            form.outcome = "explained"
        with self._real_mail() as sink:
            form.save().action_send()
        return sink.mails[-1]["message"].get_body(("html",)).get_content()

    def test_verdict_is_asked_with_the_answer_to_a_complaint(self):
        text = self._answer(self._new_complaint())
        self.assertIn("decision=accepted", text)
        self.assertIn("decision=rejected", text)
        self.assertNotIn("/rate/", text)

    def test_rating_is_asked_with_the_answer_to_a_question(self):
        text = self._answer(self._new_complaint(submission_type="question"))
        self.assertIn("/rate/", text)
        self.assertNotIn("decision=", text)

    def test_other_messages_ask_neither(self):
        ticket = self._new_complaint(submission_type="question")
        with self._real_mail() as sink:
            ticket._tell("progress", "klikumkm_complaint.mail_template_progress")
        text = sink.mails[0]["message"].get_body(("html",)).get_content()
        self.assertNotIn("/rate/", text)
        self.assertNotIn("decision=", text)

    def test_agents_message_is_no_robots(self):
        ticket = self._new_complaint()
        with self._real_mail() as sink:
            ticket._tell("progress", "klikumkm_complaint.mail_template_progress")
            ticket.sudo()._tell(
                "progress",
                "klikumkm_complaint.mail_template_progress",
                is_automatic=True,
            )
        own, automatic = (mail["message"] for mail in sink.mails)
        self.assertFalse(own["Auto-Submitted"])
        self.assertEqual(automatic["Auto-Submitted"], "auto-generated")
        for message in (own, automatic):
            self.assertIn(ADDRESS, message["From"], "the team, whoever wrote it")
            self.assertIn(ADDRESS, message["Reply-To"])

    def test_long_answer_arabic_and_emoji_survive(self):
        answer = "<p>سلام 😀 klik &amp; UMKM</p>" + "<p>Kami memeriksanya.</p>" * 400
        ticket = self._new_complaint(name="شكوى 💸 " + "sangat" * 30)
        form = self._open("answer", ticket)
        form.answer = answer
        form.outcome = "explained"
        with self._real_mail() as sink:
            form.save().action_send()
        message = sink.mails[0]["message"]
        html = message.get_body(("html",)).get_content()
        self.assertIn("سلام 😀", html)
        self.assertEqual(html.count("Kami memeriksanya."), 400)
        self.assertIn("سلام 😀 klik & UMKM", message.get_body(("plain",)).get_content())
        self.assertIn("Kami memeriksanya.", ticket.notice_ids.body)


@tagged("post_install", "-at_install")
class TestWords(TellingCase):
    def _get_all_templates(self):
        return self.env["mail.template"].search(
            [("complaint_kind", "not in", (False, "answer_text"))]
        )

    def _get_values(self, is_empty):
        reasons = self.env["klikumkm.complaint.reason"]
        if is_empty:
            return {}
        now = fields.Datetime.now()
        return {
            "documents": reasons.search([("kind", "=", "document")], limit=2),
            "question": "Jam berapa?\nNomor mana?",
            "answer_by": now + timedelta(days=10),
            "stage_reached": reasons.search([("kind", "=", "stage_reached")], limit=1),
            "done": "Kami memeriksa.",
            "coming": "Kami mencatat.",
            "answer": Markup("<p>Jawaban</p>"),
            "kind": "offer",
            "outcome": "partly_granted",
            "refusal_ground": reasons.search([("kind", "=", "refusal")], limit=1),
            "amount": 150000,
            "decide_by": now + timedelta(days=10),
            "fulfil_by": date(2027, 4, 5),
            "has_rights": True,
            "days": 5,
            "reason": "Menunggu unit lain.",
            "old_date": now,
            "new_date": now + timedelta(days=7),
        }

    def test_every_template_says_something_in_both_languages(self):
        templates = self._get_all_templates()
        self.assertGreaterEqual(len(templates), 14)
        full = self._new_complaint(priority="3")
        bare = self._new_oral_complaint()
        bare.sudo()._write_silently(
            {"partner_name": False, "channel_id": False, "category_id": False}
        )
        self.walk_in.write({"name": "081234567890"})
        now = fields.Datetime.now()
        (full | bare).sudo()._write_silently(
            {
                name: now + timedelta(days=5)
                for name in (
                    "answer_by_date",
                    "closed_date",
                    "customer_decision_date",
                    "decision_by_date",
                    "reopen_until_date",
                    "resolved_date",
                    "ruling_by_date",
                )
            }
        )
        self.complaint_company.partner_id.write(
            {"email": False, "street": False, "phone": False}
        )
        for lang in LANGUAGES:
            (full | bare).sudo().lang = lang
            for template in templates:
                for is_empty in (False, True):
                    messages = (
                        (full | bare)
                        .sudo()
                        ._render_message(
                            template.complaint_kind,
                            template,
                            self._get_values(is_empty),
                        )
                    )
                    for ticket in full | bare:
                        message = messages[ticket.id]
                        with self.subTest(f"{template.name} {lang} {is_empty}"):
                            self.assertIn(f"[{ticket.number}]", message["subject"])
                            for text in message["subject"], message["body"]:
                                self.assertNotIn("False", text)
                                self.assertNotIn("None", text)
                                self.assertNotIn("{{", text)
                                if not is_empty:
                                    plain = re.sub("<[^>]*>", "", text)
                                    self.assertNotIn(" .", plain)
                            self.assertTrue(message["text"])
                            self.assertNotIn("{{", message["text"])
                            self.assertLessEqual(len(message["text"]), 1000)

    def test_greeting(self):
        ticket = self._new_complaint(lang="id_ID").sudo()
        nameless = self.env._("Customer without a name")
        for name, is_bare in (
            ("Siti Rahmawati", False),
            ("siti@example.com", True),
            ("0812 3456 7890", True),
            (nameless, True),
            (False, True),
        ):
            ticket._write_silently({"partner_name": name})
            ticket.partner_id.name = name or "siti@example.com"
            greeting = ticket.with_context(lang="en_US")._get_greeting()
            expected = "Dear customer," if is_bare else f"Dear {name},"
            self.assertEqual(greeting, expected)

    def test_greeting_does_not_double_a_title(self):
        ticket = self._new_complaint(lang="id_ID").sudo()
        plain, titled = [], []
        for name in ("Siti", "Ibu Siti", "Bpk. Budi", "PT Maju Jaya"):
            ticket._write_silently({"partner_name": name})
            greeting = ticket.with_context(lang="id_ID")._get_greeting()
            (plain if name == "Siti" else titled).append(greeting)
        self.assertFalse([text for text in titled if "Bapak/Ibu" in text])

    def test_name_that_is_code_stays_text(self):
        name = "<script>alert(1)</script> {{ 7777 * 7777 }}"
        ticket = self._new_complaint(partner_name=name, name=name)
        message = ticket._render_message(
            "receipt", "klikumkm_complaint.mail_template_receipt"
        )[ticket.id]
        self.assertNotIn("<script>", message["body"])
        self.assertNotIn(str(7777 * 7777), message["body"])

    def test_story_is_cut(self):
        ticket = self._new_complaint(description="<p>" + "kata " * 5000 + "</p>")
        message = ticket._render_message(
            "receipt", "klikumkm_complaint.mail_template_receipt"
        )[ticket.id]
        self.assertLess(len(message["body"]), 4000)

    def test_texts_for_answers(self):
        templates = self.env["mail.template"].search(
            [("complaint_kind", "=", "answer_text")]
        )
        self.assertGreaterEqual(len(templates), 16)
        ticket = self._new_complaint()
        for template in templates:
            body = ticket._render_message("answer", template)[ticket.id]["body"]
            self.assertNotIn(ticket.number, body, "an answer, no letter")
            form = self._open("answer", ticket)
            form.template_id = template.with_user(self.agent)
            self.assertIn("<p", form.answer)
            self.assertIn(form.answer[:40], form.body)

    def test_progress_does_not_say_the_date_twice(self):
        ticket = self._new_complaint(lang="en_US")
        promised = ticket.with_context(lang="en_US")._format_customer_date(
            ticket._get_promised_date()
        )
        body = ticket._render_message(
            "progress", "klikumkm_complaint.mail_template_progress"
        )[ticket.id]["body"]
        if promised:
            self.assertEqual(body.count(promised), 1)


@tagged("post_install", "-at_install")
class TestWithoutMail(TellingCase):
    def _tell(self, ticket, **kwargs):
        return ticket._tell(
            "progress", "klikumkm_complaint.mail_template_progress", **kwargs
        )

    def test_how_a_customer_is_reached_follows_from_what_we_have(self):
        ticket = self._new_oral_complaint()
        for phone, medium in (
            ("0812 3456 7890", "whatsapp"),
            ("+62 812-3456-7890", "whatsapp"),
            ("021 515 3166", "phone"),
            ("1500 123", "phone"),
            (False, "letter"),
        ):
            self.walk_in.phone = phone
            ticket.sudo().partner_phone = phone
            self.assertEqual(ticket._get_default_medium(), medium, phone)

    def test_it_counts_as_told_once_somebody_says_so(self):
        ticket = self._new_oral_complaint()
        with self._real_mail() as sink:
            notice = self._tell(ticket, next_status="coordination")
        self.assertFalse(sink.mails)
        self.assertEqual((notice.state, notice.medium), ("to_tell", "whatsapp"))
        self.assertEqual(ticket.status, "in_progress", "he does not know yet")
        self.assertTrue(ticket.is_to_tell)
        self.assertFalse(notice.mail_message_id)
        wizard = Form.from_action(
            self.env(user=self.agent), notice.with_user(self.agent).action_open_tell()
        )
        self.assertEqual(wizard.medium, "whatsapp")
        wizard.medium = "phone"
        wizard.remark = "Berbicara dengan istrinya"
        wizard.save().action_told()
        self.assertRecordValues(
            notice,
            [
                {
                    "state": "told",
                    "medium": "phone",
                    "remark": "Berbicara dengan istrinya",
                    "told_by_id": self.agent.id,
                }
            ],
        )
        self.assertEqual(ticket.status, "coordination")
        self.assertFalse(ticket.is_to_tell)
        self.assertIn("Berbicara", notice.proof)
        said = ticket.message_ids.filtered(lambda m: notice.subject in m.body)
        self.assertEqual(len(said), 1, "stands in the conversation")
        self.assertEqual(said.subtype_id, self.env.ref("mail.mt_comment"))
        with self.assertRaises(UserError):
            wizard.save().action_told()

    def test_whatsapp_link(self):
        ticket = self._new_oral_complaint()
        notice = self._tell(ticket)
        wizard = Form.from_action(
            self.env(user=self.agent), notice.with_user(self.agent).action_open_tell()
        )
        lines = wizard.share_text.split("\n")
        self.assertEqual(lines[0], f"klikUMKM {ticket.number}")
        self.assertEqual(lines[-1], ticket._get_personal_link())
        wizard.share_text += "\nSalam & terima kasih 100% 😀"
        url = urlsplit(wizard.whatsapp_url)
        self.assertEqual((url.netloc, url.path), ("wa.me", "/6281234567890"))
        self.assertEqual(parse_qs(url.query)["text"], [wizard.share_text])
        self.assertNotIn("+", url.query, "WhatsApp shows it")

    def test_no_number_no_whatsapp(self):
        self.walk_in.phone = False
        ticket = self._new_oral_complaint(partner_phone=False)
        wizard = self.env["klikumkm.complaint.tell"].create(
            {"notice_id": self._tell(ticket).id}
        )
        self.assertFalse(wizard.whatsapp_url)
        self.assertEqual(wizard.medium, "letter")

    def test_nobody_was_told_in_the_future(self):
        notice = self._tell(self._new_oral_complaint())
        wizard = self.env["klikumkm.complaint.tell"].create(
            {
                "notice_id": notice.id,
                "told_date": fields.Datetime.now() + timedelta(hours=1),
            }
        )
        with self.assertRaises(UserError):
            wizard.action_told()

    def test_address_that_came_later(self):
        ticket = self._new_oral_complaint()
        notice = self._tell(ticket)
        self.walk_in.email = "budi@example.com"
        wizard = self.env["klikumkm.complaint.tell"].create({"notice_id": notice.id})
        self.assertTrue(wizard.has_email)
        with self._real_mail() as sink:
            wizard.with_user(self.agent).action_send_email()
        self.assertEqual(sink.mails[0]["to"], ["budi@example.com"])
        self.assertEqual((notice.state, notice.medium), ("told", "email"))

    def test_withdrawing(self):
        ticket = self._new_oral_complaint()
        notice = self._tell(ticket).with_user(self.agent)
        notice.action_withdraw()
        self.assertFalse(notice.active)
        self.assertFalse(ticket.is_to_tell)
        wizard = self.env["klikumkm.complaint.tell"].create({"notice_id": notice.id})
        with self.assertRaises(UserError):
            wizard.action_told()
        told = self._tell(
            ticket, told={"medium": "phone", "date": fields.Datetime.now()}
        )
        with self.assertRaises(UserError):
            told.with_user(self.agent).action_withdraw()

    def test_told_already(self):
        ticket = self._new_oral_complaint()
        when = fields.Datetime.now() - timedelta(hours=2)
        form = self._open("progress", ticket)
        form.done = "Kami memeriksa mutasi."
        form.is_told = True
        form.told_date = when
        form.told_remark = "Lewat telepon"
        form.save().action_send()
        notice = ticket.notice_ids
        self.assertEqual(
            (notice.state, notice.medium, notice.told_date), ("told", "phone", when)
        )
        self.assertIn("Kami memeriksa mutasi.", notice.body)

    def test_several_at_once(self):
        mailed = self._new_complaint()
        oral = self._new_oral_complaint() | self._new_oral_complaint()
        form = self._open("progress", mailed | oral)
        self.assertIn("3", form.recipient)
        self.assertIn("2", form.recipient)
        form.done = "Sistem kami diperbaiki."
        with self._real_mail() as sink:
            action = form.save().action_send()
        self.assertEqual(len(sink.mails), 1)
        self.assertEqual(mailed.notice_ids.state, "told")
        self.assertEqual(set(oral.notice_ids.mapped("state")), {"to_tell"})
        listed = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(listed, oral.notice_ids, "opens what is left to do")
        for ticket in mailed | oral:
            self.assertIn(ticket.number, ticket.notice_ids.subject)

    @freeze_all_time()
    def test_queries_do_not_grow_with_the_number(self):
        tickets = self.env["helpdesk.ticket"]
        for _number in range(20):
            tickets |= self._new_oral_complaint().sudo()
        stage = self.env["klikumkm.complaint.reason"].search(
            [("kind", "=", "stage_reached")], limit=1
        )

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._render_message(
                "progress",
                "klikumkm_complaint.mail_template_progress",
                {"stage_reached": stage},
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(tickets[:1])  # templates and groups are cached
        self.assertLessEqual(count(tickets), count(tickets[:1]) + 5)


@tagged("post_install", "-at_install")
class TestAsking(TellingCase):
    def test_preview_follows_the_boxes(self):
        ticket = self._new_complaint(lang="en_US")
        documents = self.env["klikumkm.complaint.reason"].search(
            [("kind", "=", "document")], limit=2
        )
        form = self._open("ask", ticket)
        form.document_ids.add(documents[0])
        self.assertIn(documents[0].with_context(lang="en_US").name, form.body)
        form.document_ids.add(documents[1])
        self.assertIn(documents[1].with_context(lang="en_US").name, form.body)
        form.question = "Nomor mana?"
        self.assertIn("Nomor mana?", form.body)
        form.answer_by_date = datetime(2099, 3, 2, 10, 0)
        self.assertIn("2 Mar 2099", form.subject)
        self.assertIn("2 Mar 2099 17.00 WIB", form.body)

    def test_error_sentences(self):
        ticket = self._new_complaint()
        form = self._open("ask", ticket)
        with self.assertRaisesRegex(UserError, "need"):
            form.save().with_context(lang="en_US").action_send()
        form.question = "Nomor mana?"
        form.answer_by_date = datetime(2020, 3, 2, 10, 0)
        with self.assertRaisesRegex(UserError, "later"):
            form.save().with_context(lang="en_US").action_send()
        self.assertEqual(ticket.status, "in_progress")

    def test_what_was_edited_is_what_is_told(self):
        ticket = self._new_complaint()
        form = self._open("ask", ticket)
        form.question = "Nomor mana?"
        form.subject = "Perihal saya"
        form.body = "<p>Teks saya sendiri</p>"
        with self._real_mail() as sink:
            form.save().action_send()
        self.assertEqual(ticket.notice_ids.subject, "Perihal saya")
        self.assertIn("Teks saya sendiri", ticket.notice_ids.body)
        text = sink.mails[0]["message"].get_body(("html",)).get_content()
        self.assertIn("Teks saya sendiri", text)
        self.assertEqual(ticket.status, "waiting_customer")

    def test_reminder_repeats_what_was_asked(self):
        ticket = self._new_complaint()
        form = self._open("ask", ticket)
        form.question = "Nomor mana yang menelepon?"
        with self._real_mail() as sink:
            form.save().action_send()
            ticket.action_remind()
        text = sink.mails[1]["message"].get_body(("html",)).get_content()
        self.assertIn("Nomor mana yang menelepon?", text)


@tagged("post_install", "-at_install")
class TestNoticeSecurity(TellingCase):
    """Notices are made by telling alone, and read by whoever reads the complaint."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger_agent = cls._new_user(
            "complaint-other-agent", "helpdesk_mgmt.group_helpdesk_user_team", "Oki"
        )
        cls.other_team.user_ids = cls.stranger_agent
        cls.ticket = cls._create_complaint(
            user_id=cls.agent.id,
            partner_id=cls.walk_in.id,
            partner_name="Pak Budi",
            channel_id=cls.channel_phone.id,
        )
        cls.notice = cls.ticket._tell(
            "progress", "klikumkm_complaint.mail_template_progress"
        )

    def test_who_reads(self):
        for user in (self.agent, self.lead, self.manager):
            self.assertTrue(self.notice.with_user(user).body, user.name)
            self.assertEqual(
                self.env["klikumkm.complaint.notice"]
                .with_user(user)
                .search([("ticket_id", "=", self.ticket.id)]),
                self.notice,
            )

    def test_who_does_not(self):
        public = self.env.ref("base.public_user")
        for user in (
            self.stranger_agent,
            self.colleague,
            self.customer,
            self.stranger,
            public,
        ):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self.notice.with_user(user).read(["body"])
                notices = self.env["klikumkm.complaint.notice"].with_user(user)
                try:
                    found = notices.search([])
                except AccessError:
                    continue
                self.assertNotIn(self.notice, found)

    def test_other_companies_see_nothing(self):
        company = self.env["res.company"].create({"name": "Lain"})
        outsider = self.manager.copy({"login": "outsider"})
        outsider.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        with self.assertRaises(AccessError):
            self.notice.with_user(outsider).read(["body"])

    def test_nobody_writes_makes_or_deletes_one(self):
        for user in (self.agent, self.lead, self.manager, self.customer):
            notice = self.notice.with_user(user)
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    notice.write({"state": "told"})
                with self.assertRaises(AccessError):
                    notice.copy()
                with self.assertRaises(AccessError):
                    notice.create(
                        {
                            "ticket_id": self.ticket.id,
                            "kind": "answer",
                            "medium": "phone",
                            "subject": "x",
                            "state": "told",
                        }
                    )
                with self.assertRaises(AccessError):
                    notice.unlink()
        with self.assertRaises(UserError):
            self.notice.sudo().unlink()

    def test_actions_are_for_whoever_may_write_the_complaint(self):
        for user in (self.stranger_agent, self.colleague, self.customer):
            notice = self.notice.with_user(user)
            for method in ("action_open_tell", "action_send_again", "action_withdraw"):
                with self.subTest(f"{user.login} {method}"):
                    with self.assertRaises(AccessError):
                        getattr(notice, method)()
            with self.assertRaises(AccessError):
                self.ticket.with_user(user)._tell("progress", body="x", subject="x")

    def test_the_dialog_shows_no_foreign_text_or_link(self):
        wizard = self.env["klikumkm.complaint.tell"].with_user(self.stranger_agent)
        with self.assertRaises(AccessError):
            wizard.create({"notice_id": self.notice.id}).read(["share_text"])
        names = ("share_text", "body", "partner_name", "whatsapp_url", "subject")
        spec = {name: {} for name in names}
        with self.assertRaises(AccessError):
            wizard.onchange({"notice_id": self.notice.id}, ["notice_id"], spec)

    def test_the_wizards_show_no_foreign_text(self):
        for model in ("progress", "ask", "answer"):
            wizard = self.env[f"klikumkm.complaint.{model}"].with_user(
                self.stranger_agent
            )
            with self.subTest(model), self.assertRaises(AccessError):
                wizard.create({"ticket_ids": [(6, 0, self.ticket.ids)]}).read(["body"])


@tagged("post_install", "-at_install")
class TestPersonalLink(TellingCase, HttpCase):
    def test_link_in_the_mail_opens_the_page_without_a_login(self):
        ticket = self._new_complaint()
        with self._real_mail() as sink:
            ticket._tell("progress", "klikumkm_complaint.mail_template_progress")
        text = sink.mails[0]["message"].get_body(("html",)).get_content()
        link = re.search(r'href="([^"]*access_token[^"]*)"', text)[1]
        parts = urlsplit(link.replace("&amp;", "&"))
        self.env.flush_all()
        response = self.url_open(f"{parts.path}?{parts.query}")
        self.assertEqual(response.status_code, 200)
        self.assertIn(ticket.number, response.text)
        self.assertIn(ticket.name, response.text)
        response = self.url_open(parts.path)
        self.assertNotIn(ticket.name, response.text, "not without the token")
