# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Several transactions at once, on cursors of their own that really commit."""

from contextlib import contextmanager
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, Command, api
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.klikumkm_sla.models import sla_clock

from .common import FrozenTime, SlaCase, local, wall

CLOCK_LOGGER = "odoo.addons.klikumkm_sla.models.sla_clock"


class RaceCase(FrozenTime, TransactionCase):
    """Complaints that are really in the database, and are taken away again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = db_connect(cls.env.cr.dbname)

    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            hours = [
                Command.create(
                    {
                        "name": day,
                        "dayofweek": day,
                        "hour_from": 9,
                        "hour_to": 17,
                        "day_period": "full_day",
                    }
                )
                for day in "01234"
            ]
            calendar = env["resource.calendar"].create(
                {
                    "name": "Race",
                    "tz": "Asia/Jakarta",
                    "company_id": False,
                    "attendance_ids": hours,
                }
            )
            team = env["helpdesk.ticket.team"].create(
                {"name": "Race", "sla_calendar_id": calendar.id}
            )
            self.calendar_id, self.team_id = calendar.id, team.id
        self.addCleanup(self.clean_up)

    @contextmanager
    def transaction(self):
        """A transaction of its own, committed at the end."""
        with self.database.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            yield env

    def clean_up(self):
        """Nothing of this may stay in the database, nor in its journal."""
        with self.transaction() as env:
            tickets = env["helpdesk.ticket"].search([("team_id", "=", self.team_id)])
            partners = tickets.partner_id
            env.cr.execute(
                "DELETE FROM mail_activity"
                " WHERE res_model = 'helpdesk.ticket' AND res_id = ANY(%s)",
                [tickets.ids],
            )
            for table in ("sla_alert", "sla_event", "sla_extension", "sla_clock"):
                env.cr.execute(
                    f"DELETE FROM klikumkm_{table} WHERE ticket_id = ANY(%s)",
                    [tickets.ids],
                )
            env.cr.execute(
                "DELETE FROM helpdesk_ticket WHERE id = ANY(%s)", [tickets.ids]
            )
            env.invalidate_all(flush=False)
            partners.unlink()
            env["helpdesk.ticket.team"].browse(self.team_id).unlink()
            env["resource.calendar"].browse(self.calendar_id).unlink()
            env["ir.cron.trigger"].search(
                [("cron_id", "=", env.ref("klikumkm_sla.ir_cron_sweep").id)]
            ).unlink()

    def make_ticket(self, env):
        return env["helpdesk.ticket"].create(
            {
                "name": "Race",
                "description": "Instalment counted twice",
                "partner_name": "Siti",
                "team_id": self.team_id,
                "assistance_type": "handling",
                "received_date": wall("2026-03-02 08:00"),
            }
        )

    def sweep(self, env):
        env["klikumkm.sla.clock"]._cron_sweep()


@tagged("post_install", "-at_install")
class TestRace(RaceCase):
    def add_leave(self, env):
        env["resource.calendar.leaves"].create(
            {
                "name": "Day off",
                "calendar_id": self.calendar_id,
                "date_from": wall("2026-03-05 00:00"),
                "date_to": wall("2026-03-05 23:59:59"),
                "time_type": "leave",
            }
        )

    def deadlines(self):
        with self.transaction() as env:
            tickets = env["helpdesk.ticket"].search([("team_id", "=", self.team_id)])
            return tickets.mapped(lambda ticket: local(ticket.sla_deadline))

    def breaches(self):
        """Number of breach events for each complaint."""
        with self.transaction() as env:
            tickets = env["helpdesk.ticket"].search([("team_id", "=", self.team_id)])
            return [
                ticket.sla_event_ids.mapped("event_type").count("breach")
                for ticket in tickets.sorted("id")
            ]

    def test_complaint_committed_after_the_recount_is_found_by_the_sweep(self):
        with self.transaction() as slow:
            ticket = self.make_ticket(slow)
            self.assertEqual(local(ticket.sla_deadline), "2026-03-09 17:00:00")
            slow.flush_all()
            with self.transaction() as quick:
                self.add_leave(quick)
        # the recount could not see it
        self.assertEqual(self.deadlines(), ["2026-03-09 17:00:00"])
        with self.transaction() as env:
            self.sweep(env)
        self.assertEqual(self.deadlines(), ["2026-03-10 17:00:00"])
        with self.transaction() as env:
            [ticket] = env["helpdesk.ticket"].search([("team_id", "=", self.team_id)])
            self.assertEqual(
                ticket.sla_event_ids.mapped("event_type"), ["start", "recalculate"]
            )

    def test_table_of_a_transaction_taken_back_serves_nobody(self):
        with self.transaction() as env:
            self.make_ticket(env)
        with self.transaction() as env:
            self.add_leave(env)
            self.assertEqual(
                local(self.make_ticket(env).sla_deadline), "2026-03-10 17:00:00"
            )
            env.cr.rollback()
        with self.transaction() as env:
            self.assertEqual(
                local(self.make_ticket(env).sla_deadline), "2026-03-09 17:00:00"
            )
        self.assertEqual(self.deadlines(), ["2026-03-09 17:00:00"] * 2)

    def test_two_workers_never_take_the_same_clock(self):
        with self.transaction() as env:
            self.make_ticket(env) | self.make_ticket(env)
        self.travel("2026-03-10 10:00")
        commit = type(self.env["ir.cron"])._commit_progress
        seen = []

        def commit_progress(cron, *args, **kwargs):
            if not seen:
                # the first worker holds the clocks: another one starts now
                seen.append(cron.env.cr)
                cron.env.flush_all()
                with self.transaction() as other:
                    self.sweep(other)
            return commit(cron, *args, **kwargs)

        with (
            patch.object(
                type(self.env["ir.cron"]), "_commit_progress", commit_progress
            ),
            self.transaction() as env,
        ):
            self.sweep(env)
        self.assertTrue(seen)
        self.assertEqual(self.breaches(), [1, 1])
        with self.transaction() as env:
            self.sweep(env)
        self.assertEqual(self.breaches(), [1, 1])

    def test_worker_with_an_older_view_starts_again(self):
        with self.transaction() as env:
            self.make_ticket(env)
        self.travel("2026-03-10 10:00")
        with self.transaction() as late:
            late.cr.execute("SELECT 1")
            with self.transaction() as env:
                self.sweep(env)
            with mute_logger("odoo.sql_db"), self.assertRaises(OperationalError):
                self.sweep(late)
            late.cr.rollback()
            self.sweep(late)
        self.assertEqual(self.breaches(), [1])

    def test_clock_that_somebody_works_on_is_left_to_the_next_sweep(self):
        with self.transaction() as env:
            tickets = self.make_ticket(env) | self.make_ticket(env)
        self.travel("2026-03-10 10:00")
        with self.transaction() as agent:
            first = tickets[0].with_env(agent)
            first.priority = "3"
            agent.flush_all()
            with self.transaction() as env:
                self.sweep(env)
            self.assertEqual(self.breaches(), [0, 1])
        # the operation itself settled first
        self.assertEqual(self.breaches(), [1, 1])

    def test_clock_that_fails_does_not_hold_up_the_others(self):
        with self.transaction() as env:
            tickets = (
                self.make_ticket(env) | self.make_ticket(env) | self.make_ticket(env)
            )
        bad_id = tickets.ids[1]
        self.travel("2026-03-10 10:00")
        Clock = type(self.env["klikumkm.sla.clock"])
        settle = Clock._settle

        def fail(clocks, now):
            if bad_id in clocks.ticket_id.ids:
                clocks.write({"missed": True})
                raise ZeroDivisionError("broken")
            return settle(clocks, now)

        with (
            patch.object(Clock, "_settle", fail),
            self.assertLogs(CLOCK_LOGGER, "ERROR") as logs,
            self.transaction() as env,
        ):
            self.sweep(env)
        self.assertEqual(len(logs.records), 1)
        self.assertEqual(self.breaches(), [1, 0, 1])
        with self.transaction() as env:
            self.sweep(env)
        self.assertEqual(self.breaches(), [1, 1, 1])


@tagged("post_install", "-at_install")
class TestSweep(SlaCase):
    def test_stops_when_time_is_up_and_goes_on_where_it_stopped(self):
        self.patch(sla_clock, "BATCH", 2)
        tickets = self.Ticket.union(*(self.make_ticket() for _number in range(5)))
        self.travel("2026-03-10 10:00")
        remaining = []

        def no_time_left(cron, processed=0, *, remaining_, **_kwargs):
            remaining.append((processed, remaining_))
            return 0

        with patch.object(
            type(self.env["ir.cron"]),
            "_commit_progress",
            lambda cron, processed, *, remaining: no_time_left(
                cron, processed, remaining_=remaining
            ),
        ):
            for done in (2, 4, 5, 5):
                self.Clock._cron_sweep()
                self.assertEqual(sum(tickets.mapped("sla_missed")), done)
        self.assertEqual(remaining, [(2, 3), (2, 1), (1, 0)])

    def test_through_the_scheduler(self):
        ticket = self.make_ticket()
        self.travel("2026-03-10 10:00")
        cron = self.env.ref("klikumkm_sla.ir_cron_sweep")
        self.assertEqual(cron.user_id, self.env.ref("base.user_root"))
        for _run in range(3):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
        self.assertEqual(self.journal(ticket), ["start", "breach"])

    def test_reads_an_index(self):
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        plans = []
        for query in (
            self.Clock._search(
                [("state", "=", "running"), ("missed", "=", False)]
                + [("deadline", "<", wall("2026-03-10 10:00"))],
            ),
            self.Clock._search(
                self.Clock._get_outdated_domain(self.calendar),
            ),
            self.Ticket._search(
                [("sla_status", "in", ("running", "paused"))]
                + [("sla_deadline", "<", wall("2026-03-10 10:00"))],
            ),
        ):
            self.env.cr.execute(
                "EXPLAIN " + self.env.cr.mogrify(query.select()).decode()
            )
            plans.append(" ".join(row[0] for row in self.env.cr.fetchall()))
        self.assertIn("klikumkm_sla_clock_due_idx", plans[0])
        self.assertIn("klikumkm_sla_clock_alive_idx", plans[1])
        self.assertIn("helpdesk_ticket_sla_deadline_idx", plans[2])
