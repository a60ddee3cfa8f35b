# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Reopening tells the new date once, and may give more time in the same message."""

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
        return ticket

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
        notice = self.waiting(ticket).filtered(lambda n: n.kind == "progress")[:1]
        self.assertIn("again", notice.subject)
        notice._tell_otherwise("phone", self.env.cr.now())
        self.assertEqual(ticket.sla_told_date, wall(date))
        self.assertFalse(ticket.sla_is_untold)

    def test_ruling_tells_the_date_once(self):
        ticket = self.make_objection()
        wizard = (
            self.env["klikumkm.complaint.ruling"]
            .with_user(self.lead)
            .with_context(active_model="helpdesk.ticket", active_ids=ticket.ids)
        )
        form = Form(wizard)
        form.ruling = "reopen"
        form.reason = "<p>We look at it again.</p>"
        form.save().action_decide()
        self.assertDeadline(ticket, "2026-03-11 17:00")
        self.assertToldOnce(ticket, "2026-03-11 17:00")

    def test_reopened_by_a_lead_tells_the_date_once(self):
        ticket = self.make_answered()
        self.travel("2026-03-06 10:00")
        wizard = (
            self.env["klikumkm.complaint.reopen"]
            .with_user(self.lead)
            .with_context(active_model="helpdesk.ticket", active_ids=ticket.ids)
        )
        form = Form(wizard)
        form.reason = "The bank sent another proof."
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
