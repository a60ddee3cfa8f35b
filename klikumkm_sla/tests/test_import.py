# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Complaints taken over from another system, by Odoo's own importer."""

import csv
import io
from datetime import date, datetime
from unittest.mock import patch

from openpyxl import Workbook, load_workbook

from odoo import Command
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, file_open, mute_logger

from odoo.addons.klikumkm_complaint.import_cells import parse_amount

from .common import SlaCase, wall

# Columns whose headings the templates carry, in both languages, needed by the tests.
HEADINGS = {
    "id_ID": {
        "number": "Nomor lama",
        "received": "Diterima pada*",
        "finished": "Selesai pada",
        "status": "Status*",
        "type": "Jenis*",
        "category": "Kategori",
        "assistance": "Bentuk bantuan",
        "urgency": "Urgensi",
        "channel": "Saluran",
        "customer": "Nama",
        "phone": "No. HP",
        "email": "E-mail",
        "role": "Peran",
        "loan": "No. pinjaman",
        "subject": "Perihal*",
        "story": "Uraian",
        "loss": "Nilai kerugian",
        "outcome": "Hasil",
        "answer": "Jawaban",
        "owner": "Petugas (login)",
        "until": "Diperpanjang sampai",
        "reason": "Alasan perpanjangan",
        "note": "Catatan",
    },
    "en_US": {
        "number": "Old number",
        "received": "Received at*",
        "finished": "Finished at",
        "status": "Status*",
        "type": "Type*",
        "category": "Category",
        "assistance": "Form of help",
        "urgency": "Urgency level",
        "channel": "Channel",
        "customer": "Name",
        "phone": "Mobile no.",
        "email": "E-mail",
        "role": "Role",
        "loan": "Loan no.",
        "subject": "Subject*",
        "story": "Story",
        "loss": "Amount of the loss",
        "outcome": "Outcome",
        "answer": "Answer",
        "owner": "Officer (login)",
        "until": "Extended until",
        "reason": "Reason for the extension",
        "note": "Note",
    },
}
PLAIN = {
    "received": "02/03/2026 10:00",
    "status": "Sedang ditangani",
    "type": "Pengaduan",
    "subject": "Angsuran dihitung dua kali",
    "customer": "Siti Rahma",
    "phone": "0812-3456-7890",
}


class ImportCase(SlaCase):
    today = "2026-03-20 10:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.complaint_country_id = cls.env.ref("base.id")
        groups = {
            "manager": "helpdesk_mgmt.group_helpdesk_manager",
            "lead": "klikumkm_complaint.group_complaint_lead",
            "agent": "helpdesk_mgmt.group_helpdesk_user_team",
        }
        cls.users = {
            name: new_test_user(
                cls.env, f"import-{name}", groups=group, tz="America/New_York"
            )
            for name, group in groups.items()
        }
        cls.manager = cls.users["manager"]
        cls.env["helpdesk.ticket.team"].search([]).active = False
        cls.team.active = True
        cls.team.user_ids = [Command.set(cls.users["agent"].ids)]
        cls.category = cls.env["helpdesk.ticket.category"].create(
            {"name": "Collecting"}
        )
        cls.category.with_context(lang="id_ID").name = "Menagih"
        cls.inner = cls.env["helpdesk.ticket.category"].create(
            {"name": "At night", "parent_id": cls.category.id}
        )
        cls.inner.with_context(lang="id_ID").name = "Malam hari"

    def upload(self, rows, lang="id_ID", user=None, file_name="lama.csv", company=None):
        """A file as the importer has it: headings of the template, then these rows."""
        headings = HEADINGS[lang]
        output = io.StringIO()
        writer = csv.writer(output)
        writer.writerow(headings.values())
        for row in rows:
            row = {**PLAIN, **row}
            writer.writerow([row.get(column, "") for column in headings])
        return (
            self.env["base_import.import"]
            .with_user(user or self.manager)
            .with_company(company or self.env.company)
            .with_context(lang=lang)
            .create(
                {
                    "res_model": "helpdesk.ticket",
                    "file": output.getvalue().encode(),
                    "file_type": "text/csv",
                    "file_name": file_name,
                }
            )
        )

    def execute(self, upload, dryrun=False, **options):
        """Map the columns as the importer proposes, and import."""
        options = {"has_headers": True, "quoting": '"', "separator": ",", **options}
        preview = upload.parse_preview(dict(options))
        self.assertNotIn("error", preview)
        fields = [
            "/".join(preview["matches"].get(index, [])) or False
            for index in range(len(preview["headers"]))
        ]
        return upload.execute_import(fields, preview["headers"], options, dryrun)

    def take_over(self, *rows, **kwargs):
        """Import rows that are right, and return their complaints."""
        result = self.execute(self.upload(rows, **kwargs))
        self.assertEqual(result["messages"], [])
        return self.Ticket.browse(result["ids"])

    def refuse(self, *rows, **kwargs):
        """Import rows that are wrong, and return what is said about them."""
        before = self.Ticket.search_count([])
        result = self.execute(self.upload(rows, **kwargs))
        self.assertFalse(result["ids"])
        self.assertEqual(self.Ticket.search_count([]), before)
        return [message["message"] for message in result["messages"]]

    def effects(self, ticket):
        """The journal: what happened and when, local time."""
        return [
            (event.event_type, event.effective_date) for event in self.events(ticket)
        ]


