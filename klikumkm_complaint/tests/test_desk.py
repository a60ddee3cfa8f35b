# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from odoo.addons.mail.tests.common import freeze_all_time

from .common import ComplaintCase, ComplaintFixture

SEARCH_VIEW = "klikumkm_complaint.helpdesk_ticket_view_search"


class DeskCase(ComplaintCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._new_user(
            "complaint-second", "helpdesk_mgmt.group_helpdesk_user_team", "Budi Agen"
        )
        cls.third = cls._new_user(
            "complaint-third", "helpdesk_mgmt.group_helpdesk_user_team", "Citra Agen"
        )
        cls.team.user_ids |= cls.second | cls.third

    @classmethod
    def _send_away(cls, user, stand_in=None):
        now = fields.Datetime.now()
        user.write(
            {
                "out_of_office_from": now - timedelta(hours=1),
                "out_of_office_to": now + timedelta(days=5),
                "complaint_stand_in_id": stand_in and stand_in.id,
            }
        )

    def _hand_over(self, user, tickets, **vals):
        """What the dialog does when ``user`` confirms it."""
        action = tickets.with_user(user).action_open_hand_over()
        wizard = (
            self.env["klikumkm.complaint.hand.over"]
            .with_user(user)
            .with_context(**action["context"])
            .create(vals)
        )
        return wizard.action_hand_over()

    def _count_owned(self, tickets):
        return {
            owner: len(owned) for owner, owned in tickets.grouped("user_id").items()
        }

    def _get_notes(self, ticket):
        note = self.env.ref("mail.mt_note")
        messages = ticket.message_ids.filtered(lambda m: m.subtype_id == note)
        return " ".join(str(body) for body in messages.mapped("body"))


@tagged("post_install", "-at_install")
class TestHandOver(DeskCase):
    def test_agent_absent_with_14_cases(self):
        """From the workload: the person, hand over, confirm."""
        cases = self.env["helpdesk.ticket"].union(
            *(self._create_complaint(user_id=self.agent.id) for _n in range(14))
        )
        busy = self._create_complaint(user_id=self.second.id)
        self._send_away(self.agent)
        action = self.env["res.users"].with_user(self.lead).action_complaint_workload()
        people = self.env["res.users"].with_user(self.lead).search(action["domain"])
        self.assertIn(self.agent, people)
        absent = people.filtered("complaint_absence_label")
        self.assertEqual(absent, self.agent)
        self.assertEqual(absent.complaint_open_count, 14)
        action = absent.action_hand_over_complaints()
        form = Form(
            self.env["klikumkm.complaint.hand.over"]
            .with_user(self.lead)
            .with_context(**action["context"])
        )
        self.assertEqual(form.mode, "share")
        self.assertEqual(form.reason, "absence")
        self.assertEqual(form.user_ids[:], self.lead | self.second | self.third)
        form.user_ids.remove(self.lead.id)
        self.assertIn("Budi Agen: 7", form.preview)
        form.note = "Rina sakit.\nLihat berkas."
        form.save().action_hand_over()
        self.assertEqual(
            self._count_owned(cases | busy), {self.second: 8, self.third: 7}
        )
        self.assertFalse(absent.complaint_open_count)
        for case in cases:
            notes = self._get_notes(case)
            self.assertIn("Handed over from Ayu Agen to", notes)
            self.assertIn("Reason: Absence", notes)
            self.assertIn("Rina sakit.<br>Lihat berkas.", notes)
        told = self.env["mail.message"].search(
            [("subject", "ilike", "handed over to you")]
        )
        self.assertEqual(
            told.notified_partner_ids, (self.second | self.third).partner_id
        )
        self.assertEqual(len(told), 2, "one notification for each, not for each case")

    def test_shares_are_the_same_each_time(self):
        cases = self.env["helpdesk.ticket"].union(
            *(self._create_complaint(priority=str(n % 4)) for n in range(7))
        )
        self._create_complaint(user_id=self.third.id)
        people = self.second | self.third
        shares = cases._share_out(people)
        self.assertEqual(
            {user: len(tickets) for user, tickets in shares.items()},
            {self.second: 4, self.third: 3},
        )
        self.assertEqual(cases._share_out(people), shares)
        mixed = cases.browse(reversed(cases.ids))
        self.assertEqual(
            {u: t.sorted("id") for u, t in mixed._share_out(people).items()},
            {u: t.sorted("id") for u, t in shares.items()},
        )
        emergency = cases.filtered(lambda ticket: ticket.priority == "3")
        self.assertIn(emergency, shares[self.second])

    def test_one_person_gets_one_complaint(self):
        case = self._create_complaint(user_id=self.agent.id)
        self._hand_over(self.agent, case, user_id=self.second.id, reason="knowledge")
        self.assertEqual(case.user_id, self.second)
        self.assertIn("Handed over from Ayu Agen to Budi Agen", self._get_notes(case))

    def test_activities_of_the_former_owner_move(self):
        case = self._create_complaint(user_id=self.agent.id)
        mine, leads = (
            case.activity_schedule("mail.mail_activity_data_todo", user_id=user.id)
            for user in (self.agent, self.lead)
        )
        other = self._create_complaint(user_id=self.agent.id)
        elsewhere = other.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.agent.id
        )
        self._hand_over(self.lead, case, user_id=self.second.id, reason="workload")
        self.assertEqual(mine.user_id, self.second)
        self.assertEqual(leads.user_id, self.lead)
        self.assertEqual(elsewhere.user_id, self.agent)

    def test_agents_hand_over_only_their_own(self):
        case = self._create_complaint(user_id=self.second.id)
        with self.assertRaisesRegex(AccessError, "belongs to Budi Agen"):
            self._hand_over(self.agent, case, user_id=self.third.id)
        with self.assertRaisesRegex(AccessError, "belongs to Budi Agen"):
            self._hand_over(self.agent, case, mode="share", user_ids=self.third.ids)
        with self.assertRaisesRegex(AccessError, "belongs to Budi Agen"):
            case.with_user(self.agent).action_take()
        with self.assertRaises(AccessError):
            case.with_user(self.agent).user_id = False
        self.assertEqual(case.user_id, self.second)
        case.with_user(self.second).user_id = self.third
        self.assertEqual(case.user_id, self.third)

    def test_the_stand_in_takes_what_is_left_behind(self):
        case = self._create_complaint(user_id=self.second.id)
        self._send_away(self.second, stand_in=self.agent)
        with self.assertRaises(AccessError):
            case.with_user(self.third).action_take()
        case.with_user(self.agent).action_take()
        self.assertEqual(case.user_id, self.agent)

    def test_leads_hand_over_anybodys(self):
        case = self._create_complaint(user_id=self.second.id)
        self._hand_over(self.lead, case, user_id=self.third.id)
        self.assertEqual(case.user_id, self.third)

    def test_the_new_owner_is_a_member_of_the_team(self):
        case = self._create_complaint(user_id=self.agent.id)
        with self.assertRaisesRegex(UserError, "not a member"):
            self._hand_over(self.lead, case, user_id=self.manager.id)
        with self.assertRaisesRegex(UserError, "None of the chosen"):
            self._hand_over(self.lead, case, mode="share", user_ids=self.manager.ids)
        self.assertEqual(case.user_id, self.agent)

    def test_two_teams_are_shared_among_their_own_members(self):
        self.other_team.user_ids = self.third
        theirs = self._create_complaint(team_id=self.other_team.id)
        ours = self._create_complaint() | self._create_complaint()
        shares = (theirs | ours)._share_out(self.second | self.third)
        self.assertIn(theirs, shares[self.third])
        self.assertEqual(len(shares[self.second]), 2)

    def test_nobody_chosen(self):
        case = self._create_complaint(user_id=self.agent.id)
        with self.assertRaisesRegex(UserError, "Choose the new owner"):
            self._hand_over(self.lead, case)
        with self.assertRaisesRegex(UserError, "at least one person"):
            self._hand_over(self.lead, case, mode="share", user_ids=False)

    def test_customers_see_nothing_of_it(self):
        case = self._create_complaint(user_id=self.agent.id)
        self._hand_over(self.lead, case, user_id=self.second.id, note="Rahasia")
        self.env.flush_all()
        messages = self.env["mail.message"].with_user(self.customer)
        found = messages.search(
            [("model", "=", "helpdesk.ticket"), ("res_id", "=", case.id)]
        )
        self.assertNotIn("Rahasia", " ".join(found.mapped("body")))
        with self.assertRaises(AccessError):
            case.with_user(self.customer).read(["is_owner_absent"])
        with self.assertRaises(AccessError):
            case.with_user(self.customer).action_open_hand_over()

    @freeze_all_time()
    def test_the_cost_does_not_grow_with_the_number(self):
        def measure(number):
            cases = self.env["helpdesk.ticket"].union(
                *(self._create_complaint(user_id=self.agent.id) for _n in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            cases._hand_over(cases._share_out(self.second | self.third), "Absence")
            self.env.flush_all()
            return self.cr.sql_log_count - before

        measure(2)  # fills the caches
        few, many = measure(2), measure(20)
        self.assertLessEqual(many, few + 1)


@tagged("post_install", "-at_install")
class TestStandIn(DeskCase):
    def test_present_people_act_for_themselves(self):
        self.agent.complaint_stand_in_id = self.second
        self.assertEqual(self.agent._get_complaint_stand_in(), self.agent)

    def test_chains_are_followed_and_loops_end(self):
        self._send_away(self.agent, stand_in=self.second)
        self.assertEqual(self.agent._get_complaint_stand_in(), self.second)
        self._send_away(self.second, stand_in=self.third)
        self.assertEqual(self.agent._get_complaint_stand_in(), self.third)
        self._send_away(self.third, stand_in=self.agent)
        self.assertFalse(self.agent._get_complaint_stand_in())

    def test_who_has_left_is_absent(self):
        self.agent.complaint_stand_in_id = self.second
        self.agent.active = False
        self.assertEqual(self.agent._get_complaint_stand_in(), self.second)

    def test_new_complaints_go_to_the_stand_in(self):
        self._send_away(self.second, stand_in=self.third)
        ticket = self._create_complaint(user=self.agent, user_id=self.second.id)
        self.assertEqual(ticket.user_id, self.third)
        self.assertIn("Meant for Budi Agen", self._get_notes(ticket))
        self.assertIn("Citra Agen stands in", self._get_notes(ticket))

    def test_handed_complaints_go_to_the_stand_in(self):
        self._send_away(self.second, stand_in=self.third)
        ticket = self._create_complaint(user_id=self.agent.id)
        action = ticket.with_user(self.lead).action_open_hand_over()
        form = Form(
            self.env["klikumkm.complaint.hand.over"]
            .with_user(self.lead)
            .with_context(**action["context"])
        )
        form.user_id = self.second
        self.assertIn("Citra Agen", form.preview)
        form.save().action_hand_over()
        self.assertEqual(ticket.user_id, self.third)
        self.assertIn("Citra Agen stands in", self._get_notes(ticket))
        ticket.with_user(self.lead).user_id = self.second
        self.assertEqual(ticket.user_id, self.third, "by the form, too")

    def test_without_stand_in_the_chatter_warns(self):
        self._send_away(self.second)
        ticket = self._create_complaint(user=self.agent, user_id=self.second.id)
        self.assertEqual(ticket.user_id, self.second)
        self.assertIn("nobody who is present stands in", self._get_notes(ticket))

    def test_nobody_absent_by_default(self):
        self.complaint_company.helpdesk_mgmt_ticket_auto_assign = True
        defaults = self.env["helpdesk.ticket"].with_user(self.agent)
        defaults = defaults.with_context(default_team_id=self.team.id)
        self.assertEqual(
            defaults.default_get(["user_id", "team_id"])["user_id"], self.agent.id
        )
        self._send_away(self.agent)
        self.assertFalse(defaults.default_get(["user_id", "team_id"]).get("user_id"))
        self.agent.complaint_stand_in_id = self.third
        self.assertEqual(
            defaults.default_get(["user_id", "team_id"])["user_id"], self.third.id
        )

    def test_who_takes_a_complaint_is_there(self):
        self._send_away(self.agent, stand_in=self.third)
        ticket = self._create_complaint()
        ticket.with_user(self.agent).action_take()
        self.assertEqual(ticket.user_id, self.agent)

    def test_closed_complaints_keep_their_owner(self):
        self._send_away(self.second, stand_in=self.third)
        old = self._create_complaint(
            user_id=self.second.id, stage_id=self.stages["closed"].id
        )
        self.assertEqual(old.user_id, self.second)

    def test_alerts_go_to_who_is_there(self):
        ticket = self._create_complaint(user_id=self.agent.id)
        self.assertEqual(ticket._get_responsible_user(), self.agent)
        self._send_away(self.agent, stand_in=self.second)
        self.assertEqual(ticket._get_responsible_user(), self.second)
        self._send_away(self.second)
        self.assertEqual(ticket._get_responsible_user(), self.lead)

    def test_a_lead_who_is_there_decides(self):
        ticket = self._create_complaint(user_id=self.agent.id)
        company = ticket.company_id
        leads = company._get_complaint_leads(self.team)
        self.assertEqual(leads, self.lead)
        deputy = self._new_user(
            "complaint-deputy", "klikumkm_complaint.group_complaint_lead", "Dewi Wakil"
        )
        # an agent who stands in may not decide
        self._send_away(self.lead, stand_in=self.second)
        self.assertEqual(company._get_present_complaint_leads(self.team)[:1], deputy)
        self._move(ticket, "resolved")
        ticket._follow_rejection()
        [activity] = ticket.activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id
                == self.env.ref("klikumkm_complaint.activity_type_ruling")
            )
        )
        self.assertEqual(activity.user_id, deputy)
        self._send_away(self.lead, stand_in=deputy)
        self.assertEqual(company._get_present_complaint_leads(self.team), deputy)
        # and be it that he reads it when he is back
        everybody = company._get_complaint_leads() | self.manager | self.lead
        for lead in everybody:
            self._send_away(lead)
        self.env.ref("helpdesk_mgmt.group_helpdesk_manager").sudo().all_user_ids.write(
            {"active": False}
        )
        self.assertEqual(company._get_present_complaint_leads(self.team), self.lead)
        self.lead.active = False
        self.assertEqual(company._get_complaint_leads(self.team), deputy)

    def test_everybody_sets_his_own_stand_in(self):
        agent = self.agent.with_user(self.agent)
        agent.write({"complaint_stand_in_id": self.second.id})
        self.assertEqual(agent.read(["complaint_stand_in_id"])[0]["id"], agent.id)
        self.assertEqual(self.agent.complaint_stand_in_id, self.second)
        with self.assertRaises(AccessError):
            self.second.with_user(self.agent).write(
                {"complaint_stand_in_id": self.agent.id}
            )

    def test_only_who_works_on_complaints_stands_in(self):
        with self.assertRaises(ValidationError):
            self.agent.complaint_stand_in_id = self.agent
        with self.assertRaises(ValidationError):
            self.agent.complaint_stand_in_id = self.colleague

    def test_the_lead_sets_absence_for_who_is_ill(self):
        action = self.agent.with_user(self.lead).action_open_complaint_absence()
        Absence = self.env["klikumkm.complaint.absence"]
        form = Form(Absence.with_user(self.lead).with_context(**action["context"]))
        form.absent_from = fields.Datetime.now() - timedelta(hours=1)
        form.absent_to = fields.Datetime.now() + timedelta(days=2)
        form.stand_in_id = self.second
        form.save().action_save()
        self.assertTrue(self.agent.is_out_of_office)
        self.assertEqual(self.agent._get_complaint_stand_in(), self.second)
        with self.assertRaises(AccessError):
            Absence.with_user(self.agent).create({"user_id": self.second.id})

    def test_the_lead_sets_absence_only_of_the_desk(self):
        wizard = (
            self.env["klikumkm.complaint.absence"]
            .with_user(self.lead)
            .create({"user_id": self.colleague.id})
        )
        with self.assertRaises(AccessError):
            wizard.action_save()

    def test_lists_show_whose_owner_is_absent(self):
        ticket = self._create_complaint(user_id=self.agent.id)
        self.assertFalse(ticket.with_user(self.second).is_owner_absent)
        self._send_away(self.agent)
        ticket.invalidate_recordset()
        self.assertTrue(ticket.with_user(self.second).is_owner_absent)
        self.assertIn("Absent", ticket.with_user(self.second).owner_absence_label)


