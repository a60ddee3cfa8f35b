# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What is said beforehand is what happens."""

from itertools import product

from odoo.tests import Form, new_test_user, tagged

from .common import SlaCase, local, wall

TYPES = ("information", "handling", "coordination")


class PreviewCase(SlaCase):
    def preview(self, ticket, **changes):
        """Where other facts would lead one complaint; None where its clock stands."""
        return ticket._preview_deadlines({ticket.id: changes}).get(ticket)

    def rows(self):
        """How much the clocks have written."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT (SELECT count(*) FROM klikumkm_sla_event),
                   (SELECT array_agg((id, write_date, deadline, days) ORDER BY id)
                      FROM klikumkm_sla_clock)::text,
                   (SELECT array_agg((id, write_date, sla_deadline) ORDER BY id)
                      FROM helpdesk_ticket)::text
            """
        )
        return self.env.cr.fetchone()


@tagged("post_install", "-at_install")
class TestPreviewIsTheResult(PreviewCase):
    """Many lives, each previewed and then reclassified for real."""

    def live(self, life, assistance_type):
        """A complaint with a history, at the moment it is reclassified."""
        ticket = self.make_ticket(
            "2026-03-02 20:00" if "evening" in life else "2026-03-02 10:00",
            assistance_type=assistance_type,
            priority="2" if "urgent" in life else "1",
        )
        if "paused before" in life:
            self.move(ticket, "waiting_customer", "2026-03-03 10:00")
            self.move(ticket, "in_progress", "2026-03-05 18:00")
        if "extended" in life:
            self.travel("2026-03-06 10:00")
            self.clock_of(ticket)._extend(3, "Waiting for the bank")
        if "reopened" in life:
            self.move(ticket, "resolved", "2026-03-06 11:00")
            self.move(ticket, "in_progress", "2026-03-09 11:00")
        if "late" in life:
            self.travel("2026-04-20 10:00")
        if "paused now" in life:
            self.move(ticket, "waiting_customer", local(self.now())[:16])
        return ticket

    def now(self):
        return self.env["helpdesk.ticket"]._get_operation_now()

    def test_preview_and_result_never_differ(self):
        lives = [
            (),
            ("evening",),
            ("urgent", "paused before"),
            ("paused before", "extended"),
            ("paused before", "paused now"),
            ("late",),
            ("late", "paused now"),
            ("extended", "reopened"),
            ("extended", "reopened", "late"),
        ]
        self.add_leave("2026-03-11")
        for life, before, after in product(lives, TYPES, TYPES):
            if "extended" in life and before == "information":
                continue  # too late to be extended
            with self.subTest(life=life, before=before, after=after):
                ticket = self.live(life, before)
                seen = self.rows()
                preview = self.preview(ticket, assistance_type=after)
                self.assertEqual(self.rows(), seen, "a preview writes nothing")
                self.assertEqual(preview.before, ticket.sla_deadline)
                events = len(self.events(ticket))
                ticket.assistance_type = after
                clock = self.clock_of(ticket)
                self.assertEqual(ticket.assistance_type, after)
                self.assertEqual(preview.after, ticket.sla_deadline)
                self.assertEqual(preview.days, clock.days + clock.extension_days)
                self.assertEqual(preview.unset_reason, clock.unset_reason)
                if before != after:
                    self.assertEqual(preview.is_past, clock.missed)
                else:
                    self.assertEqual(preview.after, preview.before)
                    self.assertEqual(len(self.events(ticket)), events)

    def test_urgency_moves_the_target_alone(self):
        ticket = self.make_ticket()
        preview = self.preview(ticket, priority="3")
        self.assertEqual(preview.after, preview.before)

    def test_team_and_company_choose_their_own_hours_as_for_real(self):
        hours = self.make_calendar(hours=(("0", 9, 17),))
        other = self.team.copy({"name": "Mondays only", "sla_calendar_id": hours.id})
        ticket = self.make_ticket()
        preview = self.preview(ticket, team=other)
        ticket.team_id = other
        self.assertEqual(preview.after, ticket.sla_deadline)
        self.assertDeadline(ticket, "2026-04-06 17:00")

    def test_request_to_a_unit_holds_it_in_coordination(self):
        ticket = self.make_ticket()
        self.env["klikumkm.complaint.coordination"].create(
            {
                "ticket_id": ticket.id,
                "unit_id": self.env["klikumkm.complaint.unit"]
                .create({"name": "Finance", "email": "finance@example.com"})
                .id,
                "name": "Was it paid?",
                "question": "Was it paid?",
                "due_date": wall("2026-03-20 17:00"),
                "needs_coordination": True,
            }
        )
        self.assertDeadline(ticket, "2026-03-30 17:00")
        vals = {"assistance_type": "handling"}
        self.assertEqual(
            ticket._get_reclassification_effect(vals),
            "The deadline does not change: 30 Mar 2026.",
        )
        ticket.write(vals)
        self.assertDeadline(ticket, "2026-03-30 17:00")

    def test_standard_that_does_not_fit(self):
        self.policies["coordination"].active = False
        ticket = self.make_ticket()
        preview = self.preview(ticket, assistance_type="coordination")
        self.assertFalse(preview.after)
        ticket.assistance_type = "coordination"
        self.assertEqual(preview.unset_reason, self.clock_of(ticket).unset_reason)

    def test_what_stands_still_has_no_preview(self):
        for status in ("resolved", "cancelled"):
            ticket = self.make_ticket()
            self.move(ticket, status, "2026-03-03 10:00")
            self.assertIsNone(self.preview(ticket, assistance_type="coordination"))
            self.assertEqual(
                ticket._get_reclassification_effect(
                    {"assistance_type": "coordination"}
                ),
                "",
            )

    def test_as_many_queries_for_twenty_as_for_one(self):
        tickets = self.Ticket.concat(*(self.make_ticket() for _number in range(20)))

        def count(records):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            records._preview_deadlines(
                {r.id: {"assistance_type": "coordination"} for r in records}
            )
            return self.env.cr.sql_log_count - start

        count(tickets)
        self.assertLessEqual(count(tickets), count(tickets[:1]) + 1)


