# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What is printed: receipts, letters and complaint files, read as a reader would."""

import base64
import hashlib
import io
import re
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from ..models.helpdesk_ticket_file import FILE_PARTS
from ..tools.pdf import Document, NotPrintable, bind, count_pages, to_pages
from ..tools.printing import clean_html, draw_emoji, prepare_page, shorten
from .common import ComplaintCase

A4 = (595, 842)
A5 = (420, 595)


def make_picture(size=(60, 40), color="navy", **kwargs):
    content = io.BytesIO()
    Image.new("RGB", size, color).save(content, format="PNG", **kwargs)
    return content.getvalue()


def make_pdf(pages=1, size=A4, password=None, rotation=0):
    writer = PdfFileWriter()
    for _number in range(pages):
        page = writer.add_blank_page(*size)
        if rotation:
            page.rotate(rotation)
    if password:
        writer.encrypt(password)
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def read_pages(content, limit=None):
    """The text of each page without white space: lines break where they like."""
    pages = PdfFileReader(io.BytesIO(content), strict=False).pages
    return [re.sub(r"\s+", "", page.extract_text()) for page in list(pages)[:limit]]


def get_sizes(content):
    pages = PdfFileReader(io.BytesIO(content), strict=False).pages
    return [(round(page.mediabox.width), round(page.mediabox.height)) for page in pages]


class DocumentCase(ComplaintCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel_phone = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")
        cls.channel_phone.write(
            {"is_official": True, "contact": "0800 1 545545", "hours": "09.00-17.00"}
        )
        cls.complaint = cls._new_complaint()

    @classmethod
    def _new_complaint(cls, **vals):
        return cls._create_complaint(
            **{
                "partner_phone": "0812-3456-7890",
                "channel_id": cls.channel_phone.id,
                "category_id": cls.category_plain.id,
                "received_date": datetime(2026, 3, 2, 3, 0),
                "lang": "id_ID",
                "user_id": cls.agent.id,
                **vals,
            }
        )

    @classmethod
    def _attach(cls, ticket, name, content, **vals):
        return cls.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "res_model": ticket._name,
                "res_id": ticket.id,
                **vals,
            }
        )

    def _print(self, name, records, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.agent)
        content, kind = report.with_context(
            force_report_rendering=True
        )._render_qweb_pdf(f"klikumkm_complaint.{name}", records.ids)
        self.assertEqual(kind, "pdf")
        return content

    def assertPrinted(self, words, text):
        self.assertIn(re.sub(r"\s+", "", words), text)

    def assertNotPrinted(self, words, text):
        self.assertNotIn(re.sub(r"\s+", "", words), text)