@tagged("post_install", "-at_install")
class TestImportCase(ImportCase):
    """What a row means for the case."""

    def test_templates_have_headings_that_are_recognised(self):
        for lang, headings in HEADINGS.items():
            with self.subTest(lang=lang):
                Ticket = self.Ticket.with_user(self.manager).with_context(lang=lang)
                (template,) = Ticket.get_import_templates()
                path = template["template"].lstrip("/")
                with file_open(path, "rb") as content:
                    sheet = load_workbook(content).worksheets[0]
                shipped = [cell.value for cell in sheet[1]]
                self.assertEqual(shipped, list(headings.values()))
                # without the clock there are no extensions
                path = f"klikumkm_complaint/static/xls/complaints_{lang[:2]}.xlsx"
                with file_open(path, "rb") as content:
                    sheet = load_workbook(content).worksheets[0]
                extension = {headings["until"], headings["reason"]}
                self.assertEqual(
                    [cell.value for cell in sheet[1]],
                    [name for name in shipped if name not in extension],
                )
                # in either language, whatever that of whoever imports
                other = "en_US" if lang == "id_ID" else "id_ID"
                upload = self.upload([{}], lang=lang).with_context(lang=other)
                preview = upload.parse_preview(
                    {"has_headers": True, "quoting": '"', "separator": ","}
                )
                names = [c.name for c in Ticket._get_import_columns()]
                self.assertEqual(
                    preview["matches"], {i: [name] for i, name in enumerate(names)}
                )

    def test_row_becomes_a_complaint(self):
        ticket = self.take_over(
            {
                "number": "ADU/2026/17",
                "received": "05/03/2026 14:30",
                "finished": "06/03/2026 09:15",
                "status": "Terselesaikan",
                "category": "Menagih / Malam hari",
                "assistance": "Koordinasi dengan unit lain",
                "urgency": "Tinggi",
                "channel": "whatsapp & live chat",
                "email": "siti@example.com",
                "role": "Penerima dana",
                "loan": "PJ-0815",
                "story": "Ditelepon pukul 23.\nDua kali.",
                "loss": "Rp 1.500.000",
                "outcome": "Dikabulkan",
                "answer": "Kami mohon maaf.",
                "owner": "import-agent",
                "note": "Sudah ditegur.",
            }
        )
        self.assertRecordValues(
            ticket,
            [
                {
                    "number": "ADU/2026/17",
                    "old_number": "ADU/2026/17",
                    "received_date": wall("2026-03-05 14:30"),
                    "resolved_date": wall("2026-03-06 09:15"),
                    "closed_date": False,
                    "status": "resolved",
                    "submission_type": "complaint",
                    "category_id": self.inner.id,
                    "assistance_type": "coordination",
                    "priority": "2",
                    "partner_name": "Siti Rahma",
                    "partner_email": "siti@example.com",
                    "customer_role": "borrower",
                    "agreement_ref": "PJ-0815",
                    "loss_amount": 1500000,
                    "outcome": "granted",
                    "user_id": self.users["agent"].id,
                    "team_id": self.team.id,
                    "is_imported": True,
                    "is_classified": True,
                    "create_uid": self.manager.id,
                }
            ],
        )
        self.assertIn("Dua kali.", ticket.description)
        self.assertIn("Kami mohon maaf.", ticket.response_id.body)
        self.assertEqual(ticket.response_id.outcome, "granted")
        self.assertIn("Sudah ditegur.", ticket.message_ids.body)
        self.assertTrue(ticket.message_ids.is_internal)
        self.assertEqual(ticket.partner_id.name, "Siti Rahma")

    def test_english_names_are_read_as_well(self):
        ticket = self.take_over(
            {
                "status": "In progress",
                "type": "question",
                "category": "at night",
                "urgency": "Emergency",
            }
        )
        self.assertEqual(ticket.status, "in_progress")
        self.assertEqual(ticket.submission_type, "question")
        self.assertEqual(ticket.category_id, self.inner)
        self.assertEqual(ticket.priority, "3")

    def test_stage_may_have_the_company_s_own_name(self):
        self.stages["coordination"].with_context(lang="id_ID").name = "Tanya unit"
        ticket = self.take_over({"status": "tanya  unit"})
        self.assertEqual(ticket.stage_id, self.stages["coordination"])

    def test_dates_are_read_in_the_operating_zone(self):
        moments = {
            "05/03/2026 14:30": "2026-03-05 14:30",
            "5-3-2026 8.05": "2026-03-05 08:05",
            "2026-03-05 14:30:10": "2026-03-05 14:30:10",
            "05/03/2026": "2026-03-05 12:00",
        }
        tickets = self.take_over(*({"received": text} for text in moments))
        self.assertEqual(
            tickets.mapped("received_date"), [wall(text) for text in moments.values()]
        )
        self.calendar.tz = "Asia/Jayapura"  # two hours before Jakarta
        ticket = self.take_over({"received": "05/03/2026 14:30"})
        self.assertEqual(ticket.received_date, wall("2026-03-05 12:30"))

    def test_dates_of_spreadsheets(self):
        book = Workbook()
        sheet = book.active
        columns = ("received", "finished", "status", "type", "subject", "until")
        sheet.append([HEADINGS["id_ID"][column] for column in columns])
        rows = [
            (datetime(2026, 3, 5, 14, 30), datetime(2026, 3, 6, 9, 15), "Ditutup"),
            (date(2026, 3, 5), date(2026, 3, 5), "Ditutup"),
            (datetime(2026, 3, 5, 14, 30), datetime(2026, 3, 5), "Ditutup"),
        ]
        for row in rows:
            sheet.append((*row, "Saran", "Aplikasi"))
        content = io.BytesIO()
        book.save(content)
        upload = self.upload([], file_name="lama.xlsx")
        upload.write({"file": content.getvalue(), "file_type": False})
        tickets = self.Ticket.browse(self.execute(upload)["ids"])
        self.assertEqual(
            [(t.received_date, t.closed_date) for t in tickets],
            [
                (wall("2026-03-05 14:30"), wall("2026-03-06 09:15")),
                (wall("2026-03-05 12:00"), wall("2026-03-05 12:00")),
                (wall("2026-03-05 14:30"), wall("2026-03-05 14:30")),
            ],
        )

    def test_today_without_a_time_is_not_in_the_future(self):
        ticket = self.take_over({"received": "20/03/2026"})
        self.assertEqual(ticket.received_date, wall("2026-03-20 10:00"))

    def test_all_errors_are_told_with_their_rows(self):
        errors = self.refuse(
            {},
            {"status": "Selese", "type": ""},
            {"received": "31/02/2026", "loss": "banyak"},
            {"received": "06/03/2026", "finished": "05/03/2026", "status": "Ditutup"},
            {"received": "21/03/2026"},
            {"finished": "05/03/2026"},
            {"owner": "import-lead"},
        )
        self.assertEqual(
            errors,
            [
                "Baris 3: Jenis belum diisi.",
                "Baris 3: Status: “Selese” tidak dikenal. Tulis salah satu dari: "
                "Diterima, Sedang ditangani, Koordinasi unit lain, Menunggu pelanggan, "
                "Terselesaikan, Dirujuk, Ditutup, Dibatalkan",
                "Baris 4: Diterima pada: “31/02/2026” tidak terbaca. Tulis "
                "hari/bulan/tahun: 05/03/2026 14:30 atau 05/03/2026.",
                "Baris 4: Nilai kerugian: “banyak” tidak terbaca. Tulis jumlah uang: "
                "1500000.",
                "Baris 5: Selesai sebelum diterima.",
                "Baris 6: Ada tanggal di masa depan.",
                "Baris 7: Sedang ditangani, tetapi ada tanggal selesai. Perbaiki salah "
                "satunya.",
                "Baris 8: Petugas (login): “import-lead” tidak dikenal. Tulis salah "
                "satu dari: import-agent",
            ],
        )

    def test_category_of_several_parents_needs_its_parent(self):
        other = self.category.create({"name": "Office"})
        self.category.create({"name": "At night", "parent_id": other.id})
        (error,) = self.refuse({"category": "At night"}, lang="en_US")
        self.assertIn("Row 2: Category: “At night” means several", error)
        self.assertIn("Collecting / At night", error)
        ticket = self.take_over({"category": "collecting/at night"})
        self.assertEqual(ticket.category_id, self.inner)

    def test_of_many_names_the_likely_ones_are_told(self):
        for number in range(20):
            self.category.create({"name": f"Aplikasi {number}"})
        (error,) = self.refuse({"category": "Malam"})
        names = error.split("salah satu dari: ")[1].split(", ")
        self.assertEqual((names[0], names[-1]), ("Menagih / Malam hari", "…"))
        self.assertEqual(len(names), 13)

    def test_missing_and_foreign_columns_are_refused(self):
        Ticket = self.Ticket.with_user(self.manager)
        messages = Ticket.load(["name", "sla_deadline"], [["A", "2026-03-05"]])
        texts = [message["message"] for message in messages["messages"]]
        self.assertIn("sla_deadline", texts[0])
        self.assertIn("Received at, Status, Type", texts[1])

    def test_error_found_when_writing_names_its_row(self):
        """Whatever another addon refuses is told with its row as well."""

        reason = "Ditolak"

        def refuse_one(tickets):
            if any(ticket.name == "Rusak" for ticket in tickets):
                raise UserError(reason)

        self.patch(self.registry["helpdesk.ticket"], "_complaint_received", refuse_one)
        errors = self.refuse(*({"subject": s} for s in ("Satu", "Dua", "Rusak")))
        self.assertEqual(errors, ["Baris 4: Ditolak"])

    def test_amounts(self):
        for text, amount in (
            ("1.500.000", 1500000),
            ("Rp 1.500.000,50", 1500000.5),
            ("1500000.5", 1500000.5),
            ("1,500,000", 1500000),
            ("Rp1.500.000,-", 1500000),
        ):
            self.assertEqual(parse_amount(text), amount)
        self.assertRaises(ValueError, parse_amount, "-5")

    def test_slips_are_told_instead_of_breaking_the_import(self):
        slips = {
            "loss": "9" * 400,
            "received": "01/01/0001",
            "finished": "01/01/1900",  # what spreadsheets make of an empty date
            "customer": "Siti " * 60,
            "phone": "08" + "1" * 9000,  # more than an index takes
        }
        labels = HEADINGS["en_US"]
        rows = [{column: text} for column, text in slips.items()]
        errors = self.refuse(*rows, lang="en_US")
        for number, (column, error) in enumerate(zip(slips, errors, strict=True), 2):
            with self.subTest(column=column):
                label = labels[column].rstrip("*")
                self.assertTrue(error.startswith(f"Row {number}: {label}: "), error)
                self.assertLess(len(error), 250)

    def test_cells_of_one_line_are_made_one(self):
        ticket = self.take_over(
            {
                "subject": "Denda\nsalah",
                "customer": "Ani  \n Sari",
                # other systems put it before what must stay text
                "phone": "'081199990000",
                "received": "'05/03/2026 14:30",
                "loss": "'1.500.000",
                "story": "'Halo' kata dia.",
            }
        )
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": "Denda salah",
                    "partner_name": "Ani Sari",
                    "partner_phone": "081199990000",
                    "received_date": wall("2026-03-05 14:30"),
                    "loss_amount": 1500000,
                }
            ],
        )
        self.assertIn("Halo' kata", ticket.description)

    def test_channel_may_be_shortened_to_what_is_unmistakable(self):
        channels = {
            "WhatsApp": "klikumkm_complaint.channel_whatsapp",
            "Email": "helpdesk_mgmt.helpdesk_ticket_channel_email",
            "web": "helpdesk_mgmt.helpdesk_ticket_channel_web",
            "media": "klikumkm_complaint.channel_social_media",
        }
        tickets = self.take_over(*({"channel": short} for short in channels))
        for ticket, (short, xmlid) in zip(tickets, channels.items(), strict=True):
            self.assertEqual(ticket.channel_id, self.env.ref(xmlid), short)
        self.env["helpdesk.ticket.channel"].create({"name": "Web chat"})
        errors = self.refuse({"channel": "web"}, {"channel": "WA"}, lang="en_US")
        self.assertIn("“web” means several", errors[0])
        self.assertIn("“WA” is not known", errors[1])

    def test_windows_file_with_semicolons(self):
        upload = self.upload([{"subject": "Café – “ganda”"}, {"subject": "Perancis"}])
        text = upload.file.decode().replace(",", ";")
        upload.file = text.encode("cp1252")
        result = self.execute(upload, separator="", encoding="")
        self.assertEqual(result["messages"], [])
        names = self.Ticket.browse(result["ids"]).mapped("name")
        self.assertEqual(names, ["Café – “ganda”", "Perancis"])

    def test_empty_rows_count_where_errors_are_told(self):
        upload = self.upload([{}, {"status": "Selese"}])
        head, right, wrong = upload.file.decode().splitlines()
        empty = "," * head.count(",")
        upload.file = "\n".join([head, right, "", empty, wrong]).encode()
        (error,) = self.execute(upload)["messages"]
        self.assertIn("Baris 5", error["message"])
        (error,) = self.execute(upload, limit=1, skip=1)["messages"]
        self.assertIn("Baris 5", error["message"])
        book = Workbook()
        rows = list(csv.reader([head, right, empty, wrong]))
        for row in rows:
            book.active.append(row)
        content = io.BytesIO()
        book.save(content)
        sheet = self.upload([], file_name="lama.xlsx")
        sheet.write({"file": content.getvalue(), "file_type": False})
        (error,) = self.execute(sheet)["messages"]
        self.assertIn("Baris 4", error["message"])

    # === NUMBERS === #
    def test_old_number_stays_where_it_is_free(self):
        known = self.make_ticket()
        self.travel(self.today)
        known.sudo().number = "LAMA-1"
        taken, own, free, without = self.take_over(
            {"number": "LAMA-1"}, {"number": "HT77777"}, {"number": "LAMA-2"}, {}
        )
        self.assertEqual(free.number, "LAMA-2")
        for ticket in (taken, own, without):
            self.assertRegex(ticket.number, r"^HT\d{5}$")
        self.assertNotEqual(own.number, "HT77777")
        view = self.env.ref("klikumkm_complaint.helpdesk_ticket_view_search")
        self.assertIn("('old_number', 'ilike', self)", view.arch)
        self.assertEqual((taken.old_number, own.old_number), ("LAMA-1", "HT77777"))

    def test_same_complaint_is_not_imported_twice(self):
        (ticket,) = self.take_over({"number": "A1"})
        errors = self.refuse({"number": "A1"}, {"number": "A2"}, {"number": "A2"})
        self.assertEqual(
            errors,
            [
                "Baris 2: Nomor lama: “A1” sudah diimpor sebagai A1. Hapus baris ini.",
                "Baris 3: Nomor lama: “A2” ada di beberapa baris.",
                "Baris 4: Nomor lama: “A2” ada di beberapa baris.",
            ],
        )
        self.assertTrue(ticket.exists())

    @mute_logger("odoo.sql_db")
    def test_same_file_imported_by_two_at_once(self):
        self.take_over({"number": "A1"})
        # as it is for whoever began before the first one was committed
        Ticket = self.registry["helpdesk.ticket"]
        with (
            patch.object(Ticket, "search_fetch", lambda self, *args: self.browse()),
            self.assertRaises(ConcurrencyError),  # Odoo does the request again
        ):
            self.execute(self.upload([{"number": "A1"}]))

    def test_test_uses_up_no_numbers(self):
        sequence = self.env["ir.sequence"].search(
            [("code", "=", "helpdesk.ticket.sequence")], limit=1
        )
        before = sequence.number_next_actual
        self.execute(self.upload([{}, {}]), dryrun=True)
        sequence.invalidate_recordset()
        self.assertEqual(sequence.number_next_actual, before)

    # === CUSTOMERS === #
    def test_customers_are_found_or_made_once(self):
        known = self.env["res.partner"].create(
            {"name": "Budi", "phone": "+62 811-111-222-33"}
        )
        first, second, third = self.take_over(
            {"phone": "081111122233", "customer": "Budi S."},
            {"phone": "0899 1234 5678", "customer": "Ani"},
            {"phone": "+6289912345678", "customer": "Ani W."},
        )
        self.assertEqual(first.partner_id, known)
        self.assertEqual(second.partner_id, third.partner_id)
        self.assertEqual(second.partner_id.name, "Ani")

    # === SILENCE === #
    def test_nothing_is_sent_and_nobody_is_asked(self):
        models = (
            "mail.mail",
            "mail.notification",
            "mail.activity",
            "klikumkm.complaint.notice",
        )
        for stage in self.env["helpdesk.ticket.stage"].search([]):
            stage.mail_template_id = self.env.ref(
                "helpdesk_mgmt.assignment_email_template"
            )
        counts = {name: self.env[name].search_count([]) for name in models}
        tickets = self.take_over(
            *(
                {
                    "status": status,
                    "email": "siti@example.com",
                    "owner": "import-agent",
                    "channel": "E-mail",
                    "urgency": "Darurat",
                    "note": "Catatan lama",
                    "answer": "Jawaban lama",
                }
                for status in ("Diterima", "Menunggu pelanggan", "Ditutup")
            )
        )
        self.env.flush_all()
        self.env.cr.precommit.run()
        for name, count in counts.items():
            self.assertEqual(self.env[name].search_count([]), count, name)
        self.assertFalse(tickets.message_follower_ids)
        self.assertFalse(any(tickets.mapped("is_receipt_due")))
        self.assertEqual(len(tickets.message_ids), 3)  # the notes

    def test_jobs_send_nothing_about_what_was_imported(self):
        self.env.company.sla_enforce_from = False
        models = (
            "mail.mail",
            "mail.message",
            "mail.activity",
            "rating.rating",
            "klikumkm.complaint.notice",
        )
        self.take_over(
            *(
                {
                    "received": "02/03/2026",
                    "finished": finished,
                    "status": status,
                    "outcome": outcome,
                    "email": "siti@example.com",
                    "channel": "E-mail",
                    "urgency": "Darurat",
                }
                for status, finished in (
                    ("Diterima", ""),
                    ("Menunggu pelanggan", ""),
                    ("Terselesaikan", "05/03/2026"),
                    ("Dirujuk", "05/03/2026"),
                    ("Ditutup", ""),
                )
                for outcome in ("", "Ditolak", "Dikabulkan")
            )
        )
        counts = {name: self.env[name].search_count([]) for name in models}
        self.travel("2026-03-20 10:30")
        for job in (
            "klikumkm_complaint.ir_cron_tell",
            "klikumkm_complaint.ir_cron_follow_terms",
            "klikumkm_sla.ir_cron_alert",
            "klikumkm_sla.ir_cron_check",
        ):
            with self.subTest(job=job), self.enter_registry_test_mode():
                self.env.ref(job).method_direct_trigger()
            self.env.invalidate_all()
            for name, count in counts.items():
                self.assertEqual(self.env[name].search_count([]), count, name)
        self.assertFalse(
            self.env["klikumkm.sla.clock"].search([("check_note", "!=", False)])
        )

    # === WHO === #
    def test_customers_neither_import_nor_undo(self):
        portal = new_test_user(
            self.env, "import-portal", groups="base.group_portal", email="p@example.com"
        )
        batch = self.take_over({}).import_id
        Ticket = self.Ticket.with_user(portal)
        for refused in (
            lambda: Ticket.get_import_templates(),
            lambda: Ticket.load(["name"], [["A"]]),
            lambda: self.upload([{}], user=portal),
            lambda: batch.with_user(portal).action_undo(),
        ):
            with self.assertRaises(AccessError):
                refused()
        self.assertEqual(batch.state, "done")

    def test_context_of_the_import_gives_no_rights(self):
        context = {
            "complaint_import": {"is_test": True},
            "import_file": True,
            "default_is_imported": True,
            "default_import_id": self.take_over({}).import_id.id,
            "default_old_number": "B",
        }
        ticket = (
            self.Ticket.with_user(self.users["agent"])
            .with_context(**context)
            .create({"name": "A", "team_id": self.team.id})
        )
        self.assertFalse(ticket.is_imported or ticket.old_number)
        self.assertFalse(ticket.sudo().import_id)

    def test_only_managers_import(self):
        for name in ("agent", "lead"):
            user = self.users[name]
            with self.subTest(user=name), self.assertRaises(AccessError):
                self.Ticket.with_user(user).get_import_templates()
            with self.subTest(user=name), self.assertRaises(AccessError):
                self.execute(self.upload([{}], user=user))
            with self.subTest(user=name), self.assertRaises(AccessError):
                self.Ticket.with_user(user).load(["name"], [["A"]])
        self.assertTrue(self.take_over({}))

    def test_import_s_own_fields_stay_protected(self):
        for name in ("import_id", "old_number", "sla_extended_until", "is_imported"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                self.Ticket.with_user(self.manager).create(
                    {"name": "A", "team_id": self.team.id, name: "2026-03-05"}
                )
        ticket = self.take_over({})
        with self.assertRaises(AccessError):
            ticket.with_user(self.manager).old_number = "B"
        with self.assertRaises(AccessError):
            ticket.import_id.with_user(self.manager).name = "B"
        with self.assertRaises(AccessError):
            self.env["klikumkm.complaint.import"].with_user(self.manager).create(
                {"name": "B"}
            )

    def test_importer_of_other_models_is_untouched(self):
        upload = self.env["base_import.import"].create(
            {
                "res_model": "res.partner",
                "file": b"Name,Phone\nAni,08991\n",
                "file_type": "text/csv",
            }
        )
        result = self.execute(upload)
        self.assertEqual(self.env["res.partner"].browse(result["ids"]).name, "Ani")

    def test_each_company_keeps_to_itself(self):
        (ours,) = self.take_over({"number": "X1"})
        other = self.env["res.company"].create({"name": "Lain"})
        other.sla_calendar_id = self.make_calendar(tz="Asia/Makassar")
        self.manager.company_ids |= other
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Lain CS", "company_id": other.id}
        )
        self.team.company_id = self.env.company
        (theirs,) = self.take_over(
            {"number": "X1", "received": "05/03/2026 14:30"}, company=other
        )
        self.assertEqual((theirs.company_id, theirs.team_id), (other, team))
        self.assertEqual(theirs.received_date, wall("2026-03-05 13:30"))
        self.assertEqual(theirs.old_number, "X1")
        self.assertNotEqual(theirs.number, ours.number)
        self.assertEqual(theirs.import_id.company_id, other)
        self.manager.company_ids -= other
        Import = self.env["klikumkm.complaint.import"].with_user(self.manager)
        self.assertNotIn(theirs.import_id.id, Import.search([]).ids)
        # an officer of one company is unknown to the other
        self.manager.company_ids |= other
        (error,) = self.refuse({"owner": "import-agent"}, company=other)
        self.assertIn("import-agent", error)


