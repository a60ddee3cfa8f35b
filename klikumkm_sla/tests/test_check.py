# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The nightly self-check: reported, never silently changed."""

from unittest.mock import patch

from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .common import SlaCase, local


@tagged("post_install", "-at_install")
class TestCheck(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "manager_check",
            groups="helpdesk_mgmt.group_helpdesk_manager",
            lang="en_US",
            email="manager@example.com",
        )
        cls.cron = cls.env.ref("klikumkm_sla.ir_cron_check")

    def check(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()

    def reports(self):
        return self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", self.manager.partner_id.ids),
            ]
        )

    def corrupt(self, ticket, **values):
        """Change the clock behind the engine's back."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE klikumkm_sla_clock SET %s = %s WHERE ticket_id = %s",
                    SQL.identifier(name),
                    value,
                    ticket.id,
                )
            )
        self.env.invalidate_all()

    def test_whatever_happened_agrees_with_the_journal(self):
        tickets = [self.make_ticket() for _number in range(4)]
        self.move(tickets[0], "waiting_customer", "2026-03-03 10:00")
        self.move(tickets[1], "resolved", "2026-03-03 11:00")
        self.move(tickets[1], "in_progress", "2026-03-05 11:00")
        self.clock_of(tickets[2])._extend(2, "More papers")
        tickets[2].assistance_type = "coordination"
        self.add_leave("2026-03-06")
        self.travel("2026-03-20 02:00")
        self.sweep()
        self.check()
        clocks = self.Clock.union(*(self.clock_of(ticket) for ticket in tickets))
        self.assertEqual(clocks.mapped("check_note"), [False] * 4)
        self.assertFalse(self.reports())

    def test_wrong_deadline_is_reported_and_left_alone(self):
        ticket = self.make_ticket()
        self.corrupt(ticket, deadline="2026-03-20 10:00:00")
        self.check()
        clock = self.clock_of(ticket)
        self.assertIn("deadline", clock.check_note)
        self.assertEqual(local(clock.deadline), "2026-03-20 17:00:00")
        report = self.reports()
        self.assertEqual(len(report), 1)
        self.assertIn(ticket.number, report.body)
        self.assertIn("2026-03-09 10:00:00", report.body)
        self.assertIn("Nothing was changed", report.body)

    def test_same_difference_is_reported_once(self):
        ticket = self.make_ticket()
        self.corrupt(ticket, days=7)
        self.check()
        self.check()
        self.assertEqual(len(self.reports()), 1)
        self.corrupt(ticket, days=8)
        self.check()
        self.assertEqual(len(self.reports()), 2)

    def test_note_goes_when_it_is_right_again(self):
        ticket = self.make_ticket()
        self.corrupt(ticket, days=7)
        self.check()
        self.corrupt(ticket, days=5)
        self.check()
        self.assertFalse(self.clock_of(ticket).check_note)

    def test_state_and_copies_are_compared_too(self):
        paused, copied = self.make_ticket(), self.make_ticket()
        self.corrupt(paused, state="paused")
        self.env.cr.execute(
            SQL(
                "UPDATE helpdesk_ticket SET sla_deadline = NULL WHERE id = %s",
                copied.id,
            )
        )
        self.env.invalidate_all()
        self.check()
        self.assertIn("state", self.clock_of(paused).check_note)
        self.assertIn("ticket_id", self.clock_of(copied).check_note)

    def test_ended_clocks_are_not_looked_at(self):
        ticket = self.make_ticket()
        self.move(ticket, "resolved", "2026-03-03 10:00")
        self.corrupt(ticket, days=7)
        self.check()
        self.assertFalse(self.clock_of(ticket).check_note)

    def test_recount_still_to_come_is_no_difference(self):
        ticket = self.make_ticket()
        self.corrupt(ticket, calendar_version=1, target_date="2026-03-20 10:00:00")
        self.check()
        self.assertFalse(self.clock_of(ticket).check_note)

    def test_clock_that_cannot_be_checked_keeps_none_of_the_others(self):
        bad, wrong = self.make_ticket(), self.make_ticket()
        self.corrupt(wrong, days=7)
        original = type(self.Clock)._count_from_journal
        target = self.clock_of(bad)

        def count(clock, now):
            if clock == target:
                raise ValueError("broken")
            return original(clock, now)

        with (
            patch.object(type(self.Clock), "_count_from_journal", count),
            mute_logger("odoo.addons.klikumkm_sla.models.sla_clock"),
        ):
            self.check()
        self.assertIn("days", self.clock_of(wrong).check_note)

    def test_readiness_page_names_the_clocks(self):
        ticket = self.make_ticket()
        self.corrupt(ticket, days=7)
        self.check()
        readiness = self.env["klikumkm.complaint.readiness"].with_user(self.manager)
        check = readiness._look_at_clocks()
        self.assertEqual(check["state"], "advice")
        self.assertIn("1 clocks", check["explanation"])

    def test_same_queries_for_one_and_twenty_clocks(self):
        tickets = self.Ticket.union(*(self.make_ticket() for _n in range(21)))
        clocks = tickets.sla_clock_ids.sudo()
        clocks[:1]._check(self.env.cr.now())
        counts = []
        for batch in (clocks[:1], clocks[1:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch._check(self.env.cr.now())
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