@tagged("post_install", "-at_install")
class TestEffectSentence(PreviewCase):
    def effect(self, ticket, **vals):
        return ticket._get_reclassification_effect(vals)

    def test_later(self):
        ticket = self.make_ticket()
        self.assertEqual(
            self.effect(ticket, assistance_type="coordination"),
            "Deadline 9 Mar 2026 → 30 Mar 2026 (20 working days). The customer must "
            "be told before 9 Mar 2026.",
        )

    def test_later_when_the_promise_has_passed(self):
        ticket = self.make_ticket()
        self.travel("2026-03-10 10:00")
        self.assertIn(
            "must be told at once",
            self.effect(ticket, assistance_type="coordination"),
        )

    def test_earlier_tells_nobody(self):
        ticket = self.make_ticket()
        self.assertEqual(
            self.effect(ticket, assistance_type="information"),
            "Deadline 9 Mar 2026 → 4 Mar 2026 (2 working days). Nobody needs to be "
            "told: the promised date stands.",
        )

    def test_in_the_past_warns(self):
        ticket = self.make_ticket()
        self.travel("2026-03-06 10:00")
        self.assertIn(
            "Warning: this date has passed",
            self.effect(ticket, assistance_type="information"),
        )

    def test_the_same(self):
        ticket = self.make_ticket()
        self.assertEqual(
            self.effect(ticket, assistance_type="handling"),
            "The deadline does not change: 9 Mar 2026.",
        )

    def test_type_and_category_are_thought_through(self):
        ticket = self.make_ticket(assistance_type=None, submission_type="complaint")
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.assertIn("2 working days", self.effect(ticket, submission_type="question"))
        category = self.env["helpdesk.ticket.category"].create(
            {"name": "Credit registry", "assistance_type": "coordination"}
        )
        seen = self.rows()
        self.assertIn("20 working days", self.effect(ticket, category_id=category.id))
        self.assertEqual(self.rows(), seen)
        # what is chosen by hand wins
        self.assertIn(
            "does not change",
            self.effect(ticket, category_id=category.id, assistance_type="handling"),
        )

    def test_no_standard(self):
        self.policies["coordination"].active = False
        self.assertIn(
            "no time standard",
            self.effect(self.make_ticket(), assistance_type="coordination"),
        )

    def test_several_name_those_whose_date_changes(self):
        same = self.make_ticket(assistance_type="coordination")
        later = self.make_ticket()
        effect = self.effect(same | later, assistance_type="coordination")
        self.assertIn(later.number, effect)
        self.assertNotIn(same.number, effect)


