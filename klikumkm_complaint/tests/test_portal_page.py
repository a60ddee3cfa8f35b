# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the customer reads and does on the page of his complaint."""

import urllib.parse
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.klikumkm_complaint.controllers import page, values

from .portal_common import PortalCase

PHOTO = b"\xff\xd8\xff\xe0"


class PageCase(PortalCase):
    """A complaint of the customer, and ways to reach its page."""

    def setUp(self):
        super().setUp()
        self.complaint = self.make_complaint(
            self.customer, submission_type="complaint", lang="en_US"
        )
        self.path = f"/my/ticket/{self.complaint.id}"

    def answer(self, complaint=None, **values):
        """Answer as the desk does, on the telephone."""
        vals = {
            "kind": "explanation",
            "outcome": "partly_granted",
            "body": "<p>We moved your payment.</p>",
            **values,
        }
        complaint = (complaint or self.complaint).sudo()
        complaint._answer(
            vals, {"body": vals["body"], "told": {"medium": "phone"}, "values": vals}
        )
        return complaint.response_id

    def open_by_link(self, complaint=None, query="", **kwargs):
        """Open the page as somebody without a login who has the personal link."""
        complaint = complaint or self.complaint
        self.authenticate(None, None)
        token = complaint._portal_ensure_token()
        url = f"/my/ticket/{complaint.id}?access_token={token}{query}"
        return self.url_open(url, **kwargs)

    def open_by_login(self, user=None, query="", **kwargs):
        self.login(user or self.customer)
        return self.url_open(f"{self.path}{query}", **kwargs)

    def send(self, route, complaint=None, token=None, **data):
        """Press a button of the page: post to one of its routes."""
        kwargs = {name: data.pop(name) for name in ("files", "csrf") if name in data}
        complaint = complaint or self.complaint
        url = f"/my/ticket/{complaint.id}/{route}"
        if token is not None:
            url += f"?{urllib.parse.urlencode({'access_token': token})}"
        response = self.post(url, data=data, **kwargs)
        self.env.invalidate_all()
        return response

    def decide(self, decision, reason=None, **data):
        if reason is not None:
            data["reason"] = reason
        data.setdefault("answer", self.complaint.response_id.id)
        return self.send("decision", decision=decision, **data)

    def get_token(self):
        return self.complaint._portal_ensure_token()

    def format(self, moment):
        complaint = self.complaint.with_context(lang="en_US")
        return complaint._format_customer_date(moment)

    def get_tree(self, response):
        return html.fromstring(response.content)

    def get_last_message(self, complaint=None):
        complaint = complaint or self.complaint
        return complaint._get_customer_messages()[-1:]