@tagged("post_install", "-at_install")
class TestWorkload(DeskCase):
    def test_counts(self):
        self._create_complaint(user_id=self.agent.id)
        waiting = self._create_complaint(
            user_id=self.agent.id, stage_id=self.stages["waiting_customer"].id
        )
        waiting.reply_pending_since = fields.Datetime.now()
        self._create_complaint(user_id=self.agent.id, stage_id=self.stages["closed"].id)
        agent = self.agent.with_user(self.lead)
        self.assertEqual(agent.complaint_open_count, 2)
        self.assertEqual(agent.complaint_waiting_count, 1)
        self.assertEqual(agent.complaint_reply_pending_count, 1)
        with self.assertRaises(AccessError):
            self.agent.with_user(self.agent).read(["complaint_open_count"])

    def test_whoever_left_complaints_behind_is_listed(self):
        self._create_complaint(user_id=self.third.id)
        self.team.user_ids -= self.third
        self.third.active = False
        Users = self.env["res.users"].with_user(self.lead)
        people = Users.search(Users.action_complaint_workload()["domain"])
        self.assertIn(self.third, people)
        self.assertIn(self.agent, people)
        self.assertNotIn(self.colleague, people)
        self.assertNotIn(self.customer, people)
        self.assertEqual(
            people.filtered(lambda u: not u.active).complaint_absence_label,
            "No longer here",
        )

    def test_a_person_opens_his_complaints(self):
        ticket = self._create_complaint(user_id=self.agent.id)
        action = self.agent.with_user(self.lead).action_view_open_complaints()
        found = self.env["helpdesk.ticket"].search(action["domain"])
        self.assertIn(ticket, found)
        self.assertEqual(found.user_id, self.agent)

    @freeze_all_time()
    def test_the_cost_does_not_grow_with_the_number(self):
        people = (self.agent | self.second | self.third | self.lead).with_user(
            self.lead
        )
        counts = []
        for number in (1, 4):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            people[:number].mapped("complaint_open_count")
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])


