# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the analysis says about single complaints, and to whom."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import SlaCase, wall

MONDAY = "2026-03-02 10:00"


class ReportCase(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sla_enforce_from = date(2026, 1, 1)
        cls.Report = cls.env["klikumkm.sla.report"]

    def row(self, ticket):
        self.Report.invalidate_model()
        return self.Report.search([("ticket_id", "=", ticket.id)])

    def figures(self, tickets, *aggregates):
        return self.Report._read_group(
            [("ticket_id", "in", tickets.ids)], aggregates=aggregates
        )[0]

    def extend(self, ticket, days, at):
        self.travel(at)
        self.clock_of(ticket)._extend(days, "More papers")


@tagged("post_install", "-at_install")
class TestPromise(ReportCase):
    def assertPromise(self, ticket, expected):
        self.assertEqual(self.row(ticket).promise, expected)

    def test_running_and_paused_are_not_answered_yet(self):
        ticket = self.make_ticket()
        self.assertPromise(ticket, "open")
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.assertPromise(ticket, "open")

    def test_answer_at_the_closing_of_the_deadline_is_in_time(self):
        in_time, late = self.make_ticket(), self.make_ticket()
        self.move(in_time, "resolved", "2026-03-09 17:00")
        self.move(late, "resolved", "2026-03-09 17:00:01")
        self.assertPromise(in_time, "met")
        self.assertPromise(late, "late")
        self.assertEqual(self.row(in_time).late_days, 0)
        self.assertEqual(self.row(late).late_days, 1)

    def test_extension_that_was_not_needed_is_no_merit(self):
        needed, unneeded = self.make_ticket(), self.make_ticket()
        for ticket in (needed, unneeded):
            self.extend(ticket, 3, "2026-03-04 10:00")
        self.move(unneeded, "resolved", "2026-03-09 17:00")
        self.move(needed, "resolved", "2026-03-12 17:00")
        self.assertPromise(unneeded, "met")
        self.assertPromise(needed, "met_extended")

    def test_late_despite_an_extension(self):
        ticket = self.make_ticket()
        self.extend(ticket, 3, "2026-03-04 10:00")
        self.move(ticket, "resolved", "2026-03-13 10:00")
        self.assertPromise(ticket, "late_extended")
        self.assertEqual(self.row(ticket).late_days, 1)

    def test_extension_made_after_the_deadline_is_no_excuse(self):
        ticket = self.make_ticket()
        self.extend(ticket, 3, "2026-03-10 10:00")
        self.move(ticket, "resolved", "2026-03-11 10:00")
        self.assertPromise(ticket, "late")
        self.assertEqual(self.row(ticket).extended_count, 1)

    def test_cancelled_is_counted_apart(self):
        early, late = self.make_ticket(), self.make_ticket()
        self.move(early, "cancelled", "2026-03-03 10:00")
        self.move(late, "cancelled", "2026-03-10 10:00")
        self.assertPromise(early, "cancelled")
        self.assertPromise(late, "cancelled_late")
        figures = self.figures(
            early | late,
            "cancelled_count:sum",
            "late_count:sum",
            "met_share:avg",
            "days_used:avg",
        )
        self.assertEqual(figures[:2], (2, 0))
        self.assertFalse(any(figures[2:]))

    def test_spam_and_duplicates_are_no_figures_until_taken_back(self):
        spam, kept, duplicate = (self.make_ticket() for _number in range(3))
        tickets = spam | kept | duplicate
        self.travel("2026-03-10 10:00")
        self.assertEqual(self.figures(tickets, "clock_count:sum"), (3,))
        spam.action_not_complaint()
        duplicate._merge_into(kept)
        self.assertEqual(
            self.figures(tickets, "clock_count:sum", "cancelled_count:sum"), (1, 0)
        )
        spam.action_undo_cancellation()
        self.assertEqual(self.figures(tickets, "clock_count:sum"), (2,))

    def test_without_a_deadline_no_promise_is_kept_or_broken(self):
        self.policies["handling"].active = False
        ticket = self.make_ticket()
        self.move(ticket, "resolved", "2026-03-13 10:00")
        self.assertPromise(ticket, "undated")
        counts = self.figures(ticket, "met_count:sum", "late_count:sum")
        self.assertEqual(counts, (0, 0))

    def test_overdue_now(self):
        running, paused = self.make_ticket(), self.make_ticket()
        self.move(paused, "waiting_customer", "2026-03-03 10:00")
        self.travel("2026-03-09 17:00")
        self.assertEqual(self.figures(running, "overdue_count:sum"), (0,))
        self.travel("2026-03-09 17:01")
        self.assertEqual(self.figures(running, "overdue_count:sum"), (1,))
        self.assertEqual(self.figures(paused, "overdue_count:sum"), (0,))
        for ticket in (running, paused):
            self.assertEqual(
                self.row(ticket).overdue_count, ticket.sla_state == "overdue"
            )


@tagged("post_install", "-at_install")
class TestFigures(ReportCase):
    def assertUsed(self, ticket, used, paused=0):
        row = self.row(ticket)
        self.assertEqual((row.days_used, row.days_paused), (used, paused))

    def test_working_days_used(self):
        for received, answered, used in (
            (MONDAY, "2026-03-02 16:00", 0),
            (MONDAY, "2026-03-02 22:00", 0),
            (MONDAY, "2026-03-03 07:00", 1),
            (MONDAY, "2026-03-03 17:00", 1),
            (MONDAY, "2026-03-09 17:00", 5),
            ("2026-03-06 10:00", "2026-03-07 10:00", 0),
            ("2026-03-07 10:00", "2026-03-09 10:00", 1),
        ):
            with self.subTest(received=received, answered=answered):
                ticket = self.make_ticket(received)
                self.move(ticket, "resolved", answered)
                self.assertUsed(ticket, used)

    def test_days_used_and_days_left_make_the_promise(self):
        self.add_leave("2026-03-05")
        for answered in ("2026-03-02 10:00", "2026-03-04 10:00", "2026-03-10 12:00"):
            ticket = self.make_ticket()
            self.travel(answered)
            ticket.invalidate_recordset()
            left = ticket.sla_remaining_days
            self.move(ticket, "resolved", answered)
            self.assertUsed(ticket, 5 - left)

    def test_working_days_paused(self):
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.move(ticket, "in_progress", "2026-03-05 10:00")
        self.move(ticket, "resolved", "2026-03-06 10:00")
        self.assertUsed(ticket, 2, paused=2)  # the 5th and 6th; the 3rd and 4th

    def test_answered_from_a_pause(self):
        ticket = self.make_ticket()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.move(ticket, "resolved", "2026-03-05 10:00")
        self.assertUsed(ticket, 1, paused=2)

    def test_answered_again_after_reopening(self):
        ticket = self.make_ticket()
        self.move(ticket, "resolved", "2026-03-03 10:00")
        self.assertUsed(ticket, 1)
        self.move(ticket, "in_progress", "2026-03-06 10:00")
        self.move(ticket, "resolved", "2026-03-09 10:00")
        self.assertUsed(ticket, 2, paused=3)
        self.move(ticket, "in_progress", "2026-03-09 11:00")
        self.assertEqual(
            self.figures(ticket, "reopen_count:sum", "reopened_count:sum"), (2, 1)
        )

    def test_hours_that_became_unusable_measure_nothing(self):
        ticket = self.make_ticket()
        self.calendar.write({"schedule_type": "flexible", "hours_per_day": 8})
        self.move(ticket, "resolved", "2026-03-04 10:00")
        self.assertFalse(self.figures(ticket, "days_used:avg")[0])

    def test_shares_and_averages_are_of_what_they_can_be_of(self):
        met, late, running, cancelled = tickets = self.Ticket.union(
            *(self.make_ticket() for _number in range(4))
        )
        self.move(met, "resolved", "2026-03-04 10:00")
        self.move(cancelled, "cancelled", "2026-03-04 10:00")
        self.move(late, "resolved", "2026-03-11 10:00")
        figures = self.figures(
            tickets,
            "clock_count:sum",
            "met_share:avg",
            "late_days:avg",
            "days_used:avg",
        )
        self.assertEqual(figures, (4, 0.5, 2, 4.5))
        self.assertFalse(self.figures(running | cancelled, "met_share:avg")[0])

    def test_extensions(self):
        ticket = self.make_ticket()
        self.extend(ticket, 3, "2026-03-04 10:00")
        self.extend(ticket, 2, "2026-03-05 10:00")
        other = self.make_ticket()
        self.assertEqual(
            self.figures(
                ticket | other,
                "extended_count:sum",
                "extension_count:sum",
                "extension_days:sum",
            ),
            (1, 2, 5),
        )

    def test_counts_of_nothing_are_zero(self):
        rows = self.Report.formatted_read_group(
            [("ticket_id", "=", self.make_ticket().id)],
            [],
            ["extended_count:sum", "extension_count:sum", "extension_days:sum"],
        )
        for name in ("extended_count", "extension_count", "extension_days"):
            self.assertIsNot(rows[0][f"{name}:sum"], False, name)

    def test_told_late(self):
        ticket = self.make_ticket()
        clock = self.clock_of(ticket).sudo()
        self.extend(ticket, 3, "2026-03-04 10:00")
        for told, now, expected in (
            (False, "2026-03-31 10:00", False),
            ("2026-03-09 17:00", "2026-03-09 17:00", False),
            ("2026-03-09 17:00", "2026-03-09 17:01", True),
            ("2026-03-12 17:00", "2026-03-31 10:00", False),
        ):
            with self.subTest(told=told, now=now):
                clock.told_deadline = told and wall(told)
                self.travel(now)
                self.assertEqual(self.row(ticket).is_told_late, expected)
        # told in the end, but late
        clock.is_told_late = True
        self.assertTrue(self.row(ticket).is_told_late)

    def test_date_that_passed_while_we_waited_is_not_told_late(self):
        ticket = self.make_ticket()
        ticket._tell("progress", body="Soon.", told={"medium": "phone"})
        self.move(ticket, "waiting_customer", "2026-03-06 10:00")
        self.move(ticket, "in_progress", "2026-03-12 10:00")
        self.assertEqual(self.clock_of(ticket).told_deadline, wall("2026-03-09 17:00"))
        self.assertFalse(self.row(ticket).is_told_late)
        self.move(ticket, "resolved", "2026-03-13 10:00")
        self.assertFalse(self.clock_of(ticket).is_told_late)
        self.assertFalse(self.row(ticket).is_told_late)

    def test_told_nothing_new_but_answered_before_the_old_date(self):
        ticket = self.make_ticket()
        self.extend(ticket, 3, "2026-03-04 10:00")
        self.clock_of(ticket).sudo().told_deadline = wall("2026-03-09 17:00")
        self.move(ticket, "resolved", "2026-03-09 10:00")
        self.travel("2026-03-31 10:00")
        self.assertFalse(self.row(ticket).is_told_late)

    def test_date_that_passed_while_we_waited_for_him_was_not_told_late(self):
        ticket = self.make_ticket(partner_name="Siti", partner_phone="08123456789")
        ticket._tell(
            "receipt",
            "klikumkm_complaint.mail_template_receipt",
            told={"medium": "phone"},
        )
        self.move(ticket, "waiting_customer", "2026-03-06 10:00")
        self.travel("2026-03-10 10:00")
        self.assertFalse(self.row(ticket).is_told_late)
        self.move(ticket, "in_progress", "2026-03-11 10:00")
        self.assertGreater(ticket.sla_deadline, ticket.sla_told_date)
        self.travel("2026-03-11 11:00")
        self.assertFalse(self.row(ticket).is_told_late)
        self.move(ticket, "resolved", "2026-03-11 12:00")
        self.assertFalse(self.clock_of(ticket).is_told_late)
        self.assertFalse(self.row(ticket).is_told_late)
        self.assertEqual(self.figures(ticket, "told_late_count:sum"), (0,))

    def test_term_of_the_law_that_passed_is_no_new_date(self):
        self.company.sla_regulatory = True
        ticket = self.make_ticket(
            submission_type="complaint",
            assistance_type="coordination",
            partner_name="Siti",
        )
        self.assertEqual(len(ticket.sla_clock_ids), 2)
        ticket._tell(
            "receipt",
            "klikumkm_complaint.mail_template_receipt",
            told={"medium": "phone"},
        )
        self.assertEqual(ticket.sla_told_date, ticket.sla_deadline)
        self.travel("2026-03-18 10:00")
        rows = self.row(ticket)
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows.mapped("is_told_late"), [False, False])

    def test_old_cases(self):
        self.company.sla_enforce_from = date(2026, 3, 9)
        east = self.team.copy(
            {"sla_calendar_id": self.make_calendar(tz="Asia/Jayapura").id}
        )
        for received, is_old, vals in (
            ("2026-03-08 23:59", True, {}),
            ("2026-03-09 00:00", False, {}),
            # two hours further on there
            ("2026-03-08 21:59", True, {"team_id": east.id}),
            ("2026-03-08 22:00", False, {"team_id": east.id}),
            ("2026-03-10 10:00", True, {"is_imported": True}),
        ):
            with self.subTest(received=received, **vals):
                ticket = self.make_ticket(received, **vals)
                self.assertEqual(self.row(ticket).is_old, is_old)
        self.company.sla_enforce_from = False
        self.assertFalse(self.row(self.make_ticket("2026-03-02 10:00")).is_old)

    def test_what_was_just_changed_counts(self):
        ticket = self.make_ticket()
        ticket.channel_id = self.env["helpdesk.ticket.channel"].create(
            {"name": "Phone", "communication_mode": "oral"}
        )
        self.assertEqual(self.row(ticket).communication_mode, "oral")
        ticket.channel_id.communication_mode = "written"
        self.assertEqual(self.row(ticket).communication_mode, "written")

    def test_figure_opens_its_complaints(self):
        tickets = self.make_ticket() | self.make_ticket()
        self.move(tickets, "cancelled", "2026-03-03 10:00")
        tickets[0].active = False
        for shown in (tickets[0], tickets):
            action = self.row(shown[0]).browse(shown.sla_clock_ids.ids)
            action = action.action_open_ticket()
            self.assertEqual(action["res_model"], "helpdesk.ticket")
            self.assertFalse(action["context"]["active_test"])
            if len(shown) == 1:
                self.assertEqual(action["res_id"], shown.id)
                self.assertEqual(action["views"], [(False, "form")])
            else:
                self.assertEqual(action["domain"], [("id", "in", tickets.ids)])

    def test_any_number_of_groups_is_one_query(self):
        for index in range(8):
            self.make_ticket(priority=str(index % 4))
        names = ["clock_count:sum", "met_share:avg", "reopen_count:sum"]
        for groupby in ([], ["priority"], ["priority", "received_date:month"]):
            self.Report.formatted_read_group([], groupby, names)  # language, time zone
            with self.subTest(groupby=groupby), self.assertQueryCount(1):
                self.Report.formatted_read_group([], groupby, names)


