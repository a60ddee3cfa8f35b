# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import hashlib
import io
from datetime import date, datetime, timedelta

from freezegun import freeze_time
from PIL import Image
from psycopg2 import IntegrityError
from reportlab.pdfgen.canvas import Canvas

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged, users
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from .common import ComplaintCase

NOW = datetime(2027, 3, 15, 3, 0)


def make_pdf(text, password=None):
    content = io.BytesIO()
    canvas = Canvas(content)
    canvas.drawString(72, 720, text)
    canvas.save()
    if not password:
        return content.getvalue()
    writer = PdfFileWriter()
    writer.add_page(PdfFileReader(content).pages[0])
    writer.encrypt(password)
    protected = io.BytesIO()
    writer.write(protected)
    return protected.getvalue()


def make_picture():
    content = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(content, format="PNG")
    return content.getvalue()


def read_text(content):
    """The words of a PDF, on one line."""
    pages = PdfFileReader(io.BytesIO(content), strict=False).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


class ReferralCase(ComplaintCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint_company.currency_id = cls.env.ref("base.IDR")
        cls.laps = cls.env.ref("klikumkm_complaint.external_body_laps_sjk")
        cls.small_claim = cls.env.ref("klikumkm_complaint.external_body_small_claim")
        cls.court = cls.env.ref("klikumkm_complaint.external_body_court")
        cls.ojk = cls.env.ref("klikumkm_complaint.external_body_ojk")
        cls.ticket = cls._create_complaint(
            team_id=cls.team.id, user_id=cls.agent.id, loss_amount=1_500_000
        )

    @classmethod
    def _answer_and_reject(cls, ticket, answer="Dana dikirim pada 3 Maret."):
        """The ticket as it stands after an answer that the customer did not accept."""
        ticket._answer(
            {"kind": "explanation", "outcome": "explained", "body": f"<p>{answer}</p>"},
            {
                "subject": "Tanggapan",
                "body": f"<p>{answer}</p>",
                "told": {"medium": "letter", "date": datetime.now()},
            },
        )
        ticket._record_decision("rejected", "Saldo saya tetap nol.")

    @classmethod
    def _add_file(cls, name, raw, mimetype=None, ticket=None, user=None):
        """A file that came with a message of the customer."""
        ticket = ticket or cls.ticket
        file = (
            cls.env["ir.attachment"]
            .with_user(user or cls.customer)
            .sudo()
            .create(
                {
                    "name": name,
                    "raw": raw,
                    "mimetype": mimetype,
                    "res_model": ticket._name,
                    "res_id": ticket.id,
                }
            )
        )
        ticket.with_user(cls.customer).sudo().message_post(
            body=name,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=cls.customer.partner_id.id,
            attachment_ids=file.ids,
        )
        return file.sudo(False).with_user(cls.env.user)

    def _open_refer(self, ticket=None, user=None, **vals):
        """The dialog as the button of the form opens it."""
        ticket = (ticket or self.ticket).with_user(user or self.agent)
        action = ticket.action_open_refer()
        form = Form(
            ticket.env[action["res_model"]].with_context(**action["context"]),
        )
        for name, value in vals.items():
            setattr(form, name, value)
        return form

    def _refer(self, ticket=None, user=None, **vals):
        return self._open_refer(ticket, user, **vals).save()

    def _make_referral(self, **vals):
        wizard = self._refer(**vals)
        wizard.action_make_file()
        return wizard.referral_id

    def _get_checks(self, body, **kwargs):
        return {
            check.text: check.is_ok
            for check in self.ticket._get_referral_checks(body, **kwargs)
        }

    def assertCheck(self, checks, word, is_ok):
        """The one check that says ``word`` is green, or amber."""
        found = [text for text in checks if word in text]
        self.assertEqual(len(found), 1, f"{word}: {list(checks)}")
        self.assertEqual(checks[found[0]], is_ok, found[0])


@tagged("post_install", "-at_install")
class TestExternalBody(ReferralCase):
    def test_shipped_bodies_were_never_checked(self):
        bodies = self.env["klikumkm.complaint.external.body"].search([])
        self.assertGreaterEqual(
            bodies, self.laps | self.small_claim | self.court | self.ojk
        )
        bpsk = self.env.ref("klikumkm_complaint.external_body_bpsk")
        self.assertFalse(bpsk.active)
        for body in bodies | bpsk:
            self.assertTrue(body.warning, body.name)
        self.assertEqual(self.laps.free_limit, 200_000_000)
        self.assertEqual(self.small_claim.claim_limit, 500_000_000)
        self.assertFalse(self.ojk.is_settlement)

    def test_warning_of_an_old_check_and_of_the_dates(self):
        today = date(2027, 3, 15)
        with freeze_time(NOW):
            for checked, valid_from, valid_to, count in [
                (today, False, False, 0),
                (today - timedelta(days=180), False, False, 0),
                (today - timedelta(days=190), False, False, 1),
                (False, False, False, 1),
                (today, today + timedelta(days=1), False, 1),
                (today, False, today - timedelta(days=1), 1),
                (today, today, today, 0),
                (False, today + timedelta(days=1), False, 2),
            ]:
                with self.subTest(checked=checked, start=valid_from, end=valid_to):
                    self.laps.write(
                        {
                            "checked_date": checked,
                            "valid_from": valid_from,
                            "valid_to": valid_to,
                        }
                    )
                    self.assertEqual(
                        len(self.laps._get_warnings(today)), count, self.laps.warning
                    )
                    self.assertEqual(bool(self.laps.warning), bool(count))

    def test_nobody_checks_in_the_future(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.laps.checked_date = date.today() + timedelta(days=2)

    @users("complaint-manager")
    def test_manager_keeps_bodies(self):
        body = self.laps.with_user(self.env.user)
        body.action_checked_today()
        self.assertFalse(body.warning)
        body.copy().unlink()

    def test_desk_reads_and_others_do_not(self):
        for user in (self.agent, self.lead):
            body = self.laps.with_user(user)
            self.assertTrue(body.read(["name", "warning"]))
            with self.assertRaises(AccessError):
                body.action_checked_today()
        for user in (self.colleague, self.customer, self.env.ref("base.public_user")):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.laps.with_user(user).read(["name"])

    def test_bodies_of_another_company(self):
        company = self.env["res.company"].create({"name": "Kedua"})
        self.laps.company_id = company
        self.assertFalse(self.laps.with_user(self.manager)._filtered_access("read"))
        self.assertTrue(self.ojk.with_user(self.manager)._filtered_access("read"))


@tagged("post_install", "-at_install")
class TestReferralChecks(ReferralCase):
    def test_not_answered_yet(self):
        checks = self._get_checks(self.laps)
        self.assertCheck(checks, "answered yet", False)
        self.assertCheck(checks, "No answer of ours", False)

    def test_answered_and_not_accepted(self):
        self._answer_and_reject(self.ticket)
        checks = self._get_checks(self.laps, is_not_pending=True, is_civil=True)
        self.assertCheck(checks, "did not accept", True)
        self.assertCheck(checks, "Not pending", True)
        self.assertCheck(checks, "civil", True)
        self.assertCheck(checks, "written answer", True)

    def test_answered_and_undecided(self):
        self.ticket._answer(
            {"kind": "explanation", "outcome": "explained", "body": "<p>Ya.</p>"},
            {"subject": "S", "body": "<p>Ya.</p>", "text": "Ya."},
        )
        self.assertCheck(self._get_checks(self.laps), "not recorded", False)
        self.ticket._record_decision("accepted")
        self.assertCheck(self._get_checks(self.laps), "accepted our answer", False)

    def test_oral_answer_only(self):
        self.ticket._answer(
            {"kind": "explanation", "outcome": "explained", "body": "<p>Ya.</p>"},
            {"told": {"medium": "phone", "date": datetime.now()}, "body": "<p>Ya.</p>"},
        )
        self.assertCheck(self._get_checks(self.laps), "orally", False)

    def test_loss_against_the_limits(self):
        for body, loss, is_ok, word in [
            (self.laps, 200_000_000, True, "free of charge"),
            (self.laps, 200_000_001, False, "pay fees"),
            (self.laps, 0, False, "No loss"),
            (self.small_claim, 500_000_000, True, "are taken"),
            (self.small_claim, 500_000_001, False, "ordinary suit"),
        ]:
            with self.subTest(body=body.name, loss=loss):
                checks = self._get_checks(body, loss_amount=loss)
                self.assertCheck(checks, word, is_ok)
        self.assertFalse(
            [text for text in self._get_checks(self.court) if "loss" in text.lower()]
        )

    def test_loss_in_another_currency(self):
        self.laps.currency_id = self.env.ref("base.EUR")
        checks = self._get_checks(self.laps, loss_amount=1)
        self.assertCheck(checks, "compare", False)

    def test_body_that_settles_nothing_or_was_not_checked(self):
        self.assertCheck(self._get_checks(self.ojk), "Never checked", False)
        self.ojk.action_checked_today()
        self.assertCheck(self._get_checks(self.ojk), "does not settle", False)
        self.laps.action_checked_today()
        self.assertCheck(self._get_checks(self.laps), "details checked", True)

    def test_question_is_no_complaint(self):
        self.assertNotIn("classified", " ".join(self._get_checks(self.laps)))
        self.ticket.submission_type = "question"
        self.assertCheck(self._get_checks(self.laps), "classified", False)

    def test_referred_before(self):
        self._refer().action_send()
        self.assertCheck(
            self._get_checks(self.laps, is_not_pending=True), "Already", False
        )


@tagged("post_install", "-at_install")
class TestReferral(ReferralCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, mail_create_nolog=True))

    def setUp(self):
        super().setUp()
        # what is printed is TestReferralFile's matter, and takes seconds
        self.patch(
            self.registry["klikumkm.complaint.referral"],
            "_render_document",
            lambda referral: b"%PDF-1.4 " + (referral.letter or "").encode(),
        )

    # === WIZARD === #
    def test_wizard_never_blocks(self):
        statuses = (
            "received",
            "in_progress",
            "coordination",
            "waiting_customer",
            "resolved",
            "closed",
            "cancelled",
        )
        for status in statuses:
            ticket = self._create_complaint(team_id=self.team.id, user_id=self.agent.id)
            self._move(ticket, status)
            with self.subTest(status=status):
                wizard = self._refer(ticket)
                self.assertIn("fa-exclamation-triangle", wizard.checks)
                wizard.action_send()
                self.assertEqual(ticket.status, "referred")
                self.assertEqual(ticket.referral_ids.state, "sent")

    def test_checks_are_kept_as_shown(self):
        self._answer_and_reject(self.ticket)
        referral = self._make_referral(is_civil=True)
        self.assertIn("[✓] A civil matter", referral.checks)
        self.assertIn("[!] Ask the customer", referral.checks)
        # and ticks are not asked for twice
        wizard = self._refer()
        self.assertEqual((wizard.is_civil, wizard.is_not_pending), (True, False))

    def test_make_file_tells_nobody(self):
        referral = self._make_referral()
        self.assertEqual(referral.state, "draft")
        self.assertEqual(self.ticket.status, "received")
        self.assertFalse(referral.notice_id)
        self.assertTrue(referral.document_id.raw.startswith(b"%PDF"))
        self.assertEqual(
            referral.document_sha256,
            hashlib.sha256(referral.document_id.raw).hexdigest(),
        )

    def test_prepared_referral_is_taken_up_again(self):
        referral = self._make_referral()
        first = referral.document_id
        wizard = self._refer(letter="<p>Surat yang diubah</p>", body_id=self.court)
        self.assertEqual(wizard.referral_id, referral)
        wizard.letter = "<p>Surat yang diubah</p>"
        wizard.action_send()
        self.assertEqual(self.ticket.referral_ids, referral)
        self.assertEqual(referral.state, "sent")
        self.assertEqual(referral.body_id, self.court)
        self.assertFalse(first.exists())
        self.assertIn(b"Surat yang diubah", referral.document_id.raw)

    def test_loss_typed_here_is_kept_on_the_complaint(self):
        referral = self._make_referral(loss_amount=2_000_000)
        self.assertEqual(referral.loss_amount, 2_000_000)
        self.assertEqual(self.ticket.loss_amount, 2_000_000)

    def test_letter_changed_by_hand_survives_the_loss(self):
        form = self._open_refer()
        form.letter = "<p>Tangan sendiri</p>"
        form.loss_amount = 5
        self.assertIn("Tangan sendiri", form.letter)

    def test_sending_by_mail(self):
        self._answer_and_reject(self.ticket)
        wizard = self._refer()
        self.assertIn("LAPS SJK", wizard.subject)
        wizard.action_send()
        referral = wizard.referral_id
        notice = referral.notice_id
        self.assertEqual(notice.kind, "referral")
        self.assertIn(self.laps.with_context(lang="id_ID").name, notice.body)
        self.assertIn("12950", notice.body)
        self.assertEqual(notice.attachment_ids.raw, referral.document_id.raw)
        self.assertEqual(self.ticket.status, "referred")
        self.assertEqual(referral.state, "sent")
        self.assertFalse(self.ticket.ruling_by_date)
        self.assertIn(notice.attachment_ids, self.ticket._get_customer_files())
        words = self.ticket.with_context(lang="en_US")._get_status_sentence()
        self.assertIn("Referred to LAPS SJK on", words)
        self.assertIn("Your file is below.", words)

    def test_customer_without_mail_is_told_by_hand(self):
        partner = self.env["res.partner"].create(
            {"name": "Budi", "phone": "081234567890"}
        )
        ticket = self._create_complaint(
            partner_id=partner.id, team_id=self.team.id, user_id=self.agent.id
        )
        wizard = self._refer(ticket)
        action = wizard.action_send()
        referral = wizard.referral_id
        self.assertEqual(action["res_model"], "klikumkm.complaint.tell")
        self.assertEqual(referral.state, "draft")
        self.assertEqual(ticket.status, "received")
        first = referral.notice_id
        # thought better of it before he was told
        wizard = self._refer(ticket)
        wizard.action_send()
        self.assertFalse(first.active)
        wizard.referral_id.notice_id.sudo()._tell_otherwise("whatsapp", NOW)
        self.assertEqual(referral.state, "sent")
        self.assertEqual(ticket.status, "referred")

    def test_agent_of_another_team(self):
        self.ticket.write({"team_id": self.other_team.id, "user_id": False})
        with self.assertRaises(AccessError):
            self._open_refer()

    # === THE ROW === #
    def test_what_was_handed_over_stays(self):
        referral = self._make_referral()
        self._refer().action_send()
        referral = referral.with_user(self.agent)
        for vals in (
            {"letter": "<p>Lain</p>"},
            {"body_id": self.court.id},
            {"state": "draft"},
            {"document_id": False},
            {"enclosure_ids": [Command.clear()]},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                referral.write(vals)
        with self.assertRaises(UserError):
            referral.unlink()
        with self.assertRaises(UserError):
            referral.sudo().unlink()
        with self.assertRaises(UserError):
            referral.create(
                {"ticket_id": self.ticket.id, "body_id": 1, "state": "sent"}
            )

    def test_letter_numbers_go_on(self):
        self._refer().action_send()
        self._refer().action_send()
        number = self.ticket.number
        self.assertEqual(
            self.ticket.referral_ids.sorted("id").mapped("name"),
            [f"{number}/R1", f"{number}/R2"],
        )
        tickets = self._create_complaint() | self._create_complaint()
        referrals = self.env["klikumkm.complaint.referral"].create(
            [
                {"ticket_id": ticket.id, "body_id": self.laps.id, "lang": "id_ID"}
                for ticket in (tickets[0], tickets[0], tickets[1])
            ]
        )
        self.assertEqual(
            [name.rsplit("/")[-1] for name in referrals.mapped("name")],
            ["R1", "R2", "R1"],
        )

    def test_course_and_end(self):
        wizard = self._refer()
        wizard.action_send()
        action = self.ticket.with_user(self.agent).action_update_referral()
        referral = self.env[action["res_model"]].with_user(self.agent)
        referral = referral.browse(action["res_id"])
        referral.write(
            {
                "external_ref": "LAPS-9",
                "next_step": "Mediasi",
                "next_date": date(2027, 4, 1),
            }
        )
        referral.action_taken_up()
        self.assertEqual(referral.state, "accepted")
        self.assertEqual(self.ticket.open_referral_count, 1)
        referral.write({"result": "agreement", "result_note": "Rp1 juta"})
        self.assertEqual(referral.state, "ended")
        self.assertTrue(referral.result_date)
        self.assertEqual(self.ticket.open_referral_count, 0)
        activity = self.ticket.activity_ids.filtered(
            lambda a: a.summary and "Referral to" in a.summary
        )
        self.assertEqual(activity.user_id, self.agent)
        referral.result = False
        self.assertEqual(referral.state, "accepted")

    def test_update_without_referral(self):
        with self.assertRaises(UserError):
            self.ticket.with_user(self.agent).action_update_referral()

    def test_customer_asks_for_a_referral(self):
        self.ticket.with_user(self.customer)._request_referral("Saya mau ke LAPS.")
        self.assertTrue(self.ticket.referral_requested_date)
        activity = self.ticket.activity_ids
        self.assertEqual(activity.user_id, self.agent)
        self.assertIn("LAPS", activity.note)
        message = self.ticket.message_ids.filtered(lambda m: "mau ke LAPS" in m.body)
        self.assertEqual(message.author_id, self.customer.partner_id)
        self.assertFalse(message.subtype_id.internal)
        # asked twice, on the desk once
        self.ticket.with_user(self.customer)._request_referral("Sekali lagi.")
        self.assertEqual(self.ticket.activity_ids, activity)
        self._refer().action_send()
        self.assertFalse(activity.exists())
        self.assertTrue(self.ticket.referral_requested_date)
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.agent).referral_requested_date = NOW

    # === SECURITY === #
    def test_who_reads_referrals(self):
        others = self._create_complaint(team_id=self.other_team.id)
        referrals = self.env["klikumkm.complaint.referral"].create(
            [
                {"ticket_id": ticket.id, "body_id": self.laps.id, "lang": "id_ID"}
                for ticket in (self.ticket, others)
            ]
        )
        mine = referrals[0]
        personal = self._new_user("own", "helpdesk_mgmt.group_helpdesk_user_own", "O")
        domain = [("id", "in", referrals.ids)]
        for user, expected in [
            (self.agent, mine),
            (self.lead, referrals),
            (self.manager, referrals),
            (personal, referrals.browse()),
        ]:
            with self.subTest(user=user.name):
                seen = referrals.with_user(user).search(domain, order="id")
                self.assertEqual(seen, expected)
        self.ticket.user_id = personal
        seen = mine.with_user(personal)
        self.assertTrue(seen.read(["name", "letter"]))
        seen.write({"external_ref": "X"})
        mine.with_user(self.agent).write({"external_ref": "X"})
        with self.assertRaises(AccessError):
            referrals[1].with_user(self.agent).write({"external_ref": "X"})
        with self.assertRaises(AccessError):
            referrals.with_user(self.agent).create(
                {"ticket_id": others.id, "body_id": self.laps.id, "lang": "id_ID"}
            )
        for user in (self.colleague, self.customer, self.env.ref("base.public_user")):
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    referrals.with_user(user).search(domain)
                with self.assertRaises(AccessError):
                    mine.with_user(user).read(["name"])

    def test_customer_reads_no_referral_through_the_complaint(self):
        self._refer().action_send()
        ticket = self.ticket.with_user(self.customer)
        for name in ("referral_ids", "referral_count"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                ticket.read([name])
        with self.assertRaises(AccessError):
            ticket.action_open_refer()
        document = self.ticket.referral_ids.document_id
        with self.assertRaises(AccessError):
            document.with_user(self.customer).read(["name"])

    def test_referrals_of_another_company(self):
        company = self.env["res.company"].create({"name": "Kedua"})
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "CS Kedua", "company_id": company.id}
        )
        theirs = self._create_complaint(team_id=team.id)
        referral = self.env["klikumkm.complaint.referral"].create(
            {"ticket_id": theirs.id, "body_id": self.laps.id, "lang": "id_ID"}
        )
        self.assertEqual(referral.company_id, company)
        self.assertFalse(referral.with_user(self.manager)._filtered_access("read"))
        manager = new_test_user(
            self.env,
            "manager-2",
            "helpdesk_mgmt.group_helpdesk_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertTrue(referral.with_user(manager)._filtered_access("read"))

    def test_file_of_a_referral_cannot_be_deleted(self):
        referral = self._make_referral()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            referral.document_id.unlink()
        self.assertTrue(referral.document_id.raw)

    def test_message_in_both_languages(self):
        for lang, words in (
            ("en_US", ("Letter and file for LAPS SJK", "What you bring yourself")),
            ("id_ID", ("Surat dan berkas rujukan ke LAPS SJK", "Salinan KTP")),
        ):
            self.ticket.lang = lang
            wizard = self._refer()
            with self.subTest(lang=lang):
                for word in words:
                    self.assertIn(word, f"{wizard.subject} {wizard.body}")
                self.assertIn("12950", wizard.body)


@tagged("post_install", "-at_install")
class TestReferralFile(ReferralCase):
    """Letter and file as they are printed."""

    def test_letter_says_what_happened(self):
        self._answer_and_reject(self.ticket)
        self.ticket.write({"agreement_ref": "PJ-77", "represented_by": "Andi"})
        text = read_text(self._make_referral(lang="en_US").document_id.raw)
        for words in (
            self.ticket.number,
            "LAPS SJK",
            "Siti",
            "PJ-77",
            "Andi",
            "Sudah tiga hari menunggu.",
            "Dana dikirim pada 3 Maret.",
            "Saldo saya tetap nol.",
            "Yours faithfully",
            "Ayu Agen",
        ):
            self.assertIn(words, text)

    def test_letter_in_both_languages(self):
        with freeze_time(NOW):
            english = read_text(self._make_referral(lang="en_US").document_id.raw)
            indonesian = read_text(self._make_referral(lang="id_ID").document_id.raw)
        for text, words in (
            (english, ("15 March 2027", "Yours faithfully", "Chronology")),
            (indonesian, ("15 Maret 2027", "Hormat kami", "Kronologi")),
        ):
            for word in words:
                self.assertIn(word, text)

    def test_nothing_internal_in_the_file(self):
        self.ticket._portal_ensure_token()
        secret = self.ticket.access_token
        self.ticket.message_post(body="CATATAN DALAM", subtype_xmlid="mail.mt_note")
        note_file = self._add_file("a.txt", b"x")
        note_file.name = "RAHASIA.txt"
        note = self.ticket.message_post(
            body="Lampiran dalam",
            subtype_xmlid="mail.mt_note",
            attachments=[("RAHASIA2.pdf", make_pdf("RAHASIA2"))],
        )
        self.ticket.corrective_action = "PELAJARAN"
        other = self._create_complaint(
            name="MILIK ORANG LAIN", partner_id=self.stranger.partner_id.id
        )
        wizard = self._refer(lang="en_US")
        self.assertNotIn(note.attachment_ids, wizard.candidate_ids)
        foreign = self._add_file("orang.pdf", make_pdf("ORANG LAIN"), ticket=other)
        wizard.letter = f"<p>https://x.id/my/ticket/1?access_token={secret}</p>"
        wizard.sudo().enclosure_ids = note.attachment_ids | foreign
        wizard.action_make_file()
        text = read_text(wizard.referral_id.document_id.raw)
        self.assertFalse(wizard.referral_id.enclosure_ids)
        for words in (
            "CATATAN",
            "RAHASIA",
            "PELAJARAN",
            "ORANG LAIN",
            secret,
        ):
            self.assertNotIn(words, text)

    def test_odd_enclosures_do_not_fail_the_whole(self):
        good = self._add_file("bukti.pdf", make_pdf("BUKTI TRANSFER"))
        self._add_file("foto.png", make_picture(), "image/png")
        odd = {
            "rusak.pdf": (b"%PDF-1.4 broken", "application/pdf"),
            "sandi.pdf": (make_pdf("X", password="rahasia"), "application/pdf"),
            "rekaman.mp3": (b"ID3" + b"\x00" * 2000, "audio/mpeg"),
            "kosong.jpg": (b"", "image/jpeg"),
        }
        for name, (raw, mimetype) in odd.items():
            self._add_file(name, raw, mimetype)
        wizard = self._refer(lang="en_US")
        self.assertIn(good, wizard.enclosure_ids)
        self.assertEqual(len(wizard.enclosure_ids), 6)
        wizard.action_make_file()
        text = read_text(wizard.referral_id.document_id.raw)
        self.assertIn("BUKTI TRANSFER", text)
        for name, (raw, _mimetype) in odd.items():
            self.assertIn(name, text)
            self.assertIn(hashlib.sha256(raw).hexdigest(), text.replace(" ", ""))

    def test_a_story_too_long_for_the_letter_is_enclosed(self):
        story = ("Penagih datang lagi. " * 40 + "\n") * 3 + "AKHIR CERITA"
        self._add_file("Cerita lengkap.txt", story.encode(), "text/plain")
        text = read_text(self._make_referral(lang="en_US").document_id.raw)
        self.assertIn("AKHIR CERITA", text)
        self.assertNotIn("Handed in separately", text)

    def test_company_and_customer_without_anything(self):
        company = self.complaint_company
        company.partner_id.write(
            {"street": False, "city": False, "email": False, "phone": False}
        )
        company.logo = False
        partner = self.env["res.partner"].create({"name": " ", "phone": "0812345678"})
        ticket = self._create_complaint(
            partner_id=partner.id,
            team_id=self.team.id,
            user_id=False,
            description=False,
        )
        wizard = self._refer(ticket)
        wizard.action_make_file()
        self.assertTrue(wizard.referral_id.document_id.raw.startswith(b"%PDF"))
