# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import base64
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from ..models.helpdesk_ticket_stage import OPEN_STATUS
from .common import ComplaintCase

RECORD_VIEW = "klikumkm_complaint.helpdesk_ticket_view_form_record"


@tagged("post_install", "-at_install")
class TestRecordComplaint(ComplaintCase):
    """The dialog for what reaches us by telephone."""

    def _open_dialog(self, user):
        action = self.env["helpdesk.ticket"].with_user(user).action_record_complaint()
        self.assertEqual(action["target"], "new")
        model = (
            self.env["helpdesk.ticket"]
            .with_user(user)
            .with_context(**action["context"])
        )
        return Form(model, view=RECORD_VIEW)

    def test_a_number_and_a_sentence_are_enough(self):
        with self._open_dialog(self.agent) as form:
            form.partner_phone = "0812-0000-0777"
            form.story_text = "Dana belum masuk.\nSudah tiga hari."
        ticket = form.record
        self.assertEqual(ticket.partner_id.phone_sanitized, "+6281200000777")
        self.assertEqual(
            ticket.channel_id,
            self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone"),
        )
        self.assertEqual(ticket.user_id, self.agent)
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.name, "Dana belum masuk. Sudah tiga hari.")
        self.assertIn("Dana belum masuk.<br", ticket.description)
        self.assertEqual(ticket.status, "received")
        self.assertTrue(ticket.is_classified)

    def test_the_customers_words_stay_text(self):
        with self._open_dialog(self.agent) as form:
            form.partner_phone = "0812-0000-0777"
            form.story_text = "Saldo < 0 & <b>hilang</b>"
        self.assertIn("&lt; 0 &amp; &lt;b&gt;hilang", form.record.description)

    def test_the_category_proposes_type_and_urgency(self):
        with self._open_dialog(self.agent) as form:
            form.partner_phone = "0812-0000-0777"
            form.story_text = "Diancam"
            form.category_id = self.category_fraud
            self.assertEqual(form.priority, "3")
            form.priority = "2"
        self.assertEqual(form.record.priority, "2")
        self.assertEqual(form.record.name, "Penipuan: Diancam")

    def test_yesterdays_call_is_received_yesterday(self):
        yesterday = fields.Datetime.now() - timedelta(days=1)
        with self._open_dialog(self.agent) as form:
            form.partner_phone = "0812-0000-0777"
            form.story_text = "Telepon kemarin malam"
            form.received_date = yesterday
        self.assertEqual(form.record.received_date, yesterday)

    def test_who_is_in_no_team_records_without_owner(self):
        with self._open_dialog(self.manager) as form:
            form.partner_phone = "0812-0000-0777"
            form.story_text = "Kepada manajer"
        self.assertFalse(form.record.user_id)
        self.assertTrue(form.record.team_id)

    def test_the_last_channel_is_proposed(self):
        whatsapp = self.env.ref("klikumkm_complaint.channel_whatsapp")
        self._create_complaint(user=self.agent, channel_id=whatsapp.id)
        with self._open_dialog(self.agent) as form:
            self.assertEqual(form.channel_id, whatsapp)
            form.partner_phone = "0812-0000-0777"

    def test_open_complaints_of_the_caller_are_shown_while_typing(self):
        with self._open_dialog(self.agent) as form:
            form.partner_phone = "+62 812 0000 0777"
            form.story_text = "Pertama"
        first = form.record
        with self._open_dialog(self.agent) as form:
            form.partner_phone = "081200000777"
            self.assertEqual(form.caller_complaint_ids[:], first)
            form.story_text = "Kedua"
        self.assertEqual(form.record.partner_id, first.partner_id)
        self.assertEqual(form.record.customer_complaint_count, 1)

    def test_dropped_files_belong_to_the_complaint(self):
        Attachment = self.env["ir.attachment"].with_user(self.agent)
        dropped = Attachment.create(
            {
                "name": "bukti.png",
                "datas": base64.b64encode(b"bukti"),
                "res_model": "helpdesk.ticket",
                "res_id": 0,
            }
        )
        elsewhere = self._create_complaint()
        foreign = self.env["ir.attachment"].create(
            {"name": "x", "res_model": "helpdesk.ticket", "res_id": elsewhere.id}
        )
        with self._open_dialog(self.agent) as form:
            form.partner_phone = "0812-0000-0777"
            form.story_text = "Dengan bukti"
            form.intake_file_ids.add(dropped)
            form.intake_file_ids.add(foreign)
        self.assertEqual(dropped.res_id, form.record.id)
        self.assertEqual(form.record.story_file_ids, dropped)
        self.assertEqual(foreign.res_id, elsewhere.id)

    def test_saving_tells_the_number(self):
        ticket = self._create_complaint(user=self.agent)
        action = ticket.action_recorded()
        self.assertEqual(action["params"]["links"][0]["label"], ticket.number)
        self.assertEqual(
            action["params"]["next"]["type"], "ir.actions.act_window_close"
        )


