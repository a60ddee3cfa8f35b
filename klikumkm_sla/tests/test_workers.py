# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Sweeps in processes of their own: two at once, and one that is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from odoo.tests import tagged
from odoo.tests.common import get_db_name
from odoo.tools import config

from .test_race import RaceCase

SWEEPER = Path(__file__).with_name("sweeper.py")
COMPLAINTS, BATCH = 30, 4


@tagged("post_install", "-at_install")
class TestWorkers(RaceCase):
    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            for _number in range(COMPLAINTS):
                self.make_ticket(env)
        self.travel("2026-03-10 10:00")

    def start(self, stop=0):
        """Start a worker that waits to be told to sweep."""
        worker = subprocess.Popen(
            [
                sys.executable,
                "-P",
                str(SWEEPER),
                config["config"],
                get_db_name(),
                str(BATCH),
                str(stop),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # the modules that this process found, wherever it was started
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self.addCleanup(worker.communicate)
        self.addCleanup(worker.kill)
        return worker

    def tell(self, worker):
        worker.stdin.write("sweep\n")
        worker.stdin.flush()

    def assertSays(self, worker, word):
        self.assertEqual(worker.stdout.readline().strip(), word)

    def backends(self, env):
        """Connections of clients to the test database, besides this one."""
        env.cr.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        return env.cr.fetchone()[0]

    def wait_until_let_go(self, before):
        """Until the database noticed that the client is gone and took all back."""
        for _attempt in range(100):
            with self.transaction() as env:
                if self.backends(env) <= before:
                    return
                env.cr.execute("SELECT pg_sleep(0.05)")
        self.fail("The database still keeps the connection of the killed worker.")

    def shown(self):
        """How many clocks and complaints say that the deadline was missed."""
        with self.transaction() as env:
            clocks = env["klikumkm.sla.clock"].search(
                [("ticket_id.team_id", "=", self.team_id), ("missed", "=", True)]
            )
            self.assertEqual(set(clocks.mapped("state")), {"running"})
            return len(clocks), sum(clocks.ticket_id.mapped("sla_missed"))

    def test_killed_half_way(self):
        with self.transaction() as env:
            before = self.backends(env)
        worker = self.start(stop=3)
        self.assertSays(worker, "ready")
        self.tell(worker)
        self.assertSays(worker, "half way")
        # the third batch is written and locked, and nobody else sees it
        self.assertEqual(sum(self.breaches()), 2 * BATCH)
        worker.send_signal(signal.SIGKILL)
        self.assertEqual(worker.wait(), -signal.SIGKILL)
        self.wait_until_let_go(before)
        self.assertEqual(sum(self.breaches()), 2 * BATCH)
        self.assertEqual(self.shown(), (2 * BATCH, 2 * BATCH))
        with self.transaction() as env:
            self.sweep(env)
        self.assertEqual(self.breaches(), [1] * COMPLAINTS)
        self.assertEqual(self.shown(), (COMPLAINTS, COMPLAINTS))

    def test_two_at_once(self):
        workers = self.start(), self.start()
        for worker in workers:
            self.assertSays(worker, "ready")
        for worker in workers:
            self.tell(worker)
        for worker in workers:
            self.assertSays(worker, "done")
            self.assertEqual(worker.wait(), 0)
        self.assertEqual(self.breaches(), [1] * COMPLAINTS)
        self.assertEqual(self.shown(), (COMPLAINTS, COMPLAINTS))