@tagged("post_install", "-at_install")
class TestToday(DeskCase):
    def _get_counters(self, user):
        counters = self.env["helpdesk.ticket"].with_user(user).get_today_counters()
        return {counter["name"]: counter for counter in counters}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._create_complaint(user_id=cls.agent.id)
        cls.mine.reply_pending_since = fields.Datetime.now()
        cls.seconds = cls._create_complaint(user_id=cls.second.id)
        cls.seconds.reply_pending_since = fields.Datetime.now()
        cls.unassigned = cls._create_complaint(is_classified=False)
        cls.elsewhere = cls._create_complaint(team_id=cls.other_team.id)

    def test_agents_count_their_own_and_what_waits_for_an_owner(self):
        before = self.env["helpdesk.ticket"].search_count(
            [
                ("id", "not in", (self.unassigned | self.elsewhere).ids),
                ("user_id", "=", False),
                ("team_id", "in", [self.team.id, False]),
                ("closed", "=", False),
            ]
        )
        counters = self._get_counters(self.agent)
        self.assertEqual(counters["reply_pending"]["count"], 1)
        self.assertEqual(counters["not_classified"]["count"], 1)
        self.assertEqual(counters["unassigned"]["count"], 1 + before)

    def test_leads_count_their_team(self):
        counters = self._get_counters(self.lead)
        self.assertEqual(counters["reply_pending"]["count"], 2)
        self.assertEqual(counters["unassigned"]["count"], 1)
        self.other_team.user_ids |= self.lead
        self.assertEqual(self._get_counters(self.lead)["unassigned"]["count"], 2)

    def test_what_customers_do_not_know_yet(self):
        self.customer.partner_id.email = False
        (self.mine | self.seconds).partner_email = False
        before = {
            user: self._get_counters(user)["to_tell"]["count"]
            for user in (self.agent, self.lead)
        }
        (self.mine | self.seconds)._tell("progress", subject="Kabar", body="Halo")
        counter = self._get_counters(self.agent)["to_tell"]
        self.assertEqual(counter["count"], before[self.agent] + 1)
        notices = self.env[counter["action"]["res_model"]].with_user(self.agent)
        self.assertIn(self.mine, notices.search(counter["action"]["domain"]).ticket_id)
        self.assertEqual(
            self._get_counters(self.lead)["to_tell"]["count"], before[self.lead] + 2
        )

    def test_customers_who_let_the_date_pass(self):
        now = fields.Datetime.now()
        for ticket, days in ((self.mine, -1), (self.seconds, 1)):
            ticket.stage_id = self.stages["waiting_customer"]
            ticket._write_silently({"answer_by_date": now + timedelta(days=days)})
        self.assertEqual(self._get_counters(self.lead)["waiting_too_long"]["count"], 1)
        self.assertEqual(self._get_counters(self.agent)["waiting_too_long"]["count"], 1)
        self.assertEqual(
            self._get_counters(self.second)["waiting_too_long"]["count"], 0
        )

    def test_leads_decide_about_objections(self):
        self._move(self.mine, "resolved")
        self.mine._write_silently(
            {"customer_decision": "rejected", "ruling_by_date": fields.Datetime.now()}
        )
        self.assertEqual(self._get_counters(self.lead)["to_decide"]["count"], 1)
        self.assertNotIn("to_decide", self._get_counters(self.agent))

    def test_every_counter_opens_what_it_counts(self):
        Ticket = self.env["helpdesk.ticket"]
        for user in (self.agent, self.lead, self.manager):
            known = Ticket.with_user(user)._get_search_filter_domains(SEARCH_VIEW)
            for counter in Ticket.with_user(user).get_today_counters():
                with self.subTest(user=user.name, counter=counter["name"]):
                    self.assertTrue(counter["label"])
                    self.assertIn(counter["tone"], ("danger", "warning", "info"))
                    if "filters" in counter:
                        self.assertLessEqual(set(counter["filters"]), set(known))
                    else:
                        action = counter["action"]
                        found = self.env[action["res_model"]].with_user(user)
                        found.search(action["domain"], limit=1)

    @freeze_all_time()
    def test_the_cost_does_not_grow_with_the_number(self):
        Ticket = self.env["helpdesk.ticket"].with_user(self.lead)
        Ticket.get_today_counters()
        counts = []
        for number in (0, 20):
            for _n in range(number):
                self._create_complaint(user_id=self.agent.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            Ticket.get_today_counters()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_customers_get_no_counters(self):
        for user in (self.customer, self.env.ref("base.public_user")):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.env["helpdesk.ticket"].with_user(user).get_today_counters()

    def test_the_first_screen_shows_them(self):
        for kind in ("list", "kanban"):
            view = self.env.ref(f"klikumkm_complaint.helpdesk_ticket_view_{kind}_today")
            arch = self.env["helpdesk.ticket"].get_view(view.id, kind)["arch"]
            self.assertEqual(
                etree.fromstring(arch).get("js_class"), f"klikumkm_today_{kind}"
            )
        action = self.env["helpdesk.ticket"].with_user(self.agent).action_my_work()
        self.assertEqual(
            dict((mode, view) for view, mode in action["views"])["list"],
            self.env.ref("klikumkm_complaint.helpdesk_ticket_view_list_today").id,
        )


@tagged("post_install", "-at_install")
class TestReadiness(DeskCase):
    def _get_lines(self, user):
        Readiness = self.env["klikumkm.complaint.readiness"].with_user(user)
        lines = Readiness.search(Readiness.action_check()["domain"])
        return {line.name: line for line in lines}

    def test_what_is_missing_is_said_with_the_way_there(self):
        empty = self.env["helpdesk.ticket.team"].create(
            {"name": "Tanpa orang", "company_id": self.complaint_company.id}
        )
        silent = self.env.ref("klikumkm_complaint.channel_whatsapp")
        silent.contact = False
        self.team.user_ids |= self.colleague
        lines = self._get_lines(self.manager)
        self.assertEqual(lines["Official channels"].state, "missing")
        self.assertIn(silent.name, lines["Official channels"].explanation)
        self.assertIn(empty.name, lines["Team and members"].explanation)
        self.assertIn(self.colleague.name, lines["Rights of the members"].explanation)
        action = lines["Team and members"].action_mend()
        self.assertEqual(action["res_model"], "helpdesk.ticket.team")

    def test_what_is_there_is_ready(self):
        teams = self.env["helpdesk.ticket.team"].search(
            [("company_id", "in", [False, self.complaint_company.id])]
        )
        teams.user_ids |= self.agent
        for channel in self.env["helpdesk.ticket.channel"].search(
            [("is_official", "=", True)]
        ):
            channel.contact = "cs@example.com"
        lines = self._get_lines(self.manager)
        self.assertEqual(lines["Official channels"].state, "ready")
        self.assertFalse(lines["Official channels"].explanation)
        self.assertEqual(lines["Team and members"].state, "ready")

    def test_the_companys_address_is_the_administrators(self):
        self.complaint_company.street = False
        line = self._get_lines(self.manager)["Address of the company"]
        self.assertEqual(line.state, "missing")
        self.assertFalse(line.action_xmlid)
        self.assertFalse(line.action_mend())
        admin = self.env.ref("base.user_admin")
        line = self._get_lines(admin)["Address of the company"]
        self.assertEqual(line.action_mend()["res_id"], self.complaint_company.id)

    def test_only_managers(self):
        for user in (self.agent, self.lead):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.env["klikumkm.complaint.readiness"].with_user(user).action_check()

    def test_every_list_says_what_to_do_when_it_is_empty(self):
        actions = self.env["ir.model.data"].search(
            [
                ("module", "in", ["klikumkm_complaint", "klikumkm_sla"]),
                ("model", "=", "ir.actions.act_window"),
            ]
        )
        actions = self.env["ir.actions.act_window"].browse(actions.mapped("res_id"))
        for action in actions.filtered(lambda a: "list" in a.view_mode):
            with self.subTest(action=action.name, xmlid=action.xml_id):
                self.assertTrue(action.help)


@tagged("post_install", "-at_install")
class TestSatisfaction(DeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_complaint(user_id=cls.agent.id)
        cls._move(cls.ticket, "resolved")
        cls.token = cls.ticket._rating_get_access_token()
        cls.rating = cls.env["rating.rating"].search([("access_token", "=", cls.token)])

    def test_the_customer_rates_the_owner(self):
        self.assertEqual(self.rating.partner_id, self.customer.partner_id)
        self.assertEqual(self.rating.rated_partner_id, self.agent.partner_id)
        self.assertFalse(self.rating.parent_res_id)

    def test_a_rating_changes_nothing_of_the_complaint(self):
        names = [
            "status",
            "stage_id",
            "reply_pending_since",
            "last_customer_message_date",
            "customer_decision",
            "resolved_date",
            "closed_date",
            "outcome",
        ]
        before = self.ticket.read(names)
        self.ticket.rating_apply(1, token=self.token, feedback="Lama sekali!")
        self.env.flush_all()
        self.assertEqual(self.ticket.read(names), before)
        self.assertEqual(self.ticket.rating_avg_text, "ko")
        self.assertIn("Lama sekali!", self._get_notes(self.ticket))

    def test_the_owner_hears_of_it_and_the_followers_do_not(self):
        self.ticket.message_subscribe(self.stranger.partner_id.ids)
        self.ticket.rating_apply(1, token=self.token, feedback="<b>Lama</b>")
        messages = self.env["mail.message"].search(
            [
                ("model", "=", "helpdesk.ticket"),
                ("res_id", "=", self.ticket.id),
                ("author_id", "=", self.customer.partner_id.id),
            ]
        )
        self.assertEqual(
            messages.notification_ids.res_partner_id, self.agent.partner_id
        )
        self.assertIn("&lt;b&gt;Lama", " ".join(messages.mapped("body")))

    def test_no_owner_no_notification(self):
        self.ticket.user_id = False
        self.assertTrue(self.ticket.rating_apply(1, token=self.token))

    def test_customers_read_no_ratings(self):
        self.ticket.rating_apply(3, token=self.token, feedback="Rahasia")
        for user in (self.customer, self.stranger, self.env.ref("base.public_user")):
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    self.rating.with_user(user).read(["feedback"])
                for name in ("rating_ids", "rating_last_feedback", "rating_avg"):
                    with self.assertRaises(AccessError):
                        self.ticket.with_user(user).read([name])
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.stranger).read(["rating_count"])

    def test_staff_read_the_ratings_of_what_they_may_read(self):
        other = self._create_complaint(team_id=self.other_team.id)
        other_rating = self.rating.search(
            [("access_token", "=", other._rating_get_access_token())]
        )
        elsewhere = self.rating.create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.stranger.partner_id.id,
            }
        )
        everything = self.rating | other_rating | elsewhere
        for user, expected in (
            (self.colleague, elsewhere),
            (self.agent, self.rating | elsewhere),
            (self.lead, everything),
            (self.manager, everything),
        ):
            with self.subTest(user=user.name):
                self.assertEqual(
                    everything.with_user(user)._filtered_access("read"), expected
                )
                self.assertEqual(
                    self.rating.with_user(user).search(
                        [("id", "in", everything.ids)], order="id"
                    ),
                    expected.sorted("id"),
                )
        self.assertEqual(
            everything.with_user(self.agent).filtered("is_ticket_readable"),
            self.rating | elsewhere,
        )

    def test_nobody_changes_a_rating(self):
        for user in (self.agent, self.lead, self.manager):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.rating.with_user(user).write({"rating": 5})
        with self.assertRaises(AccessError):
            self.rating.with_user(self.agent).create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                    "res_id": self.ticket.id,
                    "rating": 5,
                    "consumed": True,
                }
            )

    def test_smileys_in_both_languages(self):
        for lang, alt in (("en_US", "Not satisfied"), ("id_ID", "")):
            body = self.env["ir.qweb"].with_context(lang=lang)
            body = body._render(
                "klikumkm_complaint.rating_smileys", {"object": self.ticket}
            )
            tree = etree.fromstring(f"<div>{body}</div>")
            base = self.ticket.get_base_url()
            self.assertEqual(
                [node.get("href") for node in tree.iter("a")],
                [f"{base}/rate/{self.token}/{rate}" for rate in (5, 3, 1)],
            )
            for node in tree.iter("img"):
                self.assertTrue(node.get("alt"))
            self.assertIn(alt, body)

    def test_the_form_opens_the_ratings(self):
        self.ticket.rating_apply(5, token=self.token)
        action = self.ticket.with_user(self.agent).action_view_ratings()
        self.assertEqual(self.rating.search(action["domain"]), self.rating)


