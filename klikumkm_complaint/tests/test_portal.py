# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import datetime

from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalList(PortalCase):
    def test_list_shows_own_complaints_only(self):
        own = self.make_complaint(self.customer)
        foreign = self.make_complaint(self.stranger)
        self.login(self.customer)
        text = self.get_text(self.url_open("/my/tickets"))
        self.assertIn(own.number, text)
        self.assertNotIn(foreign.number, text)

    def test_list_of_a_company_by_setting(self):
        company = self.env["res.partner"].create({"name": "Toko", "is_company": True})
        (self.customer | self.stranger).partner_id.parent_id = company
        colleagues = self.make_complaint(self.stranger)
        self.login(self.customer)
        url = f"/my/ticket/{colleagues.id}"
        self.assertNotIn(colleagues.number, self.url_open("/my/tickets").text)
        self.assertNotIn(colleagues.number, self.url_open(url).text)
        self.env.company.complaint_portal_by_company = True
        self.assertIn(colleagues.number, self.url_open("/my/tickets").text)
        self.assertIn(colleagues.number, self.url_open(url).text)

    def test_list_filters_and_counts(self):
        running = self.make_complaint(self.customer)
        waiting = self.make_complaint(self.customer, stage_id=self.stage_waiting.id)
        resolved = self.make_complaint(self.customer, stage_id=self.stage_resolved.id)
        cancelled = self.make_complaint(self.customer, stage_id=self.stage_cancelled.id)
        everything = running | waiting | resolved | cancelled
        self.login(self.customer)
        for name, shown in (
            ("running", running | waiting),
            ("waiting", waiting),
            ("done", resolved | cancelled),
            ("all", everything),
        ):
            with self.subTest(filter=name):
                text = self.get_text(self.url_open(f"/my/tickets?filterby={name}"))
                for complaint in everything:
                    check = self.assertIn if complaint in shown else self.assertNotIn
                    check(complaint.number, text)
                self.assertRegex(text, r"Running 2\s*Waiting for me 1\s*Done 2\s*All 4")

    def test_list_counts_an_answer_to_be_judged_as_waiting(self):
        complaint = self.make_complaint(
            self.customer,
            stage_id=self.stage_resolved.id,
            customer_decision="pending",
        )
        self.login(self.customer)
        text = self.get_text(self.url_open("/my/tickets?filterby=waiting"))
        self.assertIn(complaint.number, text)
        self.assertIn("Waiting for your answer", text)

    def test_list_searches_number_and_words(self):
        first = self.make_complaint(self.customer, description="<p>Harimau</p>")
        second = self.make_complaint(self.customer, name="Gajah besar")
        self.login(self.customer)
        for words, shown in (
            ("harimau", first),
            ("gajah", second),
            (first.number, first),
            (" gajah ", second),
        ):
            with self.subTest(words=words):
                text = self.get_text(self.url_open(f"/my/tickets?search={words}"))
                self.assertIn(shown.number, text)
                self.assertNotIn(((first | second) - shown).number, text)

    def test_list_pages(self):
        complaints = self.env["helpdesk.ticket"].create(
            [
                {
                    "name": f"Complaint {index}",
                    "description": "x",
                    "partner_id": self.customer.partner_id.id,
                    "received_date": datetime(2025, 3, 1 + index),
                }
                for index in range(21)
            ]
        )
        self.login(self.customer)
        self.assertNotIn(complaints[0].number, self.url_open("/my/tickets").text)
        last = self.url_open("/my/tickets/page/99").text
        self.assertIn(complaints[0].number, last)
        self.assertNotIn(complaints[20].number, last)

    def test_empty_list_offers_the_form(self):
        self.login(self.customer)
        response = self.url_open("/my/tickets")
        self.assertIn("Make a complaint", self.get_text(response))
        self.assertIn('href="/new/ticket"', response.text)

    def test_filter_without_result_offers_everything(self):
        self.make_complaint(self.customer)
        self.login(self.customer)
        text = self.get_text(self.url_open("/my/tickets?filterby=done"))
        self.assertIn("Show all complaints", text)

    def test_list_says_until_when_an_answer_comes(self):
        self.make_complaint(self.customer, received_date=datetime(2025, 3, 5, 10))
        self.login(self.customer)
        self.promise(datetime(2035, 3, 12, 10))
        text = self.get_text(self.url_open("/my/tickets"))
        self.assertIn(
            "Received 5 Mar 2025 · answer by Mon 12 Mar 2035 17.00 WIB at the latest",
            text,
        )

    def test_list_admits_a_missed_date(self):
        complaint = self.make_complaint(
            self.customer, received_date=datetime(2025, 3, 5, 10)
        )
        self.promise(datetime(2025, 3, 12, 10))
        self.login(self.customer)
        self.assertIn(
            "Received 5 Mar 2025 · late: promised by Wed 12 Mar 2025 17.00 WIB",
            self.get_text(self.url_open("/my/tickets")),
        )
        self.assertEqual(
            complaint.with_context(lang="en_US")._get_status_sentence(),
            "Received. We missed the date of Wed 12 Mar 2025 17.00 WIB. We apologise.",
        )

    def test_list_names_no_date_while_the_count_stands_still(self):
        self.make_complaint(self.customer, stage_id=self.stage_waiting.id)
        self.promise(datetime(2035, 3, 12, 10))
        self.login(self.customer)
        self.assertNotIn("Mar 2035", self.get_text(self.url_open("/my/tickets")))

    def test_first_page_of_the_portal_leads_to_the_list(self):
        self.login(self.customer)
        response = self.url_open("/my")
        self.assertIn('href="/my/tickets"', response.text)
        self.assertIn("My complaints", self.get_text(response))