@tagged("post_install", "-at_install")
class TestPageDecision(PageCase):
    def setUp(self):
        super().setUp()
        self.response = self.answer()

    def test_page_asks_for_a_verdict_with_the_answer(self):
        decide_by = self.complaint.decision_by_date
        self.assertTrue(decide_by)
        text = self.get_text(self.open_by_link())
        for words in (
            "We moved your payment.",
            "Partly granted: You are right in part.",
            "Do you accept this answer?",
            "I accept",
            "I do not accept",
            self.format(decide_by),
        ):
            self.assertIn(words, text)

    def test_offer_says_what_and_until_when(self):
        complaint = self.make_complaint(self.customer, submission_type="complaint")
        self.answer(complaint, kind="offer", amount=150000, fulfil_by_date="2035-04-12")
        text = self.get_text(self.open_by_link(complaint))
        self.assertRegex(text, r"Our offer .*150[.,]000")
        self.assertIn("Carried out by 12 Apr 2035", text)
        self.assertIn("You accept our offer.", text)

    def test_refusal_says_on_which_ground(self):
        ground = self.env["klikumkm.complaint.reason"].search(
            [("kind", "=", "refusal")], limit=1
        )
        complaint = self.make_complaint(self.customer, submission_type="complaint")
        self.answer(complaint, outcome="rejected", refusal_ground_id=ground.id)
        self.assertIn(ground.name, self.get_text(self.open_by_link(complaint)))

    def test_looking_decides_nothing(self):
        """Mail scanners open every link of a message."""
        for decision in page.DECISIONS:
            query = f"&decision={decision}"
            tree = self.get_tree(self.open_by_link(query=query))
            opened = tree.xpath("//details[@name='decision'][@open]//button/text()")
            self.assertEqual(len(opened), 1)
            self.assertEqual(self.complaint.customer_decision, "pending")
        self.open_by_link(query="&decision=silent&x=%00")
        self.url_open(f"{self.path}/decision?decision=accepted")
        self.assertEqual(self.complaint.customer_decision, "pending")

    def test_accept_by_personal_link(self):
        self.open_by_link()
        response = self.decide("accepted", token=self.get_token())
        self.assertIn("we noted that you accept", self.get_text(response).lower())
        self.assertEqual(self.complaint.customer_decision, "accepted")
        self.assertEqual(self.complaint.status, "closed")
        self.assertEqual(self.response.decision_medium, "portal")
        self.assertIn(f"access_token={self.get_token()}", response.url)

    def test_accept_by_login(self):
        self.login(self.customer)
        response = self.decide("accepted")
        self.assertEqual(self.complaint.customer_decision, "accepted")
        self.assertNotIn("access_token", response.url)

    def test_accepted_offer_waits_to_be_carried_out(self):
        self.complaint = self.make_complaint(
            self.customer, submission_type="complaint", lang="en_US"
        )
        self.answer(kind="offer", amount=1, fulfil_by_date="2035-04-12")
        self.open_by_link()
        text = self.get_text(self.decide("accepted", token=self.get_token()))
        self.assertEqual(self.complaint.status, "resolved")
        self.assertIn("You accepted our offer. We carry it out by 12 Apr 2035.", text)

    def test_reject_by_personal_link_with_files(self):
        self.open_by_link()
        response = self.decide(
            "rejected",
            "The penalty\n<b>stays</b>.\x00",
            token=self.get_token(),
            files=[("attachment", ("foto.jpg", PHOTO, "image/jpeg"))],
        )
        self.assertEqual(self.complaint.status, "resolved")
        self.assertEqual(self.complaint.customer_decision, "rejected")
        self.assertEqual(
            self.complaint.customer_decision_reason, "The penalty\n<b>stays</b>."
        )
        self.assertEqual(self.response.decision_file_ids.name, "foto.jpg")
        self.assertIn(
            self.response.decision_file_ids, self.complaint._get_customer_files()
        )
        text = self.get_text(response)
        self.assertIn("We have your objection.", text)
        self.assertIn("What happens next", text)
        self.assertIn("<b>stays</b>", text)
        self.assertIn("Your rights", text)
        ruling_by = self.format(self.complaint.ruling_by_date)
        self.assertIn(f"We will decide the next step by {ruling_by}.", text)
        self.assertNotIn("Do you accept this answer?", text)
        self.assertIn("foto.jpg", text)

    def test_rejecting_needs_a_reason(self):
        self.open_by_link()
        response = self.decide("rejected", " ", token=self.get_token())
        self.assertEqual(response.status_code, 422)
        self.assertEqual(self.complaint.customer_decision, "pending")
        self.assertIn("Say why you do not accept our answer", response.text)
        tree = self.get_tree(response)
        self.assertTrue(tree.xpath("//textarea[@name='reason'][@aria-invalid='true']"))
        self.assertTrue(tree.xpath("//details[@open]//textarea[@name='reason']"))

    def test_wrong_files_lose_no_words(self):
        self.open_by_link()
        response = self.decide(
            "rejected",
            "My reason",
            token=self.get_token(),
            files=[("attachment", ("virus.exe", b"MZ", "image/jpeg"))],
        )
        self.assertEqual(response.status_code, 422)
        self.assertEqual(
            self.get_tree(response).xpath("//textarea[@name='reason']/text()"),
            ["My reason"],
        )
        self.assertFalse(self.complaint._get_customer_files())

    def test_a_reason_of_a_megabyte_is_kept_whole(self):
        self.open_by_link()
        reason = "Saya tidak setuju. " * 60_000
        self.decide("rejected", reason, token=self.get_token())
        self.assertEqual(self.complaint.customer_decision_reason, reason.strip())

    def test_pressing_twice_changes_nothing(self):
        self.open_by_link()
        self.decide("accepted", token=self.get_token())
        date = self.complaint.customer_decision_date
        messages = self.complaint.message_ids
        text = self.get_text(self.decide("accepted", token=self.get_token()))
        self.assertIn("You told us before that you accept", text)
        self.assertEqual(self.complaint.customer_decision_date, date)
        self.assertEqual(self.complaint.message_ids, messages)

    def test_objecting_twice_changes_nothing(self):
        self.open_by_link()
        for _count in range(2):
            response = self.decide("rejected", "No", token=self.get_token())
        self.assertIn("We have your objection already", self.get_text(response))
        self.assertFalse(self.complaint._get_customer_messages())

    def test_a_late_objection_is_kept_and_flagged(self):
        self.complaint.sudo()._record_decision("silent")
        self.assertEqual(self.complaint.status, "closed")
        text = self.get_text(self.open_by_link(query="&decision=rejected"))
        self.assertIn("That is not asked any more.", text)
        self.assertNotIn("Do you accept this answer?", text)
        response = self.decide(
            "rejected",
            "I was ill.",
            token=self.get_token(),
            files=[("attachment", ("foto.jpg", PHOTO, "image/jpeg"))],
        )
        self.assertIn("We kept what you wrote as a message", self.get_text(response))
        self.assertEqual(self.complaint.status, "closed")
        self.assertEqual(self.complaint.customer_decision, "silent")
        message = self.get_last_message()
        self.assertIn("I was ill.", message.body)
        self.assertEqual(message.author_id, self.customer.partner_id)
        self.assertEqual(message.attachment_ids.name, "foto.jpg")
        self.assertTrue(self.complaint.reply_pending_since)
        self.assertIn(
            self.env.ref("klikumkm_complaint.activity_type_decision"),
            self.complaint.activity_ids.activity_type_id,
        )

    def test_changing_ones_mind_is_kept_and_decides_nothing(self):
        self.open_by_link()
        self.decide("rejected", "No", token=self.get_token())
        self.decide("accepted", token=self.get_token())
        self.assertEqual(self.complaint.customer_decision, "rejected")
        self.assertIn("I accept your answer.", self.get_last_message().body)

    def test_an_outdated_link_says_so(self):
        self.complaint.sudo()._record_decision("accepted")
        text = self.get_text(self.open_by_link(query="&decision=accepted"))
        self.assertIn("That is not asked any more. You told us on", text)

    def test_an_answer_that_was_replaced_is_read_first(self):
        old = self.response
        self.complaint.sudo()._move_to("in_progress")
        new = self.answer(body="<p>A better answer.</p>")
        self.assertNotEqual(old, new)
        self.open_by_link()
        response = self.decide(
            "rejected", "The old one", answer=old.id, token=self.get_token()
        )
        self.assertEqual(response.status_code, 422)
        text = self.get_text(response)
        self.assertIn("Meanwhile we have answered again.", text)
        self.assertIn("The old one", text)
        self.assertEqual(self.complaint.customer_decision, "pending")
        self.decide("accepted", token=self.get_token())
        self.assertEqual(new.decision, "accepted")
        self.assertNotEqual(old.decision, "accepted")

    def test_unknown_decisions_change_nothing(self):
        self.open_by_link()
        for decision in ("silent", "pending", "", "x\x00"):
            self.decide(decision, "x", token=self.get_token())
            self.assertEqual(self.complaint.customer_decision, "pending")

    def test_an_answer_on_its_way_asks_for_nothing_yet(self):
        complaint = self.make_complaint(
            self.customer, submission_type="complaint", lang="en_US"
        ).sudo()
        complaint._answer(
            {"outcome": "explained", "body": "<p>Secret until told</p>"},
            {"body": "<p>Secret until told</p>", "medium": "letter"},
        )
        self.assertEqual(complaint.notice_ids.state, "to_tell")
        text = self.get_text(self.open_by_link(complaint))
        self.assertNotIn("Secret until told", text)
        self.assertNotIn("Do you accept", text)


