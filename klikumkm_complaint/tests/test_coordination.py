# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Requests to other units: asked by mail, answered by mail or in one's own list."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users
from odoo.tools import file_open, html2plaintext, mute_logger

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.addons.mail.tests.common import MailCommon, freeze_all_time

from .common import ComplaintFixture

ANSWERED = "klikumkm_complaint.activity_type_unit_answered"


class CoordinationFixture(ComplaintFixture):
    """A unit with a head, a member and a mailbox, and a team with its own address."""

    @classmethod
    def _set_up_units(cls):
        domain = cls.env["mail.alias.domain"].create({"name": "klikumkm.example"})
        cls.env.ref("base.main_company").alias_domain_id = domain
        cls._set_up_complaints()
        cls.team.alias_id.alias_domain_id = domain
        cls.head = cls._new_user("unit-head", "base.group_user", "Hadi Kepala")
        cls.member = cls._new_user("unit-member", "base.group_user", "Mira Anggota")
        cls.unit = cls.env["klikumkm.complaint.unit"].create(
            {
                "name": "Keuangan",
                "email": "keuangan@klikumkm.example",
                "head_id": cls.head.id,
                "member_ids": [Command.set(cls.member.ids)],
                "default_due_days": 3,
            }
        )
        cls.other_unit = cls.env["klikumkm.complaint.unit"].create(
            {"name": "Penagihan", "email": "penagihan@klikumkm.example"}
        )
        cls.Request = cls.env["klikumkm.complaint.coordination"]

    def _open_wizard(self, tickets, user=None):
        Wizard = self.env["klikumkm.complaint.coordination.ask"]
        return Form(
            Wizard.with_user(user or self.agent).with_context(
                active_model="helpdesk.ticket", active_ids=tickets.ids
            )
        )

    def _ask(self, tickets, user=None, **vals):
        """Ask a unit by the wizard, as an agent does.

        :return: the requests, as the one who asked
        """
        before = tickets.coordination_ids
        with self.mock_mail_gateway(), self._open_wizard(tickets, user) as form:
            form.unit_id = vals.pop("unit_id", self.unit)
            form.question = vals.pop("question", "<p>Sudah dibayar?</p>")
            for name, value in vals.items():
                setattr(form, name, value)
            form.save().action_send()
        requests = (tickets.coordination_ids - before).sorted("id")
        return requests.with_user(user or self.agent)

    def _reply(self, request, suffix="1", subject=None, headers=None, **values):
        """A unit's reply comes in through the gateway."""
        values.setdefault("email_from", "keuangan@klikumkm.example")
        if headers is None:
            message_id = request.sudo().mail_message_id.message_id
            headers = f"In-Reply-To: {message_id}\nReferences: {message_id}"
        with file_open("klikumkm_complaint/tests/mails/unit_answer.eml", "rb") as mail:
            content = mail.read()
        values.update(
            suffix=suffix,
            subject=subject or request.sudo()._get_mail_subject(),
            headers=headers,
        )
        for key, value in values.items():
            content = content.replace(b"{%s}" % key.encode(), value.encode())
        tickets = self.env["helpdesk.ticket"].search([])
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(False, content)
        self.env.invalidate_all()
        return self.env["helpdesk.ticket"].search([]) - tickets

    def _activities(self, ticket):
        return ticket.sudo().activity_ids.filtered(
            lambda a: a.activity_type_id == self.env.ref(ANSWERED)
        )