@tagged("post_install", "-at_install")
class TestDeskPages(ComplaintFixture, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_complaints()
        cls.ticket = cls._create_complaint(user_id=cls.agent.id)
        cls._move(cls.ticket, "resolved")
        cls.token = cls.ticket._rating_get_access_token()
        cls.rating = cls.env["rating.rating"].search([("access_token", "=", cls.token)])

    def test_following_the_link_rates_nothing(self):
        """Mail scanners open every link of a message."""
        for rate in (5, 3, 1):
            response = self.url_open(f"/rate/{self.token}/{rate}")
            self.assertEqual(response.status_code, 200)
        self.url_open(f"/rate/{self.token}/submit_feedback?rate=1")
        self.rating.invalidate_recordset()
        self.assertFalse(self.rating.consumed)
        self.assertFalse(self.rating.rating)

    def test_sending_the_form_rates(self):
        page = self.url_open(f"/rate/{self.token}/3").text
        form = etree.HTML(page).xpath("//form[contains(@action, 'submit_feedback')]")[0]
        [csrf] = form.xpath(".//input[@name='csrf_token']/@value")
        response = self.url_open(
            form.get("action"),
            data={"csrf_token": csrf, "rate": "3", "feedback": "Cukup baik"},
        )
        self.assertEqual(response.status_code, 200)
        self.rating.invalidate_recordset()
        self.assertEqual(self.rating.rating, 3)
        self.assertEqual(self.rating.feedback, "Cukup baik")
        self.ticket.invalidate_recordset()
        self.assertEqual(self.ticket.status, "resolved")
        self.assertFalse(self.ticket.reply_pending_since)

    def test_another_customer_cannot_rate(self):
        self.authenticate(self.stranger.login, self.stranger.login)
        page = self.url_open(f"/rate/{self.token}/5").text
        self.assertNotIn("submit_feedback", page)

    def test_everybody_inside_reads_the_guide(self):
        for user in (self.agent, self.colleague, self.manager):
            self.authenticate(user.login, user.login)
            response = self.url_open("/klikumkm/guide")
            self.assertEqual(response.status_code, 200)
            self.assertIn("Guide for the complaint desk", response.text)
            self.assertIn("1–20", response.text)
            # only managers import
            is_told = "complaints of the old system" in response.text
            self.assertEqual(is_told, user == self.manager)

    def test_nobody_outside_reads_the_guide(self):
        response = self.url_open("/klikumkm/guide")
        self.assertIn("/web/login", response.url)
        self.authenticate(self.customer.login, self.customer.login)
        self.assertEqual(self.url_open("/klikumkm/guide").status_code, 404)

    def test_lead_shares_out_14_cases_in_the_browser(self):
        now = fields.Datetime.now()
        second = self._new_user(
            "complaint-second", "helpdesk_mgmt.group_helpdesk_user_team", "Budi Agen"
        )
        self.ticket.user_id = self.lead
        self.team.user_ids = self.agent | second
        self.agent.out_of_office_from = now - timedelta(hours=1)
        cases = self.env["helpdesk.ticket"].union(
            *(
                self._create_complaint(user_id=self.agent.id, stage_id=stage.id)
                for stage in self.stages["received"]
                for _n in range(14)
            )
        )
        third = self._new_user(
            "complaint-third", "helpdesk_mgmt.group_helpdesk_user_team", "Citra Agen"
        )
        self.team.user_ids |= third
        self.start_tour(
            "/odoo", "klikumkm_complaint_hand_over", login="complaint-lead", timeout=120
        )
        self.assertEqual(
            {owner: len(owned) for owner, owned in cases.grouped("user_id").items()},
            {second: 7, third: 7},
        )

    def test_counters_filter_the_list_in_the_browser(self):
        # what other modules' demo data leaves waiting is not counted
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "CS 2", "company_id": self.complaint_company.id}
        )
        (self.team | self.other_team).user_ids -= self.agent
        self.env["helpdesk.ticket"].search(
            [("team_id", "=", False)]
        ).team_id = self.other_team
        team.user_ids = self.agent
        take = self._create_complaint(name="Ambil saya", team_id=team.id)
        self._create_complaint(team_id=team.id)
        self.start_tour(
            "/odoo", "klikumkm_complaint_today", login="complaint-agent", timeout=120
        )
        self.assertEqual(take.user_id, self.agent)