@tagged("post_install", "-at_install")
class TestForm(PreviewCase):
    """Changed on the form itself, the agent reads it before he saves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(
            cls.env, "preview-agent", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        cls.team.user_ids = cls.agent

    def open(self, ticket):
        return Form(
            ticket.with_user(self.agent), "klikumkm_complaint.helpdesk_ticket_view_form"
        )

    def test_date_in_the_past_is_said_before_it_is_saved(self):
        ticket = self.make_ticket(user_id=self.agent.id)
        self.travel("2026-03-06 10:00")
        seen = self.rows()
        form = self.open(ticket)
        self.assertFalse(form.sla_change_effect)
        form.assistance_type = "information"
        self.assertIn("Warning: this date has passed", form.sla_change_effect)
        self.assertEqual(self.rows(), seen)
        form.assistance_type = "handling"
        self.assertFalse(form.sla_change_effect)
        form.assistance_type = "information"
        form.save()
        self.assertDeadline(ticket, "2026-03-04 17:00")
        self.assertEqual(ticket.sla_state, "overdue")
        self.assertFalse(self.open(ticket).sla_change_effect)

    def test_what_follows_from_category_type_and_team_is_said(self):
        category = self.env["helpdesk.ticket.category"].create(
            {"name": "Credit registry", "assistance_type": "coordination"}
        )
        hours = self.make_calendar(hours=(("0", 9, 17),))
        mondays = self.team.copy({"name": "Mondays", "sla_calendar_id": hours.id})
        mondays.user_ids = self.agent
        ticket = self.make_ticket(
            user_id=self.agent.id, assistance_type=None, submission_type="complaint"
        )
        form = self.open(ticket)
        form.category_id = category
        self.assertIn("30 Mar 2026 (20 working days)", form.sla_change_effect)
        form.category_id = category.browse()
        form.submission_type = "question"
        self.assertIn("4 Mar 2026 (2 working days)", form.sla_change_effect)
        form.submission_type = "complaint"
        self.assertFalse(form.sla_change_effect)
        form.team_id = mondays
        self.assertIn("6 Apr 2026", form.sla_change_effect)
        form.save()
        self.assertDeadline(ticket, "2026-04-06 17:00")

    def test_nothing_is_said_where_the_clock_stands(self):
        ticket = self.make_ticket(user_id=self.agent.id)
        self.move(ticket, "resolved", "2026-03-03 10:00")
        form = self.open(ticket)
        form.priority = "2"
        self.assertFalse(form.sla_change_effect)
        with self.open(self.Ticket) as new:
            new.name = "New"
            new.description = "Words"
            new.team_id = self.team
            self.assertFalse(new.sla_change_effect)


@tagged("post_install", "-at_install")
class TestCancelledByMistake(SlaCase):
    """Spam or a duplicate taken back: the customer does not lose the time between."""

    def cancel(self, ticket, at):
        self.travel(at)
        ticket.action_not_complaint()

    def undo(self, ticket, at):
        self.travel(at)
        ticket.action_undo_cancellation()

    def test_time_between_counts(self):
        ticket = self.make_ticket()
        self.cancel(ticket, "2026-03-03 10:00")
        self.assertEqual(ticket.sla_status, "cancelled")
        self.undo(ticket, "2026-03-05 10:00")
        self.assertEqual(ticket.sla_status, "running")
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.assertEqual(self.journal(ticket), ["start", "cancel", "reopen"])
        # and so it is read back from the journal
        self.add_leave("2026-03-06")
        self.assertDeadline(ticket, "2026-03-10 17:00")

    def test_missed_in_between_is_missed(self):
        ticket = self.make_ticket()
        self.cancel(ticket, "2026-03-03 10:00")
        self.undo(ticket, "2026-03-16 10:00")
        self.assertEqual(ticket.sla_state, "overdue")
        [breach] = self.events(ticket, "breach")
        self.assertEqual(breach.effective_date, wall("2026-03-09 17:00"))

    def test_what_waited_for_the_customer_still_does(self):
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.cancel(ticket, "2026-03-04 10:00")
        self.undo(ticket, "2026-03-10 10:00")
        self.assertEqual(ticket.status, "waiting_customer")
        self.assertEqual(ticket.sla_status, "paused")
        self.move(ticket, "in_progress", "2026-03-10 11:00")
        # Tuesday 3 to Monday 9 are not counted
        self.assertDeadline(ticket, "2026-03-16 17:00")

    def test_a_context_from_outside_is_not_believed(self):
        ticket = self.make_ticket()
        self.move(ticket, "cancelled", "2026-03-03 10:00")
        self.travel("2026-03-05 10:00")
        admin = self.env.ref("base.user_admin")
        ticket.with_user(admin).with_context(complaint_undo=True).write(
            {"stage_id": self.stages["in_progress"].id}
        )
        self.assertDeadline(ticket, "2026-03-11 17:00")

    def test_duplicate_gives_its_earlier_start(self):
        kept = self.make_ticket("2026-03-04 10:00")
        ticket = self.make_ticket("2026-03-02 10:00", at="2026-03-05 10:00")
        self.assertDeadline(kept, "2026-03-11 17:00")
        ticket._merge_into(kept)
        self.assertDeadline(kept, "2026-03-09 17:00")
        self.assertEqual(ticket.sla_status, "cancelled")
        self.undo(ticket, "2026-03-06 10:00")
        self.assertDeadline(kept, "2026-03-11 17:00")
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.assertEqual(ticket.sla_status, "running")
