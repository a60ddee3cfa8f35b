# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Reopening tells the new date once, and may give more time in the same message."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import wall
from .test_extension import ExtensionCase


@tagged("post_install", "-at_install")
class TestReopening(ExtensionCase):
    def make_answered(self, **vals):
        """Told Monday 9 March; answered on Wednesday 4 March."""
        ticket = self.make_told(submission_type="complaint", **vals)
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.travel("2026-03-04 10:00")
        self.answer(ticket)
        return ticket

    def answer(self, ticket):
        ground = self.env["klikumkm.complaint.reason"].search(
            [("kind", "=", "refusal_ground")], limit=1
        )
        ticket._answer(
            {
                "kind": "explanation",
                "outcome": "rejected",
                "refusal_ground_id": ground.id,
                "body": "<p>No.</p>",
                "decision": "pending",
            },
            {
                "template": "klikumkm_complaint.mail_template_answer",
                "told": {"medium": "phone"},
            },
        )
        self.assertEqual(ticket.status, "resolved")

    def make_objection(self, **vals):
        """The customer does not accept the answer; it is Friday 6 March."""
        ticket = self.make_answered(**vals)
        self.travel("2026-03-06 10:00")
        ticket._record_decision("rejected", "Still wrong", told={"medium": "phone"})
        return ticket

    def waiting(self, ticket):
        return ticket.notice_ids.filtered(lambda n: n.state != "told")

    def assertToldOnce(self, ticket, date):
        """The message about reopening tells the date, and nothing else waits."""
        notice = self.waiting(ticket).filtered(
            lambda n: n.kind == "progress" and "again" in n.subject
        )
        notice._tell_otherwise("phone", self.env.cr.now())
        self.assertEqual(ticket.sla_told_date, wall(date))
        self.assertFalse(ticket.sla_is_untold)

    def open(self, model, ticket):
        """A dialog about the complaint, as the lead fills it in."""
        context = {"active_model": "helpdesk.ticket", "active_ids": ticket.ids}
        return Form(self.env[model].with_user(self.lead).with_context(**context))

    def open_reopen(self, ticket):
        form = self.open("klikumkm.complaint.reopen", ticket)
        form.reason = "The bank sent another proof."
        return form

    def open_ruling(self, ticket):
        form = self.open("klikumkm.complaint.ruling", ticket)
        form.ruling = "reopen"
        form.reason = "<p>We look at it again.</p>"
        return form

    def test_ruling_tells_the_date_once(self):
        ticket = self.make_objection()
        self.open_ruling(ticket).save().action_decide()
        self.assertDeadline(ticket, "2026-03-11 17:00")
        self.assertFalse(ticket.extension_ids)
        self.assertToldOnce(ticket, "2026-03-11 17:00")

    def test_ruling_gives_more_time_in_the_same_message(self):
        ticket = self.make_objection()
        form = self.open_ruling(ticket)
        self.assertIn("11 Mar 2026", form.dates_label)
        form.extension_days = 3
        form.extension_reason_id = self.reason
        self.assertIn("16 Mar 2026", form.dates_label)
        for text in (form.body, form.text):
            self.assertIn("We need 3 more working days. The reason: ", text)
            self.assertIn("16 Mar 2026", text)
        form.save().action_decide()
        self.assertDeadline(ticket, "2026-03-16 17:00")
        extension = ticket.extension_ids
        self.assertEqual(
            (extension.days, extension.reason_id, extension.approved_by_id.id),
            (3, self.reason, False),
        )
        self.assertEqual(extension.notice_id.kind, "progress")
        self.assertEqual(extension.notice_state, "to_tell")
        self.assertToldOnce(ticket, "2026-03-16 17:00")
        self.assertEqual(extension.notice_state, "told")

    def test_lead_who_rules_may_exceed_the_cap(self):
        ticket = self.make_objection()
        form = self.open_ruling(ticket)
        form.extension_days = 9
        form.extension_reason_id = self.other_reason
        form.extension_words = "The court asked for the file"
        form.save().action_decide()
        extension = ticket.extension_ids
        self.assertEqual(extension.approved_by_id, self.lead)
        self.assertEqual(extension.reason, "The court asked for the file")
        self.assertIn("The court asked for the file", extension.notice_id.body)

    def test_more_time_needs_a_reason(self):
        ticket = self.make_objection()
        form = self.open_ruling(ticket)
        form.extension_days = 3
        form.extension_reason_id = self.reason
        wizard = form.save()
        for vals in (
            {"extension_reason_id": False},
            {"extension_reason_id": self.stage.id},
            {"extension_reason_id": self.other_reason.id, "extension_words": " "},
            {"extension_days": -1},
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                wizard.write(vals)
                wizard.action_decide()
        self.assertEqual(ticket.status, "resolved")

    def test_date_that_is_over_is_said_before(self):
        ticket = self.make_told(submission_type="complaint")
        self.travel("2026-03-11 10:00")
        self.answer(ticket)
        self.travel("2026-03-12 10:00")
        ticket._record_decision("rejected", "No", told={"medium": "phone"})
        form = self.open_ruling(ticket)
        self.assertTrue(form.is_date_past)
        form.extension_days = 1
        form.extension_reason_id = self.reason
        self.assertTrue(form.is_date_past)
        wizard = form.save()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            wizard.action_decide()
        form.extension_days = 6
        self.assertFalse(form.is_date_past)
        form.save().action_decide()
        self.assertTrue(ticket.extension_ids.is_late)

    def test_final_answer_gives_no_time(self):
        ticket = self.make_objection()
        form = self.open_ruling(ticket)
        form.extension_days = 3
        form.extension_reason_id = self.reason
        form.ruling = "final"
        self.assertNotIn("more working days", form.body)
        form.save().action_decide()
        self.assertFalse(ticket.extension_ids)

    def test_reopened_by_a_lead_tells_the_date_once(self):
        ticket = self.make_answered()
        self.travel("2026-03-06 10:00")
        form = self.open_reopen(ticket)
        form.save().action_reopen()
        self.assertDeadline(ticket, "2026-03-11 17:00")
        self.assertToldOnce(ticket, "2026-03-11 17:00")

    def test_objection_by_reply_tells_the_date_once(self):
        ticket = self.make_answered()
        self.travel("2026-03-06 10:00")
        ticket.message_post(
            body="Still wrong",
            author_id=ticket.partner_id.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.travel("2026-03-09 10:00")
        ticket.with_user(self.agent).action_reply_objection()
        self.assertDeadline(ticket, "2026-03-11 17:00")
        self.assertToldOnce(ticket, "2026-03-11 17:00")

    def test_more_time_on_the_day_of_the_answer_is_told(self):
        # reopened on the same day the date would not move, but for the extension
        ticket = self.make_answered()
        self.travel("2026-03-04 15:00")
        ticket._record_decision("rejected", "Wrong", told={"medium": "phone"})
        form = self.open_ruling(ticket)
        form.extension_days = 3
        form.extension_reason_id = self.reason
        form.save().action_decide()
        self.assertDeadline(ticket, "2026-03-12 17:00")
        self.assertToldOnce(ticket, "2026-03-12 17:00")
        self.assertIn("from 9 Mar 2026 to 12 Mar 2026", ticket._get_status_sentence())

    def test_extension_of_a_date_that_was_never_told_names_both(self):
        ticket = self.make_ticket(
            lang="en_US",
            partner_name="Siti",
            status="in_progress",
            submission_type="complaint",
        )
        self.travel("2026-03-04 10:00")
        self.answer(ticket)
        self.travel("2026-03-06 10:00")
        ticket._record_decision("rejected", "Wrong", told={"medium": "phone"})
        form = self.open_ruling(ticket)
        form.extension_days = 3
        form.extension_reason_id = self.reason
        form.save().action_decide()
        self.assertToldOnce(ticket, "2026-03-16 17:00")
        self.assertIn("from 11 Mar 2026 to 16 Mar 2026", ticket._get_status_sentence())

    def test_date_that_was_never_told_is_told_when_reopened(self):
        ticket = self.make_told(submission_type="complaint")
        self.move(ticket, "waiting_customer", "2026-03-04 10:00")
        self.move(ticket, "in_progress", "2026-03-11 10:00")
        self.assertDeadline(ticket, "2026-03-16 17:00")
        self.assertTrue(ticket.sla_is_untold)
        self.travel("2026-03-12 10:00")
        self.answer(ticket)
        ticket._reopen("We look at it again.")
        self.assertDeadline(ticket, "2026-03-16 17:00")
        self.assertToldOnce(ticket, "2026-03-16 17:00")

    def test_reopening_told_after_the_old_date_is_told_late(self):
        ticket = self.make_objection()
        self.open_ruling(ticket).save().action_decide()
        self.travel("2026-03-10 10:00")
        self.assertToldOnce(ticket, "2026-03-11 17:00")
        self.assertTrue(self.clock_of(ticket).is_told_late)

    def test_reopening_told_in_time_is_not_told_late(self):
        ticket = self.make_objection()
        self.open_ruling(ticket).save().action_decide()
        self.assertToldOnce(ticket, "2026-03-11 17:00")
        self.assertFalse(self.clock_of(ticket).is_told_late)

    def test_first_date_told_by_reopening_is_not_told_late(self):
        ticket = self.make_ticket(
            lang="en_US", status="in_progress", submission_type="complaint"
        )
        self.travel("2026-03-04 10:00")
        self.answer(ticket)
        self.travel("2026-03-06 10:00")
        ticket._reopen("We look at it again.")
        self.travel("2026-03-10 10:00")
        self.assertToldOnce(ticket, "2026-03-11 17:00")
        self.assertFalse(self.clock_of(ticket).is_told_late)

    def test_date_after_reopening_is_of_the_clock_that_leads_then(self):
        self.company.sla_regulatory = True
        channel = self.env["helpdesk.ticket.channel"].create(
            {"name": "Fax", "communication_mode": "written"}
        )
        for is_on, due in ((True, "2026-03-18 17:00"), (False, "2026-04-01 17:00")):
            self.travel("2026-03-02 10:00")
            self.company.sla_regulatory = True
            ticket = self.make_told(
                submission_type="complaint",
                channel_id=channel.id,
                assistance_type="coordination",
            )
            # the standard: 30 March; the term of the law
            self.assertDeadlineShown(ticket, "2026-03-16 17:00")
            self.move(ticket, "cancelled", "2026-03-04 10:00")
            self.company.sla_regulatory = is_on
            self.travel("2026-03-06 10:00")
            expected = ticket._get_date_after_reopening()
            self.assertEqual(expected, wall(due))
            ticket._move_to("in_progress")
            self.assertDeadlineShown(ticket, due)

    def assertDeadlineShown(self, ticket, expected):
        self.assertEqual(ticket.sla_deadline, wall(expected))

    def test_objection_received_names_no_date(self):
        ticket = self.make_objection()
        received = self.waiting(ticket)
        self.assertIn("objection", received.subject)
        self.open_ruling(ticket).save().action_decide()
        self.assertToldOnce(ticket, "2026-03-11 17:00")
        self.travel("2026-03-06 11:00")
        received._tell_otherwise("phone", wall("2026-03-06 11:00"))
        self.assertEqual(ticket.sla_told_date, wall("2026-03-11 17:00"))

    def test_closed_before_it_was_recorded_gets_its_first_date(self):
        ticket = self.make_ticket(
            lang="en_US",
            partner_name="Siti",
            status="closed",
            submission_type="complaint",
        )
        self.assertFalse(ticket.sla_clock_ids)
        self.travel("2026-03-06 10:00")
        form = self.open_reopen(ticket)
        self.assertIn("Thu 12 Mar 2026", form.body)
        form.save().action_reopen()
        self.assertDeadline(ticket, "2026-03-12 17:00")
        self.assertToldOnce(ticket, "2026-03-12 17:00")

    def test_reopening_waits_to_be_told_once(self):
        ticket = self.make_objection(partner_phone="081234567890")
        form = self.open_ruling(ticket)
        form.save().action_decide()
        waiting = self.waiting(ticket).filtered(lambda n: n.kind != "receipt")
        self.assertEqual(waiting.filtered("promised_date").mapped("kind"), ["progress"])
        self.assertTrue(ticket.sla_is_untold)
        self.assertIn("11 Mar 2026", ticket.sla_untold_label)
        action = ticket.action_tell_new_date()
        self.assertEqual(action["res_model"], "klikumkm.complaint.tell")
