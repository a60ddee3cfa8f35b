# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger

from odoo.addons.mail.tests.common import freeze_all_time

from ..models.helpdesk_ticket import HelpdeskTicket
from .common import ComplaintCase


@tagged("post_install", "-at_install")
class TestFactsHook(ComplaintCase):
    """_complaint_received() and _complaint_changed() see every change, once a batch."""

    def setUp(self):
        super().setUp()
        self.tickets = self._create_complaint()
        self.tickets |= self._create_complaint() | self._create_complaint()
        self.ticket = self.tickets[0]
        self.received, self.changed = [], []
        for name, calls in (
            ("_complaint_received", self.received),
            ("_complaint_changed", self.changed),
        ):
            self._record_calls(name, calls)

    def _record_calls(self, name, calls):
        def record(tickets, *args):
            calls.append((tickets, *args))

        Model = self.env.registry["helpdesk.ticket"]
        self.startPatcher(patch.object(Model, name, record))

    def _assert_one_call(self, tickets, fact, old, new):
        [(_tickets, changes)] = self.changed
        self.assertEqual([change[0] for change in changes], list(tickets))
        for _ticket, before, after in changes:
            self.assertEqual(getattr(before, fact), old)
            self.assertEqual(getattr(after, fact), new)

    def test_create_of_a_batch(self):
        vals = {"name": "A", "description": "a", "partner_id": self.partner.id}
        tickets = self.env["helpdesk.ticket"].create([dict(vals) for _ in range(5)])
        self.assertEqual(self.received, [(tickets,)])
        self.assertFalse(self.changed)

    def test_create_in_the_last_stage(self):
        ticket = self._create_complaint(stage_id=self.stages["resolved"].id)
        self.assertEqual(self.received, [(ticket,)])
        self.assertTrue(ticket.resolved_date)
        self.assertFalse(self.changed)

    def test_urgency(self):
        self.tickets.priority = "3"
        self._assert_one_call(self.tickets, "priority", "1", "3")

    def test_same_values_are_no_change(self):
        self.tickets.write({"priority": "1", "stage_id": self.ticket.stage_id.id})
        self.assertFalse(self.changed)

    def test_only_what_changed_of_a_batch(self):
        self.ticket.priority = "3"
        self.changed.clear()
        self.tickets.priority = "3"
        self._assert_one_call(self.tickets - self.ticket, "priority", "1", "3")

    def test_stage(self):
        self._move(self.tickets, "in_progress")
        self._assert_one_call(self.tickets, "status", "received", "in_progress")

    def test_team_that_moves_the_computed_stage(self):
        self.stages["received"].team_ids = self.team
        own_stage = self.stages["in_progress"].copy(
            {"name": "Awal", "sequence": 0, "team_ids": self.other_team.ids}
        )
        self.tickets.team_id = self.other_team
        self.assertEqual(self.ticket.stage_id, own_stage)
        self._assert_one_call(self.tickets, "status", "received", "in_progress")
        self._assert_one_call(self.tickets, "team", self.team, self.other_team)

    def test_assignee_that_moves_the_computed_team(self):
        ticket = self._create_complaint(team_id=False)
        self.assertFalse(ticket.team_id)
        ticket.user_id = self.agent
        self.assertEqual(ticket.team_id, self.team)
        self._assert_one_call(ticket, "team", ticket.team_id.browse(), self.team)

    def test_category_that_changes_the_computed_form_of_help(self):
        self.tickets.category_id = self.category_fraud
        self._assert_one_call(
            self.tickets, "assistance_type", "handling", "coordination"
        )

    def test_form_of_help_chosen_by_hand(self):
        self.tickets.assistance_type = "information"
        self._assert_one_call(
            self.tickets, "assistance_type", "handling", "information"
        )

    def test_customer_status_and_date_received_are_never_empty(self):
        for user in (self.env.user, self.agent, self.manager):
            ticket = self._create_complaint(user_id=self.agent.id).with_user(user)
            for name in ("partner_id", "received_date", "stage_id"):
                with self.subTest(user=user.name, field=name):
                    with self.assertRaises(UserError):
                        ticket.write({name: False})
                    self.assertTrue(ticket[name])
        # nor from the start: intake finds or makes the contact
        self.assertTrue(self._create_complaint(partner_id=False).partner_id)

    def test_contact_of_a_complaint_cannot_be_deleted(self):
        partner = self.env["res.partner"].create({"name": "Siti"})
        self._create_complaint(partner_id=partner.id)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            partner.unlink()

    def test_received_date(self):
        old = self.ticket.received_date
        self.ticket.received_date = old - timedelta(days=1)
        self._assert_one_call(
            self.ticket, "received_date", old, old - timedelta(days=1)
        )

    def test_company(self):
        company = self.env["res.company"].create({"name": "Kedua"})
        self.ticket.write({"team_id": False, "company_id": company.id})
        self._assert_one_call(self.ticket, "company", self.complaint_company, company)

    def test_other_fields_are_no_facts(self):
        self.tickets.write({"agreement_ref": "PJ-1", "outcome": "explained"})
        self.assertFalse(self.changed)