@tagged("post_install", "-at_install")
class TestPageHoles(PageCase):
    """Nobody but the customer, and nothing but by POST with a token."""

    ROUTES = {
        "reply": {"message": "x"},
        "decision": {"decision": "accepted"},
        "referral": {"wish": "x"},
    }

    def setUp(self):
        super().setUp()
        self.answer()
        self.other = self.make_complaint(self.stranger)
        self.before = self.get_state()

    def get_state(self):
        self.env.invalidate_all()
        return (
            self.complaint.status,
            self.complaint.customer_decision,
            self.complaint.message_ids.ids,
            self.complaint.activity_ids.ids,
        )

    def assertRefused(self, response, *statuses):
        self.assertIn(response.status_code, statuses or (404,))
        self.assertEqual(self.get_state(), self.before)

    def send_all(self, **values):
        for route, data in self.ROUTES.items():
            with self.subTest(route=route), mute_logger("odoo.http"):
                data = {**data, "answer": self.complaint.response_id.id, **values}
                yield self.send(route, **data)

    def test_get_only_shows_the_page(self):
        self.open_by_link()
        token = self.get_token()
        for route in self.ROUTES:
            url = f"{self.path}/{route}?access_token={token}&decision=accepted"
            response = self.url_open(url)
            self.assertRefused(response, 200)
            self.assertIn(self.complaint.number, self.get_text(response))
            response = self.url_open(f"{self.path}/{route}?access_token=x")
            self.assertRefused(response, 200)
            self.assertNotIn(self.complaint.number, self.get_text(response))

    def test_post_needs_a_csrf_token(self):
        self.open_by_link()
        for response in self.send_all(token=self.get_token(), csrf=False):
            self.assertRefused(response, 422)

    def test_an_old_page_keeps_what_was_typed(self):
        """Its session has ended: nothing is done, and one more press sends it."""
        self.open_by_link()
        token = self.get_token()
        typed = {
            "reply": {"message": "Words <b>kept</b>"},
            "decision": {"decision": "rejected", "reason": "Words <b>kept</b>"},
            "referral": {"wish": "Words <b>kept</b>"},
        }
        for route, data in typed.items():
            for csrf_token in ("x" * 40 + "o9999999999", "é", ""):
                with self.subTest(route=route, csrf_token=csrf_token):
                    response = self.send(
                        route,
                        token=token,
                        csrf=False,
                        csrf_token=csrf_token,
                        answer=self.complaint.response_id.id,
                        **data,
                    )
                    self.assertRefused(response, 422)
                    self.assertIn("open for too long", self.get_text(response))
                    self.assertIn("Words <b>kept</b>", self.get_text(response))
        [form] = self.get_tree(response).xpath("//form[contains(@action, '/referral')]")
        response = self.url_open(form.get("action"), data=dict(form.form_values()))
        self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
        self.assertTrue(self.complaint.referral_requested_date)

    def test_who_was_logged_out_meanwhile_keeps_his_words(self):
        self.authenticate(None, None)
        for route, data in self.ROUTES.items():
            data = {**data, "message": "Words <b>kept</b>"}
            response = self.send(route, csrf=False, **data)
            self.assertRefused(response, 422)
            self.assertIn("Words <b>kept</b>", self.get_text(response))
            self.assertNotIn(self.complaint.number, self.get_text(response))

    def test_wrong_or_missing_token_is_refused(self):
        self.open_by_link()
        foreign = self.other._portal_ensure_token()
        for token in (None, "", "x", "é", "\x00", foreign, self.get_token()[:-1]):
            for response in self.send_all(token=token):
                self.assertRefused(response)

    def test_other_customers_are_refused(self):
        self.login(self.stranger)
        for response in self.send_all():
            self.assertRefused(response)
        for response in self.send_all(token=self.other._portal_ensure_token()):
            self.assertRefused(response)

    def test_the_desk_does_not_speak_for_the_customer(self):
        for token in (None, self.get_token()):
            text = self.get_text(
                self.open_by_login(
                    self.agent, query=f"?access_token={token}" if token else ""
                )
            )
            self.assertIn("only he can write here", text)
            self.assertNotIn("Send message", text)
            for response in self.send_all(token=token):
                self.assertRefused(response)

    def test_a_borrowed_link_writes_in_the_customers_name(self):
        """Somebody with another login helps: the link is the customer's."""
        self.login(self.stranger)
        self.send("reply", message="Helped", token=self.get_token())
        message = self.get_last_message()
        self.assertEqual(message.author_id, self.customer.partner_id)

    def test_unknown_complaints_are_refused(self):
        self.login(self.customer)
        for number in ("0", "9" * 9, "9" * 30):
            for route in self.ROUTES:
                with mute_logger("odoo.http"):
                    response = self.post(f"/my/ticket/{number}/{route}")
                self.assertEqual(response.status_code, 404)

    def test_bad_parameters_are_survived(self):
        self.open_by_link()
        token = self.get_token()
        for data in (
            {"answer": "x"},
            {"answer": "9" * 30},
            {"answer": "\x00"},
            {"form_token": "\x00" * 9, "answer": ""},
        ):
            response = self.send(
                "decision", token=token, decision="accepted", reason="x", **data
            )
            self.assertLess(response.status_code, 500)
            self.assertEqual(self.complaint.customer_decision, "pending")

    def test_a_link_that_was_cut_off_says_what_to_do(self):
        self.authenticate(None, None)
        response = self.url_open(f"{self.path}?access_token=x")
        self.assertIn("This link opens no complaint", self.get_text(response))
        self.assertNotIn(self.complaint.number, response.text)

    def test_page_stays_out_of_caches_and_other_sites(self):
        response = self.open_by_link()
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["Referrer-Policy"], "same-origin")

    def test_link_is_not_needed_by_who_is_logged_in(self):
        response = self.open_by_login(query=f"?access_token={self.get_token()}")
        self.assertFalse(self.get_tree(response).xpath("//input[@name='access_token']"))

    def test_receipt_needs_a_login_or_the_link(self):
        self.authenticate(None, None)
        for query in ("", "?access_token=x"):
            response = self.url_open(f"{self.path}/receipt{query}")
            self.assertEqual(response.status_code, 404)
        self.login(self.stranger)
        self.assertEqual(self.url_open(f"{self.path}/receipt").status_code, 404)

    def test_receipt_by_login_and_by_link(self):
        for open_page in (self.open_by_login, self.open_by_link):
            [url] = [
                link
                for link in self.get_tree(open_page()).xpath("//a/@href")
                if "/receipt" in link
            ]
            receipt = self.url_open(url, timeout=60)
            self.assertEqual(receipt.headers["Content-Type"], "application/pdf")
            # tests get what the PDF is made from
            self.assertIn(self.complaint.number, receipt.text)


