# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Examples of each rule of time, and a day-by-day recount of random calendars.

Examples are written in local time of Jakarta unless a zone is named. 2026-03-02 is a
Monday.
"""

import pickle
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytz
from holidays import country_holidays
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.klikumkm_sla.working_days import Gap, WorkingDays

JAKARTA = ZoneInfo("Asia/Jakarta")
BERLIN = ZoneInfo("Europe/Berlin")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
APIA = ZoneInfo("Pacific/Apia")

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

OFFICE_WEEK = (*[["09:00-17:00"]] * 5, [], [])


def wall(text, tz=JAKARTA):
    """Return local time such as "2026-03-02 17:00" as naive UTC."""
    return _naive_utc(datetime.fromisoformat(text).replace(tzinfo=tz))


def gap(start, end):
    return Gap(wall(start), wall(end))


def intervals_of(weeks, tz, first, last, other_days):
    """Return the opening hours between two dates as aware datetimes.

    :param weeks: hours of one or two weeks from Monday, as lists of "09:00-17:00"
    :param other_days: hours by ISO date, instead of those of the week
    """
    intervals = []
    for number in range((last - first).days + 1):
        day = first + DAY * number
        position = (day - date(2026, 3, 2)).days % len(weeks)
        for hours in other_days.get(day.isoformat(), weeks[position]):
            start, end = hours.split("-")
            day_of_end = day + DAY if end == "24:00" else day
            intervals.append(
                (
                    datetime.fromisoformat(f"{day} {start}").replace(tzinfo=tz),
                    datetime.fromisoformat(
                        f"{day_of_end} {end.replace('24:00', '00:00')}"
                    ).replace(tzinfo=tz),
                )
            )
    return intervals


def working_days(
    weeks=None,
    tz=JAKARTA,
    first=date(2026, 1, 1),
    last=date(2027, 12, 31),
    closed=(),
    other_days=None,
):
    weeks = weeks or OFFICE_WEEK
    other_days = {**{str(day): [] for day in closed}, **(other_days or {})}
    intervals = intervals_of(weeks, tz, first, last, other_days)
    return WorkingDays.from_intervals(intervals, tz, first, last)


def one_interval(start, end, tz):
    """Return the table of a calendar open without a break from ... to."""
    start = datetime.fromisoformat(start).replace(tzinfo=tz)
    end = datetime.fromisoformat(end).replace(tzinfo=tz)
    last = (end - SECOND).date()
    return WorkingDays.from_intervals([(start, end)], tz, start.date(), last)


def _naive_utc(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


class WorkingDaysCase(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office = working_days()

    def assertDeadline(self, start, days, expected, *gaps, table=None):
        table = table or self.office
        self.assertEqual(
            table.count_deadline(wall(start, table.tz), days, gaps),
            wall(expected, table.tz),
        )

    def assertNoDeadline(self, start, days, *gaps, table=None):
        table = table or self.office
        self.assertIsNone(table.count_deadline(wall(start, table.tz), days, gaps))

    def assertClosings(self, table, *expected):
        self.assertEqual(
            table.closings, tuple(wall(text, table.tz) for text in expected)
        )
        self.assertEqual(
            table.dates, tuple(date.fromisoformat(text[:10]) for text in expected)
        )


class TestDayZero(WorkingDaysCase):
    def test_hour_of_receipt_does_not_matter(self):
        hours = ["00:00", "07:00", "09:00", "10:00", "16:59", "17:00", "20:00", "23:59"]
        for hour in hours:
            with self.subTest(hour=hour):
                self.assertDeadline(f"2026-03-02 {hour}", 2, "2026-03-04 17:00")

    def test_weekend_is_left_out(self):
        self.assertDeadline("2026-03-06 20:00", 2, "2026-03-10 17:00")

    def test_received_on_a_saturday_or_sunday_counts_from_monday(self):
        self.assertDeadline("2026-03-07 00:00", 2, "2026-03-10 17:00")
        self.assertDeadline("2026-03-08 23:59:59", 2, "2026-03-10 17:00")

    def test_one_day_is_the_next_working_day(self):
        self.assertDeadline("2026-03-02 10:00", 1, "2026-03-03 17:00")

    def test_received_on_a_holiday_counts_from_the_next_working_day(self):
        table = working_days(closed=["2026-03-03"])
        self.assertDeadline("2026-03-03 10:00", 1, "2026-03-04 17:00", table=table)

    def test_holiday_on_the_way_is_left_out(self):
        table = working_days(closed=["2026-03-03"])
        self.assertDeadline("2026-03-02 10:00", 2, "2026-03-05 17:00", table=table)

    def test_day_zero_is_the_local_date_not_the_date_in_utc(self):
        # 23:30 UTC on Monday is Tuesday in Jakarta.
        start = datetime(2026, 3, 2, 23, 30)
        self.assertEqual(self.office.count_deadline(start, 1), wall("2026-03-04 17:00"))

    def test_lunch_break_does_not_end_the_day(self):
        table = working_days([["09:00-12:00", "13:00-17:00"]] * 5 + [[], []])
        for hour in ["07:00", "10:00", "12:00", "12:30", "13:00", "17:00"]:
            with self.subTest(hour=hour):
                self.assertDeadline(
                    f"2026-03-02 {hour}", 1, "2026-03-03 17:00", table=table
                )

    def test_count_goes_over_the_end_of_the_year(self):
        table = working_days(closed=["2026-12-25", "2027-01-01"])
        self.assertDeadline("2026-12-30 10:00", 2, "2027-01-04 17:00", table=table)

    def test_less_than_one_day_is_refused(self):
        for days in [0, -1]:
            with self.subTest(days=days), self.assertRaises(ValueError):
                self.office.count_deadline(wall("2026-03-02 10:00"), days)

    def test_check_values_with_indonesian_holidays_and_joint_leave(self):
        holidays = country_holidays(
            "ID",
            years=range(2026, 2028),
            categories=("public", "government"),
            language="id",
        )
        table = working_days(closed=holidays)
        for start, days, expected in [
            ("2026-03-13", 5, "2026-03-27"),
            ("2026-03-13", 10, "2026-04-06"),
            ("2026-03-13", 20, "2026-04-20"),
            ("2026-12-18", 20, "2027-01-21"),
        ]:
            with self.subTest(start=start, days=days):
                self.assertDeadline(
                    f"{start} 10:00", days, f"{expected} 17:00", table=table
                )


class TestGaps(WorkingDaysCase):
    """Without a gap, Monday 2026-03-02 10:00 and 2 days are Wednesday 17:00."""

    def assertTwoDays(self, expected, *gaps, table=None):
        self.assertDeadline("2026-03-02 10:00", 2, expected, *gaps, table=table)

    def test_gap_within_a_working_day_changes_nothing(self):
        self.assertTwoDays(
            "2026-03-04 17:00", gap("2026-03-03 09:00", "2026-03-03 16:59:59")
        )

    def test_closing_in_a_gap_is_not_counted(self):
        self.assertTwoDays(
            "2026-03-05 17:00", gap("2026-03-03 16:59", "2026-03-03 17:01")
        )

    def test_gap_over_a_night_changes_nothing(self):
        self.assertTwoDays(
            "2026-03-04 17:00", gap("2026-03-03 17:00:01", "2026-03-04 09:00")
        )

    def test_gap_over_a_weekend_changes_nothing(self):
        self.assertDeadline(
            "2026-03-05 10:00",
            2,
            "2026-03-09 17:00",
            gap("2026-03-06 18:00", "2026-03-09 08:00"),
        )

    def test_gap_over_a_holiday_changes_nothing(self):
        self.assertTwoDays(
            "2026-03-05 17:00",
            gap("2026-03-03 18:00", "2026-03-05 08:00"),
            table=working_days(closed=["2026-03-04"]),
        )

    def test_gap_that_begins_at_a_closing_contains_it(self):
        self.assertTwoDays(
            "2026-03-05 17:00", gap("2026-03-03 17:00", "2026-03-03 17:00:01")
        )

    def test_gap_that_ends_at_a_closing_does_not_contain_it(self):
        self.assertTwoDays(
            "2026-03-04 17:00", gap("2026-03-03 10:00", "2026-03-03 17:00")
        )

    def test_several_gaps_a_day_cost_that_day_once(self):
        short = [
            gap("2026-03-03 09:30", "2026-03-03 10:00"),
            gap("2026-03-03 11:00", "2026-03-03 12:00"),
            gap("2026-03-03 16:00", "2026-03-03 16:30"),
        ]
        self.assertTwoDays("2026-03-04 17:00", *short)
        over_closing = gap("2026-03-03 16:45", "2026-03-03 18:00")
        self.assertTwoDays("2026-03-05 17:00", *short, over_closing)

    def test_every_closing_in_a_long_gap_is_left_out(self):
        self.assertTwoDays(
            "2026-03-17 17:00", gap("2026-03-03 12:00", "2026-03-16 08:00")
        )

    def test_created_paused_counts_from_the_end_of_the_gap(self):
        pause = gap("2026-03-02 10:00", "2026-03-05 10:00")
        self.assertTwoDays("2026-03-06 17:00", pause)

    def test_gap_before_day_zero_has_no_effect(self):
        for start, end in [
            ("2026-02-23 10:00", "2026-02-25 10:00"),
            ("2026-02-25 10:00", "2026-03-01 23:59:59"),
            ("2026-02-25 10:00", "2026-03-02 09:00"),
        ]:
            with self.subTest(start=start, end=end):
                self.assertDeadline(
                    "2026-03-02 10:00", 1, "2026-03-03 17:00", gap(start, end)
                )

    def test_closings_before_day_zero_set_no_floor(self):
        pause = gap("2026-03-05 10:00", "2026-03-09 09:00")
        self.assertDeadline("2026-03-07 10:00", 1, "2026-03-09 17:00", pause)

    def test_gap_that_begins_before_the_table_has_the_same_effect(self):
        pause = gap("2026-02-20 10:00", "2026-03-04 10:00")
        expected = "2026-03-05 17:00"
        self.assertDeadline("2026-03-02 10:00", 1, expected, pause)
        table = working_days(first=date(2026, 3, 2))
        self.assertDeadline("2026-03-02 10:00", 1, expected, pause, table=table)

    def test_order_of_gaps_does_not_matter(self):
        gaps = [
            gap("2026-03-06 16:00", "2026-03-09 09:00"),
            gap("2026-03-03 16:00", "2026-03-03 18:00"),
            gap("2026-03-05 12:00", "2026-03-05 19:00"),
        ]
        self.assertTwoDays("2026-03-10 17:00", *gaps)
        self.assertTwoDays("2026-03-10 17:00", *reversed(gaps))

    def test_overlapping_gaps_cost_a_closing_once(self):
        gaps = [
            gap("2026-03-03 10:00", "2026-03-03 18:00"),
            gap("2026-03-03 12:00", "2026-03-03 17:30"),
            gap("2026-03-03 17:00", "2026-03-03 19:00"),
        ]
        self.assertTwoDays("2026-03-05 17:00", *gaps)

    def test_touching_gaps_are_one_gap(self):
        # Only the first part passes a closing, but the gap ends on Wednesday.
        gaps = [
            gap("2026-03-03 16:00", "2026-03-03 20:00"),
            gap("2026-03-03 20:00", "2026-03-04 09:00"),
        ]
        self.assertDeadline("2026-03-02 10:00", 1, "2026-03-05 17:00", *gaps)

    def test_gaps_a_second_apart_are_two_gaps(self):
        gaps = [
            gap("2026-03-03 16:00", "2026-03-03 20:00"),
            gap("2026-03-03 20:00:01", "2026-03-04 09:00"),
        ]
        self.assertDeadline("2026-03-02 10:00", 1, "2026-03-04 17:00", *gaps)

    def test_empty_and_reversed_gaps_have_no_effect(self):
        self.assertTwoDays(
            "2026-03-04 17:00",
            gap("2026-03-03 17:00", "2026-03-03 17:00"),
            gap("2026-03-05 10:00", "2026-03-03 10:00"),
        )

    def test_gaps_may_be_any_iterable(self):
        pause = gap("2026-03-03 16:00", "2026-03-03 18:00")
        start = wall("2026-03-02 10:00")
        self.assertEqual(
            self.office.count_deadline(start, 2, iter([pause])),
            self.office.count_deadline(start, 2, [pause]),
        )


class TestFloor(WorkingDaysCase):
    """Without a gap, Monday 2026-03-02 10:00 and 1 day are Tuesday 17:00."""

    def assertOneDay(self, expected, *gaps):
        self.assertDeadline("2026-03-02 10:00", 1, expected, *gaps)

    def test_gap_over_a_closing_leaves_a_whole_working_day(self):
        self.assertOneDay(
            "2026-03-04 17:00", gap("2026-03-02 16:00", "2026-03-03 16:00")
        )

    def test_gap_over_no_closing_leaves_the_rest_of_the_day(self):
        self.assertOneDay(
            "2026-03-03 17:00", gap("2026-03-02 17:00:01", "2026-03-03 16:00")
        )

    def test_gap_that_begins_at_the_closing_of_day_zero_passes_it(self):
        self.assertOneDay(
            "2026-03-04 17:00", gap("2026-03-02 17:00", "2026-03-03 16:00")
        )

    def test_gap_that_ends_at_a_closing_does_not_pass_it(self):
        self.assertOneDay(
            "2026-03-03 17:00", gap("2026-03-02 17:30", "2026-03-03 17:00")
        )

    def test_whole_day_follows_the_date_of_the_end_even_late_at_night(self):
        self.assertOneDay(
            "2026-03-04 17:00", gap("2026-03-03 12:00", "2026-03-03 23:59:59")
        )
        self.assertOneDay(
            "2026-03-05 17:00", gap("2026-03-03 12:00", "2026-03-04 00:00")
        )

    def test_gap_that_ends_on_a_weekend_leaves_monday(self):
        self.assertOneDay(
            "2026-03-09 17:00", gap("2026-03-03 12:00", "2026-03-07 12:00")
        )

    def test_created_paused_leaves_a_whole_working_day(self):
        self.assertOneDay(
            "2026-03-06 17:00", gap("2026-03-02 10:00", "2026-03-05 09:00")
        )

    def test_floor_never_makes_a_deadline_earlier(self):
        pause = gap("2026-03-02 16:00", "2026-03-03 09:00")
        self.assertDeadline("2026-03-02 10:00", 5, "2026-03-09 17:00", pause)

    def test_gap_after_the_deadline_passed_changes_nothing(self):
        self.assertOneDay(
            "2026-03-03 17:00", gap("2026-03-03 17:00:01", "2026-03-06 10:00")
        )

    def test_gap_that_begins_at_the_deadline_begins_before_it(self):
        self.assertOneDay(
            "2026-03-05 17:00", gap("2026-03-03 17:00", "2026-03-04 10:00")
        )

    def test_gap_before_the_floor_of_an_earlier_gap_has_a_floor_too(self):
        self.assertOneDay(
            "2026-03-06 17:00",
            gap("2026-03-02 16:00", "2026-03-03 16:00"),
            gap("2026-03-04 10:00", "2026-03-05 10:00"),
        )

    def test_gap_after_the_floor_of_an_earlier_gap_changes_nothing(self):
        self.assertOneDay(
            "2026-03-04 17:00",
            gap("2026-03-02 16:00", "2026-03-03 16:00"),
            gap("2026-03-04 17:00:01", "2026-03-05 18:00"),
        )

    def test_gaps_after_one_that_came_too_late_change_nothing(self):
        self.assertOneDay(
            "2026-03-03 17:00",
            gap("2026-03-04 10:00", "2026-03-04 11:00"),
            gap("2026-03-04 16:00", "2026-03-05 10:00"),
        )

    def test_floor_adds_no_days_to_the_count(self):
        # Thursday and Friday lie in the second gap; after its end Monday is enough.
        self.assertOneDay(
            "2026-03-09 17:00",
            gap("2026-03-02 11:00", "2026-03-05 10:00"),
            gap("2026-03-05 12:00", "2026-03-06 20:00"),
        )


class TestLateDays(WorkingDaysCase):
    def assertLate(self, expected, until, *gaps):
        deadline = wall("2026-03-04 17:00")
        self.assertEqual(self.office.late_days(deadline, wall(until), gaps), expected)

    def test_stop_at_the_deadline_is_not_late(self):
        self.assertLate(0, "2026-03-04 16:59:59")
        self.assertLate(0, "2026-03-04 17:00")

    def test_first_second_after_the_deadline_is_the_first_late_day(self):
        self.assertLate(1, "2026-03-04 17:00:01")

    def test_stop_at_a_closing_comes_before_it(self):
        self.assertLate(1, "2026-03-05 17:00")
        self.assertLate(2, "2026-03-05 17:00:01")

    def test_weekend_adds_no_late_day(self):
        self.assertLate(3, "2026-03-06 18:00")
        self.assertLate(3, "2026-03-09 17:00")

    def test_long_before_the_deadline_nothing_is_late(self):
        pause = gap("2026-03-02 10:00", "2026-03-03 18:00")
        self.assertLate(0, "2026-01-05 10:00", pause)

    def test_closings_in_gaps_are_not_late_days(self):
        self.assertLate(
            2,
            "2026-03-09 18:00",
            gap("2026-03-05 12:00", "2026-03-06 18:00"),
            gap("2026-03-06 16:00", "2026-03-07 10:00"),
        )

    def test_only_the_late_part_of_a_gap_is_left_out(self):
        self.assertLate(
            1,
            "2026-03-06 18:00",
            gap("2026-03-02 10:00", "2026-03-05 10:00"),
            gap("2026-03-06 17:00", "2026-03-10 10:00"),
        )


class TestRemainingDays(WorkingDaysCase):
    """The deadline is Wednesday 2026-03-04 17:00."""

    def assertRemaining(self, expected, now, *gaps):
        deadline = wall("2026-03-04 17:00")
        self.assertEqual(
            self.office.remaining_days(wall(now), deadline, gaps), expected
        )

    def test_days_left_do_not_count_today(self):
        self.assertRemaining(2, "2026-03-02 00:00")
        self.assertRemaining(2, "2026-03-02 23:59:59")
        self.assertRemaining(1, "2026-03-03 00:00")

    def test_weekend_is_no_day_left(self):
        self.assertRemaining(3, "2026-02-27 18:00")
        self.assertRemaining(3, "2026-03-01 12:00")

    def test_zero_on_the_day_it_is_due(self):
        self.assertRemaining(0, "2026-03-04 00:00")
        self.assertRemaining(0, "2026-03-04 17:00")

    def test_negative_from_the_first_second_after_the_deadline(self):
        self.assertRemaining(-1, "2026-03-04 17:00:01")
        self.assertRemaining(-1, "2026-03-05 17:00")
        self.assertRemaining(-2, "2026-03-05 17:00:01")

    def test_gaps_matter_after_the_deadline_only(self):
        pause = gap("2026-03-03 10:00", "2026-03-05 18:00")
        self.assertRemaining(1, "2026-03-03 12:00", pause)
        self.assertRemaining(-1, "2026-03-06 18:00", pause)

    def test_tomorrow_in_utc_is_still_today_in_jakarta(self):
        now = datetime(2026, 3, 3, 16, 59, 59)
        deadline = wall("2026-03-04 17:00")
        self.assertEqual(self.office.remaining_days(now, deadline), 1)
        self.assertEqual(self.office.remaining_days(now + SECOND, deadline), 0)


class TestSpentDays(WorkingDaysCase):
    def assertSpent(self, start, until, used, paused, *gaps):
        self.assertEqual(
            self.office.spent_days(wall(start), wall(until), gaps), (used, paused)
        )

    def test_days_after_the_day_of_receipt_up_to_that_of_the_answer(self):
        for start, until, used in (
            ("2026-03-02 10:00", "2026-03-02 18:00", 0),
            ("2026-03-02 10:00", "2026-03-03 07:00", 1),
            ("2026-03-02 10:00", "2026-03-03 20:00", 1),
            ("2026-03-06 10:00", "2026-03-08 10:00", 0),
            ("2026-03-06 10:00", "2026-03-09 10:00", 1),
        ):
            with self.subTest(start=start, until=until):
                self.assertSpent(start, until, used, 0)

    def test_days_whose_closing_lies_in_a_gap_are_counted_apart(self):
        pause = gap("2026-03-03 10:00", "2026-03-05 10:00")
        self.assertSpent("2026-03-02 10:00", "2026-03-06 10:00", 2, 2, pause)
        self.assertSpent("2026-03-02 10:00", "2026-03-06 10:00", 2, 2, pause, pause)
        self.assertSpent("2026-03-04 10:00", "2026-03-06 10:00", 2, 0, pause)

    def test_end_before_the_start_used_none(self):
        pause = gap("2026-03-01 10:00", "2026-03-08 10:00")
        self.assertSpent("2026-03-04 10:00", "2026-03-02 10:00", 0, 0, pause)


class TestLookUp(WorkingDaysCase):
    def test_next_closing_is_the_one_of_the_next_working_day(self):
        for now, expected in [
            ("2026-03-02 08:00", "2026-03-03 17:00"),
            ("2026-03-02 17:00", "2026-03-03 17:00"),
            ("2026-03-06 23:59:59", "2026-03-09 17:00"),
            ("2026-03-08 00:00", "2026-03-09 17:00"),
        ]:
            with self.subTest(now=now):
                self.assertEqual(self.office.next_closing(wall(now)), wall(expected))

    def test_no_next_closing_after_the_end_of_the_table(self):
        self.assertIsNone(self.office.next_closing(wall("2027-12-31 08:00")))

    def test_closing_of_a_date(self):
        self.assertEqual(
            self.office.closing_of(date(2026, 3, 2)), wall("2026-03-02 17:00")
        )
        for day in [date(2026, 3, 7), date(2025, 12, 31), date(2028, 1, 3)]:
            with self.subTest(day=day):
                self.assertIsNone(self.office.closing_of(day))

    def test_closing_after_a_date(self):
        self.assertEqual(
            self.office.closing_after(date(2026, 3, 6)), wall("2026-03-09 17:00")
        )
        self.assertIsNone(self.office.closing_after(date(2027, 12, 31)))

    def test_working_day(self):
        self.assertTrue(self.office.is_working_day(date(2026, 3, 6)))
        self.assertFalse(self.office.is_working_day(date(2026, 3, 7)))

    def test_local_date_changes_at_local_midnight(self):
        self.assertEqual(
            self.office.local_date(datetime(2026, 3, 2, 16, 59, 59)), date(2026, 3, 2)
        )
        self.assertEqual(
            self.office.local_date(datetime(2026, 3, 2, 17, 0)), date(2026, 3, 3)
        )

    def test_skipped_days_explain_the_deadline(self):
        table = working_days(closed=["2026-03-09"])
        start = wall("2026-03-05 10:00")
        self.assertEqual(
            table.skipped_days(start, table.count_deadline(start, 2)),
            [date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9)],
        )

    def test_day_zero_is_not_skipped_even_if_it_is_not_open(self):
        start = wall("2026-03-07 10:00")
        self.assertEqual(
            self.office.skipped_days(start, wall("2026-03-09 17:00")),
            [date(2026, 3, 8)],
        )

    def test_date_of_the_deadline_is_skipped_if_it_is_no_longer_open(self):
        table = working_days(closed=["2026-03-04"])
        self.assertEqual(
            table.skipped_days(wall("2026-03-02 10:00"), wall("2026-03-04 17:00")),
            [date(2026, 3, 4)],
        )


class TestNoDeadline(WorkingDaysCase):
    def test_calendar_without_a_working_day(self):
        table = working_days([[]] * 7)
        self.assertNoDeadline("2026-03-02 10:00", 1, table=table)
        self.assertIsNone(table.next_closing(wall("2026-03-02 10:00")))

    def test_deadline_on_the_last_date_of_the_table_is_known(self):
        self.assertDeadline("2027-12-29 10:00", 2, "2027-12-31 17:00")
        self.assertNoDeadline("2027-12-29 10:00", 3)

    def test_gap_that_ends_after_the_table(self):
        self.assertNoDeadline(
            "2027-12-29 10:00", 1, gap("2027-12-30 10:00", "2028-01-03 10:00")
        )

    def test_floor_after_the_table(self):
        self.assertNoDeadline(
            "2027-12-30 10:00", 1, gap("2027-12-30 16:00", "2027-12-31 10:00")
        )

    def test_start_before_the_table(self):
        self.assertNoDeadline("2025-12-31 23:59:59", 1)
        self.assertDeadline("2026-01-01 00:00", 1, "2026-01-02 17:00")

    def test_deadline_lies_within_five_years(self):
        for start, closing, is_within in [
            ("2026-03-02 23:00", "2031-03-02 17:00", True),
            ("2026-03-02 01:00", "2031-03-03 17:00", False),
            ("2028-02-29 10:00", "2033-02-28 17:00", True),
            ("2028-02-29 10:00", "2033-03-01 17:00", False),
        ]:
            with self.subTest(start=start, closing=closing):
                table = WorkingDays(
                    closings=(wall(closing),),
                    dates=(date.fromisoformat(closing[:10]),),
                    tz=JAKARTA,
                    first=date(2026, 1, 1),
                    last=date(2040, 12, 31),
                )
                if is_within:
                    self.assertDeadline(start, 1, closing, table=table)
                else:
                    self.assertNoDeadline(start, 1, table=table)


class TestOpeningHours(WorkingDaysCase):
    def test_days_may_close_at_different_hours(self):
        short_friday = [["09:00-17:00"]] * 4 + [["09:00-11:30"], ["09:00-12:00"], []]
        table = working_days(short_friday)
        self.assertDeadline("2026-03-05 16:00", 1, "2026-03-06 11:30", table=table)
        self.assertDeadline("2026-03-05 16:00", 2, "2026-03-07 12:00", table=table)
        self.assertDeadline("2026-03-06 16:00", 2, "2026-03-09 17:00", table=table)

    def test_two_week_calendar(self):
        table = working_days(
            [*OFFICE_WEEK, ["08:00-16:00"], [], ["08:00-16:00"], *[[]] * 4]
        )
        self.assertDeadline("2026-03-06 10:00", 1, "2026-03-09 16:00", table=table)
        self.assertDeadline("2026-03-06 10:00", 2, "2026-03-11 16:00", table=table)
        self.assertDeadline("2026-03-06 10:00", 3, "2026-03-16 17:00", table=table)

    def test_half_day_leave_moves_the_closing_and_keeps_the_day(self):
        table = working_days(
            other_days={"2026-03-03": ["09:00-12:00"], "2026-03-04": ["13:00-17:00"]}
        )
        self.assertDeadline("2026-03-02 10:00", 1, "2026-03-03 12:00", table=table)
        self.assertDeadline("2026-03-02 10:00", 2, "2026-03-04 17:00", table=table)
        afternoon = gap("2026-03-03 13:00", "2026-03-03 18:00")
        self.assertDeadline(
            "2026-03-02 10:00", 2, "2026-03-04 17:00", afternoon, table=table
        )

    def test_midnight_as_closing_is_the_last_second_of_the_date(self):
        table = working_days([["00:00-24:00"]] * 7)
        self.assertDeadline("2026-03-02 10:00", 1, "2026-03-03 23:59:59", table=table)

    def test_midnight_as_odoo_writes_it_is_the_last_second_of_the_date(self):
        table = working_days([["00:00-23:59:59.999999"]] * 7)
        self.assertDeadline("2026-03-02 10:00", 1, "2026-03-03 23:59:59", table=table)

    def test_second_left_over_by_a_leave_is_no_working_day(self):
        for midnight in ["24:00", "23:59:59.999999"]:
            with self.subTest(midnight=midnight):
                table = working_days(
                    [[f"00:00-{midnight}"]] * 7,
                    other_days={"2026-03-03": [f"23:59:59-{midnight}"]},
                )
                self.assertFalse(table.is_working_day(date(2026, 3, 3)))
                self.assertDeadline(
                    "2026-03-02 10:00", 1, "2026-03-04 23:59:59", table=table
                )

    def test_second_left_over_by_a_leave_does_not_close_a_half_day(self):
        table = working_days(
            [["00:00-24:00"]] * 7,
            other_days={"2026-03-03": ["00:00-12:00", "23:59:59-24:00"]},
        )
        self.assertDeadline("2026-03-02 10:00", 1, "2026-03-03 12:00", table=table)

    def test_opening_of_one_minute_makes_a_working_day(self):
        table = working_days(
            other_days={
                "2026-03-03": ["09:00-09:00:59"],
                "2026-03-04": ["09:00-09:01"],
            }
        )
        self.assertDeadline("2026-03-02 10:00", 1, "2026-03-04 09:01", table=table)

    def test_opening_in_touching_pieces_counts_as_a_whole(self):
        table = working_days(
            other_days={"2026-03-03": ["09:00-09:00:40", "09:00:40-09:01:20"]}
        )
        self.assertDeadline("2026-03-02 10:00", 1, "2026-03-03 09:01:20", table=table)

    def test_night_shift_belongs_to_the_dates_it_falls_on(self):
        table = one_interval("2026-03-02 22:00", "2026-03-03 06:00", JAKARTA)
        self.assertClosings(table, "2026-03-02 23:59:59", "2026-03-03 06:00")

    def test_night_shifts_of_a_week(self):
        shifts = [
            (
                datetime(2026, 3, day, 22, tzinfo=JAKARTA),
                datetime(2026, 3, day + 1, 6, tzinfo=JAKARTA),
            )
            for day in range(2, 7)
        ]
        table = WorkingDays.from_intervals(
            shifts, JAKARTA, date(2026, 3, 2), date(2026, 3, 8)
        )
        self.assertDeadline("2026-03-02 05:00", 4, "2026-03-06 23:59:59", table=table)
        self.assertDeadline("2026-03-02 05:00", 5, "2026-03-07 06:00", table=table)
        self.assertFalse(table.is_working_day(date(2026, 3, 8)))

    def test_order_and_overlap_of_intervals_do_not_matter(self):
        first, last = date(2026, 3, 2), date(2026, 3, 6)
        intervals = intervals_of(OFFICE_WEEK, JAKARTA, first, last, {})
        inner = [(a + timedelta(hours=1), b - timedelta(hours=1)) for a, b in intervals]
        mixed = inner + intervals[::-1] + intervals
        self.assertEqual(
            WorkingDays.from_intervals(mixed, JAKARTA, first, last),
            WorkingDays.from_intervals(intervals, JAKARTA, first, last),
        )

    def test_intervals_outside_the_covered_dates_are_dropped(self):
        intervals = intervals_of(
            OFFICE_WEEK, JAKARTA, date(2026, 3, 2), date(2026, 3, 6), {}
        )
        table = WorkingDays.from_intervals(
            intervals, JAKARTA, date(2026, 3, 3), date(2026, 3, 4)
        )
        self.assertClosings(table, "2026-03-03 17:00", "2026-03-04 17:00")

    def test_table_is_a_value(self):
        same = working_days()
        self.assertEqual(same, self.office)
        self.assertEqual(hash(same), hash(self.office))
        self.assertEqual(pickle.loads(pickle.dumps(self.office)), self.office)
        self.assertNotEqual(working_days(closed=["2026-03-03"]), self.office)
        with self.assertRaises(AttributeError):
            same.closings = ()


class TestZones(WorkingDaysCase):
    def test_pytz_and_zoneinfo_give_the_same_table(self):
        first, last = date(2026, 3, 1), date(2026, 11, 30)
        intervals = intervals_of([["00:00-24:00"]] * 7, BERLIN, first, last, {})
        expected = WorkingDays.from_intervals(intervals, BERLIN, first, last)
        zone = pytz.timezone("Europe/Berlin")
        table = WorkingDays.from_intervals(
            [(a.astimezone(zone), b.astimezone(zone)) for a, b in intervals],
            zone,
            first,
            last,
        )
        self.assertEqual(table.closings, expected.closings)
        self.assertEqual(table.dates, expected.dates)
        start = datetime(2026, 3, 27, 22, 59)
        self.assertEqual(
            table.count_deadline(start, 2), expected.count_deadline(start, 2)
        )
        self.assertEqual(pickle.loads(pickle.dumps(table)), table)

    def test_intervals_may_be_in_another_zone(self):
        first, last = date(2026, 3, 2), date(2026, 3, 13)
        intervals = intervals_of(OFFICE_WEEK, JAKARTA, first, last, {})
        elsewhere = [(a.astimezone(BERLIN), b.astimezone(BERLIN)) for a, b in intervals]
        self.assertEqual(
            WorkingDays.from_intervals(elsewhere, JAKARTA, first, last),
            WorkingDays.from_intervals(intervals, JAKARTA, first, last),
        )

    def test_closing_keeps_its_local_hour_when_summer_time_begins(self):
        table = working_days(tz=BERLIN)
        self.assertDeadline("2026-03-27 18:00", 1, "2026-03-30 17:00", table=table)
        self.assertEqual(
            table.closing_of(date(2026, 3, 30)), datetime(2026, 3, 30, 15, 0)
        )

    def test_closing_keeps_its_local_hour_when_summer_time_ends(self):
        table = working_days(tz=BERLIN)
        self.assertDeadline("2026-10-23 18:00", 1, "2026-10-26 17:00", table=table)
        self.assertEqual(
            table.closing_of(date(2026, 10, 26)), datetime(2026, 10, 26, 16, 0)
        )

    def test_date_of_23_hours_ends_at_its_midnight(self):
        table = one_interval("2026-03-28 08:00", "2026-03-31 00:00", BERLIN)
        self.assertEqual(
            table.closings,
            (
                datetime(2026, 3, 28, 22, 59, 59),
                datetime(2026, 3, 29, 21, 59, 59),
                datetime(2026, 3, 30, 21, 59, 59),
            ),
        )

    def test_date_of_25_hours_ends_at_its_midnight(self):
        table = one_interval("2026-10-24 08:00", "2026-10-27 00:00", BERLIN)
        self.assertEqual(
            table.closings,
            (
                datetime(2026, 10, 24, 21, 59, 59),
                datetime(2026, 10, 25, 22, 59, 59),
                datetime(2026, 10, 26, 22, 59, 59),
            ),
        )

    def test_date_ends_where_the_clock_jumps_over_midnight(self):
        # In 2018 summer time began at 00:00 on 4 November: it was 01:00 at once.
        table = one_interval("2018-11-03 20:00", "2018-11-05 00:00", SAO_PAULO)
        self.assertEqual(
            table.closings,
            (datetime(2018, 11, 4, 2, 59, 59), datetime(2018, 11, 5, 1, 59, 59)),
        )
        self.assertEqual(table.dates, (date(2018, 11, 3), date(2018, 11, 4)))

    def test_date_ends_after_the_hour_before_midnight_came_twice(self):
        # In 2018 summer time ended at 24:00 on 17 February: it was 23:00 again.
        table = one_interval("2018-02-17 20:00", "2018-02-19 00:00", SAO_PAULO)
        self.assertEqual(
            table.closings,
            (datetime(2018, 2, 18, 2, 59, 59), datetime(2018, 2, 19, 2, 59, 59)),
        )

    def test_date_that_did_not_exist_is_no_working_day(self):
        # Samoa went from 29 to 31 December 2011 to change sides of the date line.
        table = one_interval("2011-12-29 08:00", "2012-01-01 00:00", APIA)
        self.assertEqual(table.dates, (date(2011, 12, 29), date(2011, 12, 31)))
        self.assertDeadline("2011-12-29 10:00", 1, "2011-12-31 23:59:59", table=table)


class DayByDay:
    """The rules of time, counted day by day without any cleverness."""

    def __init__(self, openings, tz):
        """
        :param openings: for each date in order, the list of (start, end) in seconds
            on the local wall
        """
        self.tz = tz
        self.closings = {}
        for day, parts in openings.items():
            ends = []
            for start, end in parts:
                opened, closed = on_wall(day, start, tz), on_wall(day, end, tz)
                if (closed - opened).total_seconds() >= 60:
                    ends.append(closed - SECOND if end == 86400 else closed)
            self.closings[day] = max(ends) if ends else None

    def date(self, moment):
        return moment.replace(tzinfo=timezone.utc).astimezone(self.tz).date()

    def deadline(self, start, days, gaps):
        day_zero = self.date(start)
        looked_at, floors = [], []
        deadline = self._counted(day_zero, days, [])
        for begin, end in covered_stretches(gaps):
            if deadline is not None and deadline < begin:
                break
            looked_at.append((begin, end))
            if any(
                closing is not None and day >= day_zero and begin <= closing < end
                for day, closing in self.closings.items()
            ):
                floors.append(self._counted(self.date(end), 1, []))
            candidates = [self._counted(day_zero, days, looked_at), *floors]
            deadline = None if None in candidates else max(candidates)
        return deadline

    def _counted(self, day_zero, days, gaps):
        for day, closing in self.closings.items():
            if day > day_zero and closing is not None and not is_within(closing, gaps):
                days -= 1
                if days == 0:
                    return closing
        return None

    def late(self, deadline, until, gaps):
        late = 0
        for closing in self.closings.values():
            if closing is not None and deadline <= closing < until:
                late += not is_within(closing, gaps)
        return late

    def spent(self, start, until, gaps):
        used = paused = 0
        for day, closing in self.closings.items():
            if closing is not None and self.date(start) < day <= self.date(until):
                if is_within(closing, gaps):
                    paused += 1
                else:
                    used += 1
        return used, paused

    def remaining(self, now, deadline, gaps):
        if now > deadline:
            return 0 - self.late(deadline, now, gaps)
        remaining = 0
        for day, closing in self.closings.items():
            if closing is not None and self.date(now) < day <= self.date(deadline):
                remaining += 1
        return remaining


def on_wall(day, second, tz):
    """Return a second of a local date as naive UTC."""
    moment = datetime.combine(day, time.min) + timedelta(seconds=second)
    return _naive_utc(moment.replace(tzinfo=tz))


def is_within(moment, gaps):
    return any(start <= moment < end for start, end in gaps)


def covered_stretches(gaps):
    """Return the stretches of time that lie in any gap, from moment to moment."""
    edges = sorted({edge for pause in gaps for edge in pause})
    stretches = []
    is_covered = False
    for edge, next_edge in pairwise(edges):
        if not is_within(edge, gaps):
            is_covered = False
        elif is_covered:
            stretches[-1][1] = next_edge
        else:
            stretches.append([edge, next_edge])
            is_covered = True
    return stretches


# Each stretch of dates has a clock change, a year end or neither in it.
STRETCHES = [
    ("Asia/Jakarta", date(2026, 3, 2)),
    ("Asia/Jayapura", date(2026, 12, 14)),
    ("Asia/Kathmandu", date(2026, 6, 1)),
    ("UTC", date(2027, 12, 20)),
    ("Europe/Berlin", date(2026, 3, 16)),
    ("Europe/Berlin", date(2026, 10, 12)),
    ("America/Sao_Paulo", date(2018, 2, 5)),
    ("America/Sao_Paulo", date(2018, 10, 22)),
    ("Pacific/Apia", date(2011, 12, 19)),
]
STRETCH_DAYS = 45

# In half hours on the local wall.
HOURS_OF_A_DAY = [
    [],
    [(18, 34)],
    [(18, 24), (26, 34)],
    [(16, 23)],
    [(0, 48)],
    [(44, 48)],
    [(0, 12)],
    [(0, 12), (44, 48)],
    [(0, 1)],
    [(4, 5), (5, 7)],
    [(47, 48)],
]

# In seconds on the local wall; Odoo's forms make leaves end at 23:59:59.
LEAVES = [(0, 86399), (0, 43200), (43200, 86399), (43200, 64800), (0, 86400)]


def without(parts, leave):
    """Return the parts of opening hours that lie outside a leave."""
    begin, end = leave
    before = [(a, min(b, begin)) for a, b in parts if a < begin]
    after = [(max(a, end), b) for a, b in parts if b > end]
    return before + after


@st.composite
def calendars(draw):
    """Draw a calendar; return its table and its day-by-day count."""
    zone, first = draw(st.sampled_from(STRETCHES))
    tz = ZoneInfo(zone)
    hours = st.sampled_from(HOURS_OF_A_DAY)
    week = draw(st.lists(hours, min_size=7, max_size=7))
    if draw(st.booleans()):
        week += draw(st.lists(hours, min_size=7, max_size=7))
    number = st.integers(0, STRETCH_DAYS - 1)
    leaves = draw(st.dictionaries(number, st.sampled_from(LEAVES), max_size=6))

    openings = {}
    for number in range(STRETCH_DAYS):
        day = first + DAY * number
        noon = on_wall(day, 43200, tz).replace(tzinfo=timezone.utc)
        if noon.astimezone(tz).date() != day:
            continue  # Samoa had no 30 December 2011.
        parts = [(a * 1800, b * 1800) for a, b in week[number % len(week)]]
        if number in leaves:
            parts = without(parts, leaves[number])
        openings[day] = parts

    intervals = []
    for day, parts in openings.items():
        for start, end in parts:
            start, end = on_wall(day, start, tz), on_wall(day, end, tz)
            intervals.append([start, end])
    if draw(st.booleans()):
        intervals = joined(intervals)
    if draw(st.booleans()):
        intervals = intervals[::-1] + intervals[::3]
    table = WorkingDays.from_intervals(
        [
            [moment.replace(tzinfo=timezone.utc) for moment in pair]
            for pair in intervals
        ],
        tz,
        first,
        first + DAY * (STRETCH_DAYS - 1),
    )
    return table, DayByDay(openings, tz)


def joined(intervals):
    """Return intervals with those that follow each other at once made one."""
    result = []
    for start, end in intervals:
        if result and result[-1][1] == start:
            result[-1][1] = end
        else:
            result.append([start, end])
    return result


@st.composite
def cases(draw):
    """Draw a calendar, two moments and gaps, often exactly at a closing."""
    table, day_by_day = draw(calendars())
    midnight = on_wall(table.first, 0, table.tz)
    moments = st.integers(0, STRETCH_DAYS * 86400 - 2 * 86400).map(
        lambda seconds: midnight + timedelta(seconds=seconds)
    )
    closings = [closing for closing in day_by_day.closings.values() if closing]
    if closings:
        offsets = st.sampled_from([-SECOND, 0 * SECOND, SECOND])
        moments |= st.builds(lambda a, b: a + b, st.sampled_from(closings), offsets)
    gaps = draw(st.lists(st.builds(Gap, moments, moments), max_size=5))
    # Forwards, but for a few: reversed gaps have no effect.
    if draw(st.integers(0, 3)):
        gaps = [Gap(*sorted(pause)) for pause in gaps]
    return table, day_by_day, draw(moments), draw(moments), gaps


recounted = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=400,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class TestRecount(WorkingDaysCase):
    @settings(recounted, max_examples=200)
    @given(calendars())
    def test_table_holds_the_closing_of_every_open_date(self, calendar):
        table, day_by_day = calendar
        for day, closing in day_by_day.closings.items():
            self.assertEqual(table.closing_of(day), closing)
        self.assertEqual(table.closings, tuple(sorted(table.closings)))
        self.assertEqual(table.dates, tuple(map(table.local_date, table.closings)))

    @recounted
    @given(cases(), st.integers(1, 8))
    def test_deadline_equals_the_recount(self, case, days):
        table, day_by_day, moment, other_moment, gaps = case
        start = min(moment, other_moment)
        self.assertEqual(
            table.count_deadline(start, days, gaps),
            day_by_day.deadline(start, days, gaps),
        )

    @recounted
    @given(cases())
    def test_late_spent_and_remaining_days_equal_the_recount(self, case):
        table, day_by_day, deadline, now, gaps = case
        self.assertEqual(
            table.late_days(deadline, now, gaps), day_by_day.late(deadline, now, gaps)
        )
        self.assertEqual(
            table.spent_days(deadline, now, gaps),
            day_by_day.spent(deadline, now, gaps),
        )
        self.assertEqual(
            table.remaining_days(now, deadline, gaps),
            day_by_day.remaining(now, deadline, gaps),
        )

    @settings(recounted, max_examples=200)
    @given(cases(), st.integers(1, 8))
    def test_deadline_is_a_counted_closing_that_more_days_never_bring_forward(
        self, case, days
    ):
        table, _day_by_day, moment, other_moment, gaps = case
        start = min(moment, other_moment)
        deadline = table.count_deadline(start, days, gaps)
        later = table.count_deadline(start, days + 1, gaps)
        if deadline is None:
            self.assertIsNone(later)
            return
        self.assertIn(deadline, table.closings)
        self.assertFalse(is_within(deadline, gaps))
        self.assertGreater(table.local_date(deadline), table.local_date(start))
        if later is not None:
            self.assertGreaterEqual(later, deadline)