@tagged("post_install", "-at_install")
class TestStatusDates(ComplaintCase):
    def setUp(self):
        super().setUp()
        self.ticket = self._create_complaint()

    def _at(self, moment):
        return freeze_time(fields.Datetime.to_datetime(moment))

    def test_resolved_and_closed_on_every_path(self):
        other = self._create_complaint()
        team_stage = {
            status: self.stages[status].copy(
                {"name": status, "sequence": -1, "team_ids": self.other_team.ids}
            )
            for status in ("resolved", "closed")
        }

        def by_team(status):
            for stage in team_stage.values():
                stage.sequence = 5
            team_stage[status].sequence = -1
            self.stages["received"].team_ids = self.team
            (self.ticket | other).write({"team_id": self.other_team.id})

        paths = {
            "agent": lambda status: self._move(
                self.ticket.with_user(self.agent).sudo(), status
            ),
            "mass": lambda status: self._move(
                (self.ticket | other).with_user(self.agent).sudo(), status
            ),
            "code": lambda status: self._move(self.ticket.sudo(), status),
            "assignment": lambda status: setattr(
                self.ticket, "stage_id", self.stages[status]
            ),
            "team": by_team,
        }
        for path, move in paths.items():
            for status, field in (
                ("resolved", "resolved_date"),
                ("closed", "closed_date"),
            ):
                with self.subTest(path=path, status=status):
                    (self.ticket | other).write(
                        {
                            "team_id": self.team.id,
                            "stage_id": self.stages["received"].id,
                        }
                    )
                    self.assertFalse(self.ticket[field])
                    with self._at("2026-03-02 03:00:00"):
                        move(status)
                    self.assertEqual(self.ticket.status, status)
                    self.assertEqual(
                        fields.Datetime.to_string(self.ticket[field]),
                        "2026-03-02 03:00:00",
                    )

    def test_reopening_clears_both(self):
        self._move(self.ticket, "resolved")
        self._move(self.ticket, "closed")
        self.assertTrue(self.ticket.resolved_date and self.ticket.closed_date)
        self._move(self.ticket, "in_progress")
        self.assertFalse(self.ticket.resolved_date)
        self.assertFalse(self.ticket.closed_date)

    def test_closing_after_resolution_keeps_resolved_date(self):
        with self._at("2026-03-02 03:00:00"):
            self._move(self.ticket, "resolved")
        with self._at("2026-03-03 03:00:00"):
            self._move(self.ticket, "closed")
        self.assertEqual(str(self.ticket.resolved_date), "2026-03-02 03:00:00")
        self.assertEqual(str(self.ticket.closed_date), "2026-03-03 03:00:00")

    def test_closing_without_resolution_is_no_resolution(self):
        for status in ("closed", "cancelled", "referred"):
            with self.subTest(status=status):
                self._move(self.ticket, "received")
                self._move(self.ticket, status)
                self.assertFalse(self.ticket.resolved_date)

    def test_closing_twice_keeps_the_first_date(self):
        with self._at("2026-03-02 03:00:00"):
            self._move(self.ticket, "closed")
        with self._at("2026-03-03 03:00:00"):
            self._move(self.ticket, "closed")
        with self._at("2026-03-04 03:00:00"):
            self._move(self.ticket, "cancelled")
        self.assertEqual(str(self.ticket.closed_date), "2026-03-02 03:00:00")

    def test_leaving_closed_for_resolved_clears_closed_date(self):
        self._move(self.ticket, "closed")
        self._move(self.ticket, "resolved")
        self.assertFalse(self.ticket.closed_date)
        self.assertTrue(self.ticket.resolved_date)

    def test_imported_closed_row_keeps_its_date(self):
        ticket = self._create_complaint(
            stage_id=self.stages["closed"].id, closed_date="2025-01-02 03:04:05"
        )
        self.assertEqual(str(ticket.closed_date), "2025-01-02 03:04:05")

    def test_agent_cannot_reopen_what_is_off_the_desk(self):
        for status in ("closed", "cancelled", "referred"):
            with self.subTest(status=status):
                self._move(self.ticket, status)
                with self.assertRaises(AccessError):
                    self._move(self.ticket, "in_progress", self.agent)
                self._move(self.ticket, "in_progress", self.lead)
                self.assertEqual(self.ticket.status, "in_progress")


