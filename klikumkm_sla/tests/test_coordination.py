# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Requests to other units move the deadline, and only as far as they need to."""

from odoo.tests import Form, tagged

from .common import SlaCase, wall


@tagged("post_install", "-at_install")
class TestCoordination(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit = cls.env["klikumkm.complaint.unit"].create(
            {"name": "Finance", "email": "finance@example.com"}
        )
        cls.Request = cls.env["klikumkm.complaint.coordination"]

    def ask(self, tickets, **vals):
        return self.Request.create(
            [
                {
                    "ticket_id": ticket.id,
                    "unit_id": self.unit.id,
                    "question": "Was it paid?",
                    "due_date": wall("2026-03-06 17:00"),
                    "needs_coordination": True,
                    **vals,
                }
                for ticket in tickets
            ]
        )

    def wizard(self, ticket, **vals):
        return self.env["klikumkm.complaint.coordination.ask"].create(
            {
                "ticket_ids": [(6, 0, ticket.ids)],
                "unit_id": self.unit.id,
                "question": "Was it paid?",
                **vals,
            }
        )

    def test_the_deadline_moves_and_comes_back(self):
        ticket = self.make_ticket(status="in_progress")
        self.assertDeadline(ticket, "2026-03-09 17:00")
        request = self.ask(ticket)
        self.assertEqual(ticket.assistance_type, "coordination")
        self.assertDeadline(ticket, "2026-03-30 17:00")
        self.assertEqual(self.journal(ticket)[-1], "reclassify")
        request._withdraw("Found it ourselves.")
        self.assertEqual(ticket.assistance_type, "handling")
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.assertEqual(self.journal(ticket)[-1], "reclassify")

    def test_an_answer_leaves_the_deadline(self):
        ticket = self.make_ticket(status="in_progress")
        request = self.ask(ticket)
        request.action_record_answer("<p>Yes.</p>", "Budi")
        self.assertDeadline(ticket, "2026-03-30 17:00")

    def test_a_quick_question_leaves_the_deadline(self):
        ticket = self.make_ticket(status="in_progress")
        self.ask(ticket, needs_coordination=False)
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.assertEqual(self.journal(ticket), ["start"])

    def test_resolving_with_an_open_request_is_in_time(self):
        """Stopping comes first: what is withdrawn then does not make it late."""
        ticket = self.make_ticket(status="in_progress")
        request = self.ask(ticket)
        self.travel("2026-03-20 10:00")
        self.move(ticket, "resolved", "2026-03-20 10:00")
        self.assertEqual(request.state, "withdrawn")
        self.assertEqual(ticket.sla_result, "met")
        self.assertEqual(ticket.assistance_type, "coordination")
        self.assertFalse(ticket.sla_missed)
        # nor does reopening it; the closing it was off the desk is not counted
        self.move(ticket, "in_progress", "2026-03-23 10:00")
        self.assertDeadline(ticket, "2026-03-31 17:00")
        self.assertFalse(ticket.sla_missed)

    def test_the_dialog_compares_with_the_promised_date(self):
        ticket = self.make_ticket(status="in_progress")
        self.unit.default_due_days = 5
        wizard = self.wizard(ticket)
        # the closing of the promised day itself is still in time
        self.assertEqual(wizard.due_date, wall("2026-03-09 17:00"))
        self.assertFalse(wizard.needs_coordination)
        self.assertFalse(wizard.effect)
        self.unit.default_due_days = 6
        wizard = self.wizard(ticket)
        self.assertEqual(wizard.due_date, wall("2026-03-10 17:00"))
        self.assertTrue(wizard.needs_coordination)
        self.assertTrue(wizard.effect)
        wizard.needs_coordination = False
        wizard.action_send()
        self.assertDeadline(ticket, "2026-03-09 17:00")

    def test_the_dialog_says_what_happens_to_the_date(self):
        ticket = self.make_ticket(status="in_progress")
        with Form(
            self.env["klikumkm.complaint.coordination.ask"].with_context(
                active_model="helpdesk.ticket", active_ids=ticket.ids
            )
        ) as form:
            form.unit_id, form.question = self.unit, "<p>Was it paid?</p>"
            self.assertFalse(form.effect)
            form.needs_coordination = True
            self.assertIn("20 working days", form.effect)

    def test_same_queries_for_one_and_twenty(self):
        counts = []
        for number in (1, 1, 20):
            tickets = self.Ticket.browse().concat(
                *(self.make_ticket(status="in_progress") for _number in range(number))
            )
            Request = self.Request
            self.Request = self.Request.with_context(tracking_disable=True)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            requests = self.ask(tickets)
            self.env.flush_all()
            asked = self.env.cr.sql_log_count
            requests.write({"state": "withdrawn"})
            self.env.flush_all()
            counts.append((asked - start, self.env.cr.sql_log_count - asked))
            self.Request = Request
            for ticket in tickets:
                self.assertDeadline(ticket, "2026-03-09 17:00")
        # the first one fills the caches
        self.assertEqual(counts[1], counts[2])
