# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What helpdesk_mgmt 19.0.1.3.2 leaves open over HTTP, tried as a visitor would."""

import urllib.parse

from lxml import html

from odoo import http
from odoo.tests import new_test_user, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from odoo.addons.klikumkm_complaint.controllers import portal, values

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestCloseHole(PortalCase):
    """``/ticket/close`` (helpdesk_mgmt/controllers/main.py:14-32)."""

    def setUp(self):
        super().setUp()
        self.complaint = self.make_complaint(self.customer)

    def close(self, complaint=None, stage=None, **kwargs):
        data = {
            "ticket_id": (complaint or self.complaint).id,
            "stage_id": (stage or self.stage_cancelled).id,
            **kwargs.pop("data", {}),
        }
        return self.post("/ticket/close", data=data, allow_redirects=False, **kwargs)

    def test_close_refuses_get(self):
        self.login(self.customer)
        response = self.url_open(
            f"/ticket/close?ticket_id={self.complaint.id}"
            f"&stage_id={self.stage_cancelled.id}",
            allow_redirects=False,
        )
        self.assertEqual(response.status_code, 405)
        self.assertEqual(self.complaint.status, "received")

    def test_close_needs_csrf_token(self):
        self.login(self.customer)
        response = self.url_open(self.close(csrf=False).headers["Location"])
        self.assertIn("nothing has changed", self.get_text(response))
        self.assertEqual(self.complaint.status, "received")
        self.authenticate(None, None)
        target = self.close(csrf=False).headers["Location"]
        self.assertEqual(urllib.parse.urlsplit(target).path, "/my")
        self.assertEqual(self.complaint.status, "received")

    def test_close_refuses_strangers(self):
        self.login(self.stranger)
        self.assertEqual(self.close().status_code, 404)
        self.assertEqual(self.complaint.status, "received")

    def test_close_refuses_agents(self):
        self.login(self.agent)
        self.assertEqual(self.close().status_code, 404)
        self.assertEqual(self.complaint.status, "received")

    def test_close_by_owner(self):
        self.login(self.customer)
        response = self.close()
        self.assertEqual(response.status_code, 302)
        self.assertEqual(self.complaint.status, "cancelled")
        self.assertEqual(self.complaint.outcome, "withdrawn")
        page = self.url_open(response.headers["Location"])
        self.assertIn("Your complaint is withdrawn.", page.text)

    def test_close_refuses_stages_not_offered(self):
        other_team = self.env["helpdesk.ticket.team"].create({"name": "Other"})
        other_company = self.env["res.company"].create({"name": "Other"})
        Stage = self.env["helpdesk.ticket.stage"]
        values = {"name": "Over", "status": "closed", "close_from_portal": True}
        stages = [
            self.stage_waiting,
            self.env.ref("klikumkm_complaint.stage_referred"),
            Stage.create({**values, "team_ids": [(4, other_team.id)]}),
            Stage.create({**values, "company_id": other_company.id}),
            Stage.create({**values, "active": False}),
        ]
        self.login(self.customer)
        for stage in stages:
            with self.subTest(stage=stage.name, status=stage.status):
                response = self.close(stage=stage)
                self.assertEqual(response.status_code, 302)
                self.assertEqual(self.complaint.status, "received")
                page = self.url_open(response.headers["Location"])
                self.assertIn("nothing has changed", page.text)

    def test_close_again_changes_and_mails_nothing(self):
        template = self.env.ref("helpdesk_mgmt.closed_ticket_template")
        self.stage_closed.mail_template_id = template
        self.stage_cancelled.mail_template_id = template
        self.login(self.customer)
        self.close()
        self.env.invalidate_all()
        closed_date = self.complaint.closed_date
        messages = self.complaint.message_ids
        mails = self.env["mail.mail"].search([])
        for stage in (self.stage_cancelled, self.stage_closed):
            response = self.close(stage=stage)
            self.assertEqual(response.status_code, 302)
        self.env.invalidate_all()
        self.assertEqual(self.complaint.stage_id, self.stage_cancelled)
        self.assertEqual(self.complaint.closed_date, closed_date)
        self.assertEqual(self.complaint.message_ids, messages)
        self.assertEqual(self.env["mail.mail"].search([]), mails)

    @mute_logger("odoo.http")
    def test_close_survives_bad_parameters(self):
        self.login(self.customer)
        stage = self.stage_cancelled.id
        ticket = self.complaint.id
        for data, status in [
            ({}, 404),
            ({"ticket_id": "x", "stage_id": stage}, 404),
            ({"ticket_id": "", "stage_id": stage}, 404),
            ({"ticket_id": "-1", "stage_id": stage}, 404),
            ({"ticket_id": "9" * 30, "stage_id": stage}, 404),
            ({"ticket_id": "1\x00", "stage_id": stage}, 404),
            ({"ticket_id": ticket}, 302),
            ({"ticket_id": ticket, "stage_id": "x"}, 302),
            ({"ticket_id": ticket, "stage_id": "9" * 30}, 302),
            ({"ticket_id": ticket, "stage_id": "x", "partner_id": "y"}, 302),
        ]:
            with self.subTest(data=data):
                response = self.post("/ticket/close", data=data, allow_redirects=False)
                self.assertEqual(response.status_code, status)
                self.assertEqual(self.complaint.status, "received")

    def test_close_ignores_extra_parameters(self):
        self.login(self.customer)
        response = self.close(data={"team_id": "x", "user_id": "y", "number": "z"})
        self.assertEqual(response.status_code, 302)
        self.assertEqual(self.complaint.status, "cancelled")
        self.assertEqual(self.complaint.team_id, self.team)


