# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTriage(HttpCase):
    def test_call_about_an_open_complaint_and_an_advertisement(self):
        agent = new_test_user(
            self.env,
            "e2e-triage",
            "helpdesk_mgmt.group_helpdesk_user_team",
            lang="id_ID",
            tz="Asia/Jakarta",
        )
        team = self.env.ref("klikumkm_complaint.team_customer_support")
        team.user_ids |= agent
        known, spam = self.env["helpdesk.ticket"].create(
            [
                {
                    "name": "Dana belum masuk",
                    "description": "Sejak Senin.",
                    "partner_name": "Ratna",
                    "partner_phone": "0812 0000 0888",
                    "team_id": team.id,
                },
                {
                    "name": "Promo kartu kredit",
                    "description": "Bunga 0%!",
                    "partner_email": "promo@example.com",
                    "team_id": team.id,
                },
            ]
        )
        number = self.env["helpdesk.ticket"].search_count([])
        deadline = spam.sla_deadline
        self.start_tour("/odoo/complaints", "klikumkm_triage", login="e2e-triage")
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), number)
        message = known.message_ids.filtered(lambda m: "Bukti transfer" in m.body)
        self.assertEqual(message.author_id, known.partner_id)
        self.assertTrue(known.reply_pending_since)
        self.assertEqual(spam.status, "cancelled")
        self.assertTrue(spam.is_void)
        self.assertEqual(spam.sla_status, "cancelled")
        self.assertEqual(spam.sla_deadline, deadline)
        self.assertFalse(spam.notice_ids)
