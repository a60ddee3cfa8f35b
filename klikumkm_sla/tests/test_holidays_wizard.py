# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Days off from three sources: what the preview says is what happens (edge case 13)."""

from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.klikumkm_sla.day_off_text import read_days_off
from odoo.addons.klikumkm_sla.models import resource_calendar_days_off, sla_clock

from .common import SlaCase, local, wall

LOADER = "odoo.addons.klikumkm_sla.models.resource_calendar_days_off"


class HolidaysCase(SlaCase):
    today = "2026-03-03 10:00"  # a Tuesday

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = new_test_user(
            cls.env, "lead_holidays", "klikumkm_complaint.group_complaint_lead"
        )
        cls.agent = new_test_user(
            cls.env, "agent_holidays", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        cls.team.user_ids = [Command.set((cls.lead | cls.agent).ids)]
        cls.env["res.lang"]._activate_lang("id_ID")
        cls.Wizard = cls.env["klikumkm.sla.holidays"]

    def wizard(self, source, user=None, **vals):
        return self.Wizard.with_user(user or self.lead).create(
            {"source": source, "calendar_id": self.calendar.id, "year": "2026", **vals}
        )

    def typed(self, text, **vals):
        return self.wizard("typed", text=text, **vals)

    def closed(self, first, last=None, name="Stock taking", **vals):
        return self.wizard(
            "closure", name=name, date_from=first, date_to=last or first, **vals
        )

    def apply(self, wizard, **vals):
        wizard.action_preview()
        wizard.write(vals)
        wizard.action_apply()
        return wizard

    def steps(self, wizard):
        """[(step, day, name)] of the preview."""
        return [
            (line.action, line.day and str(line.day), line.name)
            for line in wizard.line_ids
        ]

    def days_off(self, calendar=None):
        leaves = (calendar or self.calendar).leave_ids.sorted("date_from")
        return [(local(leave.date_from)[:10], leave.name) for leave in leaves]

    def tell(self, tickets):
        """Customers are told the dates as they are now."""
        for ticket in tickets:
            ticket._tell(
                "receipt",
                "klikumkm_complaint.mail_template_receipt",
                told={"medium": "phone"},
            )

    def waiting(self, tickets):
        return self.env["klikumkm.complaint.notice"].search(
            [
                ("ticket_id", "in", tickets.ids),
                ("kind", "=", "new_date"),
                ("state", "=", "to_tell"),
            ]
        )


@tagged("post_install", "-at_install")
class TestReadingDays(HolidaysCase):
    """What somebody pastes from a decree."""

    def parse(self, text, year=2026):
        good, bad = read_days_off(text, year)
        return (
            [(str(row.day), row.name, row.decree) for row in good],
            [(line.number, line.problem) for line in bad],
        )

    def test_dates_as_indonesians_write_them(self):
        for text in (
            "18/08",
            "18/8/2026",
            "18-08-2026",
            "18.08.2026",
            "2026-08-18",
            "18 Agustus",
            "18 agu 2026",
            "18 Agt. 2026",
            "18 August 2026",
        ):
            with self.subTest(text=text):
                good, bad = self.parse(f"{text}; Cuti bersama; SKB 933/2025")
                self.assertEqual(good, [("2026-08-18", "Cuti bersama", "SKB 933/2025")])
                self.assertFalse(bad)

    def test_decree_may_be_missing_and_tabs_separate(self):
        good, bad = self.parse("18/08\tCuti   bersama\n\n  19/08; Libur ;")
        self.assertEqual(
            good, [("2026-08-18", "Cuti bersama", ""), ("2026-08-19", "Libur", "")]
        )
        self.assertFalse(bad)

    def test_bad_lines_are_named_and_do_not_keep_the_others(self):
        good, bad = self.parse(
            "\n".join(
                (
                    "31/02; No such day",
                    "18/08; Cuti bersama",
                    "tomorrow; No date",
                    "19/08",
                    "18/08/2026; Twice",
                    "18/08/26; Two digits",
                    "18/08/1826; Long ago",
                    "29/02; Not in 2026",
                    "20/08;;SKB 1",
                )
            )
        )
        self.assertEqual(good, [("2026-08-18", "Cuti bersama", "")])
        self.assertEqual(
            bad,
            [
                (1, "date"),
                (3, "date"),
                (4, "name"),
                (5, "twice"),
                (6, "date"),
                (7, "year"),
                (8, "date"),
                (9, "name"),
            ],
        )

    def test_whatever_is_pasted_never_fails(self):
        for text in (
            "",
            None,
            ";;;",
            "\x00",
            "00/00; x",
            "1/1/0001; x",
            "; ; ;\n" * 99,
        ):
            read_days_off(text, 2026)


@tagged("post_install", "-at_install")
class TestPlan(HolidaysCase):
    """Which rows are added, changed, removed; only loaded ones are ever touched."""

    def package(self, **days):
        """Let the package know only these: p0305="Nyepi" is public, g… joint leave."""

        def get(years, category):
            letter = "p" if category == "public" else "g"
            return {
                date(2026, int(key[1:3]), int(key[3:])): name
                for key, name in days.items()
                if key[0] == letter and 2026 in years
            }

        return patch.object(resource_calendar_days_off, "_get_holidays", get)

    def load(self, **days):
        with self.package(**days):
            wizard = self.wizard("package", last_year="2026")
            self.apply(wizard)
        return wizard

    def preview(self, **days):
        with self.package(**days):
            wizard = self.wizard("package", last_year="2026")
            wizard.action_preview()
        return wizard

    def test_package_of_two_years(self):
        wizard = self.wizard("package", last_year="2027")
        wizard.action_preview()
        # 25 + 26 rows, those on weekends are closed already
        self.assertEqual(len(wizard.line_ids), 51)
        self.apply(wizard)
        table = self.calendar._get_working_days(
            wall("2026-01-01 12:00"), wall("2027-06-01 12:00")
        )
        counts = [sum(d.year == year for d in table.dates) for year in (2026, 2027)]
        self.assertEqual(counts, [240, 242])

    def test_loaded_again_nothing_is_to_do(self):
        self.load(p0305="Nyepi", g0306="Cuti bersama Nyepi")
        again = self.preview(p0305="Nyepi", g0306="Cuti bersama Nyepi")
        self.assertEqual([step for step, *_rest in self.steps(again)], ["skip"] * 2)
        self.assertFalse(again.change_count)

    def test_estimated_date_becomes_decreed(self):
        self.load(p0310="Idul Fitri (perkiraan)", g0306="Cuti bersama")
        leave = self.calendar.leave_ids.filtered("sla_estimated")
        self.assertEqual(leave.name, "Idul Fitri (perkiraan)")
        wizard = self.load(p0310="Idul Fitri", g0306="Cuti bersama")
        self.assertEqual(self.steps(wizard)[0], ("change", "2026-03-10", "Idul Fitri"))
        self.assertEqual((leave.name, leave.sla_estimated), ("Idul Fitri", False))

    def test_package_that_moves_a_holiday_moves_its_row(self):
        self.load(p0310="Idul Fitri (perkiraan)", g0306="Cuti bersama")
        wizard = self.load(p0311="Idul Fitri", g0306="Cuti bersama")
        line = wizard.line_ids.filtered(lambda line: line.action == "change")
        self.assertEqual((str(line.day), line.name), ("2026-03-11", "Idul Fitri"))
        self.assertIn("Mar 10", line.note.replace("10 Mar", "Mar 10"))
        self.assertEqual(
            self.days_off(),
            [("2026-03-06", "Cuti bersama"), ("2026-03-11", "Idul Fitri")],
        )

    def test_what_the_package_takes_back_is_removed(self):
        self.load(p0310="Nyepi", p0312="Pemilu", g0306="Cuti bersama")
        wizard = self.load(p0310="Nyepi", g0306="Cuti bersama")
        self.assertEqual(wizard.line_ids[0].action, "remove")
        self.assertIn("Pemilu", wizard.line_ids[0].name)
        self.assertNotIn("Pemilu", [name for _day, name in self.days_off()])

    def test_joint_leave_that_the_package_does_not_know_stays(self):
        self.load(p0310="Nyepi", g0306="Cuti bersama")
        wizard = self.load(p0310="Nyepi")
        self.assertIn("2026", wizard.notes)
        self.assertIn(("2026-03-06", "Cuti bersama"), self.days_off())

    def test_rows_typed_by_hand_are_never_touched(self):
        self.add_leave("2026-03-12", name="Moving house")
        self.add_leave("2026-03-10", name="Nyepi, typed by hand")
        wizard = self.load(p0310="Nyepi", g0306="Cuti bersama")
        self.assertIn(("skip", "2026-03-10", "Nyepi"), self.steps(wizard))
        skipped = wizard.line_ids.filtered(lambda line: line.action == "skip")
        self.assertIn("Nyepi, typed by hand", skipped.note)
        self.assertEqual(
            self.days_off(),
            [
                ("2026-03-06", "Cuti bersama"),
                ("2026-03-10", "Nyepi, typed by hand"),
                ("2026-03-12", "Moving house"),
            ],
        )

    def test_row_corrected_by_hand_is_ones_own(self):
        self.load(p0310="Nyepi", g0306="Cuti bersama")
        nyepi = self.calendar.leave_ids.filtered(lambda leave: leave.name == "Nyepi")
        nyepi.write(
            {"date_from": wall("2026-03-11 00:00"), "date_to": wall("2026-03-11 23:59")}
        )
        self.assertFalse(nyepi.sla_source)
        self.load(p0312="Nyepi", g0306="Cuti bersama")
        self.assertIn(("2026-03-11", "Nyepi"), self.days_off())
        self.assertIn(("2026-03-12", "Nyepi"), self.days_off())

    def test_decree_typed_over_an_estimated_row(self):
        self.load(p0310="Idul Fitri (perkiraan)", g0306="Cuti bersama")
        self.apply(self.typed("10/03; Idul Fitri; SKB 1497/2025"))
        leave = self.calendar.leave_ids.sorted("date_from")[-1]
        self.assertEqual(
            (leave.name, leave.sla_estimated, leave.sla_decree),
            ("Idul Fitri", False, "SKB 1497/2025"),
        )
        # a package that still estimates does not take the decree back
        wizard = self.load(p0311="Idul Fitri (perkiraan)", g0306="Cuti bersama")
        self.assertEqual(leave.sla_decree, "SKB 1497/2025")
        self.assertIn(
            ("skip", "2026-03-11", "Idul Fitri (perkiraan)"), self.steps(wizard)
        )

    def test_typed_without_a_decree_what_is_there_stays(self):
        self.load(p0310="Hari Raya Nyepi", g0306="Cuti bersama")
        wizard = self.typed("10/03; Nyepi")
        wizard.action_preview()
        self.assertEqual(self.steps(wizard), [("skip", "2026-03-10", "Nyepi")])

    def test_decree_that_moves_an_estimated_row(self):
        self.load(p0310="Idul Fitri (perkiraan)", g0306="Cuti bersama")
        self.apply(self.typed("11/03; Idul Fitri; SKB 1497/2025"))
        self.assertEqual(
            self.days_off(),
            [("2026-03-06", "Cuti bersama"), ("2026-03-11", "Idul Fitri")],
        )

    def test_estimate_gives_way_to_the_date_that_somebody_knows(self):
        self.load(p0310="Idul Fitri (perkiraan)", g0306="Cuti bersama")
        self.apply(self.typed("11/03; Idul Fitri; SKB 1497/2025"))
        wizard = self.load(p0310="Idul Fitri (perkiraan)", g0306="Cuti bersama")
        line = wizard.line_ids.filtered(lambda line: str(line.day) == "2026-03-10")
        self.assertEqual(line.action, "skip")
        self.assertIn("11 Mar 2026", line.note)
        # corrected in the list by hand
        leave = self.calendar.leave_ids.sorted("date_from")[-1]
        leave.write(
            {"date_from": wall("2026-03-12 00:00"), "date_to": wall("2026-03-12 23:59")}
        )
        self.load(p0310="Idul Fitri (perkiraan)", g0306="Cuti bersama")
        self.assertEqual(
            self.days_off(),
            [("2026-03-06", "Cuti bersama"), ("2026-03-12", "Idul Fitri")],
        )
        # the next one of that name in the same year is another holiday
        wizard = self.preview(p1225="Idul Fitri (perkiraan)", g0306="Cuti bersama")
        self.assertIn(
            ("add", "2026-12-25", "Idul Fitri (perkiraan)"), self.steps(wizard)
        )

    def test_typed_days_with_kind_and_decree(self):
        self.apply(
            self.typed(
                "05/03; Cuti bersama Nyepi; SKB 933/2025\n6/3; Pilkada; Keppres 1"
            )
        )
        self.assertEqual(
            [
                (leave.name, leave.sla_kind, leave.sla_decree)
                for leave in self.calendar.leave_ids.sorted("date_from")
            ],
            [
                ("Cuti bersama Nyepi", "joint", "SKB 933/2025"),
                ("Pilkada", "national", "Keppres 1"),
            ],
        )

    def test_bad_lines_are_shown_and_the_good_ones_go_on(self):
        wizard = self.typed("31/02; Nothing\n05/03; Pilkada")
        wizard.action_preview()
        self.assertIn("Line 1", wizard.notes)
        self.assertIn("31/02; Nothing", wizard.notes)
        wizard.action_apply()
        self.assertEqual(self.days_off(), [("2026-03-05", "Pilkada")])
        self.assertEqual(wizard.text, "31/02; Nothing\n05/03; Pilkada")

    def test_only_bad_lines(self):
        wizard = self.typed("31/02; Nothing")
        with self.assertRaisesRegex(UserError, "Line 1"):
            wizard.action_preview()

    def test_closure_of_several_days_skips_what_is_closed(self):
        self.add_leave("2026-03-05", name="Pilkada")
        wizard = self.apply(self.closed("2026-03-04", "2026-03-08"))
        self.assertEqual(
            [(step, day) for step, day, _name in self.steps(wizard)],
            [
                ("add", "2026-03-04"),
                ("add", "2026-03-06"),
                ("skip", "2026-03-05"),
                ("skip", "2026-03-07"),
                ("skip", "2026-03-08"),
            ],
        )
        closure = self.calendar.leave_ids.filtered(lambda x: x.sla_kind == "closure")
        self.assertEqual(len(closure), 2)

    def test_half_a_day_ends_the_working_day_earlier(self):
        ticket = self.make_ticket("2026-03-02 10:00", assistance_type="information")
        self.assertDeadline(ticket, "2026-03-04 17:00")
        wizard = self.closed(
            "2026-03-04", is_part_of_day=True, hour_from=12, hour_to=17
        )
        self.apply(wizard)
        self.assertIn("12.00–17.00", wizard.line_ids.label)
        self.assertDeadline(ticket, "2026-03-04 12:00")
        # again for the whole day: the same row
        self.apply(self.closed("2026-03-04"))
        self.assertDeadline(ticket, "2026-03-05 17:00")
        self.assertEqual(len(self.calendar.leave_ids), 1)

    def test_closed_hours_outside_the_opening_hours_close_nothing(self):
        wizard = self.closed(
            "2026-03-04", is_part_of_day=True, hour_from=18, hour_to=20
        )
        wizard.action_preview()
        self.assertEqual(wizard.line_ids.action, "skip")

    def test_closures_that_cannot_be(self):
        for vals in (
            {"first": "2026-03-04", "last": "2026-03-03"},
            {"first": "2026-03-04", "last": "2027-03-06"},
            {"first": "2026-03-04", "name": "  "},
            {"first": False},
            *(
                {"first": "2026-03-04", "is_part_of_day": True, **hours}
                for hours in (
                    {"hour_from": 17, "hour_to": 12},
                    {"hour_from": -1, "hour_to": 12},
                    {"hour_from": 12, "hour_to": 25},
                )
            ),
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                self.closed(**vals).action_preview()

    def test_years_that_cannot_be(self):
        for year, last in (
            ("x", "2026"),
            ("2027", "2026"),
            ("26", ""),
            ("2026", "2040"),
        ):
            with self.subTest(year), self.assertRaises(UserError):
                self.wizard("package", year=year, last_year=last).action_preview()

    def test_two_week_calendar(self):
        calendar = self.make_calendar(
            [("01234", 9, 17, "0"), ("012", 9, 17, "1")], name="Alternating"
        )
        openings = calendar._get_working_days(
            wall("2026-03-01 12:00"), wall("2026-03-31 12:00")
        )
        fridays = [date(2026, 3, day) for day in (6, 13)]
        expected = {
            str(day): "add" if openings.is_working_day(day) else "skip"
            for day in fridays
        }
        self.assertEqual(set(expected.values()), {"add", "skip"})
        wizard = self.typed("06/03; Libur\n13/03; Libur", calendar_id=calendar.id)
        wizard.action_preview()
        self.assertEqual(
            {str(line.day): line.action for line in wizard.line_ids}, expected
        )

    def test_zone_of_the_user_does_not_matter(self):
        self.lead.tz = "America/New_York"
        calendar = self.make_calendar(tz="Asia/Jayapura")
        self.apply(self.typed("05/03; Pilkada", calendar_id=calendar.id))
        self.apply(
            self.closed(
                "2026-03-06",
                calendar_id=calendar.id,
                is_part_of_day=True,
                hour_from=9.5,
                hour_to=12,
            )
        )
        self.assertEqual(
            calendar.leave_ids.sorted("date_from").mapped("date_from"),
            # Jayapura is two hours ahead of Jakarta
            [wall("2026-03-04 22:00"), wall("2026-03-06 07:30")],
        )

    def test_joint_leave_switched_off(self):
        days = {"p0310": "Nyepi", "g0305": "Cuti bersama", "g0306": "Cuti bersama 2"}
        self.load(**days)
        self.add_leave("2026-03-12", name="By hand", sla_kind="joint")
        self.company.sla_joint_leave_off = False
        wizard = self.load(**days)
        self.assertEqual(
            [step for step, *_rest in self.steps(wizard)], ["remove"] * 2 + ["skip"]
        )
        self.assertEqual(
            self.days_off(), [("2026-03-10", "Nyepi"), ("2026-03-12", "By hand")]
        )
        typed = self.typed("05/03; Cuti bersama Nyepi\n06/03; Pilkada")
        typed.action_preview()
        self.assertEqual([step for step, *_rest in self.steps(typed)], ["add", "skip"])

    def test_companies_that_do_not_agree_on_joint_leave(self):
        self.load(p0310="Nyepi", g0305="Cuti bersama")
        self.env["res.company"].create(
            {
                "name": "Other",
                "sla_calendar_id": self.calendar.id,
                "sla_joint_leave_off": False,
            }
        )
        wizard = self.load(p0310="Nyepi", g0305="Another name", g0306="Cuti bersama 2")
        self.assertIn("do not agree", wizard.notes)
        self.assertEqual(
            self.days_off(), [("2026-03-05", "Cuti bersama"), ("2026-03-10", "Nyepi")]
        )

    def test_row_that_another_module_refuses_is_a_warning(self):
        Leaves = type(self.env["resource.calendar.leaves"])
        original = Leaves.create
        reason = "Two public holidays cannot overlap"

        def create(leaves, vals_list):
            records = original(leaves, vals_list)
            if any(leave.name == "Pilkada" for leave in records):
                raise ValidationError(reason)
            return records

        wizard = self.typed("05/03; Pilkada\n06/03; Nyepi")
        with patch.object(Leaves, "create", create), mute_logger(LOADER):
            wizard.action_preview()
            refused = wizard.line_ids.filtered(lambda line: line.action == "refused")
            self.assertEqual(
                (refused.name, refused.note),
                ("Pilkada", reason),
            )
            wizard.action_apply()
        self.assertEqual(self.days_off(), [("2026-03-06", "Nyepi")])
        self.assertIn(reason, wizard.result)

    def test_row_that_the_database_refuses_is_a_warning(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX ON resource_calendar_leaves (calendar_id, date_from)"
        )
        self.add_leave("2026-03-05", time_type="other")  # closes nothing
        with mute_logger("odoo.sql_db", LOADER):
            wizard = self.apply(self.typed("05/03; Pilkada\n06/03; Nyepi"))
        self.assertIn("Refused", wizard.result)
        self.assertIn(("2026-03-06", "Nyepi"), self.days_off())

    def test_all_rows_make_one_version(self):
        wizard = self.typed("05/03; Pilkada\n06/03; Nyepi")
        wizard.action_preview()
        before = self.versions()
        wizard.action_apply()
        self.assertEqual(self.versions(), before + 1)


@tagged("post_install", "-at_install")
class TestEffect(HolidaysCase):
    """Edge case 13: preview, batch, paused too, closed never."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        vals = {"partner_name": "Siti", "lang": "id_ID", "user_id": cls.lead.id}
        cls.running = cls.make_ticket(partner_email="siti@example.com", **vals)
        cls.paused = cls.make_ticket(status="waiting_customer", **vals)
        cls.stopped = cls.make_ticket(status="resolved", **vals)
        cls.all = cls.running | cls.paused | cls.stopped

    def setUp(self):
        super().setUp()
        self.travel("2026-03-03 10:00")

    def moves(self, wizard):
        return {
            move.ticket_id: (local(move.before)[:10], local(move.after)[:10])
            for move in wizard.move_ids
        }

    def test_holiday_added_under_open_complaints_is_shown_before_it_moves_them(self):
        wizard = self.typed("05/03; Cuti bersama; SKB 933/2025")
        wizard.action_preview()
        expected = ("2026-03-09", "2026-03-10")
        self.assertEqual(
            self.moves(wizard), {self.running: expected, self.paused: expected}
        )
        self.assertIn("2 running or paused complaints move", wizard.summary)
        wizard.action_apply()
        for ticket in (self.running, self.paused):
            self.assertDeadline(ticket, "2026-03-10 17:00")
        self.assertDeadline(self.stopped, "2026-03-09 17:00")
        self.assertEqual(self.journal(self.stopped), ["start", "stop"])
        self.assertEqual(self.events(self.running, "recalculate").user_id, self.lead)
        self.assertIn("2 complaints have another deadline", wizard.result)

    def test_holiday_removed_under_open_complaints(self):
        Plan = resource_calendar_days_off
        with patch.object(
            Plan,
            "_get_holidays",
            lambda years, category: {date(2026, 3, 5): "Pemilu"}
            if category == "public"
            else {},
        ):
            self.apply(self.wizard("package", last_year="2026"))
        self.assertDeadline(self.paused, "2026-03-10 17:00")
        with patch.object(Plan, "_get_holidays", lambda years, category: {}):
            wizard = self.wizard("package", last_year="2026")
            wizard.action_preview()
            expected = ("2026-03-10", "2026-03-09")
            self.assertEqual(
                self.moves(wizard), {self.running: expected, self.paused: expected}
            )
            wizard.action_apply()
        self.assertDeadline(self.paused, "2026-03-09 17:00")

    def test_preview_leaves_nothing_behind(self):
        clocks = self.clock_of(self.running) | self.clock_of(self.paused)
        names = ["deadline", "calendar_version", "state", "missed", "write_date"]
        events = self.env["klikumkm.sla.event"].search_count([])
        before = clocks.read(names)
        version = self.calendar.sla_version
        table = self.calendar._get_working_days(
            wall("2026-03-02 10:00"), wall("2026-03-02 10:00")
        )
        wizard = self.typed("05/03; Cuti bersama")
        wizard.action_preview()
        self.assertTrue(wizard.move_ids)
        self.env.invalidate_all()
        self.assertEqual(clocks.read(names), before)
        self.assertEqual(self.calendar.sla_version, version)
        self.assertEqual(self.env["klikumkm.sla.event"].search_count([]), events)
        self.assertFalse(self.calendar.leave_ids)
        self.assertFalse(self.waiting(self.all))
        # what was counted with the days off that were taken back is met no more
        self.assertEqual(
            self.calendar._get_working_days(
                wall("2026-03-02 10:00"), wall("2026-03-02 10:00")
            ),
            table,
        )
        self.assertDeadline(
            self.make_ticket("2026-03-02 11:00", at="2026-03-03 10:00"),
            "2026-03-09 17:00",
        )

    def test_what_was_changed_meanwhile_is_shown_again(self):
        wizard = self.typed("05/03; Cuti bersama")
        wizard.action_preview()
        self.add_leave("2026-03-05", name="By hand")
        with self.assertRaisesRegex(UserError, "meanwhile"):
            wizard.action_apply()
        wizard.action_preview()
        self.assertEqual(wizard.line_ids.action, "skip")

    def test_nothing_is_applied_without_a_preview(self):
        with self.assertRaises(UserError):
            self.typed("05/03; Cuti bersama").action_apply()

    def test_complaints_of_other_companies_move_unnamed(self):
        company = self.env["res.company"].create(
            {"name": "Other", "sla_calendar_id": self.calendar.id}
        )
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "There", "company_id": company.id}
        )
        self.make_ticket(team_id=team.id, company_id=company.id)
        wizard = self.typed("05/03; Cuti bersama")
        wizard.action_preview()
        self.assertEqual(set(self.moves(wizard)), {self.running, self.paused})
        self.assertIn("3 running or paused", wizard.summary)
        self.assertIn("Other", wizard.notes)

    def test_of_two_terms_the_one_that_is_promised_is_shown(self):
        self.company.sla_regulatory = True
        channel = self.env["helpdesk.ticket.channel"].create(
            {"name": "Telephone", "communication_mode": "oral"}
        )
        # promised in 20 working days, by law in 5
        ticket = self.make_ticket(
            "2026-03-03 09:00",
            assistance_type="coordination",
            channel_id=channel.id,
            submission_type="complaint",
        )
        self.assertEqual(len(ticket.sla_clock_ids), 2)
        self.assertEqual(local(ticket.sla_deadline), "2026-03-10 17:00:00")
        self.tell(ticket)
        wizard = self.typed("05/03; Cuti bersama")
        wizard.action_preview()
        self.assertEqual(self.moves(wizard)[ticket], ("2026-03-10", "2026-03-11"))
        wizard.action_apply()
        self.assertEqual(local(ticket.sla_deadline), "2026-03-11 17:00:00")
        self.assertEqual(len(self.waiting(ticket)), 1)
        # behind the promised date only the other one moves
        wizard = self.typed("17/03; Cuti bersama")
        wizard.action_preview()
        self.assertNotIn(ticket, self.moves(wizard))
        wizard.action_apply()
        self.assertNotIn(ticket, wizard.moved_ticket_ids)

    # === TELLING === #
    def test_move_and_tell(self):
        self.tell(self.all)
        wizard = self.typed("05/03; Cuti bersama Nyepi; SKB 933/2025")
        wizard.action_preview()
        self.assertEqual(wizard.later_count, 2)
        self.assertIn("1 of them without e-mail", wizard.summary)
        wizard.action_apply()
        notices = self.waiting(self.all)
        self.assertEqual(notices.ticket_id, self.running | self.paused)
        for notice in notices:
            self.assertEqual(local(notice.promised_date), "2026-03-10 17:00:00")
            self.assertIn("Cuti bersama Nyepi (5 Mar 2026, SKB 933/2025)", notice.body)
        self.assertEqual(notices.filtered("is_send_due").ticket_id, self.running)
        # who has no e-mail is called
        self.assertEqual(wizard.call_count, 1)
        action = wizard.action_open_call_list()
        called = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(called.ticket_id, self.paused)
        # until he is told, his date stands
        self.assertEqual(
            local(self.running._get_promised_date()), "2026-03-09 17:00:00"
        )
        with self.enter_registry_test_mode():
            self.env.ref("klikumkm_complaint.ir_cron_tell").method_direct_trigger()
        notice = notices.filtered(lambda n: n.ticket_id == self.running)
        self.assertEqual(
            (notice.is_send_due, notice.medium, notice.recipient),
            (False, "email", "siti@example.com"),
        )
        self.assertTrue(notice.mail_message_id)
        self.assertFalse(
            notices.filtered(lambda n: n.ticket_id == self.paused).mail_message_id
        )

    def test_mail_that_fails_does_not_keep_the_others(self):
        self.paused.partner_id.email = "budi@example.com"
        self.tell(self.running | self.paused)
        self.apply(self.typed("05/03; Cuti bersama"))
        notices = self.waiting(self.all)
        self.assertTrue(all(notices.mapped("is_send_due")))
        Notices = type(notices)
        original = Notices._send_email

        def send(notice):
            if notice.ticket_id == self.running:
                raise ZeroDivisionError
            return original(notice)

        with (
            patch.object(Notices, "_send_email", send),
            mute_logger("odoo.addons.klikumkm_complaint.models.complaint_notice"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("klikumkm_complaint.ir_cron_tell").method_direct_trigger()
        self.assertFalse(any(notices.mapped("is_send_due")), "never tried for ever")
        self.assertEqual(
            notices.filtered("mail_message_id").ticket_id,
            self.paused,
        )

    def test_keep_the_told_dates(self):
        self.tell(self.all)
        wizard = self.apply(self.typed("05/03; Cuti bersama"), telling="keep")
        self.assertDeadline(self.running, "2026-03-10 17:00")
        self.assertFalse(self.waiting(self.all))
        self.assertEqual(
            local(self.running._get_promised_date()), "2026-03-09 17:00:00"
        )
        self.assertFalse(wizard.call_count)
        # what moves it afterwards for another reason is told
        self.running.assistance_type = "coordination"
        self.assertEqual(self.waiting(self.all).ticket_id, self.running)

    def test_keep_the_told_dates_but_not_one_that_waits_to_be_replaced(self):
        self.tell(self.running | self.paused)
        self.running.assistance_type = "coordination"
        before = self.waiting(self.running)
        self.apply(self.typed("05/03; Cuti bersama"), telling="keep")
        after = self.waiting(self.all)
        self.assertEqual(after.ticket_id, self.running)
        self.assertNotEqual(after, before)
        self.assertEqual(after.promised_date, self.running.sla_deadline)

    def test_kept_dates_are_kept_when_the_customer_hears_of_something_else(self):
        self.tell(self.running)
        self.apply(self.typed("05/03; Cuti bersama"), telling="keep")
        self.running._tell(
            "progress",
            "klikumkm_complaint.mail_template_progress",
            told={"medium": "phone"},
        )
        self.assertFalse(self.waiting(self.running))
        self.assertEqual(
            local(self.running._get_promised_date()), "2026-03-09 17:00:00"
        )

    def test_next_change_by_hand_is_told_without_the_old_reason(self):
        self.apply(self.typed("05/03; Cuti bersama Nyepi"))
        self.tell(self.running)
        self.add_leave("2026-03-06", name="By hand")
        body = self.waiting(self.running).body
        self.assertIn("Hari kerja kami berubah", body)
        self.assertFalse(self.waiting(self.running).is_send_due)

    def test_message_that_waits_for_a_person_is_not_sent_along(self):
        # to be told for another reason, and promised by law: only the standard moves
        self.company.sla_regulatory = True
        channel = self.env["helpdesk.ticket.channel"].create(
            {"name": "Letter", "communication_mode": "written"}
        )
        ticket = self.make_ticket(
            "2026-03-03 09:00",
            channel_id=channel.id,
            submission_type="complaint",
            partner_name="Siti",
            partner_email="siti@example.com",
        )
        self.assertEqual(len(ticket.sla_clock_ids), 2)
        self.tell(ticket)
        ticket.assistance_type = "coordination"
        notice = self.waiting(ticket)
        self.assertFalse(notice.is_send_due)
        # behind the promised date
        self.assertEqual(local(ticket.sla_deadline), "2026-03-17 17:00:00")
        self.apply(self.typed("20/03; Cuti bersama"))
        self.assertEqual(self.waiting(ticket), notice)
        self.assertFalse(notice.is_send_due)

    def test_closing_the_office_is_told_as_such(self):
        self.tell(self.running)
        self.apply(self.closed("2026-03-05", name="Pindah kantor"))
        notice = self.waiting(self.running)
        self.assertIn("Pindah kantor (5 Mar 2026)", notice.body)

    def test_what_is_left_to_the_sweep_is_told_alike(self):
        self.tell(self.running | self.paused)
        self.patch(sla_clock, "RECOUNT_AT_ONCE", 1)
        wizard = self.apply(self.typed("05/03; Cuti bersama Nyepi"))
        self.assertEqual(len(self.waiting(self.all)), 1)
        self.assertIn("quarter of an hour", wizard.result)
        self.sweep()
        notices = self.waiting(self.all)
        self.assertEqual(len(notices), 2)
        self.assertTrue(all("Nyepi" in notice.body for notice in notices))
        self.assertEqual(notices.filtered("is_send_due").ticket_id, self.running)

    def test_keeping_what_moves_now_does_not_silence_what_moved_before(self):
        self.tell(self.running | self.paused)
        self.patch(sla_clock, "RECOUNT_AT_ONCE", 0)
        self.apply(self.typed("05/03; Cuti bersama"))
        self.assertFalse(self.waiting(self.all))
        # before the sweep has counted the first one
        wizard = self.typed("06/03; Hari libur")
        wizard.action_preview()
        wizard.telling = "keep"
        wizard.action_apply()
        self.assertEqual(self.waiting(self.all).ticket_id, self.running | self.paused)
        self.sweep()
        self.assertEqual(len(self.waiting(self.all)), 2)
        self.assertDeadline(self.running, "2026-03-11 17:00")

    # === RIGHTS === #
    def test_lead_may(self):
        self.apply(self.wizard("closure", name="Off", date_from="2026-03-05"))
        self.assertEqual(self.days_off(), [("2026-03-05", "Off")])

    def test_manager_may(self):
        manager = new_test_user(
            self.env, "manager_holidays", "helpdesk_mgmt.group_helpdesk_manager"
        )
        self.apply(
            self.wizard("closure", user=manager, name="Off", date_from="2026-03-05")
        )
        self.assertEqual(self.days_off(), [("2026-03-05", "Off")])

    def test_agent_may_not(self):
        with self.assertRaises(AccessError):
            self.wizard("package", user=self.agent)
        wizard = self.wizard("closure", name="Off", date_from="2026-03-05")
        wizard.action_preview()
        for method in ("action_preview", "action_apply", "action_open_call_list"):
            with self.assertRaises(AccessError):
                getattr(wizard.with_user(self.agent), method)()
        # nor where somebody gave him the dialog's rights
        self.env["ir.rule"].search(
            [("model_id.model", "=", "klikumkm.sla.holidays")]
        ).active = False
        self.env["ir.model.access"].search(
            [("model_id.model", "=", "klikumkm.sla.holidays")]
        ).group_id = False
        with self.assertRaisesRegex(AccessError, "leads and managers"):
            wizard.with_user(self.agent).action_apply()
        self.assertFalse(self.calendar.leave_ids)

    def test_lead_does_not_close_the_desk_of_another_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self.make_calendar(company_id=company.id)
        company.sla_calendar_id = foreign
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "There", "company_id": company.id}
        )
        ticket = self.make_ticket(
            "2026-03-03 09:00", team_id=team.id, company_id=company.id
        )
        self.assertDeadline(ticket, "2026-03-10 17:00")
        wizard = self.typed("05/03; Cuti bersama", calendar_id=foreign.id)
        for method in ("action_preview", "action_apply"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                wizard.state = "preview"
                getattr(wizard, method)()
        leave = self.add_leave("2026-03-20", calendar=foreign)
        days = {
            "date_from": wall("2026-03-05 00:00"),
            "date_to": wall("2026-03-06 00:00"),
        }
        vals = {"name": "Ours", "company_id": self.company.id, **days}
        Leaves = self.env["resource.calendar.leaves"].with_user(self.lead)
        ours = Leaves.create(vals)
        for name, attempt in (
            ("zone", lambda: foreign.with_user(self.lead).write({"tz": "UTC"})),
            ("delete", lambda: foreign.with_user(self.lead).unlink()),
            (
                "hours",
                lambda: foreign.attendance_ids.with_user(self.lead).write(
                    {"hour_to": 12}
                ),
            ),
            (
                "day off said to be ours",
                lambda: Leaves.create({**vals, "calendar_id": foreign.id}),
            ),
            (
                "day off of every company",
                lambda: ours.write({"company_id": False}),
            ),
            (
                "day off taken there",
                lambda: ours.write({"calendar_id": foreign.id}),
            ),
            (
                "hours taken there",
                lambda: (
                    self.calendar.attendance_ids[0]
                    .with_user(self.lead)
                    .write({"calendar_id": foreign.id, "dayofweek": "6"})
                ),
            ),
            ("move", lambda: leave.with_user(self.lead).write(days)),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                attempt()
        self.assertDeadline(ticket, "2026-03-10 17:00")
        # his own and the shared ones stay his to keep
        own = self.make_calendar(company_id=self.company.id)
        for calendar in (own, self.calendar):
            self.apply(self.typed("05/03; Cuti bersama", calendar_id=calendar.id))
            calendar.with_user(self.lead).attendance_ids.hour_to = 16
        ours.unlink()

    def test_another_lead_does_not_read_the_dialog(self):
        wizard = self.typed("05/03; Cuti bersama")
        other = new_test_user(
            self.env, "lead_other", "klikumkm_complaint.group_complaint_lead"
        )
        with self.assertRaises(AccessError):
            wizard.with_user(other).read(["text"])

    def test_preview_lines_name_no_complaint_that_one_may_not_read(self):
        company = self.env["res.company"].create(
            {"name": "Other", "sla_calendar_id": self.calendar.id}
        )
        foreign = self.make_ticket(
            "2026-03-03 09:00",
            company_id=company.id,
            team_id=self.team.copy({"company_id": company.id}).id,
        )
        wizard = self.typed("05/03; Cuti bersama")
        move = wizard.move_ids.create({"wizard_id": wizard.id, "ticket_id": foreign.id})
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            move.read(["subject", "number"])

    def test_dialogs_of_the_clock_are_their_writers_alone(self):
        models = self.env["ir.model"].search(
            [("model", "=like", "klikumkm.sla.%"), ("transient", "=", True)]
        )
        self.assertTrue(models)
        for model in models:
            rules = self.env["ir.rule"].search([("model_id", "=", model.id)])
            self.assertTrue(
                any("create_uid" in (rule.domain_force or "") for rule in rules),
                model.model,
            )

    def test_calendar_without_fixed_hours_is_refused(self):
        flexible = self.make_calendar(schedule_type="flexible")
        with self.assertRaisesRegex(UserError, "fixed opening hours"):
            self.typed("05/03; Off", calendar_id=flexible.id).action_preview()

    # === COST === #
    def count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_complaints(self):
        vals = {
            "name": "Instalment counted twice",
            "description": "I paid on the first.",
            "partner_id": self.partner.id,
            "team_id": self.team.id,
            "stage_id": self.stages["received"].id,
            "assistance_type": "handling",
            "received_date": wall("2026-03-02 10:00"),
        }
        counts = []
        # the first round builds what is kept
        for number, day in ((1, "04"), (1, "05"), (20, "06")):
            self.Ticket.create([vals] * number)
            wizard = self.typed(f"{day}/03; Libur")
            self.env.registry.clear_all_caches()
            preview = self.count(wizard.action_preview)
            apply = self.count(wizard.action_apply)
            counts.append((preview, apply))
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestLookingAhead(HolidaysCase):
    """The yearly job, and the warning about what is not known yet."""

    def banners(self, user):
        tickets = self.Ticket.with_user(user)
        return {banner["name"]: banner for banner in tickets.get_today_banners()}

    def add_joint(self, *days, **vals):
        for day in days:
            self.add_leave(day, name="Cuti bersama", sla_kind="joint", **vals)

    def test_year_without_joint_leave(self):
        banner = self.banners(self.lead)["holidays"]
        self.assertIn("(cuti bersama) of 2026", banner["text"])
        self.add_joint("2026-12-24")
        self.assertFalse(self.banners(self.lead))
        # the next 60 days reach the next year
        self.travel("2026-11-03 10:00")
        self.assertIn("of 2027", self.banners(self.lead)["holidays"]["text"])
        self.add_joint("2027-12-24")
        self.assertFalse(self.banners(self.lead))

    def test_joint_leave_typed_by_hand_is_known(self):
        # without a kind, as the form of employees' days off has none
        leave = self.add_leave("2026-12-24", name="CUTI BERSAMA Natal")
        self.assertFalse(self.banners(self.lead))
        leave.name = "Christmas party"
        self.assertTrue(self.banners(self.lead))

    def test_joint_leave_of_the_whole_company_is_known(self):
        own = self.make_calendar(company_id=self.company.id)
        self.company.sla_calendar_id = own
        self.assertTrue(self.banners(self.lead))
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Cuti bersama",
                "date_from": wall("2026-12-24 00:00"),
                "date_to": wall("2026-12-24 23:59"),
                "company_id": self.company.id,
                "time_type": "leave",
            }
        )
        self.assertFalse(leave.calendar_id)
        self.assertFalse(self.banners(self.lead))

    def test_deadline_that_reaches_an_unknown_year(self):
        self.add_joint("2026-12-24")
        ticket = self.make_ticket("2026-03-02 10:00")
        self.clock_of(ticket).sudo().deadline = wall("2027-01-08 17:00")
        self.assertIn("of 2027", self.banners(self.lead)["holidays"]["text"])

    def test_estimated_dates_ahead(self):
        self.add_joint("2026-12-24")
        self.add_leave("2026-06-01", name="Idul Adha (perkiraan)", sla_estimated=True)
        self.assertFalse(self.banners(self.lead))
        self.travel("2026-04-10 10:00")
        self.assertIn("Idul Adha", self.banners(self.lead)["holidays"]["text"])
        self.travel("2026-06-02 10:00")
        self.assertFalse(self.banners(self.lead))

    def test_joint_leave_that_is_worked_through_is_not_missed(self):
        self.company.sla_joint_leave_off = False
        self.assertFalse(self.banners(self.lead))

    def test_only_those_who_keep_holidays_are_warned(self):
        self.assertTrue(self.banners(self.lead))
        self.assertFalse(self.banners(self.agent))

    def test_warning_on_the_calendar(self):
        calendar = self.calendar.with_user(self.lead)
        self.assertIn("of 2026", calendar.sla_holiday_warning)
        self.add_joint("2026-12-24")
        calendar.invalidate_recordset()
        self.assertFalse(calendar.sla_holiday_warning)

    def run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("klikumkm_sla.ir_cron_holidays").method_direct_trigger()

    def test_yearly_job_loads_next_year_and_asks_somebody_to_check(self):
        self.travel("2026-11-02 10:00")
        self.run_job()
        years = {day[:4] for day, _name in self.days_off()}
        self.assertEqual(years, {"2027"})
        activities = self.env["mail.activity"].search(
            [
                (
                    "activity_type_id",
                    "=",
                    self.env.ref("klikumkm_sla.activity_type_check_holidays").id,
                )
            ]
        )
        self.assertEqual(len(activities), 1)
        self.assertIn("2027", activities.summary)
        self.assertTrue(
            activities.user_id.has_group("klikumkm_complaint.group_complaint_lead")
        )
        self.run_job()
        self.assertEqual(len(activities.search([("id", ">=", activities.id)])), 1)

    def test_yearly_job_tells_nobody_by_itself(self):
        self.travel("2026-12-28 10:00")
        ticket = self.make_ticket(
            "2026-12-28 10:00", partner_name="Siti", partner_email="siti@example.com"
        )
        self.assertDeadline(ticket, "2027-01-04 17:00")
        self.tell(ticket)
        self.run_job()
        # 1 January, and Isra Mikraj on the 5th
        self.assertDeadline(ticket, "2027-01-06 17:00")
        notice = self.waiting(ticket)
        self.assertEqual(
            (len(notice), notice.is_send_due, bool(notice.mail_message_id)),
            (1, False, False),
        )
        self.assertIn("1 Jan", notice.body)

    def test_yearly_job_where_the_decree_is_not_out(self):
        self.travel("2027-11-02 10:00")
        self.run_job()
        activity = self.env["mail.activity"].search(
            [("summary", "ilike", "2028")], limit=1
        )
        self.assertIn("not known yet", activity.note)

    def test_yearly_job_asks_for_no_joint_leave_that_is_worked_through(self):
        self.env["res.company"].search([]).sla_joint_leave_off = False
        self.travel("2027-11-02 10:00")
        self.run_job()
        activities = self.env["mail.activity"].search([("summary", "ilike", "2028")])
        self.assertTrue(activities)
        self.assertFalse(activities.filtered(lambda a: "not known yet" in a.note))
