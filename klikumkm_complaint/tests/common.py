# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon

from ..models.helpdesk_ticket_stage import STAGE_STATUS


class ComplaintFixture:
    """People, team and stages of a complaint desk, for any kind of test case."""

    @classmethod
    def _set_up_complaints(cls):
        cls.complaint_company = cls.env.ref("base.main_company")
        cls.complaint_company.complaint_country_id = cls.env.ref("base.id")
        cls.complaint_company.complaint_lang = "id_ID"
        cls.agent = cls._new_user(
            "complaint-agent", "helpdesk_mgmt.group_helpdesk_user_team", "Ayu Agen"
        )
        cls.lead = cls._new_user(
            "complaint-lead", "klikumkm_complaint.group_complaint_lead", "Laras Ketua"
        )
        cls.manager = cls._new_user(
            "complaint-manager", "helpdesk_mgmt.group_helpdesk_manager", "Made Manajer"
        )
        cls.colleague = cls._new_user("complaint-colleague", "base.group_user", "Kusno")
        cls.customer = cls._new_user("complaint-customer", "base.group_portal", "Siti")
        cls.stranger = cls._new_user("complaint-stranger", "base.group_portal", "Joko")
        Team = cls.env["helpdesk.ticket.team"]
        cls.team = Team.create(
            {
                "name": "CS",
                "alias_name": "pengaduan",
                "company_id": cls.complaint_company.id,
                "user_ids": [Command.set((cls.agent | cls.lead).ids)],
            }
        )
        cls.other_team = Team.create(
            {"name": "Penagihan", "company_id": cls.complaint_company.id}
        )
        stages = cls.env["helpdesk.ticket.stage"].search([("team_ids", "=", False)])
        cls.stages = {
            status: stages.filtered(lambda stage, s=status: stage.status == s)[:1]
            for status, _label in STAGE_STATUS
        }
        cls.category_question = cls.env["helpdesk.ticket.category"].create(
            {
                "name": "Syarat pinjaman",
                "submission_type": "question",
                "assistance_type": "information",
                "priority": "0",
            }
        )
        cls.category_fraud = cls.env["helpdesk.ticket.category"].create(
            {
                "name": "Penipuan",
                "submission_type": "complaint",
                "assistance_type": "coordination",
                "priority": "3",
            }
        )
        cls.category_plain = cls.env["helpdesk.ticket.category"].create(
            {"name": "Lain-lain"}
        )

    @classmethod
    def _new_user(cls, login, groups, name, **vals):
        return new_test_user(
            cls.env,
            login=login,
            groups=groups,
            name=name,
            email=f"{login}@example.com",
            company_id=cls.complaint_company.id,
            company_ids=[Command.set(cls.complaint_company.ids)],
            **vals,
        )

    @classmethod
    def _create_complaint(cls, user=None, **vals):
        """A complaint of the customer, recorded by ``user`` (default: by code)."""
        vals = {
            "name": "Pinjaman belum cair",
            "description": "<p>Sudah tiga hari menunggu.</p>",
            "partner_id": cls.customer.partner_id.id,
            "team_id": cls.team.id,
            **vals,
        }
        Ticket = cls.env["helpdesk.ticket"]
        return (Ticket.with_user(user) if user else Ticket).create(vals)

    @classmethod
    def _move(cls, tickets, status, user=None):
        """Put complaints into the stage of a status, as code or as ``user``."""
        tickets = tickets.with_user(user) if user else tickets
        tickets.write({"stage_id": cls.stages[status].id})


class ComplaintCase(ComplaintFixture, BaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_complaints()
