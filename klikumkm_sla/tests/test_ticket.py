# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a complaint shows of its clock, and why it shows no deadline (rule 11)."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged

from odoo.addons.klikumkm_sla.models.helpdesk_ticket import SLA_STATE

from .common import SlaCase, wall

EMPTY_MAIL = """From: Siti Rahma <siti.rahma@example.com>
To: pengaduan@klikumkm.example.com
Subject:
Message-ID: <empty-body@example.com>
Date: Mon, 2 Mar 2026 10:00:00 +0700
Content-Type: text/plain; charset=utf-8

"""


@tagged("post_install", "-at_install")
class TestNoDeadline(SlaCase):
    def assertNoDeadline(self, ticket, reason):
        self.assertTrue(ticket.exists())
        self.assertEqual(
            (ticket.sla_status, ticket.sla_deadline, ticket.sla_target_date),
            ("running", False, False),
        )
        self.assertEqual((ticket.sla_state, ticket.sla_result), ("none", False))
        self.assertEqual(ticket.sla_remaining_label, "No deadline")
        self.assertIn(reason, ticket.sla_unset_reason)
        self.assertTrue(ticket.with_context(lang="id_ID").sla_unset_reason)
        self.assertFalse(ticket.sla_why)
        self.assertEqual(self.journal(ticket), ["start"])
        # it can be worked on and answered all the same
        self.move(ticket, "waiting_customer", "2026-03-02 11:00")
        self.move(ticket, "in_progress", "2026-03-03 11:00")
        self.move(ticket, "resolved", "2026-03-03 12:00")
        self.assertEqual((ticket.sla_status, ticket.sla_state), ("stopped", "none"))

    def no_calendar(self):
        self.env["res.company"].search([]).sla_calendar_id = False

    def test_without_team_the_hours_are_those_of_the_company(self):
        ticket = self.make_ticket(team_id=False)
        self.assertDeadline(ticket, "2026-03-09 17:00")

    def test_without_team_and_hours(self):
        self.no_calendar()
        ticket = self.make_ticket(team_id=False)
        self.assertNoDeadline(ticket, "has no operating hours yet")

    def test_without_hours(self):
        self.no_calendar()
        self.assertNoDeadline(self.make_ticket(), "CS has no operating hours yet")

    def test_without_standard(self):
        self.policies["handling"].active = False
        self.assertNoDeadline(self.make_ticket(), "no time standard fits")

    def test_without_any_standard(self):
        self.env["klikumkm.sla.policy"].search([]).active = False
        self.assertNoDeadline(self.make_ticket(), "no time standard fits")

    def test_without_form_of_help(self):
        ticket = self.make_ticket(assistance_type=False)
        if not ticket.assistance_type:
            self.assertNoDeadline(ticket, "no time standard fits")

    def test_hours_that_are_empty(self):
        self.calendar.attendance_ids.unlink()
        self.assertNoDeadline(self.make_ticket(), "are empty")

    def test_breaks_are_no_hours(self):
        self.calendar.attendance_ids.day_period = "lunch"
        self.assertNoDeadline(self.make_ticket(), "too few working days")

    def test_hours_that_became_flexible(self):
        self.calendar.schedule_type = "flexible"
        self.assertNoDeadline(self.make_ticket(), "no fixed opening times")

    def test_hours_that_became_durations(self):
        self.calendar.duration_based = True
        self.assertNoDeadline(self.make_ticket(), "no fixed opening times")

    def test_closed_for_five_years(self):
        self.add_leave("2026-01-01", "2032-12-31")
        self.assertNoDeadline(self.make_ticket(), "too few working days")

    def test_mail_without_a_body(self):
        for prepare, reason in (
            (lambda: None, False),
            (self.no_calendar, "no operating hours"),
            (self.policies["handling"].action_archive, "no operating hours"),
        ):
            prepare()
            known = self.Ticket.search([])
            mail = EMPTY_MAIL.replace("empty-body", f"empty-{len(known)}")
            self.env["mail.thread"].message_process("helpdesk.ticket", mail)
            ticket = self.Ticket.search([("id", "not in", known.ids)])
            self.assertEqual(len(ticket), 1)
            if reason:
                self.assertIn(reason, ticket.sla_unset_reason)
            else:
                self.assertDeadline(ticket, "2026-03-09 17:00")

    def test_sweep_gives_a_date_once_what_was_missing_is_there(self):
        self.no_calendar()
        self.policies["coordination"].active = False
        tickets = self.make_ticket() | self.make_ticket(assistance_type="coordination")
        self.sweep()
        self.assertEqual(set(tickets.mapped("sla_deadline")), {False})
        self.company.sla_calendar_id = self.calendar
        self.sweep()
        self.assertDeadline(tickets[0], "2026-03-09 17:00")
        self.assertIn("no time standard", tickets[1].sla_unset_reason)
        self.policies["coordination"].active = True
        self.travel("2026-03-03 10:00")
        self.sweep()
        self.sweep()
        self.assertDeadline(tickets[1], "2026-03-30 17:00")
        self.assertEqual(self.journal(tickets[0]), ["start", "reclassify"])

    def test_reason_is_not_invented_for_new_records(self):
        self.assertFalse(self.Ticket.new({"name": "x"}).sla_unset_reason)

    def test_context_of_the_screen_does_not_reach_the_clock(self):
        Ticket = self.Ticket.with_context(
            default_state="cancelled",
            default_result="met",
            default_kind="other",
            default_deadline="2030-01-01 00:00:00",
            default_user_id=self.env.user.id,
            default_company_id=self.company.id,
            active_test=False,
            search_default_mine=1,
        )
        ticket = Ticket.browse(self.make_ticket().id)
        self.assertDeadline(ticket, "2026-03-09 17:00")
        with self.subTest("recorded with it"):
            other = Ticket.create(
                {"name": "x", "description": "y", "team_id": self.team.id}
            )
            self.assertDeadline(other, "2026-03-09 17:00")
            self.assertEqual(other.sla_status, "running")
        self.travel("2026-03-03 10:00")
        ticket.stage_id = self.stages["waiting_customer"]
        self.assertEqual(ticket.sla_status, "paused")
        self.assertCopied(ticket)

    def test_default_in_the_context_cannot_forge_a_result(self):
        agent = new_test_user(
            self.env, "sla_forger", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        self.team.user_ids = agent
        self.env["ir.default"].set(
            "helpdesk.ticket", "sla_target_date", "2030-01-01 00:00:00", agent.id
        )
        ticket = self.Ticket.with_user(agent).with_context(
            default_sla_status="stopped",
            default_sla_result="met",
            default_sla_deadline="2030-01-01 00:00:00",
            default_sla_missed=True,
        )
        ticket = ticket.create(
            {
                "name": "x",
                "description": "y",
                "team_id": self.team.id,
                "stage_id": self.stages["closed"].id,
            }
        )
        self.assertEqual(
            (ticket.sla_status, ticket.sla_result, ticket.sla_deadline),
            ("none", False, False),
        )
        self.assertFalse(ticket.sla_missed or ticket.sla_target_date)


@tagged("post_install", "-at_install")
class TestShown(SlaCase):
    """Received Monday 2 March; the deadline is Monday 9 March, the target Friday 6."""

    def test_days_left_in_words(self):
        ticket = self.make_ticket()
        for moment, days, label in (
            ("2026-03-02 10:00", 5, "5 working days left"),
            ("2026-03-03 00:00", 4, "4 working days left"),
            ("2026-03-05 23:59:59", 2, "2 working days left"),
            ("2026-03-06 00:00", 1, "1 working day left"),
            ("2026-03-08 12:00", 1, "1 working day left"),
            ("2026-03-09 00:00", 0, "due today"),
            ("2026-03-09 17:00", 0, "due today"),
            ("2026-03-09 17:00:01", -1, "1 working day late"),
            ("2026-03-10 17:00", -1, "1 working day late"),
            ("2026-03-10 17:00:01", -2, "2 working days late"),
            ("2026-03-15 12:00", -5, "5 working days late"),
        ):
            with self.subTest(moment=moment):
                self.travel(moment)
                ticket.invalidate_recordset()
                self.assertEqual(
                    (ticket.sla_remaining_days, ticket.sla_remaining_label),
                    (days, label),
                )

    def test_paused_is_measured_when_the_pause_began(self):
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-05 10:00")
        self.travel("2026-04-05 10:00")
        ticket.invalidate_recordset()
        self.assertEqual(ticket.sla_remaining_label, "paused, 2 working days left")

    def test_over(self):
        met, late, cancelled = (self.make_ticket() for _number in range(3))
        self.move(met, "resolved", "2026-03-09 17:00")
        self.move(cancelled, "cancelled", "2026-03-09 17:00")
        self.move(late, "resolved", "2026-03-09 17:00:01")
        self.assertEqual(
            [(t.sla_state, t.sla_remaining_label) for t in (met, late, cancelled)],
            [("met", "In time"), ("late", "Late"), ("none", "No deadline")],
        )

    def test_state_from_moment_to_moment(self):
        ticket = self.make_ticket(priority="2")
        self.add_leave("2026-03-05")
        # target: Wednesday 4 March; deadline: Tuesday 10 March
        for moment, state in (
            ("2026-03-04 17:00", "on_track"),
            ("2026-03-04 17:00:01", "due_soon"),
        ):
            self.travel(moment)
            ticket.invalidate_recordset()
            self.assertEqual(ticket.sla_state, state, moment)
        ticket.priority = "0"
        for moment, state in (
            ("2026-03-04 17:00:01", "on_track"),
            # on Sunday the next working day is Monday
            ("2026-03-08 23:59:59", "on_track"),
            ("2026-03-09 00:00", "due_soon"),
            ("2026-03-10 17:00", "due_soon"),
            ("2026-03-10 17:00:01", "overdue"),
        ):
            self.travel(moment)
            ticket.invalidate_recordset()
            self.assertEqual(ticket.sla_state, state, moment)

    def test_sorts_by_the_deadline(self):
        tickets = self.Ticket.union(
            *(
                self.make_ticket(assistance_type=kind)
                for kind in ("handling", "coordination", "information")
            )
        )
        domain = [("id", "in", tickets.ids)]
        for order in ("asc", "desc"):
            self.assertEqual(
                self.Ticket.search(domain, order=f"sla_remaining_days {order}"),
                tickets.sorted("sla_deadline", reverse=order == "desc"),
            )
        described = self.Ticket.fields_get(["sla_remaining_days"], ["sortable"])
        self.assertTrue(described["sla_remaining_days"]["sortable"])

    def test_search_refuses_nothing_and_finds_each_once(self):
        tickets = self.Ticket.union(
            self.make_ticket(),
            self.make_ticket(status="waiting_customer"),
            self.make_ticket(status="resolved"),
            self.make_ticket(status="closed"),
            self.make_ticket("2026-02-02 10:00", at="2026-03-02 10:00"),
        )
        states = [state for state, _label in SLA_STATE]
        base = Domain("id", "in", tickets.ids)
        found = [self.Ticket.search(base & Domain("sla_state", "=", s)) for s in states]
        self.assertEqual(sum(map(len, found)), len(tickets))
        self.assertEqual(self.Ticket.union(*found), tickets)
        for domain, count in (
            (Domain("sla_state", "in", states), len(tickets)),
            (Domain("sla_state", "not in", states), 0),
            (Domain("sla_state", "in", ["overdue", "no such state"]), 1),
            (Domain("sla_state", "=", False), 0),
            (Domain("sla_state", "!=", False), len(tickets)),
        ):
            self.assertEqual(self.Ticket.search_count(base & domain), count, domain)

    def test_why_can_be_counted_again_on_a_calendar(self):
        self.add_leave("2026-03-05", name="Hari Raya Nyepi")
        ticket = self.make_ticket()
        why = ticket.with_context(lang="en_US").sla_why
        self.assertIn("5 working days", why)
        self.assertIn("Hari Raya Nyepi", why)
        self.assertIn("2 days on which we are closed", why)
        self.move(ticket, "waiting_customer", "2026-03-03 16:00")
        self.move(ticket, "in_progress", "2026-03-04 10:00")
        self.clock_of(ticket)._extend(2, "More papers")
        why = ticket.with_context(lang="en_US").sla_why
        self.assertIn("we waited for you", why)
        self.assertIn("2 working days of extension", why)

    def test_customer_reads_how_long_we_have_after_his_answer(self):
        ticket = self.make_ticket().with_context(lang="en_US")
        for moment, sentence in (
            ("2026-03-02 10:00", "After your answer we have 5 working days left."),
            ("2026-03-06 10:00", "After your answer we have 1 working day left."),
            # over a closing, a pause leaves at least one
            ("2026-03-09 10:00", "After your answer we have 1 working day left."),
            ("2026-03-09 17:00:01", ""),
        ):
            self.travel(moment)
            self.assertEqual(ticket._get_time_left_sentence(), sentence, moment)
        self.travel("2026-03-02 08:00")
        paused = self.make_ticket().with_context(lang="en_US")
        self.move(paused, "waiting_customer", "2026-03-05 10:00")
        self.travel("2026-04-05 10:00")
        self.assertIn(
            "Our count has stopped until you answer. After your answer we have 2 "
            "working days left.",
            paused._get_status_sentence(),
        )
        self.move(paused, "resolved", "2026-04-06 10:00")
        self.assertEqual(paused._get_time_left_sentence(), "")

    def test_form_that_is_being_filled_in(self):
        ticket = self.make_ticket()
        form_record = self.Ticket.new({"name": "changed"}, origin=ticket)
        self.assertEqual(form_record.sla_remaining_days, 5)
        self.assertFalse(form_record.sla_unset_reason)


@tagged("post_install", "-at_install")
class TestSecurity(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "helpdesk_mgmt.group_helpdesk_%s"
        cls.own = new_test_user(cls.env, "sla_own", group % "user_own")
        cls.agent = new_test_user(cls.env, "sla_agent", group % "user_team")
        cls.lead = new_test_user(
            cls.env, "sla_lead", "klikumkm_complaint.group_complaint_lead"
        )
        cls.manager = new_test_user(cls.env, "sla_manager", group % "manager")
        cls.colleague = new_test_user(cls.env, "sla_colleague", "base.group_user")
        cls.customer = new_test_user(cls.env, "sla_customer", "base.group_portal")
        cls.team.user_ids = cls.own + cls.agent
        cls.other_team = cls.env["helpdesk.ticket.team"].create({"name": "Other"})
        cls.ticket = cls.make_ticket(partner_id=cls.customer.partner_id.id)
        cls.foreign = cls.make_ticket(team_id=cls.other_team.id)
        cls.clock = cls.clock_of(cls.ticket)

    def test_journal_is_never_changed_not_even_by_the_superuser(self):
        event = self.clock.event_ids
        for method, args in (("write", [{"reason": "x"}]), ("unlink", [])):
            with self.assertRaises(AccessError):
                getattr(event.sudo(), method)(*args)

    def test_journal_is_written_by_nobody_else(self):
        vals = {
            "clock_id": self.clock.id,
            "ticket_id": self.ticket.id,
            "event_type": "stop",
            "effective_date": wall("2026-03-02 10:00"),
        }
        for user in (
            self.agent,
            self.lead,
            self.manager,
            self.env.ref("base.user_admin"),
        ):
            with self.assertRaises(AccessError):
                self.env["klikumkm.sla.event"].with_user(user).create(vals)

    def test_complaint_with_a_journal_cannot_go(self):
        self.assertEqual(
            self.env["klikumkm.sla.event"]._fields["ticket_id"].ondelete, "restrict"
        )
        self.assertEqual(self.Clock._fields["ticket_id"].ondelete, "restrict")

    def test_fields_of_the_engine_are_refused(self):
        values = {
            "sla_deadline": "2030-01-01 00:00:00",
            "sla_target_date": "2030-01-01 00:00:00",
            "sla_status": "stopped",
            "sla_result": "met",
            "sla_missed": True,
            "sla_told_date": "2030-01-01 00:00:00",
            "sla_calendar_id": self.make_calendar().id,
            "sla_clock_ids": [Command.create({"start_date": "2026-03-01 00:00:00"})],
            "sla_event_ids": [
                Command.create(
                    {
                        "clock_id": self.clock.id,
                        "event_type": "stop",
                        "effective_date": "2026-03-02 00:00:00",
                    }
                )
            ],
        }
        for user in (self.own, self.agent, self.lead, self.manager):
            for name, value in values.items():
                with self.subTest(user=user.login, field=name):
                    with self.assertRaises(AccessError):
                        self.ticket.with_user(user).write({name: value})
                    with self.assertRaises(AccessError):
                        self.Ticket.with_user(user).create(
                            {
                                "name": "x",
                                "description": "y",
                                "team_id": self.team.id,
                                name: value,
                            }
                        )
        self.assertDeadline(self.ticket, "2026-03-09 17:00")

    def test_clock_is_written_by_nobody(self):
        for user in (
            self.agent,
            self.lead,
            self.manager,
            self.env.ref("base.user_admin"),
        ):
            clock = self.clock.with_user(user)
            with self.assertRaises(AccessError):
                clock.write({"deadline": "2030-01-01 00:00:00"})
            with self.assertRaises(AccessError):
                clock.event_ids[:1].copy()
            with self.assertRaises(AccessError):
                clock.unlink()
            with self.assertRaises(AccessError):
                self.env["klikumkm.sla.extension"].with_user(user).create(
                    {"clock_id": clock.id, "ticket_id": self.ticket.id, "days": 5}
                )

    def test_who_reads_clocks_and_journals(self):
        personal = self.make_ticket(team_id=self.team.id, user_id=self.agent.id)
        tickets = self.ticket | self.foreign | personal
        for user, readable in (
            (self.own, self.ticket),
            (self.agent, self.ticket | personal),
            (self.lead, tickets),
            (self.manager, tickets),
        ):
            with self.subTest(user=user.login):
                for model in ("klikumkm.sla.clock", "klikumkm.sla.event"):
                    found = (
                        self.env[model]
                        .with_user(user)
                        .search([("ticket_id", "in", tickets.ids)])
                    )
                    self.assertEqual(found.sudo().ticket_id, readable, model)
        with self.assertRaises(AccessError):
            self.clock_of(self.foreign).with_user(self.agent).read(["deadline"])
        for user in (self.colleague, self.customer):
            for model in ("clock", "event", "extension", "policy"):
                with self.assertRaises(AccessError):
                    self.env[f"klikumkm.sla.{model}"].with_user(user).search([])

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        company.sla_calendar_id = self.calendar
        ticket = self.make_ticket(
            company_id=company.id,
            team_id=self.team.copy({"company_id": company.id}).id,
        )
        self.assertEqual(ticket.company_id, company)
        self.assertDeadline(ticket, "2026-03-09 17:00")
        for model in ("klikumkm.sla.clock", "klikumkm.sla.event"):
            Model = self.env[model].with_user(self.manager)
            domain = [("ticket_id", "=", ticket.id)]
            self.assertFalse(Model.search(domain))
            self.manager.company_ids = self.company + company
            Model = Model.with_context(allowed_company_ids=self.manager.company_ids.ids)
            self.assertTrue(Model.search(domain))
            self.manager.company_ids = self.company

    def test_what_customers_see(self):
        mine = self.ticket.with_user(self.customer)
        self.assertEqual(mine._get_promised_date(), self.ticket.sla_deadline)
        for name in (
            "sla_deadline",
            "sla_target_date",
            "sla_missed",
            "sla_calendar_id",
            "sla_clock_ids",
            "sla_event_ids",
            "sla_state",
            "sla_remaining_days",
        ):
            with self.subTest(field=name):
                with self.assertRaises(AccessError):
                    mine.read([name])
                self.assertNotIn(name, mine.fields_get())
        with self.assertRaises(AccessError):
            self.Ticket.with_user(self.customer).search([("sla_missed", "=", True)])
        # nor may they guess a date by searching, sorting or grouping
        with self.assertRaises(AccessError):
            self.Ticket.with_user(self.customer).search([("sla_deadline", "!=", False)])
        with self.assertRaises(AccessError):
            self.Ticket.with_user(self.customer).search([], order="sla_remaining_days")
        with self.assertRaises(AccessError):
            self.Ticket.with_user(self.customer).formatted_read_group(
                [], ["sla_deadline:day"]
            )
        # yet they learn how their date was counted
        self.assertIn("5", mine._get_promise_reason())

    def test_agents_see_days_left_without_rights_on_calendars_of_others(self):
        ticket = self.ticket.with_user(self.agent)
        self.assertEqual(ticket.sla_remaining_days, 5)
        self.assertEqual(ticket.sla_state, "on_track")
        self.assertTrue(ticket.sla_why)

    def test_clock_follows_whoever_moves_the_complaint(self):
        self.travel("2026-03-03 10:00")
        self.ticket.with_user(self.agent).stage_id = self.stages["waiting_customer"]
        self.assertEqual(self.ticket.sla_status, "paused")
        self.assertEqual(self.events(self.ticket, "pause").user_id, self.agent)

    def test_who_keeps_hours_and_days_off(self):
        vals = {
            "name": "Local election",
            "calendar_id": self.calendar.id,
            "date_from": wall("2026-03-05 00:00"),
            "date_to": wall("2026-03-05 23:59:59"),
        }
        Leaves = self.env["resource.calendar.leaves"]
        for user in (self.own, self.agent, self.colleague, self.customer):
            with self.assertRaises(AccessError):
                Leaves.with_user(user).create(vals)
            with self.assertRaises(AccessError):
                self.calendar.with_user(user).write({"tz": "UTC"})
        for user in (self.lead, self.manager):
            leave = Leaves.with_user(user).create(vals)
            self.assertDeadline(self.ticket, "2026-03-10 17:00")
            leave.name = "Moved"
            leave.unlink()
            self.assertDeadline(self.ticket, "2026-03-09 17:00")
            attendance = self.calendar.with_user(user).attendance_ids[0]
            attendance.hour_to = 16
            attendance.hour_to = 17

    def test_who_keeps_the_standards(self):
        policy = self.policies["handling"]
        for user in (self.agent, self.lead):
            with self.assertRaises(AccessError):
                policy.with_user(user).max_days = 9
        policy.with_user(self.manager).max_days = 9
