# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What counts as a working day (rule 7), and what moves when it changes (rule 8)."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

import holidays
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.klikumkm_sla.models import sla_clock

from .common import BERLIN, SlaCase, local, wall

CALENDAR_LOGGER = "odoo.addons.klikumkm_sla.models.resource_calendar_days_off"


@tagged("post_install", "-at_install")
class TestWorkingDays(SlaCase):
    """Rule 7. Information is promised in 2 working days, received Monday 2 March."""

    def deadline(self, calendar=None, received="2026-03-02 10:00", **vals):
        if calendar:
            self.team.sla_calendar_id = calendar
        vals = {"assistance_type": "information", **vals}
        return local(self.make_ticket(received, **vals).sla_deadline)

    def test_calendar_of_the_team_comes_before_that_of_the_company(self):
        self.team.sla_calendar_id = self.make_calendar([("012345", 8, 12)])
        self.assertEqual(self.deadline(), "2026-03-04 12:00:00")
        self.team.sla_calendar_id = False
        self.assertEqual(self.deadline(), "2026-03-04 17:00:00")

    def test_leave_on_a_calendar_without_company_counts_whatever_its_company(self):
        leave = self.add_leave("2026-03-04")
        self.assertTrue(leave.company_id, "Odoo fills it in")
        self.assertEqual(self.deadline(), "2026-03-05 17:00:00")

    def test_leave_to_the_last_second_of_a_calendar_open_round_the_clock(self):
        calendar = self.make_calendar([("0123456", 0, 24)])
        self.add_leave("2026-03-04", calendar=calendar)
        self.assertEqual(self.deadline(calendar), "2026-03-05 23:59:59")

    def test_leave_of_several_days(self):
        self.add_leave("2026-03-03", "2026-03-05")
        self.assertEqual(self.deadline(), "2026-03-09 17:00:00")

    def test_half_a_day_off(self):
        self.add_leave("2026-03-04 12:00", "2026-03-04 23:59:59")
        self.assertEqual(self.deadline(), "2026-03-04 12:00:00")
        self.add_leave("2026-03-03 00:00", "2026-03-03 12:00")
        self.assertEqual(self.deadline(), "2026-03-04 12:00:00")

    def test_days_of_unequal_length(self):
        calendar = self.make_calendar(
            [("012", 9, 12), ("012", 13, 17), ("34", 9, 11.5)]
        )
        self.assertEqual(self.deadline(calendar), "2026-03-04 17:00:00")
        self.assertEqual(
            self.deadline(received="2026-03-04 10:00"), "2026-03-06 11:30:00"
        )

    def test_night_shift_belongs_to_the_date_it_falls_on(self):
        calendar = self.make_calendar([("01234", 22, 24), ("12345", 0, 6)])
        self.assertEqual(self.deadline(calendar), "2026-03-04 23:59:59")
        self.assertEqual(
            self.deadline(assistance_type="handling"), "2026-03-07 06:00:00"
        )

    def test_summer_time(self):
        calendar = self.make_calendar(tz="Europe/Berlin")
        self.team.sla_calendar_id = calendar
        ticket = self.make_ticket("2026-03-27 23:00", assistance_type="information")
        self.assertEqual(local(ticket.sla_deadline, BERLIN), "2026-03-31 17:00:00")
        self.assertEqual(ticket.sla_deadline, datetime(2026, 3, 31, 15, 0))

    def test_zone_of_the_reader_does_not_matter(self):
        self.env.user.tz = "America/Los_Angeles"
        self.Ticket = self.Ticket.with_context(tz="America/Los_Angeles")
        self.assertEqual(self.deadline(), "2026-03-04 17:00:00")

    def test_two_weeks(self):
        week_type = self.env["resource.calendar.attendance"].get_week_type
        this, other = (
            str(week_type(day)) for day in (date(2026, 3, 2), date(2026, 3, 9))
        )
        self.assertNotEqual(this, other)
        calendar = self.make_calendar([("0123", 9, 17, this), ("4", 9, 12, other)])
        self.assertEqual(
            self.deadline(calendar, "2026-03-04 10:00"), "2026-03-13 12:00:00"
        )

    def test_other_kinds_of_time_off_close_nothing(self):
        self.add_leave("2026-03-04", time_type="other")
        self.assertEqual(self.deadline(), "2026-03-04 17:00:00")

    def test_day_off_of_a_person_closes_nothing(self):
        resource = self.env["resource.resource"].create(
            {"name": "Sari", "calendar_id": self.calendar.id}
        )
        version = self.calendar.sla_version
        leave = self.add_leave("2026-03-04", resource_id=resource.id)
        self.assertEqual(leave.calendar_id, self.calendar)
        leave.date_to = wall("2026-03-05 23:59:59")
        leave.unlink()
        self.assertEqual(self.calendar.sla_version, version)
        self.add_leave("2026-03-04", resource_id=resource.id)
        self.assertEqual(self.deadline(), "2026-03-04 17:00:00")

    def test_days_off_on_no_calendar_are_those_of_the_company(self):
        other_company = self.env["res.company"].create({"name": "Elsewhere"})
        ours = self.make_calendar(company_id=self.company.id)
        nobody = self.env["resource.calendar"]
        agent = new_test_user(
            self.env, "sla_agent", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        self.team.user_ids = agent
        leave = self.add_leave(
            "2026-03-03", calendar=nobody.with_company(other_company)
        )
        self.assertEqual(leave.company_id, other_company)
        self.assertEqual(self.deadline(ours), "2026-03-04 17:00:00")
        self.assertEqual(self.deadline(self.calendar), "2026-03-04 17:00:00")
        leave = self.add_leave("2026-03-04", calendar=nobody)
        self.assertEqual(leave.company_id, self.company)
        self.assertEqual(self.deadline(self.calendar), "2026-03-04 17:00:00")
        # whoever counts, in whichever companies he works
        self.assertEqual(self.deadline(ours), "2026-03-05 17:00:00")
        self.env.user.company_ids += other_company
        both = (self.company + other_company).ids
        for ticket_model in (
            self.Ticket.with_user(agent),
            self.Ticket.with_context(allowed_company_ids=both),
            self.Ticket.sudo().with_context(allowed_company_ids=both[::-1]),
        ):
            with patch.object(type(self), "Ticket", ticket_model):
                self.env.registry.clear_all_caches()
                self.assertEqual(
                    self.deadline(ours, company_id=self.company.id),
                    "2026-03-05 17:00:00",
                )

    def test_calendar_of_a_company_of_its_own(self):
        other_company = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertEqual(
            other_company.sla_calendar_id,
            self.env.ref("klikumkm_sla.calendar_operating"),
        )
        other_company.sla_calendar_id = self.make_calendar([("012345", 8, 12)])
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "There", "company_id": other_company.id}
        )
        self.assertEqual(self.deadline(team_id=team.id), "2026-03-04 12:00:00")

    def test_calendars_without_opening_hours_on_the_wall_cannot_be_chosen(self):
        flexible = self.make_calendar(schedule_type="flexible")
        by_duration = self.make_calendar()
        by_duration.duration_based = True
        for calendar in (flexible, by_duration):
            for record in (self.team, self.company):
                with self.assertRaises(ValidationError):
                    record.sla_calendar_id = calendar

    def test_archived_calendar_goes_on_counting(self):
        self.calendar.active = False
        ticket = self.make_ticket()
        self.assertDeadline(ticket, "2026-03-09 17:00")
        self.add_leave("2026-03-04")
        self.assertDeadline(ticket, "2026-03-10 17:00")

    def test_hours_that_no_day_has_are_refused(self):
        for hour in (25, -1, 16.999):
            with self.assertRaises(ValidationError):
                self.calendar.attendance_ids[0].hour_to = hour
        self.calendar.attendance_ids[0].hour_to = 24

    def test_deadline_may_lie_five_years_ahead_but_no_further(self):
        self.policies["information"].write(
            dict.fromkeys(("max_days", "target_low", "target_medium", "target_high"), 1)
        )
        leave = self.add_leave("2026-01-01", "2031-02-28")
        # the first closing after it is that of Monday 3 March 2031
        self.assertEqual(
            self.deadline(received="2026-03-03 10:00"), "2031-03-03 17:00:00"
        )
        ticket = self.make_ticket("2026-03-02 10:00", assistance_type="information")
        self.assertFalse(ticket.sla_deadline or ticket.sla_target_date)
        self.assertIn("too few working days", ticket.sla_unset_reason)
        leave.date_to = wall("2026-03-02 23:59:59")
        self.assertDeadline(ticket, "2026-03-03 17:00")