@tagged("post_install", "-at_install")
class TestPageReply(PageCase):
    def ask(self):
        """Ask for data as the desk does, told on WhatsApp."""
        complaint = self.complaint.sudo()
        by = fields.Datetime.now() + timedelta(days=5)
        complaint._write_silently({"answer_by_date": by})
        complaint._tell(
            "document_request",
            body="<p>Please send the proof of transfer.</p>",
            told={"medium": "whatsapp"},
            next_status="waiting_customer",
        )
        self.assertEqual(complaint.status, "waiting_customer")
        return by

    def test_page_shows_what_we_ask_and_until_when(self):
        by = self.format(self.ask())
        text = self.get_text(self.open_by_link())
        self.assertIn(f"Waiting for your answer until {by}.", text)
        self.assertEqual(text.count("Please send the proof of transfer."), 2)
        self.assertIn("Send answer and files", text)
        self.login(self.customer)
        text = self.get_text(self.url_open("/my/tickets"))
        self.assertIn(f"Waiting for your answer until {by}", text)

    def test_a_date_that_has_passed_is_not_a_wall(self):
        self.ask()
        self.complaint.sudo()._write_silently(
            {"answer_by_date": fields.Datetime.now() - timedelta(days=1)}
        )
        self.assertIn("you can still send it", self.get_text(self.open_by_link()))

    def test_an_answer_brings_the_complaint_back_to_work(self):
        self.ask()
        self.open_by_link()
        response = self.send(
            "reply",
            token=self.get_token(),
            message="Here it is.\n<script>x</script>",
            files=[("attachment", ("bukti.jpg", PHOTO, "image/jpeg"))],
        )
        self.assertEqual(self.complaint.status, "in_progress")
        self.assertFalse(self.complaint.answer_by_date)
        self.assertTrue(self.complaint.reply_pending_since)
        message = self.get_last_message()
        self.assertEqual(message.author_id, self.customer.partner_id)
        self.assertIn("&lt;script&gt;", message.body)
        text = self.get_text(response)
        self.assertIn("We have your answer and go on", text)
        self.assertNotIn("We need something from you", text)
        [url] = [
            link
            for link in self.get_tree(response).xpath("//a/@href")
            if link.startswith(f"/web/content/{message.attachment_ids.id}?")
        ]
        self.assertEqual(self.url_open(url).content, PHOTO)

    def test_files_alone_are_an_answer(self):
        self.ask()
        self.login(self.customer)
        self.send("reply", files=[("attachment", ("b.jpg", PHOTO, "image/jpeg"))])
        self.assertEqual(self.complaint.status, "in_progress")

    def test_reply_after_closing_waits_for_the_desk(self):
        self.answer()
        self.complaint.sudo()._record_decision("accepted")
        until = self.format(self.complaint.reopen_until_date)
        text = self.get_text(self.open_by_link())
        self.assertIn(f"Reply before {until} and we reopen it.", text)
        self.send("reply", token=self.get_token(), message="Still not there.")
        self.assertEqual(self.complaint.status, "closed")
        self.assertTrue(self.complaint.reply_pending_since)

    def test_customer_without_any_address_replies(self):
        self.complaint.sudo().partner_id = self.env["res.partner"].create(
            {"name": "Pak Slamet"}
        )
        self.open_by_link()
        self.send("reply", token=self.get_token(), message="Halo")
        message = self.get_last_message()
        self.assertIn("Halo", message.body)
        self.assertIn("Pak Slamet", self.get_text(self.open_by_link()))

    def test_nothing_is_refused_with_a_sentence(self):
        self.open_by_link()
        for data in ({}, {"message": " \x00 "}):
            response = self.send("reply", token=self.get_token(), **data)
            self.assertEqual(response.status_code, 422)
            self.assertIn("Write something, or choose a file.", response.text)
        self.assertFalse(self.complaint._get_customer_messages())

    def test_wrong_files_lose_no_words(self):
        self.open_by_link()
        response = self.send(
            "reply",
            token=self.get_token(),
            message="My words",
            files=[("attachment", ("virus.jpg", b"MZ\x90", "image/jpeg"))],
        )
        self.assertEqual(response.status_code, 422)
        self.assertIn("My words", self.get_text(response))
        self.assertIn("We cannot take virus.jpg.", self.get_text(response))
        # the other language shows the page, for whoever has the link
        [link] = self.get_tree(response).xpath(
            "//nav[@class='o_klikumkm_languages']//a/@href"
        )
        response = self.url_open(link)
        self.assertEqual(self.get_lang(response), "id")
        self.assertIn(self.complaint.number, self.get_text(response))

    def test_a_megabyte_and_25_files_are_kept_whole(self):
        self.open_by_link()
        words = "Dana belum masuk ke rekening saya.\r\n" * 32_000
        self.assertGreater(len(words), 1024**2)
        response = self.send(
            "reply", token=self.get_token(), message=words, files=self.make_files(25)
        )
        self.assertEqual(response.status_code, 200)
        files = self.get_last_message().attachment_ids
        story = files.filtered(lambda file: not file.name.startswith("foto"))
        self.assertEqual(len(files - story), 25)
        self.assertEqual(
            {file.raw for file in files - story},
            {PHOTO + bytes([index]) * 1000 for index in range(25)},
        )
        self.assertEqual(story.raw.decode().count("Dana belum masuk"), 32_000)

    def test_form_keeps_a_megabyte_and_25_files_whole(self):
        self.login(self.customer)
        words = "Dana belum masuk ke rekening saya.\r\n" * 32_000
        self.submit(description=words, files=self.make_files(25))
        complaint = self.get_complaints()[-1]
        files = complaint._get_customer_files()
        story = files.filtered(lambda file: not file.name.startswith("foto"))
        self.assertEqual(len(files - story), 25)
        self.assertEqual(story.raw.decode().count("Dana belum masuk"), 32_000)

    def make_files(self, count):
        return [
            (
                "attachment",
                (f"foto{i}.jpg", PHOTO + bytes([i % 256]) * 1000, "image/jpeg"),
            )
            for i in range(count)
        ]

    def test_more_files_than_we_take_are_refused_with_a_sentence(self):
        self.open_by_link()
        token = self.get_token()
        response = self.send("reply", token=token, files=self.make_files(26))
        self.assertEqual(response.status_code, 422)
        self.assertIn("we can take 25 at once", self.get_text(response))
        self.patch(values, "MAX_FILES_SIZE", 2000)
        response = self.send("reply", token=token, files=self.make_files(2))
        self.assertEqual(response.status_code, 422)
        self.assertIn("Your files are larger than", self.get_text(response))
        self.assertFalse(self.complaint._get_customer_messages())

    def test_the_same_form_twice_is_one_message(self):
        tree = self.get_tree(self.open_by_link())
        [form_token] = tree.xpath(
            "//form[contains(@action, '/reply')]//input[@name='form_token']/@value"
        )
        for _count in range(2):
            self.send(
                "reply", token=self.get_token(), message="Once", form_token=form_token
            )
        self.assertEqual(len(self.complaint._get_customer_messages()), 1)

    def test_a_flood_is_stopped_and_words_are_kept(self):
        self.patch(page, "MAX_MESSAGES_PER_HOUR", 2)
        self.open_by_link()
        for index in range(3):
            response = self.send(
                "reply", token=self.get_token(), message=f"Words {index}"
            )
        self.assertEqual(response.status_code, 422)
        self.assertIn("You have written to us 2 times", self.get_text(response))
        self.assertIn("Words 2", self.get_text(response))
        self.assertEqual(len(self.complaint._get_customer_messages()), 2)