@tagged("post_install", "-at_install")
class TestPause(ComplaintCase):
    """A further pause needs a message to the customer since the last one."""

    def setUp(self):
        super().setUp()
        self.ticket = self._create_complaint(user=self.agent)
        with freeze_time("2026-03-02 03:00:00"):
            self._move(self.ticket, "waiting_customer", self.agent)
        self.assertEqual(str(self.ticket.sudo().last_pause_date), "2026-03-02 03:00:00")
        with freeze_time("2026-03-03 03:00:00"):
            self._move(self.ticket, "in_progress", self.agent)

    def _write_message(self, user=None, subtype="mail.mt_comment", **kwargs):
        with freeze_time("2026-03-03 04:00:00"):
            self.ticket.with_user(user or self.agent).message_post(
                body="Mohon kirim bukti transfer.",
                message_type=kwargs.pop("message_type", "comment"),
                subtype_xmlid=subtype,
                **kwargs,
            )

    @freeze_time("2026-03-04 03:00:00")
    def _pause_again(self, user=None):
        self._move(self.ticket, "waiting_customer", user or self.agent)

    def _assert_refused(self, user=None):
        with (
            self.assertRaisesRegex(UserError, self.ticket.number),
            self.env.cr.savepoint(),
        ):
            self._pause_again(user)
        self.assertEqual(self.ticket.status, "in_progress")

    def test_first_pause_needs_none(self):
        ticket = self._create_complaint(user=self.agent)
        self._move(ticket, "waiting_customer", self.agent)
        self.assertEqual(ticket.status, "waiting_customer")

    def test_without_a_message(self):
        for user in (self.agent, self.lead, self.manager):
            self._assert_refused(user)

    def test_with_a_message(self):
        self._write_message()
        self._pause_again()
        self.assertEqual(self.ticket.status, "waiting_customer")
        self.assertEqual(str(self.ticket.sudo().last_pause_date), "2026-03-04 03:00:00")

    def test_message_before_the_last_pause_does_not_count(self):
        self._write_message()
        self._pause_again()
        with freeze_time("2026-03-05 03:00:00"):
            self._move(self.ticket, "in_progress", self.agent)
            with self.assertRaises(UserError):
                self._move(self.ticket, "waiting_customer", self.agent)

    def test_internal_note_does_not_count(self):
        self._write_message(subtype="mail.mt_note")
        self._assert_refused()

    def test_customers_own_message_does_not_count(self):
        self._write_message(user=self.customer)
        self._assert_refused()

    def test_message_of_the_system_does_not_count(self):
        self._write_message(user=self.env.ref("base.user_root"))
        self._assert_refused()
        self._write_message(message_type="notification")
        self._assert_refused()

    def test_in_a_batch_each_needs_its_own(self):
        other = self._create_complaint(user=self.agent)
        self._write_message()
        with freeze_time("2026-03-02 03:00:00"):
            self._move(other, "waiting_customer", self.agent)
            self._move(other, "in_progress", self.agent)
        with self.assertRaisesRegex(UserError, other.number):
            self._move(self.ticket | other, "waiting_customer", self.agent)

    def test_team_change_counts_as_well(self):
        self.stages["in_progress"].team_ids = self.team
        self.stages["waiting_customer"].copy(
            {"name": "Tunggu", "sequence": -1, "team_ids": self.other_team.ids}
        )
        with self.assertRaises(UserError):
            self.ticket.with_user(self.lead).team_id = self.other_team

    def test_staying_in_the_status_is_no_further_pause(self):
        self._write_message()
        self._pause_again()
        self._pause_again()
        self.assertEqual(self.ticket.status, "waiting_customer")

    def test_code_is_not_asked(self):
        self.ticket.sudo().stage_id = self.stages["waiting_customer"]
        self.assertEqual(self.ticket.status, "waiting_customer")


@tagged("post_install", "-at_install")
class TestProtection(ComplaintCase):
    def setUp(self):
        super().setUp()
        self.ticket = self._create_complaint(user=self.agent, urgency_stated="2")

    def test_default_of_a_context_cannot_forge_a_resolution(self):
        Ticket = self.env["helpdesk.ticket"].with_user(self.agent)
        ticket = Ticket.with_context(
            default_resolved_date="2026-01-05 03:00:00", default_number="HT1"
        ).create({"name": "Dana belum masuk", "description": "<p>Tolong</p>"})
        self.assertFalse(ticket.resolved_date)
        self.assertNotEqual(ticket.number, "HT1")

    def test_fields_that_nobody_writes(self):
        for user in (self.agent, self.lead, self.manager):
            for field, value in (
                ("number", "HT1"),
                ("resolved_date", "2026-01-01 00:00:00"),
                ("resolved_date", False),
            ):
                with self.subTest(user=user.name, field=field):
                    with self.assertRaises(AccessError):
                        self.ticket.with_user(user).write({field: value})
            for field, value in (
                ("number", "HT1"),
                ("resolved_date", "2026-01-01 00:00:00"),
            ):
                with self.subTest(user=user.name, field=field, on="create"):
                    with self.assertRaises(AccessError):
                        self._create_complaint(user=user, **{field: value})

    def test_customers_words_stay(self):
        for user in (self.agent, self.lead, self.manager):
            for field, value in (("description", "Lain"), ("urgency_stated", False)):
                with self.subTest(user=user.name, field=field):
                    with self.assertRaises(UserError):
                        self.ticket.with_user(user).write({field: value})

    def test_code_may(self):
        self.ticket.sudo().write(
            {
                "number": "HT1",
                "resolved_date": "2026-01-01 00:00:00",
                "description": "<p>Lain</p>",
            }
        )
        self.assertEqual(self.ticket.number, "HT1")

    def test_empty_values_of_a_form_are_no_attempt(self):
        ticket = self._create_complaint(
            user=self.agent, number="/", resolved_date=False
        )
        self.assertTrue(ticket.number.startswith("HT"))

    def test_archived_only_when_closed(self):
        for value in (False, 0):
            with self.assertRaises(UserError):
                self.ticket.with_user(self.manager).write({"active": value})
        with self.assertRaises(UserError):
            self.ticket.with_user(self.agent).action_archive()
        self._move(self.ticket.sudo(), "resolved")
        with self.assertRaises(UserError):
            self.ticket.with_user(self.agent).action_archive()
        self._move(self.ticket.sudo(), "cancelled")
        self.ticket.with_user(self.agent).action_archive()
        self.assertFalse(self.ticket.active)

    def test_never_deleted(self):
        self._move(self.ticket.sudo(), "closed")
        with self.assertRaises(UserError):
            self.ticket.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            self.ticket.sudo().unlink()

    def test_lowering_the_urgency_asks_why(self):
        ticket = self.ticket.with_user(self.agent)
        with self.assertRaises(ValidationError):
            ticket.priority = "1"
        with self.assertRaises(ValidationError):
            ticket.priority = False
        ticket.write({"priority": "1", "urgency_lowered_reason": "Sudah dibayar"})
        ticket.priority = "3"
        self.assertEqual(ticket.priority, "3")


