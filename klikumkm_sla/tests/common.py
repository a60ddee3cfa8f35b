# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime
from unittest.mock import patch
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo import Command

from odoo.addons.base.tests.common import BaseCommon

JAKARTA = ZoneInfo("Asia/Jakarta")
BERLIN = ZoneInfo("Europe/Berlin")
UTC = ZoneInfo("UTC")


def wall(text, tz=JAKARTA):
    """Return local time such as "2026-03-02 17:00" as naive UTC."""
    local = datetime.fromisoformat(text).replace(tzinfo=tz)
    return local.astimezone(UTC).replace(tzinfo=None)


def local(moment, tz=JAKARTA):
    """Return naive UTC as local time such as "2026-03-02 17:00:00"."""
    if not moment:
        return moment
    return str(moment.replace(tzinfo=UTC).astimezone(tz).replace(tzinfo=None))


class FrozenTime:
    """Time stands still until :meth:`travel` moves it; local time of Jakarta."""

    today = "2026-03-02 08:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Frozen once a class: freezegun looks at every module whenever it starts.
        freezer = freeze_time(wall(cls.today))
        cls.frozen = freezer.start()
        cls.addClassCleanup(freezer.stop)
        cls.startClassPatcher(
            # create_date and write_date are the cursor's time
            patch("odoo.sql_db.BaseCursor.now", lambda self: datetime.now())
        )

    def setUp(self):
        super().setUp()
        self.travel(self.today)

    @classmethod
    def travel(cls, text):
        """Let it be another local time."""
        cls.frozen.move_to(wall(text))


class SlaCase(FrozenTime, BaseCommon):
    """A desk open Monday to Friday, 09:00-17:00 in Jakarta, without any day off.

    2026-03-02 is a Monday.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.make_calendar()
        cls.company.sla_calendar_id = cls.calendar
        cls.Clock = cls.env["klikumkm.sla.clock"]
        cls.Ticket = cls.env["helpdesk.ticket"]
        cls.env["klikumkm.sla.policy"].search([]).active = False
        cls.policies = {
            assistance_type: cls.env["klikumkm.sla.policy"].create(
                {
                    "name": assistance_type,
                    "assistance_type": assistance_type,
                    "min_days": 1,
                    "max_days": days,
                    "target_low": low,
                    "target_medium": medium,
                    "target_high": high,
                    "target_emergency": emergency,
                }
            )
            for assistance_type, days, low, medium, high, emergency in (
                ("information", 2, 2, 2, 1, 1),
                ("handling", 5, 5, 4, 2, 1),
                ("coordination", 20, 20, 15, 10, 5),
            )
        }
        cls.team = cls.env["helpdesk.ticket.team"].create({"name": "CS"})
        cls.stages = {
            stage.status: stage
            for stage in cls.env["helpdesk.ticket.stage"].search(
                [("team_ids", "=", False)], order="sequence desc"
            )
        }

    def versions(self):
        """How many versions of calendars there were."""
        self.env.cr.execute("SELECT last_value FROM klikumkm_sla_version")
        return self.env.cr.fetchone()[0]

    @classmethod
    def make_calendar(cls, hours=(("01234", 9, 17),), tz="Asia/Jakarta", **vals):
        """Create a calendar without company.

        :param hours: (days of the week, opening, closing), or with the week ("0", "1")
            of a two-week calendar as a fourth value
        """
        return cls.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": tz,
                "company_id": False,
                "two_weeks_calendar": any(len(line) > 3 for line in hours),
                "attendance_ids": [Command.clear()] + cls.hour_commands(*hours),
                **vals,
            }
        )

    @classmethod
    def hour_commands(cls, *hours):
        return [
            Command.create(
                {
                    "name": f"{day} {opening}",
                    "dayofweek": day,
                    "hour_from": opening,
                    "hour_to": closing,
                    "day_period": "full_day",
                    "week_type": week[0] if week else False,
                }
            )
            for days, opening, closing, *week in hours
            for day in days
        ]

    @classmethod
    def add_leave(cls, begin, end=None, calendar=None, **vals):
        """Close a calendar, from a date ("2026-03-04") or moment to another."""
        calendar = cls.calendar if calendar is None else calendar
        end = end or begin
        # As a default: hr_holidays would read the dates in the user's zone.
        Leaves = calendar.with_context(default_calendar_id=calendar.id)
        return Leaves.env["resource.calendar.leaves"].create(
            {
                "name": "Day off",
                "date_from": wall(begin if " " in begin else f"{begin} 00:00"),
                "date_to": wall(end if " " in end else f"{end} 23:59:59"),
                "time_type": "leave",
                **vals,
            }
        )

    @classmethod
    def make_ticket(cls, received="2026-03-02 10:00", **vals):
        """Record a complaint at the moment of its receipt, unless ``at`` is given."""
        cls.travel(vals.pop("at", received))
        status = vals.pop("status", "received")
        vals = {
            "name": "Instalment counted twice",
            "description": "I paid on the first.",
            "team_id": cls.team.id,
            "stage_id": cls.stages[status].id,
            "received_date": wall(received),
            "assistance_type": "handling",
            **vals,
        }
        return cls.Ticket.create({k: v for k, v in vals.items() if v is not None})

    @classmethod
    def move(cls, tickets, status, at):
        cls.travel(at)
        tickets.write({"stage_id": cls.stages[status].id})

    def sweep(self):
        """Run the scheduled job as the scheduler does."""
        with self.enter_registry_test_mode():
            self.env.ref("klikumkm_sla.ir_cron_sweep").method_direct_trigger()

    @classmethod
    def clock_of(cls, ticket):
        return ticket.sla_clock_ids.filtered(lambda c: c.kind == "standard")

    def events(self, ticket, *types):
        """The journal in order, of some types if given."""
        clock = self.clock_of(ticket)
        events = self.env["klikumkm.sla.event"].search(
            [("clock_id", "=", clock.id)], order="id"
        )
        return events.filtered(lambda e: not types or e.event_type in types)

    def journal(self, ticket):
        return self.events(ticket).mapped("event_type")

    def assertDeadline(self, ticket, expected):
        self.assertEqual(local(ticket.sla_deadline), f"{expected}:00")
        self.assertCopied(ticket)

    def assertCopied(self, ticket):
        """The complaint shows what its clock says, in the database as well."""
        clock = self.clock_of(ticket)
        shown = (
            ticket.sla_deadline,
            ticket.sla_target_date,
            ticket.sla_status,
            ticket.sla_result,
            ticket.sla_missed,
            ticket.sla_calendar_id,
        )
        self.assertEqual(
            shown,
            (
                clock.deadline,
                clock.target_date,
                clock.state,
                clock.result,
                clock.missed,
                clock.calendar_id,
            ),
        )