@tagged("post_install", "-at_install")
class TestPageConversation(PageCase):
    def post_as_agent(self, body, **kwargs):
        kwargs.setdefault("subtype_xmlid", "mail.mt_comment")
        kwargs.setdefault("message_type", "comment")
        return self.complaint.with_user(self.agent).message_post(body=body, **kwargs)

    def test_conversation_shows_who_wrote_and_when(self):
        self.agent.name = "Rina"
        message = self.post_as_agent("We look into it.")
        message.sudo().date = "2026-03-05 18:00:00"
        self.complaint._post_customer_message(
            self.customer.partner_id, "Thank you.", self.env["ir.attachment"]
        )
        text = self.get_text(self.open_by_link())
        company = self.complaint.company_id.name
        self.assertIn(
            f"Rina, CS team {company} · Fri 6 Mar 2026 01.00 WIB We look into it.", text
        )
        self.assertRegex(text, r"Budi Santoso · .{20,30} WIB Thank you\.")

    def test_notes_and_internal_messages_stay_inside(self):
        self.post_as_agent("A secret note", subtype_xmlid="mail.mt_note")
        internal = self.post_as_agent("An internal message")
        internal.sudo().is_internal = True
        self.post_as_agent("A log", message_type="notification")
        no_subtype = self.post_as_agent("No subtype")
        no_subtype.sudo().subtype_id = False
        for response in (self.open_by_link(), self.open_by_login()):
            text = self.get_text(response)
            for words in ("secret note", "internal message", "A log", "No subtype"):
                self.assertNotIn(words, text)

    def test_other_complaints_messages_stay_there(self):
        other = self.make_complaint(self.stranger)
        other._post_customer_message(
            self.stranger.partner_id, "Not yours", self.env["ir.attachment"]
        )
        self.assertNotIn("Not yours", self.open_by_link().text)

    def test_what_was_told_stands_once_and_apart(self):
        complaint = self.complaint.sudo()
        for medium in ("email", "whatsapp"):
            complaint._tell(
                "progress",
                subject=f"News by {medium}",
                body=f"<p>Words of {medium}</p>",
                told=None if medium == "email" else {"medium": medium},
            )
        complaint.notice_ids.write({"state": "told"})  # as the mail server says later
        response = self.open_by_link()
        text = self.get_text(response)
        for medium in ("email", "whatsapp"):
            self.assertEqual(text.count(f"Words of {medium}"), 1)
            self.assertIn(f"News by {medium}", text)
        tree = self.get_tree(response)
        letters = tree.xpath("//details[contains(@class, 'o_klikumkm_notice')]")
        self.assertEqual(len(letters), 2)
        self.assertFalse([letter for letter in letters if "open" in letter.attrib])

    def test_a_letter_sent_again_stands_once(self):
        complaint = self.complaint.sudo()
        notice = complaint._tell("progress", subject="News", body="<p>Words</p>")
        first = notice.mail_message_id
        notice._send_email()
        self.assertNotEqual(notice.mail_message_id, first)
        notice.state = "told"
        self.assertEqual(self.get_text(self.open_by_link()).count("Words"), 1)

    def test_what_waits_or_failed_is_not_told(self):
        complaint = self.complaint.sudo()
        complaint._tell("progress", subject="Untold", body="<p>w</p>", medium="letter")
        failed = complaint._tell(
            "progress", subject="Failed", body="<p>f</p>", medium="letter"
        )
        failed.state = "failed"
        text = self.get_text(self.open_by_link())
        self.assertNotIn("Untold", text)
        self.assertNotIn("Failed", text)

    def test_a_message_named_as_the_answer_stands_once(self):
        message = self.post_as_agent("<p>That was it</p>")
        self.complaint.sudo()._answer(
            {"outcome": "explained", "body": message.body},
            {
                "body": message.body,
                "told": {"medium": "email", "message": message.sudo()},
            },
        )
        self.assertNotIn(message, self.complaint._get_customer_messages())

    def test_files_of_told_letters_open_by_their_own_token(self):
        file = self.env["ir.attachment"].create({"name": "letter.pdf", "raw": b"%PDF"})
        complaint = self.complaint.sudo()
        complaint._tell(
            "progress",
            subject="With file",
            body="<p>f</p>",
            attachments=file,
            told={"medium": "phone"},
        )
        [url] = [
            link
            for link in self.get_tree(self.open_by_link()).xpath("//a/@href")
            if link.startswith("/web/content/")
        ]
        self.assertEqual(self.url_open(url).content, b"%PDF")

    def test_a_long_conversation_is_folded(self):
        for index in range(page.MESSAGES_SHOWN + 3):
            self.post_as_agent(f"Message {index}.")
        response = self.open_by_link()
        text = self.get_text(response)
        self.assertIn("Show earlier messages (3)", text)
        self.assertNotIn("Message 2.", text)
        [link] = [
            link
            for link in self.get_tree(response).xpath("//a/@href")
            if "messages=all" in link
        ]
        self.assertIn("Message 2.", self.get_text(self.url_open(link)))

    def test_robots_of_ours_have_no_name(self):
        self.complaint.sudo().message_post(
            body="By itself",
            author_id=self.complaint.company_id.partner_id.id,
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
        )
        company = self.complaint.company_id.name
        self.assertIn(f"CS team {company} ·", self.get_text(self.open_by_link()))