@tagged("post_install", "-at_install")
class TestRecount(SlaCase):
    """Rule 8."""

    today = "2026-03-03 10:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = cls.make_ticket()
        cls.paused = cls.make_ticket(status="waiting_customer")
        cls.stopped = cls.make_ticket(status="resolved")

    def assertMoved(self, expected, reason="recalculate"):
        for ticket in (self.running, self.paused):
            self.assertDeadline(ticket, expected)
        self.assertDeadline(self.stopped, "2026-03-09 17:00")
        self.assertEqual(self.journal(self.stopped), ["start", "stop"])

    def test_holiday_added_and_removed(self):
        leave = self.add_leave("2026-03-05")
        self.assertMoved("2026-03-10 17:00")
        event = self.events(self.paused, "recalculate")
        self.assertEqual(
            (local(event.deadline_before), local(event.deadline_after)),
            ("2026-03-09 17:00:00", "2026-03-10 17:00:00"),
        )
        leave.unlink()
        self.assertMoved("2026-03-09 17:00")
        self.assertEqual(self.journal(self.running), ["start"] + ["recalculate"] * 2)

    def test_holiday_moved(self):
        leave = self.add_leave("2026-03-05")
        leave.write(
            {"date_from": wall("2026-03-14 00:00"), "date_to": wall("2026-03-14 23:59")}
        )
        self.assertMoved("2026-03-09 17:00")

    def test_holiday_of_a_later_date_writes_nothing(self):
        self.add_leave("2026-04-30")
        self.assertMoved("2026-03-09 17:00")
        self.assertEqual(self.journal(self.running), ["start"])
        self.assertEqual(
            self.clock_of(self.running).calendar_version, self.calendar.sla_version
        )

    def test_complaint_does_not_look_touched(self):
        tickets = self.running | self.paused
        before = tickets.read(["write_date", "write_uid", "message_follower_ids"])
        messages = tickets.message_ids
        self.add_leave("2026-03-05")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(
            tickets.read(["write_date", "write_uid", "message_follower_ids"]), before
        )
        self.assertEqual(tickets.message_ids, messages)
        self.assertMoved("2026-03-10 17:00")

    def test_gaps_and_extensions_stay(self):
        self.move(self.paused, "in_progress", "2026-03-04 10:00")
        self.clock_of(self.paused)._extend(1, "More papers")
        self.assertDeadline(self.paused, "2026-03-11 17:00")
        self.add_leave("2026-03-06")
        self.assertDeadline(self.paused, "2026-03-12 17:00")

    def test_hours_edited(self):
        self.calendar.attendance_ids.filtered(lambda a: a.dayofweek == "0").hour_to = 12
        self.assertMoved("2026-03-09 12:00")
        self.calendar.attendance_ids.filtered(lambda a: a.dayofweek == "4").unlink()
        self.assertMoved("2026-03-10 17:00")

    def test_hours_written_with_the_calendar_make_one_version(self):
        before = self.versions()
        self.calendar.write(
            {
                "attendance_ids": [
                    *(Command.delete(a.id) for a in self.calendar.attendance_ids),
                    *self.hour_commands(("0123", 8, 16), ("4", 8, 11)),
                ],
                "leave_ids": [
                    Command.create(
                        {
                            "name": name,
                            "date_from": wall(f"{name} 00:00"),
                            "date_to": wall(f"{name} 23:59:59"),
                        }
                    )
                    for name in ("2026-03-04", "2026-03-05")
                ],
            }
        )
        self.assertEqual(self.versions(), before + 1)
        self.assertMoved("2026-03-11 16:00")
        self.assertEqual(self.journal(self.running), ["start", "recalculate"])

    def test_name_of_a_calendar_makes_no_version(self):
        before = self.calendar.sla_version
        self.calendar.write({"name": "Desk", "active": False})
        self.assertEqual(self.calendar.sla_version, before)

    def test_zone_edited(self):
        self.calendar.tz = "Asia/Jayapura"
        self.assertMoved("2026-03-09 15:00")

    def test_leave_taken_over_from_another_calendar(self):
        other = self.make_calendar()
        leave = self.add_leave("2026-03-05", calendar=other)
        elsewhere = self.make_ticket(
            team_id=self.team.copy({"sla_calendar_id": other.id}).id
        )
        self.assertDeadline(elsewhere, "2026-03-10 17:00")
        leave.calendar_id = self.calendar
        self.assertDeadline(elsewhere, "2026-03-09 17:00")
        self.assertMoved("2026-03-10 17:00")
        other.leave_ids = [Command.link(leave.id)]
        self.assertDeadline(elsewhere, "2026-03-10 17:00")
        self.assertMoved("2026-03-09 17:00")

    def test_leave_that_becomes_one_of_a_person(self):
        resource = self.env["resource.resource"].create(
            {"name": "Sari", "calendar_id": self.calendar.id}
        )
        leave = self.add_leave("2026-03-05")
        leave.resource_id = resource
        self.assertMoved("2026-03-09 17:00")
        leave.resource_id = False
        self.assertMoved("2026-03-10 17:00")

    def test_leave_on_no_calendar(self):
        self.calendar.company_id = self.company
        self.calendar.write(
            {
                "tz": "Asia/Jakarta",
                "attendance_ids": [Command.clear()]
                + self.hour_commands(("01234", 9, 17)),
            }
        )
        leave = self.add_leave("2026-03-05", calendar=self.env["resource.calendar"])
        self.assertFalse(leave.calendar_id)
        self.assertMoved("2026-03-10 17:00")
        leave.unlink()
        self.assertMoved("2026-03-09 17:00")

    def test_new_hours_of_team_or_company_move_no_clock(self):
        self.company.sla_calendar_id = self.make_calendar([("0", 9, 17)])
        self.team.sla_calendar_id = self.make_calendar([("1", 9, 17)])
        self.sweep()
        self.assertMoved("2026-03-09 17:00")
        self.assertEqual(self.journal(self.running), ["start"])

    def test_missed_before_the_holiday_was_added(self):
        self.travel("2026-03-09 18:00")
        self.add_leave("2026-03-05")
        self.assertEqual(self.journal(self.running), ["start", "breach", "recalculate"])
        self.assertFalse(self.running.sla_missed)

    def test_calendar_that_becomes_flexible(self):
        self.calendar.schedule_type = "flexible"
        self.assertMoved("2026-03-09 17:00")
        self.assertEqual(self.journal(self.running), ["start"])
        new = self.make_ticket()
        self.assertFalse(new.sla_deadline)
        self.assertIn("no fixed opening", new.sla_unset_reason)
        # no number of days is invented for those that keep their date
        self.assertEqual(self.running.sla_remaining_label, "On track")
        self.travel("2026-03-12 10:00")
        self.sweep()
        self.assertEqual(self.running.sla_state, "overdue")
        self.move(self.running, "resolved", "2026-03-12 10:00")
        self.assertEqual(self.running.sla_result, "late")
        self.assertEqual(self.clock_of(self.running).late_days, 0)
        # mended: the new one gets its date, the paused one is counted again
        self.calendar.schedule_type = "fully_fixed"
        self.assertDeadline(new, "2026-03-09 17:00")
        self.assertFalse(new.sla_unset_reason)
        self.assertDeadline(self.paused, "2026-03-09 17:00")

    def test_hours_emptied_and_typed_anew_move_nothing_in_between(self):
        self.calendar.attendance_ids.unlink()
        self.assertMoved("2026-03-09 17:00")
        new = self.make_ticket()
        self.assertIn("are empty", new.sla_unset_reason)
        self.calendar.attendance_ids = self.hour_commands(("01234", 9, 17))
        self.assertDeadline(new, "2026-03-09 17:00")
        self.assertEqual(self.journal(self.running), ["start"])

    def test_version_of_a_change_taken_back_is_never_given_again(self):
        before = self.calendar.sla_version
        with self.env.cr.savepoint() as savepoint:
            self.add_leave("2026-03-05")
            taken_back = self.calendar.sla_version
            self.assertDeadline(self.running, "2026-03-10 17:00")
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertEqual(self.calendar.sla_version, before)
        self.assertDeadline(self.make_ticket(), "2026-03-09 17:00")
        self.add_leave("2026-03-14")
        self.assertGreater(self.calendar.sla_version, taken_back)
        self.assertDeadline(self.running, "2026-03-09 17:00")
        self.assertDeadline(self.make_ticket(), "2026-03-09 17:00")

    def test_what_is_too_much_for_the_form_is_left_to_the_sweep(self):
        self.patch(sla_clock, "RECOUNT_AT_ONCE", 1)
        cron = self.env.ref("klikumkm_sla.ir_cron_sweep")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.add_leave("2026-03-05")
        self.assertDeadline(self.running, "2026-03-10 17:00")
        self.assertDeadline(self.paused, "2026-03-09 17:00")
        self.assertEqual(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]),
            triggers + 1,
        )
        self.sweep()
        self.assertMoved("2026-03-10 17:00")

    def test_leads_change_hours_without_rights_on_clocks(self):
        lead = new_test_user(
            self.env, "sla_lead", "klikumkm_complaint.group_complaint_lead"
        )
        self.env["resource.calendar.leaves"].with_user(lead).with_context(
            default_state="cancelled", default_result="met", active_test=False
        ).create(
            {
                "name": "Local election",
                "calendar_id": self.calendar.id,
                "date_from": wall("2026-03-05 00:00"),
                "date_to": wall("2026-03-05 23:59:59"),
            }
        )
        self.assertMoved("2026-03-10 17:00")
        self.assertEqual(self.events(self.running, "recalculate").user_id, lead)