@tagged("post_install", "-at_install")
class TestReceipt(DocumentCase):
    def _read_receipt(self, ticket):
        content = self._print("report_receipt", ticket)
        self.assertEqual(get_sizes(content), [A5])
        return read_pages(content)[0]

    def test_receipt_says_what_was_received(self):
        text = self._read_receipt(self.complaint)
        for words in (
            "TANDA TERIMA PENGADUAN",
            self.complaint.number,
            "Sen 2 Mar 2026 10.00 WIB",
            "(lisan)",
            "Siti",
            "Pengaduan",
            "Lain-lain",
            "Pinjaman belum cair",
            "Sudah tiga hari menunggu.",
            "Ayu Agen",
            "0800 1 545545",
            "Layanan ini gratis",
        ):
            self.assertPrinted(words, text)

    def test_receipt_in_english_only_for_english_customers(self):
        self.complaint.lang = "en_US"
        text = self._read_receipt(self.complaint)
        self.assertPrinted("COMPLAINT RECEIPT", text)
        self.assertPrinted("Mon 2 Mar 2026 10.00 WIB", text)
        self.assertPrinted("This service is free of charge", text)

    def test_phone_is_masked(self):
        text = self._read_receipt(self.complaint)
        self.assertPrinted("0812••••7890", text)
        self.assertNotIn("3456", text)

    def test_phone_is_masked_in_every_spelling(self):
        for phone, masked in (
            ("+62 812-3456-7890", "0812••••7890"),
            ("0062 812 3456 7890", "0812••••7890"),
            ("62 812 3456 7890", "0812••••7890"),
            ("+65 6123 4567", "6561••••4567"),
            ("021-55", "••••55"),
            ("tidak ada", ""),
            (False, ""),
        ):
            with self.subTest(phone=phone):
                self.customer.partner_id.phone = False
                self.complaint.partner_phone = phone
                self.assertEqual(self.complaint._get_masked_phone(), masked)

    def test_long_story_is_cut_at_600_characters(self):
        ticket = self._new_complaint(description=f"<p>{'kata ' * 300}</p>")
        story = ticket._get_receipt_values()["story"]
        self.assertTrue(590 <= len(story) <= 601, len(story))
        self.assertPrinted("selengkapnya di", self._read_receipt(ticket))

    def test_receipt_stays_one_page_whatever_is_on_it(self):
        company = self.complaint_company.with_context(lang="id_ID")
        company.complaint_emergency_text = "Telepon polisi 110. " * 20
        ticket = self._new_complaint(
            name="Sangat panjang " * 13,
            partner_name="Raden Ajeng Kusumawardhani " * 8,
            description="<p>" + "😀 السلام عليكم WWWWWWW " * 60 + "</p>",
            category_id=self.category_fraud.id,
            priority="3",
        )
        self.category_fraud.name = "Kategori yang sangat panjang " * 6
        self.assertPrinted(ticket.number, self._read_receipt(ticket))

    def test_emergency_text_only_for_emergencies(self):
        company = self.complaint_company.with_context(lang="id_ID")
        company.complaint_emergency_text = "Hubungi polisi di 110"
        self.assertNotPrinted("polisi", self._read_receipt(self.complaint))
        self.complaint.priority = "3"
        self.assertPrinted("Hubungi polisi di 110", self._read_receipt(self.complaint))

    def test_several_receipts_each_in_its_language(self):
        tickets = self.complaint | self._new_complaint(lang="en_US")
        pages = read_pages(self._print("report_receipt", tickets))
        self.assertEqual(len(pages), 2)
        self.assertPrinted("TANDA TERIMA", pages[0])
        self.assertPrinted("COMPLAINT RECEIPT", pages[1])

    def test_receipt_without_name_channel_officer_or_address(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Tanpa nama", "description": "", "lang": "id_ID"}
        )
        ticket.partner_id.name = ""
        ticket.write({"channel_id": False, "user_id": False})
        self.assertPrinted(ticket.number, self._read_receipt(ticket))

    def test_receipt_action_prints_at_once(self):
        tickets = self.complaint | self._new_complaint()
        action = tickets.with_user(self.agent).action_print_receipt()
        self.assertEqual(action["type"], "ir.actions.report")
        self.assertEqual(action["report_name"], "klikumkm_complaint.report_receipt")
        self.assertTrue(all(ticket.access_token for ticket in tickets))

    def test_colleague_cannot_print_a_receipt(self):
        with self.assertRaises(AccessError):
            self.complaint.with_user(self.colleague).action_print_receipt()
        with self.assertRaises(AccessError):
            self._print("report_receipt", self.complaint, self.colleague)

    def test_another_customer_cannot_print_a_receipt(self):
        with self.assertRaises(AccessError):
            self._print("report_receipt", self.complaint, self.stranger)

    def test_picture_of_the_company_is_printed(self):
        self.complaint_company.logo = False
        self.assertEqual(self.complaint._get_letterhead()["logo"], "")
        self.complaint_company.partner_id.image_1920 = False
        self.complaint_company.logo = (
            self.env["ir.attachment"]
            .create({"name": "logo", "raw": make_picture((300, 100))})
            .datas
        )
        logo = self.complaint._get_letterhead()["logo"]
        self.assertTrue(logo.startswith("data:image/png;base64,"))