@tagged("post_install", "-at_install")
class TestPageWithdrawal(PageCase):
    def withdraw(self, stage=None, **data):
        data = {
            "ticket_id": self.complaint.id,
            "stage_id": (stage or self.stage_cancelled).id,
            **data,
        }
        response = self.post("/ticket/close", data=data)
        self.env.invalidate_all()
        return response

    def test_withdraw_by_personal_link(self):
        response = self.open_by_link()
        self.assertIn("Withdraw the complaint", self.get_text(response))
        response = self.withdraw(access_token=self.get_token())
        self.assertIn("Your complaint is withdrawn.", self.get_text(response))
        self.assertEqual(self.complaint.status, "cancelled")
        self.assertEqual(self.complaint.outcome, "withdrawn")
        self.assertEqual(
            self.complaint.cancel_reason_id,
            self.env.ref("klikumkm_complaint.cancel_reason_withdrawn"),
        )
        notice = self.complaint.sudo().notice_ids
        self.assertEqual((notice.kind, notice.medium), ("closing", "email"))
        self.assertTrue(notice.mail_message_id)

    def test_who_has_no_address_is_told_on_the_page(self):
        self.customer.partner_id.email = self.complaint.partner_email = False
        self.open_by_link()
        self.withdraw(access_token=self.get_token())
        notice = self.complaint.sudo().notice_ids
        self.assertEqual((notice.medium, notice.state), ("portal", "told"))

    @mute_logger("odoo.http")
    def test_withdraw_by_wrong_link_is_refused(self):
        self.open_by_link()
        foreign = self.make_complaint(self.stranger)._portal_ensure_token()
        for token in ("", "x", "é", foreign):
            self.assertEqual(self.withdraw(access_token=token).status_code, 404)
        self.assertEqual(self.complaint.status, "received")

    def test_what_is_answered_is_accepted_or_not(self):
        """An answer that waits for a verdict is not closed past it, nor withdrawn."""
        self.answer()
        text = self.get_text(self.open_by_link())
        self.assertNotIn("Withdraw the complaint", text)
        self.assertNotIn("Close the complaint", text)
        for stage in (self.stage_cancelled, self.stage_closed):
            self.withdraw(stage, access_token=self.get_token())
            self.assertEqual(self.complaint.status, "resolved")

    def test_who_closes_what_is_open_withdraws_it(self):
        self.assertNotIn("Close the complaint", self.get_text(self.open_by_link()))
        self.withdraw(self.stage_closed, access_token=self.get_token())
        self.assertEqual(self.complaint.status, "closed")
        self.assertEqual(self.complaint.outcome, "withdrawn")

    def test_an_answered_question_may_be_closed(self):
        self.complaint = self.make_complaint(
            self.customer, submission_type="question", lang="en_US"
        )
        self.answer(outcome="explained")
        self.assertIn("Close the complaint", self.get_text(self.open_by_link()))
        self.withdraw(self.stage_closed, access_token=self.get_token())
        self.assertEqual(self.complaint.status, "closed")