@tagged("post_install", "-at_install")
class TestPortalPage(PortalCase):
    def get_page(self, complaint, prefix="", user=None):
        self.login(user or self.customer)
        return self.url_open(f"{prefix}/my/ticket/{complaint.id}")

    def test_page_of_somebody_else_is_refused(self):
        complaint = self.make_complaint(self.stranger)
        self.login(self.customer)
        response = self.url_open(f"/my/ticket/{complaint.id}", allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith("/my"))

    def test_page_never_shows_a_database_id(self):
        # an id that no number, date or phone on the page contains by chance
        self.env.cr.execute(
            "SELECT setval('helpdesk_ticket_id_seq', "
            "greatest(918273, nextval('helpdesk_ticket_id_seq')))"
        )
        complaint = self.make_complaint(self.customer)
        self.assertGreater(complaint.id, 918273)
        for url in (
            f"/my/ticket/{complaint.id}",
            "/my/tickets",
            f"/new/ticket/sent?number={complaint.number}",
        ):
            self.login(self.customer)
            text = self.get_text(self.url_open(url))
            self.assertIn(complaint.number, text)
            self.assertNotIn(str(complaint.id), text)

    def test_page_names_its_language(self):
        complaint = self.make_complaint(self.customer)
        page = self.get_page(complaint)
        self.assertEqual(self.get_lang(page), "en")
        self.assertEqual(self.get_lang(self.get_page(complaint, "/id")), "id")
        # and remembers what was chosen
        self.assertEqual(self.get_lang(self.url_open("/my/tickets")), "id")
        self.assertEqual(self.get_lang(self.url_open("/en/my/tickets")), "en")
        self.assertEqual(self.get_lang(self.url_open("/my/tickets")), "en")

    def test_page_starts_in_the_customers_own_language(self):
        self.customer.lang = "id_ID"
        page = self.get_page(self.make_complaint(self.customer))
        self.assertEqual(self.get_lang(page), "id")
        self.assertIn("English", self.get_text(page))

    def test_page_links_to_the_other_language(self):
        complaint = self.make_complaint(self.customer)
        page = self.get_page(complaint)
        self.assertIn(f'href="/id/my/ticket/{complaint.id}"', page.text)

    def test_page_tells_times_in_wib(self):
        complaint = self.make_complaint(
            self.customer, received_date=datetime(2025, 3, 5, 18)
        )
        text = self.get_text(self.get_page(complaint))
        self.assertIn("Thu 6 Mar 2025 01.00 WIB", text)
        text = self.get_text(self.get_page(complaint, "/id"))
        self.assertIn("Kam 6 Mar 2025 01.00 WIB", text)

    def test_page_says_what_was_submitted(self):
        complaint = self.make_complaint(
            self.customer,
            category_id=self.category.id,
            urgency_stated="3",
            priority="3",
            agreement_ref="KU-1",
            submission_type="criticism",
        )
        text = self.get_text(self.get_page(complaint))
        for words in (
            "I paid on Monday.",
            "Instalments and payoff / Payment not booked",
            "Emergency",
            "KU-1",
            "Criticism",
            "Budi Santoso",
        ):
            self.assertIn(words, text)

    def test_page_shows_the_way_with_dates(self):
        complaint = self.make_complaint(
            self.customer, received_date=datetime(2025, 3, 5, 10)
        )
        complaint.flush_recordset()
        complaint.stage_id = self.env.ref("klikumkm_complaint.stage_coordination")
        self.flush_tracking()
        path = {step["status"]: step for step in complaint._get_status_path()}
        self.assertTrue(path["received"]["is_reached"])
        self.assertEqual(path["received"]["date"], "5 Mar 2025")
        self.assertTrue(path["coordination"]["is_current"])
        self.assertTrue(path["coordination"]["date"])
        self.assertFalse(path["waiting_customer"]["is_reached"])
        self.assertFalse(path["resolved"]["is_reached"])
        text = self.get_text(self.get_page(complaint))
        self.assertIn("● Received (reached) 5 Mar 2025", text)
        self.assertIn("○ Resolved (not reached)", text)

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def test_withdrawn_complaint_ends_its_way_with_the_reason(self):
        complaint = self.make_complaint(self.customer)
        complaint.write(
            {
                "stage_id": self.stage_cancelled.id,
                "cancel_reason_id": self.env.ref(
                    "klikumkm_complaint.cancel_reason_withdrawn"
                ).id,
            }
        )
        self.assertEqual(complaint._get_status_path()[-1]["status"], "cancelled")
        text = self.get_text(self.get_page(complaint))
        self.assertRegex(text, r"Cancelled on [^:]+: Withdrawn by the customer\.")
        self.assertNotIn("Withdraw the complaint", text)

    def test_page_asks_for_an_answer(self):
        complaint = self.make_complaint(self.customer, stage_id=self.stage_waiting.id)
        self.promise(datetime(2035, 3, 12, 10), "Five working days.")
        text = self.get_text(self.get_page(complaint))
        self.assertIn("Send answer and files", text)
        self.assertNotIn("Why this date?", text)

    def test_page_names_official_channels_as_far_as_known(self):
        phone = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")
        phone.write({"contact": "021-555", "hours": "Monday to Friday"})
        hidden = self.env["helpdesk.ticket.channel"].create({"name": "Fax"})
        text = self.get_text(self.get_page(self.make_complaint(self.customer)))
        self.assertIn("Telephone 021-555 Monday to Friday", text)
        self.assertIn("E-mail", text)
        self.assertNotIn(hidden.name, text)

    def test_personal_link_opens_the_page_without_login(self):
        complaint = self.make_complaint(self.customer)
        url = complaint.get_portal_url()
        self.authenticate(None, None)
        response = self.url_open(url)
        text = self.get_text(response)
        self.assertIn(complaint.number, text)
        response = self.url_open(
            f"/my/ticket/{complaint.id}?access_token=x", allow_redirects=False
        )
        self.assertEqual(response.status_code, 303)

    def test_personal_link_lets_the_customer_answer(self):
        complaint = self.make_complaint(self.customer)
        complaint._portal_ensure_token()
        self.authenticate(None, None)
        self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "helpdesk.ticket",
                "thread_id": complaint.id,
                "post_data": {
                    "body": "Here is my answer.",
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                },
                "token": complaint.access_token,
            },
        )
        self.env.invalidate_all()
        message = complaint.message_ids.filtered(lambda m: "my answer" in m.body)
        self.assertEqual(message.author_id, self.customer.partner_id)
        self.assertTrue(complaint.reply_pending_since)

    def test_status_sentences(self):
        """Every status has words, with and without a promised date."""
        stages = self.env["helpdesk.ticket.stage"].search([])
        complaint = self.make_complaint(self.customer).with_context(lang="en_US")
        for stage in stages:
            complaint.stage_id = stage
            for lang in ("en_US", "id_ID"):
                sentence = complaint.with_context(lang=lang)._get_status_sentence()
                self.assertGreater(len(sentence), 10, stage.name)
        complaint.stage_id = stages[0]
        self.promise(False)
        self.assertEqual(
            complaint._get_status_sentence(),
            "Received. Your complaint is recorded. We cannot name a date yet; we will "
            "tell you soon.",
        )
        self.promise(datetime(2035, 3, 12, 10))
        self.assertEqual(
            complaint._get_status_sentence(),
            "Received. Your complaint is recorded. We will answer by Mon 12 Mar 2035 "
            "17.00 WIB at the latest.",
        )

    def test_promise_and_its_reason_are_shown(self):
        complaint = self.make_complaint(self.customer)
        self.promise(
            datetime(2035, 3, 12, 10), "Five working days, without Saturday and Sunday."
        )
        text = self.get_text(self.get_page(complaint))
        self.assertIn("Mon 12 Mar 2035 17.00 WIB", text)
        self.assertIn("Five working days, without Saturday and Sunday.", text)


