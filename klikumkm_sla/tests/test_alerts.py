# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who is reminded of what, when, and how often; and when it is over."""

from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.klikumkm_complaint.tests.smtp_sink import smtp_sink
from odoo.addons.klikumkm_sla.models import sla_alert

from .common import local, wall
from .common_alerts import AlertCase

QUARTER = timedelta(minutes=15)
ALERT_LOGGER = "odoo.addons.klikumkm_sla.models.sla_alert"


@tagged("post_install", "-at_install")
class TestWhen(AlertCase):
    def test_a_complaint_nobody_answers_day_by_day(self):
        ticket = self.mine()
        days = {
            "2026-03-04 16:45": [],
            "2026-03-05 09:00": ["target_before"],
            "2026-03-06 09:00": ["promised_before"],
            "2026-03-09 09:00": ["promised_day"],
            "2026-03-09 16:45": [],
            "2026-03-10 09:00": ["breach"],
            "2026-03-10 16:45": [],
            "2026-03-11 09:00": ["breach_manager"],
            "2026-03-20 16:00": [],
        }
        raised = []
        for moment, names in days.items():
            self.run_at(moment)
            raised += names
            with self.subTest(moment=moment):
                self.assertEqual(self.raised(ticket), raised)
        self.assertEqual(len(self.mails(self.agent)), 4)
        self.assertEqual(len(self.mails(self.lead)), 2)
        self.assertEqual(len(self.mails(self.manager)), 1)

    def test_8_one_day_before_never_falls_into_the_night(self):
        """The morning before, in working days; never midnight, never the weekend."""
        self.only("promised_before")
        ticket = self.mine(received="2026-02-27 10:00")  # Friday → Friday 6 March
        self.add_leave("2026-03-05")
        self.assertDeadline(ticket, "2026-03-09 17:00")
        # Friday is the working day before
        self.run_at("2026-03-05 10:00", "2026-03-06 00:00", "2026-03-06 08:59")
        self.assertFalse(self.raised(ticket))
        self.run_at("2026-03-06 09:00")
        self.assertEqual(self.raised(ticket), ["promised_before"])

    def test_8_a_promise_shorter_than_the_offset_is_told_at_once(self):
        self.only("promised_before")
        self.rule("promised_before").offset_days = -5
        ticket = self.mine(assistance_type="information")
        self.run_at("2026-03-02 10:15")
        self.assertEqual(self.raised(ticket), ["promised_before"])

    def test_9_nothing_at_night_or_on_sunday_and_nothing_lost(self):
        self.only("breach")
        ticket = self.mine(received="2026-02-27 10:00")
        self.assertDeadline(ticket, "2026-03-06 17:00")
        nights = ("03-06 17:00", "03-06 23:00", "03-07 12:00", "03-08 10:00")
        self.run_at(*(f"2026-{night}" for night in nights), "2026-03-09 08:59")
        self.assertFalse(self.alerts(ticket))
        self.assertFalse(self.mails())
        self.run_at("2026-03-09 09:00")
        self.assertEqual(self.raised(ticket), ["breach"])
        self.assertEqual(len(self.mails(self.agent)), 1)

    def test_9_nothing_on_a_day_off_and_nothing_in_the_lunch_break(self):
        self.only("breach")
        self.calendar.attendance_ids = [
            Command.clear(),
            *self.hour_commands(("01234", 9, 12), ("01234", 13, 17)),
        ]
        self.add_leave("2026-03-10")
        ticket = self.mine()
        self.run_at("2026-03-10 10:00", "2026-03-11 08:00")
        self.assertFalse(self.alerts(ticket))
        self.only("breach")
        self.run_at("2026-03-11 12:30")
        self.assertFalse(self.alerts(ticket))
        self.run_at("2026-03-11 13:00")
        self.assertTrue(self.alerts(ticket))

    def test_10_job_run_ten_times_mails_once(self):
        self.only("breach", "reply_pending")
        ticket = self.mine()
        self.run_at(*["2026-03-10 09:00"] * 10)
        self.assertEqual(len(self.alerts(ticket)), 1)
        self.assertEqual(len(self.mails()), 2, "owner and lead")
        self.assertEqual(len(self.activities(ticket)), 2)
        self.assertEqual(self.journal(ticket), ["start", "breach", "alert"])

    def test_11_extension_arms_again(self):
        self.only("promised_before", "breach")
        ticket = self.mine()
        self.run_at("2026-03-06 09:00")
        self.clock_of(ticket)._extend(2, "Waiting for the bank")
        self.assertDeadline(ticket, "2026-03-11 17:00")
        self.assertEqual(self.alerts(ticket).mapped("state"), ["settled"])
        self.run_at("2026-03-09 09:00")
        self.assertEqual(self.raised(ticket), ["promised_before"])
        self.run_at("2026-03-10 09:00", "2026-03-10 10:00", "2026-03-12 09:00")
        self.assertEqual(
            self.raised(ticket), ["promised_before", "promised_before", "breach"]
        )
        self.assertEqual(len(self.mails(self.agent)), 3)

    def test_11_reclassifying_arms_again(self):
        self.only("target_before")
        ticket = self.mine()
        self.run_at("2026-03-05 09:00")
        ticket.priority = "0"
        self.run_at("2026-03-05 09:15")
        self.assertEqual(self.alerts(ticket).mapped("state"), ["settled"])
        self.run_at("2026-03-06 09:00")
        self.assertEqual(self.raised(ticket), ["target_before"] * 2)

    def test_11_a_pause_over_a_closing_arms_again(self):
        self.only("promised_before")
        ticket = self.mine()
        self.run_at("2026-03-06 09:00")
        self.move(ticket, "waiting_customer", "2026-03-06 10:00")
        self.assertFalse(self.activities(ticket))
        self.move(ticket, "in_progress", "2026-03-09 10:00")
        self.assertDeadline(ticket, "2026-03-10 17:00")
        self.run_at("2026-03-09 10:15")
        self.assertEqual(self.raised(ticket), ["promised_before"] * 2)
        self.assertEqual(len(self.mails(self.agent)), 2)

    def test_11_a_pause_that_moves_nothing_brings_the_activity_back_unmailed(self):
        self.only("promised_before")
        ticket = self.mine()
        self.run_at("2026-03-06 09:00")
        self.move(ticket, "waiting_customer", "2026-03-06 10:00")
        self.move(ticket, "in_progress", "2026-03-06 11:00")
        self.run_at("2026-03-06 11:15", "2026-03-06 11:30")
        self.assertEqual(self.alerts(ticket).mapped("state"), ["open"])
        self.assertEqual(len(self.activities(ticket)), 1)
        self.assertEqual(len(self.mails(self.agent)), 1)

    def test_12_standard_archived_leaves_no_alarm_and_none_is_lost(self):
        """The date that was promised stands, and so does its reminder."""
        self.only("breach")
        ticket = self.mine()
        self.policies["handling"].active = False
        self.run_at("2026-03-10 09:00")
        self.assertEqual(self.raised(ticket), ["breach"])

    def test_12_rule_archived_reminds_of_nothing_more(self):
        self.only("breach")
        ticket = self.mine()
        self.rule("breach").active = False
        self.run_at("2026-03-10 09:00")
        self.assertFalse(self.alerts(ticket))

    def test_16_no_alert_while_paused(self):
        self.only("target_before", "promised_before", "promised_day", "breach")
        ticket = self.mine()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.run_at("2026-03-05 09:00", "2026-03-10 09:00", "2026-03-20 09:00")
        self.assertFalse(self.alerts(ticket))

    def test_emergency_at_once_at_any_hour(self):
        self.only("emergency")
        self.team.sla_on_call_id = self.on_call
        for moment in ("2026-03-06 16:58", "2026-03-08 03:00"):
            with self.subTest(moment=moment):
                triggers = self.env["ir.cron.trigger"].search_count(
                    [("cron_id", "=", self.cron.id)]
                )
                ticket = self.mine(received=moment, priority="3")
                self.assertEqual(
                    self.env["ir.cron.trigger"].search_count(
                        [("cron_id", "=", self.cron.id)]
                    ),
                    triggers + 1,
                    "the job is called, recording waits for nothing",
                )
                self.assertFalse(self.alerts(ticket))
                self.run_at(moment, moment)
                self.assertEqual(
                    self.alerts(ticket).user_ids, self.agent | self.lead | self.on_call
                )
        for user in self.agent | self.lead | self.on_call:
            self.assertEqual(len(self.mails(user)), 2)
        self.assertIn("EMERGENCY", self.mails(self.agent)[0].subject)

    def test_emergency_is_told_though_no_hours_can_be_read(self):
        """Everything else waits until somebody mends the hours."""
        self.only("emergency", "breach")
        ticket = self.mine(received="2026-02-26 10:00", priority="3")
        for calendar in self.env["resource.calendar"].search([]):
            calendar.attendance_ids.unlink()
        self.run_at("2026-03-10 10:00")
        self.assertEqual(self.raised(ticket), ["emergency"])
        self.assertEqual(len(self.mails(self.agent)), 1)
        self.calendar.attendance_ids = self.hour_commands(("01234", 9, 17))
        self.run_at("2026-03-10 10:15")
        self.assertEqual(self.raised(ticket), ["emergency", "breach"])

    def test_emergency_raised_later_and_toggled_is_told_once(self):
        self.only("emergency")
        ticket = self.mine()
        self.run_at("2026-03-02 20:00")
        self.assertFalse(self.alerts(ticket))
        for priority in ("3", "1", "3", "2", "3"):
            ticket.priority = priority
            self.run_at("2026-03-02 21:00")
        self.assertEqual(len(self.alerts(ticket)), 1)
        self.assertEqual(len(self.mails(self.agent)), 1)
        self.assertEqual(len(self.activities(ticket, self.agent)), 1)

    def test_other_things_of_an_emergency_wait_for_the_morning(self):
        self.only("emergency", "breach")
        ticket = self.mine(received="2026-02-25 10:00", priority="3")
        self.run_at("2026-03-07 03:00")
        self.assertEqual(self.raised(ticket), ["emergency"])
        self.run_at("2026-03-09 09:00")
        self.assertEqual(self.raised(ticket), ["emergency", "breach"])

    def test_job_down_for_days_tells_each_matter_in_one_mail(self):
        ticket = self.mine()
        self.run_at("2026-03-18 11:00", "2026-03-18 11:15")
        self.assertEqual(
            set(self.raised(ticket)),
            {
                "target_before",
                "promised_before",
                "promised_day",
                "breach",
                "breach_manager",
            },
        )
        for user in self.agent | self.lead | self.manager:
            [mail] = self.mails(user)
            self.assertEqual(str(mail.body_html).count(ticket.number), 2, "h1 and line")
            self.assertIn("Deadline missed", mail.subject)
            self.assertEqual(len(self.activities(ticket, user)), 1)

    def test_date_that_passed_in_a_pause_is_no_promise_and_the_next_one_is(self):
        """We waited for the customer: he is due on another day, and that one counts."""
        self.only("promised_before", "promised_day")
        ticket = self.mine()
        receipt = "klikumkm_complaint.mail_template_receipt"
        ticket._tell("receipt", receipt, told={"medium": "phone"})
        self.assertEqual(local(ticket.sla_told_date), "2026-03-09 17:00:00")
        self.move(ticket, "waiting_customer", "2026-03-04 10:00")
        self.move(ticket, "in_progress", "2026-03-16 10:00")
        self.assertDeadline(ticket, "2026-03-19 17:00")
        self.run_at("2026-03-16 10:15", "2026-03-17 16:45")
        self.assertFalse(self.raised(ticket))
        self.run_at("2026-03-18 09:00", "2026-03-19 09:00")
        self.assertEqual(self.raised(ticket), ["promised_before", "promised_day"])
        self.assertIn("Due today", self.mails(self.agent)[-1].subject)

    def test_told_date_is_reminded_of_where_it_is_not_the_deadline(self):
        self.only("promised_before", "promised_day")
        receipt = "klikumkm_complaint.mail_template_receipt"
        earlier, later = self.mine(), self.mine()
        (earlier | later)._tell("receipt", receipt, told={"medium": "phone"})
        earlier.assistance_type = "coordination"
        self.assertDeadline(earlier, "2026-03-30 17:00")
        later.assistance_type = "information"
        self.assertDeadline(later, "2026-03-04 17:00")
        self.run_at("2026-03-05 16:45")
        self.assertFalse(self.alerts(earlier) | self.alerts(later))
        self.run_at("2026-03-06 09:00", "2026-03-09 09:00", "2026-03-30 09:00")
        for ticket in earlier | later:
            self.assertEqual(self.raised(ticket), ["promised_before", "promised_day"])

    def test_late_beginning_counts_from_the_next_opening(self):
        """A reply of Saturday is a day old on Tuesday morning."""
        self.only("reply_pending", "reply_pending_lead")
        ticket = self.mine()
        ticket._write_silently({"reply_pending_since": wall("2026-03-07 10:00")})
        self.run_at("2026-03-09 16:45")
        self.assertFalse(self.raised(ticket))
        self.run_at("2026-03-10 09:00")
        self.assertEqual(self.raised(ticket), ["reply_pending"])
        self.run_at("2026-03-11 09:00")
        self.assertEqual(self.raised(ticket), ["reply_pending", "reply_pending_lead"])