@tagged("post_install", "-at_install")
class TestPageRights(PageCase):
    def test_rights_are_there_at_any_time(self):
        self.assertIn("LAPS SJK", self.get_text(self.open_by_link()))

    def test_questions_have_no_rights_box(self):
        question = self.make_complaint(self.customer, submission_type="question")
        text = self.get_text(self.open_by_link(question))
        self.assertNotIn("Your rights", text)

    def test_customer_asks_for_a_referral(self):
        self.open_by_link()
        response = self.send("referral", token=self.get_token(), wish="My money back")
        self.assertIn("We noted that you ask for a referral", self.get_text(response))
        self.assertIn("My money back", self.get_last_message().body)
        self.assertTrue(self.complaint.referral_requested_date)
        self.assertIn("You asked us for it on", self.get_text(response))
        self.assertEqual(self.get_last_message().author_id, self.customer.partner_id)

    def test_asking_twice_is_one_request(self):
        tree = self.get_tree(self.open_by_link())
        [form_token] = tree.xpath(
            "//form[contains(@action, '/referral')]//input[@name='form_token']/@value"
        )
        for _count in range(2):
            response = self.send(
                "referral", token=self.get_token(), form_token=form_token
            )
        self.assertIn("You asked us for a referral before", self.get_text(response))
        self.assertEqual(len(self.complaint._get_customer_messages()), 1)


