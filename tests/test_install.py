# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import json
import os
import subprocess
import sys
from pathlib import Path

from odoo.tests import BaseCase, tagged
from odoo.tools import config

from .life_of_a_database import MARK

HERE = Path(__file__).resolve().parent
NEW_DB = HERE.parent / "dev" / "new-db"


@tagged("post_install", "-at_install")
class TestInstall(BaseCase):
    """A database with helpdesk_mgmt tickets: the suite comes, works, and goes again."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.db = f"test-install-{os.getpid()}"
        cls.addClassCleanup(cls._drop_database)
        cls._run([NEW_DB, cls.db, "helpdesk_mgmt"])
        script = (HERE / "life_of_a_database.py").read_text(encoding="utf-8")
        odoo = [sys.executable, "-W", "ignore", "-m", "odoo", "shell"]
        output = cls._run(
            [*odoo, "-c", config["config"], "-d", cls.db, "--no-http"]
            + ["--log-level=warn", "--max-cron-threads=0"],
            script,
        )
        [line] = [line for line in output.splitlines() if line.startswith(MARK)]
        cls.seen = json.loads(line.removeprefix(MARK))

    @classmethod
    def _run(cls, command, stdin=None):
        done = subprocess.run(
            [str(word) for word in command],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        problems = [
            line
            for line in done.stderr.splitlines()
            if " ERROR " in line or "Trace" in line
        ]
        if done.returncode or problems:
            raise AssertionError(f"{command[0]} failed:\n{done.stderr[-6000:]}")
        return done.stdout

    @classmethod
    def _drop_database(cls):
        cls._run(["dropdb", "--if-exists", "--force", cls.db])
        cls._run(["rm", "-rf", config.filestore(cls.db)])

    def test_stages_are_mapped(self):
        tickets = self.seen["tickets_installed"]
        self.assertEqual(
            {name: ticket["status"] for name, ticket in tickets.items()},
            {
                "new": "received",
                "in_progress": "in_progress",
                "awaiting": "waiting_customer",
                "done": "closed",
                "cancelled": "cancelled",
                "rejected": "cancelled",
                "own_unattended": "received",
                "own_plain": "in_progress",
                "own_closed": "closed",
            },
        )
        for name, (status, closed, template) in self.seen["status"].items():
            with self.subTest(stage=name):
                self.assertEqual(closed, status in ("closed", "cancelled"))
                self.assertFalse(template)

    def test_tickets_are_taken_over_as_they_were(self):
        before, now = self.seen["tickets_before"], self.seen["tickets_installed"]
        self.assertEqual(set(before), set(now))
        for name, ticket in now.items():
            with self.subTest(ticket=name):
                self.assertEqual(
                    ticket["received_date"][:19], before[name]["create_date"][:19]
                )
                self.assertNotIn(".", ticket["received_date"])
                self.assertEqual(ticket["submission_type"], "complaint")
                self.assertEqual(ticket["assistance_type"], "handling")
                self.assertTrue(ticket["is_classified"])
                closed = ticket["status"] == "closed"
                self.assertEqual(
                    ticket["resolved_date"], closed and before[name]["closed_date"]
                )
                for field in set(before[name]) - {"partner_id", "write_date"}:
                    self.assertEqual(ticket[field], before[name][field], field)

    def test_every_ticket_has_its_contact(self):
        tickets, partners = self.seen["tickets_installed"], self.seen["partners"]
        for name, ticket in tickets.items():
            with self.subTest(ticket=name):
                before = self.seen["tickets_before"][name]
                self.assertTrue(ticket["partner_id"])
                if before["partner_id"]:
                    self.assertEqual(ticket["partner_id"], before["partner_id"])
                if before["partner_email"]:
                    self.assertEqual(
                        partners[str(ticket["partner_id"])],
                        ["Siti", "siti@example.com"],
                    )
        self.assertEqual(
            len({t["partner_id"] for t in tickets.values() if t["partner_email"]}), 1
        )

    def test_nobody_is_told(self):
        self.assertEqual(self.seen["mails"], 0)
        self.assertEqual(self.seen["messages"], 0)

    def test_both_languages_are_active(self):
        self.assertLessEqual({"en_US", "id_ID"}, set(self.seen["languages"]))

    def test_uninstalling_gives_the_base_back(self):
        before, after = self.seen["base_before"], self.seen["base_uninstalled"]
        self.assertEqual(set(before), set(after))
        for table, rows in before.items():
            with self.subTest(table=table):
                now = {row.get("id", str(row)): row for row in after[table]}
                for row in rows:
                    key = row.get("id", str(row))
                    with self.subTest(table=table, row=row.get("name", key)):
                        self.assertEqual(
                            self._content(now.get(key), row), self._content(row, row)
                        )
                self.assertEqual(len(now), len(rows))
        self.assertFalse(self.seen["left"])

    @staticmethod
    def _content(row, known):
        """What a row says, in the languages in which it was known before.

        The Indonesian words of the base's records stay, as any language pack's do.
        """
        return row and {
            column: {
                lang: text for lang, text in value.items() if lang in known[column]
            }
            if isinstance(value, dict) and isinstance(known[column], dict)
            else value
            for column, value in row.items()
            if column not in ("write_date", "write_uid")
        }

    def test_uninstalling_keeps_the_tickets(self):
        before, after = self.seen["tickets_before"], self.seen["tickets_uninstalled"]
        stages = {name: ticket["stage_id"] for name, ticket in before.items()}
        # what stood in a stage of ours stands where the base would have it
        stages |= {
            "new": stages["in_progress"],
            "in_progress": stages["done"],
            "awaiting": stages["done"],
        }
        moved = ("new", "in_progress", "awaiting")
        self.assertEqual(set(before), set(after))
        for name, ticket in after.items():
            with self.subTest(ticket=name):
                self.assertEqual(ticket["stage_id"], stages[name])
                for field in (
                    "number",
                    "priority",
                    "team_id",
                    "user_id",
                    "create_date",
                ):
                    self.assertEqual(ticket[field], before[name][field], field)
                if name not in moved:
                    for field in ("closed_date", "channel_id", "active"):
                        self.assertEqual(ticket[field], before[name][field], field)
                elif ticket["stage_id"] == stages["done"]:
                    self.assertTrue(ticket["closed_date"])

    def test_own_queries(self):
        """Against helpdesk_mgmt alone, tracking off: constant, 0.1 a ticket at most."""
        before, after = self.seen["queries_before"], self.seen["queries_after"]
        own = {
            (number, what): after[number][what] - before[number][what]
            for number in before
            for what in ("create", "move")
        }
        for what in ("create", "move"):
            with self.subTest(what=what, own=own):
                self.assertLessEqual(own["20", what], own["1", what])
                self.assertLessEqual(own["1000", what] - own["1", what], 0.1 * 1000)