@tagged("post_install", "-at_install")
class TestReportSecurity(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create(
            {"name": "Elsewhere", "sla_calendar_id": cls.calendar.id}
        )
        cls.ticket = cls.make_ticket()
        cls.foreign = cls.make_ticket(
            company_id=cls.elsewhere.id,
            team_id=cls.team.copy({"company_id": cls.elsewhere.id}).id,
        )
        cls.tickets = cls.ticket | cls.foreign
        cls.lead = cls.make_user("klikumkm_complaint.group_complaint_lead")
        cls.manager = cls.make_user("helpdesk_mgmt.group_helpdesk_manager")

    @classmethod
    def make_user(cls, group, **vals):
        return new_test_user(
            cls.env, f"{group.partition('.')[2]}_{len(vals)}", group, **vals
        )

    def read_as(self, user):
        domain = [("ticket_id", "in", self.tickets.ids)]
        Report = self.Report.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        [(tickets,)] = Report._read_group(domain, aggregates=["ticket_id:recordset"])
        rows = Report.search(domain)
        rows.mapped("promise")
        self.assertEqual(rows.ticket_id, tickets)
        return tickets.with_env(self.env)

    def test_leads_and_managers_see_their_company(self):
        for user in (self.lead, self.manager):
            with self.subTest(user=user.login):
                self.assertEqual(self.read_as(user), self.ticket)
                action = self.row(self.ticket).with_user(user).action_open_ticket()
                self.assertEqual(action["res_id"], self.ticket.id)

    def test_lead_of_another_company(self):
        lead = self.make_user(
            "klikumkm_complaint.group_complaint_lead",
            company_id=self.elsewhere.id,
            company_ids=[self.elsewhere.id],
        )
        self.assertEqual(self.read_as(lead), self.foreign)
        row = self.row(self.ticket).with_user(lead)
        row.invalidate_recordset()
        with self.assertRaises(AccessError):
            row.read(["promise"])

    def test_lead_of_both_companies(self):
        self.lead.company_ids += self.elsewhere
        self.assertEqual(self.read_as(self.lead), self.tickets)

    def test_nobody_else_sees_figures(self):
        for group in (
            "helpdesk_mgmt.group_helpdesk_user_own",
            "helpdesk_mgmt.group_helpdesk_user_team",
            "helpdesk_mgmt.group_helpdesk_user",
            "base.group_user",
            "base.group_portal",
            "base.group_public",
        ):
            with self.subTest(group=group):
                user = self.make_user(group)
                self.team.user_ids += user
                with self.assertRaises(AccessError):
                    self.read_as(user)
                with self.assertRaises(AccessError):
                    self.row(self.ticket).with_user(user).read(["promise"])

    def test_nobody_writes_figures(self):
        row = self.row(self.ticket)
        for user in (self.lead, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"promise": "met"})
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.Report.with_user(user).create({"promise": "met"})

    def test_menu_is_for_leads(self):
        menu = self.env.ref("klikumkm_sla.sla_menu_analysis")
        agent = self.make_user("helpdesk_mgmt.group_helpdesk_user_team")
        for user, sees in ((self.lead, True), (self.manager, True), (agent, False)):
            menus = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            self.assertEqual(menu.id in menus, sees, user.login)
