# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from lxml import html

from odoo import http
from odoo.tests import HttpCase, new_test_user


class PortalCase(HttpCase):
    """A customer with a login, another one, and an agent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env.ref("klikumkm_complaint.team_customer_support")
        cls.customer = new_test_user(
            cls.env,
            login="portal_customer",
            groups="base.group_portal",
            name="Budi Santoso",
            email="budi@example.com",
            lang="en_US",
        )
        cls.stranger = new_test_user(
            cls.env,
            login="portal_stranger",
            groups="base.group_portal",
            name="Wati",
            email="wati@example.com",
            lang="en_US",
        )
        cls.agent = new_test_user(
            cls.env,
            login="portal_agent",
            groups="helpdesk_mgmt.group_helpdesk_user",
            email="agent@example.com",
        )
        cls.team.user_ids |= cls.agent
        cls.stage_closed = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.stage_cancelled = cls.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_stage_cancelled"
        )
        cls.stage_waiting = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        cls.stage_resolved = cls.env.ref("klikumkm_complaint.stage_resolved")
        cls.category = cls.env.ref("klikumkm_complaint.category_instalments_not_booked")

    @classmethod
    def make_complaint(cls, user, **values):
        return cls.env["helpdesk.ticket"].create(
            {
                "name": "Payment not booked",
                "description": "<p>I paid on Monday.</p>",
                "partner_id": user.partner_id.id,
                "team_id": cls.team.id,
                "user_id": False,
                **values,
            }
        )

    def promise(self, date, reason=""):
        """Have every complaint promise this date, whatever else is installed."""
        registry_class = self.env.registry["helpdesk.ticket"]
        self.patch(registry_class, "_get_promised_date", lambda self: date)
        self.patch(registry_class, "_get_promise_reason", lambda self: reason)

    def login(self, user):
        self.authenticate(user.login, self.get_password(user))

    def get_password(self, user):
        # as new_test_user() makes it
        return user.login.ljust(8, "x")

    def post(self, url, csrf=True, **kwargs):
        data = dict(kwargs.pop("data", {}))
        if csrf:
            data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(url, data=data, **kwargs)

    def submit(self, **data):
        """Send the form, with a story unless the test says otherwise."""
        kwargs = {name: data.pop(name) for name in ("files", "csrf") if name in data}
        return self.post(
            "/submitted/ticket",
            data={"description": "I paid on Monday.", **data},
            **kwargs,
        )

    def get_complaints(self, user=None):
        return (
            self.env["helpdesk.ticket"]
            .with_context(active_test=False)
            .search(
                [("partner_id", "=", (user or self.customer).partner_id.id)], order="id"
            )
        )

    def get_text(self, response):
        """What a reader sees of a page."""
        tree = html.fromstring(response.content)
        for hidden in tree.xpath("//script|//style|//head"):
            hidden.drop_tree()
        return " ".join(tree.text_content().split())

    def get_lang(self, response):
        return html.fromstring(response.content).get("lang")