@tagged("post_install", "-at_install")
class TestLetter(DocumentCase):
    def _tell(self, ticket, **kwargs):
        return ticket._tell(
            "answer",
            subject=f"[{ticket.number}] Jawaban",
            body="<p>Dana Anda <b>dikirim ulang</b> hari ini.</p>",
            medium="letter",
            **kwargs,
        )

    def test_letter_holds_the_exact_text_and_the_link(self):
        self.customer.partner_id.write(
            {"street": "Jl. Melati 5", "city": "Bandung", "email": False}
        )
        notice = self._tell(self.complaint)
        content = self._print("report_notice_letter", notice)
        self.assertEqual(get_sizes(content), [A4])
        text = read_pages(content)[0]
        for words in (
            "Siti",
            "Jl. Melati 5",
            "Bandung",
            f"[{self.complaint.number}] Jawaban",
            "Dana Anda dikirim ulang hari ini.",
            "Hormat kami",
            "Ayu Agen",
            "0800 1 545545",
            self.complaint._get_personal_link(),
        ):
            self.assertPrinted(words, text)

    def test_letters_each_in_its_language_and_of_any_length(self):
        english = self._new_complaint(lang="en_US")
        notices = self._tell(self.complaint) | self._tell(english)
        notices[1].sudo().body = "<p>A long answer.</p>" * 200
        pages = read_pages(self._print("report_notice_letter", notices))
        self.assertGreater(len(pages), 3)
        self.assertPrinted("Hormat kami", pages[0])
        self.assertPrinted("Sincerely", pages[-1])

    def test_letter_action(self):
        notice = self._tell(self.complaint)
        action = notice.with_user(self.agent).action_print_letter()
        self.assertEqual(
            action["report_name"], "klikumkm_complaint.report_notice_letter"
        )

    def test_customers_cannot_print_letters(self):
        notice = self._tell(self.complaint)
        for user in (self.customer, self.stranger, self.colleague):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._print("report_notice_letter", notice, user)