@tagged("post_install", "-at_install")
class TestSubmitHole(PortalCase):
    """``/submitted/ticket`` (helpdesk_mgmt/controllers/main.py:76-127)."""

    def setUp(self):
        super().setUp()
        self.login(self.customer)

    def assertRefused(self, response, text=""):
        self.assertIn(response.status_code, (422, 429))
        self.assertFalse(self.get_complaints())
        if text:
            self.assertIn(text, self.get_text(response))

    def test_submit_refuses_get(self):
        response = self.url_open(
            "/submitted/ticket?description=x&subject=y", allow_redirects=False
        )
        self.assertEqual(response.status_code, 303)
        self.assertFalse(self.get_complaints())

    def test_submit_needs_csrf_token(self):
        response = self.submit(csrf=False, description="Words <b>kept</b>")
        self.assertRefused(response, "This page was open for too long")
        self.assertIn("Words <b>kept</b>", self.get_text(response))

    def test_who_was_logged_out_meanwhile_keeps_his_words(self):
        before = self.env["helpdesk.ticket"].search_count([])
        self.authenticate(None, None)
        for csrf in (True, False):
            response = self.submit(csrf=csrf, description="Words <b>kept</b>")
            self.assertRefused(response, "you are logged out")
            self.assertIn("Words <b>kept</b>", self.get_text(response))
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_submit_refuses_categories_not_offered(self):
        company = self.env["res.company"].create({"name": "Other"})
        Category = self.env["helpdesk.ticket.category"]
        hidden = Category.create({"name": "Hidden", "show_in_portal": False})
        for category in (
            hidden,
            Category.create({"name": "Below hidden", "parent_id": hidden.id}),
            Category.create({"name": "Archived", "active": False}),
            Category.create({"name": "Foreign", "company_id": company.id}),
        ):
            with self.subTest(category=category.name):
                response = self.submit(category=category.id)
                self.assertRefused(response, "Choose a category from the list.")
                self.assertNotIn(category.name, response.text)

    def test_submit_refuses_teams_not_offered(self):
        self.env.company.helpdesk_mgmt_portal_select_team = True
        company = self.env["res.company"].create({"name": "Other"})
        Team = self.env["helpdesk.ticket.team"]
        for team in (
            Team.create({"name": "Hidden team", "show_in_portal": False}),
            Team.create({"name": "Archived team", "active": False}),
            Team.create({"name": "Foreign team", "company_id": company.id}),
        ):
            with self.subTest(team=team.name):
                response = self.submit(team=team.id)
                self.assertRefused(response, "Choose a team from the list.")
                self.assertNotIn(team.name, response.text)
        self.assertRefused(self.submit(team=""), "Choose a team.")
        self.assertRefused(self.submit(), "Choose a team.")
        self.submit(team=self.team.id)
        self.assertEqual(self.get_complaints().team_id, self.team)

    def test_submit_enforces_required_category(self):
        self.env.company.helpdesk_mgmt_portal_select_category = True
        self.env.company.helpdesk_mgmt_portal_category_id_required = True
        self.assertRefused(self.submit(), "Choose a category.")
        self.env.company.helpdesk_mgmt_portal_category_id_required = False
        self.submit()
        self.assertEqual(len(self.get_complaints()), 1)

    def test_submit_names_every_error_and_keeps_what_was_typed(self):
        response = self.submit(
            submission_type="", priority="", description=" ", subject="My subject"
        )
        self.assertRefused(response)
        text = self.get_text(response)
        for error in (
            "Choose what you want to tell us.",
            "Choose how urgent it is.",
            "Tell us what happened.",
        ):
            self.assertEqual(text.count(error), 2, "in the summary and at the field")
        response = self.submit(
            submission_type="question",
            category=self.category.id,
            priority="9",
            description="Where is <my> money?",
        )
        self.assertRefused(response, "Where is <my> money?")
        tree = self.get_tree(response)
        self.assertEqual(
            tree.xpath("//input[@name='submission_type'][@checked]/@value"),
            ["question"],
        )
        self.assertEqual(
            tree.xpath("//select[@name='category']/option[@selected]/@value")
            + tree.xpath(
                "//select[@name='category']//optgroup/option[@selected]/@value"
            ),
            [str(self.category.id)],
        )

    def get_tree(self, response):
        return html.fromstring(response.content)

    def test_submit_survives_bad_parameters(self):
        for data in (
            {"category": "x"},
            {"category": "9" * 30},
            {"category": "-1"},
            {"category": "\x00x"},
            {"priority": "x"},
            {"submission_type": "bribe"},
            {"description": ""},
            {"description": "\x00"},
        ):
            with self.subTest(data=data):
                self.assertRefused(self.submit(**data))
        self.assertRefused(self.post("/submitted/ticket"), "Tell us what happened.")

    def test_submit_keeps_text_around_nul(self):
        response = self.submit(description="Paid\x00 on Monday", subject="Mo\x00ney")
        self.assertEqual(response.status_code, 200)
        self.assertIn("Paid on Monday", self.get_complaints().description)
        self.assertEqual(self.get_complaints().name, "Money")

    def test_submit_keeps_a_long_subject_whole(self):
        subject = "Uang saya " * 100_000
        self.submit(subject=subject)
        complaint = self.get_complaints()
        self.assertLessEqual(len(complaint.name), 200)
        file = complaint._get_customer_files()
        self.assertEqual(file.raw.decode(), subject.strip())

    def test_submit_keeps_a_description_of_10_mb_whole(self):
        story = "Dana belum masuk.\r\n" * 560_000
        self.assertGreater(len(story), 10 * 1024**2)
        response = self.url_open(
            "/submitted/ticket",
            data={"description": story, "csrf_token": http.Request.csrf_token(self)},
            timeout=120,
        )
        self.assertEqual(response.status_code, 200)
        complaint = self.get_complaints()
        self.assertIn("Dana belum masuk.", complaint.description)
        file = complaint._get_customer_files()
        self.assertEqual(len(file), 1)
        self.assertEqual(file.raw.decode().count("Dana belum masuk."), 560_000)

    def test_submit_limits_number_of_files(self):
        files = [
            ("attachment", (f"foto{i}.jpg", b"x", "image/jpeg"))
            for i in range(values.MAX_FILES + 1)
        ]
        self.assertRefused(self.submit(files=files), "we can take 25 at once")
        self.submit(files=files[1:])
        self.assertEqual(
            len(self.get_complaints()._get_customer_files()), values.MAX_FILES
        )

    def test_submit_limits_size_of_files(self):
        content = b"x" * (values.MAX_FILE_SIZE + 1)
        files = [("attachment", ("film.mp4", content, "video/mp4"))]
        self.assertRefused(self.submit(files=files), "film.mp4 is larger than 10 MB")

    def test_submit_limits_kind_of_files(self):
        for name, content in (
            ("virus.exe", b"MZ"),
            ("page.html", b"<html>"),
            ("image.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("virus.jpg", b"MZ\x90\x00\x03"),
            ("page.txt", b"<script>alert(1)</script>"),
            ("picture.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("files.zip", b"PK\x03\x04"),
            ("no extension", b"x"),
        ):
            with self.subTest(name=name):
                files = [("attachment", (name, content, "image/jpeg"))]
                self.assertRefused(self.submit(files=files), f"We cannot take {name}.")

    def test_submit_cleans_file_names(self):
        files = [("attachment", ("..\\..\\" + "a" * 300 + ".pdf", b"%PDF-1.4", "x/y"))]
        self.submit(files=files)
        name = self.get_complaints()._get_customer_files().name
        self.assertEqual(name, "a" * 116 + ".pdf")

    def test_submit_limits_rate_and_keeps_what_was_typed(self):
        self.patch(portal, "MAX_SUBMISSIONS_PER_HOUR", 2)
        for _count in range(2):
            self.assertEqual(self.submit().status_code, 200)
        response = self.submit(description="The third story")
        self.assertEqual(response.status_code, 429)
        text = self.get_text(response)
        self.assertIn("You have sent us 2 submissions in the last hour.", text)
        self.assertIn("The third story", text)
        self.assertEqual(len(self.get_complaints()), 2)

    def test_submit_same_form_twice_records_one(self):
        for _count in range(2):
            response = self.submit(form_token="abc")
            self.assertEqual(response.status_code, 200)
            self.assertIn(self.get_complaints().number, response.text)
        self.assertEqual(len(self.get_complaints()), 1)


@tagged("post_install", "-at_install")
class TestPageHole(PortalCase):
    """``/my/ticket/<id>`` (helpdesk_mgmt/controllers/myaccount.py:169-213)."""

    def setUp(self):
        super().setUp()
        self.complaint = self.make_complaint(self.customer)

    def attach(self, name, user):
        return (
            self.env["ir.attachment"]
            .with_user(user)
            .sudo()
            .create(
                {
                    "name": name,
                    "raw": name.encode(),
                    "res_model": "helpdesk.ticket",
                    "res_id": self.complaint.id,
                }
            )
        )

    def test_page_lists_only_files_of_the_customer(self):
        # files and complaint of one transaction count as received together
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = create_date - interval '1 hour' "
            "WHERE id = %s",
            (self.complaint.id,),
        )
        self.env.invalidate_all()
        secret = self.attach("secret.pdf", self.agent)
        loose = self.attach("loose.pdf", self.agent)
        told = self.attach("told.pdf", self.agent)
        own = self.attach("own.pdf", self.customer)
        complaint = self.complaint.with_user(self.agent)
        complaint.message_post(
            body="note", attachment_ids=secret.ids, subtype_xmlid="mail.mt_note"
        )
        complaint.message_post(
            body="answer", attachment_ids=told.ids, subtype_xmlid="mail.mt_comment"
        )
        self.login(self.customer)
        response = self.url_open(f"/my/ticket/{self.complaint.id}")
        self.assertIn(told.name, response.text)
        self.assertIn(own.name, response.text)
        self.assertNotIn(secret.name, response.text)
        self.assertNotIn(loose.name, response.text)
        self.assertFalse(secret.access_token)
        for file, status in ((own, 200), (told, 200)):
            [url] = self.get_links(response, f"/web/content/{file.id}?")
            self.assertEqual(self.url_open(url).status_code, status)
        for file in (secret, loose):
            with self.subTest(file=file.name), mute_logger("odoo.http"):
                content = self.url_open(f"/web/content/{file.id}")
                self.assertNotIn(file.raw, content.content)

    def get_links(self, response, start):
        return [
            link
            for link in html.fromstring(response.content).xpath("//a/@href")
            if link.startswith(start)
        ]

    def test_page_keeps_files_that_came_with_the_submission(self):
        received = self.attach("received.pdf", self.env.ref("base.user_root"))
        self.assertEqual(self.complaint._get_customer_files(), received)

    def test_duplicate_does_not_show_another_customers_subject(self):
        other = self.make_complaint(self.stranger, name="Somebody else's secret")
        self.complaint.duplicate_id = other
        self.login(self.customer)
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(
                "/web/dataset/call_kw",
                {
                    "model": "helpdesk.ticket",
                    "method": "read",
                    "args": [self.complaint.ids, ["duplicate_id"]],
                    "kwargs": {},
                },
            )
        page = self.url_open(f"/my/ticket/{self.complaint.id}")
        self.assertNotIn("secret", page.text)

    def test_page_shows_number_and_withdrawal(self):
        self.login(self.customer)
        response = self.url_open(f"/my/ticket/{self.complaint.id}")
        text = self.get_text(response)
        self.assertIn(self.complaint.number, text)
        self.assertIn("Withdraw the complaint", text)
        self.assertEqual(response.text.count('action="/ticket/close"'), 1)

    def test_page_survives_bad_parameters(self):
        foreign = self.make_complaint(self.stranger)
        foreign._portal_ensure_token()
        self.login(self.customer)
        for url in (
            f"/my/ticket/{'9' * 30}",
            "/my/ticket/0",
            f"/my/ticket/{foreign.id}?access_token=é",
            f"/my/ticket/{foreign.id}?access_token=%00",
            f"/my/ticket/{self.complaint.id}?access_token=é",
            f"/my/ticket/{self.complaint.id}?access_token=%00",
            f"/my/ticket/{self.complaint.id}?pid=x&hash=y",
        ):
            with self.subTest(url=url):
                self.assertLess(self.url_open(url).status_code, 400)

    def test_public_user_cannot_write_stages(self):
        public = self.env.ref("base.public_user")
        stage = self.env["helpdesk.ticket.stage"].with_user(public)
        self.assertFalse(stage.has_access("write"))


@tagged("post_install", "-at_install")
class TestListHole(PortalCase):
    """``/my/tickets`` (helpdesk_mgmt/controllers/myaccount.py:33-167)."""

    def test_list_survives_bad_parameters(self):
        complaint = self.make_complaint(self.customer)
        self.login(self.customer)
        for query in (
            "?sortby=x",
            "?groupby=x",
            "?filterby=x",
            "?filterby=9999",
            "?search_in=x&search=a",
            "?date_begin=x&date_end=y",
            "?date_begin=2026-02-30&date_end=2026-13-01",
            "?date_begin=0001-01-01&date_end=9999-12-31",
            "?search=%00",
            "?search=a%00b",
            "?search=%25%27%22",
            "/page/0",
            "/page/999999999999999999999999",
        ):
            with self.subTest(query=query):
                response = self.url_open(f"/my/tickets{query}")
                self.assertEqual(response.status_code, 200)
                if "search" not in query:
                    self.assertIn(complaint.number, response.text)

    def test_list_refuses_visitors(self):
        response = self.url_open("/my/tickets", allow_redirects=False)
        self.assertNotEqual(response.status_code, 200)

    def test_list_of_internal_user_without_helpdesk(self):
        self.make_complaint(self.customer)
        user = new_test_user(self.env, login="portal_colleague")
        self.login(user)
        response = self.url_open("/my/tickets")
        self.assertEqual(response.status_code, 200)
        self.assertIn("You have not sent us anything yet.", response.text)
