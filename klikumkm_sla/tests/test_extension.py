# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""More time: given within the cap, asked for beyond it, and told (rule 4)."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.klikumkm_complaint.models.helpdesk_ticket_file import FILE_PARTS

from .common import SlaCase, local, wall

LOGGER = "odoo.addons.klikumkm_sla.models.helpdesk_ticket_extension"
NOTICE_LOGGER = "odoo.addons.klikumkm_complaint.models.complaint_notice"


class ExtensionCase(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("id_ID")
        cls.agent = cls.new_user("agent-ext", "helpdesk_mgmt.group_helpdesk_user_team")
        cls.lead = cls.new_user("lead-ext", "klikumkm_complaint.group_complaint_lead")
        cls.team.user_ids += cls.agent | cls.lead
        cls.policies["handling"].write(
            {"extension_max_days": 5, "extension_max_count": 1}
        )
        cls.policies["coordination"].write(
            {"extension_max_days": 10, "extension_max_count": 1}
        )
        cls.reason = cls.env.ref("klikumkm_complaint.extension_party")
        cls.other_reason = cls.env.ref("klikumkm_complaint.extension_other")
        cls.stage = cls.env.ref("klikumkm_complaint.stage_party_contacted")
        cls.notices = cls.env["klikumkm.complaint.notice"]
        cls.requests = cls.env["klikumkm.sla.extension.request"]

    @classmethod
    def new_user(cls, login, group, **vals):
        return new_test_user(cls.env, login, groups=group, lang="en_US", **vals)

    def make_told(self, **vals):
        """A complaint that its customer was told the date of, by telephone."""
        ticket = self.make_ticket(
            **{
                "lang": "en_US",
                "partner_name": "Siti",
                "status": "in_progress",
                "user_id": self.agent.id,
                **vals,
            }
        )
        ticket._tell(
            "receipt",
            "klikumkm_complaint.mail_template_receipt",
            told={"medium": "phone"},
        )
        return ticket

    def dialog(self, ticket, user=None):
        """The dialog as the client opens it."""
        user = user or self.agent
        action = ticket.with_user(user).action_open_extend()
        return Form(
            self.env["klikumkm.sla.extend"]
            .with_user(user)
            .with_context(lang="en_US", **action["context"])
        )

    def fill_in(self, ticket, days=None, user=None, **vals):
        form = self.dialog(ticket, user)
        if days:
            form.days = days
        form.reason_id = self.reason
        form.stage_reached_id = self.stage
        for name, value in vals.items():
            form[name] = value
        return form.save()

    def waiting(self, ticket):
        """Messages with another date that are not told yet."""
        return self.notices.search(
            [
                ("ticket_id", "=", ticket.id),
                ("kind", "in", ("new_date", "extension")),
                ("state", "!=", "told"),
            ]
        )

    def activities(self, ticket, name="extension"):
        return ticket.activity_search([f"klikumkm_sla.activity_type_{name}"])


@tagged("post_install", "-at_install")
class TestExtending(ExtensionCase):
    # === WITHIN THE CAP === #
    def test_agent_extends_within_the_cap(self):
        ticket = self.make_told(partner_phone="081234567890")
        self.travel("2026-03-05 10:00")
        wizard = self.fill_in(ticket, 3)
        action = wizard.action_extend()
        self.assertDeadline(ticket, "2026-03-12 17:00")
        extension = ticket.extension_ids
        self.assertEqual(extension.days, 3)
        self.assertEqual(extension.create_uid, self.agent)
        self.assertEqual(extension.reason_id, self.reason)
        self.assertEqual(extension.reason, self.reason.name)
        self.assertEqual(extension.legal_ref, "POJK 22/2023 75(3)c")
        self.assertEqual(extension.stage_reached, self.stage.name)
        self.assertFalse(extension.approved_by_id)
        self.assertEqual(self.events(ticket, "extend").user_id, self.agent)
        # nobody has an address: on to the dialog that tells
        self.assertEqual(action["res_model"], "klikumkm.complaint.tell")
        self.assertEqual(action["context"]["default_notice_id"], extension.notice_id.id)

    def test_most_that_the_standard_leaves_is_proposed(self):
        ticket = self.make_told()
        form = self.dialog(ticket)
        self.assertEqual(form.days, 5)
        self.assertEqual(form.cap_label, "at most 5")
        self.assertFalse(form.needs_approval)

    def test_exactly_one_message_waits(self):
        ticket = self.make_told()
        self.fill_in(ticket, 2).action_extend()
        notice = self.waiting(ticket)
        self.assertEqual(notice.kind, "extension")
        self.assertEqual(local(notice.promised_date), "2026-03-11 17:00:00")
        self.assertEqual(local(notice.previous_date), "2026-03-09 17:00:00")
        self.assertTrue(ticket.sla_is_untold)
        self.assertEqual(local(ticket._get_promised_date()), "2026-03-09 17:00:00")

    def test_message_about_a_date_before_it_is_withdrawn(self):
        ticket = self.make_told()
        ticket.assistance_type = "coordination"
        before = self.waiting(ticket)
        self.assertEqual(before.kind, "new_date")
        wizard = self.fill_in(ticket, 2)
        self.assertIn("another date: Mon 9 Mar 2026 17.00 WIB", wizard.warning)
        wizard.action_extend()
        self.assertFalse(before.active)
        notice = self.waiting(ticket)
        self.assertEqual(notice.kind, "extension")
        # what the customer has, not what was counted in between
        self.assertEqual(local(notice.previous_date), "2026-03-09 17:00:00")
        self.assertEqual(local(notice.promised_date), "2026-04-01 17:00:00")

    def test_extension_untold_before_another_is_told_with_it(self):
        ticket = self.make_told(partner_phone="081234567890")
        self.fill_in(ticket, 2).action_extend()
        self.fill_in(ticket, 3, user=self.lead).action_extend()
        notice = self.waiting(ticket)
        self.assertEqual(ticket.extension_ids.notice_id, notice)
        notice._tell_otherwise("phone", wall("2026-03-02 11:00"))
        self.add_leave("2026-03-10")
        self.assertNotIn("We need", self.waiting(ticket).body)

    def test_extension_untold_before_a_recount_is_told_with_it(self):
        ticket = self.make_told(partner_phone="081234567890")
        self.fill_in(ticket, 2).action_extend()
        extension = ticket.extension_ids
        self.assertEqual(extension.notice_state, "to_tell")
        for day in ("2026-03-05", "2026-03-06"):  # and again before it is told
            self.add_leave(day)
            notice = self.waiting(ticket)
            self.assertEqual(notice.kind, "new_date")
            self.assertIn("working days have changed", notice.body)
            self.assertIn("We need 2 more working days.", notice.body)
            self.assertIn("We need 2 more working days.", notice.text)
            self.assertEqual(extension.notice_id, notice)
        notice._tell_otherwise("phone", wall("2026-03-02 11:00"))
        self.assertEqual(extension.notice_state, "told")
        self.assertIn("Extended from 9 Mar 2026", ticket._get_status_sentence())
        self.add_leave("2026-03-10")
        self.assertNotIn("We need", self.waiting(ticket).body)

    def test_first_deadline_stays_and_the_target_moves(self):
        ticket = self.make_told(priority="1")
        target = ticket.sla_target_date
        self.fill_in(ticket, 1).action_extend()
        clock = self.clock_of(ticket)
        self.assertEqual(local(clock.first_deadline), "2026-03-09 17:00:00")
        self.assertEqual(local(target), "2026-03-06 17:00:00")
        self.assertEqual(local(ticket.sla_target_date), "2026-03-09 17:00:00")
        self.assertEqual(
            ticket.with_context(lang="en_US").sla_extension_label,
            "extended 1× (at first 9 Mar 2026)",
        )

    def test_survives_reclassification(self):
        ticket = self.make_told()
        self.fill_in(ticket, 3).action_extend()
        ticket.assistance_type = "coordination"
        self.assertDeadline(ticket, "2026-04-02 17:00")
        self.assertEqual(
            local(self.clock_of(ticket).first_deadline), "2026-03-30 17:00:00"
        )

    def test_preview_is_what_becomes_of_it_and_writes_nothing(self):
        ticket = self.make_told()
        self.add_leave("2026-03-10")
        version = self.versions()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.clock_of(ticket).read()
        wizard = self.fill_in(ticket, 2)
        self.assertEqual(self.clock_of(ticket).read(), before)
        self.assertEqual(self.versions(), version)
        self.assertEqual(
            wizard.dates_label, "Mon 9 Mar 2026 17.00 WIB → Thu 12 Mar 2026 17.00 WIB"
        )
        wizard.action_extend()
        self.assertEqual(ticket.sla_deadline, wizard.new_date)

    def test_counted_anew_meanwhile_is_not_what_was_seen(self):
        ticket = self.make_told()
        wizard = self.fill_in(ticket, 2)
        self.add_leave("2026-03-10")
        with self.assertRaisesRegex(UserError, "counted anew"):
            wizard.action_extend()
        self.assertFalse(ticket.extension_ids)

    # === WHAT MUST BE SAID === #
    def test_other_needs_words_and_tells_them(self):
        ticket = self.make_told()
        wizard = self.fill_in(ticket, 2, reason_id=self.other_reason, explanation="?")
        wizard.explanation = " "
        with self.assertRaisesRegex(UserError, "own words"):
            wizard.action_extend()
        form = self.dialog(ticket)
        form.reason_id = self.other_reason
        form.stage_reached_id = self.stage
        form.explanation = "Our archive is flooded."
        self.assertIn("The reason: Our archive is flooded.", form.body)
        form.save().action_extend()
        self.assertEqual(ticket.extension_ids.reason, "Our archive is flooded.")

    def test_reason_and_stage_of_the_right_lists(self):
        ticket = self.make_told()
        wizard = self.fill_in(ticket, 2)
        wizard.reason_id = self.env.ref("klikumkm_complaint.refusal_documents")
        with self.assertRaisesRegex(UserError, "Choose the reason"):
            wizard.action_extend()
        wizard.reason_id, wizard.stage_reached_id = self.reason, False
        with self.assertRaisesRegex(UserError, "how far"):
            wizard.action_extend()

    def test_stage_reached_follows_from_the_requests_to_units(self):
        ticket = self.make_told()
        stage = self.env.ref("klikumkm_complaint.stage_data_checked")
        self.assertEqual(self.dialog(ticket).stage_reached_id, stage)
        request = self.env["klikumkm.complaint.coordination"].create(
            {
                "ticket_id": ticket.id,
                "unit_id": self.env.ref("klikumkm_complaint.unit_finance").id,
                "question": "<p>Paid?</p>",
                "due_date": wall("2026-03-04 17:00"),
            }
        )
        stage = self.env.ref("klikumkm_complaint.stage_unit_asked")
        self.assertEqual(self.dialog(ticket).stage_reached_id, stage)
        request.sudo().write({"state": "answered"})
        stage = self.env.ref("klikumkm_complaint.stage_unit_answered")
        self.assertEqual(self.dialog(ticket).stage_reached_id, stage)

    def test_message_in_the_language_of_the_customer(self):
        for lang, words in (
            (
                "en_US",
                (
                    "We need 2 more working days. The reason: waiting for another "
                    "party: bank, partner, authority.",
                    self.stage.with_context(lang="en_US").name,
                    "Mon 9 Mar 2026 17.00 WIB",
                    "Wed 11 Mar 2026 17.00 WIB",
                    "The archive opens on Monday.",
                ),
            ),
            (
                "id_ID",
                (
                    self.reason.with_context(lang="id_ID").name[1:],
                    self.stage.with_context(lang="id_ID").name,
                    "Sen 9 Mar 2026 17.00 WIB",
                    "Rab 11 Mar 2026 17.00 WIB",
                    "The archive opens on Monday.",
                ),
            ),
        ):
            with self.subTest(lang=lang):
                ticket = self.make_told(lang=lang)
                wizard = self.fill_in(
                    ticket, 2, explanation="The archive opens on Monday."
                )
                wizard.action_extend()
                notice = ticket.extension_ids.notice_id
                for word in words:
                    self.assertIn(word, notice.body)
                self.assertIn(ticket.number, notice.subject)
                self.assertEqual(
                    ticket.extension_ids.reason,
                    self.reason.with_context(lang=lang).name,
                )

    def test_told_in_the_words_that_were_edited(self):
        ticket = self.make_told()
        form = self.dialog(ticket)
        form.reason_id = self.reason
        form.stage_reached_id = self.stage
        form.body = "<p>Our own words.</p>"
        form.save().action_extend()
        self.assertEqual(ticket.extension_ids.notice_id.body, "<p>Our own words.</p>")

    # === TELLING === #
    def test_told_by_telephone(self):
        ticket = self.make_told()
        self.travel("2026-03-05 10:00")
        wizard = self.fill_in(
            ticket, 2, is_told=True, told_medium="phone", told_remark="Her own number"
        )
        wizard.action_extend()
        notice = ticket.extension_ids.notice_id
        self.assertEqual((notice.state, notice.medium), ("told", "phone"))
        self.assertEqual(local(ticket.sla_told_date), "2026-03-11 17:00:00")
        self.assertFalse(ticket.sla_is_untold)
        self.assertFalse(self.clock_of(ticket).is_told_late)

    def test_mail_that_fails_leaves_it_extended_and_not_yet_told(self):
        ticket = self.make_told(partner_email="siti@example.com")
        self.travel("2026-03-05 10:00")
        wizard = self.fill_in(ticket, 2)
        Ticket = type(self.Ticket)
        with (
            patch.object(Ticket, "_post_notice", side_effect=ValueError("layout")),
            mute_logger(NOTICE_LOGGER),
        ):
            wizard.action_extend()
        self.assertDeadline(ticket, "2026-03-11 17:00")
        self.assertEqual(self.waiting(ticket), ticket.extension_ids.notice_id)
        self.assertEqual(ticket.extension_ids.notice_state, "failed")
        self.assertTrue(ticket.sla_is_untold)
        self.assertEqual(local(ticket._get_promised_date()), "2026-03-09 17:00:00")

    def test_broken_template_does_not_lose_the_extension(self):
        ticket = self.make_told()
        wizard = self.fill_in(ticket, 2)
        Ticket = type(self.Ticket)
        with (
            patch.object(Ticket, "_get_extension_sentence", side_effect=ValueError),
            mute_logger(
                "odoo.addons.klikumkm_complaint.models.helpdesk_ticket_telling",
                "odoo.addons.mail.models.mail_render_mixin",
            ),
        ):
            wizard.action_extend()
        self.assertDeadline(ticket, "2026-03-11 17:00")
        self.assertIn("We need 2 more", self.waiting(ticket).body)

    def test_whatever_breaks_the_message_it_waits_to_be_told(self):
        ticket = self.make_told()
        wizard = self.fill_in(ticket, 2, is_told=True)
        Notice = type(self.notices)
        with (
            patch.object(Notice, "_tell_otherwise", side_effect=ValueError("add-on")),
            mute_logger(LOGGER),
        ):
            wizard.action_extend()
        self.assertDeadline(ticket, "2026-03-11 17:00")
        notice = self.waiting(ticket)
        self.assertEqual(notice, ticket.extension_ids.notice_id)
        self.assertEqual(notice.state, "to_tell")
        self.assertEqual(local(notice.promised_date), "2026-03-11 17:00:00")
        self.assertEqual(local(notice.previous_date), "2026-03-09 17:00:00")

    def test_count_that_fails_writes_nothing(self):
        ticket = self.make_told()
        wizard = self.fill_in(ticket, 2)
        Clock = type(self.Clock)
        with (
            patch.object(Clock, "_take_dates", side_effect=ValueError("calendar")),
            self.assertRaises(ValueError),
        ):
            wizard.action_extend()
        self.assertFalse(ticket.extension_ids)
        self.assertFalse(self.waiting(ticket))
        self.assertNotIn("extend", self.journal(ticket))
        self.assertDeadline(ticket, "2026-03-09 17:00")

    def test_nobody_is_told_an_earlier_date_than_he_has(self):
        ticket = self.make_told(assistance_type="coordination")
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "handling"
        self.assertDeadline(ticket, "2026-03-09 17:00")
        wizard = self.fill_in(ticket, 2)
        self.assertFalse(wizard.is_to_tell)
        self.assertIn("later date", wizard.warning)
        wizard.action_extend()
        self.assertDeadline(ticket, "2026-03-11 17:00")
        self.assertFalse(ticket.extension_ids.notice_id)
        self.assertEqual(local(ticket._get_promised_date()), "2026-03-30 17:00:00")

    # === TIME === #
    def test_after_the_deadline_it_stays_late(self):
        ticket = self.make_told()
        self.travel("2026-03-10 10:00")
        wizard = self.fill_in(ticket, 3)
        self.assertIn("stays late", wizard.warning)
        wizard.action_extend()
        self.assertDeadline(ticket, "2026-03-12 17:00")
        self.assertTrue(ticket.extension_ids.is_late)
        self.assertFalse(ticket.sla_missed)
        self.move(ticket, "resolved", "2026-03-11 10:00")
        self.assertEqual(ticket.sla_result, "late")

    def test_told_after_the_old_date_is_told_late(self):
        ticket = self.make_told()
        self.travel("2026-03-10 10:00")
        self.fill_in(ticket, 3, is_told=True).action_extend()
        self.assertTrue(self.clock_of(ticket).is_told_late)

    def test_date_in_the_past_is_refused(self):
        ticket = self.make_told()
        self.travel("2026-03-12 18:00")
        form = self.dialog(ticket)
        form.days = 3
        self.assertTrue(form.is_refused)
        self.assertIn("in the past", form.warning)
        form.reason_id = self.reason
        form.stage_reached_id = self.stage
        with self.assertRaisesRegex(UserError, "in the past"):
            form.save().action_extend()
        self.assertFalse(ticket.extension_ids)
        # the closing of that very day is over as well
        self.travel("2026-03-12 17:00")
        self.assertTrue(self.fill_in(ticket, 3).is_refused)
        self.travel("2026-03-12 16:59")
        self.assertFalse(self.fill_in(ticket, 3).is_refused)

    def test_paused_clock_is_extended_and_says_so(self):
        ticket = self.make_told()
        ticket._tell(
            "document_request",
            "klikumkm_complaint.mail_template_document_request",
            told={"medium": "phone"},
        )
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        wizard = self.fill_in(ticket, 2)
        self.assertIn("wait for the customer", wizard.warning)
        wizard.action_extend()
        self.assertDeadline(ticket, "2026-03-11 17:00")
        self.assertEqual(ticket.sla_status, "paused")
        self.move(ticket, "in_progress", "2026-03-04 10:00")
        self.assertDeadline(ticket, "2026-03-12 17:00")
        # one message, with the date that now holds
        self.assertEqual(len(self.waiting(ticket)), 1)
        self.assertEqual(
            local(self.waiting(ticket).promised_date), "2026-03-12 17:00:00"
        )

    def test_answered_complaint_is_not_extended(self):
        ticket = self.make_told()
        wizard = self.fill_in(ticket, 2)
        self.move(ticket, "resolved", "2026-03-03 10:00")
        with self.assertRaisesRegex(UserError, "no running deadline"):
            wizard.action_extend()

    def test_term_of_the_law_stays_promised(self):
        self.company.write({"sla_regulatory": True, "sla_enforce_from": "2026-01-01"})
        ticket = self.make_told(submission_type="complaint", company_id=self.company.id)
        law = ticket.sla_clock_ids.filtered(lambda c: c.kind == "regulatory")
        self.assertEqual(local(law.deadline), "2026-03-16 17:00:00")
        wizard = self.fill_in(ticket, 15, self.lead)
        self.assertIn("term of the law", wizard.warning)
        self.assertEqual(wizard.new_date, law.deadline)
        wizard.action_extend()
        self.assertEqual(local(self.clock_of(ticket).deadline), "2026-03-30 17:00:00")
        self.assertEqual(ticket.sla_deadline, law.deadline)
        notice = self.waiting(ticket)
        self.assertEqual(notice.promised_date, law.deadline)
        self.assertEqual(notice.kind, "extension")

    # === THE CAP === #
    def test_beyond_the_cap_is_refused_with_the_way_out(self):
        ticket = self.make_told(assistance_type="coordination")
        form = self.dialog(ticket)
        form.days = 11
        self.assertTrue(form.needs_approval)
        wizard = self.fill_in(ticket, 11)
        sentence = (
            "An extension is limited to 10 working days. For longer, use “Ask for "
            "approval”."
        )
        self.assertEqual(wizard.cap_sentence, sentence)
        with self.assertRaisesRegex(UserError, sentence):
            wizard.action_extend()
        self.assertFalse(ticket.extension_ids)

    def test_cap_holds_also_where_the_clock_is_the_superuser(self):
        ticket = self.make_told()
        engine = ticket.with_user(self.agent)._get_clock_engine()
        clock = self.clock_of(ticket).with_env(engine.env)
        self.assertTrue(clock.env.su)
        for days in (6, 0, -1):
            with self.subTest(days=days), self.assertRaises(UserError):
                clock._extend(days, "More papers")
        clock._extend(5, "More papers")
        with self.assertRaisesRegex(UserError, "already"):
            clock._extend(1, "More papers")

    def test_second_extension_needs_a_lead(self):
        ticket = self.make_told()
        self.fill_in(ticket, 1).action_extend()
        wizard = self.fill_in(ticket, 1)
        self.assertTrue(wizard.needs_approval)
        with self.assertRaisesRegex(UserError, "extended 1× already"):
            wizard.action_extend()
        self.fill_in(ticket, 1, self.lead).action_extend()
        self.assertEqual(len(ticket.extension_ids), 2)
        self.assertEqual(ticket.extension_ids[-1].approved_by_id, self.lead)

    def test_standard_without_any_extension(self):
        ticket = self.make_told(assistance_type="information")
        self.policies["information"].extension_max_days = 0
        wizard = self.fill_in(ticket, 1)
        with self.assertRaisesRegex(UserError, "leaves no extension"):
            wizard.action_extend()

    def test_lead_exceeds_the_cap_at_once(self):
        ticket = self.make_told()
        wizard = self.fill_in(ticket, 15, self.lead)
        self.assertFalse(wizard.needs_approval)
        wizard.action_extend()
        self.assertDeadline(ticket, "2026-03-30 17:00")
        self.assertEqual(ticket.extension_ids.approved_by_id, self.lead)

    # === WHO === #
    def test_agent_of_another_team_is_refused(self):
        ticket = self.make_told()
        stranger = self.new_user(
            "agent-other", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        team = self.env["helpdesk.ticket.team"].create({"name": "Other"})
        team.user_ids = stranger
        with self.assertRaises(AccessError):
            ticket.with_user(stranger).action_open_extend()
        wizard = self.fill_in(ticket, 2)
        with self.assertRaises(AccessError):
            wizard.with_user(stranger).action_extend()
        with self.assertRaises(AccessError):
            self.env["klikumkm.sla.extend"].with_user(stranger).create(
                {
                    "ticket_ids": [Command.set(ticket.ids)],
                    "days": 1,
                    "reason_id": self.reason.id,
                }
            ).action_extend()
        self.assertFalse(ticket.extension_ids)

    def test_dialog_shows_nothing_of_complaints_of_others(self):
        ticket = self.make_told()
        self.fill_in(ticket, 8).action_ask_approval()
        stranger = self.new_user(
            "agent-other", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        # so that nothing is counted or written before it is read
        given = {
            **dict.fromkeys(("subject", "body", "text", "explanation"), "x"),
            "medium": "phone",
            "days": 1,
            "reason_id": self.reason.id,
            "stage_reached_id": self.stage.id,
            "request_id": False,
            "new_date": False,
            "attachment_ids": [Command.clear()],
        }
        for name in (
            "old_date",
            "new_date",
            "dates_label",
            "warning",
            "cap_label",
            "request_label",
            "recipient",
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                wizard = (
                    self.env["klikumkm.sla.extend"]
                    .with_user(stranger)
                    .create({"ticket_ids": [Command.set(ticket.ids)], **given})
                )
                self.env.flush_all()
                self.env.invalidate_all()
                wizard.read([name])

    def test_customer_is_refused(self):
        customer = self.new_user("customer-ext", "base.group_portal")
        ticket = self.make_told(partner_id=customer.partner_id.id)
        own = ticket.with_user(customer)
        with self.assertRaises(AccessError):
            own.action_open_extend()
        with self.assertRaises(AccessError):
            self.env["klikumkm.sla.extend"].with_user(customer).create({})
        self.fill_in(ticket, 2).action_extend()
        for model in ("extension", "extension.request"):
            with self.assertRaises(AccessError):
                self.env[f"klikumkm.sla.{model}"].with_user(customer).search([])
        for name in ("extension_ids", "extension_request_label"):
            with self.assertRaises(AccessError):
                own.read([name])

    def test_nobody_writes_extensions_or_requests_by_hand(self):
        ticket = self.make_told()
        self.fill_in(ticket, 8).action_ask_approval()
        request = ticket.extension_request_id
        for user in (self.agent, self.lead):
            with self.assertRaises(AccessError):
                request.with_user(user).write({"state": "applied"})
            with self.assertRaises(AccessError):
                self.requests.with_user(user).create(
                    {
                        "ticket_id": ticket.id,
                        "days": 3,
                        "reason_id": self.reason.id,
                    }
                )
            with self.assertRaises(AccessError):
                ticket.with_user(user).write(
                    {"extension_request_ids": [Command.clear()]}
                )
            with self.assertRaises(AccessError):
                self.env["klikumkm.sla.extension"].with_user(user).create(
                    {
                        "clock_id": self.clock_of(ticket).id,
                        "ticket_id": ticket.id,
                        "days": 1,
                        "reason": "x",
                        "deadline_before": wall("2026-03-09 17:00"),
                        "deadline_after": wall("2026-03-10 17:00"),
                    }
                )

    def test_dialogs_of_others_are_hidden(self):
        wizard = self.fill_in(self.make_told(), 2)
        with self.assertRaises(AccessError):
            wizard.with_user(self.lead).read(["explanation"])

    def test_one_complaint_at_a_time(self):
        tickets = self.make_told() | self.make_told()
        wizard = (
            self.env["klikumkm.sla.extend"]
            .with_user(self.agent)
            .create(
                {
                    "ticket_ids": [Command.set(tickets.ids)],
                    "days": 1,
                    "reason_id": self.reason.id,
                    "stage_reached_id": self.stage.id,
                }
            )
        )
        with self.assertRaisesRegex(UserError, "one complaint at a time"):
            wizard.action_extend()

    # === WHAT THE CUSTOMER READS === #
    def test_page_says_so_only_once_it_was_told(self):
        ticket = self.make_told()
        self.travel("2026-03-05 10:00")
        self.fill_in(ticket, 2).action_extend()
        english = ticket.with_context(lang="en_US")
        self.assertNotIn("Extended", english._get_status_sentence())
        ticket.extension_ids.notice_id._tell_otherwise(
            "phone", wall("2026-03-05 11:00")
        )
        reason = self.reason.with_context(lang="en_US").name
        self.assertIn(
            "Answer by Wed 11 Mar 2026 17.00 WIB. Extended from 9 Mar 2026 to 11 Mar "
            f"2026. The reason: {reason[0].lower()}{reason[1:]}.",
            english._get_status_sentence(),
        )
        self.assertIn(
            self.reason.with_context(lang="id_ID").name[1:],
            ticket.with_context(lang="id_ID")._get_status_sentence(),
        )

    def test_page_forgets_an_extension_once_another_date_was_told(self):
        ticket = self.make_told()
        self.fill_in(ticket, 2, is_told=True).action_extend()
        ticket.assistance_type = "coordination"
        self.waiting(ticket)._tell_otherwise("phone", wall("2026-03-02 10:00"))
        self.assertNotIn(
            "Extended", ticket.with_context(lang="en_US")._get_status_sentence()
        )

    def test_complaint_file_tells_of_it(self):
        ticket = self.make_told()
        self.fill_in(ticket, 2).action_extend()
        titles = [
            (event["title"], event["lines"])
            for event in ticket.with_context(lang="en_US").sudo()._get_chronology()
        ]
        extended = [line for line in titles if line[0].startswith("Extended by 2")]
        self.assertEqual(len(extended), 1)
        self.assertIn("POJK 22/2023 75(3)c", extended[0][1])
        self.assertTrue(ticket._make_complaint_file(FILE_PARTS))

    # === BATCHES === #
    def test_desk_reads_many_extensions_as_quickly_as_one(self):
        tickets = self.Ticket.union(*(self.make_told() for _number in range(20)))
        for ticket in tickets:
            self.fill_in(ticket, 2).action_extend()
        names = ["sla_extension_label", "extension_request_label", "sla_is_untold"]
        counts = []
        for some in (tickets[0], tickets[1], tickets):
            some = some.with_user(self.lead)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1], counts)


@tagged("post_install", "-at_install")
class TestExtensionRequest(ExtensionCase):
    def ask(self, ticket, days=15, **vals):
        self.fill_in(ticket, days, **vals).action_ask_approval()
        return ticket.extension_request_id

    def test_agent_asks_and_the_lead_is_told(self):
        ticket = self.make_told()
        request = self.ask(ticket, explanation="The bank answers slowly.")
        self.assertEqual(request.state, "asked")
        self.assertEqual(request.user_id, self.agent)
        self.assertEqual(request.asked_id, self.lead)
        self.assertEqual(request.days, 15)
        self.assertIn("The bank answers slowly.", request.body)
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.assertFalse(self.waiting(ticket))
        activity = self.activities(ticket)
        self.assertEqual(activity.user_id, self.lead)
        self.assertIn("15 more working days", activity.summary)
        self.assertIn(
            "Extension by 15 working days asked for by agent-ext",
            ticket.with_user(self.lead).extension_request_label,
        )

    def test_lead_applies_what_was_asked_as_it_was_written(self):
        ticket = self.make_told()
        form = self.dialog(ticket)
        form.days = 15
        form.reason_id = self.reason
        form.stage_reached_id = self.stage
        form.body = "<p>Written by the agent.</p>"
        form.save().action_ask_approval()
        request = ticket.extension_request_id
        self.travel("2026-03-03 10:00")
        action = request.with_user(self.lead).action_decide()
        self.assertEqual(action["res_model"], "klikumkm.sla.extend")
        lead_form = self.dialog(ticket, self.lead)
        self.assertEqual(lead_form.days, 15)
        self.assertEqual(lead_form.reason_id, self.reason)
        self.assertEqual(lead_form.body, "<p>Written by the agent.</p>")
        lead_form.save().action_extend()
        self.assertDeadline(ticket, "2026-03-30 17:00")
        extension = ticket.extension_ids
        self.assertEqual(extension.request_id, request)
        self.assertEqual(extension.approved_by_id, self.lead)
        self.assertEqual(extension.notice_id.body, "<p>Written by the agent.</p>")
        self.assertEqual(request.state, "applied")
        self.assertEqual(request.decided_by_id, self.lead)
        self.assertFalse(self.activities(ticket))
        self.assertFalse(ticket.extension_request_id)
        self.assertEqual(len(self.waiting(ticket)), 1)

    def test_lead_gives_less_and_the_message_follows(self):
        ticket = self.make_told()
        request = self.ask(ticket)
        form = self.dialog(ticket, self.lead)
        form.days = 7
        self.assertIn("We need 7 more", form.body)
        form.save().action_extend()
        self.assertDeadline(ticket, "2026-03-18 17:00")
        self.assertEqual((request.state, request.days), ("applied", 15))
        self.assertEqual(ticket.extension_ids.days, 7)

    def test_files_go_from_the_agent_to_the_customer(self):
        ticket = self.make_told()
        file = self.env["ir.attachment"].with_user(self.agent)
        file = file.create({"name": "bank.txt", "raw": b"Not yet."})
        wizard = self.fill_in(ticket, 15)
        wizard.attachment_ids = file
        wizard.action_ask_approval()
        form = self.dialog(ticket, self.lead)
        self.assertEqual([f.name for f in form.attachment_ids], ["bank.txt"])
        form.save().action_extend()
        sent = ticket.extension_ids.notice_id.attachment_ids
        self.assertEqual(sent.mapped("name"), ["bank.txt"])
        self.assertEqual(sent.res_id, ticket.id)

    def test_message_written_before_a_recount_is_written_anew(self):
        ticket = self.make_told()
        self.ask(ticket)
        self.add_leave("2026-03-10")
        form = self.dialog(ticket, self.lead)
        self.assertEqual(local(form.new_date), "2026-03-31 17:00:00")
        self.assertIn("Tue 31 Mar 2026", form.body)

    def test_lead_returns_with_a_remark(self):
        ticket = self.make_told()
        request = self.ask(ticket)
        wizard = self.dialog(ticket, self.lead).save()
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_return()
        wizard.remark = "Ask the bank again first."
        wizard.action_return()
        self.assertEqual(request.state, "returned")
        self.assertEqual(request.remark, "Ask the bank again first.")
        self.assertFalse(ticket.extension_ids)
        self.assertFalse(self.activities(ticket))
        back = self.activities(ticket, "extension_returned")
        self.assertEqual(back.user_id, self.agent)
        self.assertIn("Ask the bank again first.", back.note)
        # asked again, better: nothing is left of the first
        self.ask(ticket, 8)
        self.assertFalse(self.activities(ticket, "extension_returned"))

    def test_asked_for_while_the_lead_fills_in_his_own(self):
        ticket = self.make_told()
        wizard = self.fill_in(ticket, 8, user=self.lead)
        self.ask(ticket)
        with self.assertRaisesRegex(UserError, "meanwhile"):
            wizard.action_extend()
        self.assertFalse(ticket.extension_ids)

    def test_request_of_another_complaint_decides_nothing(self):
        ticket, other = self.make_told(), self.make_told()
        self.ask(other)
        wizard = self.fill_in(ticket, 8, user=self.lead)
        wizard.request_id = other.extension_request_id
        with self.assertRaisesRegex(UserError, "meanwhile"):
            wizard.action_extend()
        self.assertEqual(other.extension_request_id.state, "asked")

    def test_files_that_the_agent_cannot_read_are_not_told(self):
        ticket = self.make_told()
        other = self.make_told(team_id=self.team.copy({"user_ids": False}).id)
        other.user_id = False
        secret = self.env["ir.attachment"].create(
            {
                "name": "secret.txt",
                "raw": b"secret",
                "res_model": "helpdesk.ticket",
                "res_id": other.id,
            }
        )
        with self.assertRaises(AccessError):
            secret.with_user(self.agent).read(["raw"])
        wizard = self.fill_in(ticket, 2)
        with self.assertRaises(AccessError):
            wizard.with_user(self.agent).write(
                {"attachment_ids": [Command.set(secret.ids)]}
            )
            wizard.action_extend()

    def test_one_open_request(self):
        ticket = self.make_told()
        first = self.fill_in(ticket, 15)
        second = self.fill_in(ticket, 12)
        first.action_ask_approval()
        with self.assertRaisesRegex(UserError, "asked for"):
            second.action_ask_approval()
        self.assertEqual(len(ticket.extension_request_ids), 1)

    def test_agent_waits_for_the_lead(self):
        ticket = self.make_told()
        self.ask(ticket)
        form = self.dialog(ticket)
        form.days = 2
        self.assertFalse(form.can_decide)
        with self.assertRaises(AccessError):
            form.save().action_extend()
        wizard = self.dialog(ticket).save()
        wizard.remark = "x"
        with self.assertRaises(AccessError):
            wizard.action_return()
        with self.assertRaises(AccessError):
            ticket.extension_request_id.with_user(self.agent).action_decide()

    def test_agent_withdraws(self):
        ticket = self.make_told()
        request = self.ask(ticket)
        ticket.with_user(self.agent).action_withdraw_extension()
        self.assertEqual(request.state, "withdrawn")
        self.assertFalse(self.activities(ticket))
        self.fill_in(ticket, 2).action_extend()
        self.assertDeadline(ticket, "2026-03-11 17:00")

    def test_within_the_cap_nobody_is_asked(self):
        wizard = self.fill_in(self.make_told(), 5)
        with self.assertRaisesRegex(UserError, "yourself"):
            wizard.action_ask_approval()

    def test_answered_or_cancelled_complaint_withdraws_it(self):
        for status in ("resolved", "closed", "cancelled"):
            with self.subTest(status=status):
                ticket = self.make_told()
                request = self.ask(ticket)
                self.move(ticket, status, "2026-03-04 10:00")
                self.assertEqual(request.state, "withdrawn")
                self.assertFalse(self.activities(ticket))

    def test_absent_lead_is_not_asked(self):
        other = self.new_user("lead-other", "klikumkm_complaint.group_complaint_lead")
        ticket = self.make_told()
        with patch.object(
            type(self.lead),
            "_is_at_desk",
            lambda user: user == other,
        ):
            request = self.ask(ticket)
        self.assertEqual(request.asked_id, other)
        # asked in the place of the team's own
        self.dialog(ticket, other).save().action_extend()
        self.assertEqual(request.state, "applied")

    def test_stand_in_of_the_lead_is_asked_first(self):
        self.new_user("lead-other", "klikumkm_complaint.group_complaint_lead")
        deputy = self.new_user("lead-deputy", "klikumkm_complaint.group_complaint_lead")
        self.lead.complaint_stand_in_id = deputy
        absent = self.lead
        with patch.object(type(self.lead), "_is_at_desk", lambda user: user != absent):
            self.assertEqual(self.ask(self.make_told()).asked_id, deputy)

    def test_lead_of_another_team_cannot_decide(self):
        other = self.new_user("lead-other", "klikumkm_complaint.group_complaint_lead")
        ticket = self.make_told()
        request = self.ask(ticket)
        self.assertFalse(request.with_user(other).can_decide)
        with self.assertRaises(AccessError):
            request.with_user(other).action_decide()
        with self.assertRaises(AccessError):
            self.dialog(ticket, other).save().action_extend()
        self.assertFalse(ticket.extension_ids)

    def test_lead_of_another_company_neither_sees_nor_decides(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        other = self.new_user(
            "lead-elsewhere",
            "klikumkm_complaint.group_complaint_lead",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        ticket = self.make_told(company_id=self.company.id)
        request = self.ask(ticket)
        self.assertFalse(self.requests.with_user(other).search([]))
        with self.assertRaises(AccessError):
            request.with_user(other).action_decide()
        with self.assertRaises(AccessError):
            ticket.with_user(other).action_open_extend()

    def test_requests_are_seen_with_their_complaints(self):
        ticket = self.make_told()
        request = self.ask(ticket)
        stranger = self.new_user(
            "agent-other", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        personal = self.new_user(
            "agent-personal", "helpdesk_mgmt.group_helpdesk_user_own"
        )
        for user, seen in (
            (self.agent, request),
            (self.lead, request),
            (stranger, request.browse()),
            (personal, request.browse()),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.requests.with_user(user).search([]), seen)
        ticket.user_id = personal
        self.assertEqual(self.requests.with_user(personal).search([]), request)

    def test_manager_decides_about_every_team(self):
        manager = self.new_user("manager-ext", "helpdesk_mgmt.group_helpdesk_manager")
        ticket = self.make_told()
        request = self.ask(ticket)
        self.assertNotEqual(request.asked_id, manager, "a lead comes first")
        self.dialog(ticket, manager).save().action_extend()
        self.assertEqual(request.state, "applied")