@tagged("post_install", "-at_install")
class TestHolidays(SlaCase):
    """The loader, with what the package ``holidays`` knows (domain.md 3.2)."""

    def load(self, *years, calendar=None):
        return (calendar or self.calendar)._load_indonesian_holidays(years)

    def working_days_of(self, year):
        table = self.calendar._get_working_days(
            datetime(2025, 1, 1), datetime(2027, 12, 31)
        )
        return sum(day.year == year for day in table.dates)

    def test_three_years(self):
        added, skipped, without_joint = self.load(2025, 2026, 2027)
        self.assertEqual(
            [self.working_days_of(year) for year in (2025, 2026, 2027)],
            [237, 240, 242],
        )
        self.assertFalse(without_joint)
        self.assertEqual(len(added) + len(skipped), 28 + 25 + 26)
        self.assertTrue(all(day.weekday() >= 5 for day in skipped))
        self.assertEqual(set(skipped.values()), {"closed already"})
        national = added.filtered(lambda leave: leave.sla_kind == "national")
        joint = added - national
        self.assertEqual(set(joint.mapped("sla_kind")), {"joint"})
        joint.unlink()
        self.assertEqual(
            [self.working_days_of(year) for year in (2025, 2026, 2027)],
            [248, 248, 250],
        )

    def test_rows(self):
        added, _skipped, _without = self.load(2026)
        self.assertEqual(added.calendar_id, self.calendar)
        self.assertEqual(set(added.mapped("time_type")), {"leave"})
        self.assertEqual(
            set(added.mapped("sla_source")), {f"holidays {holidays.__version__}"}
        )
        by_date = {local(leave.date_from)[:10]: leave for leave in added}
        self.assertEqual(len(by_date), len(added))
        for leave in added:
            self.assertEqual(local(leave.date_from)[11:], "00:00:00")
            self.assertEqual(local(leave.date_to)[11:], "23:59:59")
            self.assertEqual(local(leave.date_from)[:10], local(leave.date_to)[:10])
        new_year = by_date["2026-01-01"]
        self.assertEqual(
            (new_year.name, new_year.sla_kind), ("Tahun Baru Masehi", "national")
        )

    def test_language_of_the_process_does_not_matter(self):
        with patch.dict("os.environ", {"LANG": "C.UTF-8", "LANGUAGE": "en_US"}):
            added, _skipped, _without = self.load(2026)
        self.assertIn("Tahun Baru Masehi", added.mapped("name"))

    def test_estimated_dates_are_marked(self):
        added, _skipped, _without = self.load(2026, 2027)
        self.assertEqual(
            [
                local(leave.date_from)[:10]
                for leave in added.sorted("date_from")
                if leave.sla_estimated
            ],
            ["2027-03-10", "2027-03-11", "2027-05-17"],
        )

    def test_second_run_adds_nothing(self):
        added, _skipped, _without = self.load(2026)
        version = self.calendar.sla_version
        again, skipped, _without = self.load(2026)
        self.assertFalse(again)
        self.assertEqual(self.calendar.sla_version, version)
        self.assertLess(
            {date.fromisoformat(local(leave.date_from)[:10]) for leave in added},
            set(skipped),
        )

    def test_whole_load_makes_one_version(self):
        before = self.versions()
        self.load(2026)
        self.assertEqual(self.versions(), before + 1)

    def test_rows_typed_by_hand_are_untouched(self):
        mine = self.add_leave("2026-01-01", name="New Year, typed by hand")
        half = self.add_leave("2026-12-24 12:00", "2026-12-24 23:59:59", name="Half")
        before = (mine | half).read(["name", "date_from", "date_to", "sla_source"])
        added, skipped, _without = self.load(2026)
        self.assertIn(date(2026, 1, 1), skipped)
        # open for half a day: the whole day off is added beside it
        if "hr.leave" not in self.env:
            self.assertIn(
                "2026-12-24", [local(leave.date_from)[:10] for leave in added]
            )
        self.assertEqual(
            (mine | half).read(["name", "date_from", "date_to", "sla_source"]), before
        )

    def test_year_not_decreed_yet_is_reported(self):
        _added, _skipped, without_joint = self.load(2027, 2028)
        self.assertEqual(without_joint, [2028])

    def test_zone_of_the_calendar(self):
        calendar = self.make_calendar(tz="Asia/Jayapura")
        added, _skipped, _without = self.load(2026, calendar=calendar)
        self.assertEqual(min(added.mapped("date_from")), datetime(2025, 12, 31, 15))

    def test_running_clocks_are_recounted(self):
        ticket = self.make_ticket("2026-03-13 10:00")
        self.assertDeadline(ticket, "2026-03-20 17:00")
        self.load(2026)
        self.assertDeadline(ticket, "2026-03-27 17:00")
        self.assertEqual(self.journal(ticket), ["start", "recalculate"])

    def test_row_that_another_module_refuses_is_a_warning(self):
        Leaves = type(self.env["resource.calendar.leaves"])
        original = Leaves.create
        reason = "Two public holidays cannot overlap"

        def create(leaves, vals_list):
            records = original(leaves, vals_list)
            if any(local(leave.date_from)[:10] == "2026-01-01" for leave in records):
                raise ValidationError(reason)
            return records

        with (
            patch.object(Leaves, "create", create),
            self.assertLogs(CALENDAR_LOGGER, "WARNING") as logs,
        ):
            added, skipped, _without = self.load(2026)
        self.assertEqual(len(logs.records), 1)
        self.assertEqual(skipped[date(2026, 1, 1)], reason)
        self.assertEqual(self.calendar.leave_ids, added)
        self.assertEqual(self.working_days_of(2026), 241)

    def test_row_that_the_database_refuses_is_a_warning(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX ON resource_calendar_leaves (calendar_id, date_from)"
        )
        # in the way without closing the day
        self.add_leave("2026-01-01", time_type="other")
        with (
            mute_logger("odoo.sql_db"),
            self.assertLogs(CALENDAR_LOGGER, "WARNING"),
        ):
            added, skipped, _without = self.load(2026)
        self.assertIn(date(2026, 1, 1), skipped)
        self.assertEqual(self.working_days_of(2026), 241)
        self.assertEqual(len(added.exists()), len(added))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.add_leave("2026-01-01")

    def test_zone_of_whoever_loads_does_not_matter(self):
        # As hr_holidays does for users of another zone than the calendar's.
        Leaves = type(self.env["resource.calendar.leaves"])
        original = Leaves.create

        def create(leaves, vals_list):
            if vals_list.get("calendar_id"):
                for name in ("date_from", "date_to"):
                    vals_list[name] -= timedelta(hours=7)
            return original(leaves, vals_list)

        with patch.object(Leaves, "create", create):
            added, _skipped, _without = self.load(2026)
        for leave in added:
            self.assertEqual(local(leave.date_from)[11:], "00:00:00")
            self.assertEqual(local(leave.date_to)[11:], "23:59:59")

    def test_overlap_that_hr_holidays_refuses(self):
        if "hr.leave" not in self.env:
            return  # installing it takes minutes; the three tests above stand in
        self.env.user.tz = "UTC"
        self.calendar.company_id = self.company
        self.calendar.write(
            {
                "tz": "Asia/Jakarta",
                "attendance_ids": [Command.clear()]
                + self.hour_commands(("01234", 9, 17)),
            }
        )
        # a row of the company that closes half of New Year's Day
        self.add_leave("2026-01-01 12:00", "2026-01-01 23:59:59")
        with self.assertLogs(CALENDAR_LOGGER, "WARNING") as logs:
            added, skipped, _without = self.load(2026)
        self.assertEqual(len(logs.records), 1)
        self.assertIn("overlap", skipped[date(2026, 1, 1)])
        self.assertEqual({local(leave.date_from)[11:] for leave in added}, {"00:00:00"})