@tagged("post_install", "-at_install")
class TestReceivedDate(ComplaintCase):
    def setUp(self):
        super().setUp()
        self.ticket = self._create_complaint(user=self.agent)
        # recorded two days ago
        self.recorded = fields.Datetime.now() - timedelta(days=2)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %(at)s, received_date = %(at)s"
            " WHERE id = %(id)s",
            {"at": self.recorded, "id": self.ticket.id},
        )
        self.env.invalidate_all()

    def _set(self, user, days):
        self.ticket.with_user(user).received_date = self.recorded + timedelta(days=days)

    def test_now_by_default_whatever_the_length_of_the_transaction(self):
        later = fields.Datetime.now() + timedelta(minutes=3)
        with freeze_time(later):
            ticket = self._create_complaint(user=self.agent)
        self.assertEqual(ticket.received_date, later)

    def test_call_of_yesterday_evening(self):
        yesterday = fields.Datetime.now() - timedelta(days=1)
        ticket = self._create_complaint(user=self.agent, received_date=yesterday)
        self.assertEqual(ticket.received_date, yesterday)

    def test_not_in_the_future(self):
        with self.assertRaises(ValidationError):
            self._create_complaint(
                received_date=fields.Datetime.now() + timedelta(minutes=1)
            )
        with self.assertRaises(ValidationError):
            self._set(self.manager, 3)

    def test_not_after_the_record(self):
        with self.assertRaises(ValidationError):
            self._set(self.manager, 1)

    def test_agent_moves_it_earlier_only(self):
        self._set(self.agent, -2)
        with self.assertRaises(AccessError):
            self._set(self.agent, -1)
        with self.assertRaises(AccessError):
            self._set(self.lead, -1)
        self._set(self.manager, -1)
        self.assertEqual(self.ticket.received_date, self.recorded - timedelta(days=1))

    def test_agent_does_not_touch_it_after_resolution(self):
        self._move(self.ticket.sudo(), "resolved")
        with self.assertRaises(AccessError):
            self._set(self.agent, -2)
        self._set(self.manager, -2)


