# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The job that reminds, in several transactions at once that really commit."""

from contextlib import suppress
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.klikumkm_sla.models import sla_alert

from .test_race import RaceCase


@tagged("post_install", "-at_install")
class TestAlertRace(RaceCase):
    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            # a database without demo data has one manager, without an address
            admin = env.ref("base.user_admin")
            self.before = env.company.sla_enforce_from, admin.email
            env.company.sla_enforce_from = "2026-01-01"
            admin.email = "manager@example.com"
            last = env["mail.mail"].search([], limit=1, order="id desc")
            self.last_mail_id = last.id or 0

    def clean_up(self):
        result = super().clean_up()
        with self.transaction() as env:
            admin = env.ref("base.user_admin")
            env.company.sla_enforce_from, admin.email = self.before
            self.mails(env).unlink()
            crons = env.ref("klikumkm_sla.ir_cron_alert") | env.ref(
                "mail.ir_cron_mail_scheduler_action"
            )
            env["ir.cron.trigger"].search([("cron_id", "in", crons.ids)]).unlink()
        return result

    def mails(self, env):
        return env["mail.mail"].search(
            [("id", ">", self.last_mail_id), ("model", "=", False)]
        )

    def run_job(self, env):
        env["klikumkm.sla.alert"]._cron_alert()

    def make_tickets(self, number):
        with self.transaction() as env:
            for _number in range(number):
                self.make_ticket(env)
        self.travel("2026-03-10 10:00")

    def assertToldOnce(self, number):
        """Each complaint was missed: one row a rule, one activity, mailed once."""
        with self.transaction() as env:
            tickets = env["helpdesk.ticket"].search([("team_id", "=", self.team_id)])
            breach = env["klikumkm.sla.alert"].search(
                [("ticket_id", "in", tickets.ids), ("event", "=", "deadline")]
            )
            self.assertEqual(breach.ticket_id, tickets)
            self.assertEqual(len(breach), number)
            people = breach.user_ids
            self.assertTrue(people)
            for ticket in tickets:
                self.assertEqual(len(ticket.activity_ids), len(people))
                types = ticket.sla_event_ids.mapped("event_type")
                self.assertEqual(types.count("breach"), 1)
            bodies = [str(mail.body_html) for mail in self.mails(env)]
            for ticket in tickets:
                link = f'/odoo/complaints/{ticket.id}"'
                self.assertEqual(sum(link in body for body in bodies), len(people))

    def test_two_workers_at_once_remind_once(self):
        self.make_tickets(3)
        Cron = type(self.env["ir.cron"])
        commit = Cron._commit_progress
        seen = []

        def commit_progress(cron, processed=0, **kwargs):
            # the first worker holds what it raised: another one starts now
            if processed and not seen and cron.env["klikumkm.sla.alert"].search([]):
                seen.append(processed)
                with self.transaction() as other:
                    self.run_job(other)
            return commit(cron, processed, **kwargs)

        with (
            patch.object(Cron, "_commit_progress", commit_progress),
            self.transaction() as env,
        ):
            self.run_job(env)
        self.assertTrue(seen)
        with self.transaction() as env:
            self.run_job(env)
        self.assertToldOnce(3)

    def test_worker_with_an_older_view_reminds_of_nothing(self):
        self.make_tickets(2)
        with self.transaction() as env:
            self.sweep(env)
        with self.transaction() as late:
            late.cr.execute("SELECT 1")
            with self.transaction() as env:
                self.run_job(env)
            # it does not see the rows of the other one; the database does
            rules = late["klikumkm.sla.alert.rule"].search([("event", "=", "deadline")])
            Alert = late["klikumkm.sla.alert"]
            now = late.cr.now()
            with mute_logger("odoo.sql_db"):
                for calendar, _opened, condition in Alert._get_desks(now):
                    Alert._raise_due(rules[0], calendar, condition, now)
        self.assertToldOnce(2)

    def test_sweep_of_another_worker_does_not_hold_up_reminding(self):
        """Both jobs begin in the same minute."""
        self.make_tickets(2)
        Clock = type(self.env["klikumkm.sla.clock"])
        lock, seen = Clock.try_lock_for_update, []

        def lock_late(clocks, **kwargs):
            if clocks and not seen:
                seen.append(clocks)
                with self.transaction() as other:
                    self.sweep(other)
            return lock(clocks, **kwargs)

        with (
            mute_logger("odoo.sql_db"),
            patch.object(Clock, "try_lock_for_update", lock_late),
            self.transaction() as env,
        ):
            self.run_job(env)
        self.assertTrue(seen)
        self.assertToldOnce(2)

    def test_complaint_that_somebody_works_on_is_left_to_the_next_run(self):
        self.make_tickets(2)
        with self.transaction() as env:
            self.sweep(env)
        with self.transaction() as agent:
            tickets = agent["helpdesk.ticket"].search([("team_id", "=", self.team_id)])
            tickets[0].try_lock_for_update()
            with self.transaction() as env:
                self.run_job(env)
                told = env["klikumkm.sla.alert"].search(
                    [("ticket_id", "in", tickets.ids)]
                )
                self.assertEqual(told.ticket_id.ids, tickets[1].ids)
        with self.transaction() as env:
            self.run_job(env)
        self.assertToldOnce(2)

    def test_answer_that_comes_first_is_not_reminded_of(self):
        """The state is looked at under lock, not as it was when the job began."""
        self.make_tickets(1)
        with self.transaction() as env:
            self.sweep(env)
        with self.transaction() as late:
            late.cr.execute("SELECT 1")
            with self.transaction() as agent:
                ticket = agent["helpdesk.ticket"].search(
                    [("team_id", "=", self.team_id)]
                )
                ticket._move_to("waiting_customer")
            rules = late["klikumkm.sla.alert.rule"].search([("event", "=", "deadline")])
            Alert = late["klikumkm.sla.alert"]
            now = late.cr.now()
            with mute_logger("odoo.sql_db"):
                for calendar, _opened, condition in Alert._get_desks(now):
                    Alert._raise_due(rules[0], calendar, condition, now)
        with self.transaction() as env:
            self.assertFalse(
                env["klikumkm.sla.alert"].search([("ticket_id", "=", ticket.id)])
            )

    def kill_at_second(self, model, name):
        """A method that does its work; the second time, the worker dies after it."""
        original, calls = getattr(model, name), []

        def kill(*args):
            calls.append(args)
            result = original(*args)
            if len(calls) == 2:
                raise SystemExit
            return result

        return kill

    def test_killed_in_the_middle_and_gone_on(self):
        self.patch(sla_alert, "BATCH", 2)
        self.make_tickets(7)
        Alert = type(self.env["klikumkm.sla.alert"])
        for method in ("_raise", "_plan_activities", "_mail_digest"):
            with (
                patch.object(Alert, method, self.kill_at_second(Alert, method)),
                suppress(SystemExit),
                self.transaction() as env,
            ):
                self.run_job(env)
        with self.transaction() as env:
            self.run_job(env)
        self.assertToldOnce(7)
