# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the sweep and the lists cost when there is much to do, and much lies behind."""

import re
from unittest.mock import patch

from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tests.common import get_db_name
from odoo.tools import SQL

from odoo.addons.klikumkm_complaint.models.helpdesk_ticket_today import SEARCH_VIEW
from odoo.addons.klikumkm_sla.models import sla_clock

from .common import SlaCase, wall

TICKETS = 300_000
# Of these still with the desk; of them some overdue, others waiting for the customer.
ALIVE, OVERDUE, PAUSED = 1500, 40, 200


@tagged("post_install", "-at_install")
class TestSweepQueries(SlaCase):
    def due(self, number):
        """Let so many clocks be due, and no other."""
        self.travel("2026-03-02 08:00")
        tickets = self.Ticket.create(
            [
                {
                    "name": "Instalment counted twice",
                    "description": "I paid on the first.",
                    "partner_id": self.partner.id,
                    "team_id": self.team.id,
                    "assistance_type": "handling",
                    "received_date": wall("2026-03-02 08:00"),
                }
            ]
            * number
        )
        self.travel("2026-03-10 10:00")
        return tickets

    def sweep_queries(self, number):
        tickets = self.due(number)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.Clock._cron_sweep()
        self.env.flush_all()
        queries = self.env.cr.sql_log_count - before
        self.assertEqual(tickets.mapped("sla_missed"), [True] * number)
        breaches = self.env["klikumkm.sla.event"].search(
            [("ticket_id", "in", tickets.ids), ("event_type", "=", "breach")]
        )
        self.assertEqual(breaches.ticket_id, tickets)
        self.assertEqual(len(breaches), number)
        return queries

    def test_ten_or_a_thousand_due_clocks(self):
        self.startPatcher(
            patch.object(
                type(self.env["ir.cron"]), "_commit_progress", return_value=float("inf")
            )
        )
        self.sweep_queries(1)  # the table of working days
        one, ten = self.sweep_queries(1), self.sweep_queries(10)
        self.assertEqual(one, ten)
        thousand = self.sweep_queries(1000)
        # Two batches, each at most what ten cost, and for each hundred one UPDATE of
        # the clocks and one INSERT into the journal.
        batches = 1000 // sla_clock.BATCH
        self.assertLessEqual(thousand, batches * ten + 2 * 1000 // 100)


@tagged("post_install", "-at_install")
class TestPlans(SlaCase):
    """The database's own plans for 300,000 complaints, nearly all of them ended."""

    today = "2026-03-10 10:00"

    @classmethod
    def setUpClass(cls):
        # after the rollback: what was filled in must not slow down other tests
        cls.addClassCleanup(cls.vacuum, get_db_name())
        super().setUpClass()
        cls.env.flush_all()
        cls.fill()

    @staticmethod
    def vacuum(database):
        with db_connect(database).cursor() as cr:
            cr._cnx.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
            cr.execute("VACUUM (ANALYZE) helpdesk_ticket, klikumkm_sla_clock")

    @classmethod
    def fill(cls):
        """By SQL, and only the columns that the plans depend on."""
        cr = cls.env.cr
        cr.execute(
            """
            INSERT INTO helpdesk_ticket (
                name, description, submission_type, customer_decision, priority, active,
                company_id, stage_id, received_date, sla_status, sla_deadline,
                sla_target_date, sla_missed, sla_calendar_id
            )
            SELECT 'At scale', '-', 'complaint', 'none', '1', TRUE,
                   %(company)s,
                   CASE WHEN n <= %(alive)s THEN %(open_stage)s ELSE %(stage)s END,
                   moment - interval '7 days',
                   CASE WHEN n <= %(paused)s THEN 'paused'
                        WHEN n <= %(alive)s THEN 'running'
                        ELSE 'stopped' END,
                   moment, moment, FALSE,
                   CASE WHEN n <= %(alive)s THEN %(calendar)s END
              FROM (
                    SELECT n, %(now)s::timestamp + interval '1 hour'
                           * (%(alive)s - %(overdue)s - n) AS moment
                      FROM generate_series(1, %(tickets)s) AS n
                   ) AS numbered
            """,
            {
                "company": cls.company.id,
                "open_stage": cls.stages["in_progress"].id,
                "stage": cls.stages["closed"].id,
                "calendar": cls.calendar.id,
                "now": wall(cls.today),
                "tickets": TICKETS,
                "alive": ALIVE,
                "overdue": OVERDUE,
                "paused": PAUSED,
            },
        )
        cr.execute(
            """
            INSERT INTO klikumkm_sla_clock (
                ticket_id, company_id, kind, calendar_id, calendar_version, state,
                start_date, deadline, missed
            )
            SELECT id, company_id, 'standard', sla_calendar_id, %s, sla_status,
                   received_date, sla_deadline, sla_status = 'stopped'
              FROM helpdesk_ticket WHERE name = 'At scale'
            """,
            [cls.calendar.sla_version],
        )
        cr.execute("ANALYZE helpdesk_ticket, klikumkm_sla_clock")
        cls.env.invalidate_all()

    def explain(self, query):
        # any column does, and a grouped query has no id
        select = SQL("EXPLAIN (ANALYZE, COSTS OFF) %s", query.select(SQL("1")))
        return "\n".join(row[0] for row in self.env.execute_query(select))

    def assertReads(self, table, query, *indexes):
        """One of the indexes, and nothing of the table without an index."""
        plan = self.explain(query)
        used = set(re.findall(r"using (\w+)|Index Scan on (\w+_idx)", plan))
        self.assertLessEqual({a or b for a, b in used}, set(indexes), plan)
        self.assertTrue(used, plan)
        self.assertNotRegex(plan, rf"Seq Scan on {table}\b", plan)

    def assertReadsTickets(self, query):
        self.assertReads("helpdesk_ticket", query, "helpdesk_ticket_sla_deadline_idx")

    def test_sweep(self):
        Clock = type(self.Clock)
        search, queries = Clock._search, []

        def note(model, *args, **kwargs):
            queries.append(search(model, *args, **kwargs))
            return queries[-1]

        with (
            patch.object(Clock, "_search", note),
            patch.object(Clock, "_isolate") as work,
            patch.object(
                type(self.env["ir.cron"]), "_commit_progress", return_value=float("inf")
            ),
        ):
            self.Clock._cron_sweep()
        self.assertEqual(work.call_count, 1)  # one batch: what is overdue
        self.assertGreaterEqual(len(queries), 8)
        for query in queries:
            self.assertReads(
                "klikumkm_sla_clock",
                query,
                "klikumkm_sla_clock_due_idx",
                "klikumkm_sla_clock_alive_idx",
            )
        due = [query for query in queries if "missed" in query.select().code]
        self.assertGreaterEqual(len(due), 2)
        for query in due:
            self.assertReads("klikumkm_sla_clock", query, "klikumkm_sla_clock_due_idx")

    def test_list_of_running_complaints_by_deadline(self):
        running = [("sla_status", "in", ("running", "paused"))]
        for order in ("sla_deadline", "sla_target_date, sla_deadline, id"):
            with self.subTest(order=order):
                self.assertReadsTickets(
                    self.Ticket._search(running, order=order, limit=80)
                )

    def test_filters_for_running_complaints(self):
        domains = self.Ticket._get_search_filter_domains(SEARCH_VIEW)
        for name in ("running", "no_deadline"):
            with self.subTest(filter=name):
                self.assertReadsTickets(
                    self.Ticket._search(domains[name], order="sla_deadline", limit=80)
                )

    def test_overdue_filter(self):
        overdue = [("sla_state", "=", "overdue")]
        self.assertReadsTickets(self.Ticket._search(overdue))
        self.assertReadsTickets(
            self.Ticket._search(overdue, order="sla_deadline", limit=80)
        )
        self.assertEqual(self.Ticket.search_count(overdue), OVERDUE)