@tagged("post_install", "-at_install")
class TestClassification(ComplaintCase):
    def test_defaults(self):
        ticket = self._create_complaint()
        self.assertRecordValues(
            ticket,
            [
                {
                    "priority": "1",
                    "submission_type": "complaint",
                    "assistance_type": "handling",
                    "is_classified": True,
                    "customer_decision": "none",
                    "status": "received",
                }
            ],
        )

    def test_category_fills_new_complaints(self):
        ticket = self._create_complaint(category_id=self.category_fraud.id)
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket.assistance_type, "coordination")
        ticket = self._create_complaint(category_id=self.category_question.id)
        self.assertEqual(ticket.priority, "0")
        self.assertEqual(ticket.submission_type, "question")
        self.assertEqual(ticket.assistance_type, "information")

    def test_given_values_win_over_the_category(self):
        ticket = self._create_complaint(
            category_id=self.category_fraud.id, priority="0", submission_type="question"
        )
        self.assertEqual(ticket.priority, "0")
        self.assertEqual(ticket.submission_type, "question")
        self.assertEqual(ticket.assistance_type, "coordination")

    def test_stated_urgency_counts_until_somebody_lowers_it(self):
        ticket = self._create_complaint(
            category_id=self.category_question.id, urgency_stated="3"
        )
        self.assertEqual(ticket.priority, "3")

    def test_category_of_a_saved_complaint_keeps_urgency_and_type(self):
        ticket = self._create_complaint(priority="2", submission_type="criticism")
        ticket.category_id = self.category_question
        self.assertEqual(ticket.priority, "2")
        self.assertEqual(ticket.submission_type, "criticism")
        with Form(ticket) as form:
            form.category_id = self.category_fraud
            self.assertEqual(form.priority, "2")
        self.assertEqual(ticket.priority, "2")

    def test_form_of_a_new_complaint(self):
        form = Form(self.env["helpdesk.ticket"].with_user(self.agent))
        self.assertEqual(form.priority, "1")
        form.category_id = self.category_fraud
        self.assertEqual(form.priority, "3")
        form.priority = "2"
        form.name = "Penipuan"
        form.description = "Ada yang mengaku pegawai."
        ticket = form.save()
        self.assertEqual(ticket.priority, "2")
        self.assertEqual(ticket.assistance_type, "coordination")

    def test_editing_a_category_moves_no_complaint(self):
        ticket = self._create_complaint(category_id=self.category_fraud.id)
        self.category_fraud.write(
            {
                "assistance_type": "information",
                "priority": "0",
                "submission_type": "question",
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(ticket.assistance_type, "coordination")
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket.submission_type, "complaint")

    def test_form_of_help_matrix(self):
        for category, submission_type, chosen, expected in (
            (False, "complaint", False, "handling"),
            (False, "question", False, "information"),
            (False, "suggestion", False, "information"),
            (False, "criticism", False, "information"),
            (False, "information", False, "information"),
            ("fraud", "complaint", False, "coordination"),
            ("fraud", "question", False, "coordination"),
            ("plain", "complaint", False, "handling"),
            ("plain", "question", False, "information"),
            ("fraud", "complaint", "information", "information"),
            ("fraud", "complaint", "coordination", "coordination"),
            (False, "question", "handling", "handling"),
        ):
            with self.subTest(
                category=category, submission_type=submission_type, chosen=chosen
            ):
                vals = {
                    "category_id": category and self[f"category_{category}"].id,
                    "submission_type": submission_type,
                }
                ticket = self._create_complaint(**vals)
                if chosen:
                    ticket.with_user(self.agent).assistance_type = chosen
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(ticket.assistance_type, expected)
                if chosen:
                    vals["assistance_type"] = chosen
                    created = self._create_complaint(**vals)
                    self.assertEqual(created.assistance_type, expected)

    def __getitem__(self, name):
        return getattr(self, name)

    def test_choice_is_stored_only_if_it_differs(self):
        ticket = self._create_complaint()
        ticket.assistance_type = "coordination"
        self.assertEqual(ticket.assistance_type_chosen, "coordination")
        ticket.assistance_type = "handling"
        self.assertFalse(ticket.assistance_type_chosen)
        ticket.submission_type = "question"
        self.assertEqual(ticket.assistance_type, "information")

    def test_choice_outlives_a_change_of_category(self):
        ticket = self._create_complaint()
        ticket.assistance_type = "information"
        ticket.category_id = self.category_fraud
        self.assertEqual(ticket.assistance_type, "information")

    def test_emptied_choice_is_automatic_again(self):
        ticket = self._create_complaint(category_id=self.category_fraud.id)
        ticket.assistance_type = "information"
        ticket.assistance_type = False
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(ticket.assistance_type_chosen)
        self.assertEqual(ticket.assistance_type, "coordination")

    def test_triage(self):
        ticket = self._create_complaint(is_classified=False)
        ticket.with_user(self.agent).priority = "2"
        self.assertFalse(ticket.is_classified)
        ticket.with_user(self.agent).category_id = self.category_plain
        self.assertTrue(ticket.is_classified)

    def test_order(self):
        self.env["helpdesk.ticket"].search([]).sudo().write({"priority": "0"})
        now = fields.Datetime.now()
        late, low, early = (
            self._create_complaint(
                priority=priority, received_date=now - timedelta(age)
            )
            for priority, age in (("2", 1), ("1", 9), ("2", 2))
        )
        found = self.env["helpdesk.ticket"].search([], limit=3)
        self.assertEqual(found.ids, [early.id, late.id, low.id])


@tagged("post_install", "-at_install")
class TestCopy(ComplaintCase):
    def test_two_at_once(self):
        tickets = self._create_complaint() | self._create_complaint()
        tickets.assistance_type = "coordination"
        self._move(tickets, "resolved")
        for user in (self.env.user, self.agent, self.manager):
            copies = tickets.with_user(user).copy()
            self.assertEqual(len(copies), 2)
            self.assertEqual(len(set((copies | tickets).mapped("number"))), 4)
            for copy in copies:
                self.assertEqual(copy.status, "received")
                self.assertFalse(copy.resolved_date)
                self.assertEqual(copy.assistance_type, "handling")

    def test_base_action(self):
        tickets = self._create_complaint() | self._create_complaint()
        tickets.with_context(active_ids=tickets.ids).action_duplicate_tickets()


@tagged("post_install", "-at_install")
class TestAssignment(ComplaintCase):
    def setUp(self):
        super().setUp()
        self.complaint_company.helpdesk_mgmt_ticket_auto_assign = True

    def _record(self, user, **vals):
        Ticket = self.env["helpdesk.ticket"].with_user(user)
        if user.share:
            Ticket = Ticket.sudo()  # as the portal's form does
        return Ticket.create(
            {
                "name": "Keluhan",
                "description": "Isi",
                "partner_id": self.partner.id,
                **vals,
            }
        )

    def test_member_who_types_it_in(self):
        self.assertEqual(self._record(self.agent).user_id, self.agent)
        ticket = self._record(self.agent, team_id=self.team.id)
        self.assertEqual(ticket.user_id, self.agent)

    def test_setting_off(self):
        self.complaint_company.helpdesk_mgmt_ticket_auto_assign = False
        self.assertFalse(self._record(self.agent).user_id)

    def test_member_who_types_it_in_for_another_team(self):
        self.assertFalse(self._record(self.lead, team_id=self.other_team.id).user_id)
        # and who sees only his own team's complaints records none for another
        with self.assertRaises(AccessError):
            self._record(self.agent, team_id=self.other_team.id)

    def test_non_member(self):
        self.assertFalse(self._record(self.manager).user_id)
        self.assertFalse(self._record(self.manager, team_id=self.team.id).user_id)

    def test_share_user(self):
        self.team.user_ids |= self.customer
        self.assertFalse(self._record(self.customer).user_id)
        self.assertFalse(self._record(self.customer, team_id=self.team.id).user_id)

    def test_robot(self):
        robot = self.env.ref("base.user_root")
        self.team.user_ids |= robot
        self.assertFalse(self._record(robot).user_id)
        self.assertFalse(self._record(robot, team_id=self.team.id).user_id)

    def test_inactive_member(self):
        self.agent.active = False
        Ticket = self.env["helpdesk.ticket"]
        self.assertFalse(Ticket._can_be_assigned(self.agent, self.team))

    def test_nobody_idle_is_assigned_by_name(self):
        former = self._new_user("former", "base.group_user", "Eks")
        former.active = False
        for user in (self.customer, self.env.ref("base.user_root"), former):
            with self.subTest(user=user.name):
                ticket = self._record(self.agent, user_id=user.id)
                self.assertFalse(ticket.user_id)

    def test_take(self):
        ticket = self._create_complaint() | self._create_complaint()
        ticket.with_user(self.agent).action_take()
        self.assertEqual(ticket.user_id, self.agent)
        with self.assertRaises(UserError):
            ticket.with_user(self.manager).action_take()


@tagged("post_install", "-at_install")
class TestCustomer(ComplaintCase):
    def _record(self, *vals_list, user=None):
        Ticket = self.env["helpdesk.ticket"].with_user(user or self.env.user)
        return Ticket.create(
            [{"name": "Keluhan", "description": "Isi", **vals} for vals in vals_list]
        )

    def test_phone_in_any_spelling(self):
        known = self.env["res.partner"].create(
            {
                "name": "Pak Budi",
                "phone": "0812-3456-7890",
                "country_id": self.env.ref("base.id").id,
            }
        )
        for spelling in (
            "081234567890",
            "0812 3456 7890",
            "+62 812-3456-7890",
            "+6281234567890",
            "6281234567890",
            "0062 812 3456 7890",
            "62-81234567890",
            "(0812) 3456.7890",
            " 081234567890 ",
        ):
            with self.subTest(spelling=spelling):
                ticket = self._record({"partner_phone": spelling})
                self.assertEqual(ticket.partner_id, known)
                found = self.env["helpdesk.ticket"].search(
                    [("phone_search", "ilike", "0812-3456 7890")]
                )
                self.assertIn(ticket, found)

    def test_phone_of_a_contact_without_a_country(self):
        # the company's country is another one, so Odoo cannot read the number
        self.complaint_company.country_id = self.env.ref("base.be")
        known = self.env["res.partner"].create(
            {"name": "Pak Budi", "phone": "0812 3456 7890", "country_id": False}
        )
        self.assertNotEqual(known.phone_sanitized, "+6281234567890")
        for spelling in ("081234567890", "+62 812-3456-7890"):
            with self.subTest(spelling=spelling):
                ticket = self._record({"partner_phone": spelling})
                self.assertEqual(ticket.partner_id, known)

    def test_number_that_is_no_number(self):
        first = self._record({"partner_phone": "ext. 12"})
        second = self._record({"partner_phone": "ext. 12"})
        self.assertEqual(first.partner_id.name, "ext. 12")
        self.assertEqual(first.partner_id, second.partner_id)

    def test_e_mail_in_any_case(self):
        known = self.env["res.partner"].create(
            {"name": "Bu Siti", "email": "Siti@Example.com"}
        )
        ticket = self._record({"partner_email": " siti@EXAMPLE.com "})
        self.assertEqual(ticket.partner_id, known)

    def test_several_in_one_batch(self):
        before = self.env["res.partner"].search_count([])
        tickets = self._record(
            {"partner_phone": "0813 1111 2222"},
            {"partner_email": "a@example.com", "partner_name": "Ani"},
            {"partner_email": "A@example.com", "partner_phone": "+62 813-1111-2222"},
            {"partner_phone": "+6281311112222"},
            {"partner_email": "b@example.com", "partner_phone": "0813-1111-2222"},
            {},
            {},
        )
        first, ani, same, phone, other, nobody, nobody_too = tickets
        self.assertEqual(ani.partner_id, same.partner_id)
        self.assertEqual(ani.partner_id, first.partner_id)
        self.assertEqual(ani.partner_id, phone.partner_id)
        # one telephone in the family, two addresses: two people
        self.assertNotEqual(ani.partner_id, other.partner_id)
        self.assertNotEqual(nobody.partner_id, nobody_too.partner_id)
        self.assertEqual(self.env["res.partner"].search_count([]), before + 4)

    def test_number_shared_with_another_address_is_not_enough(self):
        self.env["res.partner"].create(
            {"name": "Suami", "phone": "081234567890", "email": "suami@example.com"}
        )
        ticket = self._record(
            {"partner_phone": "081234567890", "partner_email": "istri@example.com"}
        )
        self.assertEqual(ticket.partner_id.email, "istri@example.com")

    def test_known_number_without_address(self):
        known = self.env["res.partner"].create(
            {"name": "Suami", "phone": "+62 812 3456 7890"}
        )
        ticket = self._record(
            {"partner_phone": "081234567890", "partner_email": "suami@example.com"}
        )
        self.assertEqual(ticket.partner_id, known)

    def test_nothing_is_known(self):
        ticket = self._record({})
        self.assertTrue(ticket.partner_id)

    def test_phone_intake_with_a_number_and_a_sentence(self):
        ticket = (
            self.env["helpdesk.ticket"]
            .with_user(self.agent)
            .create(
                {
                    "description": "Aplikasi tidak bisa dibuka.",
                    "partner_phone": "08155550000",
                }
            )
        )
        self.assertEqual(ticket.name, "Aplikasi tidak bisa dibuka.")
        self.assertEqual(ticket.partner_id.phone_sanitized, "+628155550000")
        self.assertEqual(ticket.team_id, self.team)

    def test_agent_without_any_right_to_contacts(self):
        clerk = self._new_user("clerk", "helpdesk_mgmt.group_helpdesk_user_own", "Kle")
        self.team.user_ids |= clerk
        self.assertFalse(self.env["res.partner"].with_user(clerk).has_access("create"))
        ticket = self._record(
            {"partner_phone": "08155550001", "partner_name": "Tono"}, user=clerk
        )
        self.assertEqual(ticket.sudo().partner_id.name, "Tono")

    def test_contact_of_another_company_is_nobody_we_know(self):
        company = self.env["res.company"].create({"name": "Kedua"})
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "CS Kedua", "company_id": company.id}
        )
        here, there, everywhere = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "email": f"{email}@example.com",
                    "company_id": company_id,
                }
                for name, email, company_id in (
                    ("Sini", "x", self.complaint_company.id),
                    ("Sana", "x", company.id),
                    ("Bersama", "y", False),
                )
            ]
        )
        tickets = self._record(
            {"partner_email": "x@example.com", "team_id": self.team.id},
            {"partner_email": "x@example.com", "team_id": team.id},
            {"partner_email": "y@example.com", "team_id": team.id},
            {"partner_email": "x@example.com", "company_id": company.id},
        )
        self.assertEqual(
            tickets.mapped("partner_id").ids, (here | there | everywhere).ids
        )
        self.assertEqual(tickets[1].company_id, company)
        self.assertEqual(tickets[3].partner_id, there)

    def test_country_is_that_of_the_complaints_company(self):
        company = self.env["res.company"].create(
            {"name": "Singapura", "complaint_country_id": self.env.ref("base.sg").id}
        )
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "CS SG", "company_id": company.id}
        )
        ticket = self._record({"partner_phone": "9123 4567", "team_id": team.id})
        self.assertEqual(ticket.partner_id.country_id.code, "SG")
        self.assertEqual(ticket.phone_sanitized, "+6591234567")

    def test_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        contact = self.env["res.partner"].create({"name": "X", "lang": "en_US"})
        ticket = self._create_complaint(partner_id=contact.id, lang="fr_FR")
        self.assertEqual(ticket.lang, "fr_FR")
        ticket = self._create_complaint(partner_id=contact.id)
        self.assertEqual(ticket.lang, "en_US")
        contact.lang = False
        ticket = self._create_complaint(partner_id=contact.id)
        self.assertEqual(ticket.lang, "id_ID")
        ticket = self._record({"partner_email": "baru@example.com", "lang": "fr_FR"})
        self.assertEqual(ticket.lang, "fr_FR")
        self.assertEqual(ticket.partner_id.lang, "fr_FR")


