# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The main job on real input: what reaches us gets a complaint with a right deadline.

Thursday 12 March 2026 is followed by a weekend, Nyepi (19 March), joint leave around it
and Eid al-Fitr (20 to 24 March with the weekend), so a wrong count shows.
"""

from datetime import datetime
from pathlib import Path

from odoo.fields import Domain
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.mail.tests.common import freeze_all_time

MAILS = Path(__file__).parent / "mails"
# Thursday evening in Jakarta, after closing
THURSDAY_EVENING = datetime(2026, 3, 12, 12, 42, 30)


@tagged("post_install", "-at_install")
class TestMainJob(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env.ref("klikumkm_complaint.team_customer_support")
        calendar = cls.env.ref("klikumkm_sla.calendar_operating")
        cls.env.company.sla_calendar_id = calendar
        # the shipped calendar as it would have been loaded in March 2026
        calendar._load_indonesian_holidays([2025, 2026, 2027])
        domain = cls.env["mail.alias.domain"].create({"name": "klikumkm.example.com"})
        cls.env.company.alias_domain_id = domain
        cls.team.alias_id.write(
            {"alias_name": "pengaduan", "alias_domain_id": domain.id}
        )
        cls.agent = new_test_user(
            cls.env,
            "e2e-agent",
            "helpdesk_mgmt.group_helpdesk_user_team",
            tz="Asia/Jakarta",
        )
        cls.manager = new_test_user(
            cls.env, "e2e-manager", "helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.customer = new_test_user(
            cls.env,
            "e2e-customer",
            "base.group_portal",
            email="siti.rahma@example.com",
        )
        cls.team.user_ids = cls.agent

    def receive(self, name):
        mail = (MAILS / name).read_text()
        known = self.env["helpdesk.ticket"].search([])
        self.env["mail.thread"].message_process("helpdesk.ticket", mail)
        return self.env["helpdesk.ticket"].search([("id", "not in", known.ids)])

    def assert_seen_by(self, ticket, user):
        seen = self.env["helpdesk.ticket"].with_user(user)
        self.assertIn(ticket, seen.search(Domain("number", "=", ticket.number)))

    @freeze_all_time(THURSDAY_EVENING)
    def test_email_becomes_a_complaint_with_its_deadline(self):
        ticket = self.receive("penagihan.eml")
        self.assertEqual(len(ticket), 1)
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.status, "received")
        self.assertEqual(ticket.submission_type, "complaint")
        self.assertEqual(ticket.assistance_type, "handling")
        self.assertEqual(ticket.priority, "1")
        self.assertFalse(ticket.is_classified)
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.received_date, THURSDAY_EVENING)
        self.assertIn("PJ-2025-00817", ticket.description)
        # 13, 16, 17 March; 18 (joint leave) to 24 closed; 25 and 26 March at 17.00 WIB
        self.assertEqual(ticket.sla_deadline, datetime(2026, 3, 26, 10, 0))
        for user in (self.agent, self.manager, self.customer):
            self.assert_seen_by(ticket, user)
        self.assertEqual(
            ticket.with_user(self.customer)._get_promised_date(), ticket.sla_deadline
        )

    @freeze_all_time(THURSDAY_EVENING)
    def test_triage_makes_the_date_that_fits(self):
        ticket = self.receive("penagihan.eml").with_user(self.agent)
        ticket.action_take()
        ticket.category_id = self.env.ref(
            "klikumkm_complaint.category_collection_relatives"
        )
        self.assertTrue(ticket.is_classified)
        self.assertEqual(ticket.user_id, self.agent)
        self.assertEqual(ticket.assistance_type, "coordination")
        self.assertEqual(ticket.sla_deadline, datetime(2026, 4, 17, 10, 0))