@tagged("post_install", "-at_install")
class TestMyWork(ComplaintCase):
    """What people see first."""

    def _list(self, user):
        """The complaints that the first screen shows to a user."""
        action = self.env["helpdesk.ticket"].with_user(user).action_my_work()
        domain = Domain(safe_eval(action["domain"] or "[]", {"uid": user.id}))
        filters = self._get_filters(user)
        for name in action["context"]:
            domain &= filters[name.removeprefix("search_default_")]
        found = self.env["helpdesk.ticket"].with_user(user).search(domain)
        return found.sudo() & self.tickets

    def _get_filters(self, user):
        view = self.env["helpdesk.ticket"].get_view(
            self.env.ref("klikumkm_complaint.helpdesk_ticket_view_search").id, "search"
        )
        return {
            node.get("name"): Domain(safe_eval(node.get("domain"), {"uid": user.id}))
            for node in etree.fromstring(view["arch"]).iter("filter")
            if node.get("domain")
        }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._create_complaint(user_id=cls.agent.id)
        cls.unassigned = cls._create_complaint()
        cls.leads = cls._create_complaint(user_id=cls.lead.id)
        cls.elsewhere = cls._create_complaint(team_id=cls.other_team.id)
        cls.closed = cls._create_complaint(user_id=cls.agent.id)
        cls._move(cls.closed, "resolved")
        cls._move(cls.closed, "closed")
        cls.cancelled = cls._create_complaint(user_id=cls.agent.id)
        cls._move(cls.cancelled, "cancelled")
        cls.tickets = (
            cls.mine
            | cls.unassigned
            | cls.leads
            | cls.elsewhere
            | cls.closed
            | cls.cancelled
        )

    def test_an_agent_sees_his_own_running_complaints(self):
        self.assertEqual(self._list(self.agent), self.mine)

    def test_a_lead_sees_the_running_complaints_of_the_team(self):
        self.assertEqual(
            self._list(self.lead), self.mine | self.unassigned | self.leads
        )

    def test_a_manager_without_team_sees_everything_that_runs(self):
        self.assertEqual(
            self._list(self.manager),
            self.mine | self.unassigned | self.leads | self.elsewhere,
        )

    def test_an_agent_without_team_is_told_what_to_do(self):
        lonely = self._new_user(
            "complaint-lonely", "helpdesk_mgmt.group_helpdesk_user_team", "Sendiri"
        )
        action = self.env["helpdesk.ticket"].with_user(lonely).action_my_work()
        self.assertIn("Ask your team lead", action["help"])

    def test_the_app_opens_on_my_work(self):
        for user in (self.agent, self.lead, self.manager):
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            first = menus[menus["root"]["children"][0]]
            self.assertEqual(
                first["xmlid"], "klikumkm_complaint.complaint_menu_root", user.login
            )
            self.assertEqual(
                menus[first["children"][0]]["action_id"],
                self.env.ref("klikumkm_complaint.helpdesk_ticket_action_today").id,
            )
            names = {menu.get("xmlid") for menu in menus.values()}
            self.assertNotIn("helpdesk_mgmt.helpdesk_ticket_main_menu", names)

    def test_menu_knows_the_address_of_its_page(self):
        """So that the page has its menus where a mail or a bookmark opens it."""
        menus = self.env["ir.ui.menu"].with_user(self.lead).load_menus(False).values()
        for path, menu, action in (
            (
                "complaints-today",
                "complaint_menu_today",
                "helpdesk_ticket_action_today",
            ),
            (
                "complaint-workload",
                "complaint_menu_workload",
                "res_users_action_workload_open",
            ),
        ):
            with self.subTest(path=path):
                [menu] = [
                    item
                    for item in menus
                    if item.get("xmlid") == f"klikumkm_complaint.{menu}"
                ]
                self.assertEqual(menu["action_path"], path)
                opened = self.env.ref(f"klikumkm_complaint.{action}")
                opened = opened.with_user(self.lead).run()
                self.assertEqual(opened["type"], "ir.actions.act_window")

    def test_only_managers_configure(self):
        counts = []
        for user in (self.agent, self.lead, self.manager):
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            own = [
                menu
                for menu in menus.values()
                if menu.get("xmlid", "").startswith("klikumkm_complaint.")
                and menu["id"] != menus["root"]["id"]
                and self.env["ir.ui.menu"].browse(menu["id"]).parent_id
                == self.env.ref("klikumkm_complaint.complaint_menu_configuration")
            ]
            counts.append(len(own))
        self.assertEqual(counts[0], 0, "an agent configures nothing")
        self.assertTrue(0 < counts[1] < counts[2], counts)

    def test_filters_return_what_they_say(self):
        filters = self._get_filters(self.agent)
        self.mine.write({"reply_pending_since": fields.Datetime.now()})
        self.unassigned.write({"is_classified": False, "priority": "3"})
        expected = {
            "mine": self.mine | self.closed | self.cancelled,
            "my_team": self.tickets - self.elsewhere,
            "unassigned": self.unassigned | self.elsewhere,
            "not_classified": self.unassigned,
            "running": self.mine | self.unassigned | self.leads | self.elsewhere,
            "done": self.closed,
            "cancelled": self.cancelled,
            "reply_pending": self.mine,
            "emergency": self.unassigned,
        }
        for name, tickets in expected.items():
            found = self.env["helpdesk.ticket"].search(filters[name]) & self.tickets
            self.assertEqual(found, tickets, name)

    def test_every_filter_can_be_searched(self):
        Ticket = self.env["helpdesk.ticket"].with_user(self.agent)
        for name, domain in self._get_filters(self.agent).items():
            with self.subTest(filter=name):
                Ticket.search(domain, limit=1)