@tagged("post_install", "-at_install")
class TestWhateverIsSubmitted(ComplaintCase):
    def test_nul_characters(self):
        ticket = self._create_complaint(
            name="Apl\x00ikasi", description="<p>ma\x00ti</p>", agreement_ref="P\x001"
        )
        self.assertEqual(ticket.name, "Aplikasi")
        self.assertIn("mati", ticket.description)
        ticket.agreement_ref = "Q\x002"
        self.assertEqual(ticket.agreement_ref, "Q2")

    def test_story_of_12_megabytes(self):
        story = "<p>baris</p>" * 1_000_000 + "<p>AKHIR</p>"
        ticket = self._create_complaint(user=self.agent, description=story)
        [whole] = ticket.attachment_ids
        self.assertEqual(whole.raw.decode(), story)
        self.assertTrue(html2plaintext(ticket.description).startswith("baris"))

    def test_subject_of_a_megabyte(self):
        subject = "keluhan " * 131_072
        ticket = self._create_complaint(user=self.agent, name=subject)
        self.assertEqual(len(ticket.name), 200)
        [whole] = ticket.attachment_ids
        self.assertEqual(whole.raw.decode(), subject)

    def test_nothing_but_a_picture(self):
        picture = '<p><img src="data:image/png;base64,iVBORw0KGgo="></p>'
        ticket = self._create_complaint(description=picture)
        self.assertIn("<img", ticket.description)

    def test_nothing_at_all(self):
        for story in (False, "", "<p><br></p>", "<pre>\n</pre>", "   "):
            with self.subTest(story=story):
                ticket = self.env["helpdesk.ticket"].create(
                    {"name": "  ", "description": story}
                )
                self.assertTrue(ticket.name.strip())
                self.assertTrue(html2plaintext(ticket.description).strip())

    def test_subject_is_made_of_category_and_first_words(self):
        ticket = self._create_complaint(
            name=False,
            category_id=self.category_fraud.id,
            description="<p>Ada orang mengaku pegawai.</p>",
        )
        self.assertEqual(ticket.name, "Penipuan: Ada orang mengaku pegawai.")

    def test_no_team(self):
        ticket = self._create_complaint(team_id=False)
        self.assertEqual(ticket.status, "received")

    def test_team_without_any_stage(self):
        self.env["helpdesk.ticket.stage"].search([]).team_ids = self.other_team
        ticket = self._create_complaint()
        self.assertFalse(ticket.stage_id)
        ticket.team_id = self.other_team
        self.assertTrue(ticket.status)


