# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged, users
from odoo.tools import file_open, html2plaintext, mute_logger

from odoo.addons.mail.models.mail_thread import MailThread
from odoo.addons.mail.tests.common import MailCommon

from .common import ComplaintFixture

ADDRESS = "pengaduan@klikumkm.example"


@tagged("post_install", "-at_install")
class MailIntakeCase(ComplaintFixture, MailCommon):
    """A team with an address of its own, and a mail gateway that really parses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].create({"name": "klikumkm.example"})
        cls.env.ref("base.main_company").alias_domain_id = domain
        cls._set_up_complaints()
        cls.team.alias_id.alias_domain_id = domain
        cls.channel_email = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email")
        # the base's setting that hands a mail to whoever runs the gateway
        cls.complaint_company.helpdesk_mgmt_ticket_auto_assign = True

    def _read_mail(self, name, **values):
        with file_open(f"klikumkm_complaint/tests/mails/{name}.eml", "rb") as mail:
            content = mail.read()
        for key, value in values.items():
            content = content.replace(b"{%s}" % key.encode(), str(value).encode())
        return content

    def _process(self, content):
        """Hand a raw message to the gateway, as a mail server does.

        :return: the complaints it made
        """
        before = self.env["helpdesk.ticket"].search([])
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(False, content)
        return self.env["helpdesk.ticket"].search([]) - before

    def _receive(self, name, **values):
        """Hand one of the messages in tests/mails to the gateway.

        :return: the one complaint it must have become
        """
        started = fields.Datetime.now()
        ticket = self._process(self._read_mail(name, **values))
        self.assertEqual(len(ticket), 1, f"{name} is not one complaint")
        self.assertRecordValues(
            ticket,
            [
                {
                    "team_id": self.team.id,
                    "company_id": self.complaint_company.id,
                    "channel_id": self.channel_email.id,
                    "is_classified": False,
                    "submission_type": "complaint",
                    "priority": "1",
                    "assistance_type": "handling",
                    "status": "received",
                    "user_id": False,
                    "reply_pending_since": False,
                    "resolved_date": False,
                    "lang": "id_ID",
                }
            ],
        )
        self.assertGreaterEqual(ticket.received_date, started)
        self.assertLessEqual(ticket.received_date, fields.Datetime.now())
        self.assertTrue(ticket.partner_id, "no contact")
        self.assertTrue(ticket.number.startswith("HT"))
        self.assertTrue(ticket.name.strip())
        return ticket

    def _story(self, ticket):
        return html2plaintext(ticket.description)


class TestIntakeMail(MailIntakeCase):
    def test_plain(self):
        ticket = self._receive("plain")
        self.assertEqual(ticket.name, "Dana pinjaman belum cair")
        self.assertIn("PJ-2026-00817", self._story(ticket))
        self.assertIn("Mohon bantuannya", self._story(ticket))
        self.assertRecordValues(
            ticket.partner_id,
            [
                {
                    "name": "Siti Rahmawati",
                    "email": "siti.rahmawati@example.com",
                    "lang": "id_ID",
                    "country_id": self.env.ref("base.id").id,
                }
            ],
        )
        self.assertFalse(ticket.is_robot_mail)
        self.assertTrue(ticket.last_customer_message_date)

    def test_contact_is_created_once(self):
        first = self._receive("plain")
        second = self._receive("html")
        self.assertEqual(first.partner_id, second.partner_id)

    def test_known_contact_is_found_whatever_the_case_of_the_address(self):
        known = self.env["res.partner"].create(
            {"name": "Bu Siti", "email": "Siti.Rahmawati@Example.com", "lang": "en_US"}
        )
        ticket = self._process(self._read_mail("plain"))
        self.assertEqual(ticket.partner_id, known)
        self.assertEqual(ticket.lang, "en_US")

    def test_html(self):
        ticket = self._receive("html")
        self.assertEqual(ticket.name, "Potongan cicilan dua kali – mohon dicek")
        self.assertIn("<b>Februari</b>", ticket.description)
        self.assertIn("<table", ticket.description)
        self.assertNotIn("script", ticket.description)

    def test_six_attachments(self):
        ticket = self._receive("six_attachments")
        files = {file.name: file.raw for file in ticket.attachment_ids}
        self.assertEqual(
            set(files),
            {
                "bukti transfer 1.png",
                "bukti transfer 2.png",
                "perjanjian.pdf",
                "mutasi.csv",
                "kronologi.txt",
                "data.bin",
            },
        )
        self.assertEqual(files["data.bin"], bytes(range(256)))
        self.assertIn("Kronologi kejadian…", files["kronologi.txt"].decode())

    def test_forwarded(self):
        ticket = self._receive("forwarded")
        self.assertEqual(ticket.name, "Fwd: Penagih datang malam hari")
        self.assertEqual(ticket.partner_id.name, "Kantor Cabang Bandung")
        self.assertIn("pukul 21.30", self._story(ticket))
        self.assertIn("asli.eml", ticket.attachment_ids.mapped("name"))

    def test_empty_subject(self):
        ticket = self._receive("empty_subject")
        self.assertTrue(ticket.name.startswith("Saya tidak bisa masuk ke aplikasi"))

    def test_empty_body(self):
        ticket = self._receive("empty_body")
        self.assertEqual(ticket.name, "Mohon ditelepon kembali")
        self.assertTrue(self._story(ticket))

    def test_body_of_an_attachment_only(self):
        ticket = self._receive("no_body_part")
        self.assertEqual(ticket.attachment_ids.mapped("name"), ["bukti.png"])

    def test_no_body_and_no_part(self):
        # helpdesk_mgmt/models/helpdesk_ticket.py:342 stores no description at all
        ticket = self._receive("no_body_no_part")
        self.assertEqual(ticket.name, "Tanpa isi")

    def test_windows_1252(self):
        ticket = self._receive("windows_1252")
        self.assertEqual(ticket.name, "Biaya € 5 – dari mana?")
        self.assertIn("“biaya layanan” – €5", self._story(ticket))

    def test_utf_7(self):
        ticket = self._receive("utf_7")
        self.assertIn("mohon penjelasan", self._story(ticket))

    def test_unknown_charset(self):
        ticket = self._receive("unknown_charset")
        self.assertIn("Keluhan", ticket.name)
        self.assertIn("Tagihan saya salah – mohon diperbaiki.", self._story(ticket))

    def test_unknown_charset_in_parts(self):
        ticket = self._receive("unknown_charset_html")
        self.assertIn("<b>salah</b>", ticket.description)

    def test_bytes_that_are_not_of_the_charset(self):
        ticket = self._receive("gb2312_bad_bytes")
        self.assertIn("没有记录", self._story(ticket))
        self.assertIn("tidak tercatat", self._story(ticket))

    def test_nul_bytes(self):
        ticket = self._receive("nul_bytes")
        self.assertIn("Aplikasi mati terus.", self._story(ticket))
        self.assertEqual(ticket.name, "Karakter aneh")
        self.assertEqual(ticket.attachment_ids.mapped("name"), ["layar.png"])

    def test_part_of_an_unknown_kind(self):
        # email.contentmanager has no handler for it: mail/models/mail_thread.py:1661
        ticket = self._receive("unknown_type")
        self.assertIn("Huruf di aplikasi rusak", self._story(ticket))
        self.assertEqual(ticket.attachment_ids.mapped("name"), ["huruf.ttf"])

    def test_mail_that_cannot_be_taken_apart(self):
        with (
            patch.object(
                MailThread, "_message_parse_extract_payload", side_effect=KeyError
            ),
            mute_logger("odoo.addons.klikumkm_complaint.models.mail_thread"),
        ):
            ticket = self._receive("plain")
        [original] = ticket.attachment_ids
        self.assertEqual(original.name, "original_email.eml")
        self.assertIn(b"PJ-2026-00817", original.raw)

    def test_no_sender(self):
        ticket = self._receive("no_from")
        self.assertIn("Saya ingin mengadu.", self._story(ticket))

    def test_subject_of_a_hundred_kilobytes(self):
        # more than that no mail server lets through (Postfix: header_size_limit)
        mail = self._read_mail("plain").replace(
            b"Subject: ", b"Subject: " + b"keluhan " * 12_500
        )
        ticket = self._process(mail)
        self.assertEqual(len(ticket), 1)
        self.assertLessEqual(len(ticket.name), 200)
        [whole] = ticket.attachment_ids
        self.assertEqual(whole.raw.decode().count("keluhan"), 12_500)

    def _long_mail(self, subtype="plain", size=12_000_000, header="X-Test: 1"):
        line = (
            "<p>Ini baris panjang.</p>" if subtype == "html" else "Ini baris panjang."
        )
        count = size // len(line) + 1
        mail = f"""From: Siti <siti@example.com>