class CoordinationCase(CoordinationFixture, MailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_units()
        cls.ticket = cls._create_complaint(user_id=cls.agent.id)
        cls._move(cls.ticket, "in_progress")


@tagged("post_install", "-at_install")
class TestAsking(CoordinationCase):
    def test_the_mail_goes_to_the_mailbox_alone(self):
        request = self._ask(self.ticket)
        self.assertEqual(len(self._new_mails), 1)
        mail = self._new_mails
        self.assertEqual(mail.email_to, "keuangan@klikumkm.example")
        self.assertFalse(mail.recipient_ids)
        self.assertIn("pengaduan@klikumkm.example", mail.reply_to)
        self.assertIn(f"[{self.ticket.number}/U1]", mail.subject)
        text = html2plaintext(mail.body_html)
        self.assertIn("Sudah dibayar?", text)
        in_english = request.with_context(lang="en_US")
        self.assertIn(in_english._format_due_date(), text)
        self.assertIn("Siti", text)  # the customer's name, unless switched off
        self.assertIn(f"/odoo/unit-requests/{request.id}", mail.body_html)
        self.assertEqual(request.state, "asked")
        self.assertEqual(request.asked_by_id, self.agent)
        self.assertFalse(request.mail_problem)
        self.assertFalse(request.message_follower_ids)

    def test_the_mail_goes_to_the_person_who_is_named(self):
        self.member.notification_type = "inbox"
        self._ask(self.ticket, user_id=self.member, names_customer=False)
        self.assertEqual(self._new_mails.recipient_ids, self.member.partner_id)
        self.assertFalse(self._new_mails.email_to)
        self.assertNotIn("Siti", html2plaintext(self._new_mails.body_html))

    def test_without_a_mailbox_the_mail_goes_to_the_head(self):
        self.unit.email = False
        self._ask(self.ticket)
        self.assertEqual(self._new_mails.recipient_ids, self.head.partner_id)

    def test_nothing_of_it_is_a_message_to_the_customer(self):
        messages = self.ticket.message_ids
        self._ask(self.ticket)
        new = self.ticket.message_ids - messages
        self.assertFalse(
            new.filtered(lambda m: m.message_type in ("comment", "email_outgoing"))
        )
        self.assertNotIn(self.customer.partner_id, self._new_mails.recipient_ids)

    def test_requests_are_numbered_within_their_complaint(self):
        other = self._create_complaint(user_id=self.agent.id)
        first = self._ask(self.ticket)
        both = self._ask(self.ticket | other)
        self.assertEqual(first.name, f"{self.ticket.number}/U1")
        self.assertEqual(
            set(both.mapped("name")),
            {f"{self.ticket.number}/U2", f"{other.number}/U1"},
        )

    def test_a_request_made_by_code_is_due_after_the_units_days(self):
        self.unit.default_due_days = 4
        due = self.ticket._add_working_days(fields.Datetime.now(), 4)
        vals = {"ticket_id": self.ticket.id, "unit_id": self.unit.id, "question": "?"}
        Request = self.env["klikumkm.complaint.coordination"].with_user(self.agent)
        requests = Request.create([vals, {**vals, "due_date": "2027-01-04 10:00:00"}])
        self.assertEqual(requests[0].due_date.date(), due.date())
        self.assertEqual(str(requests[1].due_date), "2027-01-04 10:00:00")

    def test_the_template_fills_the_question(self):
        template = self.env.ref("klikumkm_complaint.unit_request_stop_collection")
        template.unit_id = self.other_unit
        form = self._open_wizard(self.ticket)
        form.template_id = template
        self.assertEqual(form.kind, "action")
        self.assertEqual(form.unit_id, self.other_unit)
        self.assertIn("Stop all collection", form.question)

    def test_the_unit_of_the_category_is_proposed(self):
        self.ticket.category_id = self.category_plain
        self.category_plain.unit_id = self.unit
        form = self._open_wizard(self.ticket)
        self.assertEqual(form.unit_id, self.unit)
        expected = self.ticket._add_working_days(fields.Datetime.now(), 3)
        self.assertAlmostEqual(form.due_date, expected, delta=timedelta(minutes=1))

    def test_only_chosen_files_are_shown_as_copies(self):
        Attachment = self.env["ir.attachment"]
        shown, kept, foreign = Attachment.create(
            [
                {
                    "name": name,
                    "raw": name.encode(),
                    "res_model": "helpdesk.ticket",
                    "res_id": ticket.id,
                }
                for name, ticket in (
                    ("bukti.txt", self.ticket),
                    ("ktp.txt", self.ticket),
                    ("lain.txt", self._create_complaint()),
                )
            ]
        )
        form = self._open_wizard(self.ticket)
        self.assertFalse(form.file_ids[:])
        self.assertEqual(form.available_file_ids[:], shown | kept)
        form.unit_id = self.unit
        form.question = "<p>Periksa.</p>"
        wizard = form.save()
        wizard.file_ids = shown | foreign
        with self.mock_mail_gateway():
            wizard.action_send()
        request = self.ticket.coordination_ids
        self.assertEqual(request.attachment_ids.mapped("name"), ["bukti.txt"])
        self.assertNotEqual(request.attachment_ids, shown)
        copy = request.attachment_ids.with_user(self.member)
        self.assertEqual(copy.raw, b"bukti.txt")
        with self.assertRaises(AccessError):
            shown.with_user(self.member).read(["name"])
        self.assertEqual(self._new_mails.attachment_ids.mapped("name"), ["bukti.txt"])

    def test_a_request_that_reaches_nobody_is_refused(self):
        leaver = self._new_user("unit-leaver", "base.group_user", "Lama")
        nobody = self.env["klikumkm.complaint.unit"].create({"name": "Kosong"})
        wizard_vals = {
            "ticket_ids": [Command.set(self.ticket.ids)],
            "question": "<p>Periksa.</p>",
            "kind": "question",
            "due_date": fields.Datetime.now() + timedelta(days=1),
        }
        Wizard = self.env["klikumkm.complaint.coordination.ask"].with_user(self.agent)
        for name, unit, user, vals in (
            ("no address", nobody, False, {}),
            ("unit archived", self.other_unit, False, {}),
            ("person left", self.unit, leaver, {}),
            ("no e-mail", self.unit, self.member, {}),
            ("empty", self.unit, False, {"question": "<p><br></p>"}),
            ("past", self.unit, False, {"due_date": "2020-01-01 00:00:00"}),
        ):
            self.other_unit.active = name != "unit archived"
            leaver.active = name != "person left"
            self.member.email = name != "no e-mail" and "mira@example.com"
            with self.subTest(name), self.assertRaises(UserError):
                Wizard.create(
                    {
                        **wizard_vals,
                        "unit_id": unit.id,
                        "user_id": user and user.id,
                        **vals,
                    }
                ).action_send()
            self.assertFalse(self.ticket.coordination_ids)

    def test_a_closed_complaint_asks_nobody(self):
        self._move(self.ticket, "cancelled")
        with self.assertRaises(UserError):
            self.ticket.with_user(self.agent).action_ask_unit()

    def test_the_request_stands_when_the_mail_server_is_down(self):
        with (
            mute_logger("odoo.addons.mail.models.mail_mail"),
            patch.object(
                type(self.env["ir.mail_server"]),
                "_connect__",
                side_effect=OSError("connection refused"),
            ),
        ):
            wizard = (
                self.env["klikumkm.complaint.coordination.ask"]
                .with_user(self.agent)
                .create(
                    {
                        "ticket_ids": [Command.set(self.ticket.ids)],
                        "unit_id": self.unit.id,
                        "kind": "question",
                        "question": "<p>Periksa.</p>",
                        "due_date": fields.Datetime.now() + timedelta(days=1),
                    }
                )
            )
            wizard.action_send()
            self.env["mail.mail"].sudo().search([("state", "=", "outgoing")]).send()
        request = self.ticket.coordination_ids
        self.assertEqual(request.state, "asked")
        self.assertIn("keuangan@klikumkm.example", request.mail_problem)
        with self.mock_mail_gateway():
            request.with_user(self.agent).action_send_again()
        self.assertFalse(request.mail_problem)

    def test_a_bounce_shows_on_the_request(self):
        request = self._ask(self.ticket)
        request.sudo().mail_message_id.notification_ids.notification_status = "bounce"
        self.env.invalidate_all()
        self.assertIn("keuangan@klikumkm.example", request.mail_problem)

    def test_send_and_tell_the_customer(self):
        form = self._open_wizard(self.ticket)
        form.unit_id = self.unit
        form.question = "<p>Sudah dibayar?</p>"
        with self.mock_mail_gateway():
            action = form.save().action_send_and_tell()
        self.assertEqual(self.ticket.coordination_ids.state, "asked")
        self.assertEqual(action["res_model"], "klikumkm.complaint.progress")
        self.assertEqual(action["context"]["active_ids"], self.ticket.ids)

    def test_the_status_follows(self):
        self._ask(self.ticket)
        self.assertEqual(self.ticket.status, "in_progress")
        self._ask(self.ticket, needs_coordination=True)
        self.assertEqual(self.ticket.status, "coordination")
        fresh = self._create_complaint(user_id=self.agent.id)
        self._ask(fresh)
        self.assertEqual(fresh.status, "in_progress")
        waiting = self._create_complaint(user_id=self.agent.id)
        self._move(waiting, "waiting_customer")
        self._ask(waiting, needs_coordination=True)
        self.assertEqual(waiting.status, "waiting_customer")


@tagged("post_install", "-at_install")
class TestAnswering(CoordinationCase):
    def setUp(self):
        super().setUp()
        self.request = self._ask(self.ticket, needs_coordination=True)
        self.assertEqual(self.ticket.status, "coordination")

    def assertAnswered(self, author):
        self.assertEqual(self.request.state, "answered")
        self.assertEqual(self.request.answer_author, author)
        self.assertIn("sudah kami bukukan", self.request.answer)
        self.assertNotIn("Cocokkan", self.request.answer)  # what he quoted
        self.assertEqual(self.request.answer_file_ids.mapped("name"), ["mutasi.csv"])
        self.assertEqual(self.ticket.status, "in_progress")
        activity = self._activities(self.ticket)
        self.assertEqual(activity.user_id, self.agent)
        self.assertIn("Keuangan", activity.summary)

    def test_reply_from_the_mailbox(self):
        new = self._reply(self.request)
        self.assertFalse(new, "the answer became a complaint")
        self.assertAnswered("keuangan@klikumkm.example")
        # the whole mail stays in the thread
        self.assertIn("Cocokkan", self.request.message_ids[0].body)

    def test_reply_from_a_colleague(self):
        self._reply(self.request, email_from="unit-member@example.com")
        self.assertAnswered("Mira Anggota")
        self.assertEqual(self.request.answered_by_id, self.member)

    def test_reply_from_an_address_that_odoo_does_not_know(self):
        self._reply(self.request, email_from="Budi <budi@bank.example>")
        self.assertAnswered('"Budi" <budi@bank.example>')
        self.assertFalse(self.request.answered_by_id)

    def test_reply_without_a_reference_is_found_by_its_subject(self):
        new = self._reply(self.request, headers="X-Mailer: odd")
        self.assertFalse(new)
        self.assertAnswered("keuangan@klikumkm.example")

    def test_a_stranger_cannot_answer_by_the_subject(self):
        new = self._reply(
            self.request, headers="X-Mailer: odd", email_from="x@evil.example"
        )
        self.assertEqual(len(new), 1)
        self.assertEqual(self.request.state, "asked")

    def test_a_robot_does_not_answer(self):
        message_id = self.request.sudo().mail_message_id.message_id
        self._reply(
            self.request,
            headers=f"In-Reply-To: {message_id}\nAuto-Submitted: auto-replied",
        )
        self.assertEqual(self.request.state, "asked")
        self.assertFalse(self._activities(self.ticket))
        self._reply(self.request, suffix="2")
        self.assertAnswered("keuangan@klikumkm.example")

    def test_the_desk_does_not_answer_itself(self):
        for suffix, login in enumerate(("complaint-agent", "complaint-lead")):
            self._reply(self.request, str(suffix), email_from=f"{login}@example.com")
            self.assertEqual(self.request.state, "asked")
        self.assertEqual(self.ticket.status, "coordination")
        self.assertFalse(self._activities(self.ticket))

    def test_the_customer_does_not_answer_for_the_unit(self):
        """Somebody forwarded the request to him: his words belong to his complaint."""
        messages = self.ticket.message_ids
        new = self._reply(self.request, email_from="complaint-customer@example.com")
        self.assertFalse(new)
        self.assertEqual(self.request.state, "asked")
        reply = self.ticket.message_ids - messages
        self.assertEqual(reply.author_id, self.customer.partner_id)
        self.assertFalse(reply.is_internal)
        self.assertTrue(self.ticket.reply_pending_since)

    def test_a_later_reply_is_flagged(self):
        self._reply(self.request)
        answer = self.request.answer
        self._activities(self.ticket).unlink()
        self._reply(self.request, suffix="2", email_from="unit-head@example.com")
        self.assertEqual(self.request.answer, answer)
        self.assertEqual(self.request.answer_author, "keuangan@klikumkm.example")
        self.assertIn("wrote again", self._activities(self.ticket).summary)

    def test_the_base_would_make_a_complaint_of_it(self):
        """Why message_route() is overridden: see models/mail_thread.py."""
        with patch.object(
            self.registry["klikumkm.complaint.coordination"],
            "_find_by_reply",
            lambda request, message_dict: request.sudo().browse(),
        ):
            self.assertTrue(self._reply(self.request))

    def test_all_units_must_have_answered(self):
        second = self._ask(self.ticket, unit_id=self.other_unit)
        self._reply(self.request)
        self.assertEqual(self.ticket.status, "coordination")
        self.assertFalse(self._activities(self.ticket))
        self._reply(second, suffix="2", email_from="penagihan@klikumkm.example")
        self.assertEqual(self.ticket.status, "in_progress")
        self.assertEqual(len(self._activities(self.ticket)), 1)

    def test_the_activity_is_closed_when_the_complaint_moves_on(self):
        self._reply(self.request)
        self.assertTrue(self._activities(self.ticket))
        self._move(self.ticket, "waiting_customer")
        self.assertFalse(self._activities(self.ticket))

    @users("unit-member")
    def test_answer_in_ones_own_list(self):
        request = self.Request.with_user(self.env.uid).search([])
        self.assertEqual(request, self.request)
        file = self.env["ir.attachment"].create({"name": "a.txt", "raw": b"a"})
        foreign = (
            self.env["ir.attachment"]
            .with_user(self.agent)
            .create({"name": "b.txt", "raw": b"b"})
        )
        form = Form(
            self.env["klikumkm.complaint.coordination.step"].with_context(
                default_coordination_id=request.id, default_step="answer"
            )
        )
        form.answer = "<p>Sudah <b>dibukukan</b>.</p><script>alert(1)</script>"
        wizard = form.save()
        wizard.file_ids = file
        with self.mock_mail_gateway():
            wizard.action_apply()
            request.action_answer("<p>Satu lagi.</p>", foreign.ids)
        self.assertEqual(request.state, "answered")
        self.assertEqual(request.answered_by_id, self.env.user)
        self.assertIn("<b>dibukukan</b>", request.answer)
        self.assertNotIn("script", request.answer)
        self.assertEqual(request.answer_file_ids, file)
        self.assertEqual(
            request.message_ids.attachment_ids, file, "somebody else's file was taken"
        )
        # the owner's activity, and nothing else
        self.assertEqual(self._new_mails.recipient_ids, self.agent.partner_id)
        self.assertEqual(self.ticket.status, "in_progress")

    def test_an_answer_given_by_telephone(self):
        self.request.action_record_answer("<p>Sudah.</p>", "Budi, telepon")
        self.assertEqual(self.request.state, "answered")
        self.assertEqual(self.request.answer_author, "Budi, telepon")
        self.assertFalse(self.request.answered_by_id)
        self.assertEqual(self.ticket.status, "in_progress")
        with self.assertRaises(UserError):
            self.request.action_record_answer("<p> </p>", "Budi")

    def test_ask_again(self):
        self._reply(self.request)
        self.request.sudo().due_date = "2026-01-01 00:00:00"
        with self.mock_mail_gateway():
            self.request.action_ask_again("<p>Kapan?</p>")
        self.assertEqual(self.request.state, "asked")
        self.assertGreater(self.request.due_date, fields.Datetime.now())
        self.assertEqual(self.ticket.status, "coordination")
        self.assertIn("Kapan?", self._new_mails.body_html)
        self.assertFalse(self._activities(self.ticket))
        self._reply(self.request, suffix="2")
        self.assertEqual(self.request.state, "answered")

    def test_chase(self):
        with self.mock_mail_gateway():
            self.ticket.with_user(self.agent).action_chase_units()
        self.assertEqual(self._new_mails.mapped("email_to"), [self.unit.email])
        self.request.sudo().due_date = "2026-01-01 00:00:00"
        with self.mock_mail_gateway():
            self.request.action_chase()
        self.assertEqual(self._new_mails.recipient_ids, self.head.partner_id)
        self.assertIn(self.unit.email, self._new_mails.mapped("email_to"))
        # a reply to the reminder is an answer as well
        self._reply(self.request)
        self.assertEqual(self.request.state, "answered")
        with self.assertRaises(UserError):
            self.request.action_chase()

    def test_withdraw(self):
        with self.mock_mail_gateway():
            self.request.action_withdraw("Pelanggan menemukan transfernya.")
        self.assertEqual(self.request.state, "withdrawn")
        self.assertIn("menemukan transfernya", self._new_mails.body_html)
        self.assertEqual(self.ticket.status, "in_progress")
        self._reply(self.request)
        self.assertEqual(self.request.state, "withdrawn")
        self.assertIn("wrote again", self._activities(self.ticket)[-1:].summary)
        with self.assertRaises(UserError):
            self.request.action_withdraw(" ")

    def test_the_end_of_the_complaint_withdraws_what_is_open(self):
        answered = self._ask(self.ticket, unit_id=self.other_unit)
        answered.action_record_answer("<p>Ya.</p>", "Penagihan")
        for status in ("resolved", "cancelled"):
            ticket = self._create_complaint(
                user_id=self.agent.id, submission_type="complaint"
            )
            request = self._ask(ticket, needs_coordination=True)
            with self.subTest(status), self.mock_mail_gateway():
                self._move(ticket, status)
                self.assertEqual(request.state, "withdrawn")
                self.assertEqual(ticket.status, status)
                self.assertEqual(ticket.assistance_type, "coordination")
                self.assertEqual(self._new_mails.email_to, self.unit.email)
                self.assertFalse(self._activities(ticket))
        self.assertEqual(answered.state, "answered")

    def test_unit_overdue(self):
        Ticket = self.env["helpdesk.ticket"].with_user(self.agent)
        overdue = [("coordination_ids", "any", [("is_overdue", "=", True)])]
        self.assertNotIn(self.ticket, Ticket.search(overdue))
        self.request.sudo().due_date = "2026-01-01 00:00:00"
        self.assertIn(self.ticket, Ticket.search(overdue))
        self.assertTrue(self.request.is_overdue)
        self.assertEqual(self.ticket.coordination_summary, "Keuangan (overdue)")
        all_of_them = self.Request.search([])
        late = self.Request.search([("is_overdue", "=", True)])
        in_time = self.Request.search([("is_overdue", "=", False)])
        self.assertEqual(late | in_time, all_of_them)
        self.assertFalse(late & in_time)
        self._reply(self.request)
        self.assertNotIn(self.ticket, Ticket.search(overdue))
        self.assertFalse(self.ticket.coordination_summary)

    def test_group_by_unit(self):
        self.ticket.category_id = self.category_plain
        self.category_plain.unit_id = self.unit
        groups = (
            self.env["helpdesk.ticket"]
            .with_user(self.agent)
            ._read_group([("id", "=", self.ticket.id)], ["unit_id"], ["__count"])
        )
        self.assertEqual(groups, [(self.unit, 1)])

    def test_a_megabyte_by_mail(self):
        body = "<p>" + "panjang sekali " * 70_000 + "</p>"
        self.request.sudo().message_post(
            body=body,
            message_type="email",
            email_from="keuangan@klikumkm.example",
            author_id=False,
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(self.request.state, "answered")
        self.assertTrue(self.request.answer_file_ids)
        self.assertTrue(html2plaintext(self.request.answer).strip())


@tagged("post_install", "-at_install")
class TestFormOfHelp(CoordinationCase):
    def test_it_follows_the_requests(self):
        ticket = self.ticket
        self.assertEqual(ticket.assistance_type, "handling")
        request = self._ask(ticket, needs_coordination=True)
        self.assertEqual(ticket.assistance_type, "coordination")
        self.assertTrue(ticket.is_held_in_coordination)
        # a choice made meanwhile counts once no request holds the type
        ticket.with_user(self.agent).assistance_type = "information"
        self.assertEqual(ticket.assistance_type, "coordination")
        self.assertEqual(ticket.assistance_type_chosen, "information")
        request.action_record_answer("<p>Ya.</p>", "Budi")
        self.assertEqual(ticket.assistance_type, "coordination")
        request.sudo().write({"state": "withdrawn"})
        self.assertEqual(ticket.assistance_type, "information")
        ticket.with_user(self.agent).assistance_type = False
        self.assertEqual(ticket.assistance_type, "handling")
        request.sudo().write({"state": "asked"})
        request.needs_coordination = False
        self.assertEqual(ticket.assistance_type, "handling")

    def test_it_does_not_rise_for_a_quick_question(self):
        self._ask(self.ticket)
        self.assertEqual(self.ticket.assistance_type, "handling")

    def test_due_after_the_promised_date_needs_coordination(self):
        promised = fields.Datetime.now() + timedelta(days=2)
        Ticket = self.registry["helpdesk.ticket"]
        with (
            patch.object(Ticket, "_get_promised_date", lambda ticket: promised),
            patch.object(
                Ticket,
                "_get_reclassification_effect",
                lambda ticket, vals: f"{vals['assistance_type']}: 5 → 20",
            ),
        ):
            form = self._open_wizard(self.ticket)
            form.unit_id = self.unit  # three days
            self.assertTrue(form.needs_coordination)
            self.assertEqual(form.effect, "coordination: 5 → 20")
            form.due_date = promised - timedelta(hours=1)
            self.assertFalse(form.needs_coordination)
            self.assertFalse(form.effect)
            form.needs_coordination = True
            self.assertTrue(form.effect)

    @freeze_all_time()
    def test_one_comparison_for_a_batch(self):
        """200 requests on 200 complaints: one call, about ten queries."""
        tickets = self.env["helpdesk.ticket"].create(
            [
                {
                    "name": f"Pinjaman {index}",
                    "description": "<p>Belum cair.</p>",
                    "partner_id": self.customer.partner_id.id,
                    "team_id": self.team.id,
                }
                for index in range(200)
            ]
        )
        calls = []

        def changed(tickets, changes):
            calls.append(changes)

        vals = {
            "unit_id": self.unit.id,
            "question": "<p>Periksa.</p>",
            "due_date": fields.Datetime.now() + timedelta(days=1),
            "needs_coordination": True,
        }
        vals_list = [{**vals, "ticket_id": ticket.id} for ticket in tickets]
        with patch.object(
            self.registry["helpdesk.ticket"], "_complaint_changed", changed
        ):
            Request = self.Request.with_context(tracking_disable=True)
            plain = Request.create(vals_list[0])
            self.assertEqual([len(changes) for changes in calls], [1])
            calls.clear()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            requests = Request.create(vals_list[1:])
            self.env.flush_all()
            queries = self.env.cr.sql_log_count - start
            self.assertEqual([len(changes) for changes in calls], [199])
            _ticket, old, new = calls[0][0]
            self.assertEqual(old.assistance_type, "handling")
            self.assertEqual(new.assistance_type, "coordination")
            # the insertion of the requests and the new type of the complaints included
            self.assertLessEqual(queries, 14)
            calls.clear()
            requests.with_context(tracking_disable=True).write({"state": "withdrawn"})
            self.assertEqual([len(changes) for changes in calls], [199])
            calls.clear()
            # what changes no fact is not looked at
            requests.write({"due_date": fields.Datetime.now() + timedelta(days=2)})
            self.assertFalse(calls)
            # as while uninstalling: else it is refused
            plain.with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()
            self.assertEqual([len(changes) for changes in calls], [1])

    def test_deleting_is_refused(self):
        request = self._ask(self.ticket)
        for user in (self.manager, self.env.user):
            with self.assertRaises(UserError):  # or its subclass AccessError
                request.with_user(user).unlink()
        with self.assertRaises(UserError):
            request.sudo().unlink()


@tagged("post_install", "-at_install")
class TestCoordinationSecurity(CoordinationCase):
    def setUp(self):
        super().setUp()
        self.request = self._ask(self.ticket).sudo()
        self.other = self._ask(self.ticket, unit_id=self.other_unit).sudo()

    def assertSees(self, user, requests):
        Request = self.Request.with_user(user)
        mine = self.request | self.other
        self.assertEqual(
            Request.search([("id", "in", mine.ids)]).ids, requests.ids, user.login
        )
        for request in mine:
            if request in requests:
                request.with_user(user).read(["name", "question"])
            else:
                with self.assertRaises(AccessError):
                    request.with_user(user).read(["name", "question"])

    def test_colleagues_see_what_is_asked_of_them(self):
        self.assertSees(self.head, self.request)
        self.assertSees(self.member, self.request)
        self.assertSees(self.colleague, self.Request)
        self.other.user_id = self.colleague
        self.assertSees(self.colleague, self.other)

    def test_agents_see_those_of_their_complaints(self):
        both = self.request | self.other
        own = self._new_user(
            "complaint-own", "helpdesk_mgmt.group_helpdesk_user_own", "Oki"
        )
        self.assertSees(self.agent, both)
        self.assertSees(self.lead, both)
        self.assertSees(self.manager, both)
        self.assertSees(own, self.Request)
        self.ticket.team_id = self.other_team
        self.assertSees(self.agent, self.Request)
        self.assertSees(self.lead, both)
        self.other_team.user_ids = own
        self.ticket.user_id = own
        self.assertSees(own, both)

    def test_other_companies_see_nothing(self):
        company = self.env["res.company"].create({"name": "Lain"})
        self.manager.write(
            {
                "company_ids": [Command.set(company.ids)],
                "company_id": company.id,
            }
        )
        self.assertSees(self.manager, self.Request)

    def test_customers_see_nothing(self):
        for user in (self.customer, self.env.ref("base.public_user")):
            Request = self.Request.with_user(user)
            with self.assertRaises(AccessError):
                Request.search([])
            with self.assertRaises(AccessError):
                self.request.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.customer).read(["coordination_ids"])
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.customer).read(["unit_id"])
        messages = self.env["mail.message"].with_user(self.customer).search([])
        self.assertFalse(messages & self.request.message_ids)

    def test_a_colleague_learns_number_and_subject_alone(self):
        request = self.request.with_user(self.member)
        self.assertEqual(request.ticket_number, self.ticket.number)
        self.assertEqual(request.ticket_subject, self.ticket.name)
        with self.assertRaises(AccessError):
            request.read(["ticket_id"])
        with self.assertRaises(AccessError):
            self.Request.with_user(self.member).search(
                [("ticket_id.description", "ilike", "hari")]
            )
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.member).read(["description"])
        self.assertFalse(self.env["helpdesk.ticket"].with_user(self.member).search([]))

    def test_a_colleague_writes_by_answering_alone(self):
        request = self.request.with_user(self.member)
        for vals in ({"due_date": fields.Datetime.now()}, {"state": "answered"}):
            with self.assertRaises(AccessError):
                request.write(vals)
        for method, args in (
            ("action_chase", ()),
            ("action_withdraw", ("x",)),
            ("action_ask_again", ("x",)),
            ("action_record_answer", ("x", "y")),
            ("action_send_again", ()),
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(request, method)(*args)
        with self.assertRaises(AccessError):
            request.message_post(body="x")
        with self.assertRaises(AccessError):
            request.unlink()
        with self.assertRaises(AccessError):
            self.Request.with_user(self.member).create({"unit_id": self.unit.id})
        self.assertTrue(request.can_answer)
        self.assertFalse(request.can_manage)
        request.action_answer("<p>Ya.</p>")
        self.assertEqual(self.request.state, "answered")

    def test_nobody_answers_for_another_unit(self):
        with self.assertRaises(AccessError):
            self.request.with_user(self.colleague).action_answer("<p>Ya.</p>")
        # an agent records what he was told, he does not answer
        with self.assertRaises(AccessError):
            self.request.with_user(self.agent).action_answer("<p>Ya.</p>")

    def test_agents_do_not_forge_an_answer(self):
        request = self.request.with_user(self.agent)
        for vals in (
            {"state": "answered"},
            {"answer": "<p>Ya</p>"},
            {"answer_date": fields.Datetime.now()},
            {"question": "<p>Lain</p>"},
            {"ticket_id": self._create_complaint().id},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                request.write(vals)
        request.write({"due_date": fields.Datetime.now() + timedelta(days=9)})
        with self.assertRaises(AccessError):
            self.Request.with_user(self.agent).create(
                {
                    "ticket_id": self.ticket.id,
                    "unit_id": self.unit.id,
                    "question": "x",
                    "due_date": fields.Datetime.now(),
                    "state": "answered",
                }
            )

    def test_no_request_on_a_foreign_complaint(self):
        foreign = self._create_complaint(team_id=self.other_team.id)
        vals = {
            "unit_id": self.unit.id,
            "question": "<p>Periksa.</p>",
            "due_date": fields.Datetime.now() + timedelta(days=1),
        }
        with self.assertRaises(AccessError):
            self.Request.with_user(self.agent).create({**vals, "ticket_id": foreign.id})
        with self.assertRaises(AccessError):
            self.env["klikumkm.complaint.coordination.ask"].with_user(
                self.agent
            ).create(
                {**vals, "kind": "question", "ticket_ids": [Command.set(foreign.ids)]}
            ).action_send()

    def test_the_menu_of_a_colleague(self):
        Menu = self.env["ir.ui.menu"]
        root = self.env.ref("klikumkm_complaint.unit_requests_menu_root")
        desk = self.env.ref("klikumkm_complaint.complaint_menu_root")
        apps = Menu.with_user(self.member).load_menus(False)["root"]["children"]
        self.assertIn(root.id, apps)
        self.assertNotIn(desk.id, apps)
        apps = Menu.with_user(self.agent).load_menus(False)["root"]["children"]
        self.assertNotIn(root.id, apps)
        self.assertIn(desk.id, apps)

    def test_every_view_opens_for_whoever_may(self):
        for user in (self.member, self.agent, self.manager):
            Request = self.Request.with_user(user)
            views = Request.get_views([(False, "list"), (False, "form")])["views"]
            self.assertTrue(views["form"]["arch"])
            Form(self.request.with_user(user))
