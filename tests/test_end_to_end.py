# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Whole complaints: real browser, real mail gateway, real PDFs."""

import io
import json
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import urlsplit

import lxml.html
from pytz import UTC
from reportlab.pdfgen.canvas import Canvas

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import html2plaintext
from odoo.tools.pdf import PdfFileReader

from odoo.addons.mail.tests.common import MockEmail

A5 = (420, 595)
CUSTOMER = "siti.rahmawati@example.com"
UNIT = "keuangan@klikumkm.example"
STORY = "Angsuran Maret sudah saya bayar, tetapi masih ditagih."
NOTE = "Nasabah ini pernah gagal bayar di tempat lain."


@tagged("post_install", "-at_install")
class TestEndToEnd(HttpCase, MockEmail):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref("base.main_company")
        domain = cls.env["mail.alias.domain"].create({"name": "klikumkm.example"})
        company.alias_domain_id = domain
        company.complaint_lang = "id_ID"
        cls.team = cls.env.ref("klikumkm_complaint.team_customer_support")
        cls.team.write({"alias_name": "pengaduan", "user_ids": [Command.clear()]})
        cls.team.alias_id.alias_domain_id = domain
        cls.agent = cls._new_user("agent", "helpdesk_mgmt.group_helpdesk_user_team")
        cls.lead = cls._new_user("lead", "klikumkm_complaint.group_complaint_lead")
        cls.env.ref("klikumkm_complaint.unit_finance").email = UNIT

    @classmethod
    def _new_user(cls, name, group):
        user = new_test_user(
            cls.env,
            f"e2e-{name}",
            group,
            email=f"{name}@klikumkm.example",
            lang="en_US",
            tz="Asia/Jakarta",
        )
        cls.team.user_ids |= user
        return user

    def setUp(self):
        super().setUp()
        self.enterContext(self.mock_mail_gateway())
        # While a PDF is made the test server refuses the browser's requests: none then
        # in the background, for pictures of attached PDFs.
        self.patch(
            self.env.registry["ir.attachment"],
            "_compute_has_thumbnail",
            lambda attachments: attachments.update({"has_thumbnail": True}),
        )

    # === PEOPLE === #
    def _tour(self, ticket, name, user):
        """Somebody at the desk works on a complaint in his browser."""
        path = f"/odoo/complaints/{ticket.id}" if ticket else "/odoo/complaints"
        self.start_tour(path, f"klikumkm_e2e_{name}", login=user.login)
        self.env.invalidate_all()

    def _take_mail(self, address):
        """The one mail that went out to this address since the last look."""
        mails = [mail for mail in self._mails if address in str(mail["email_to"])]
        self.assertEqual(len(mails), 1, [mail["subject"] for mail in self._mails])
        self._mails.clear()
        return mails[0]

    def _receive(self, sender, text, answered=None, files=()):
        """A mail comes in: a new one, or the reply to one that we really sent."""
        mail = EmailMessage()
        mail["From"] = sender
        mail["To"] = answered["reply_to"] if answered else "pengaduan@klikumkm.example"
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = make_msgid(domain="mail.example.net")
        mail["Subject"] = "Angsuran belum tercatat"
        if answered:
            message_id = answered["EmailMessage"]["Message-Id"]
            mail.replace_header("Subject", f"Re: {answered['subject']}")
            mail["In-Reply-To"] = mail["References"] = message_id
            quoted = html2plaintext(answered["body"]).replace("\n", "\n> ")
            text = f"{text}\n\nklikUMKM menulis:\n> {quoted}"
        mail.set_content(text)
        for name, content in files:
            mail.add_attachment(
                content, maintype="application", subtype="pdf", filename=name
            )
        before = self.env["helpdesk.ticket"].search([])
        self.env["mail.thread"].message_process(False, mail.as_bytes())
        self.env.invalidate_all()
        return self.env["helpdesk.ticket"].search([]) - before

    # === PAPERS === #
    def _make_pdf(self, words):
        content = io.BytesIO()
        canvas = Canvas(content)
        canvas.drawString(72, 720, words)
        canvas.save()
        return content.getvalue()

    def _read_pdf(self, content):
        """The pages of a PDF, and its words without the spaces between them."""
        pages = PdfFileReader(io.BytesIO(content), strict=False).pages
        return pages, "".join("".join(page.extract_text().split()) for page in pages)

    def assertIsPrinted(self, words, text):
        self.assertIn("".join(words.split()), text)

    def assertIsNotPrinted(self, words, text):
        self.assertNotIn("".join(words.split()), text)

    def assertNoTokenIsKept(self, ticket):
        """The key to the customer's page is in no text that is stored."""
        texts = [*ticket.notice_ids.mapped("body"), *ticket.notice_ids.mapped("text")]
        own = ticket.message_ids.filtered(lambda m: m.message_type != "email")
        texts += own.mapped("body")
        self.assertTrue(ticket.access_token)
        self.assertNotIn(ticket.access_token, "".join(filter(None, texts)))

    # === STORIES === #
    def test_from_mail_to_referral(self):
        ticket = self._receive(f"Siti Rahmawati <{CUSTOMER}>", STORY)
        self.assertEqual(len(ticket), 1)
        self.assertEqual((ticket.team_id, ticket.status), (self.team, "received"))
        self.assertFalse(self._mails, "intake does not wait for the receipt")
        self.env.ref("klikumkm_complaint.ir_cron_tell").method_direct_trigger()
        receipt = self._take_mail(CUSTOMER)
        self.assertIn(ticket.number, receipt["subject"])
        self.assertIn(ticket.number, html2plaintext(receipt["body"]))
        self.assertIn(ticket.access_token, receipt["body"], "the button to his page")
        self.assertRecordValues(
            ticket.notice_ids, [{"kind": "receipt", "state": "told"}]
        )
        self.assertNoTokenIsKept(ticket)

        self._tour(ticket, "take_and_ask_unit", self.agent)
        self.assertRecordValues(
            ticket,
            [
                {
                    "status": "coordination",
                    "user_id": self.agent.id,
                    "submission_type": "complaint",
                    "assistance_type": "coordination",
                }
            ],
        )
        request = self._take_mail(UNIT)
        self.assertIn("Apakah pembayaran", html2plaintext(request["body"]))
        self.assertNotIn(ticket.access_token, request["body"])
        ticket.with_user(self.agent).message_post(body=NOTE)

        self._receive(UNIT, "Sudah dibukukan 3 Maret, rahasia internal.", request)
        self.assertEqual(ticket.status, "in_progress")
        self.assertEqual(ticket.coordination_ids.state, "answered")
        activity = ticket.activity_ids.filtered(lambda a: a.user_id == self.agent)
        self.assertEqual(
            activity.activity_type_id,
            self.env.ref("klikumkm_complaint.activity_type_unit_answered"),
        )
        self._mails.clear()  # the desk's own

        self._tour(ticket, "ask_customer", self.agent)
        self.assertEqual(ticket.status, "waiting_customer")
        question = self._take_mail(CUSTOMER)
        self.assertIn("Dari bank mana", html2plaintext(question["body"]))
        self._receive(
            CUSTOMER,
            "Dari Bank Nagari.",
            question,
            [("bukti transfer.pdf", self._make_pdf("Rp250.000 berhasil"))],
        )
        self.assertEqual(ticket.status, "in_progress")
        self.assertIn("bukti transfer.pdf", ticket.attachment_ids.mapped("name"))
        self._mails.clear()

        self._tour(ticket, "answer", self.agent)
        self.assertRecordValues(
            ticket,
            [
                {
                    "status": "resolved",
                    "outcome": "explained",
                    "customer_decision": "pending",
                }
            ],
        )
        answer = self._take_mail(CUSTOMER)
        self.assertIn("Pembayaran Anda tercatat", html2plaintext(answer["body"]))
        links = lxml.html.fromstring(answer["body"]).xpath("//a/@href")
        buttons = {
            word: [link for link in links if f"decision={word}" in link]
            for word in ("accepted", "rejected")
        }
        self.assertEqual([len(found) for found in buttons.values()], [1, 1])
        self.assertNoTokenIsKept(ticket)

        link = urlsplit(buttons["rejected"][0])
        self.start_tour(f"{link.path}?{link.query}", "klikumkm_e2e_object")
        self.env.invalidate_all()
        self.assertRecordValues(
            ticket,
            [
                {
                    "status": "resolved",
                    "customer_decision": "rejected",
                    "customer_decision_reason": "Denda Rp75.000 tetap ditagih.",
                }
            ],
        )
        self.assertIn(ticket.number, self._take_mail(CUSTOMER)["subject"])
        self.assertIn(self.lead, ticket.activity_ids.user_id)

        target = datetime(2031, 5, 7, 6, 37)  # a moment that nothing else has
        self.assertTrue(ticket.sla_target_date)
        ticket.sla_target_date = target
        self._tour(ticket, "refer", self.lead)
        self.assertEqual(ticket.status, "referred")
        referral = ticket.referral_ids
        self.assertRecordValues(referral, [{"state": "sent"}])
        self.assertFalse(ticket.is_to_tell)
        self.assertNoTokenIsKept(ticket)
        handed_over = self._take_mail(CUSTOMER)
        [(name, content, mimetype)] = handed_over["attachments"]
        self.assertEqual(mimetype, "application/pdf")
        self.assertIn(ticket.number, name)
        self.assertEqual(content, referral.document_id.raw)
        _pages, text = self._read_pdf(content)
        for words in (
            ticket.number,
            STORY,
            "Pembayaran Anda tercatat pada 3 Maret.",
            "Denda Rp75.000 tetap ditagih.",
            "bukti transfer.pdf",
            "Rp250.000 berhasil",
        ):
            self.assertIsPrinted(words, text)
        for words in (
            NOTE,
            "rahasia internal",
            "Apakah pembayaran",
            ticket._format_customer_date(target),
            ticket.access_token,
            "access_token",
        ):
            self.assertIsNotPrinted(words, text)

    def test_phone_call_without_email(self):
        before = self.env["helpdesk.ticket"].search([])
        self._tour(None, "call", self.agent)
        ticket = self.env["helpdesk.ticket"].search([]) - before
        self.assertRecordValues(
            ticket,
            [
                {
                    "status": "closed",
                    "user_id": self.agent.id,
                    "partner_name": "Ibu Wulan",
                    "phone_sanitized": "+6281200000777",
                    "partner_email": False,
                    "outcome": "granted",
                    "customer_decision": "accepted",
                }
            ],
        )
        self.assertEqual(ticket.channel_id.communication_mode, "oral")
        self.assertFalse(self._mails)
        self.assertNoTokenIsKept(ticket)
        self.assertIn(
            "PJ-2026-00817", "".join(ticket.message_ids.mapped("body")), "her answer"
        )
        told = {notice.kind: notice.medium for notice in ticket.notice_ids}
        self.assertEqual(told["document_request"], "whatsapp")
        self.assertEqual(told["answer"], "phone")
        self.assertEqual(set(ticket.notice_ids.mapped("state")), {"told"})
        self.assertFalse(ticket.is_to_tell)

        ticket.with_user(self.agent).action_print_receipt()
        self.authenticate(self.agent.login, self.agent.login)
        context = json.dumps({"force_report_rendering": True})
        response = self.url_open(
            f"/report/pdf/klikumkm_complaint.report_receipt/{ticket.id}"
            f"?context={context}",
            timeout=60,
        )
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        pages, text = self._read_pdf(response.content)
        self.assertEqual(len(pages), 1)
        size = tuple(round(float(side)) for side in pages[0].mediabox[2:])
        self.assertEqual(size, A5)
        self.assertIsPrinted(ticket.number, text)
        self.assertIsPrinted("0812••••0777", text)
