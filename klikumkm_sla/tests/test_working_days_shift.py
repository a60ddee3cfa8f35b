# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Working days before and after a date, by which reminders are planned."""

from datetime import date, time, timedelta

import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from .test_working_days import BERLIN, recounted, wall, working_days

DAY = timedelta(days=1)


class TestShift(BaseCase):
    def test_weekends_and_days_off_are_passed_over(self):
        table = working_days(closed=["2026-03-09"])
        friday = date(2026, 3, 6)
        for days, expected in (
            (0, "2026-03-06"),
            (1, "2026-03-10"),
            (2, "2026-03-11"),
            (-1, "2026-03-05"),
            (-5, "2026-02-27"),
        ):
            with self.subTest(days=days):
                self.assertEqual(str(table.shift_date(friday, days)), expected)

    def test_from_a_day_off_the_next_working_day_is_one_away(self):
        table = working_days()
        sunday = date(2026, 3, 8)
        self.assertEqual(table.shift_date(sunday, 0), sunday)
        self.assertEqual(str(table.shift_date(sunday, 1)), "2026-03-09")
        self.assertEqual(str(table.shift_date(sunday, -1)), "2026-03-06")

    def test_nothing_is_known_outside_the_table(self):
        table = working_days(last=date(2026, 12, 31))
        self.assertIsNone(table.shift_date(date(2026, 12, 31), 1))
        self.assertIsNone(table.shift_date(date(2026, 1, 1), -1))
        self.assertIsNone(table.same_time(wall("2026-12-31 10:00"), 1))

    def test_same_time_of_day(self):
        table = working_days()
        self.assertEqual(
            table.same_time(wall("2026-03-09 10:15"), -1), wall("2026-03-06 10:15")
        )

    def test_same_time_on_the_wall_when_clocks_change(self):
        """29 March 2026: an hour less in Berlin."""
        for tz in (BERLIN, pytz.timezone("Europe/Berlin")):
            table = working_days(tz=BERLIN)
            object.__setattr__(table, "tz", tz)
            self.assertEqual(
                table.same_time(wall("2026-03-30 10:00", BERLIN), -1),
                wall("2026-03-27 10:00", BERLIN),
            )
            self.assertEqual(
                table.at_wall(date(2026, 3, 29), time(23, 59, 59)),
                wall("2026-03-29 23:59:59", BERLIN),
            )

    @settings(recounted, max_examples=200)
    @given(
        day=st.dates(date(2026, 3, 1), date(2027, 9, 30)),
        days=st.integers(-40, 40),
        closed=st.sets(st.dates(date(2026, 3, 1), date(2027, 9, 30)), max_size=20),
    )
    def test_like_a_walk_over_the_calendar(self, day, days, closed):
        table = working_days(closed=[str(other) for other in closed])
        expected, left = day, abs(days)
        while left:
            expected += DAY if days > 0 else -DAY
            left -= table.is_working_day(expected)
        self.assertEqual(table.shift_date(day, days), expected)