@tagged("post_install", "-at_install")
class TestCase(AlertCase):
    """The dates of the case."""

    def test_unclassified_is_told_after_the_day_of_receipt(self):
        self.only("unclassified")
        ticket = self.mine(is_classified=False)
        evening = self.mine(received="2026-03-02 20:00", is_classified=False)
        self.run_at("2026-03-02 16:59")
        self.assertFalse(self.alerts(ticket))
        self.run_at("2026-03-03 09:00")
        self.assertEqual(self.alerts(ticket).user_ids, self.lead)
        self.assertFalse(self.alerts(evening), "nobody could have read it")
        self.run_at("2026-03-04 09:00")
        self.assertTrue(self.alerts(evening))
        ticket.action_confirm_classification()
        self.run_at("2026-03-04 09:15")
        self.assertFalse(self.activities(ticket))

    def test_unassigned_until_somebody_takes_it(self):
        self.only("unassigned")
        ticket = self.make_ticket(user_id=False)
        self.run_at("2026-03-03 09:45")
        self.assertFalse(self.alerts(ticket))
        self.run_at("2026-03-03 10:00")
        self.assertEqual(self.alerts(ticket).user_ids, self.lead)
        ticket.with_user(self.agent).action_take()
        self.run_at("2026-03-03 10:15")
        self.assertFalse(self.activities(ticket))
        self.assertEqual(self.alerts(ticket).state, "settled")

    def test_reply_pending_until_answered(self):
        self.only("reply_pending", "reply_pending_lead")
        ticket = self.mine()
        ticket._write_silently({"reply_pending_since": wall("2026-03-03 11:00")})
        self.run_at("2026-03-04 11:00", "2026-03-05 11:00")
        self.assertEqual(self.raised(ticket), ["reply_pending", "reply_pending_lead"])
        ticket._write_silently({"reply_pending_since": False})
        self.run_at("2026-03-05 11:15")
        self.assertFalse(self.activities(ticket))
        # written once more: another date
        ticket._write_silently({"reply_pending_since": wall("2026-03-05 12:00")})
        self.run_at("2026-03-06 12:00")
        self.assertEqual(len(self.alerts(ticket)), 3)

    def test_customer_not_told_until_he_is(self):
        self.only("notice_to_tell")
        ticket = self.mine()
        notice = ticket._tell("progress", subject="News", body="<p>News</p>")
        self.assertEqual(notice.state, "to_tell")
        self.run_at("2026-03-03 09:00")
        self.assertFalse(self.alerts(ticket))
        self.run_at("2026-03-03 10:00")
        self.assertEqual(self.alerts(ticket).user_ids, self.agent | self.lead)
        notice._tell_otherwise("phone", fields.Datetime.now())
        self.assertFalse(self.activities(ticket), "at once")

    def test_nothing_told_while_a_unit_is_asked(self):
        self.only("nothing_told")
        ticket = self.mine()
        self.move(ticket, "coordination", "2026-03-03 10:00")
        self.run_at("2026-03-10 09:45")
        self.assertFalse(self.alerts(ticket))
        self.run_at("2026-03-10 10:00")
        self.assertEqual(self.alerts(ticket).user_ids, self.agent)
        notice = ticket._tell("progress", subject="News", body="<p>News</p>")
        notice._tell_otherwise("phone", fields.Datetime.now())
        self.assertFalse(self.activities(ticket))
        self.run_at("2026-03-17 09:45")
        self.assertEqual(len(self.alerts(ticket)), 1)
        self.run_at("2026-03-17 10:00")
        self.assertEqual(len(self.alerts(ticket)), 2, "five more days of silence")

    def test_unit_that_does_not_answer(self):
        self.only("request_due", "request_due_lead", "request_due_manager")
        ticket = self.mine()
        unit = self.env["klikumkm.complaint.unit"].create(
            {"name": "Finance", "email": "finance@example.com"}
        )
        request = self.env["klikumkm.complaint.coordination"].create(
            {
                "ticket_id": ticket.id,
                "unit_id": unit.id,
                "question": "Was it paid?",
                "due_date": wall("2026-03-04 12:00"),
            }
        )
        self.run_at("2026-03-04 11:45")
        self.assertFalse(self.alerts(ticket))
        for moment, users in (
            ("2026-03-04 12:00", self.agent),
            ("2026-03-05 12:00", self.agent | self.lead),
            ("2026-03-06 12:00", self.lead | self.manager),
        ):
            self.run_at(moment)
            self.assertEqual(self.alerts(ticket)[-1].user_ids, users)
        request.action_record_answer("<p>Yes.</p>", "Budi")
        self.run_at("2026-03-06 12:15")
        self.assertFalse(self.activities(ticket))

    def test_customer_does_not_answer_in_time(self):
        self.only("waiting_customer")
        ticket = self.mine()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        ticket._write_silently({"answer_by_date": wall("2026-03-05 17:00")})
        self.run_at("2026-03-05 16:45")
        self.assertFalse(self.alerts(ticket))
        self.run_at("2026-03-06 09:00")
        self.assertEqual(self.alerts(ticket).user_ids, self.agent)
        # the case asks as well: not twice
        ticket._ask_owner_to_decide()
        self.run_at("2026-03-06 09:15")
        self.move(ticket, "in_progress", "2026-03-06 10:00")
        self.assertEqual(self.alerts(ticket).state, "settled")
        self.assertFalse(self.activities(ticket))

    def test_what_the_case_asks_by_itself_is_no_second_activity(self):
        self.only("waiting_customer")
        ticket = self.mine()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        ticket._write_silently({"answer_by_date": wall("2026-03-05 17:00")})
        self.travel("2026-03-06 08:00")
        ticket._ask_owner_to_decide()
        self.run_at("2026-03-06 09:00")
        self.assertEqual(len(ticket.activity_ids), 1)
        self.assertEqual(len(self.mails(self.agent)), 1)

    def test_objection_that_nobody_decides(self):
        self.only("ruling_due")
        ticket = self.mine()
        self.move(ticket, "resolved", "2026-03-03 10:00")
        ticket._write_silently(
            {
                "customer_decision": "rejected",
                "ruling_by_date": wall("2026-03-05 17:00"),
            }
        )
        self.run_at("2026-03-06 09:00")
        self.assertEqual(self.alerts(ticket).user_ids, self.lead | self.manager)
        self.move(ticket, "in_progress", "2026-03-06 10:00")
        self.assertFalse(self.activities(ticket))

    def test_offer_that_nobody_carries_out(self):
        self.only("offer_due")
        ticket = self.mine()
        self.move(ticket, "resolved", "2026-03-03 10:00")
        response = self.env["klikumkm.complaint.response"].create(
            {
                "ticket_id": ticket.id,
                "kind": "offer",
                "outcome": "granted",
                "decision": "accepted",
                "fulfil_by_date": "2026-03-05",
            }
        )
        self.run_at("2026-03-05 16:45")
        self.assertFalse(self.alerts(ticket))
        self.run_at("2026-03-06 09:00")
        alert = self.alerts(ticket)
        self.assertEqual(alert.user_ids, self.agent | self.lead)
        self.assertEqual(local(alert.date_value), "2026-03-05 23:59:59")
        response.fulfilled_date = fields.Datetime.now()
        self.run_at("2026-03-06 09:15")
        self.assertFalse(self.activities(ticket))

    def test_14_closed_cancelled_and_resolved_are_silent(self):
        tickets = {
            status: self.mine(is_classified=False)
            for status in ("resolved", "closed", "cancelled", "referred")
        }
        for status, ticket in tickets.items():
            ticket._write_silently({"reply_pending_since": wall("2026-03-02 11:00")})
            self.move(ticket, status, "2026-03-02 12:00")
            if status == "resolved":
                ticket._write_silently({"reply_pending_since": False})
        self.run_at("2026-03-05 09:00", "2026-03-12 09:00", "2026-03-20 09:00")
        for status, ticket in tickets.items():
            with self.subTest(status=status):
                self.assertFalse(self.alerts(ticket))