@tagged("post_install", "-at_install")
class TestStage(ComplaintCase):
    def test_base_flags_of_other_modules(self):
        Stage = self.env["helpdesk.ticket.stage"]
        closed, new, other = Stage.create(
            [
                {"name": "Selesai", "closed": True},
                {"name": "Baru", "closed": False, "unattended": True},
                {"name": "Proses"},
            ]
        )
        self.assertEqual(closed.status, "closed")
        self.assertTrue(closed.closed)
        self.assertEqual(new.status, "received")
        self.assertEqual(other.status, "in_progress")
        other.closed = True
        self.assertEqual(other.status, "closed")
        other.closed = False
        self.assertEqual(other.status, "in_progress")
        self.assertEqual(Stage.search([("closed", "=", True)]) & closed, closed)

    def test_flag_does_not_change_what_is_closed_already(self):
        stage = self.stages["cancelled"].copy()
        stage.closed = True
        self.assertEqual(stage.status, "cancelled")

    def test_status_of_a_stage_in_use_is_fixed(self):
        ticket = self._create_complaint()
        with self.assertRaises(ValidationError):
            ticket.stage_id.status = "in_progress"
        with self.assertRaises(ValidationError):
            ticket.stage_id.closed = True
        self._move(ticket, "closed")
        ticket.active = False
        with self.assertRaises(ValidationError):
            ticket.stage_id.status = "in_progress"

    def test_no_stage_sends_a_base_mail(self):
        stages = self.env["helpdesk.ticket.stage"].with_context(active_test=False)
        self.assertFalse(stages.search([("mail_template_id", "!=", False)]))


