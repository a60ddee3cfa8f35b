# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import Command
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged

from .common import SlaCase, wall


@tagged("post_install", "-at_install")
class TestDesk(SlaCase):
    """The clock's part of the first screen, the workload and the check list."""

    today = "2026-03-06 10:00"  # a Friday

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = new_test_user(
            cls.env, "sla-lead", "klikumkm_complaint.group_complaint_lead"
        )
        cls.agent = new_test_user(
            cls.env, "sla-agent", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        cls.team.user_ids = [Command.set((cls.agent | cls.lead).ids)]

    def _create(self, received, days_type="handling", **vals):
        return self.Ticket.create(
            {
                "name": received,
                "description": received,
                "team_id": self.team.id,
                "user_id": self.agent.id,
                "assistance_type": days_type,
                "received_date": wall(received),
                **vals,
            }
        )

    def _set_deadline(self, ticket, text):
        ticket._write_silently({"sla_deadline": wall(text)})

    def test_two_working_days_jump_over_the_weekend(self):
        expected = {
            "2026-03-06 09:59": False,  # has passed
            "2026-03-06 17:00": True,  # today
            "2026-03-09 17:00": True,
            "2026-03-10 17:00": True,  # the second working day
            "2026-03-11 17:00": False,
        }
        tickets = self.Ticket
        for deadline in expected:
            ticket = self._create("2026-03-02 09:00")
            self._set_deadline(ticket, deadline)
            tickets |= ticket
        tickets.invalidate_recordset()
        base = Domain("id", "in", tickets.ids)
        near = self.Ticket.search(base & Domain("sla_is_due_in_two_days", "=", True))
        for ticket, (deadline, is_near) in zip(tickets, expected.items(), strict=True):
            with self.subTest(deadline=deadline):
                self.assertEqual(ticket.sla_is_due_in_two_days, is_near)
                self.assertEqual(ticket in near, is_near)
        far = self.Ticket.search(base & Domain("sla_is_due_in_two_days", "=", False))
        self.assertEqual(far, tickets - near)

    def test_paused_and_resolved_complaints_are_not_due(self):
        paused, resolved = (
            self._create("2026-03-04 09:00", "information") for _n in range(2)
        )
        paused.stage_id = self.stages["waiting_customer"]
        resolved.stage_id = self.stages["resolved"]
        both = paused | resolved
        self.assertEqual(both.mapped("sla_is_due_in_two_days"), [False, False])
        self.assertFalse(
            self.Ticket.search(
                [("id", "in", both.ids), ("sla_is_due_in_two_days", "=", True)]
            )
        )

    def test_a_holiday_is_no_working_day(self):
        ticket = self._create("2026-03-02 09:00")
        self._set_deadline(ticket, "2026-03-11 17:00")
        self.assertFalse(ticket.sla_is_due_in_two_days)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Libur",
                "calendar_id": self.calendar.id,
                "company_id": False,
                "date_from": wall("2026-03-09 00:00"),
                "date_to": wall("2026-03-09 23:59"),
            }
        )
        self._set_deadline(ticket, "2026-03-11 17:00")
        ticket.invalidate_recordset()
        self.assertTrue(ticket.sla_is_due_in_two_days)

    def test_counters_of_the_clock(self):
        before = self._get_counts(self.agent)
        self._create("2026-02-20 09:00")  # 5 working days: until 27 February
        self._create("2026-03-04 09:00", "information")  # until today
        self._create("2026-03-05 09:00", "information")  # until Monday
        self._create("2026-03-05 09:00", "coordination")
        self._create("2026-02-20 09:00", user_id=self.lead.id)
        after = self._get_counts(self.agent)
        self.assertEqual(
            {name: after[name] - before[name] for name in after if name in CLOCK},
            {"overdue": 1, "due_today": 1, "due_in_two_days": 2},
        )
        self.assertEqual(self._get_counts(self.lead)["overdue"], after["overdue"] + 1)

    def _get_counts(self, user):
        Ticket = self.Ticket.with_user(user).with_context(tz="Asia/Jakarta")
        counters = Ticket.get_today_counters()
        return {counter["name"]: counter["count"] for counter in counters}

    def test_the_clock_comes_first(self):
        counters = self.Ticket.with_user(self.agent).get_today_counters()
        self.assertEqual(
            [counter["name"] for counter in counters[:3]],
            ["overdue", "due_today", "due_in_two_days"],
        )

    def test_workload_counts_what_is_overdue(self):
        self._create("2026-02-20 09:00")
        self._create("2026-03-05 09:00")
        agent = self.agent.with_user(self.lead)
        self.assertEqual(agent.complaint_overdue_count, 1)
        self.assertEqual(agent.complaint_open_count, 2)

    def test_ready_to_use(self):
        Readiness = self.env["klikumkm.complaint.readiness"]
        lines = {
            check["sequence"]: check
            for check in Readiness.with_company(self.company)._get_checks()
        }
        self.assertEqual(lines[15]["state"], "ready")
        self.assertEqual(lines[16]["state"], "missing")
        self.assertIn("2026", lines[16]["explanation"])
        self.company.sla_calendar_id = False
        check = Readiness.with_company(self.company)._look_at_hours()
        self.assertEqual(check["state"], "missing")
        self.assertIn(self.team.name, check["explanation"])
        self.travel("2026-03-06 10:00")
        for year in (2026, 2027):
            start = wall(f"{year}-01-01 00:00")
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Tahun Baru",
                    "calendar_id": self.calendar.id,
                    "company_id": False,
                    "date_from": start,
                    "date_to": start + timedelta(hours=23),
                }
            )
        self.company.sla_calendar_id = self.calendar
        check = Readiness.with_company(self.company)._look_at_holidays()
        self.assertEqual(check["state"], "advice")
        self.assertIn("joint leave (cuti bersama) of 2026", check["explanation"])
        self.calendar.leave_ids.sla_kind = "joint"
        check = Readiness.with_company(self.company)._look_at_holidays()
        self.assertEqual(check["state"], "ready")


CLOCK = {"overdue", "due_today", "due_in_two_days"}