@tagged("post_install", "-at_install")
class TestTwoClocks(AlertCase):
    """With the term of the law beside the published standard, one date is promised."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sla_regulatory = True
        cls.oral = cls.env["helpdesk.ticket.channel"].create(
            {"name": "Call", "communication_mode": "oral"}
        )

    def mine(self, **vals):
        return super().mine(
            submission_type="complaint", channel_id=self.oral.id, **vals
        )

    def run_on(self, first, last):
        self.run_at(*(f"2026-03-{day:02} 09:00" for day in range(first, last + 1)))

    def test_term_of_the_law_leads(self):
        ticket = self.mine(assistance_type="coordination")
        receipt = "klikumkm_complaint.mail_template_receipt"
        ticket._tell("receipt", receipt, told={"medium": "phone"})
        self.assertEqual(local(ticket.sla_deadline), "2026-03-09 17:00:00")
        self.run_on(3, 31)
        self.assertEqual(
            self.raised(ticket),
            [
                "target_before",
                "promised_before",
                "promised_day",
                "breach",
                "breach_manager",
            ],
        )
        self.assertEqual(len(self.mails(self.agent)), 3)

    def test_published_standard_leads(self):
        ticket = self.mine(assistance_type="information")
        self.assertDeadline(ticket, "2026-03-04 17:00")
        self.run_on(3, 12)
        self.assertEqual(
            self.raised(ticket),
            [
                "target_before",
                "promised_before",
                "promised_day",
                "breach",
                "breach_manager",
            ],
        )
        self.assertEqual(self.alerts(ticket).clock_id, self.clock_of(ticket))

    def test_extended_beyond_the_law_the_law_is_reminded_of(self):
        self.only("promised_before")
        ticket = self.mine(assistance_type="information")
        self.clock_of(ticket)._extend(10, "Waiting for the bank")
        self.assertEqual(local(ticket.sla_deadline), "2026-03-09 17:00:00")
        self.run_on(3, 20)
        [alert] = self.alerts(ticket)
        self.assertEqual(alert.clock_id.kind, "regulatory")
        self.assertEqual(local(alert.alert_date), "2026-03-06 09:00:00")

    def test_paused_standard_and_running_law(self):
        self.only("promised_before")
        ticket = self.mine(assistance_type="coordination")
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.run_on(4, 6)
        self.assertEqual(self.raised(ticket), ["promised_before"])


@tagged("post_install", "-at_install")
class TestSilent(AlertCase):
    def test_14_old_cases_are_silent(self):
        """By the day of receipt at the desk, not in UTC."""
        self.company.sla_enforce_from = "2026-03-02"
        old = self.mine(received="2026-03-01 23:59", priority="3")
        new = self.mine(received="2026-03-02 00:00", at="2026-03-02 08:00")
        self.assertEqual(new.received_date.day, 1, "in UTC")
        self.run_at("2026-03-20 09:00")
        self.assertFalse(self.alerts(old))
        self.assertTrue(self.alerts(new))
        self.assertTrue(old.sla_deadline)
        # until the manager says so
        self.company.sla_enforce_from = "2026-03-01"
        self.run_at("2026-03-20 09:15")
        self.assertTrue(self.alerts(old))

    def test_14_imported_is_silent_on_what_was_due_before(self):
        ticket = self.mine(received="2026-03-02 10:00", at="2026-03-10 12:00")
        ticket._write_silently({"is_imported": True})
        self.run_at("2026-03-11 09:00", "2026-03-11 09:15")
        alerts = self.alerts(ticket)
        self.assertEqual(
            set(alerts.filtered(lambda a: a.state == "silent").mapped("event")),
            {"target", "promised", "deadline"},
        )
        self.assertEqual(
            alerts.filtered(lambda a: a.state == "open").rule_id,
            self.rule("breach_manager"),
            "that one came due afterwards",
        )
        self.assertFalse(self.mails(self.agent) | self.mails(self.lead))
        self.assertEqual(len(self.mails(self.manager)), 1)

    def test_14_two_thousand_imported_make_no_storm(self):
        tickets = self.Ticket.union(
            *(self.mine(at="2026-03-20 10:00") for _number in range(20))
        )
        tickets._write_silently({"is_imported": True})
        self.run_at("2026-03-20 10:15", "2026-03-20 10:30")
        self.assertFalse(self.mails())
        self.assertFalse(tickets.activity_ids)

    def test_14_old_or_imported_raised_to_emergency_today_is_told(self):
        """It is not the old complaint that is told of, but what became of it."""
        self.company.sla_enforce_from = "2026-03-02"
        old = self.mine(received="2026-02-20 10:00")
        imported = self.mine(received="2026-03-02 10:00", priority="3")
        imported._write_silently({"is_imported": True})
        tickets = old | imported
        self.run_at("2026-03-03 10:00")
        self.assertFalse(self.mails())
        imported.priority = "1"
        self.travel("2026-03-07 23:00")
        tickets.priority = "3"
        self.run_at("2026-03-07 23:00", "2026-03-07 23:15")
        for ticket in tickets:
            [alert] = self.alerts(ticket).filtered(lambda a: a.state == "open")
            self.assertEqual(alert.rule_id, self.rule("emergency"))
            self.assertEqual(alert.date_value, wall("2026-03-07 23:00"))
            self.assertTrue(self.activities(ticket, self.lead))
        self.assertEqual(len(self.mails(self.agent)), 1)
        # to and fro, it is the same one; nothing else of the old one is told
        old.priority = "1"
        self.run_at("2026-03-08 10:00")
        self.assertFalse(self.activities(old))
        old.priority = "3"
        self.run_at("2026-03-08 10:15", "2026-03-20 10:00")
        self.assertEqual(self.raised(old), ["emergency"])

    def test_14_imported_again_as_emergency_is_silent(self):
        ticket = self.mine(received="2026-02-20 10:00")
        ticket._write_silently({"is_imported": True})
        ticket.with_context(import_file=True).priority = "3"
        self.run_at("2026-02-20 10:15")
        self.assertFalse(self.mails())

    def test_a_complaint_recorded_late_is_told(self):
        ticket = self.mine(at="2026-03-20 10:00")
        self.run_at("2026-03-20 10:15")
        self.assertIn("breach", self.raised(ticket))


@tagged("post_install", "-at_install")
class TestWho(AlertCase):
    def absent(self, user, stand_in=None):
        user.write(
            {
                "out_of_office_from": wall("2026-03-01 00:00"),
                "out_of_office_to": wall("2026-04-01 00:00"),
                "complaint_stand_in_id": stand_in and stand_in.id,
            }
        )

    def told(self, ticket):
        self.run_at("2026-03-06 09:00")
        return self.alerts(ticket, "promised_before").user_ids

    def test_owner(self):
        self.assertEqual(self.told(self.mine()), self.agent)

    def test_stand_in_of_an_absent_owner(self):
        colleague = new_test_user(
            self.env, "alert-colleague", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        self.team.user_ids += colleague
        ticket = self.mine()
        self.absent(self.agent, colleague)
        self.assertEqual(self.told(ticket), colleague)

    def test_lead_where_nobody_stands_in(self):
        ticket = self.mine()
        self.absent(self.agent)
        self.assertEqual(self.told(ticket), self.lead)

    def test_lead_where_the_owner_left(self):
        ticket = self.mine()
        self.agent.active = False
        self.assertEqual(self.told(ticket), self.lead)

    def test_lead_without_owner(self):
        self.assertEqual(self.told(self.make_ticket(user_id=False)), self.lead)

    def test_managers_without_owner_and_lead(self):
        ticket = self.make_ticket(user_id=False)
        self.lead.active = False
        self.assertEqual(self.told(ticket), self.manager)

    def test_managers_without_owner_team_and_lead(self):
        ticket = self.make_ticket(user_id=False, team_id=False)
        self.lead.active = False
        self.assertEqual(self.told(ticket), self.manager)

    def test_absent_managers_are_told_all_the_same(self):
        ticket = self.make_ticket(user_id=False)
        self.lead.active = False
        self.absent(self.manager)
        self.assertEqual(self.told(ticket), self.manager)

    def test_nobody_left_is_not_lost(self):
        self.only("promised_before")
        ticket = self.make_ticket(user_id=False)
        self.lead.active = False
        self.manager.active = False
        with mute_logger(ALERT_LOGGER):
            self.run_at("2026-03-06 09:00")
        self.assertFalse(self.alerts(ticket))
        self.lead.active = True
        self.assertEqual(self.told(ticket), self.lead)

    def test_only_whoever_may_read_the_complaint(self):
        """He was put on another team meanwhile: the managers, not he."""
        own = new_test_user(
            self.env, "alert-own", "helpdesk_mgmt.group_helpdesk_user_own"
        )
        self.team.sla_on_call_id = own
        self.only("emergency")
        ticket = self.make_ticket(priority="3", user_id=self.agent.id)
        self.run_at("2026-03-02 10:00")
        self.assertEqual(self.alerts(ticket).user_ids, self.agent | self.lead)
        self.assertFalse(self.mails(own))

    def test_reminded_nobody_follows(self):
        ticket = self.mine()
        followers = ticket.message_partner_ids
        self.run_at("2026-03-10 09:00")
        self.assertEqual(ticket.message_partner_ids, followers)

    def test_15_reminding_touches_no_dates_of_the_complaint(self):
        ticket = self.mine()
        before = ticket.write_date, ticket.message_ids
        self.run_at("2026-03-06 09:00")
        ticket.invalidate_recordset()
        self.assertEqual((ticket.write_date, ticket.message_ids), before)

    def test_owner_of_the_job_disabled(self):
        self.assertEqual(self.cron.user_id, self.env.ref("base.user_root"))
        self.assertFalse(self.cron.user_id.active, "nobody can disable it")
        ticket = self.mine()
        self.run_at("2026-03-06 09:00")
        self.assertTrue(self.alerts(ticket))


@tagged("post_install", "-at_install")
class TestActivities(AlertCase):
    def test_summary_says_what_and_which(self):
        ticket = self.mine()
        self.run_at("2026-03-05 09:00")
        activity = self.activities(ticket)
        self.assertEqual(
            activity.summary, f"Work target tomorrow: {ticket.number} {ticket.name}"
        )
        self.assertEqual(str(activity.date_deadline), "2026-03-06")
        # the gravest stands there, once
        self.run_at("2026-03-06 09:00")
        self.assertEqual(self.activities(ticket), activity)
        self.assertIn("Due on Mon 9 Mar", activity.summary)
        self.run_at("2026-03-09 09:00")
        self.assertIn("Due today", activity.summary)
        self.run_at("2026-03-10 09:00")
        self.assertIn("Deadline missed", activity.summary)

    def test_closes_when_answered(self):
        ticket = self.mine()
        self.run_at("2026-03-10 09:00")
        self.assertEqual(len(self.activities(ticket)), 2)
        self.move(ticket, "resolved", "2026-03-10 10:00")
        self.assertFalse(self.activities(ticket))
        self.assertEqual(set(self.alerts(ticket).mapped("state")), {"settled"})

    def test_closes_when_a_missed_deadline_moves_into_the_future(self):
        self.only("breach")
        ticket = self.mine()
        self.run_at("2026-03-10 09:00")
        self.assertTrue(ticket.sla_missed)
        self.clock_of(ticket)._extend(3, "Waiting for the bank")
        self.assertFalse(ticket.sla_missed)
        self.assertFalse(self.activities(ticket))
        self.assertIn("breach", self.journal(ticket))

    def test_13_closes_when_a_day_off_moves_the_deadline(self):
        self.only("breach")
        ticket = self.mine()
        self.run_at("2026-03-10 09:00")
        self.add_leave("2026-03-05")
        self.assertDeadline(ticket, "2026-03-10 17:00")
        self.assertFalse(self.activities(ticket))

    def test_closes_for_spam_and_duplicates(self):
        ticket = self.mine()
        self.run_at("2026-03-10 09:00")
        ticket.cancel_reason_id = self.env["klikumkm.complaint.reason"].search(
            [("kind", "=", "cancel")], limit=1
        )
        self.move(ticket, "cancelled", "2026-03-10 10:00")
        self.assertFalse(self.activities(ticket))
        self.run_at("2026-03-20 09:00")
        self.assertNotIn("breach_manager", self.raised(ticket))

    def test_stays_for_what_is_still_open(self):
        self.only("breach", "reply_pending")
        ticket = self.mine()
        ticket._write_silently({"reply_pending_since": wall("2026-03-03 11:00")})
        self.run_at("2026-03-10 09:00")
        self.assertIn("Deadline missed", self.activities(ticket, self.agent).summary)
        self.clock_of(ticket)._extend(3, "Waiting for the bank")
        self.assertIn("waits for a reply", self.activities(ticket).summary)
        self.assertEqual(self.activities(ticket).user_id, self.agent)

    def test_done_by_hand_does_not_come_back(self):
        self.only("breach")
        ticket = self.mine()
        self.run_at("2026-03-10 09:00")
        self.activities(ticket, self.agent).action_done()
        self.run_at("2026-03-10 10:00")
        self.assertFalse(self.activities(ticket, self.agent))

    def test_goes_with_the_complaint_to_a_new_owner(self):
        self.only("promised_before")
        ticket = self.mine()
        self.run_at("2026-03-06 09:00")
        ticket._hand_over({self.lead: ticket}, "Holiday")
        self.assertEqual(self.activities(ticket).user_id, self.lead)
        self.move(ticket, "resolved", "2026-03-06 10:00")
        self.assertFalse(self.activities(ticket))

    def test_given_away_on_the_form_it_goes_as_well(self):
        ticket = self.mine()
        self.run_at("2026-03-06 09:00")
        colleague = self.make_colleague()
        ticket.with_user(self.lead).user_id = colleague
        self.assertEqual(self.activities(ticket).user_id, colleague)
        self.run_at("2026-03-06 09:15")
        self.assertEqual(len(self.activities(ticket)), 1)

    def test_who_was_told_already_has_it_once_when_he_takes_over(self):
        for at in ("form", "dialog"):
            with self.subTest(at=at):
                ticket = self.mine()
                self.run_at("2026-03-10 09:00")
                self.assertEqual(len(self.activities(ticket)), 2)
                if at == "form":
                    ticket.user_id = self.lead
                else:
                    ticket._hand_over({self.lead: ticket}, "Holiday")
                activity = self.activities(ticket)
                self.assertEqual(activity.user_id, self.lead)
                self.assertEqual(len(activity), 1)
                self.move(ticket, "resolved", "2026-03-10 10:00")
                self.assertFalse(self.activities(ticket))

    def test_back_after_a_pause_it_asks_who_is_responsible_now(self):
        self.only("promised_before")
        ticket = self.mine()
        colleague = self.make_colleague()
        self.run_at("2026-03-06 09:00")
        self.move(ticket, "waiting_customer", "2026-03-06 10:00")
        ticket._hand_over({colleague: ticket}, "Holiday")
        self.move(ticket, "in_progress", "2026-03-06 11:00")
        self.run_at("2026-03-06 11:15", "2026-03-06 11:30")
        self.assertEqual(self.activities(ticket).user_id, colleague)
        self.assertEqual(len(self.mails(self.agent)), 1)
        reminders = self.mails(colleague).filtered(
            lambda mail: "Due on" in (mail.subject or "")
        )
        self.assertEqual(len(reminders), 1, "he was never told")
        self.assertEqual(self.alerts(ticket).user_ids, self.agent | colleague)

    def test_archived_rule_brings_nothing_back(self):
        self.only("promised_before")
        ticket = self.mine()
        self.run_at("2026-03-06 09:00")
        self.move(ticket, "waiting_customer", "2026-03-06 10:00")
        rule = self.rule("promised_before")
        rule.active = False
        self.move(ticket, "in_progress", "2026-03-06 11:00")
        self.run_at("2026-03-06 11:15")
        self.assertFalse(self.activities(ticket))
        rule.active = True
        self.run_at("2026-03-06 11:30")
        self.assertTrue(self.activities(ticket))
        self.assertEqual(len(self.mails(self.agent)), 1)

    def make_colleague(self):
        colleague = new_test_user(
            self.env, "alert-colleague", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        self.team.user_ids += colleague
        return colleague


@tagged("post_install", "-at_install")
class TestDigest(AlertCase):
    def test_one_mail_with_a_line_for_each_complaint(self):
        self.env["res.lang"]._activate_lang("id_ID")
        self.agent.lang = "id_ID"
        tickets = [self.mine(name=f"Angsuran {number}") for number in range(5)]
        self.run_at("2026-03-10 09:00")
        [mail] = self.mails(self.agent)
        body = str(mail.body_html)
        self.assertTrue(mail.subject.startswith("5 "))
        self.assertIn('lang="id-ID"', body)
        self.assertIn("Sen 9 Mar 2026 17.00 WIB", body)
        for ticket in tickets:
            self.assertEqual(body.count(f">{ticket.number}<"), 1)
            self.assertIn(f"/odoo/complaints/{ticket.id}", body)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn("auto-generated", mail.headers)
        # the lead reads his own language
        self.assertIn('lang="en-US"', str(self.mails(self.lead).body_html))

    def test_the_gravest_first(self):
        late = self.mine(received="2026-02-26 10:00", name="Late")
        soon = self.mine(received="2026-03-02 10:00", name="Soon")
        self.run_at("2026-03-06 09:00")
        body = str(self.mails(self.agent).body_html)
        self.assertLess(body.index(late.number), body.index(soon.number))

    def test_five_batches_are_still_one_mail(self):
        self.patch(sla_alert, "BATCH", 2)
        for _number in range(9):
            self.mine()
        self.run_at("2026-03-10 09:00")
        self.assertEqual(len(self.mails(self.agent)), 1)
        self.assertTrue(self.mails(self.agent).subject.startswith("9 "))

    def test_nothing_due_makes_no_mail(self):
        self.mine()
        self.run_at("2026-03-02 11:00")
        self.assertFalse(self.mails())

    def test_person_without_address_gets_the_activity(self):
        self.agent.partner_id.email = False
        ticket = self.mine()
        self.run_at("2026-03-06 09:00")
        self.assertEqual(len(self.activities(ticket, self.agent)), 1)
        self.assertFalse(self.mails(self.agent))
        self.assertFalse(self.alerts(ticket).mail_user_ids)

    def test_subject_of_a_complaint_is_no_markup(self):
        self.mine(name="<b>Bold</b> & <script>")
        self.run_at("2026-03-06 09:00")
        self.assertNotIn("<b>Bold", str(self.mails(self.agent).body_html))


@tagged("post_install", "-at_install")
class TestRobust(AlertCase):
    def test_one_bad_complaint_does_not_hold_up_the_others(self):
        self.only("breach")
        tickets = self.Ticket.union(*(self.mine() for _number in range(3)))
        bad = tickets[1]
        Alert = self.registry["klikumkm.sla.alert"]
        record = Alert._record_in_journal

        def fail(alerts, now):
            record(alerts, now)
            if bad in alerts.ticket_id:
                raise ZeroDivisionError("broken")

        with (
            patch.object(Alert, "_record_in_journal", fail),
            self.assertLogs(ALERT_LOGGER, "ERROR") as logs,
        ):
            self.run_at("2026-03-10 09:00")
        self.assertEqual(len(logs.records), 1)
        for ticket in tickets:
            self.assertEqual(len(self.alerts(ticket)), int(ticket != bad))
            self.assertEqual(self.journal(ticket).count("alert"), int(ticket != bad))
        self.run_at("2026-03-10 09:15")
        for ticket in tickets:
            self.assertEqual(len(self.alerts(ticket)), 1)
            self.assertEqual(len(self.activities(ticket, self.agent)), 1)
        bodies = "".join(str(mail.body_html) for mail in self.mails(self.agent))
        for ticket in tickets:
            self.assertEqual(bodies.count(f"complaints/{ticket.id}"), 2, "once")

    def test_crash_before_the_mails_is_made_good_by_the_next_run(self):
        self.only("breach")
        ticket = self.mine()
        Alert = self.registry["klikumkm.sla.alert"]

        def crash(alerts, *args):
            raise SystemExit

        self.travel("2026-03-10 09:00")
        with (
            patch.object(Alert, "_mail_due", crash),
            self.enter_registry_test_mode(),
            # assertRaises() would take back what was committed
            suppress(SystemExit),
        ):
            self.cron.method_direct_trigger()
        self.assertEqual(len(self.alerts(ticket)), 1)
        self.assertFalse(self.mails())
        # not in the night after
        self.run_at("2026-03-10 22:00")
        self.assertFalse(self.mails())
        self.run_at("2026-03-11 09:00", "2026-03-11 09:15")
        self.assertEqual(len(self.mails(self.agent)), 1)
        self.assertEqual(len(self.mails(self.lead)), 1)

    def test_mail_that_cannot_be_made_keeps_no_other_back(self):
        self.only("breach")
        self.mine()
        Alert = self.registry["klikumkm.sla.alert"]
        prepare = Alert._prepare_digest

        def fail(alerts, user, now):
            if user == self.agent:
                raise ZeroDivisionError("broken")
            return prepare(alerts, user, now)

        with (
            patch.object(Alert, "_prepare_digest", fail),
            self.assertLogs(ALERT_LOGGER, "ERROR"),
        ):
            self.run_at("2026-03-10 09:00")
        self.assertEqual(len(self.mails(self.lead)), 1)
        self.assertFalse(self.mails(self.agent))
        self.run_at("2026-03-10 09:15")
        self.assertEqual(len(self.mails(self.lead)), 1)
        self.assertEqual(len(self.mails(self.agent)), 1)

    def test_mail_that_could_not_be_made_comes_after_a_pause(self):
        self.only("promised_before")
        ticket = self.mine()
        layout = self.env.ref("klikumkm_sla.mail_alert_digest")
        arch = layout.arch_db
        layout.arch_db = "<html><t t-out='nothing.there' /></html>"
        with self.assertLogs(ALERT_LOGGER, "ERROR"):
            self.run_at("2026-03-06 09:00")
        self.move(ticket, "waiting_customer", "2026-03-06 10:00")
        self.move(ticket, "in_progress", "2026-03-06 11:00")
        layout.arch_db = arch
        self.run_at("2026-03-06 11:15", "2026-03-06 11:30")
        self.assertEqual(len(self.mails(self.agent)), 1)

    def test_mail_that_the_server_does_not_take_is_tried_again(self):
        self.only("emergency", "breach")
        tickets = self.Ticket.union(*(self.mine(name=f"No. {n}") for n in range(2)))
        self.run_at("2026-03-10 09:00")
        self.fail_mails()
        [first] = self.mails(self.agent)
        self.assertEqual(first.state, "exception")
        # answered meanwhile: the other one alone is told, by one mail
        self.move(tickets[0], "resolved", "2026-03-10 09:10")
        self.run_at("2026-03-10 09:15", "2026-03-10 09:16")
        [again] = self.mails(self.agent)
        self.assertNotEqual(again, first)
        self.assertIn(tickets[1].number, again.subject)
        self.assertEqual(len(self.mails(self.lead)), 1)
        again.state = "sent"
        self.run_at("2026-03-10 16:00")
        self.assertEqual(self.mails(self.agent), again)

    def test_mail_is_tried_again_with_growing_intervals_and_not_for_ever(self):
        self.only("emergency")
        ticket = self.mine(received="2026-03-02 18:00", priority="3")
        expected, tried = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256], []
        just_before = [quarter - 1 for quarter in expected[1:]]
        for quarter in sorted({*expected, *just_before, 300, 511, 512, 600}):
            self.run_at(local(wall("2026-03-02 18:00") + quarter * QUARTER)[:16])
            if self.mails(self.agent).filtered(lambda m: m.state == "outgoing"):
                tried.append(quarter)
                self.fail_mails()
        self.assertEqual(tried, expected)
        self.assertEqual(len(self.mails(self.agent)), 1)
        self.assertTrue(self.activities(ticket, self.agent))

    def test_mail_to_a_wrong_address_is_not_tried_again(self):
        self.only("breach")
        self.mine()
        self.run_at("2026-03-10 09:00")
        mail = self.mails(self.agent)
        mail.write({"state": "exception", "failure_type": "mail_email_invalid"})
        self.run_at("2026-03-10 09:15", "2026-03-10 12:00")
        self.assertEqual(self.mails(self.agent), mail)
        self.assertEqual(mail.state, "exception")

    def fail_mails(self):
        """Let the queue be sent while nobody listens at the mail server."""
        self.env["ir.mail_server"].search([]).active = False
        with smtp_sink() as sink:
            port = sink.port
        server = self.env["ir.mail_server"].create(
            {"name": "Dead", "smtp_host": "127.0.0.1", "smtp_port": port}
        )
        with (
            patch.object(IrMail_Server, "_disable_send", lambda *args: False),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            self.mails().filtered(lambda m: m.state == "outgoing").send()
        server.active = False

    def test_stops_when_time_is_up_and_goes_on_where_it_stopped(self):
        self.only("breach")
        self.patch(sla_alert, "BATCH", 2)
        tickets = self.Ticket.union(*(self.mine() for _number in range(5)))
        Cron = self.registry["ir.cron"]
        answers = iter([1, 1, 1, 0])

        def no_time_left(cron, processed=0, *, remaining=None, deactivate=False):
            return next(answers, 0)

        self.travel("2026-03-10 09:00")
        with patch.object(Cron, "_commit_progress", no_time_left):
            self.Alert._cron_alert()
        done = self.Alert.search_count([("ticket_id", "in", tickets.ids)])
        self.assertTrue(0 < done < 5, done)
        self.run_at("2026-03-10 09:15")
        self.assertEqual(self.Alert.search_count([("ticket_id", "in", tickets.ids)]), 5)
        for user in self.agent | self.lead:
            self.assertEqual(len(self.mails(user)), 1)

    def test_the_database_refuses_a_second_row(self):
        self.only("breach")
        ticket = self.mine()
        self.run_at("2026-03-10 09:00")
        alert = self.alerts(ticket)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            alert.copy({"state": "open"})

    def test_same_queries_for_two_and_forty(self):
        self.only("breach", "promised_before", "unassigned")
        counts = []
        for number in (2, 2, 40):
            self.travel("2026-03-02 10:00")
            tickets = self.Ticket.create(
                [
                    {
                        "name": "Instalment counted twice",
                        "description": "I paid on the first.",
                        "partner_id": self.partner.id,
                        "team_id": self.team.id,
                        "user_id": self.agent.id,
                        "received_date": wall("2026-03-02 10:00"),
                    }
                    for _number in range(number)
                ]
            )
            self.travel("2026-03-10 09:00")
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            with patch.object(
                self.registry["ir.cron"],
                "_commit_progress",
                lambda cron, *args, **kwargs: 1,
            ):
                self.Alert._cron_alert()
                self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
            self.assertEqual(
                self.Alert.search_count([("ticket_id", "in", tickets.ids)]), 2 * number
            )
            tickets.stage_id = self.stages["resolved"]
        self.assertEqual(counts[1], counts[2], counts)

    def test_same_queries_to_settle_one_of_two_matters_of_two_and_forty(self):
        """What stays open is said anew on each activity, as when a day off is added."""
        self.only("breach", "reply_pending")
        pending = {"reply_pending_since": wall("2026-03-03 11:00")}
        counts = []
        for number in (2, 2, 40):
            tickets = self.Ticket.union(*(self.mine() for _number in range(number)))
            tickets._write_silently(pending)
            self.run_at("2026-03-10 09:00")
            tickets._write_silently({"reply_pending_since": False})
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.Alert._settle(tickets)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
            self.assertEqual(len(tickets.activity_ids), 2 * number)
            open_alerts = self.Alert.search(
                [("ticket_id", "in", tickets.ids), ("state", "=", "open")]
            )
            self.assertEqual(open_alerts.rule_id, self.rule("breach"))
            self.assertEqual(len(open_alerts), number)
        self.assertEqual(counts[1], counts[2], counts)

    def test_what_comes_back_is_found_among_very_many_that_were_settled(self):
        self.only("breach")
        ticket = self.mine()
        self.run_at("2026-03-10 09:00")
        self.env.cr.execute(
            """
            INSERT INTO klikumkm_sla_alert
                   (rule_id, event, ticket_id, company_id, res_model, res_id,
                    date_value, alert_date, state)
            SELECT rule_id, event, ticket_id, company_id, res_model, -number,
                   date_value, alert_date, 'settled'
              FROM klikumkm_sla_alert, generate_series(1, 20000) number
             WHERE ticket_id = %s
            """,
            [ticket.id],
        )
        self.env.cr.execute("ANALYZE klikumkm_sla_alert")
        queries = []
        execute_query = type(self.env).execute_query

        def note(env, query):
            queries.append(query)
            return execute_query(env, query)

        with patch.object(type(self.env), "execute_query", note):
            self.Alert._find("settled", True, ["deadline"])
        [query] = [q for q in queries if "alert.date_value" in q.code]
        [*plan] = execute_query(self.env, SQL("EXPLAIN %s", query))
        self.assertNotIn("Seq Scan on klikumkm_sla_alert", str(plan))

    def test_searches_read_indexes(self):
        self.mine()
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        Rule = self.env["klikumkm.sla.alert.rule"]
        for event, _label in sla_alert.ALERT_EVENT:
            query = Rule._get_watched(event)
            self.env.cr.execute(
                "EXPLAIN " + self.env.cr.mogrify(query.code, query.params).decode()
            )
            plan = " ".join(row[0] for row in self.env.cr.fetchall())
            with self.subTest(event=event):
                self.assertNotRegex(
                    plan,
                    r"Seq Scan on (helpdesk_ticket |klikumkm_sla_clock"
                    r"|klikumkm_complaint_notice|klikumkm_complaint_response"
                    r"|klikumkm_complaint_coordination)",
                )


@tagged("post_install", "-at_install")
class TestAccess(AlertCase):
    def test_ledger_is_read_with_the_complaint_and_written_by_nobody(self):
        ticket = self.mine()
        self.run_at("2026-03-10 09:00")
        stranger = new_test_user(
            self.env, "alert-stranger", "helpdesk_mgmt.group_helpdesk_user_own"
        )
        alerts = self.alerts(ticket)
        domain = [("ticket_id", "=", ticket.id)]
        for user in self.agent | self.lead | self.manager:
            self.assertEqual(self.Alert.with_user(user).search(domain), alerts[::-1])
        self.assertFalse(self.Alert.with_user(stranger).search(domain))
        for user in self.agent | self.manager:
            with self.assertRaises(AccessError):
                alerts.with_user(user).write({"state": "settled"})
            with self.assertRaises(AccessError):
                alerts.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.Alert.with_user(user).create({"ticket_id": ticket.id})

    def test_rules_are_edited_by_managers_alone(self):
        rule = self.rule("breach")
        rule.with_user(self.manager).notify_manager = True
        self.assertTrue(rule.with_user(self.agent).name)
        for user in self.agent | self.lead:
            with self.assertRaises(AccessError):
                rule.with_user(user).notify_manager = False

    def test_rules_of_another_company_are_not_seen_and_do_not_remind(self):
        self.only("breach")
        rule = self.rule("breach")
        rule.company_id = self.env["res.company"].create({"name": "Another"})
        self.assertFalse(
            self.env["klikumkm.sla.alert.rule"]
            .with_user(self.manager)
            .search([("id", "=", rule.id)])
        )
        ticket = self.mine()
        self.run_at("2026-03-10 09:00")
        self.assertFalse(self.alerts(ticket))

    def test_rule_that_reminded_keeps_what_it_is_about(self):
        self.only("breach")
        self.mine()
        self.run_at("2026-03-10 09:00")
        with self.assertRaises(ValidationError):
            self.rule("breach").event = "target"

    def test_rule_tells_somebody(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.rule("promised_before").notify_owner = False
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestCustomer(AlertCase):
    def test_late_sentence_says_who_knows_only_once_they_do(self):
        ticket = self.mine().with_context(lang="en_US")
        self.move(ticket, "in_progress", "2026-03-02 11:00")
        self.travel("2026-03-09 20:00")
        self.assertEqual(
            ticket._get_promise_sentence(),
            "We missed the date of Mon 9 Mar 2026 17.00 WIB. We apologise.",
        )
        self.run_at("2026-03-10 09:00")
        told = (
            "We missed the date of Mon 9 Mar 2026 17.00 WIB. We apologise; the "
            "officer and the supervisor have been told."
        )
        self.assertEqual(ticket._get_promise_sentence(), told)
        self.assertEqual(ticket._get_status_words()[1], told)

    def test_not_of_a_silent_alert_nor_of_one_before(self):
        self.only("promised_day", "breach_manager")
        ticket = self.mine().with_context(lang="en_US")
        self.run_at("2026-03-09 09:00", "2026-03-12 09:00")
        self.assertEqual(len(self.alerts(ticket)), 2)
        self.assertNotIn("supervisor", ticket._get_promise_sentence())

    def test_not_of_an_earlier_date(self):
        self.only("breach")
        ticket = self.mine().with_context(lang="en_US")
        self.run_at("2026-03-10 09:00")
        self.clock_of(ticket)._extend(1, "Waiting for the bank")
        self.travel(str(local(ticket.sla_deadline + timedelta(hours=2)))[:16])
        self.assertNotIn("supervisor", ticket._get_promise_sentence())