@tagged("post_install", "-at_install")
class TestQueryCount(ComplaintCase):
    """The suite's own queries, against helpdesk_mgmt's in the same database."""

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, result

    def _vals_list(self, count, **vals):
        return [
            {
                "name": f"Keluhan {i}",
                "description": "<p>Isi</p>",
                "partner_id": self.customer.partner_id.id,
                "team_id": self.team.id,
                "user_id": False,
                "category_id": self.category_fraud.id,
                **{name: value % i for name, value in vals.items()},
            }
            for i in range(count)
        ]

    def _own_queries(self, count):
        """Queries of create() and of a stage move beyond those of helpdesk_mgmt."""
        Ticket = self.env["helpdesk.ticket"]

        def base_create():
            return super(HelpdeskTicket, Ticket).create(self._vals_list(count))

        def base_move(tickets):
            stage = self.stages["resolved"].id
            return super(HelpdeskTicket, tickets).write({"stage_id": stage})

        in_base, tickets = self._count(base_create)
        ours, own = self._count(lambda: Ticket.create(self._vals_list(count)))
        self.assertEqual(len(tickets | own), 2 * count)
        base_moved, _result = self._count(lambda: base_move(tickets))
        ours_moved, _result = self._count(lambda: self._move(own, "resolved"))
        self.assertEqual(set(own.mapped("status")), {"resolved"})
        self.assertTrue(all(own.mapped("resolved_date")))
        return ours - in_base, ours_moved - base_moved

    @freeze_all_time()
    def test_create_and_move(self):
        self._own_queries(1)  # warm
        one = self._own_queries(1)
        twenty = self._own_queries(20)
        many = self._own_queries(200)
        self.assertEqual(one, twenty)
        for few, lots in zip(one, many, strict=True):
            self.assertLessEqual(lots - few, 0.1 * 200)

    @freeze_all_time()
    def test_finding_contacts(self):
        Ticket = self.env["helpdesk.ticket"]

        def record(count, **vals):
            vals_list = self._vals_list(count, **vals)
            for vals in vals_list:
                del vals["partner_id"]
            counted, result = self._count(lambda: Ticket._prepare_customers(vals_list))
            self.assertTrue(all(vals["partner_id"] for vals in vals_list))
            return counted

        for vals in (
            {"partner_email": "siti%s@example.com"},
            {"partner_phone": "0812 3456 7%03d"},
        ):
            with self.subTest(**vals):
                record(1, **vals)  # warm
                for found in (False, True):
                    one, twenty, many = (
                        record(
                            count,
                            **{name: f"{count}{value}" for name, value in vals.items()},
                        )
                        for count in (1, 20, 200)
                    )
                    self.assertEqual(one, twenty, f"found: {found}")
                    self.assertLessEqual(many - one, 0.1 * 200)