@tagged("post_install", "-at_install")
class TestPageSent(PageCase):
    def test_page_after_the_form_is_the_receipt_of_who_has_no_address(self):
        self.customer.partner_id.write({"email": False})
        self.login(self.customer)
        response = self.submit()
        complaint = self.get_complaints()[-1]
        self.assertIn(complaint.number, self.get_text(response))
        self.assertFalse(complaint.is_receipt_due)
        notice = complaint.sudo().notice_ids
        self.assertEqual(
            (notice.kind, notice.medium, notice.state), ("receipt", "portal", "told")
        )
        self.assertFalse(complaint.sudo().is_to_tell)
        self.assertFalse(complaint.reply_pending_since)
        complaint.sudo()._send_receipt()
        self.assertEqual(complaint.sudo().notice_ids, notice)

    def test_who_has_an_address_gets_the_receipt_by_mail(self):
        self.login(self.customer)
        self.submit()
        complaint = self.get_complaints()[-1]
        self.assertTrue(complaint.is_receipt_due)
        self.assertFalse(complaint.sudo().notice_ids)

    def test_a_broken_receipt_costs_no_complaint(self):
        self.customer.partner_id.write({"email": False})
        self.patch(
            self.env.registry["helpdesk.ticket"],
            "_tell",
            lambda self, *args, **kwargs: 1 / 0,
        )
        self.login(self.customer)
        with mute_logger(
            "odoo.addons.klikumkm_complaint.models.helpdesk_ticket_telling"
        ):
            response = self.submit()
        self.assertEqual(response.status_code, 200)
        self.assertIn(self.get_complaints()[-1].number, self.get_text(response))

    def test_emergency_page_says_what_to_do_now(self):
        self.env.company.complaint_emergency_text = "Call 110."
        self.login(self.customer)
        self.assertIn("Call 110.", self.get_text(self.submit(priority="3")))
        self.assertNotIn("Call 110.", self.get_text(self.submit(priority="1")))

    def test_personal_link_opens_in_the_language_of_the_complaint(self):
        self.complaint.lang = "id_ID"
        link = self.complaint._get_personal_link()
        self.authenticate(None, None)
        self.assertEqual(self.get_lang(self.url_open(link)), "id")
        self.complaint.lang = "en_US"
        link = self.complaint._get_personal_link()
        self.authenticate(None, None)
        self.assertEqual(self.get_lang(self.url_open(link)), "en")

    def test_rating_is_asked_for_answers_to_questions_only(self):
        question = self.make_complaint(
            self.customer, submission_type="question", lang="en_US"
        )
        self.assertNotIn("How was our service?", self.open_by_link(question).text)
        self.answer(question, outcome="explained")
        response = self.open_by_link(question)
        self.assertIn("How was our service?", self.get_text(response))
        links = [
            link
            for link in self.get_tree(response).xpath("//a/@href")
            if "/rate/" in link
        ]
        self.assertEqual(len(links), 3)
        self.assertFalse(question.rating_ids.filtered("consumed"))
        self.answer()
        self.assertNotIn("How was our service?", self.open_by_link().text)


@tagged("post_install", "-at_install")
class TestPageTour(PageCase):
    def test_customer_objects_by_personal_link_in_the_browser(self):
        self.answer()
        self.run_tour("klikumkm_complaint_portal_reject", "rejected")
        self.assertEqual(self.complaint.customer_decision, "rejected")
        self.assertEqual(self.complaint.customer_decision_reason, "Masih ditagih.")
        self.assertEqual(self.complaint.response_id.decision_file_ids.name, "bukti.jpg")

    def test_customer_accepts_by_personal_link_in_the_browser(self):
        self.answer()
        self.run_tour("klikumkm_complaint_portal_accept", "accepted")
        self.assertEqual(self.complaint.status, "closed")
        self.assertIn("Terima kasih banyak.", self.get_last_message().body)

    def run_tour(self, name, decision):
        token = self.get_token()
        self.start_tour(
            f"{self.path}?access_token={token}&decision={decision}#decision", name
        )
        self.env.invalidate_all()
