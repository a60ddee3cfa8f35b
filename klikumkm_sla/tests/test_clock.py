# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The rules of time through real complaints; the numbers are those of the design.

Handling is promised in 5 working days, information in 2, coordination in 20.
"""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SlaCase, local, wall


@tagged("post_install", "-at_install")
class TestDayZero(SlaCase):
    """Rule 1."""

    def test_hour_of_receipt_does_not_matter(self):
        for hour in ("00:00", "07:00", "10:00", "16:59", "17:00", "20:00", "23:59"):
            with self.subTest(hour=hour):
                ticket = self.make_ticket(
                    f"2026-03-02 {hour}", assistance_type="information"
                )
                self.assertDeadline(ticket, "2026-03-04 17:00")

    def test_received_friday_evening_or_at_the_weekend(self):
        for moment in ("2026-03-06 20:00", "2026-03-07 09:00", "2026-03-08 23:59"):
            with self.subTest(moment=moment):
                ticket = self.make_ticket(moment, assistance_type="information")
                self.assertDeadline(ticket, "2026-03-10 17:00")

    def test_local_date_counts_not_that_in_utc(self):
        # Tuesday 05:00 in Jakarta is Monday in UTC.
        ticket = self.make_ticket("2026-03-03 05:00", assistance_type="information")
        self.assertDeadline(ticket, "2026-03-05 17:00")

    def test_days_of_each_kind_of_help_and_targets_of_each_urgency(self):
        for assistance_type, deadline, targets in (
            ("information", "2026-03-04", ("04", "04", "03", "03")),
            ("handling", "2026-03-09", ("09", "06", "04", "03")),
            ("coordination", "2026-03-30", ("30", "23", "16", "09")),
        ):
            for priority, target in enumerate(targets):
                with self.subTest(assistance_type=assistance_type, priority=priority):
                    ticket = self.make_ticket(
                        assistance_type=assistance_type, priority=str(priority)
                    )
                    self.assertDeadline(ticket, f"{deadline} 17:00")
                    self.assertEqual(
                        local(ticket.sla_target_date), f"2026-03-{target} 17:00:00"
                    )

    def test_phone_call_of_yesterday_counts_from_yesterday(self):
        ticket = self.make_ticket("2026-03-01 21:00", at="2026-03-02 09:10")
        self.assertDeadline(ticket, "2026-03-06 17:00")
        self.assertEqual(self.events(ticket).effective_date, wall("2026-03-01 21:00"))

    def test_check_values_of_the_design_with_the_shipped_calendar(self):
        calendar = self.env.ref("klikumkm_sla.calendar_operating")
        calendar.leave_ids.unlink()
        calendar._load_indonesian_holidays(range(2025, 2028))
        self.team.sla_calendar_id = calendar
        for received, days, expected in (
            ("2026-03-13 10:00", 5, "2026-03-27 17:00"),
            ("2026-03-13 10:00", 10, "2026-04-06 17:00"),
            ("2026-03-13 10:00", 20, "2026-04-20 17:00"),
            ("2026-03-10 10:00", 10, "2026-03-31 17:00"),
            ("2025-03-25 10:00", 5, "2025-04-10 17:00"),
            ("2025-03-25 10:00", 20, "2025-05-05 17:00"),
            ("2026-12-18 10:00", 10, "2027-01-07 17:00"),
            ("2026-12-18 10:00", 20, "2027-01-21 17:00"),
        ):
            with self.subTest(received=received, days=days):
                self.policies["coordination"].write(
                    {"max_days": days, "target_low": 1, "target_medium": 1}
                    | {"target_high": 1, "target_emergency": 1}
                )
                ticket = self.make_ticket(received, assistance_type="coordination")
                self.assertDeadline(ticket, expected)


@tagged("post_install", "-at_install")
class TestStatus(SlaCase):
    """Rule 2."""

    def assertState(self, ticket, state, result=False):
        self.assertEqual((ticket.sla_status, ticket.sla_result), (state, result))
        self.assertCopied(ticket)

    def test_statuses_in_which_the_clock_runs(self):
        ticket = self.make_ticket()
        for status in ("in_progress", "coordination", "received"):
            self.move(ticket, status, "2026-03-03 10:00")
            self.assertState(ticket, "running")
        self.assertEqual(self.journal(ticket), ["start"])

    def test_waiting_for_the_customer_pauses(self):
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.assertState(ticket, "paused")
        self.move(ticket, "in_progress", "2026-03-03 11:00")
        self.assertState(ticket, "running")
        self.assertEqual(self.journal(ticket), ["start", "pause", "resume"])

    def test_resolved_stops_and_what_follows_changes_nothing(self):
        for then in ("closed", "referred", "cancelled"):
            with self.subTest(then=then):
                ticket = self.make_ticket()
                self.move(ticket, "resolved", "2026-03-05 10:00")
                clock = self.clock_of(ticket)
                before = clock.copy_data()
                self.move(ticket, then, "2026-04-30 10:00")
                self.assertState(ticket, "stopped", "met")
                self.assertEqual(clock.copy_data(), before)
                self.assertEqual(self.journal(ticket), ["start", "stop"])

    def test_off_the_desk_without_an_answer_is_cancelled(self):
        for status in ("closed", "referred", "cancelled"):
            for first in ("in_progress", "waiting_customer"):
                with self.subTest(status=status, first=first):
                    ticket = self.make_ticket()
                    self.move(ticket, first, "2026-03-03 10:00")
                    self.move(ticket, status, "2026-03-09 17:00")
                    self.assertState(ticket, "cancelled")
                    self.assertEqual(ticket.sla_state, "none")

    def test_cancelled_after_the_deadline_is_late(self):
        ticket = self.make_ticket()
        self.move(ticket, "cancelled", "2026-03-09 17:01")
        self.assertState(ticket, "cancelled", "late")
        self.assertEqual(self.journal(ticket), ["start", "breach", "cancel"])

    def test_cancelled_while_paused_in_time_is_not_late(self):
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-05 10:00")
        self.move(ticket, "closed", "2026-03-30 10:00")
        self.assertState(ticket, "cancelled")
        self.assertEqual(self.journal(ticket), ["start", "pause", "cancel"])

    def test_recorded_off_the_desk_gets_no_clock(self):
        for status in ("closed", "referred", "cancelled"):
            with self.subTest(status=status):
                ticket = self.make_ticket(status=status)
                self.assertFalse(ticket.sla_clock_ids)
                self.assertEqual(ticket.sla_state, "none")
                self.assertIn("already closed", ticket.sla_unset_reason)

    def test_recorded_off_the_desk_then_reopened_counts_from_then(self):
        ticket = self.make_ticket(
            "2026-02-02 10:00", at="2026-03-02 09:00", status="closed"
        )
        self.move(ticket, "in_progress", "2026-03-04 10:00")
        self.assertDeadline(ticket, "2026-03-10 17:00")
        self.assertEqual(self.journal(ticket), ["start", "stop", "reopen"])

    def test_recorded_as_answered_at_once(self):
        ticket = self.make_ticket(status="resolved")
        self.assertState(ticket, "stopped", "met")
        self.assertEqual(self.journal(ticket), ["start", "stop"])

    def test_recorded_as_waiting(self):
        ticket = self.make_ticket(status="waiting_customer")
        self.assertState(ticket, "paused")
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.move(ticket, "in_progress", "2026-03-04 10:00")
        self.assertDeadline(ticket, "2026-03-10 17:00")

    def test_cancelled_then_reactivated_leaves_out_the_time_between(self):
        ticket = self.make_ticket()
        self.move(ticket, "cancelled", "2026-03-03 10:00")
        self.move(ticket, "in_progress", "2026-03-05 10:00")
        self.assertState(ticket, "running")
        # not counted: Tuesday and Wednesday
        self.assertDeadline(ticket, "2026-03-11 17:00")
        self.assertEqual(self.journal(ticket), ["start", "cancel", "reopen"])

    def test_cancelled_while_paused_then_reactivated_goes_on_from_the_pause(self):
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.move(ticket, "cancelled", "2026-03-04 10:00")
        self.move(ticket, "in_progress", "2026-03-05 10:00")
        self.assertDeadline(ticket, "2026-03-11 17:00")
        self.assertEqual(self.journal(ticket), ["start", "pause", "cancel", "reopen"])
        # and so it is read back from the journal when it is counted again
        self.add_leave("2026-03-09")
        self.assertDeadline(ticket, "2026-03-12 17:00")

    def test_cancelled_by_mistake_then_resolved(self):
        ticket = self.make_ticket()
        self.move(ticket, "cancelled", "2026-03-03 10:00")
        self.move(ticket, "resolved", "2026-03-03 10:05")
        self.assertState(ticket, "stopped", "met")
        self.assertEqual(self.journal(ticket), ["start", "cancel", "reopen", "stop"])

    def test_reopened_twice(self):
        ticket = self.make_ticket()
        self.move(ticket, "resolved", "2026-03-03 10:00")
        self.move(ticket, "in_progress", "2026-03-04 10:00")
        self.assertState(ticket, "running")
        self.assertDeadline(ticket, "2026-03-10 17:00")
        self.move(ticket, "resolved", "2026-03-10 17:00")
        self.assertState(ticket, "stopped", "met")
        self.move(ticket, "closed", "2026-03-11 10:00")
        self.move(ticket, "in_progress", "2026-03-12 10:00")
        # the Tuesday whose closing was the deadline, and Wednesday, lie in the gap
        self.assertDeadline(ticket, "2026-03-13 17:00")
        self.assertEqual(
            self.journal(ticket), ["start", "stop", "reopen", "stop", "reopen"]
        )

    def test_reopened_as_waiting_is_paused(self):
        ticket = self.make_ticket()
        self.move(ticket, "resolved", "2026-03-03 10:00")
        self.move(ticket, "waiting_customer", "2026-03-04 10:00")
        self.assertState(ticket, "paused")
        self.assertEqual(self.journal(ticket), ["start", "stop", "reopen", "pause"])

    def test_late_then_reopened_stays_late(self):
        ticket = self.make_ticket()
        self.move(ticket, "resolved", "2026-03-10 10:00")
        self.assertState(ticket, "stopped", "late")
        self.move(ticket, "in_progress", "2026-03-16 10:00")
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.assertEqual(ticket.sla_state, "overdue")
        self.move(ticket, "resolved", "2026-03-17 10:00")
        self.assertState(ticket, "stopped", "late")
        # Monday 9, before the gap, and Monday 16, after it
        self.assertEqual(self.clock_of(ticket).late_days, 2)
        self.assertEqual(len(self.events(ticket, "breach")), 1)

    def test_stopped_while_paused(self):
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-04 10:00")
        self.move(ticket, "resolved", "2026-03-20 10:00")
        self.assertState(ticket, "stopped", "met")
        self.assertDeadline(ticket, "2026-03-25 17:00")
        self.assertEqual(self.journal(ticket), ["start", "pause", "resume", "stop"])

    def test_several_at_once_each_in_its_own_way(self):
        running, paused, stopped = (
            self.make_ticket(),
            self.make_ticket(status="waiting_customer"),
            self.make_ticket(status="resolved"),
        )
        self.move(running | paused | stopped, "in_progress", "2026-03-03 10:00")
        self.assertEqual(self.journal(running), ["start"])
        self.assertEqual(self.journal(paused), ["start", "pause", "resume"])
        self.assertEqual(self.journal(stopped), ["start", "stop", "reopen"])

    def test_attribute_set_by_code(self):
        ticket = self.make_ticket()
        self.travel("2026-03-03 10:00")
        ticket.stage_id = self.stages["resolved"]
        self.assertState(ticket, "stopped", "met")

    def test_team_change_that_moves_the_stage(self):
        only_here = self.env["helpdesk.ticket.stage"].create(
            {
                "name": "Waiting for papers",
                "status": "waiting_customer",
                "team_ids": [Command.set(self.team.ids)],
            }
        )
        ticket = self.make_ticket(stage_id=only_here.id)
        self.assertState(ticket, "paused")
        self.travel("2026-03-03 10:00")
        ticket.team_id = self.team.copy({"name": "Collection"})
        self.assertNotEqual(ticket.stage_id, only_here)
        self.assertState(ticket, "running")

    def test_duplicate_wizard(self):
        ticket, other = self.make_ticket(), self.make_ticket()
        self.travel("2026-03-03 10:00")
        self.env["helpdesk.ticket.duplicate.wizard"].create(
            {
                "ticket_id": ticket.id,
                "duplicate_of_id": other.id,
                "target_stage_id": self.stages["cancelled"].id,
            }
        ).action_confirm()
        self.assertState(ticket, "cancelled")
        self.assertState(other, "running")

    def test_archived_complaints_are_followed_too(self):
        ticket = self.make_ticket()
        self.move(ticket, "closed", "2026-03-03 10:00")
        ticket.active = False
        self.assertState(ticket, "cancelled")
        self.travel("2026-03-03 11:00")
        ticket.write({"active": True, "stage_id": self.stages["in_progress"].id})
        self.assertState(ticket, "running")

    def test_without_a_stage_the_clock_goes_on(self):
        self.env["helpdesk.ticket.stage"].search([]).team_ids = self.team
        elsewhere = self.team.copy({"name": "No stages"})
        ticket = self.make_ticket()
        self.travel("2026-03-03 10:00")
        ticket.team_id = elsewhere
        self.assertFalse(ticket.stage_id)
        self.assertState(ticket, "running")
        ticket = self.make_ticket(team_id=elsewhere.id, stage_id=False)
        self.assertFalse(ticket.stage_id)
        self.assertDeadline(ticket, "2026-03-09 17:00")

    def test_kind_that_does_not_pause_runs_on(self):
        kinds = self.Clock._clock_kinds()
        strict = {"label": "Strict", "start_field": "received_date", "pauses": False}
        self.patch(
            self.registry["klikumkm.sla.clock"],
            "_clock_kinds",
            lambda clock: {**kinds, "strict": strict},
        )
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        other = ticket.sla_clock_ids.filtered(lambda c: c.kind == "strict")
        self.assertEqual((other.state, ticket.sla_status), ("running", "paused"))
        self.move(ticket, "resolved", "2026-03-10 10:00")
        self.assertEqual((other.result, ticket.sla_result), ("late", "met"))
        self.assertEqual(local(other.deadline), "2026-03-09 17:00:00")
        self.assertEqual(
            other.event_ids.mapped("event_type"), ["start", "breach", "stop"]
        )
        self.assertEqual(len(ticket.sla_clock_ids), 2)


@tagged("post_install", "-at_install")
class TestGaps(SlaCase):
    """Rule 3. Without a gap the deadline is Monday 9 March."""

    def check(self, expected, *pauses, **vals):
        ticket = self.make_ticket(**vals)
        for begin, end in pauses:
            self.move(ticket, "waiting_customer", begin)
            self.move(ticket, "in_progress", end)
        self.assertDeadline(ticket, expected)
        return ticket

    def test_over_night(self):
        self.check("2026-03-09 17:00", ("2026-03-03 17:30", "2026-03-04 08:30"))

    def test_over_a_weekend(self):
        self.check("2026-03-09 17:00", ("2026-03-06 18:00", "2026-03-09 09:00"))

    def test_over_a_holiday(self):
        self.add_leave("2026-03-04")
        self.check("2026-03-10 17:00", ("2026-03-03 18:00", "2026-03-05 09:00"))

    def test_over_a_closing(self):
        self.check("2026-03-10 17:00", ("2026-03-03 16:00", "2026-03-04 10:00"))

    def test_several_on_one_day(self):
        self.check(
            "2026-03-10 17:00",
            ("2026-03-03 09:00", "2026-03-03 10:00"),
            ("2026-03-03 11:00", "2026-03-03 16:59"),
            ("2026-03-03 16:59:30", "2026-03-03 17:00:01"),
        )

    def test_several_without_a_closing_cost_nothing(self):
        self.check(
            "2026-03-09 17:00",
            ("2026-03-03 09:00", "2026-03-03 16:59"),
            ("2026-03-04 09:00", "2026-03-04 16:59"),
        )

    def test_begun_at_exactly_a_closing_leaves_that_day_out(self):
        self.check("2026-03-10 17:00", ("2026-03-03 17:00", "2026-03-03 18:00"))

    def test_ended_at_exactly_a_closing_counts_that_day(self):
        self.check("2026-03-09 17:00", ("2026-03-03 16:00", "2026-03-03 17:00"))

    def test_ended_in_the_second_it_began(self):
        self.check("2026-03-09 17:00", ("2026-03-03 17:00", "2026-03-03 17:00"))

    def test_a_whole_working_day_is_left(self):
        # Counted closings alone would give Friday 13, the day the customer answers.
        ticket = self.check(
            "2026-03-16 17:00", ("2026-03-09 16:00", "2026-03-13 16:00")
        )
        self.assertEqual(ticket.sla_remaining_days, 1)

    def test_before_day_zero_has_no_effect(self):
        ticket = self.make_ticket("2026-02-25 10:00")
        self.move(ticket, "waiting_customer", "2026-02-25 11:00")
        self.move(ticket, "in_progress", "2026-03-02 09:00")
        # an import that recorded it only now, then corrected by the manager
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
            (wall("2026-03-02 09:00"), ticket.id),
        )
        ticket.invalidate_recordset()
        ticket.received_date = wall("2026-03-02 09:00")
        self.assertDeadline(ticket, "2026-03-09 17:00")

    def test_on_day_zero_moves_no_counted_day(self):
        self.check("2026-03-09 17:00", ("2026-03-02 11:00", "2026-03-02 18:00"))

    def test_begun_after_the_deadline_does_not_matter(self):
        ticket = self.check(
            "2026-03-09 17:00", ("2026-03-10 10:00", "2026-03-20 10:00")
        )
        self.assertTrue(ticket.sla_missed)
        self.assertEqual(self.journal(ticket), ["start", "breach", "pause", "resume"])

    def test_begun_at_exactly_the_deadline(self):
        ticket = self.check(
            "2026-03-11 17:00", ("2026-03-09 17:00", "2026-03-10 18:00")
        )
        self.assertFalse(ticket.sla_missed)

    def test_open_pause_moves_nothing_and_is_never_missed(self):
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-05 10:00")
        self.travel("2026-04-30 10:00")
        self.sweep()
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.assertEqual((ticket.sla_state, ticket.sla_missed), ("paused", False))
        self.assertEqual(ticket.sla_remaining_days, 2)
        self.assertEqual(self.journal(ticket), ["start", "pause"])

    def test_paused_when_missed_already_is_overdue(self):
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-11 10:00")
        self.travel("2026-04-30 10:00")
        self.assertEqual(ticket.sla_state, "overdue")
        # as it stood when the pause began
        self.assertEqual(ticket.sla_remaining_days, -2)

    def test_paused_before_the_deadline_and_resolved_after(self):
        ticket = self.check(
            "2026-03-10 17:00", ("2026-03-06 16:00", "2026-03-09 17:00")
        )
        self.move(ticket, "resolved", "2026-03-10 17:00")
        self.assertEqual(ticket.sla_result, "met")


@tagged("post_install", "-at_install")
class TestExtension(SlaCase):
    """Rule 4."""

    def extend(self, ticket, days, at):
        self.travel(at)
        return self.clock_of(ticket)._extend(days, "The bank has not answered", "Asked")

    def test_moves_deadline_and_target_and_keeps_the_first(self):
        ticket = self.make_ticket()
        extension = self.extend(ticket, 3, "2026-03-04 10:00")
        self.assertDeadline(ticket, "2026-03-12 17:00")
        clock = self.clock_of(ticket)
        self.assertEqual(local(clock.target_date), "2026-03-11 17:00:00")
        self.assertEqual(local(clock.first_deadline), "2026-03-09 17:00:00")
        self.assertEqual(
            [
                (local(e.deadline_before), local(e.deadline_after), e.reason)
                for e in self.events(ticket, "extend")
            ],
            [
                (
                    "2026-03-09 17:00:00",
                    "2026-03-12 17:00:00",
                    "The bank has not answered",
                )
            ],
        )
        self.assertFalse(extension.is_late)
        self.move(ticket, "resolved", "2026-03-12 17:00")
        self.assertEqual(ticket.sla_result, "met")

    def test_survives_reclassification(self):
        ticket = self.make_ticket()
        self.extend(ticket, 3, "2026-03-04 10:00")
        ticket.assistance_type = "coordination"
        self.assertDeadline(ticket, "2026-04-02 17:00")
        self.assertEqual(
            local(self.clock_of(ticket).first_deadline), "2026-03-30 17:00:00"
        )

    def test_is_counted_with_the_gaps(self):
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.move(ticket, "in_progress", "2026-03-04 10:00")
        self.extend(ticket, 1, "2026-03-04 11:00")
        self.assertDeadline(ticket, "2026-03-11 17:00")

    def test_while_paused(self):
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.extend(ticket, 1, "2026-03-05 10:00")
        self.assertDeadline(ticket, "2026-03-10 17:00")
        self.move(ticket, "in_progress", "2026-03-05 11:00")
        self.assertDeadline(ticket, "2026-03-12 17:00")

    def test_must_lie_after_now(self):
        ticket = self.make_ticket()
        with self.assertRaises(UserError) as refused:
            self.extend(ticket, 2, "2026-03-11 17:00")
        self.assertIn("still lie in the past", str(refused.exception))
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.extend(ticket, 3, "2026-03-11 17:00")
        self.assertDeadline(ticket, "2026-03-12 17:00")

    def test_after_the_deadline_gives_a_new_date_but_stays_late(self):
        ticket = self.make_ticket()
        extension = self.extend(ticket, 5, "2026-03-11 10:00")
        self.assertDeadline(ticket, "2026-03-16 17:00")
        self.assertTrue(extension.is_late)
        self.assertFalse(ticket.sla_missed)
        self.assertEqual(ticket.sla_state, "on_track")
        self.move(ticket, "resolved", "2026-03-12 10:00")
        self.assertEqual(ticket.sla_result, "late")
        # from the missed deadline: Monday, Tuesday, Wednesday
        self.assertEqual(self.clock_of(ticket).late_days, 3)
        self.assertEqual(self.journal(ticket), ["start", "breach", "extend", "stop"])

    def test_second_late_extension_counts_from_the_first_miss(self):
        ticket = self.make_ticket()
        self.extend(ticket, 2, "2026-03-10 10:00")
        self.extend(ticket, 5, "2026-03-12 10:00")
        clock = self.clock_of(ticket)
        self.assertEqual(local(clock.late_from), "2026-03-09 17:00:00")
        self.assertEqual(len(self.events(ticket, "breach")), 2)

    def test_late_extension_then_cancelled_is_late(self):
        ticket = self.make_ticket()
        self.extend(ticket, 5, "2026-03-11 10:00")
        self.move(ticket, "cancelled", "2026-03-11 11:00")
        self.assertEqual(ticket.sla_result, "late")

    def test_late_extension_then_without_a_standard(self):
        ticket = self.make_ticket()
        self.extend(ticket, 5, "2026-03-11 10:00")
        self.policies["coordination"].active = False
        ticket.assistance_type = "coordination"
        self.assertFalse(ticket.sla_deadline)
        self.move(ticket, "resolved", "2026-03-11 11:00")
        self.assertEqual(ticket.sla_result, "late")

    def test_only_a_running_deadline(self):
        ticket = self.make_ticket()
        self.move(ticket, "resolved", "2026-03-03 10:00")
        with self.assertRaises(UserError):
            self.extend(ticket, 2, "2026-03-03 11:00")


@tagged("post_install", "-at_install")
class TestResult(SlaCase):
    """Rule 5."""

    def resolve(self, at, **vals):
        ticket = self.make_ticket(**vals)
        self.move(ticket, "resolved", at)
        return self.clock_of(ticket)

    def test_at_exactly_the_deadline_is_in_time(self):
        clock = self.resolve("2026-03-09 17:00")
        self.assertEqual((clock.result, clock.late_days), ("met", 0))

    def test_a_second_later_is_one_day_late(self):
        clock = self.resolve("2026-03-09 17:00:01")
        self.assertEqual((clock.result, clock.late_days), ("late", 1))

    def test_late_days_at_exactly_the_next_closing(self):
        self.assertEqual(self.resolve("2026-03-10 17:00").late_days, 1)
        self.assertEqual(self.resolve("2026-03-10 17:00:01").late_days, 2)

    def test_late_days_leave_out_weekends(self):
        self.assertEqual(self.resolve("2026-03-16 08:00").late_days, 5)

    def test_late_days_leave_out_gaps(self):
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-10 10:00")
        self.move(ticket, "in_progress", "2026-03-12 10:00")
        self.move(ticket, "resolved", "2026-03-13 10:00")
        # Monday and Thursday
        self.assertEqual(self.clock_of(ticket).late_days, 2)

    def test_target_is_judged_apart(self):
        clock = self.resolve("2026-03-06 17:00")
        self.assertEqual((clock.result, clock.target_result), ("met", "met"))
        clock = self.resolve("2026-03-09 10:00")
        self.assertEqual((clock.result, clock.target_result), ("met", "late"))

    def test_without_a_deadline_there_is_no_result(self):
        self.policies["handling"].active = False
        clock = self.resolve("2026-03-06 17:00")
        self.assertEqual((clock.state, clock.result), ("stopped", False))
        self.assertEqual(clock.ticket_id.sla_state, "none")


@tagged("post_install", "-at_install")
class TestReclassification(SlaCase):
    """Rule 6."""

    def test_recounts_from_the_receipt(self):
        ticket = self.make_ticket(assistance_type="information")
        self.travel("2026-03-04 10:00")
        ticket.assistance_type = "coordination"
        self.assertDeadline(ticket, "2026-03-30 17:00")
        event = self.events(ticket, "reclassify")
        self.assertEqual(
            (event.days, local(event.deadline_before), local(event.deadline_after)),
            (20, "2026-03-04 17:00:00", "2026-03-30 17:00:00"),
        )

    def test_by_the_category(self):
        category = self.env["helpdesk.ticket.category"].create(
            {"name": "Balance", "assistance_type": "information"}
        )
        ticket = self.make_ticket(assistance_type=None)
        self.assertDeadline(ticket, "2026-03-09 17:00")
        ticket.category_id = category
        self.assertDeadline(ticket, "2026-03-04 17:00")

    def test_while_paused(self):
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.travel("2026-03-05 10:00")
        ticket.assistance_type = "coordination"
        self.assertDeadline(ticket, "2026-03-30 17:00")
        self.assertEqual(ticket.sla_status, "paused")
        self.move(ticket, "in_progress", "2026-03-05 11:00")
        self.assertDeadline(ticket, "2026-04-01 17:00")

    def test_keeps_several_old_pauses(self):
        ticket = self.make_ticket()
        for day in ("03", "05"):
            self.move(ticket, "waiting_customer", f"2026-03-{day} 16:00")
            self.move(ticket, "in_progress", f"2026-03-{day} 18:00")
        self.assertDeadline(ticket, "2026-03-11 17:00")
        ticket.assistance_type = "coordination"
        self.assertDeadline(ticket, "2026-04-01 17:00")
        ticket.assistance_type = "handling"
        self.assertDeadline(ticket, "2026-03-11 17:00")

    def test_together_with_the_status(self):
        ticket = self.make_ticket()
        self.travel("2026-03-03 10:00")
        ticket.write(
            {
                "assistance_type": "coordination",
                "stage_id": self.stages["waiting_customer"].id,
            }
        )
        self.assertDeadline(ticket, "2026-03-30 17:00")
        self.assertEqual(self.journal(ticket), ["start", "reclassify", "pause"])

    def test_never_touches_a_stopped_clock(self):
        ticket = self.make_ticket()
        self.move(ticket, "resolved", "2026-03-03 10:00")
        before = self.clock_of(ticket).copy_data()
        self.travel("2026-03-04 10:00")
        ticket.write({"assistance_type": "information", "priority": "3"})
        ticket.received_date = wall("2026-03-01 10:00")
        self.assertEqual(self.clock_of(ticket).copy_data(), before)
        self.assertEqual(self.journal(ticket), ["start", "stop"])

    def test_what_changed_while_it_stood_applies_when_it_is_reopened(self):
        ticket = self.make_ticket()
        self.move(ticket, "resolved", "2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        self.move(ticket, "in_progress", "2026-03-03 11:00")
        self.assertDeadline(ticket, "2026-03-30 17:00")
        self.assertEqual(
            self.journal(ticket), ["start", "stop", "reopen", "reclassify"]
        )

    def test_received_date_moved(self):
        ticket = self.make_ticket("2026-03-04 10:00")
        ticket.received_date = wall("2026-03-02 20:00")
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.assertEqual(self.clock_of(ticket).start_date, wall("2026-03-02 20:00"))

    def test_received_date_moved_while_paused(self):
        ticket = self.make_ticket("2026-03-04 10:00")
        self.move(ticket, "waiting_customer", "2026-03-04 11:00")
        self.travel("2026-03-05 10:00")
        ticket.received_date = wall("2026-03-02 20:00")
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.move(ticket, "in_progress", "2026-03-05 11:00")
        self.assertDeadline(ticket, "2026-03-10 17:00")

    def test_without_a_standard_the_clock_stays_and_says_why(self):
        ticket = self.make_ticket()
        self.policies["coordination"].active = False
        ticket.assistance_type = "coordination"
        self.assertFalse(ticket.sla_deadline or ticket.sla_target_date)
        self.assertEqual((ticket.sla_status, ticket.sla_state), ("running", "none"))
        self.assertIn("no time standard", ticket.sla_unset_reason)
        ticket.assistance_type = "handling"
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.assertFalse(ticket.sla_unset_reason)

    def test_filter_of_the_screen_does_not_revive_archived_standards(self):
        self.policies["handling"].active = False
        Ticket = self.Ticket.with_context(active_test=False)
        ticket = Ticket.browse(self.make_ticket(assistance_type="information").id)
        ticket.assistance_type = "handling"
        self.assertFalse(ticket.sla_deadline)

    def test_first_standard_by_sequence_that_fits(self):
        Policy = self.env["klikumkm.sla.policy"]
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        base = {"assistance_type": "handling", "sequence": 1}
        targets = dict.fromkeys(
            ("target_low", "target_medium", "target_high", "target_emergency"), 1
        )
        for name, vals in {
            "other team": {"team_ids": [Command.link(self.team.copy().id)]},
            "other company": {"company_id": elsewhere.id},
            "not yet": {"valid_from": "2026-03-03"},
            "no more": {"valid_to": "2026-03-01"},
        }.items():
            Policy.create({"name": name, "max_days": 9, **base, **targets, **vals})
        self.assertEqual(
            self.clock_of(self.make_ticket()).policy_id, self.policies["handling"]
        )
        fitting = Policy.create(
            {
                "name": "fits",
                "max_days": 9,
                "team_ids": [Command.link(self.team.id)],
                "company_id": self.company.id,
                "valid_from": "2026-03-02",
                "valid_to": "2026-03-02",
                **base,
                **targets,
            }
        )
        # the dates are those of the receipt on the desk's own wall
        for moment, policy in (
            ("2026-03-02 00:00", fitting),
            ("2026-03-02 23:59", fitting),
        ):
            self.assertEqual(self.clock_of(self.make_ticket(moment)).policy_id, policy)

    def test_editing_a_standard_moves_no_clock(self):
        ticket = self.make_ticket()
        self.policies["handling"].max_days = 9
        self.sweep()
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.assertEqual(self.journal(ticket), ["start"])

    def test_team_change_moves_stage_team_and_hours_at_once(self):
        self.add_leave("2026-03-09")
        saturdays = self.make_calendar([("012345", 8, 12)])
        other = self.team.copy({"name": "Saturdays", "sla_calendar_id": saturdays.id})
        stage = self.stages["received"].copy({"team_ids": [Command.set(self.team.ids)]})
        ticket = self.make_ticket(stage_id=stage.id)
        self.assertDeadline(ticket, "2026-03-10 17:00")
        self.travel("2026-03-03 10:00")
        ticket.team_id = other
        self.assertEqual(self.clock_of(ticket).calendar_id, saturdays)
        self.assertDeadline(ticket, "2026-03-07 12:00")

    def test_other_facts_leave_the_hours_as_they_were_chosen(self):
        ticket = self.make_ticket()
        self.company.sla_calendar_id = self.make_calendar([("012345", 8, 12)])
        ticket.priority = "3"
        ticket.assistance_type = "coordination"
        self.assertEqual(self.clock_of(ticket).calendar_id, self.calendar)

    def test_urgency_toggled_five_times(self):
        ticket = self.make_ticket()
        for priority in "31203":
            ticket.priority = priority
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.assertEqual(local(ticket.sla_target_date), "2026-03-03 17:00:00")
        self.assertEqual(len(ticket.sla_clock_ids), 1)
        self.assertEqual(self.journal(ticket), ["start"] + ["reclassify"] * 5)


@tagged("post_install", "-at_install")
class TestSettleFirst(SlaCase):
    """Rule 10."""

    def breaches(self, ticket):
        return [
            (local(event.deadline_after), local(event.effective_date))
            for event in self.events(ticket, "breach")
        ]

    def test_sweep_records_a_missed_deadline_once(self):
        ticket = self.make_ticket()
        self.travel("2026-03-09 17:00")
        self.sweep()
        self.assertFalse(ticket.sla_missed)
        for moment in ("2026-03-09 17:00:01", "2026-03-10 10:00", "2026-03-11 10:00"):
            self.travel(moment)
            self.sweep()
        self.assertTrue(ticket.sla_missed)
        self.assertCopied(ticket)
        self.assertEqual(
            self.breaches(ticket), [("2026-03-09 17:00:00", "2026-03-09 17:00:00")]
        )

    def test_operation_records_it_before_anything_else(self):
        ticket = self.make_ticket()
        self.travel("2026-03-20 10:00")
        ticket.assistance_type = "coordination"
        self.assertEqual(self.journal(ticket), ["start", "breach", "reclassify"])
        self.assertEqual(
            self.breaches(ticket), [("2026-03-09 17:00:00", "2026-03-09 17:00:00")]
        )
        # moved into the future: not missed any more, but it was
        self.assertEqual((ticket.sla_missed, ticket.sla_state), (False, "on_track"))

    def test_new_deadline_in_the_past_is_missed_since_it_became_the_deadline(self):
        ticket = self.make_ticket()
        self.travel("2026-03-05 10:00")
        ticket.assistance_type = "information"
        self.assertTrue(ticket.sla_missed)
        self.assertEqual(
            self.breaches(ticket), [("2026-03-04 17:00:00", "2026-03-05 10:00:00")]
        )

    def test_missed_deadline_reclassified_to_another_missed_one(self):
        ticket = self.make_ticket()
        self.travel("2026-03-11 10:00")
        ticket.assistance_type = "information"
        self.assertEqual(
            self.breaches(ticket),
            [
                ("2026-03-09 17:00:00", "2026-03-09 17:00:00"),
                ("2026-03-04 17:00:00", "2026-03-11 10:00:00"),
            ],
        )

    def test_same_deadline_coming_back_is_missed_once(self):
        ticket = self.make_ticket()
        self.travel("2026-03-11 10:00")
        for assistance_type in ("coordination", "handling", "coordination", "handling"):
            ticket.assistance_type = assistance_type
        self.assertTrue(ticket.sla_missed)
        self.assertEqual(len(self.breaches(ticket)), 1)

    def test_recorded_after_its_deadline(self):
        ticket = self.make_ticket("2026-02-02 10:00", at="2026-03-02 10:00")
        self.assertTrue(ticket.sla_missed)
        self.assertEqual(
            self.breaches(ticket), [("2026-02-09 17:00:00", "2026-03-02 10:00:00")]
        )

    def test_reclassified_into_the_past_and_resolved_in_one_write(self):
        ticket = self.make_ticket()
        self.travel("2026-03-05 10:00")
        ticket.write(
            {
                "assistance_type": "information",
                "stage_id": self.stages["resolved"].id,
            }
        )
        self.assertEqual(
            self.journal(ticket), ["start", "reclassify", "breach", "stop"]
        )
        self.assertEqual((ticket.sla_result, ticket.sla_missed), ("late", True))

    def test_reclassified_into_the_past_and_cancelled_in_one_write(self):
        ticket = self.make_ticket()
        self.travel("2026-03-05 10:00")
        ticket.write(
            {
                "assistance_type": "information",
                "stage_id": self.stages["cancelled"].id,
            }
        )
        self.assertEqual(ticket.sla_result, "late")

    def test_deadline_moved_before_an_open_pause_is_missed(self):
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-05 10:00")
        self.travel("2026-03-06 10:00")
        ticket.assistance_type = "information"
        self.assertTrue(ticket.sla_missed)
        self.assertEqual(ticket.sla_state, "overdue")
        self.assertEqual(
            self.breaches(ticket), [("2026-03-04 17:00:00", "2026-03-06 10:00:00")]
        )

    def test_clock_is_asked_once_an_operation_what_time_it_is(self):
        tickets = self.make_ticket() | self.make_ticket()
        with patch.object(
            type(self.Clock),
            "_follow",
            autospec=True,
            side_effect=type(self.Clock)._follow,
        ) as follow:
            self.move(tickets, "waiting_customer", "2026-03-03 10:00")
        follow.assert_called_once()
        self.assertEqual(
            set(tickets.sla_clock_ids.mapped("paused_since")),
            {wall("2026-03-03 10:00")},
        )