@tagged("post_install", "-at_install")
class TestImportClock(ImportCase):
    """What a row means for the clock."""

    def test_answered_in_time(self):
        ticket = self.take_over(
            {
                "received": "02/03/2026 10:00",
                "finished": "09/03/2026 17:00",
                "status": "Terselesaikan",
            }
        )
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.assertEqual((ticket.sla_status, ticket.sla_result), ("stopped", "met"))
        self.assertEqual(
            self.effects(ticket),
            [
                ("start", wall("2026-03-02 10:00")),
                ("stop", wall("2026-03-09 17:00")),
            ],
        )

    def test_answered_late(self):
        ticket = self.take_over(
            {
                "received": "02/03/2026 10:00",
                "finished": "11/03/2026 09:00",
                "status": "Ditutup",
            }
        )
        clock = self.clock_of(ticket)
        self.assertEqual((clock.result, clock.late_days), ("late", 2))
        self.assertEqual(clock.target_result, "late")
        self.assertEqual(ticket.closed_date, wall("2026-03-11 09:00"))
        self.assertEqual(
            self.effects(ticket),
            [
                ("start", wall("2026-03-02 10:00")),
                ("breach", wall("2026-03-09 17:00")),
                ("stop", wall("2026-03-11 09:00")),
            ],
        )
        stop = self.events(ticket, "stop")
        self.assertEqual((stop.result, stop.user_id), ("late", self.manager))

    def test_standards_are_those_valid_at_receipt(self):
        policy = self.policies["handling"]
        policy.valid_from = "2026-03-10"
        policy.copy({"max_days": 10, "valid_from": False, "valid_to": "2026-03-09"})
        old, new = self.take_over(
            {"received": "02/03/2026"}, {"received": "10/03/2026"}
        )
        self.assertDeadline(old, "2026-03-16 17:00")
        self.assertDeadline(new, "2026-03-17 17:00")

    def test_finished_without_a_date_has_no_clock_and_says_so(self):
        for status in ("Terselesaikan", "Ditutup", "Dirujuk", "Dibatalkan"):
            with self.subTest(status=status):
                ticket = self.take_over({"status": status})
                self.assertFalse(ticket.sla_clock_ids)
                self.assertFalse(ticket.resolved_date or ticket.closed_date)
                self.assertEqual(ticket.sla_state, "none")
                self.assertIn("imported without the date", ticket.sla_unset_reason)

    def test_cancelled_has_no_result_unless_it_was_late(self):
        early, late = self.take_over(
            {"status": "Dibatalkan", "finished": "05/03/2026"},
            {"status": "Dibatalkan", "finished": "12/03/2026"},
        )
        self.assertEqual(self.clock_of(early).state, "cancelled")
        self.assertFalse(self.clock_of(early).result)
        self.assertEqual(self.clock_of(late).result, "late")
        self.assertEqual(self.journal(late), ["start", "breach", "cancel"])
        self.assertFalse(late.resolved_date)

    def test_open_complaints_go_on(self):
        fresh, overdue, waiting = self.take_over(
            {"received": "19/03/2026 10:00"},
            {"received": "02/03/2026 10:00"},
            {"received": "19/03/2026 10:00", "status": "Menunggu pelanggan"},
        )
        self.assertDeadline(fresh, "2026-03-26 17:00")
        self.assertEqual((fresh.sla_status, fresh.sla_state), ("running", "on_track"))
        self.assertEqual(
            (overdue.sla_status, overdue.sla_state), ("running", "overdue")
        )
        # missed when it was due, not when it was imported
        self.assertEqual(
            self.effects(overdue),
            [
                ("start", wall("2026-03-02 10:00")),
                ("breach", wall("2026-03-09 17:00")),
            ],
        )
        self.assertEqual(
            (waiting.sla_status, self.clock_of(waiting).paused_since),
            ("paused", wall(self.today)),
        )
        # and are worked on as any other
        self.move(fresh, "resolved", "2026-03-26 17:00")
        self.assertEqual(fresh.sla_result, "met")
        self.sweep()
        self.assertEqual(self.journal(overdue), ["start", "breach"])

    def test_extension_reaches_the_date_named(self):
        ticket = self.take_over(
            {
                "received": "02/03/2026 10:00",
                "until": "13/03/2026",
                "reason": "Menunggu bank",
                "finished": "13/03/2026 16:00",
                "status": "Terselesaikan",
            }
        )
        clock = self.clock_of(ticket)
        self.assertDeadline(ticket, "2026-03-13 17:00")
        self.assertEqual(clock.first_deadline, wall("2026-03-09 17:00"))
        self.assertEqual((clock.extension_days, clock.result), (4, "met"))
        self.assertRecordValues(
            clock.extension_ids,
            [
                {
                    "days": 4,
                    "reason": "Menunggu bank",
                    "is_late": False,
                    "deadline_before": wall("2026-03-09 17:00"),
                    "deadline_after": wall("2026-03-13 17:00"),
                }
            ],
        )
        self.assertEqual(
            self.effects(ticket),
            [
                ("start", wall("2026-03-02 10:00")),
                ("extend", wall("2026-03-09 17:00")),
                ("stop", wall("2026-03-13 16:00")),
            ],
        )

    def test_extension_to_a_day_off_reaches_the_next_working_day(self):
        ticket = self.take_over(
            {"until": "14/03/2026", "reason": "Menunggu bank"}  # a Saturday
        )
        self.assertDeadline(ticket, "2026-03-16 17:00")
        self.assertEqual(ticket.sla_state, "overdue")

    def test_extension_of_years_reaches_the_date_named(self):
        ticket = self.take_over({"until": "13/03/2029", "reason": "Perkara"})
        self.assertDeadline(ticket, "2029-03-13 17:00")

    def test_extension_names_its_rule_where_the_reason_is_in_the_list(self):
        reason = self.env.ref("klikumkm_complaint.extension_unit")
        reason.with_context(lang="id_ID").name = "Menunggu unit lain"
        tickets = self.take_over(
            {"until": "13/03/2026", "reason": "menunggu  unit lain"},
            {"until": "13/03/2026", "reason": "Waiting for another unit"},
            {"until": "13/03/2026", "reason": "Lama sekali"},
        )
        extensions = [self.clock_of(ticket).extension_ids for ticket in tickets]
        self.assertEqual(
            [(e.reason_id, e.legal_ref) for e in extensions],
            [
                (reason, "POJK 22/2023 75(3)c"),
                (reason, "POJK 22/2023 75(3)c"),
                (reason.browse(), False),
            ],
        )

    def test_missed_before_it_waited_for_the_customer(self):
        ticket = self.take_over({"status": "Menunggu pelanggan"})
        self.assertEqual(self.journal(ticket), ["start", "breach", "pause"])
        self.assertEqual(ticket.sla_state, "overdue")

    def test_extension_that_is_no_longer_than_the_standard_is_told(self):
        upload = self.upload([{"until": "05/03/2026", "reason": "Menunggu bank"}])
        counts = {
            count["name"]: count["count"]
            for count in self.execute(upload, dryrun=True)["complaint_counts"]
        }
        self.assertEqual(counts["in_vain"], 1)
        ticket = self.Ticket.browse(self.execute(upload)["ids"])
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.assertFalse(self.clock_of(ticket).extension_ids)
        self.assertEqual(ticket.sla_extended_until, date(2026, 3, 5))

    def test_extension_needs_date_and_reason(self):
        errors = self.refuse(
            {"until": "13/03/2026"},
            {"reason": "Bank"},
            {"until": "13/03/2062", "reason": "Bank"},
        )
        self.assertEqual(
            errors,
            [
                "Baris 2: Waktunya diperpanjang: tulis alasannya.",
                "Baris 3: Waktunya diperpanjang: tulis sampai kapan.",
                "Baris 4: “Diperpanjang sampai” sebelum tanggal diterima, atau "
                "bertahun-tahun sesudahnya.",
            ],
        )

    def test_reopened_later_the_time_in_between_is_a_gap(self):
        ticket = self.take_over(
            {"finished": "04/03/2026 10:00", "status": "Terselesaikan"}
        )
        self.move(ticket, "in_progress", "2026-03-23 09:00")
        # 13 closings from the 4th to the 20th did not count
        self.assertDeadline(ticket, "2026-03-26 17:00")
        self.assertEqual(self.journal(ticket), ["start", "stop", "reopen"])

    def test_test_tells_what_would_come(self):
        upload = self.upload(
            [
                {"received": "19/03/2026"},
                {"received": "02/03/2026"},
                {"status": "Ditutup"},
                {"status": "Ditutup", "finished": "05/03/2026"},
            ]
        )
        result = self.execute(upload, dryrun=True)
        self.assertEqual(result["messages"], [])
        self.assertEqual(
            [(c["name"], c["label"], c["count"]) for c in result["complaint_counts"]],
            [
                ("ticket", "pengaduan", 4),
                ("open", "masih terbuka", 2),
                ("overdue", "di antaranya lewat batas", 1),
                (
                    "undated",
                    "selesai tanpa tanggal: waktunya tidak dihitung",
                    1,
                ),
            ],
        )
        self.assertFalse(self.Ticket.search([("is_imported", "=", True)]))
        self.assertFalse(self.env["klikumkm.complaint.import"].search([]))

    def test_queries_do_not_grow_with_the_rows(self):
        def count(start, number):
            rows = [
                {
                    "number": f"Q{start + i}",
                    "phone": f"0812000{start + i}",
                    "received": "02/03/2026 10:00",
                    "owner": "import-agent",
                    "answer": "Ya",
                    "outcome": "Dijelaskan",
                    "note": "Lama",
                    "until": "13/03/2026",
                    "reason": "Bank",
                    "status": ("Sedang ditangani", "Ditutup")[i % 2],
                    "finished": ("", "16/03/2026")[i % 2],
                }
                for i in range(number)
            ]
            upload = self.upload(rows)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            result = self.execute(upload)
            self.env.flush_all()
            self.assertEqual(len(result["ids"]), number)
            return self.env.cr.sql_log_count - before

        count(1000, 2)
        self.assertEqual(count(2000, 2), count(3000, 20))


