# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What two steps that cross each other must not lose: a date, an answer, a mail."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .telling_common import ADDRESS, TellingCase

TODO = "mail.mail_activity_data_todo"
UNIT_ANSWERED = "klikumkm_complaint.activity_type_unit_answered"


class NothingLostCase(TellingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit = cls.env["klikumkm.complaint.unit"].create(
            {"name": "Keuangan", "email": "keuangan@klikumkm.example"}
        )

    def _ask_customer(self, ticket, **vals):
        form = self._open("ask", ticket)
        form.question = "Nomor rekening?"
        for name, value in vals.items():
            setattr(form, name, value)
        with self.mock_mail_gateway():
            return form.save().action_send()

    def _ask_unit(self, ticket, **vals):
        wizard = (
            self.env["klikumkm.complaint.coordination.ask"]
            .with_user(self.agent)
            .create(
                {
                    "ticket_ids": [Command.set(ticket.ids)],
                    "unit_id": self.unit.id,
                    "kind": "question",
                    "question": "<p>Sudah dibayar?</p>",
                    "due_date": fields.Datetime.now() + timedelta(days=1),
                    **vals,
                }
            )
        )
        wizard.action_send()
        return ticket.coordination_ids.sorted("id")[-1:]

    def _receive(self, ticket, *headers):
        """The customer's mail about his complaint, through the gateway."""
        lines = (
            "From: Siti <siti@example.com>",
            f"To: {ADDRESS}",
            f"Subject: Re: [{ticket.number}] data",
            "Message-Id: <nothing-lost-1@example.com>",
            *headers,
            "Content-Type: text/plain",
            "",
            "Rekening 123",
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process(
                "helpdesk.ticket", "\r\n".join(lines).encode()
            )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestUnitAndCustomerAskedAtOnce(NothingLostCase):
    def setUp(self):
        super().setUp()
        self.ticket = self._new_complaint()
        with self.mock_mail_gateway():
            self.request = self._ask_unit(self.ticket, needs_coordination=True)
        self._ask_customer(self.ticket)
        self.assertEqual(self.ticket.status, "waiting_customer")

    def _unit_answers(self):
        self.request.sudo()._record_answer("<p>Sudah.</p>", "Keuangan")

    def test_the_unit_answers_first(self):
        self._unit_answers()
        self.assertEqual(self.ticket.status, "waiting_customer")
        activity = self.ticket.sudo().activity_search([UNIT_ANSWERED])
        self.assertEqual(activity.user_id, self.agent, "the owner learns of it")
        self._receive(self.ticket)
        self.assertEqual(self.ticket.status, "in_progress")

    def test_the_customer_answers_first(self):
        self._receive(self.ticket)
        self.assertEqual(self.ticket.status, "coordination", "a unit owes its own")
        self._unit_answers()
        self.assertEqual(self.ticket.status, "in_progress")
        self.assertTrue(self.ticket.sudo().activity_search([UNIT_ANSWERED]))

    def test_a_quick_question_holds_nothing(self):
        self.request.sudo().needs_coordination = False
        self._receive(self.ticket)
        self.assertEqual(self.ticket.status, "in_progress")
