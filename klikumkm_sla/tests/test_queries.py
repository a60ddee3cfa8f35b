# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the clock costs: queries beyond those of a run without its two hooks."""

from contextlib import nullcontext
from unittest.mock import patch

from odoo.tests import tagged

from .common import SlaCase, wall


@tagged("post_install", "-at_install")
class TestQueries(SlaCase):
    def without_clock(self):
        return patch.multiple(
            self.registry["helpdesk.ticket"],
            _complaint_received=lambda tickets: None,
            _complaint_changed=lambda tickets, changes: None,
        )

    def count(self, work):
        """Queries of some work, from an empty cache to the database."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, result

    def record(self, number):
        partner = self.partner.id
        vals = {
            "name": "Instalment counted twice",
            "description": "I paid on the first.",
            "partner_id": partner,
            "team_id": self.team.id,
            "stage_id": self.stages["received"].id,
        }
        kinds = ("information", "handling", "coordination")
        return self.Ticket.create(
            [
                {
                    **vals,
                    "assistance_type": kinds[index % 3],
                    "priority": str(3 - index % 4),
                    "received_date": wall(f"2026-03-02 {index % 8:02}:00"),
                }
                for index in range(number)
            ]
        )

    def own_queries(self, number):
        """Queries of the clock when complaints are recorded, wait, and are answered."""
        counts = []
        for context in (nullcontext(), self.without_clock()):
            self.travel("2026-03-02 08:00")
            with context:
                created, tickets = self.count(lambda: self.record(number))
                moved = []
                for status in ("waiting_customer", "in_progress", "resolved"):
                    self.travel("2026-03-03 10:00")
                    stage = self.stages[status].id
                    queries, _result = self.count(
                        lambda stage=stage, tickets=tickets: tickets.write(
                            {"stage_id": stage}
                        )
                    )
                    moved.append(queries)
            counts.append([created, *moved])
        return [
            with_clock - without for with_clock, without in zip(*counts, strict=True)
        ]

    def test_recording_and_moving(self):
        self.own_queries(20)
        one, twenty = self.own_queries(1), self.own_queries(20)
        self.assertEqual(one, twenty)
        thousand = self.own_queries(1000)
        for queries in thousand:
            self.assertLessEqual(queries / 1000, 0.1, thousand)

    def test_showing(self):
        names = (
            "sla_state",
            "sla_remaining_days",
            "sla_remaining_label",
            "sla_promised_label",
            "sla_unset_reason",
        )
        tickets = self.record(40)
        for ticket, status in zip(
            tickets,
            ("received", "waiting_customer", "resolved", "closed") * 10,
            strict=True,
        ):
            ticket.stage_id = self.stages[status]
        self.travel("2026-03-10 10:00")
        self.Clock.search([])._record_breaches(wall("2026-03-10 10:00"))
        for name in names:
            with self.subTest(field=name):
                self.count(lambda name=name: tickets.mapped(name))
                few, _result = self.count(lambda name=name: tickets[:4].mapped(name))
                many, _result = self.count(lambda name=name: tickets.mapped(name))
                self.assertEqual(few, many)

    def test_searching(self):
        tickets = self.record(40)
        domain = [
            ("id", "in", tickets.ids),
            ("sla_state", "in", ["due_soon", "overdue"]),
        ]
        self.count(lambda: self.Ticket.search(domain))
        queries, _result = self.count(lambda: self.Ticket.search(domain))
        # which calendars are in use, those calendars and their hours, the complaints
        self.assertLessEqual(queries, 5)

    def test_recounting_and_sweeping(self):
        for number in (2, 60):
            self.record(number)
            self.add_leave("2026-03-04")  # builds the table
            self.Clock.search([]).calendar_version = 0
            clocks = self.Clock.search([("state", "=", "running")])
            recount, _result = self.count(
                lambda clocks=clocks: clocks._recount(wall("2026-03-02 08:00"))
            )
            breach, _result = self.count(
                lambda clocks=clocks: clocks._record_breaches(wall("2026-05-02 08:00"))
            )
            if number == 2:
                first = recount, breach
        self.assertEqual((recount, breach), first)