@tagged("post_install", "-at_install")
class TestSearchBox(ComplaintCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_complaint(
            name="Angsuran belum tercatat",
            description="<p>Transfer lewat bank kamis pagi</p>",
            partner_id=False,
            partner_name="Wening Astuti",
            partner_email="wening@example.com",
            partner_phone="0812-0000-0888",
            agreement_ref="PJ-777-AA",
            external_ref="APPK/42",
        )
        cls.other = cls._create_complaint(name="Lain")

    def _search(self, text):
        view = self.env["helpdesk.ticket"].get_view(
            self.env.ref("klikumkm_complaint.helpdesk_ticket_view_search").id, "search"
        )
        box = next(etree.fromstring(view["arch"]).iter("field"))
        domain = safe_eval(box.get("filter_domain"), {"self": text})
        found = self.env["helpdesk.ticket"].with_user(self.agent).search(domain)
        return found & (self.ticket | self.other)

    def test_one_box_finds_everything_a_caller_may_say(self):
        for text in (
            self.ticket.number,
            "belum tercatat",
            "wening",
            "081200000888",
            "+62 812 0000 0888",
            "62812-0000-0888",
            "0812 0000",
            "wening@example.com",
            "777-aa",
            "appk/42",
            "kamis pagi",
        ):
            self.assertEqual(self._search(text), self.ticket, text)

    def test_what_is_not_there_is_not_found(self):
        self.assertFalse(self._search("081299999999"))
        self.assertFalse(self._search("tidak ada yang begini"))


@tagged("post_install", "-at_install")
class TestFormButtons(ComplaintCase):
    def setUp(self):
        super().setUp()
        self.ticket = self._create_complaint(user_id=self.agent.id)

    def _press(self, status, user=None):
        self.ticket.with_user(user or self.agent).with_context(
            complaint_status=status
        ).action_set_status()

    def test_buttons_move_the_status(self):
        for status in ("in_progress", "coordination", "waiting_customer"):
            self._press(status)
            self.assertEqual(self.ticket.status, status)
        with self.assertRaises(RedirectWarning):
            self._press("resolved")
        self.assertEqual(self.ticket.status, "waiting_customer")
        self._move(self.ticket.sudo(), "resolved")
        self._press("closed")
        self.assertTrue(self.ticket.closed)

    def test_what_is_not_answered_cannot_be_closed(self):
        with self.assertRaisesRegex(UserError, "not been answered"):
            self._press("closed")

    def test_unknown_steps_are_refused(self):
        for status in ("referred", "received", "nonsense", None, False):
            with self.assertRaises(UserError):
                self._press(status)

    def test_an_agent_cannot_reopen_a_lead_can(self):
        self._move(self.ticket.sudo(), "resolved")
        self._press("closed")
        with self.assertRaises(AccessError):
            self._press("in_progress")
        self._press("in_progress", user=self.lead)
        self.assertEqual(self.ticket.status, "in_progress")
        self.assertFalse(self.ticket.closed_date)

    def test_an_agent_of_another_team_moves_nothing(self):
        outsider = self._new_user(
            "complaint-outsider", "helpdesk_mgmt.group_helpdesk_user_team", "Luar"
        )
        with self.assertRaises(AccessError):
            self._press("resolved", user=outsider)

    def test_a_team_without_a_stage_for_it_says_so(self):
        self.stages["coordination"].active = False
        self._press("in_progress")
        with self.assertRaisesRegex(UserError, "no stage for this step"):
            self._press("coordination")

    def test_several_complaints_move_at_once(self):
        tickets = self.ticket | self._create_complaint()
        tickets.with_user(self.agent).with_context(
            complaint_status="in_progress"
        ).action_set_status()
        self.assertEqual(set(tickets.mapped("status")), {"in_progress"})

    def test_take_and_classify(self):
        ticket = self._create_complaint(is_classified=False).with_user(self.agent)
        ticket.action_take()
        ticket.action_confirm_classification()
        self.assertEqual(ticket.user_id, self.agent)
        self.assertTrue(ticket.is_classified)

    def test_the_form_opens_and_saves_for_an_agent(self):
        form = Form(self.ticket.with_user(self.agent))
        form.category_id = self.category_fraud
        form.agreement_ref = "PJ-1"
        form.save()
        self.assertEqual(self.ticket.agreement_ref, "PJ-1")
        # what is recorded keeps its urgency: the category only proposes
        self.assertEqual(self.ticket.priority, "1")

    def test_the_other_complaints_of_the_customer(self):
        other = self._create_complaint()
        action = self.ticket.with_user(self.agent).action_view_customer_complaints()
        found = self.env["helpdesk.ticket"].search(action["domain"])
        self.assertIn(other, found)
        self.assertNotIn(self.ticket, found)


@tagged("post_install", "-at_install")
class TestOwnViews(ComplaintCase):
    """Our views are the ones that open, without the leftovers of the base."""

    LEFTOVERS = ("tag_ids", "color", "sequence", "kanban_state")

    def test_our_views_win(self):
        for view_type in ("list", "kanban", "form", "search"):
            view = self.env["helpdesk.ticket"].get_view(view_type=view_type)
            self.assertEqual(
                view["id"],
                self.env.ref(f"klikumkm_complaint.helpdesk_ticket_view_{view_type}").id,
            )
            arch = etree.fromstring(view["arch"])
            for field in self.LEFTOVERS:
                self.assertFalse(arch.xpath(f"//field[@name='{field}']"), field)
            self.assertFalse(arch.xpath("//field[@widget='priority']"))
            self.assertFalse(arch.xpath("//field[@widget='handle']"))

    def test_nothing_can_be_copied_or_dragged(self):
        Ticket = self.env["helpdesk.ticket"]
        for view_type in ("list", "form"):
            arch = etree.fromstring(Ticket.get_view(view_type=view_type)["arch"])
            self.assertEqual(arch.get("duplicate"), "0")
            self.assertEqual(arch.get("delete"), "0")
        arch = etree.fromstring(Ticket.get_view(view_type="kanban")["arch"])
        self.assertEqual(arch.get("records_draggable"), "false")
        self.assertEqual(arch.get("quick_create"), "false")
        names = {
            action["id"]
            for action in self.env["ir.actions.actions"]
            .with_user(self.manager)
            .get_bindings("helpdesk.ticket")
            .get("action", ())
        }
        self.assertNotIn(
            self.env.ref("helpdesk_mgmt.action_duplicate_ticket").id, names
        )

    def test_the_status_bar_is_not_clickable(self):
        arch = etree.fromstring(
            self.env["helpdesk.ticket"].get_view(view_type="form")["arch"]
        )
        [bar] = arch.xpath("//field[@name='stage_id']")
        self.assertIs(safe_eval(bar.get("options"))["clickable"], False)

    def test_configuration_forms_open_for_a_manager(self):
        for model in (
            "helpdesk.ticket.channel",
            "helpdesk.ticket.category",
            "helpdesk.ticket.stage",
            "helpdesk.ticket.team",
            "klikumkm.complaint.unit",
            "klikumkm.complaint.product",
            "klikumkm.complaint.reason",
        ):
            with self.subTest(model=model):
                form = Form(self.env[model].with_user(self.manager))
                form.name = "Baru"
                if model == "klikumkm.complaint.reason":
                    form.kind = "cancel"
                self.assertTrue(form.save())

    def test_running_is_what_the_suite_calls_running(self):
        view = self.env.ref("klikumkm_complaint.helpdesk_ticket_view_search")
        [node] = etree.fromstring(view.arch).xpath("//filter[@name='running']")
        self.assertEqual(
            safe_eval(node.get("domain")), [("status", "in", list(OPEN_STATUS))]
        )
