# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What customers were told and what is counted (rule 9 of the rules of time)."""

from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import SlaCase, local, wall


@tagged("post_install", "-at_install")
class TestTold(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.notices = cls.env["klikumkm.complaint.notice"]
        cls.agent = new_test_user(
            cls.env, "agent_told", groups="helpdesk_mgmt.group_helpdesk_user_team"
        )
        cls.team.user_ids += cls.agent

    def tell(self, ticket, kind="receipt", at=None, **kwargs):
        """Somebody tells the customer, by telephone."""
        if at:
            self.travel(at)
        template = {
            "receipt": "klikumkm_complaint.mail_template_receipt",
            "progress": "klikumkm_complaint.mail_template_progress",
        }[kind]
        return ticket._tell(kind, template, told={"medium": "phone"}, **kwargs)

    def untold(self, ticket):
        return self.notices.search(
            [("ticket_id", "=", ticket.id), ("kind", "=", "new_date")]
        )

    def make_told(self, **vals):
        ticket = self.make_ticket(lang="en_US", partner_name="Siti", **vals)
        self.tell(ticket)
        return ticket

    # === WHAT IS TOLD === #
    def test_nothing_told_yet_shows_the_counted_date(self):
        ticket = self.make_ticket()
        self.assertFalse(ticket.sla_told_date)
        self.assertEqual(local(ticket._get_promised_date()), "2026-03-09 17:00:00")

    def test_receipt_tells_the_date(self):
        ticket = self.make_told()
        self.assertEqual(local(ticket.sla_told_date), "2026-03-09 17:00:00")
        self.assertCopied(ticket)
        self.assertEqual(self.clock_of(ticket).told_deadline, ticket.sla_told_date)

    def test_notice_that_waits_tells_nothing(self):
        ticket = self.make_ticket(
            lang="en_US", partner_name="Siti", partner_phone="08123456789"
        )
        ticket._tell("receipt", "klikumkm_complaint.mail_template_receipt")
        self.assertFalse(ticket.sla_told_date)

    def test_answer_names_no_date(self):
        ticket = self.make_ticket(lang="en_US", partner_name="Siti")
        ticket._tell("answer", body="Done.", told={"medium": "phone"})
        self.assertFalse(ticket.sla_told_date)

    # === A LATER DATE === #
    def test_later_deadline_waits_to_be_told_and_the_old_date_stands(self):
        ticket = self.make_told()
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        self.assertDeadline(ticket, "2026-03-30 17:00")
        notice = self.untold(ticket)
        self.assertEqual(notice.state, "to_tell")
        self.assertFalse(notice.mail_message_id)
        self.assertEqual(local(notice.previous_date), "2026-03-09 17:00:00")
        self.assertEqual(local(notice.promised_date), "2026-03-30 17:00:00")
        self.assertIn("together with another unit", notice.body)
        self.assertIn("9 Mar 2026", notice.body)
        self.assertIn("30 Mar 2026", notice.text)
        self.assertIn("Received.", notice.body, "the stage reached")
        self.assertTrue(ticket.sla_is_untold)
        self.assertEqual(local(ticket._get_promised_date()), "2026-03-09 17:00:00")
        self.assertIn("9 Mar 2026", ticket._get_status_sentence())
        self.assertIn("not yet told", ticket.sla_promised_day)

    def test_telling_the_later_date_makes_it_the_customers(self):
        ticket = self.make_told()
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        self.untold(ticket)._tell_otherwise("phone", wall("2026-03-03 10:00"))
        self.assertEqual(local(ticket.sla_told_date), "2026-03-30 17:00:00")
        self.assertFalse(ticket.sla_is_untold)
        self.assertFalse(self.clock_of(ticket).is_told_late)
        self.assertIn("30 Mar 2026", ticket._get_status_sentence())

    def test_told_after_the_old_date_is_a_late_notice(self):
        ticket = self.make_told()
        self.travel("2026-03-09 16:00")
        ticket.assistance_type = "coordination"
        self.travel("2026-03-10 09:00")
        self.untold(ticket)._tell_otherwise("phone", wall("2026-03-09 17:01"))
        self.assertTrue(self.clock_of(ticket).is_told_late)

    def test_told_at_exactly_the_old_date_is_in_time(self):
        ticket = self.make_told()
        self.travel("2026-03-09 16:00")
        ticket.assistance_type = "coordination"
        self.travel("2026-03-10 09:00")
        self.untold(ticket)._tell_otherwise("phone", wall("2026-03-09 17:00"))
        self.assertFalse(self.clock_of(ticket).is_told_late)

    def test_never_told_before_the_answer_is_a_late_notice(self):
        ticket = self.make_told()
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        self.move(ticket, "resolved", "2026-03-12 10:00")
        clock = self.clock_of(ticket)
        self.assertEqual(clock.result, "met")
        self.assertTrue(clock.is_told_late)
        self.assertFalse(ticket.sla_is_untold, "no more use to tell it")

    def test_untold_but_answered_before_the_old_date_is_no_late_notice(self):
        ticket = self.make_told()
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        self.move(ticket, "resolved", "2026-03-09 17:00")
        self.assertFalse(self.clock_of(ticket).is_told_late)

    def test_earlier_deadline_tells_nobody(self):
        ticket = self.make_told()
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "information"
        self.assertDeadline(ticket, "2026-03-04 17:00")
        self.assertFalse(self.untold(ticket))
        self.assertEqual(local(ticket._get_promised_date()), "2026-03-09 17:00:00")

    def test_date_named_at_last_waits_to_be_told(self):
        """The receipt said: we cannot name a date yet, we will tell you soon."""
        self.policies["handling"].active = False
        told, untold = self.make_told(), self.make_ticket()
        self.assertFalse(told.sla_told_date)
        self.travel("2026-03-03 10:00")
        self.policies["handling"].active = True
        self.sweep()
        self.assertDeadline(told, "2026-03-09 17:00")
        notice = self.untold(told)
        self.assertEqual(local(notice.promised_date), "2026-03-09 17:00:00")
        self.assertFalse(notice.previous_date)
        self.assertFalse(self.untold(untold), "its receipt names the date")
        notice._tell_otherwise("phone", wall("2026-03-03 10:00"))
        self.assertEqual(local(told.sla_told_date), "2026-03-09 17:00:00")
        self.assertFalse(self.clock_of(told).is_told_late)

    def test_only_the_last_date_waits(self):
        ticket = self.make_told()
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        first = self.untold(ticket)
        self.add_leave("2026-03-04")
        self.assertFalse(first.active)
        last = self.untold(ticket)
        self.assertEqual(local(last.promised_date), "2026-03-31 17:00:00")
        self.assertEqual(local(last.previous_date), "2026-03-09 17:00:00")

    def test_back_to_the_old_date_withdraws_the_message(self):
        ticket = self.make_told()
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        notice = self.untold(ticket)
        ticket.assistance_type = "handling"
        self.assertFalse(notice.active)
        self.assertFalse(ticket.sla_is_untold)

    def test_withdrawn_message_does_not_come_back_by_itself(self):
        ticket = self.make_told()
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        self.untold(ticket).action_withdraw()
        ticket.priority = "3"
        self.move(ticket, "in_progress", "2026-03-04 10:00")
        self.assertFalse(self.untold(ticket))

    def test_holiday_under_a_running_complaint(self):
        ticket = self.make_told()
        self.add_leave("2026-03-05")
        self.assertDeadline(ticket, "2026-03-10 17:00")
        self.assertIn("working days have changed", self.untold(ticket).body)

    def test_reason_given_for_a_recount_is_told(self):
        ticket = self.make_told()
        later = self.calendar.with_context(sla_version_later=self.calendar.ids)
        self.add_leave("2026-03-05", calendar=later)
        self.env.execute_query(
            SQL(
                "UPDATE resource_calendar SET sla_version = "
                "nextval('klikumkm_sla_version') WHERE id = %s RETURNING id",
                self.calendar.id,
            )
        )
        self.calendar.invalidate_recordset()
        engine = self.Ticket._get_clock_engine().with_context(
            sla_new_date_reason={"id_ID": "Ada libur.", "en_US": "A day off."}
        )
        self.clock_of(ticket).with_env(engine.env)._recount(wall("2026-03-02 11:00"))
        self.assertIn("A day off.", self.untold(ticket).body)

    # === GAPS === #
    def test_after_the_customers_answer_the_new_date_waits(self):
        ticket = self.make_told()
        self.tell(ticket, "progress")
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.assertFalse(self.untold(ticket))
        self.move(ticket, "in_progress", "2026-03-06 10:00")
        self.assertDeadline(ticket, "2026-03-12 17:00")
        self.assertIn("Thank you for your answer", self.untold(ticket).body)
        self.assertEqual(local(ticket._get_promised_date()), "2026-03-09 17:00:00")

    def test_date_that_passed_while_we_waited_for_him_is_no_promise(self):
        ticket = self.make_told()
        self.tell(ticket, "progress")
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.move(ticket, "in_progress", "2026-03-16 10:00")
        self.assertEqual(ticket._get_promised_date(), ticket.sla_deadline)
        self.assertNotIn("apologise", ticket._get_status_sentence())
        self.move(ticket, "resolved", "2026-03-17 10:00")
        self.assertFalse(self.clock_of(ticket).is_told_late)

    def test_told_after_we_waited_for_him_is_no_late_notice(self):
        ticket = self.make_told()
        self.tell(ticket, "progress")
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.move(ticket, "in_progress", "2026-03-16 10:00")
        self.untold(ticket)._tell_otherwise("phone", wall("2026-03-16 10:00"))
        self.assertEqual(ticket.sla_told_date, ticket.sla_deadline)
        self.assertFalse(self.clock_of(ticket).is_told_late)

    def test_progress_while_we_wait_tells_no_later_date(self):
        ticket = self.make_told()
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        self.tell(ticket, "progress")
        self.move(ticket, "waiting_customer", "2026-03-04 10:00")
        progress = self.tell(ticket, "progress", at="2026-03-10 10:00")
        self.assertNotIn("30 Mar", progress.body)
        self.assertEqual(local(ticket.sla_told_date), "2026-03-09 17:00:00")
        self.assertTrue(ticket.sla_is_untold)
        self.move(ticket, "in_progress", "2026-03-11 10:00")
        stage = self.env.ref("klikumkm_complaint.stage_data_checked")
        values = {"stage_reached": stage}
        progress = self.tell(ticket, "progress", values=values)
        self.assertNotIn(" Apr 2026", progress.body)
        self.assertEqual(local(ticket.sla_told_date), "2026-03-09 17:00:00")
        self.assertTrue(ticket.sla_is_untold)

    def test_date_that_passed_before_we_waited_is_told_late(self):
        ticket = self.make_told()
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        self.tell(ticket, "progress", at="2026-03-10 09:00")
        self.move(ticket, "waiting_customer", "2026-03-10 10:00")
        self.move(ticket, "in_progress", "2026-03-12 10:00")
        self.untold(ticket)._tell_otherwise("phone", wall("2026-03-12 10:05"))
        self.assertTrue(self.clock_of(ticket).is_told_late)

    def test_reclassified_with_the_answer_after_the_old_date_is_told_late(self):
        ticket = self.make_told()
        self.travel("2026-03-12 10:00")
        ticket.write(
            {
                "assistance_type": "coordination",
                "stage_id": self.stages["resolved"].id,
            }
        )
        self.assertTrue(self.clock_of(ticket).is_told_late)

    def test_reopened_the_same_day_the_later_date_waits_again(self):
        ticket = self.make_told()
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        self.move(ticket, "resolved", "2026-03-04 10:00")
        self.assertFalse(self.untold(ticket))
        self.move(ticket, "in_progress", "2026-03-04 11:00")
        self.assertEqual(len(self.untold(ticket)), 1)
        self.assertTrue(ticket.sla_is_untold)

    def test_cancelled_by_mistake_the_later_date_waits_again(self):
        ticket = self.make_told()
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        self.move(ticket, "cancelled", "2026-03-04 10:00")
        self.assertFalse(self.untold(ticket))
        self.travel("2026-03-06 10:00")
        ticket.with_context(complaint_undo=True).write(
            {"stage_id": self.stages["in_progress"].id}
        )
        self.assertDeadline(ticket, "2026-03-30 17:00")
        self.assertEqual(len(self.untold(ticket)), 1)

    def test_reopened_after_the_old_date(self):
        ticket = self.make_told()
        self.move(ticket, "resolved", "2026-03-06 10:00")
        self.move(ticket, "in_progress", "2026-03-16 10:00")
        self.assertEqual(ticket._get_promised_date(), ticket.sla_deadline)
        self.assertIn("reopened", self.untold(ticket).body)

    def test_date_after_reopening_is_known_before(self):
        ticket = self.make_told()
        self.move(ticket, "resolved", "2026-03-06 10:00")
        self.travel("2026-03-16 10:00")
        expected = ticket._get_date_after_reopening()
        self.move(ticket, "in_progress", "2026-03-16 10:00")
        self.assertEqual(ticket.sla_deadline, expected)

    def test_reopening_never_promises_a_date_that_is_over(self):
        ticket = self.make_told(partner_email="siti@example.com")
        self.move(ticket, "resolved", "2026-03-11 10:00")
        self.travel("2026-03-16 10:00")
        wizard = (
            self.env["klikumkm.complaint.reopen"]
            .with_context(active_model="helpdesk.ticket", active_ids=ticket.ids)
            .create({"reason": "The bank has answered."})
        )
        self.assertIn("We missed the date of Mon 9 Mar 2026", wizard.body)
        self.assertNotIn("We will answer by", wizard.body)
        self.assertIn("We missed the date of Mon 9 Mar 2026", wizard.text)

    # === MAIL === #
    def test_bounced_mail_gives_the_old_date_back(self):
        ticket = self.make_told(partner_email="siti@example.com")
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        notice = self.untold(ticket)
        notice._tell_otherwise("email", wall("2026-03-03 10:00"))
        self.assertEqual(local(ticket.sla_told_date), "2026-03-30 17:00:00")
        notice.write({"state": "failed"})
        ticket._customer_not_reached(notice)
        self.assertEqual(local(ticket.sla_told_date), "2026-03-09 17:00:00")
        self.assertTrue(ticket.sla_is_untold)

    def test_receipt_that_came_late_tells_a_date_no_longer_valid(self):
        ticket = self.make_ticket(
            lang="en_US", partner_name="Siti", partner_phone="08123456789"
        )
        receipt = ticket._tell("receipt", "klikumkm_complaint.mail_template_receipt")
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        self.assertFalse(self.untold(ticket), "nothing was told yet")
        receipt._tell_otherwise("whatsapp", wall("2026-03-03 10:00"))
        self.assertEqual(local(ticket.sla_told_date), "2026-03-09 17:00:00")
        self.assertEqual(
            local(self.untold(ticket).promised_date), "2026-03-30 17:00:00"
        )

    def test_bounced_receipt_leaves_no_message_behind_the_answer(self):
        ticket = self.make_told(partner_email="siti@example.com")
        receipt = ticket.notice_ids
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        receipt.write({"state": "failed"})
        ticket._customer_not_reached(receipt)
        self.assertFalse(ticket.sla_told_date)
        self.move(ticket, "resolved", "2026-03-04 10:00")
        self.assertFalse(self.untold(ticket))
        self.assertFalse(ticket.sla_is_untold)

    def test_progress_does_not_bring_a_withdrawn_message_back(self):
        ticket = self.make_told()
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        self.untold(ticket).action_withdraw()
        self.tell(ticket, "progress", at="2026-03-04 10:00")
        self.assertFalse(self.untold(ticket))

    def test_agent_opens_the_message_and_tells(self):
        ticket = self.make_told(partner_phone="08123456789")
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        action = ticket.with_user(self.agent).action_tell_new_date()
        wizard = (
            self.env["klikumkm.complaint.tell"]
            .with_user(self.agent)
            .with_context(**action["context"])
            .create({})
        )
        wizard.action_told()
        self.assertEqual(local(ticket.sla_told_date), "2026-03-30 17:00:00")

    # === BATCHES === #
    def test_same_queries_for_one_and_twenty_new_dates(self):
        counts = []
        for number in (1, 1, 20):
            tickets = self.Ticket.union(
                *(self.make_told(name=f"T{number}{i}") for i in range(number))
            )
            self.travel("2026-03-03 10:00")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets.write({"assistance_type": "coordination"})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(self.untold(tickets[0])), 1)
        self.assertLessEqual(counts[2], counts[1] + 2, counts)

    def test_same_queries_to_show_one_and_twenty_dates(self):
        tickets = self.Ticket.union(*(self.make_told(name=f"L{n}") for n in range(21)))
        tickets.write({"assistance_type": "coordination"})
        self.travel("2026-03-20 10:00")
        counts = []
        for batch in (tickets[:1], tickets[1:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch.mapped("sla_promised_day")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
