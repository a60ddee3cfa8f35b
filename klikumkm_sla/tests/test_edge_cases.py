# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What other engines get wrong and no other file here shows; each test names its case.

The rest is where it belongs: counting in test_working_days and test_calendar, pauses,
reopening and results in test_clock, missing set-up in TestNoDeadline (test_ticket),
races in test_race, reminders in test_alerts, repair and days off in test_repair and
test_holidays_wizard, old cases in test_import.
"""

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import SlaCase, local


@tagged("post_install", "-at_install")
class TestEdgeCases(SlaCase):
    def test_holiday_moves_paused_complaints_and_never_answered_ones(self):
        running, paused, answered, cancelled = (self.make_ticket() for _n in range(4))
        self.move(paused, "waiting_customer", "2026-03-03 10:00")
        self.move(answered, "resolved", "2026-03-03 10:00")
        self.move(cancelled, "cancelled", "2026-03-03 10:00")
        self.add_leave("2026-03-05")
        for ticket, expected in (
            (running, "2026-03-10 17:00"),
            (paused, "2026-03-10 17:00"),
            (answered, "2026-03-09 17:00"),
            (cancelled, "2026-03-09 17:00"),
        ):
            self.assertDeadline(ticket, expected)

    def test_ten_runs_of_the_job_erase_no_extension(self):
        ticket = self.make_ticket()
        self.clock_of(ticket)._extend(2, "More papers")
        self.travel("2026-03-20 10:00")
        for _run in range(10):
            self.sweep()
        self.assertDeadline(ticket, "2026-03-11 17:00")
        self.assertEqual(len(self.events(ticket, "breach")), 1)

    def test_archived_standard_moves_no_clock(self):
        ticket = self.make_ticket()
        self.policies["handling"].active = False
        self.sweep()
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.move(ticket, "resolved", "2026-03-10 10:00")
        self.assertEqual(ticket.sla_result, "late")

    def test_standard_of_the_old_team_does_not_survive_the_move_to_another(self):
        other = self.team.copy({"name": "Collection"})
        self.policies["handling"].copy(
            {
                "team_ids": [Command.set(other.ids)],
                "sequence": 1,
                "max_days": 3,
                "target_low": 3,
                "target_medium": 3,
            }
        )
        ticket = self.make_ticket()
        ticket.team_id = other
        self.assertDeadline(ticket, "2026-03-05 17:00")
        ticket.team_id = self.team
        self.assertDeadline(ticket, "2026-03-09 17:00")

    def test_first_result_is_kept_in_the_journal_when_reopened(self):
        ticket = self.make_ticket()
        self.move(ticket, "resolved", "2026-03-10 10:00")
        self.move(ticket, "in_progress", "2026-03-11 10:00")
        self.move(ticket, "resolved", "2026-03-11 11:00")
        self.assertEqual(self.events(ticket, "stop").mapped("result"), ["late", "late"])

    def test_reopening_an_old_complaint_is_not_overdue_at_once(self):
        ticket = self.make_ticket()
        self.move(ticket, "resolved", "2026-03-03 10:00")
        self.move(ticket, "in_progress", "2026-06-03 10:00")
        self.assertFalse(ticket.sla_missed)
        self.assertIn(ticket.sla_state, ("on_track", "due_soon"))
        self.sweep()
        self.assertFalse(self.events(ticket, "breach"))

    def test_recount_writes_no_message_and_asks_nobody(self):
        ticket = self.make_ticket()
        self.env.flush_all()
        messages = self.env["mail.message"].search_count([])
        activities = self.env["mail.activity"].search_count([])
        self.add_leave("2026-03-05")
        self.sweep()
        self.assertDeadline(ticket, "2026-03-10 17:00")
        self.assertEqual(self.env["mail.message"].search_count([]), messages)
        self.assertEqual(self.env["mail.activity"].search_count([]), activities)

    def test_thank_you_after_the_answer_starts_no_clock(self):
        ticket = self.make_ticket()
        self.move(ticket, "resolved", "2026-03-03 10:00")
        self.travel("2026-03-30 10:00")
        ticket.message_post(body="Thank you", message_type="email")
        self.sweep()
        self.assertEqual((ticket.sla_status, ticket.sla_result), ("stopped", "met"))

    def test_jobs_belong_to_the_system_not_to_a_person_who_may_leave(self):
        jobs = self.env["ir.cron"].search([("model_name", "=like", "klikumkm.sla.%")])
        self.assertGreaterEqual(len(jobs), 2)
        self.assertEqual(jobs.user_id, self.env.ref("base.user_root"))

    def test_zone_of_the_agent_does_not_move_the_deadline(self):
        agent = new_test_user(
            self.env,
            "agent_tokyo",
            groups="helpdesk_mgmt.group_helpdesk_user_team",
            tz="Pacific/Kiritimati",
        )
        self.team.user_ids += agent
        ticket = self.make_ticket("2026-03-02 23:30")
        ticket.with_user(agent).assistance_type = "information"
        self.assertDeadline(ticket, "2026-03-04 17:00")

    def test_end_of_a_month_is_no_end_of_a_count(self):
        self.assertDeadline(self.make_ticket("2026-03-30 10:00"), "2026-04-06 17:00")
        self.assertDeadline(self.make_ticket("2026-12-31 16:00"), "2027-01-07 17:00")

    def test_customer_reads_his_date_whatever_company_the_followers_are_of(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        follower = new_test_user(
            self.env,
            "follower_elsewhere",
            groups="base.group_user",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        customer = new_test_user(
            self.env, "customer_followed", groups="base.group_portal"
        )
        ticket = self.make_ticket(partner_id=customer.partner_id.id)
        ticket.message_subscribe((follower.partner_id | customer.partner_id).ids)
        seen = ticket.with_user(customer)
        self.assertEqual(local(seen._get_promised_date()), "2026-03-09 17:00:00")
        self.assertTrue(seen._get_promise_reason())
