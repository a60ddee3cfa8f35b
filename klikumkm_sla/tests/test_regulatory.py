# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The term of the law beside the published standard (POJK 22/2023 articles 74, 75)."""

from odoo.tests import tagged

from .common import SlaCase, local


@tagged("post_install", "-at_install")
class TestRegulatory(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Channel = cls.env["helpdesk.ticket.channel"]
        cls.oral = Channel.create({"name": "Call", "communication_mode": "oral"})
        cls.written = Channel.create({"name": "Fax", "communication_mode": "written"})

    def switch(self, is_on=True):
        self.company.sla_regulatory = is_on

    def make(self, received="2026-03-02 10:00", **vals):
        return self.make_ticket(
            received,
            **{
                "submission_type": "complaint",
                "channel_id": self.written.id,
                "assistance_type": "coordination",
                "lang": "en_US",
                **vals,
            },
        )

    def term(self, ticket):
        return self.Clock.search(
            [("ticket_id", "=", ticket.id), ("kind", "=", "regulatory")]
        )

    def test_off_there_is_no_other_clock(self):
        ticket = self.make()
        self.assertEqual(ticket.sla_clock_ids.mapped("kind"), ["standard"])
        self.assertDeadline(ticket, "2026-03-30 17:00")

    def test_written_complaint_is_promised_in_ten_days(self):
        self.switch()
        ticket = self.make()
        self.assertEqual(local(self.term(ticket).deadline), "2026-03-16 17:00:00")
        self.assertEqual(local(ticket.sla_deadline), "2026-03-16 17:00:00")
        self.assertEqual(local(ticket._get_promised_date()), "2026-03-16 17:00:00")
        self.assertIn("10 working days", ticket._get_promise_reason())

    def test_oral_complaint_is_promised_in_five_days(self):
        self.switch()
        ticket = self.make(channel_id=self.oral.id)
        self.assertEqual(local(ticket.sla_deadline), "2026-03-09 17:00:00")

    def test_earlier_standard_stays_the_promise(self):
        self.switch()
        ticket = self.make(assistance_type="information")
        self.assertDeadline(ticket, "2026-03-04 17:00")

    def test_questions_have_no_term_of_the_law(self):
        self.switch()
        for submission_type in ("question", "information", "suggestion", "criticism"):
            ticket = self.make(submission_type=submission_type)
            self.assertFalse(self.term(ticket))

    def test_it_never_pauses(self):
        self.switch()
        ticket = self.make()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.assertEqual(self.term(ticket).state, "running")
        self.assertEqual(self.clock_of(ticket).state, "paused")
        self.assertEqual(ticket.sla_status, "running")
        self.assertNotIn("stopped", ticket._get_status_sentence())
        self.move(ticket, "in_progress", "2026-03-10 10:00")
        self.assertEqual(local(self.term(ticket).deadline), "2026-03-16 17:00:00")

    def test_each_clock_has_its_own_result(self):
        self.switch()
        ticket = self.make()
        self.move(ticket, "resolved", "2026-03-20 10:00")
        self.assertEqual(self.term(ticket).result, "late")
        self.assertEqual(self.clock_of(ticket).result, "met")
        self.assertEqual(ticket.sla_result, "late", "the promised one")

    def test_turned_into_a_question_the_term_ends(self):
        self.switch()
        ticket = self.make()
        self.travel("2026-03-03 10:00")
        ticket.write({"submission_type": "question", "assistance_type": "coordination"})
        self.assertEqual(self.term(ticket).state, "cancelled")
        self.assertDeadline(ticket, "2026-03-30 17:00")
        self.move(ticket, "in_progress", "2026-03-04 10:00")
        self.assertEqual(self.term(ticket).state, "cancelled")
        self.travel("2026-03-05 10:00")
        ticket.write(
            {"submission_type": "complaint", "assistance_type": "coordination"}
        )
        self.assertEqual(self.term(ticket).state, "running")
        self.assertEqual(local(ticket.sla_deadline), "2026-03-16 17:00:00")

    def test_question_that_becomes_a_complaint_counts_from_receipt(self):
        self.switch()
        ticket = self.make(submission_type="question")
        self.travel("2026-03-05 10:00")
        ticket.write(
            {"submission_type": "complaint", "assistance_type": "coordination"}
        )
        self.assertEqual(local(self.term(ticket).deadline), "2026-03-16 17:00:00")

    def test_other_channel_other_term(self):
        self.switch()
        ticket = self.make()
        ticket.channel_id = self.oral
        self.assertEqual(local(ticket.sla_deadline), "2026-03-09 17:00:00")

    def test_switched_on_it_concerns_what_is_received_from_then(self):
        old = self.make()
        self.travel("2026-03-05 10:00")
        self.switch()
        self.assertFalse(self.term(old))
        self.assertEqual(str(self.company.sla_regulatory_from), "2026-03-05")
        self.assertTrue(self.term(self.make("2026-03-05 10:00")))

    def test_day_moved_back_it_concerns_older_ones_too(self):
        old = self.make()
        self.travel("2026-03-05 10:00")
        self.switch()
        self.company.sla_regulatory_from = "2026-03-02"
        self.assertEqual(local(self.term(old).deadline), "2026-03-16 17:00:00")
        self.assertEqual(local(old.sla_deadline), "2026-03-16 17:00:00")

    def test_switched_off_the_standard_is_the_promise_again(self):
        self.switch()
        ticket = self.make()
        self.switch(False)
        self.assertEqual(self.term(ticket).state, "cancelled")
        self.assertDeadline(ticket, "2026-03-30 17:00")

    def test_missed_term_is_recorded(self):
        self.switch()
        ticket = self.make()
        self.travel("2026-03-17 10:00")
        self.sweep()
        self.assertTrue(self.term(ticket).missed)
        self.assertFalse(self.clock_of(ticket).missed)
        self.assertEqual(ticket.sla_state, "overdue")

    def test_told_date_is_that_of_the_law(self):
        self.switch()
        ticket = self.make(partner_name="Siti")
        ticket._tell(
            "receipt",
            "klikumkm_complaint.mail_template_receipt",
            told={"medium": "phone"},
        )
        self.assertEqual(local(ticket.sla_told_date), "2026-03-16 17:00:00")
        self.travel("2026-03-03 10:00")
        self.switch(False)
        self.assertTrue(ticket.sla_is_untold, "a later date is promised now")

    def tell(self, ticket):
        ticket._tell(
            "receipt",
            "klikumkm_complaint.mail_template_receipt",
            told={"medium": "phone"},
        )

    def test_term_that_starts_later_leaves_the_told_date(self):
        self.switch()
        ticket = self.make(submission_type="question", partner_name="Siti")
        self.tell(ticket)
        self.assertEqual(local(ticket.sla_told_date), "2026-03-30 17:00:00")
        self.travel("2026-03-05 10:00")
        ticket.write(
            {"submission_type": "complaint", "assistance_type": "coordination"}
        )
        self.assertEqual(local(ticket.sla_deadline), "2026-03-16 17:00:00")
        self.assertEqual(local(ticket._get_promised_date()), "2026-03-30 17:00:00")
        self.assertTrue(ticket._get_promise_reason().startswith("20 working days"))

    def test_reopened_after_it_was_switched_off(self):
        self.switch()
        ticket = self.make()
        self.move(ticket, "resolved", "2026-03-04 10:00")
        self.switch(False)
        self.move(ticket, "in_progress", "2026-03-05 10:00")
        self.assertEqual(ticket.sla_status, "running")
        self.assertEqual(ticket.sla_deadline, self.clock_of(ticket).deadline)

    def test_switched_on_again_after_reopening(self):
        self.switch()
        ticket = self.make()
        self.move(ticket, "resolved", "2026-03-04 10:00")
        self.switch(False)
        self.move(ticket, "in_progress", "2026-03-05 10:00")
        self.travel("2026-03-06 10:00")
        self.switch()
        self.assertEqual(self.term(ticket).state, "running")
        # what passed while nobody counted it is not held against us
        self.assertEqual(local(ticket.sla_deadline), "2026-03-18 17:00:00")

    def test_question_to_a_complaint_while_we_wait(self):
        self.switch()
        ticket = self.make(submission_type="question", partner_name="Siti")
        self.tell(ticket)
        self.move(ticket, "waiting_customer", "2026-03-04 10:00")
        ticket.write(
            {"submission_type": "complaint", "assistance_type": "coordination"}
        )
        self.assertEqual(self.term(ticket).state, "running")
        self.move(ticket, "in_progress", "2026-03-25 10:00")
        self.assertEqual(local(ticket.sla_deadline), "2026-03-16 17:00:00")
        self.assertEqual(local(ticket._get_promised_date()), "2026-03-30 17:00:00")
        self.assertNotIn("apologise", ticket._get_status_sentence())

    def test_second_extension_beside_the_term(self):
        self.switch()
        ticket = self.make(assistance_type="handling", partner_name="Siti")
        self.tell(ticket)
        self.clock_of(ticket)._extend(2, "More papers")
        self.assertEqual(local(ticket.sla_deadline), "2026-03-11 17:00:00")
        self.clock_of(ticket)._extend(10, "Still more papers")
        self.assertEqual(local(ticket.sla_deadline), "2026-03-16 17:00:00")
        notice = ticket.notice_ids.filtered(
            lambda n: n.kind == "new_date" and n.state == "to_tell"
        )
        self.assertEqual(local(notice.promised_date), "2026-03-16 17:00:00")
        self.assertIn("10 working days, counted", notice.body)

    def test_other_channel_meanwhile(self):
        self.switch()
        ticket = self.make()
        self.switch(False)
        ticket.channel_id = self.oral
        self.switch()
        self.assertEqual(local(self.term(ticket).deadline), "2026-03-09 17:00:00")

    def test_preview_of_a_reclassification_knows_the_term(self):
        self.switch()
        ticket = self.make(assistance_type="handling")
        self.assertEqual(local(ticket.sla_deadline), "2026-03-09 17:00:00")
        preview = ticket._preview_deadlines(
            {ticket.id: {"assistance_type": "coordination"}}
        )[ticket]
        ticket.assistance_type = "coordination"
        self.assertEqual(local(ticket.sla_deadline), "2026-03-16 17:00:00")
        self.assertEqual(preview.after, ticket.sla_deadline)
        preview = ticket._preview_deadlines(
            {ticket.id: {"assistance_type": "information"}}
        )[ticket]
        ticket.assistance_type = "information"
        self.assertEqual(preview.after, ticket.sla_deadline)

    def test_preview_of_another_type_knows_that_the_term_ends(self):
        self.switch()
        ticket = self.make()
        effect = ticket._get_reclassification_effect({"submission_type": "criticism"})
        ticket.submission_type = "criticism"
        self.assertIn(ticket._format_customer_day(ticket.sla_deadline), effect)
        self.assertEqual(self.term(ticket).state, "cancelled")

    def test_term_that_began_meanwhile_is_counted_after_reopening(self):
        self.switch()
        ticket = self.make(submission_type="question")
        self.move(ticket, "resolved", "2026-03-04 10:00")
        ticket.write(
            {"submission_type": "complaint", "assistance_type": "coordination"}
        )
        self.move(ticket, "in_progress", "2026-03-05 10:00")
        self.assertEqual(self.term(ticket).state, "running")

    def test_of_equal_dates_that_which_does_not_stand_still_leads(self):
        self.switch()
        ticket = self.make(channel_id=self.oral.id, assistance_type="handling")
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.assertEqual(local(ticket.sla_deadline), "2026-03-09 17:00:00")
        self.assertEqual(ticket.sla_status, "running")
        self.travel("2026-03-10 10:00")
        self.sweep()
        self.assertEqual(ticket.sla_state, "overdue")

    def test_nobody_reads_that_our_count_has_stopped(self):
        self.switch()
        ticket = self.make(assistance_type="handling")
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.assertEqual(ticket.sla_status, "paused")
        sentence = ticket._get_status_sentence()
        self.assertNotIn("stopped", sentence)
        self.assertNotIn("working days left", sentence)

    def test_extension_up_to_the_term_is_explained_by_the_term(self):
        self.switch()
        ticket = self.make(assistance_type="handling", partner_name="Siti")
        self.tell(ticket)
        preview = ticket._preview_extension(10)
        self.assertEqual(local(preview.after), "2026-03-16 17:00:00")
        values = {"new_date": preview.after, "days": 10}
        reason = ticket.with_context(complaint_values=values)._get_promise_reason()
        self.assertTrue(reason.startswith("10 working days"), reason)
        self.assertNotIn("extension", reason)

    def test_kind_may_start_with_another_date(self):
        """The documents-complete start of article 75(1) is a start field, no more."""
        kinds = self.Clock._clock_kinds()
        self.assertEqual(kinds["regulatory"]["start_field"], "received_date")
        self.assertFalse(kinds["regulatory"]["pauses"])

    def test_settings_say_what_is_exceeded_while_it_is_off(self):
        view = self.env.ref("klikumkm_sla.res_config_settings_view_form")
        for lang, words in (("en_US", "article 75"), ("id_ID", "pasal 75")):
            self.assertIn(words, view.with_context(lang=lang).arch_db)
