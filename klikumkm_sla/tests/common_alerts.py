# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import new_test_user

from .common import SlaCase


class AlertCase(SlaCase):
    """A desk with an agent, his lead and a manager.

    A complaint of Monday 2 March 10:00 has its target on Friday 6 and its deadline on
    Monday 9, both at 17:00.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sla_enforce_from = "2026-01-01"
        cls.agent, cls.lead, cls.manager, cls.on_call = (
            new_test_user(cls.env, f"alert-{login}", group)
            for login, group in (
                ("agent", "helpdesk_mgmt.group_helpdesk_user_team"),
                ("lead", "klikumkm_complaint.group_complaint_lead"),
                ("manager", "helpdesk_mgmt.group_helpdesk_manager"),
                ("on-call", "helpdesk_mgmt.group_helpdesk_user"),
            )
        )
        # nobody else of the database is a manager or a lead
        others = cls.env["res.users"].search(
            [
                (
                    "all_group_ids",
                    "in",
                    cls.env.ref("klikumkm_complaint.group_complaint_lead").ids,
                ),
                ("id", "not in", (cls.lead | cls.manager).ids),
            ]
        )
        others.group_ids -= cls.env.ref(
            "helpdesk_mgmt.group_helpdesk_manager"
        ) | cls.env.ref("klikumkm_complaint.group_complaint_lead")
        cls.team.user_ids = [Command.set((cls.agent | cls.lead).ids)]
        cls.Alert = cls.env["klikumkm.sla.alert"]
        cls.cron = cls.env.ref("klikumkm_sla.ir_cron_alert")

    def rule(self, name):
        return self.env.ref(f"klikumkm_sla.alert_rule_{name}")

    def only(self, *names):
        """Leave only some of the rules on."""
        rules = self.env["klikumkm.sla.alert.rule"].search([])
        for name in names:
            rules -= self.rule(name)
        rules.active = False

    def mine(self, **vals):
        """A complaint of the agent."""
        return self.make_ticket(**{"user_id": self.agent.id, **vals})

    def run_at(self, *moments):
        """Let the scheduler run the job at these local times."""
        for moment in moments:
            self.travel(moment)
            with self.enter_registry_test_mode():
                self.cron.method_direct_trigger()

    def alerts(self, ticket, *names):
        alerts = self.Alert.search([("ticket_id", "=", ticket.id)], order="id")
        rules = [self.rule(name) for name in names]
        return alerts.filtered(lambda a: not names or a.rule_id in rules)

    def raised(self, ticket):
        """Names of the shipped rules that were raised, in order."""
        xmlids = self.alerts(ticket).rule_id.get_external_id()
        return [
            xmlids[alert.rule_id.id].split("alert_rule_")[1]
            for alert in self.alerts(ticket)
        ]

    def mails(self, user=None):
        """Mails made for somebody, or for anybody of the desk."""
        partners = (
            user or self.agent | self.lead | self.manager | self.on_call
        ).partner_id
        return self.env["mail.mail"].search(
            # not the mails that a complaint sends
            [("recipient_ids", "in", partners.ids), ("model", "=", False)],
            order="id",
        )

    def activities(self, ticket, user=None):
        activities = self.env["mail.activity"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        own = self.env.ref("klikumkm_sla.activity_type_alert")
        return activities.filtered(
            lambda a: a.activity_type_id == own and user in (None, a.user_id)
        )
