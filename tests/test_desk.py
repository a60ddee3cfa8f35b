# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestDesk(HttpCase):
    def test_agent_records_a_call_of_yesterday_evening(self):
        agent = new_test_user(
            self.env,
            "e2e-desk",
            "helpdesk_mgmt.group_helpdesk_user_team",
            lang="id_ID",
            tz="Asia/Jakarta",
        )
        team = self.env.ref("klikumkm_complaint.team_customer_support")
        team.user_ids |= agent
        self.start_tour("/odoo", "klikumkm_agent_records_a_call", login="e2e-desk")
        ticket = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        self.assertEqual(ticket.user_id, agent)
        self.assertEqual(ticket.channel_id.communication_mode, "oral")
        self.assertEqual(ticket.phone_sanitized, "+6281200000999")
        self.assertEqual(ticket.partner_id.phone_sanitized, "+6281200000999")
        self.assertEqual(ticket.assistance_type, "handling")
        self.assertLess(ticket.received_date.date(), fields.Date.today())
        # five working days from yesterday, counted one by one
        table = ticket.sla_calendar_id._get_working_days(
            ticket.received_date, ticket.received_date
        )
        day, left = table.local_date(ticket.received_date), 5
        while left:
            day = fields.Date.add(day, days=1)
            left -= table.is_working_day(day)
        self.assertEqual(ticket.sla_deadline, table.closing_of(day))