@tagged("post_install", "-at_install")
class TestComplaintFile(DocumentCase):
    def _make(self, ticket=None, parts=FILE_PARTS, user=None, **kwargs):
        ticket = (ticket or self.complaint).with_user(user or self.agent)
        return ticket._make_complaint_file(parts, **kwargs)

    def _read(self, *args, **kwargs):
        return "".join(read_pages(self._make(*args, **kwargs)))

    def _write_as_customer(self, body, ticket=None, **kwargs):
        return (ticket or self.complaint).message_post(
            body=body,
            author_id=self.customer.partner_id.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            **kwargs,
        )

    # === WHAT IS IN IT === #
    def test_file_tells_the_whole_story(self):
        self.complaint._tell(
            "progress",
            subject="Perkembangan",
            body="<p>Kami memeriksa <i>catatan transaksi</i>.</p>",
            told={
                "medium": "phone",
                "date": datetime(2026, 3, 3, 2, 0),
                "remark": "berbicara dengan istrinya",
            },
        )
        self._write_as_customer("Sudah ada kabar?")
        self.env["klikumkm.complaint.response"].sudo().create(
            {
                "ticket_id": self.complaint.id,
                "outcome": "explained",
                "body": "<p>Bank menolak kiriman pertama.</p>",
            }
        )
        self.complaint.sudo().write(
            {
                "customer_decision": "rejected",
                "customer_decision_date": datetime(2026, 3, 5, 2, 0),
                "customer_decision_reason": "Saya rugi tiga hari",
            }
        )
        pages = read_pages(self._make())
        text = "".join(pages)
        for words in (
            "Berkas pengaduan",
            "Daftar isi",
            "Kronologi",
            self.complaint.number,
            "0812-3456-7890",
            "Sudah tiga hari menunggu.",
            "TANDA TERIMA PENGADUAN",
            "Kami memeriksa catatan transaksi.",
            "berbicara dengan istrinya",
            "Sel 3 Mar 2026 09.00 WIB",
            "Sudah ada kabar?",
            "Bank menolak kiriman pertama.",
            "Saya rugi tiga hari",
        ):
            self.assertPrinted(words, text)
        for number, page in enumerate(pages, start=1):
            self.assertPrinted(f"{number} / {len(pages)}", page)
        # what was told stands in the chronology alone
        self.assertEqual(text.count("Kamimemeriksacatatantransaksi."), 1)

    def test_file_in_english(self):
        text = self._read(lang="en_US")
        for words in ("Complaint file", "Contents", "Chronology", "COMPLAINT RECEIPT"):
            self.assertPrinted(words, text)

    def test_days_cannot_be_taken_for_months(self):
        self.complaint.incident_date = "2026-10-12"
        for lang, day in (("id_ID", "12 Okt 2026"), ("en_US", "12 Oct 2026")):
            self.assertPrinted(day, self._read(parts=("cover",), lang=lang))

    def test_only_the_parts_asked_for(self):
        text = self._read(parts=["chronology"])
        self.assertPrinted("Kronologi", text)
        self.assertNotPrinted("TANDA TERIMA", text)
        with self.assertRaises(ValueError):
            self._make(parts=["cover", "everything"])

    def test_contents_name_the_right_pages(self):
        self._attach(self.complaint, "tiga.pdf", make_pdf(3))
        pages = read_pages(self._make(parts=["cover", "files", "chronology"]))
        # contents, register, chronology, list of files, separator, 3 pages
        self.assertEqual(len(pages), 8)
        for entry in ("Register2", "Kronologi3", "Berkas4", "1.tiga.pdf5"):
            self.assertIn(entry, pages[0])
        self.assertIn("tiga.pdf", pages[4])

    def test_file_of_a_complaint_in_any_state(self):
        for status in self.stages:
            with self.subTest(status=status):
                ticket = self._new_complaint()
                ticket.sudo().stage_id = self.stages[status]
                self.assertPrinted(ticket.number, self._read(ticket, ["cover"]))
        ticket.active = False
        self.assertPrinted(ticket.number, self._read(ticket, ["cover"]))

    def test_file_without_name_address_channel(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Tanpa nama", "description": "", "lang": "id_ID"}
        )
        ticket.partner_id.name = ""
        self.complaint_company.partner_id.write({"street": False, "city": False})
        self.assertPrinted("Bapak/Ibu", self._read(ticket))

    def test_a_megabyte_of_text_and_25_files(self):
        # a customer may write far more than fits the story; the whole is a file
        self._write_as_customer("<p>" + "kalimat panjang sekali " * 46_000 + "</p>")
        for number in range(24):
            self._attach(self.complaint, f"foto {number}.png", make_picture())
        self._attach(self.complaint, "catatan.txt", b"catatan " * 2000)
        content = self._make(parts=["conversation", "files"])
        # the whole of the long message, the pictures, and the note; reading every page
        # takes far longer than making it
        self.assertGreater(count_pages(content), 150 + 24 * 2)
        [contents, *_conversation] = read_pages(content, 2)
        self.assertPrinted("26. catatan.txt", contents)

    # === FILES === #
    def test_files_are_bound_in_with_their_hashes(self):
        picture = make_picture((400, 900))
        self._attach(self.complaint, "foto.png", picture)
        across = make_pdf(2, (842, 595))
        self._attach(self.complaint, "kontrak.pdf", across)
        content = self._make(parts=["files"])
        text = "".join(read_pages(content))
        for file in (picture, across):
            self.assertPrinted(hashlib.sha256(file).hexdigest(), text)
        self.assertEqual(get_sizes(content)[-2:], [(842, 595)] * 2)

    @mute_logger("PyPDF2", "pypdf")
    def test_what_cannot_be_bound_is_listed_with_the_reason(self):
        files = {
            "rusak.pdf": (b"%PDF-1.4 nonsense", "rusak"),
            "terkunci.pdf": (make_pdf(password="x"), "kata sandi"),
            "kosong.pdf": (b"", "kosong"),
            "surat.docx": (b"PK\x03\x04", "tidak berhalaman"),
            "gambar.png": (make_picture()[:40], "rusak"),
            "panjang.pdf": (make_pdf(301), "terlalu banyak halaman"),
        }
        for name, (content, _reason) in files.items():
            mimetype = "image/png" if name.endswith("png") else None
            self._attach(
                self.complaint,
                name,
                content,
                **({"mimetype": mimetype} if mimetype else {}),
            )
        pages = read_pages(self._make(parts=["files"]))
        self.assertEqual(len(pages), 2)
        for name, (content, reason) in files.items():
            self.assertPrinted(name, pages[1])
            self.assertPrinted(reason, pages[1])
            self.assertPrinted(hashlib.sha256(content).hexdigest(), pages[1])

    # === WHAT IS NOT IN IT === #
    def test_nothing_internal_and_nobody_else_is_in_it(self):
        self.complaint.message_post(
            body="RAHASIA-CATATAN",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        self.complaint.sudo().write(
            {
                "corrective_action": "RAHASIA-TINDAKAN",
                "priority": "2",
                "urgency_lowered_reason": "RAHASIA-URGENSI",
            }
        )
        self._new_complaint(name="RAHASIA-PENGADUAN-LAIN")
        self._create_complaint(
            name="RAHASIA-PELANGGAN-LAIN", partner_id=self.stranger.partner_id.id
        )
        link = self.complaint._get_personal_link()
        token = self.complaint.access_token
        self._write_as_customer(
            f"<p>Saya membalas pesan ini: <a href='{link}'>{link}</a></p>"
            f"<p>Kode saya {token}</p>"
        )
        text = self._read()
        self.assertNotIn("RAHASIA", text)
        self.assertNotIn(token, text)
        self.assertPrinted("Saya membalas pesan ini", text)

    def test_a_personal_link_in_any_words_is_not_printed(self):
        link = self.complaint._get_personal_link()
        words = f"Tidak setuju, lihat {link}"
        self.complaint.sudo().write(
            {
                "customer_decision": "rejected",
                "customer_decision_date": datetime(2026, 3, 5, 2, 0),
                "customer_decision_reason": words,
                "requested_remedy": words,
            }
        )
        self.env["klikumkm.complaint.response"].sudo().create(
            {
                "ticket_id": self.complaint.id,
                "outcome": "explained",
                "body": "<p>Bank menolak kiriman pertama.</p>",
                "decision": "rejected",
                "decision_date": datetime(2026, 3, 5, 2, 0),
                "decision_reason": words,
            }
        )
        text = self._read()
        self.assertNotIn(self.complaint.access_token, text)
        self.assertPrinted("Tidak setuju, lihat", text)

    def test_internal_notes_only_if_asked_for(self):
        self.complaint.message_post(
            body="RAHASIA-CATATAN",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        text = self._read(with_internal_notes=True)
        self.assertPrinted("RAHASIA-CATATAN", text)
        self.assertPrinted("Catatan internal", text)

    def test_what_was_not_told_is_not_in_it(self):
        self.complaint._tell(
            "progress",
            subject="Perkembangan",
            body="<p>BELUM-DISAMPAIKAN</p>",
            medium="phone",
        )
        answer = "<p>JAWABAN-BELUM-DISAMPAIKAN</p>"
        self.complaint._answer(
            {"outcome": "explained", "body": answer},
            {"body": answer, "medium": "phone"},
        )
        self.assertNotPrinted("BELUM-DISAMPAIKAN", self._read())
        notice = self.complaint.notice_ids.filtered("response_id")
        notice.action_withdraw()
        self.assertNotPrinted("BELUM-DISAMPAIKAN", self._read())

    # === WHO === #
    def test_file_needs_the_right_to_read_the_complaint(self):
        for user in (self.colleague, self.stranger):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._make(user=user)
        self.complaint.team_id = self.other_team
        with self.assertRaises(AccessError):
            self._make()

    def _open_wizard(self, user=None, **vals):
        return (
            self.env["klikumkm.complaint.file"]
            .with_user(user or self.agent)
            .create(
                {
                    "ticket_id": self.complaint.id,
                    "recipient": "LAPS SJK",
                    "reason": "Diminta pelanggan",
                    **vals,
                }
            )
        )

    def test_export_is_logged_and_offered(self):
        before = self.complaint._get_customer_files()
        wizard = self._open_wizard(has_files=False)
        action = wizard.action_make_file()
        self.assertEqual(action["res_id"], wizard.id)
        content = base64.b64decode(wizard.with_context(bin_size=False).content)
        sha256 = hashlib.sha256(content).hexdigest()
        export = self.env["klikumkm.complaint.export"].search(
            [("ticket_id", "=", self.complaint.id)]
        )
        self.assertRecordValues(
            export,
            [
                {
                    "user_id": self.agent.id,
                    "recipient": "LAPS SJK",
                    "reason": "Diminta pelanggan",
                    "sha256": sha256,
                    "with_internal_notes": False,
                }
            ],
        )
        self.assertIn("cover", export.parts)
        self.assertNotIn("files", export.parts)
        message = self.complaint.message_ids[0]
        self.assertIn(sha256, message.body)
        self.assertTrue(message.subtype_id.internal)
        self.assertEqual(message.author_id, self.agent.partner_id)
        self.assertEqual(self.complaint._get_customer_files(), before)

    def test_nothing_ticked_makes_no_file(self):
        wizard = self._open_wizard(**{f"has_{part}": False for part in FILE_PARTS})
        with self.assertRaises(UserError):
            wizard.action_make_file()

    def test_file_is_kept_from_other_users(self):
        wizard = self._open_wizard()
        with self.assertRaises(AccessError):
            wizard.with_user(self.lead).read(["content"])

    def test_export_needs_the_right_to_read_the_complaint(self):
        for user in (self.colleague, self.customer):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._open_wizard(user)
        self.complaint.team_id = self.other_team
        wizard = self._open_wizard()
        with self.assertRaises(AccessError):
            wizard.action_make_file()

    def test_exports_are_read_by_leads_alone(self):
        self._open_wizard(**{f"has_{part}": part == "cover" for part in FILE_PARTS})
        self.env["klikumkm.complaint.file"].search(
            [("ticket_id", "=", self.complaint.id)]
        ).with_user(self.agent).action_make_file()
        Export = self.env["klikumkm.complaint.export"]
        domain = [("ticket_id", "=", self.complaint.id)]
        self.assertEqual(Export.with_user(self.lead).search_count(domain), 1)
        for user in (self.agent, self.customer):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                Export.with_user(user).search_count(domain)

    def test_exports_of_other_companies_are_not_read(self):
        company = self.env["res.company"].create({"name": "PT Lain"})
        ticket = self._new_complaint(company_id=company.id, team_id=False)
        export = self._log_export(ticket)
        self.assertFalse(
            self.env["klikumkm.complaint.export"]
            .with_user(self.manager)
            .search([("id", "=", export.id)])
        )

    def _log_export(self, ticket):
        return (
            self.env["klikumkm.complaint.export"]
            .sudo()
            .create(
                {
                    "ticket_id": ticket.id,
                    "user_id": self.agent.id,
                    "date": datetime(2026, 3, 2, 3, 0),
                    "parts": "cover",
                    "recipient": "pelanggan",
                    "reason": "diminta",
                    "sha256": "0" * 64,
                }
            )
        )

    def test_exports_are_append_only(self):
        export = self._log_export(self.complaint)
        with self.assertRaises(AccessError):
            export.sudo().write({"reason": "lain"})
        with self.assertRaises(AccessError):
            export.sudo().unlink()
        with self.assertRaises(AccessError):
            self.env["klikumkm.complaint.export"].with_user(self.manager).create({})


@tagged("post_install", "-at_install")
class TestNothingIsFetched(DocumentCase):
    """wkhtmltopdf fetches what HTML names; what customers write must name nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fetched = fetched = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                fetched.append(self.path)
                self.send_error(404)

            def log_message(self, *args):
                """Be quiet."""

        cls.server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=cls.server.serve_forever, daemon=True)
        thread.start()
        cls.addClassCleanup(thread.join)
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        cls.base = f"http://127.0.0.1:{cls.server.server_port}"

    def _get_hostile_html(self):
        return (
            f"<p>TERBACA<img src='{self.base}/img'/>"
            f"<img srcset='{self.base}/srcset 1x'/>"
            f"<a href='{self.base}/link'>tautan</a></p>"
            f"<div style='background:url({self.base}/style)'>latar</div>"
            f"<table background='{self.base}/table'><tr><td>sel</td></tr></table>"
            f"<style>@import url({self.base}/import); p {{color: red}}</style>"
            f"<link rel='stylesheet' href='{self.base}/sheet'/>"
            f"<script src='{self.base}/script'></script>"
            f"<iframe src='{self.base}/frame'></iframe>"
            "<iframe src='file:///etc/passwd'></iframe>"
            "<img src='file:///etc/passwd'/><object data='file:///etc/passwd'></object>"
            f"<svg><image href='{self.base}/svg'/></svg>"
            f"<video poster='{self.base}/poster'></video>"
            f"<base href='{self.base}/'/><meta http-equiv='refresh' content='0'/>"
        )

    def test_hostile_story_and_message_fetch_nothing(self):
        html = self._get_hostile_html()
        ticket = self._new_complaint()
        # past every sanitizer, as an old or imported row may be
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET description = %s WHERE id = %s",
            (html, ticket.id),
        )
        message = ticket.message_post(
            body="x",
            author_id=self.customer.partner_id.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.env.cr.execute(
            "UPDATE mail_message SET body = %s WHERE id = %s", (html, message.id)
        )
        ticket.invalidate_recordset()
        message.invalidate_recordset()
        content = ticket._make_complaint_file(FILE_PARTS)
        content += self._print("report_receipt", ticket)
        self.assertEqual(self.fetched, [])
        text = "".join(read_pages(ticket._make_complaint_file(["cover"])))
        self.assertPrinted("TERBACA", text)
        self.assertNotIn("root:", text)

    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_the_engine_itself_is_cut_off(self):
        report = self.env.ref("klikumkm_complaint.action_report_receipt")
        page = f"<html><head></head><body><img src='{self.base}/img'/></body></html>"
        self.fetched.clear()
        report._run_wkhtmltopdf(
            [page],
            specific_paperformat_args={"data-report-klikumkm-offline": "1"},
        )
        self.assertEqual(self.fetched, [])

    def test_clean_html_keeps_words_and_structure_only(self):
        cleaned = clean_html(self._get_hostile_html(), "gambar")
        for word in ("TERBACA", "tautan", "latar", "sel", "[gambar]"):
            self.assertIn(word, cleaned)
        self.assertEqual(set(re.findall(r"<\w+ (\w+)", cleaned)), set())
        for word in ("script", "iframe", "url(", "passwd", "import"):
            self.assertNotIn(word, cleaned)

    def test_clean_html_of_odd_input(self):
        for html, expected in (
            (None, "<div></div>"),
            ("", "<div></div>"),
            ("a < b & c", "<div>a &lt; b &amp; c</div>"),
            ("<p>x</p>\x00", "<div><p>x</p></div>"),
            (
                "<a href='javascript:alert(1)'>klik</a>",
                "<div>klik</div>",
            ),
            (
                "<a href='https://a.id/?access_token=RAHASIA'>klik</a>",
                "<div>klik (https://a.id/?access_token=…)</div>",
            ),
            ("<p>السلام</p>", '<div><p dir="rtl">السلام</p></div>'),
        ):
            with self.subTest(html=html):
                self.assertEqual(clean_html(html), expected)


@tagged("post_install", "-at_install")
class TestPrintingTools(ComplaintCase):
    def test_arabic_is_cut_into_words(self):
        page = prepare_page("<head></head><p title='عليكم'>Kata السلام عليكم ok</p>")
        self.assertIn(
            '<span class="o_rtl" dir="rtl"><span class="o_word">السلام</span> '
            '<span class="o_word">عليكم</span></span> ok',
            page,
        )
        self.assertIn("<p title='عليكم'>", page)

    def test_arabic_words_with_signs_are_not_drawn_over_each_other(self):
        def get_end(words):
            """Where a line that begins at the right ends, in points from the left."""
            page = prepare_page(
                "<html><head><meta charset='utf-8'/><style>"
                ".o_word { display: inline-block; white-space: nowrap; }"
                f"</style></head><body><p dir='rtl'>{words} I</p></body></html>"
            )
            content = self.env["ir.actions.report"]._run_wkhtmltopdf([page])
            places = []
            PdfFileReader(io.BytesIO(content)).pages[0].extract_text(
                visitor_text=lambda text, cm, tm, *rest: places.append(
                    tm[4] * cm[0] + cm[4]
                )
                if "I" in text
                else None
            )
            return places[-1]

        plain = get_end("السلام عليكم لقد دفعت")
        for signs in ("السلام عليكم، لقد دفعت", "السلام عليكم. لقد دفعت"):
            with self.subTest(words=signs):
                self.assertLess(get_end(signs), plain, "a sign needs its room")

    def test_emoji_become_pictures(self):
        page = prepare_page("<head></head><p>a 😀 b 😀 c ✓</p>")
        if draw_emoji("😀"):
            self.assertNotIn("😀", page)
            self.assertEqual(page.count("data:image/png"), 1)
        self.assertIn("✓", page)

    def test_long_words_may_be_broken_but_not_within_a_sign(self):
        page = prepare_page(f"<head></head><p>{'&amp;' * 40} {'x' * 30}</p>")
        self.assertEqual(page.count("<wbr>"), 2, page)
        self.assertEqual(page.replace("<wbr>", "").count("&amp;"), 40)

    def test_plain_page_stays_as_it_is(self):
        page = "<head><style>p {color: red}</style></head><p>a &amp; b</p>"
        self.assertEqual(prepare_page(page), page)

    def test_shorten_cuts_at_a_word(self):
        self.assertEqual(shorten("satu  dua\ntiga", 20), ("satu dua tiga", False))
        self.assertEqual(shorten("satu dua tiga", 10), ("satu dua…", True))
        self.assertEqual(shorten("x" * 30, 10), ("x" * 10 + "…", True))
        self.assertEqual(shorten(None, 10), ("", False))

    def test_pages_of_any_turn_are_numbered(self):
        documents = [
            Document(None, to_pages(make_pdf(1, (300, 500), rotation=turn)))
            for turn in (0, 90, 180, 270)
        ]
        content = bind(documents, "HT1")
        for number, page in enumerate(read_pages(content), start=1):
            self.assertIn(f"HT1{number}/4", page)

    def test_scripts_links_and_files_stay_behind(self):
        for word, add in (
            (b"JavaScript", lambda writer: writer.add_js("app.alert('halo')")),
            (b"virus", lambda writer: writer.add_attachment("virus.exe", b"MZ")),
            (b"evil", lambda writer: writer.add_uri(0, "evil.example", [1] * 4)),
        ):
            with self.subTest(word=word):
                writer = PdfFileWriter()
                writer.add_blank_page(*A4)
                add(writer)
                content = io.BytesIO()
                writer.write(content)
                self.assertIn(word, content.getvalue())
                self.assertNotIn(word, to_pages(content.getvalue()))

    def test_pictures_become_sheets(self):
        for size, sheet in (((400, 900), A4), ((900, 400), (842, 595))):
            content = to_pages(make_picture(size), "image/png")
            self.assertEqual(count_pages(content), 1)
            [(width, height)] = get_sizes(content)
            self.assertAlmostEqual(width, sheet[0], delta=2)
            self.assertAlmostEqual(height, sheet[1], delta=2)

    def test_giant_pictures_are_refused_before_they_are_decoded(self):
        picture = io.BytesIO()
        Image.new("1", (20_000, 20_000)).save(picture, format="PNG")
        with self.assertRaises(NotPrintable) as refused:
            to_pages(picture.getvalue(), "image/png")
        self.assertIn(refused.exception.reason, ("large", "broken"))
