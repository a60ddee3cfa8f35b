# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Ordinary days of the desk, with a real browser and the real mail gateway."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from unittest.mock import patch
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo import Command, fields, http
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.base.models.ir_mail_server import IrMail_Server

JAKARTA = ZoneInfo("Asia/Jakarta")


def wib(text):
    """Local time such as "2026-03-06 16:58" as naive UTC."""
    moment = datetime.fromisoformat(text).replace(tzinfo=JAKARTA)
    return moment.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


@tagged("post_install", "-at_install")
class TestDayAtTheDesk(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("base.main_company")
        cls.company.email = "info@klikumkm.example"
        domain = cls.env["mail.alias.domain"].create({"name": "klikumkm.example"})
        cls.company.alias_domain_id = domain
        cls.lead = cls._new_user("day-lead", "Laras Ketua", is_lead=True)
        cls.agent = cls._new_user("day-agent", "Ayu Agen")
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Meja CS",
                "sequence": -1,  # what comes by form is theirs
                "company_id": cls.company.id,
                "user_ids": [Command.set((cls.lead | cls.agent).ids)],
                "alias_name": "pengaduan",
            }
        )
        cls.team.alias_id.alias_domain_id = domain
        cls.Ticket = cls.env["helpdesk.ticket"]

    def setUp(self):
        super().setUp()
        self.sent = []

        def send_email(server, message, *args, **kwargs):
            self.sent.append(message)
            return message["Message-Id"]

        # Odoo stops just before this point while it is tested.
        for name, value in (
            ("_disable_send", classmethod(lambda cls: False)),
            ("_connect__", lambda server, *args, **kwargs: None),
            ("send_email", send_email),
        ):
            self.startPatcher(patch.object(IrMail_Server, name, value))

    @classmethod
    def _new_user(cls, login, name, is_lead=False):
        group = (
            "klikumkm_complaint.group_complaint_lead"
            if is_lead
            else "helpdesk_mgmt.group_helpdesk_user_team"
        )
        return new_test_user(
            cls.env,
            login,
            group,
            name=name,
            email=f"{login}@klikumkm.example",
            lang="en_US",
            tz="Asia/Jakarta",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _receive(self, sender, subject, text, files=(), **headers):
        """Hand a raw mail to the gateway.

        :return: the complaint that came of it, if one did
        """
        mail = EmailMessage()
        mail["From"] = sender
        mail["To"] = "pengaduan@klikumkm.example"
        mail["Subject"] = subject
        mail["Message-ID"] = f"<{abs(hash((sender, subject, text)))}@mail.example>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        for name, content in files:
            mail.add_attachment(content, maintype="image", subtype="png", filename=name)
        before = self.Ticket.search([])
        self.env["mail.thread"].message_process(None, mail.as_bytes())
        return self.Ticket.search([]) - before

    def _run_job(self, name):
        self.env.ref(f"klikumkm_complaint.ir_cron_{name}").method_direct_trigger()
        self.env.invalidate_all()

    def _get_mails_to(self, address):
        return [mail for mail in self.sent if address in mail["To"]]

    def _get_text(self, mail):
        return mail.get_body(("plain",)).get_content()

    def _get_counts(self, user):
        counters = self.Ticket.with_user(user).get_today_counters()
        return {counter["name"]: counter["count"] for counter in counters}

    def test_lenders_question_in_four_clicks_and_two_messages(self):
        ticket = self._receive(
            "Wati <wati@lender.example>",
            "Jadwal imbal hasil",
            "Kapan imbal hasil pendanaan saya dibayar?",
        )
        self._run_job("tell")
        self.assertEqual(ticket.submission_type, "complaint")
        self.assertFalse(ticket.is_classified)
        self.assertEqual(len(self._get_mails_to("wati@lender.example")), 1)
        self.start_tour(
            "/odoo/team-complaints",
            "klikumkm_question_in_four_clicks",
            login="day-agent",
        )
        self.assertEqual(ticket.status, "resolved")
        self.assertEqual(ticket.submission_type, "question")
        self.assertTrue(ticket.is_classified)
        self.assertEqual(ticket.assistance_type, "information")
        self.assertEqual(ticket.outcome, "explained")
        self.assertEqual(ticket.customer_decision, "none")
        self.assertFalse(ticket.decision_by_date)
        self.assertFalse(ticket.reminder_date)
        receipt, answer = self._get_mails_to("wati@lender.example")
        self.assertIn(ticket.number, receipt["Subject"])
        self.assertIn("setiap tanggal 5", self._get_text(answer))
        # the job closes it when the grace is over, and says nothing
        self._run_job("follow_terms")
        self.assertEqual(ticket.status, "resolved")
        with freeze_time(ticket.reopen_until_date + timedelta(minutes=1)):
            self._run_job("follow_terms")
            self._run_job("tell")
        self.assertEqual(ticket.status, "closed")
        self.assertEqual(len(self._get_mails_to("wati@lender.example")), 2)
        self.assertEqual(
            ticket.notice_ids.sorted("id").mapped(lambda n: (n.kind, n.state)),
            [("receipt", "told"), ("answer", "told")],
        )

    def test_emergency_on_friday_1658(self):
        channel = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email")
        common = {
            "description": "<p>Mohon bantuan.</p>",
            "team_id": self.team.id,
            "channel_id": channel.id,
            "user_id": self.agent.id,
        }
        Ticket = self.Ticket.with_user(self.agent)
        with freeze_time(wib("2026-03-06 10:00")):
            Ticket.create(
                [
                    {
                        **common,
                        "name": name,
                        "priority": urgency,
                        "partner_email": f"pelanggan{urgency}@example.com",
                    }
                    for name, urgency in (
                        ("Potongan tidak jelas", "1"),
                        ("Dana belum masuk", "2"),
                    )
                ]
            )
        with freeze_time(wib("2026-03-06 16:58")):
            ticket = Ticket.create(
                {
                    **common,
                    "name": "Penagih mengancam",
                    "priority": "3",
                    "partner_name": "Ratna",
                    "partner_email": "ratna@example.com",
                }
            ).sudo()
            self._run_job("tell")
        self.assertEqual(ticket.received_date, wib("2026-03-06 16:58"))
        self.assertEqual(ticket.assistance_type, "handling")
        # Friday is day 0: one working day is Monday's closing, five next Friday's
        self.assertEqual(ticket.sla_target_date, wib("2026-03-09 17:00"))
        self.assertEqual(ticket.sla_deadline, wib("2026-03-13 17:00"))
        [receipt] = self._get_mails_to("ratna@example.com")
        text = self._get_text(receipt)
        emergency = ticket.with_context(lang=ticket.lang)._get_emergency_text()
        self.assertTrue(emergency)
        emergency = " ".join(emergency.split())
        self.assertIn(emergency, " ".join(text.split()))
        self.assertIn("110", emergency)
        self.assertIn("13 Mar 2026", text)
        [other] = self._get_mails_to("pelanggan2@example.com")
        self.assertNotIn(emergency, " ".join(self._get_text(other).split()))
        self.start_tour(
            "/odoo/team-complaints",
            "klikumkm_emergency_stands_first",
            login="day-agent",
        )

    def test_spam_is_out_of_all_figures_and_comes_back(self):
        with freeze_time(fields.Datetime.now() - timedelta(days=3)):
            complaint = self._receive(
                "Siti <siti@example.com>", "Dana belum masuk", "Sejak Senin."
            )
        counts = self._get_counts(self.agent), self._get_counts(self.lead)
        with freeze_time(fields.Datetime.now() - timedelta(days=3)):
            spam = self.Ticket.union(
                *(
                    self._receive(f"{name}@iklan.example", name, "Klik di sini!")
                    for name in ("Undian", "Pinjol", "Judi")
                )
            )
            self._run_job("tell")
        self.assertEqual(len(spam), 3)
        dates = {ticket: (ticket.received_date, ticket.sla_deadline) for ticket in spam}
        self.assertTrue(all(deadline for _received, deadline in dates.values()))
        mails = len(self.sent)
        self.assertEqual(len(self._get_mails_to("@iklan.example")), 3)
        self.assertNotEqual(self._get_counts(self.agent), counts[0])
        self.start_tour(
            "/odoo/team-complaints", "klikumkm_spam_leaves_the_desk", login="day-agent"
        )
        self.assertEqual(set(spam.mapped("status")), {"cancelled"})
        self.assertTrue(all(spam.mapped("is_void")))
        self.assertEqual(complaint.status, "received")
        self.assertEqual(self._get_counts(self.agent), counts[0])
        self.assertEqual(self._get_counts(self.lead), counts[1])
        # nor is it told by a job
        self._run_job("tell")
        self._run_job("follow_terms")
        self.assertEqual(len(self.sent), mails)
        back = spam[1]
        self.start_tour(
            f"/odoo/complaints/{back.id}", "klikumkm_spam_was_none", login="day-agent"
        )
        self.assertEqual(back.status, "received")
        self.assertFalse(back.is_void)
        self.assertFalse(back.is_classified)
        self.assertEqual((back.received_date, back.sla_deadline), dates[back])
        self.assertEqual(back.sla_status, "running")
        self.assertEqual(set((spam - back).mapped("status")), {"cancelled"})
        counted = self._get_counts(self.agent)
        self.assertEqual(counted["not_classified"], counts[0]["not_classified"] + 1)
        self.assertEqual(len(self.sent), mails)

    def _submit_form(self, **data):
        before = self.Ticket.search([])
        data["csrf_token"] = http.Request.csrf_token(self)
        files = data.pop("files", None)
        self.url_open("/submitted/ticket", data=data, files=files).raise_for_status()
        return self.Ticket.search([]) - before

    def test_duplicate_keeps_the_earliest_date_and_tells_once(self):
        address = "siti@example.com"
        customer = new_test_user(
            self.env, "day-siti", "base.group_portal", name="Siti", email=address
        )
        self.sent.clear()  # her account's own
        now = fields.Datetime.now()
        self.authenticate("day-siti", "day-siti")
        duplicate = self._submit_form(
            description="Dana saya belum masuk.",
            files=[("attachment", ("bukti.png", b"\x89PNG form", "image/png"))],
        )
        # as if she had sent it two days earlier
        duplicate.received_date = now - timedelta(days=4)
        kept = self._receive(
            f"Siti <{address}>",
            "Dana pinjaman belum cair",
            "Sudah saya kirim lewat formulir juga.",
            files=[("layar.png", b"\x89PNG mail")],
        )
        kept.received_date = now - timedelta(days=2)
        self.assertEqual(duplicate.partner_id, customer.partner_id)
        self.assertEqual(kept.partner_id, customer.partner_id)
        self.assertEqual(duplicate.team_id, self.team)
        self._run_job("tell")
        first_date, own_date = duplicate.received_date, kept.received_date
        deadline, own_deadline = duplicate.sla_deadline, kept.sla_deadline
        self.assertEqual(len(self._get_mails_to(address)), 2)
        receipt = duplicate.notice_ids.mail_message_id
        self.start_tour(
            f"/odoo/complaints/{duplicate.id}",
            "klikumkm_same_matter_twice",
            login="day-agent",
        )
        self.assertEqual(duplicate.status, "cancelled")
        self.assertEqual(duplicate.duplicate_id, kept)
        self.assertEqual(kept.received_date, first_date)
        self.assertEqual(kept.sla_deadline, deadline)
        bodies = " ".join(kept.message_ids.mapped("body"))
        self.assertIn("Dana saya belum masuk", bodies)
        self.assertIn("Sudah saya kirim", kept.description)
        self.assertEqual(
            set(kept._get_customer_files().mapped("name")), {"bukti.png", "layar.png"}
        )
        told = self._get_mails_to(address)
        self.assertEqual(len(told), 3)
        self.assertIn(kept.number, self._get_text(told[-1]))
        # she answers the mail of the one that gave way
        self.assertFalse(
            self._receive(
                f"Siti <{address}>",
                f"Re: {receipt.subject}",
                "Ini nomor rekening saya.",
                In_Reply_To=receipt.message_id,
            )
        )
        self.assertIn("nomor rekening", kept.message_ids[0].body)
        self.assertTrue(kept.reply_pending_since)
        self.assertEqual(len(self._get_mails_to(address)), 3)
        self.start_tour(
            f"/odoo/complaints/{duplicate.id}",
            "klikumkm_matters_apart",
            login="day-agent",
        )
        self.assertEqual(duplicate.status, "received")
        self.assertFalse(duplicate.duplicate_id)
        self.assertEqual(duplicate.received_date, first_date)
        self.assertEqual(duplicate.sla_deadline, deadline)
        self.assertEqual(kept.received_date, own_date)
        self.assertEqual(kept.sla_deadline, own_deadline)
        self.assertEqual(kept._get_customer_files().mapped("name"), ["layar.png"])
        # what she wrote since stays where she wrote it
        self.assertIn("nomor rekening", " ".join(kept.message_ids.mapped("body")))

    def test_agent_absent_with_14_cases(self):
        absent = self._new_user("day-absent", "Rudi Absen")
        present = self.env["res.users"].union(
            self._new_user("day-ani", "Ani"), self._new_user("day-bayu", "Bayu")
        )
        self.team.user_ids = absent | present | self.lead
        absent.write(
            {
                "out_of_office_from": fields.Datetime.now() - timedelta(hours=1),
                "out_of_office_to": fields.Datetime.now() + timedelta(days=5),
            }
        )
        tickets = self.Ticket.create(
            [
                {
                    "name": f"Perkara {place}",
                    "description": "<p>Mohon bantuan.</p>",
                    "partner_phone": f"0812 0000 01{place:02}",
                    "team_id": self.team.id,
                    "user_id": absent.id,
                }
                for place in range(14)
            ]
        )
        for ticket in tickets:
            ticket.activity_schedule(
                "mail.mail_activity_data_call", user_id=absent.id, summary="Telepon"
            )
        self.start_tour("/odoo", "klikumkm_absent_with_fourteen", login="day-lead")
        self.env.invalidate_all()
        owners = tickets.mapped("user_id")
        self.assertEqual(owners, present)
        for user in present:
            theirs = tickets.filtered(lambda ticket, user=user: ticket.user_id == user)
            self.assertEqual(len(theirs), 7)
            calls = theirs.activity_ids.filtered(lambda a: a.summary == "Telepon")
            self.assertEqual(len(calls), 7)
            self.assertEqual(calls.user_id, user)
            notified = self.env["mail.message"].search(
                [
                    ("message_type", "=", "user_notification"),
                    ("partner_ids", "in", user.partner_id.ids),
                    ("subject", "=like", "7 complaints%"),
                ]
            )
            self.assertEqual(len(notified), 1)
        for ticket in tickets:
            note = ticket.message_ids.filtered(
                lambda message: "Handed over from Rudi" in message.body
            )
            self.assertEqual(len(note), 1)
            self.assertIn(ticket.user_id.name, note.body)
            self.assertIn("Absence", note.body)
            self.assertTrue(note.is_internal or note.subtype_id.internal)
