# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""After an edit nothing moves by itself; a manager counts again (edge case 12)."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import SlaCase, local, wall


class RepairCase(SlaCase):
    today = "2026-03-03 10:00"  # a Tuesday

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "manager_repair", "helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.lead = new_test_user(
            cls.env, "lead_repair", "klikumkm_complaint.group_complaint_lead"
        )
        cls.team.user_ids = [Command.set((cls.manager | cls.lead).ids)]
        cls.policy = cls.policies["handling"]
        cls.running = cls.make_ticket()
        cls.paused = cls.make_ticket(status="waiting_customer")
        cls.stopped = cls.make_ticket()
        # on the fifth working day
        cls.move(cls.stopped, "resolved", "2026-03-09 10:00")
        cls.all = cls.running | cls.paused | cls.stopped

    def setUp(self):
        super().setUp()
        self.travel("2026-03-03 10:00")

    def repair(self, user=None, tickets=None, **vals):
        return (
            self.env["klikumkm.sla.repair"]
            .with_user(user or self.manager)
            .create(
                {
                    "policy_ids": False if tickets else [Command.set(self.policy.ids)],
                    "ticket_ids": tickets and [Command.set(tickets.ids)],
                    "reason": "Typing error in the standard",
                    **vals,
                }
            )
        )

    def shorten(self):
        """The standard says 3 days instead of 5."""
        self.policy.write(
            {"target_low": 3, "target_medium": 2, "target_high": 1, "max_days": 3}
        )