@tagged("post_install", "-at_install")
class TestPortalForm(PortalCase):
    def test_form_offers_visible_categories_only(self):
        hidden = self.env["helpdesk.ticket.category"].create(
            {"name": "Nobody sees this", "show_in_portal": False}
        )
        self.login(self.customer)
        response = self.url_open("/new/ticket")
        text = self.get_text(response)
        self.assertIn(self.category.name, text)
        self.assertNotIn(hidden.name, text)
        self.assertIn('label="Instalments and payoff"', response.text)
        for words in ("Low", "Medium", "High", "Emergency", "Question", "Criticism"):
            self.assertIn(words, text)

    def test_form_records_a_classified_complaint(self):
        self.login(self.customer)
        response = self.submit(
            submission_type="question",
            category=self.category.id,
            priority="3",
            description="First line\nsecond <b>line</b>",
            files=[("attachment", ("foto.jpg", b"\xff\xd8\xff", "image/jpeg"))],
        )
        complaint = self.get_complaints()
        self.assertIn("/new/ticket/sent", response.url)
        self.assertEqual(complaint.submission_type, "question")
        self.assertEqual(complaint.category_id, self.category)
        self.assertEqual(complaint.priority, "3")
        self.assertEqual(complaint.urgency_stated, "3")
        self.assertTrue(complaint.is_classified)
        self.assertFalse(complaint.user_id)
        self.assertEqual(complaint.team_id, self.team)
        self.assertEqual(
            complaint.channel_id,
            self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web"),
        )
        self.assertEqual(
            complaint.name, "Payment not booked: First line second <b>line</b>"
        )
        self.assertIn("First line<br>second &lt;b&gt;line", complaint.description)
        self.assertEqual(complaint._get_customer_files().name, "foto.jpg")
        self.assertIn(self.customer.partner_id, complaint.message_partner_ids)

    def test_form_without_category_waits_for_classification(self):
        self.login(self.customer)
        self.submit(category="", submission_type="suggestion", priority="0")
        complaint = self.get_complaints()
        self.assertFalse(complaint.is_classified)
        self.assertEqual(complaint.name, "I paid on Monday.")
        self.assertEqual(complaint.submission_type, "suggestion")

    def test_form_accepts_a_subject(self):
        self.login(self.customer)
        self.submit(subject="My own subject")
        self.assertEqual(self.get_complaints().name, "My own subject")

    def test_form_keeps_the_language_it_was_filled_in(self):
        self.login(self.customer)
        self.url_open("/id/new/ticket")
        self.submit(category=self.category.id)
        complaint = self.get_complaints()
        self.assertEqual(complaint.lang, "id_ID")
        category = self.category.with_context(lang="id_ID")
        self.assertIn(category.name, complaint.name)

    def test_form_never_assigns_anybody(self):
        self.env.company.helpdesk_mgmt_ticket_auto_assign = True
        self.login(self.agent)
        self.submit()
        self.assertFalse(self.get_complaints(self.agent).user_id)

    def test_thanks_shows_number_and_links(self):
        self.login(self.customer)
        response = self.submit()
        complaint = self.get_complaints()
        text = self.get_text(response)
        self.assertIn(f"Your registration number: {complaint.number}", text)
        self.assertIn("Keep this number.", text)
        self.assertIn("WIB", text)
        self.assertIn(complaint.access_token, response.text)

    def test_thanks_for_somebody_elses_number_is_refused(self):
        foreign = self.make_complaint(self.stranger)
        self.login(self.customer)
        for number in (foreign.number, "", "x\x00"):
            response = self.url_open("/new/ticket/sent", params={"number": number})
            self.assertIn("/my/tickets", response.url)

    def test_form_in_the_browser(self):
        self.customer.lang = "id_ID"
        self.start_tour(
            "/my/tickets", "klikumkm_complaint_portal_form", login=self.customer.login
        )
        self.env.invalidate_all()
        complaint = self.get_complaints()
        self.assertEqual(complaint.submission_type, "complaint")
        self.assertEqual(complaint.urgency_stated, "2")
        self.assertTrue(complaint.reply_pending_since)