@tagged("post_install", "-at_install")
class TestImportUndo(ImportCase):
    """The way back, on the same day."""

    def undo(self, tickets, user=None):
        return tickets.import_id.with_user(user or self.manager).action_undo()

    def rows(self):
        return (
            {"answer": "Ya", "note": "Lama", "until": "13/03/2026", "reason": "Bank"},
            {"finished": "05/03/2026", "status": "Ditutup"},
        )

    def test_batch_tells_who_took_over_what(self):
        tickets = self.take_over(*self.rows(), {"status": "Ditutup"})
        self.assertRecordValues(
            tickets.import_id,
            [
                {
                    "name": "lama.csv",
                    "user_id": self.manager.id,
                    "date": wall(self.today),
                    "ticket_count": 3,
                    "open_count": 1,
                    "overdue_count": 1,
                    "undated_count": 1,
                    "state": "done",
                    "is_undo_possible": True,
                }
            ],
        )

    def test_steps_of_a_long_file_are_one_batch(self):
        upload = self.upload([{"number": f"L{i}"} for i in range(5)])
        first = self.execute(upload, limit=2)
        self.assertEqual(first["nextrow"], 2)
        second = self.execute(upload, limit=2, skip=2)
        third = self.execute(upload, limit=2, skip=4)
        self.assertEqual((second["nextrow"], third["nextrow"]), (4, 0))
        tickets = self.Ticket.browse(first["ids"] + second["ids"] + third["ids"])
        self.assertEqual(tickets.import_id.ticket_count, 5)
        # errors of later steps count the rows of the whole file
        broken = self.upload([{}, {}, {"status": "Selese"}])
        result = self.execute(broken, skip=2)
        self.assertIn("Baris 4", result["messages"][0]["message"])
        # a further file in the same window is another batch
        upload.file = self.upload([{"number": "M1"}]).file
        other = self.Ticket.browse(self.execute(upload)["ids"])
        self.assertNotEqual(other.import_id, tickets.import_id)

    def test_undo_removes_the_complaints_of_the_batch_only(self):
        kept = self.take_over({})
        tickets = self.take_over(*self.rows())
        batch, partner = tickets.import_id, tickets.partner_id
        clocks = tickets.sla_clock_ids
        self.assertTrue(clocks.event_ids and clocks.extension_ids)
        notes, answers = tickets.message_ids, tickets.response_ids
        self.undo(tickets)
        for gone in (tickets, clocks, notes, answers):
            self.assertFalse(gone.exists(), gone)
        self.assertTrue(kept.exists() and kept.sla_clock_ids.event_ids)
        self.assertTrue(partner.exists())
        self.assertRecordValues(
            batch,
            [
                {
                    "state": "undone",
                    "undone_by_id": self.manager.id,
                    "ticket_count": 2,
                    "is_undo_possible": False,
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "undone already"):
            batch.with_user(self.manager).action_undo()
        # the same file can be imported again
        self.assertTrue(self.take_over(*self.rows()))

    def test_undo_leaves_nothing_behind(self):
        tickets = self.take_over(*self.rows(), {"subject": "Panjang " * 99})
        self.travel("2026-03-20 11:00")
        with self.enter_registry_test_mode():
            self.env.ref("klikumkm_sla.ir_cron_alert").method_direct_trigger()
        clocks = tickets.sla_clock_ids
        self.assertTrue(clocks.event_ids)
        self.assertTrue(
            self.env["ir.attachment"].search(
                [("res_model", "=", tickets._name), ("res_id", "in", tickets.ids)]
            )
        )
        ids_of = {tickets._name: tickets.ids, clocks._name: clocks.ids}
        self.undo(tickets)
        self.env.flush_all()
        for name, model in self.registry.items():
            if not model._auto or model._abstract:
                continue
            for field in model._fields.values():
                if not field.store or not field.column_type:
                    continue
                if field.type == "many2one" and field.comodel_name in ids_of:
                    ids, condition = ids_of[field.comodel_name], SQL("TRUE")
                elif field.type == "many2one_reference":
                    column = model._fields[field.model_field]
                    if not column.store or column.type != "char":
                        continue
                    ids = tickets.ids
                    condition = SQL(
                        "%s = %s", SQL.identifier(column.name), tickets._name
                    )
                else:
                    continue
                rows = self.env.execute_query(
                    SQL(
                        "SELECT 1 FROM %s WHERE %s IN %s AND %s",
                        SQL.identifier(model._table),
                        SQL.identifier(field.name),
                        tuple(ids),
                        condition,
                    )
                )
                self.assertFalse(rows, f"{name}.{field.name}")

    def test_undo_on_the_same_local_day_only(self):
        self.travel("2026-03-20 00:30")  # the day before in UTC
        tickets = self.take_over({})
        self.travel("2026-03-20 23:30")
        self.assertTrue(tickets.import_id.is_undo_possible)
        self.travel("2026-03-21 00:10")
        tickets.import_id.invalidate_recordset()
        self.assertFalse(tickets.import_id.is_undo_possible)
        with self.assertRaisesRegex(UserError, "on the same day only"):
            self.undo(tickets)
        self.assertTrue(tickets.exists())

    def test_undo_is_refused_once_something_happened(self):
        def message(ticket):
            ticket.message_post(
                body="Bagaimana?",
                author_id=ticket.partner_id.id,
                message_type="email",
                subtype_xmlid="mail.mt_comment",
            )

        def notice(ticket):
            ticket._tell("progress", "klikumkm_complaint.mail_template_progress")

        happenings = {
            "message": message,
            "notice": notice,
            "change": lambda ticket: ticket.write({"priority": "3"}),
            "step": lambda ticket: self.move(ticket, "in_progress", "2026-03-20 11:00"),
            "plan": lambda ticket: ticket.activity_schedule(
                "mail.mail_activity_data_call", user_id=self.manager.id
            ),
            "file": lambda ticket: self.env["ir.attachment"].create(
                {"name": "a.txt", "res_model": ticket._name, "res_id": ticket.id}
            ),
            "extension": lambda ticket: self.clock_of(ticket)._extend(20, "Bank"),
        }
        for number, (name, happen) in enumerate(happenings.items()):
            with self.subTest(happened=name):
                self.travel(self.today)
                tickets = self.take_over(
                    {"number": f"U{number}", "status": "Diterima"},
                    {"number": f"V{number}"},
                )
                self.travel("2026-03-20 11:00")
                happen(tickets[0])
                with self.assertRaisesRegex(UserError, f"1 of its .* \\(U{number}\\)"):
                    self.undo(tickets)
                self.assertTrue(tickets.exists())

    def test_what_follows_from_the_dates_does_not_hinder(self):
        self.env.company.sla_enforce_from = False
        # the second one was due before, so it reminds nobody
        tickets = self.take_over({"received": "13/03/2026"}, {})
        activities = self.env["mail.activity"].search_count([])
        self.travel("2026-03-20 11:00")
        with self.enter_registry_test_mode():
            self.env.ref("klikumkm_sla.ir_cron_alert").method_direct_trigger()
        alerts = self.env["klikumkm.sla.alert"].search(
            [("ticket_id", "=", tickets[1].id)]
        )
        self.assertEqual(set(alerts.mapped("state")), {"silent"})
        self.assertEqual(self.env["mail.activity"].search_count([]), activities)
        self.travel("2026-03-20 17:01")
        self.sweep()
        self.assertEqual(self.journal(tickets[0])[:2], ["start", "breach"])
        self.undo(tickets)
        self.assertFalse(tickets.exists())

    def test_only_managers_undo(self):
        tickets = self.take_over({})
        for name in ("agent", "lead"):
            with self.subTest(user=name), self.assertRaises(AccessError):
                self.undo(tickets, self.users[name])
        self.assertTrue(tickets.exists())

    def test_other_complaints_are_never_deleted(self):
        ticket = self.make_ticket()
        with self.assertRaises(UserError):
            ticket.unlink()
        imported = self.take_over({})
        undoing = imported.with_user(self.manager).with_context(
            complaint_import_undo=True
        )
        with self.assertRaises(UserError):
            undoing.unlink()
        with self.assertRaises(UserError):
            imported.sudo().unlink()