@tagged("post_install", "-at_install")
class TestRepair(RepairCase):
    def test_policy_edited_moves_nothing_by_itself(self):
        self.shorten()
        self.sweep()
        for ticket in self.all:
            self.assertDeadline(ticket, "2026-03-09 17:00")
            self.assertFalse(self.events(ticket, "recalculate"))

    def test_policy_archived_moves_nothing_by_itself_nor_by_repair(self):
        self.policy.active = False
        self.sweep()
        self.assertDeadline(self.running, "2026-03-09 17:00")
        wizard = self.repair()
        wizard.action_preview()
        self.assertFalse(wizard.line_ids)
        wizard.action_apply()
        self.assertDeadline(self.running, "2026-03-09 17:00")

    def test_policy_that_no_longer_matches_after_a_move_to_another_team(self):
        # the terms of the old team do not survive the move (Zammad 5624)
        other = self.team.copy({"name": "Other"})
        special = self.policy.copy(
            {
                "sequence": 1,
                "max_days": 10,
                "target_low": 5,
                "team_ids": [Command.set(other.ids)],
            }
        )
        self.running.team_id = other
        self.assertEqual(self.clock_of(self.running).policy_id, special)
        self.running.team_id = self.team
        self.assertDeadline(self.running, "2026-03-09 17:00")

    def test_preview_is_what_happens(self):
        self.shorten()
        wizard = self.repair()
        wizard.action_preview()
        lines = {line.ticket_id: line for line in wizard.line_ids}
        self.assertEqual(set(lines), {self.running, self.paused})
        for line in lines.values():
            self.assertEqual(
                (local(line.before)[:10], local(line.after)[:10]),
                ("2026-03-09", "2026-03-05"),
            )
            self.assertEqual(
                (local(line.target_before)[:10], local(line.target_after)[:10]),
                ("2026-03-06", "2026-03-04"),
            )
            self.assertEqual(line.deadline_label, "9 Mar 2026 → 5 Mar 2026")
        wizard.action_apply()
        for ticket in (self.running, self.paused):
            self.assertDeadline(ticket, "2026-03-05 17:00")
        self.assertDeadline(self.stopped, "2026-03-09 17:00")

    def test_preview_writes_nothing(self):
        self.shorten()
        names = ["deadline", "days", "target_date", "calendar_version", "write_date"]
        clocks = self.all.sla_clock_ids
        before = clocks.read(names)
        events = self.env["klikumkm.sla.event"].search_count([])
        self.repair(includes_stopped=True).action_preview()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(clocks.read(names), before)
        self.assertEqual(self.env["klikumkm.sla.event"].search_count([]), events)

    def test_journal_keeps_who_and_why(self):
        self.shorten()
        wizard = self.repair()
        wizard.action_preview()
        wizard.action_apply()
        event = self.events(self.running)[-1]
        self.assertEqual(
            (event.event_type, event.reason, event.user_id, event.days),
            ("recalculate", "Typing error in the standard", self.manager, 3),
        )
        self.assertEqual(
            (local(event.deadline_before), local(event.deadline_after)),
            ("2026-03-09 17:00:00", "2026-03-05 17:00:00"),
        )

    def test_reason_is_needed(self):
        self.shorten()
        wizard = self.repair(reason="  ")
        wizard.action_preview()
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_apply()
        self.assertDeadline(self.running, "2026-03-09 17:00")

    def test_late_by_one_day_is_said_in_the_singular(self):
        line = self.env["klikumkm.sla.repair.line"]
        self.assertEqual(line._say_result("late", 1), "Late (1 working day)")

    def test_stopped_clock_moves_only_by_name(self):
        self.shorten()
        wizard = self.repair(includes_stopped=True)
        wizard.action_preview()
        line = wizard.line_ids.filtered("is_stopped")
        self.assertEqual(line.ticket_id, self.stopped)
        self.assertFalse(line.is_included)
        self.assertEqual(line.result_label, "In time → Late (2 working days)")
        wizard.action_apply()
        self.assertEqual(self.stopped.sla_result, "met")
        self.assertEqual(self.journal(self.stopped), ["start", "stop"])

        wizard = self.repair(includes_stopped=True)
        wizard.action_preview()
        wizard.line_ids.filtered("is_stopped").is_included = True
        wizard.action_apply()
        self.assertDeadline(self.stopped, "2026-03-05 17:00")
        clock = self.clock_of(self.stopped)
        self.assertEqual(
            (clock.state, clock.result, clock.late_days, clock.missed),
            ("stopped", "late", 2, True),
        )
        self.assertEqual(local(clock.stop_date), "2026-03-09 10:00:00")
        event = self.events(self.stopped, "recalculate")
        self.assertEqual((event.result, event.reason), ("late", wizard.reason))

    def test_stopped_clock_is_measured_again(self):
        clock = self.clock_of(self.stopped)
        self.assertEqual((clock.days_used, clock.days_paused), (5, 0))
        # a closure recorded only after the answer: the deadline moves as well
        self.add_leave("2026-03-05")
        wizard = self.repair(tickets=self.stopped, includes_stopped=True)
        wizard.action_preview()
        wizard.line_ids.is_included = True
        wizard.action_apply()
        self.assertDeadline(self.stopped, "2026-03-10 17:00")
        self.assertEqual((clock.days_used, clock.days_paused), (4, 0))

    def test_stopped_clock_that_was_late_by_a_wrong_standard(self):
        late = self.make_ticket("2026-03-02 10:00", at="2026-03-02 10:00")
        self.travel("2026-03-12 10:00")
        self.sweep()
        self.move(late, "resolved", "2026-03-12 10:00")
        self.assertEqual(late.sla_result, "late")
        self.policy.max_days = 10
        wizard = self.repair(tickets=late, includes_stopped=True)
        wizard.action_preview()
        wizard.line_ids.is_included = True
        wizard.action_apply()
        clock = self.clock_of(late)
        self.assertEqual(
            (clock.result, clock.late_days, clock.missed), ("met", 0, False)
        )
        self.assertDeadline(late, "2026-03-16 17:00")
        # what happened stays in the journal
        self.assertEqual(self.journal(late), ["start", "breach", "stop", "recalculate"])

    def test_extension_made_late_by_a_wrong_standard(self):
        late = self.make_ticket()
        self.travel("2026-03-10 10:00")
        clock = self.clock_of(late)
        clock.sudo()._extend(3, "More papers")
        self.assertEqual(local(clock.late_from), "2026-03-09 17:00:00")
        self.move(late, "resolved", "2026-03-11 10:00")
        self.assertEqual(late.sla_result, "late")
        self.policy.max_days = 7
        wizard = self.repair(tickets=late, includes_stopped=True)
        wizard.action_preview()
        wizard.line_ids.is_included = True
        wizard.action_apply()
        # on 7 days the extension came in time
        self.assertFalse(clock.late_from)
        self.assertEqual(clock.result, "met")
        self.assertDeadline(late, "2026-03-16 17:00")

    def test_cancelled_clock_never_moves(self):
        cancelled = self.make_ticket()
        self.move(cancelled, "cancelled", "2026-03-03 11:00")
        self.shorten()
        wizard = self.repair(tickets=cancelled, includes_stopped=True)
        wizard.action_preview()
        self.assertFalse(wizard.line_ids)

    def test_gaps_and_extensions_stay(self):
        self.move(self.paused, "in_progress", "2026-03-04 10:00")
        self.clock_of(self.paused).sudo()._extend(1, "More papers")
        self.assertDeadline(self.paused, "2026-03-11 17:00")
        self.shorten()
        wizard = self.repair(tickets=self.paused)
        wizard.action_preview()
        wizard.action_apply()
        self.assertDeadline(self.paused, "2026-03-09 17:00")

    def test_hours_of_today(self):
        self.team.sla_calendar_id = self.make_calendar([("024", 8, 12)])
        wizard = self.repair(takes_terms=False)
        wizard.action_preview()
        self.assertFalse(wizard.line_ids)
        wizard = self.repair(takes_terms=False, takes_hours=True)
        wizard.action_preview()
        wizard.action_apply()
        self.assertDeadline(self.running, "2026-03-13 12:00")
        self.assertEqual(self.running.sla_calendar_id, self.team.sla_calendar_id)

    def test_terms_of_today_keep_the_hours(self):
        self.shorten()
        self.team.sla_calendar_id = self.make_calendar([("024", 8, 12)])
        wizard = self.repair()
        wizard.action_preview()
        wizard.action_apply()
        self.assertDeadline(self.running, "2026-03-05 17:00")
        self.assertEqual(self.running.sla_calendar_id, self.calendar)

    def test_hours_that_became_unusable_take_no_promise_away(self):
        self.team.sla_calendar_id = self.make_calendar([])
        wizard = self.repair(takes_hours=True)
        wizard.action_preview()
        self.assertFalse(wizard.line_ids)

    def test_standard_applies_as_of_the_day_of_receipt(self):
        self.policy.copy(
            {"sequence": 1, "max_days": 10, "valid_from": "2026-03-03", "target_low": 5}
        )
        wizard = self.repair()
        wizard.action_preview()
        self.assertFalse(wizard.line_ids, "received on 2 March")

    def test_date_that_lies_in_the_past_is_missed_at_once(self):
        self.travel("2026-03-06 10:00")
        self.shorten()
        wizard = self.repair(tickets=self.running)
        wizard.action_preview()
        self.assertEqual(wizard.line_ids.result_label, "In time so far → Overdue")
        wizard.action_apply()
        self.assertTrue(self.running.sla_missed)
        self.assertEqual(self.journal(self.running), ["start", "recalculate", "breach"])

    def test_later_date_waits_to_be_told_and_an_earlier_one_tells_nobody(self):
        for ticket in (self.running, self.paused):
            ticket._tell(
                "receipt",
                "klikumkm_complaint.mail_template_receipt",
                told={"medium": "phone"},
            )
        notices = self.env["klikumkm.complaint.notice"]
        domain = [
            ("ticket_id", "in", self.all.ids),
            ("kind", "=", "new_date"),
            ("state", "=", "to_tell"),
        ]
        self.policy.max_days = 7
        wizard = self.repair(tickets=self.running)
        wizard.action_preview()
        wizard.action_apply()
        self.assertEqual(notices.search(domain).ticket_id, self.running)
        self.assertEqual(local(self.running.sla_told_date), "2026-03-09 17:00:00")
        self.shorten()
        wizard = self.repair(tickets=self.paused)
        wizard.action_preview()
        wizard.action_apply()
        self.assertEqual(notices.search(domain).ticket_id, self.running)

    def test_customers_are_not_told_of_working_days_that_did_not_change(self):
        self.running.write({"lang": "id_ID", "partner_name": "Siti"})
        self.running._tell(
            "receipt",
            "klikumkm_complaint.mail_template_receipt",
            told={"medium": "phone"},
        )
        self.policy.max_days = 7
        wizard = self.repair(tickets=self.running)
        wizard.action_preview()
        wizard.action_apply()
        notice = self.env["klikumkm.complaint.notice"].search(
            [("ticket_id", "=", self.running.id), ("kind", "=", "new_date")]
        )
        self.assertEqual(notice.state, "to_tell")
        self.assertNotIn("Hari kerja kami berubah", notice.body)
        self.assertNotIn("working days have changed", notice.body)

    def test_complaint_does_not_look_touched(self):
        self.shorten()
        before = self.running.read(["write_date", "write_uid", "message_follower_ids"])
        messages, activities = self.running.message_ids, self.running.activity_ids
        wizard = self.repair()
        wizard.action_preview()
        self.travel("2026-03-03 11:00")
        wizard.action_apply()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(
            self.running.read(["write_date", "write_uid", "message_follower_ids"]),
            before,
        )
        self.assertEqual(self.running.message_ids, messages)
        self.assertEqual(self.running.activity_ids, activities)

    def test_what_changed_meanwhile_is_shown_again(self):
        self.shorten()
        wizard = self.repair()
        wizard.action_preview()
        self.policy.write({"max_days": 4})
        with self.assertRaisesRegex(UserError, "meanwhile"):
            wizard.action_apply()
        self.assertDeadline(self.running, "2026-03-09 17:00")

    def test_opened_from_the_lists(self):
        Repair = self.env["klikumkm.sla.repair"].with_user(self.manager)
        for records in (self.policy, self.running, self.clock_of(self.stopped)):
            wizard = Repair.with_context(
                active_model=records._name, active_ids=records.ids
            ).create({})
            self.assertTrue(wizard.policy_ids or wizard.ticket_ids)
            wizard.action_preview()
        self.assertTrue(wizard.includes_stopped)
        with self.assertRaises(UserError):
            Repair.create({}).action_preview()

    # === RIGHTS === #
    def test_manager_may(self):
        self.shorten()
        wizard = self.repair()
        wizard.action_preview()
        wizard.action_apply()
        self.assertDeadline(self.running, "2026-03-05 17:00")

    def test_lead_may_not(self):
        with self.assertRaises(AccessError):
            self.repair(user=self.lead)
        wizard = self.repair()
        wizard.action_preview()
        self.env["ir.rule"].search(
            [("model_id.model", "=like", "klikumkm.sla.repair%")]
        ).active = False
        self.env["ir.model.access"].search(
            [("model_id.model", "=like", "klikumkm.sla.repair%")]
        ).group_id = False
        for method in ("action_preview", "action_apply", "action_back"):
            with self.assertRaisesRegex(AccessError, "Only managers"):
                getattr(wizard.with_user(self.lead), method)()

    def test_complaints_of_another_company_stay(self):
        company = self.env["res.company"].create({"name": "Other"})
        team = self.env["helpdesk.ticket.team"].create(
            {
                "name": "There",
                "company_id": company.id,
                "sla_calendar_id": self.calendar.id,
            }
        )
        foreign = self.make_ticket(team_id=team.id, company_id=company.id)
        self.shorten()
        wizard = self.repair()
        wizard.action_preview()
        self.assertNotIn(foreign, wizard.line_ids.sudo().ticket_id)
        wizard.action_apply()
        self.assertDeadline(foreign, "2026-03-09 17:00")

    def test_preview_lines_name_no_complaint_that_one_may_not_read(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self.make_ticket(
            company_id=company.id,
            team_id=self.team.copy({"company_id": company.id}).id,
        )
        wizard = self.repair()
        line = wizard.line_ids.create(
            {"wizard_id": wizard.id, "clock_id": self.clock_of(foreign).id}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            line.read(["subject", "number"])

    # === COST === #
    def test_queries_do_not_grow_with_complaints(self):
        vals = {
            "name": "Instalment counted twice",
            "description": "I paid on the first.",
            "partner_id": self.partner.id,
            "team_id": self.team.id,
            "stage_id": self.stages["received"].id,
            "assistance_type": "handling",
            "received_date": wall("2026-03-02 10:00"),
        }
        counts = []
        for number, days in ((1, 10), (1, 11), (20, 12)):
            tickets = self.Ticket.create([vals] * number)
            self.policy.max_days = days
            wizard = self.repair(tickets=tickets)
            self.env.registry.clear_all_caches()
            row = []
            for method in ("action_preview", "action_apply"):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                getattr(wizard, method)()
                self.env.flush_all()
                row.append(self.env.cr.sql_log_count - before)
            counts.append(row)
        self.assertEqual(counts[1], counts[2])