To: {ADDRESS}
Message-ID: <besar-{subtype}-{len(header)}@example.com>
Subject: Panjang sekali
{header}
MIME-Version: 1.0
Content-Type: text/{subtype}; charset=utf-8
Content-Transfer-Encoding: 8bit

"""
        return (mail + f"{line}\n" * count + "AKHIR\n").encode(), count

    def test_long_body_is_kept_whole(self):
        for subtype, size in (("plain", 12_000_000), ("html", 2_000_000)):
            with self.subTest(subtype=subtype):
                content, count = self._long_mail(subtype, size)
                ticket = self._process(content)
                self.assertEqual(len(ticket), 1)
                self.assertIn("Ini baris panjang.", ticket.description)
                self.assertLess(len(ticket.description), 250_000)
                [whole] = ticket.attachment_ids
                text = whole.raw.decode()
                self.assertEqual(text.count("Ini baris panjang."), count)
                self.assertIn("AKHIR", text)

    def test_long_reply_is_kept_whole(self):
        ticket = self._receive("plain")
        content, count = self._long_mail(
            header=f"In-Reply-To: {ticket.message_ids[-1:].message_id}"
        )
        self.assertFalse(self._process(content))
        [whole] = ticket.attachment_ids
        self.assertEqual(whole.raw.decode().count("Ini baris panjang."), count)
        self.assertIn("Ini baris panjang.", ticket.message_ids[:1].body)

    def test_auto_reply_is_recorded_and_marked(self):
        self.assertTrue(self._receive("auto_reply").is_robot_mail)

    def test_mailing_list_is_recorded_and_marked(self):
        ticket = self._receive("mailing_list")
        self.assertTrue(ticket.is_robot_mail)
        self.assertIn("biaya admin", self._story(ticket))

    def test_sender_is_never_assigned(self):
        senders = {
            self.customer: "portal user",
            self.colleague: "internal user of no team",
            self.manager: "manager of no team",
            self.agent: "agent of the team",
        }
        for sender, who in senders.items():
            with self.subTest(who):
                mail = self._read_mail("plain").replace(
                    b"siti.rahmawati@example.com", sender.email.encode()
                )
                mail = mail.replace(b"<plain@", f"<plain-{sender.id}@".encode())
                ticket = self._process(mail)
                self.assertEqual(len(ticket), 1)
                self.assertFalse(ticket.user_id)
                self.assertEqual(ticket.partner_id, sender.partner_id)

    def test_gateway_of_a_mail_server_that_fetches(self):
        self.env["mail.thread"].with_context(
            fetchmail_cron_running=True
        ).message_process("helpdesk.ticket", self._read_mail("plain"))
        ticket = self.env["helpdesk.ticket"].search(
            [("name", "=", "Dana pinjaman belum cair")]
        )
        self.assertEqual(ticket.channel_id, self.channel_email)

    def test_mail_for_no_team_reaches_the_first_team(self):
        self.env["mail.thread"].message_process(
            "helpdesk.ticket",
            self._read_mail("plain").replace(
                ADDRESS.encode(), b"siapa@klikumkm.example"
            ),
        )
        ticket = self.env["helpdesk.ticket"].search(
            [("name", "=", "Dana pinjaman belum cair")]
        )
        self.assertTrue(ticket.team_id)

    def test_same_message_twice_is_one_complaint(self):
        self._receive("plain")
        self.assertFalse(self._process(self._read_mail("plain")))


class TestKnownNumber(MailIntakeCase):
    def setUp(self):
        super().setUp()
        self.ticket = self._receive("plain")
        self.sender = "siti.rahmawati@example.com"

    def _write_about(self, number, email_from):
        return self._process(
            self._read_mail(
                "known_number",
                number=number,
                email_from=email_from,
                suffix=f"{number}-{email_from}".replace("@", "-at-"),
            )
        )

    def test_same_sender_adds_to_the_complaint(self):
        self.assertFalse(self._write_about(self.ticket.number, self.sender))
        self.assertTrue(self.ticket.reply_pending_since)
        self.assertIn("tambahan keterangan", self.ticket.message_ids[:1].body)

    def test_number_is_found_in_any_writing(self):
        for number in (
            self.ticket.number.lower(),
            f"[{self.ticket.number}]",
            f"#{self.ticket.number}:",
            f"no.{self.ticket.number}.".replace("no.", "no. "),
        ):
            with self.subTest(number=number):
                self.assertFalse(self._write_about(number, self.sender))

    def test_number_of_another_form_is_found(self):
        for number in ("Klik/2026/00017", "2026-0001", "klik-7"):
            with self.subTest(number=number):
                self.ticket.sudo().number = number
                self.assertFalse(self._write_about(number, self.sender))

    def test_other_sender_makes_a_complaint_of_his_own(self):
        ticket = self._write_about(self.ticket.number, "orang.lain@example.com")
        self.assertEqual(len(ticket), 1)
        self.assertFalse(self.ticket.reply_pending_since)
        self.assertEqual(len(self.ticket.message_ids), 1)

    def test_address_with_a_wildcard_opens_nothing(self):
        ticket = self._write_about(self.ticket.number, "siti_rahmawati@example.com")
        self.assertEqual(len(ticket), 1)
        ticket = self._write_about(self.ticket.number, "%@example.com")
        self.assertEqual(len(ticket), 1)

    def test_number_that_nobody_has(self):
        self.assertEqual(len(self._write_about("HT99999", self.sender)), 1)


class TestCorrespondence(MailIntakeCase):
    def setUp(self):
        super().setUp()
        self.ticket = self._receive("plain")
        self.sender = self.ticket.partner_id.email
        self.first_message = self.ticket.message_ids[-1:]

    def _reply(self, email_from=None, auto_submitted="no"):
        return self._process(
            self._read_mail(
                "reply",
                email_from=email_from or self.sender,
                message_id=self.first_message.message_id,
                auto_submitted=auto_submitted,
                suffix=len(self.ticket.message_ids),
            )
        )

    def _answer(self, user=None, subtype="mail.mt_comment", **kwargs):
        with self.mock_mail_gateway():
            return self.ticket.with_user(user or self.agent).message_post(
                body="Dana dikirim hari ini.",
                message_type="comment",
                subtype_xmlid=subtype,
                **kwargs,
            )

    def test_customers_reply_is_pending_until_answered(self):
        self.assertFalse(self._reply())
        self.assertTrue(self.ticket.reply_pending_since)
        self.assertIn("ini jawaban saya", self.ticket.message_ids[:1].body)
        self._answer()
        self.assertFalse(self.ticket.reply_pending_since)

    def test_pending_since_the_first_unanswered_message(self):
        self._reply()
        hour_ago = fields.Datetime.now() - timedelta(hours=1)
        self.ticket.reply_pending_since = hour_ago
        self._reply()
        self.assertEqual(self.ticket.reply_pending_since, hour_ago)
        self.assertGreater(self.ticket.last_customer_message_date, hour_ago)

    def test_date_in_the_header_does_not_decide(self):
        self._reply()  # dated 2026-03-02 by the sender
        self.assertLess(
            fields.Datetime.now() - self.ticket.reply_pending_since,
            timedelta(minutes=5),
        )

    def test_auto_reply_is_kept_but_not_pending(self):
        last = self.ticket.last_customer_message_date
        self.assertFalse(self._reply(auto_submitted="auto-replied"))
        self.assertFalse(self.ticket.reply_pending_since)
        self.assertEqual(self.ticket.last_customer_message_date, last)
        self.assertIn("ini jawaban saya", self.ticket.message_ids[:1].body)

    def test_internal_note_answers_nothing(self):
        self._reply()
        self._answer(subtype="mail.mt_note")
        self.assertTrue(self.ticket.reply_pending_since)

    def test_message_of_the_system_answers_nothing(self):
        self._reply()
        self._answer(user=self.env.ref("base.user_root"))
        self.assertTrue(self.ticket.reply_pending_since)

    def test_agent_answers_by_mail(self):
        self._reply()
        self._reply(email_from=self.agent.email)
        self.assertFalse(self.ticket.reply_pending_since)

    def test_portal_user_writes(self):
        self.ticket.partner_id = self.customer.partner_id
        with self.mock_mail_gateway():
            self.ticket.with_user(self.customer).message_post(
                body="Ada kabar?",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self.assertTrue(self.ticket.reply_pending_since)

    def test_colleague_who_complains_is_a_customer(self):
        self.ticket.partner_id = self.colleague.partner_id
        self._reply(email_from=self.colleague.email)
        self.assertTrue(self.ticket.reply_pending_since)

    def test_vacation_text_of_an_agent_stays_private(self):
        self.ticket.message_subscribe(self.agent.partner_id.ids)
        self.agent.write(
            {
                "out_of_office_from": fields.Datetime.now() - timedelta(days=1),
                "out_of_office_to": fields.Datetime.now() + timedelta(days=1),
                "out_of_office_message": "<p>Saya sedang umrah.</p>",
            }
        )
        self.assertTrue(self.agent.is_out_of_office)
        with self.mock_mail_gateway():
            self.ticket.with_user(self.customer).sudo().message_post(
                body="Ada kabar?",
                author_id=self.ticket.partner_id.id,
                message_type="comment",
                partner_ids=self.agent.partner_id.ids,
                subtype_xmlid="mail.mt_comment",
            )
            self.env.cr.flush()
        self.assertNotIn("umrah", " ".join(self.ticket.message_ids.mapped("body")))

    @users("complaint-agent")
    def test_agent_posts_through_the_screen(self):
        self._reply()
        self._answer(user=self.env.user)
        self.assertFalse(self.ticket.reply_pending_since)
