# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ComplaintCase

INTERNAL_FIELDS = (
    "assistance_type_chosen",
    "corrective_action",
    "last_pause_date",
    "loss_amount",
    "root_cause_id",
)


@tagged("post_install", "-at_install")
class TestSecurity(ComplaintCase):
    """Who finds, reads and writes which complaints; each rule both ways."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stranger = cls.stranger.partner_id.id
        cls.mine = cls._create_complaint()
        cls.others = cls._create_complaint(partner_id=stranger)
        cls.other_teams = cls._create_complaint(
            partner_id=stranger, team_id=cls.other_team.id
        )
        cls.no_teams = cls._create_complaint(partner_id=stranger, team_id=False)
        cls.all = cls.mine | cls.others | cls.other_teams | cls.no_teams
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _assert_sees(self, user, expected, writes=True):
        """A user finds and reads exactly these, and writes them or none."""
        Ticket = self.env["helpdesk.ticket"].with_user(user)
        self.assertEqual(
            Ticket.search([("id", "in", self.all.ids)], order="id"), expected
        )
        for ticket in self.all.with_user(user):
            visible = ticket in expected
            with self.subTest(user=user.name, ticket=ticket.id, visible=visible):
                if visible:
                    self.assertTrue(ticket.read(["number", "name", "description"]))
                else:
                    with self.assertRaises(AccessError):
                        ticket.read(["number"])
                if visible and writes:
                    ticket.write({"agreement_ref": "PJ-1"})
                else:
                    with self.assertRaises(AccessError):
                        ticket.write({"agreement_ref": "PJ-1"})
                with self.assertRaises(AccessError):
                    ticket.write({"number": "HT1"})

    def test_agent_works_on_his_teams_and_on_what_has_no_team(self):
        self._assert_sees(self.agent, self.mine | self.others | self.no_teams)

    def test_agent_of_no_team(self):
        newcomer = self._new_user(
            "newcomer", "helpdesk_mgmt.group_helpdesk_user_team", "Baru"
        )
        self._assert_sees(newcomer, self.no_teams)

    def test_agent_keeps_what_was_assigned_to_him(self):
        self.other_team.user_ids |= self.agent
        self.other_teams.user_id = self.agent
        self.other_team.user_ids -= self.agent
        self._assert_sees(self.agent, self.all)

    def test_lead(self):
        self._assert_sees(self.lead, self.all)

    def test_manager(self):
        self._assert_sees(self.manager, self.all)

    def test_colleague_of_another_unit_sees_nothing(self):
        self._assert_sees(self.colleague, self.all.browse())

    def test_colleague_sees_nothing_by_following(self):
        # helpdesk_mgmt/security/helpdesk_security.xml:128
        self.all.message_subscribe(self.colleague.partner_id.ids)
        self._assert_sees(self.colleague, self.all.browse())

    def test_colleague_sees_his_own_complaint(self):
        self.mine.partner_id = self.colleague.partner_id
        self._assert_sees(self.colleague, self.mine, writes=False)

    def test_customer_sees_his_own(self):
        self._assert_sees(self.customer, self.mine, writes=False)

    def test_customer_sees_nothing_by_following(self):
        # helpdesk_mgmt/security/helpdesk_security.xml:140
        self.others.message_subscribe(self.customer.partner_id.ids)
        self._assert_sees(self.customer, self.mine, writes=False)

    def test_customers_of_one_company(self):
        firm = self.env["res.partner"].create({"name": "UD Maju", "is_company": True})
        (self.customer | self.stranger).partner_id.parent_id = firm
        self._assert_sees(self.customer, self.mine, writes=False)
        self.complaint_company.complaint_portal_by_company = True
        self._assert_sees(self.customer, self.all, writes=False)
        (self.stranger).partner_id.parent_id = False
        self._assert_sees(self.customer, self.mine, writes=False)
        self.complaint_company.complaint_portal_by_company = False
        self.stranger.partner_id.parent_id = firm
        self._assert_sees(self.customer, self.mine, writes=False)

    def test_customer_neither_creates_nor_deletes(self):
        with self.assertRaises(AccessError):
            self._create_complaint(user=self.customer)
        with self.assertRaises(AccessError):
            self.mine.with_user(self.customer).unlink()

    def test_customer_reads_no_internal_fields(self):
        ticket = self.mine.with_user(self.customer)
        known = ticket.fields_get()
        for field in INTERNAL_FIELDS:
            with self.subTest(field=field):
                self.assertNotIn(field, known)
                with self.assertRaises(AccessError):
                    ticket.read([field])
                with self.assertRaises(AccessError):
                    ticket.search([(field, "!=", False)])
                with self.assertRaises(AccessError):
                    ticket.search([], order=field)
                with self.assertRaises(AccessError):
                    ticket._read_group([], [], [f"{field}:count"])
        self.assertTrue(self.mine.with_user(self.agent).read(INTERNAL_FIELDS))

    def test_customer_reads_no_internal_notes(self):
        for subtype in ("mail.mt_note", "mail.mt_comment"):
            self.mine.with_user(self.agent).message_post(
                body=subtype, message_type="comment", subtype_xmlid=subtype
            )
        messages = self.env["mail.message"].with_user(self.customer)
        found = messages.search(
            [("model", "=", "helpdesk.ticket"), ("res_id", "=", self.mine.id)]
        )
        self.assertIn("mail.mt_comment", " ".join(found.mapped("body")))
        self.assertNotIn("mail.mt_note", " ".join(found.mapped("body")))

    def test_customer_writes_to_his_own_only(self):
        self.mine.with_user(self.customer).message_post(
            body="Ada kabar?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(self.mine.reply_pending_since)
        with self.assertRaises(AccessError):
            self.others.with_user(self.customer).message_post(body="Halo")

    def test_public_sees_nothing(self):
        public = self.env.ref("base.public_user")
        Ticket = self.env["helpdesk.ticket"].with_user(public)
        with self.assertRaises(AccessError):
            Ticket.search([])
        with self.assertRaises(AccessError):
            self.mine.with_user(public).read(["number"])

    def test_stages_are_the_managers(self):
        # helpdesk_mgmt/security/ir.model.access.csv:10 lets the public write them
        stage = self.stages["in_progress"]
        for user in (
            self.env.ref("base.public_user"),
            self.customer,
            self.colleague,
            self.agent,
            self.lead,
        ):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                stage.with_user(user).write({"name": "Milik saya"})
        stage.with_user(self.manager).name = "Diproses"

    def test_texts_for_answers_are_kept_by_leads_and_managers(self):
        text = self.env.ref("klikumkm_complaint.mail_template_t01_payout_schedule")
        receipt = self.env.ref("klikumkm_complaint.mail_template_receipt")
        partner_model = self.env["ir.model"]._get_id("res.partner")
        other = text.create({"name": "Contact", "model_id": partner_model})
        for user in (self.lead, self.manager):
            with self.subTest(user=user.name):
                text.with_user(user).body_html = "<p>Besok.</p>"
                new_text = self.env["mail.template"].with_user(user)
                new_text = new_text.create(
                    {
                        "name": "T17",
                        "model_id": text.model_id.id,
                        "lang": text.lang,
                        "complaint_kind": "answer_text",
                        "body_html": "<p>Sudah.</p>",
                    }
                )
                new_text.unlink()
                # nor anything that is evaluated, nor what is sent by itself
                for vals in (
                    {"body_html": '<p t-out="object.access_token" />'},
                    {"lang": "{{ object.env.user.lang }}"},
                    {"complaint_kind": "receipt"},
                ):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        text.with_user(user).write(vals)
                for record in (receipt, other):
                    with self.assertRaises(AccessError):
                        record.with_user(user).write({"subject": "Halo"})
                with self.assertRaises(AccessError):
                    text.with_user(user).unlink()
        with self.assertRaises(AccessError):
            text.with_user(self.agent).write({"body_html": "<p>Lusa.</p>"})
        menu = self.env.ref("klikumkm_complaint.complaint_menu_templates")
        for user, expected in ((self.lead, menu), (self.agent, menu.browse())):
            visible = menu.with_user(user)._visible_menu_ids()
            self.assertEqual(menu.filtered(lambda m, v=visible: m.id in v), expected)

    def test_lists_are_read_by_staff_and_kept_by_managers(self):
        for model in (
            "klikumkm.complaint.product",
            "klikumkm.complaint.reason",
            "klikumkm.complaint.unit",
        ):
            with self.subTest(model=model):
                record = self.env[model].search([], limit=1)
                self.assertTrue(record.with_user(self.agent).read(["name"]))
                with self.assertRaises(AccessError):
                    record.with_user(self.agent).write({"name": "X"})
                with self.assertRaises(AccessError):
                    record.with_user(self.customer).read(["name"])
                record.with_user(self.manager).name = "Lain"

    def test_lead_keeps_members_of_a_team(self):
        with self.assertRaises(AccessError):
            self.team.with_user(self.agent).user_ids = [Command.link(self.colleague.id)]
        self.team.with_user(self.lead).user_ids = [Command.link(self.colleague.id)]
        self.assertIn(self.colleague, self.team.user_ids)
        with self.assertRaises(AccessError):
            self.env["helpdesk.ticket.team"].with_user(self.lead).create({"name": "X"})

    def test_two_companies(self):
        company = self.env["res.company"].create({"name": "Kedua"})
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "CS Kedua", "company_id": company.id}
        )
        theirs = self._create_complaint(
            partner_id=self.stranger.partner_id.id, team_id=team.id
        )
        self.assertEqual(theirs.company_id, company)
        manager = new_test_user(
            self.env,
            "manager-2",
            "helpdesk_mgmt.group_helpdesk_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        unit, product = (
            self.env[f"klikumkm.complaint.{model}"].create(
                {"name": "Kedua", "company_id": company.id}
            )
            for model in ("unit", "product")
        )
        for user in (self.agent, self.lead, self.manager):
            with self.subTest(user=user.name):
                self.assertFalse(theirs.with_user(user)._filtered_access("read"))
                for record in (unit, product):
                    self.assertFalse(record.with_user(user)._filtered_access("read"))
        self.assertFalse(self.all.with_user(manager)._filtered_access("read"))
        for record in (theirs, unit, product):
            self.assertTrue(record.with_user(manager)._filtered_access("write"))
        both = self._new_user(
            "manager-both", "helpdesk_mgmt.group_helpdesk_manager", "Dua"
        )
        both.company_ids |= company
        everything = (self.all | theirs).with_user(both)
        everything = everything.with_context(
            allowed_company_ids=self.complaint_company.ids
        )
        self.assertEqual(everything._filtered_access("read"), self.all)
        everything = everything.with_context(allowed_company_ids=both.company_ids.ids)
        self.assertEqual(everything._filtered_access("read"), everything)
