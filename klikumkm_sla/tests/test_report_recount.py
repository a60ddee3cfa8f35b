# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The figures of 2,000 complaints, counted again from what was done to them.

The recount knows what this test did, when, and the calendar on the wall. It reads no
clock and no journal, and counts day by day (``DayByDay``).
"""

import random
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import JAKARTA, SlaCase, local, wall
from .test_working_days import DAY, DayByDay, without

COMPLAINTS = 2000
FIRST, LAST = date(2026, 2, 16), date(2026, 9, 30)
ENFORCE_FROM = date(2026, 3, 9)
JAYAPURA = ZoneInfo("Asia/Jayapura")

PROMISED = {"information": 2, "handling": 5, "coordination": 20}
TARGETS = {
    "information": {"0": 2, "1": 2, "2": 1, "3": 1},
    "handling": {"0": 5, "1": 4, "2": 2, "3": 1},
    "coordination": {"0": 20, "1": 15, "2": 10, "3": 5},
}
OPEN = ("received", "in_progress", "coordination", "waiting_customer")
ALIVE = ("running", "paused")

# What may become of a complaint at each step: (chance in a thousand, status).
FATES = {
    "running": ((90, "resolved"), (70, "waiting_customer"), (15, "cancelled"))
    + ((10, "closed"), (5, "referred"), (30, "coordination"), (30, "in_progress")),
    "paused": ((250, "in_progress"), (40, "resolved"), (20, "closed")),
    "stopped": ((40, "in_progress"), (10, "waiting_customer"), (150, "closed")),
    "cancelled": ((40, "in_progress"), (15, "resolved")),
}
DIMENSIONS = (
    "policy_id",
    "team_id",
    "user_id",
    "category_id",
    "assistance_type",
    "submission_type",
    "priority",
    "channel_id",
    "communication_mode",
    "outcome",
    "promise",
    "state",
    "is_old",
    "received_date:month",
)
COUNTS = (
    "clock_count",
    "met_count",
    "late_count",
    "overdue_count",
    "extended_count",
    "extension_count",
    "extension_days",
    "reopened_count",
    "reopen_count",
    "cancelled_count",
)
AVERAGES = ("met_share", "target_share", "late_days", "days_used", "days_paused")


class Desk:
    """Opening hours of a team: {day of the week: (opening, closing)} and closures."""

    def __init__(self, hours, tz):
        self.hours, self.tz, self.closures = hours, tz, []
        self.close()

    def close(self, *closures):
        """Close some days from an hour on: ("2026-03-20", 0)."""
        self.closures += closures
        openings = {}
        for number in range((LAST - FIRST).days):
            day = FIRST + DAY * number
            parts = [
                (opening * 3600, closing * 3600)
                for opening, closing in self.hours.get(day.weekday(), ())
            ]
            for closed, hour in self.closures:
                if closed == str(day):
                    parts = without(parts, (hour * 3600, 86399))
            openings[day] = parts
        self.count = DayByDay(openings, self.tz)


class Life:
    """What happened to one complaint, and what follows by the rules of time."""

    def __init__(self, received, desk, vals):
        self.received, self.desk, self.vals = received, desk, vals
        self.kind, self.priority = vals["assistance_type"], vals["priority"]
        self.state, self.since, self.gaps = "running", None, []
        self.extensions, self.late_from, self.reopened = [], None, 0
        self.frozen = {}

    def deadline(self, days=None):
        days = PROMISED[self.kind] + self.added() if days is None else days
        return self.desk.count.deadline(self.received, days, self.gaps)

    def added(self):
        return sum(days for days, _was_late in self.extensions)

    def was_missed(self, now):
        return self.deadline() < (self.since or now)

    def move(self, status, now):
        if self.state not in ALIVE:
            if status not in OPEN and (status, self.state) != ("resolved", "cancelled"):
                return
            self.reopened += 1
            self.resume(now)
        if status in ("closed", "referred", "cancelled"):
            self.end("cancelled", now)
        elif status == "waiting_customer":
            if self.state == "running":
                self.state, self.since = "paused", now
        else:
            if self.state == "paused":
                self.resume(now)
            if status == "resolved":
                self.end("stopped", now)

    def resume(self, now):
        self.gaps.append((self.since, now))
        self.state, self.since = "running", None

    def extend(self, days, now):
        """Whether it could be; the new date must lie after now."""
        before, was_missed = self.deadline(), self.was_missed(now)
        if self.deadline(PROMISED[self.kind] + self.added() + days) <= now:
            return False
        self.extensions.append((days, was_missed))
        if was_missed:
            self.late_from = self.late_from or before
        return True

    def end(self, state, now):
        was_missed = self.was_missed(now) or bool(self.late_from)
        dates = self.dates()
        due = self.late_from or dates["deadline"]
        self.frozen = {**dates, "stop_date": now, "policy_id": self.kind}
        if state == "cancelled":
            self.frozen["promise"] = "cancelled_late" if was_missed else "cancelled"
        else:
            self.frozen.update(self.judge(now, due, dates))
        # cancelled while we waited for the customer: the clock stands since then
        self.state, self.since = state, self.since or now

    def judge(self, now, due, dates):
        count = self.desk.count
        used, paused = count.spent(self.received, now, self.gaps)
        if now > due:
            in_time = any(not was_late for _days, was_late in self.extensions)
            promise = "late_extended" if in_time else "late"
        else:
            needed = self.extensions and now > dates["first_deadline"]
            promise = "met_extended" if needed else "met"
        target = self.deadline(TARGETS[self.kind][self.priority] + self.added())
        return {
            "promise": promise,
            "met_share": float(now <= due),
            "target_share": float(now <= target),
            "late_days": count.late(due, now, self.gaps) if now > due else None,
            "days_used": used,
            "days_paused": paused,
        }

    def dates(self):
        return {
            "deadline": self.deadline(),
            "first_deadline": self.deadline(PROMISED[self.kind]),
        }

    def row(self, now):
        """What the report must say about it."""
        is_late = self.frozen.get("met_share") == 0 and self.state == "stopped"
        row = dict.fromkeys(AVERAGES)
        row.update(
            {
                **self.vals,
                "assistance_type": self.kind,
                "policy_id": self.kind,
                "priority": self.priority,
                "state": self.state,
                "promise": "open",
                "stop_date": False,
                "is_old": self.vals["is_imported"]
                or self.desk.count.date(self.received) < ENFORCE_FROM,
                "received_date:month": local(self.received, JAKARTA)[:7],
                "clock_count": 1,
                "extended_count": int(bool(self.extensions)),
                "extension_count": len(self.extensions),
                "extension_days": self.added(),
                "reopened_count": int(bool(self.reopened)),
                "reopen_count": self.reopened,
                "cancelled_count": int(self.state == "cancelled"),
                "overdue_count": 0,
            }
        )
        if self.state in ALIVE:
            row.update(self.dates(), overdue_count=int(self.was_missed(now)))
        else:
            row.update(self.frozen)
        row["late_count"] = int(is_late)
        row["met_count"] = int(self.state == "stopped" and not is_late)
        return row


@tagged("post_install", "-at_install")
class TestReportRecount(SlaCase):
    today = "2026-03-02 08:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sla_enforce_from = ENFORCE_FROM
        cls.random = random.Random(2026)
        week = {day: [(9, 17)] for day in range(5)}
        six_days = {day: [(8, 12)] for day in range(6)} | {1: [(8, 12), (13, 15)]}
        other = cls.make_calendar([("012345", 8, 12), ("1", 13, 15)], "Asia/Jayapura")
        cls.teams = cls.team | cls.team.copy(
            {"name": "Collection", "sla_calendar_id": other.id}
        )
        cls.desks = {
            cls.teams[0].id: Desk(week, JAKARTA),
            cls.teams[1].id: Desk(six_days, JAYAPURA),
        }
        cls.close(cls.teams[0], ("2026-03-19", 0), ("2026-03-20", 0), ("2026-04-03", 0))
        cls.close(cls.teams[0], ("2026-03-31", 12))
        cls.close(cls.teams[1], ("2026-03-19", 0), ("2026-04-04", 10))
        users = [
            new_test_user(
                cls.env,
                login=f"figures_{number}",
                groups="helpdesk_mgmt.group_helpdesk_user_team",
            )
            for number in range(3)
        ]
        # who is in no team loses the complaint when it gets another team
        cls.teams.user_ids = [Command.link(user.id) for user in users]
        categories = cls.env["helpdesk.ticket.category"].create(
            [{"name": "Payment"}, {"name": "Fees"}, {"name": "Data"}]
        )
        channels = cls.env["helpdesk.ticket.channel"].create(
            [
                {"name": "Phone", "communication_mode": "oral"},
                {"name": "Letter", "communication_mode": "written"},
            ]
        )
        cls.mode_of = {c.id: c.communication_mode for c in channels}
        cls.choices = {
            "team_id": cls.teams.ids,
            "user_id": [False, *(user.id for user in users)],
            "category_id": categories.ids,
            "submission_type": ["question", "suggestion", "complaint"],
            "assistance_type": list(PROMISED),
            "priority": list("0123"),
            "channel_id": channels.ids,
            "is_imported": [False] * 9 + [True],
        }

    @classmethod
    def close(cls, team, *closures):
        calendar = team.sla_calendar_id or cls.calendar
        tz = cls.desks[team.id].tz
        cls.desks[team.id].close(*closures)
        for day, hour in closures:
            cls.add_leave(
                calendar=calendar,
                begin=f"{day} {hour:02}:00",
                date_from=wall(f"{day} {hour:02}:00", tz),
                date_to=wall(f"{day} 23:59:59", tz),
            )

    # === LIVES === #
    def now(self):
        return datetime.now().replace(microsecond=0)

    def record(self, number):
        lives = []
        for _index in range(number):
            vals = {
                name: self.random.choice(values)
                for name, values in self.choices.items()
            }
            hours = self.random.choice((0, 0, 1, 5, 16, 40, 90))
            received = self.now() - timedelta(hours=hours)
            lives.append(Life(received, self.desks[vals["team_id"]], vals))
        tickets = self.Ticket.create(
            [
                {
                    **life.vals,
                    "name": "Instalment counted twice",
                    "description": "I paid on the first.",
                    "partner_id": self.partner.id,
                    "stage_id": self.stages["received"].id,
                    "received_date": life.received,
                }
                for life in lives
            ]
        )
        for life in lives:
            life.vals["communication_mode"] = self.mode_of[life.vals["channel_id"]]
            life.vals["outcome"] = False
        self.lives.update(zip(tickets.ids, lives, strict=True))

    def change(self, ids, vals):
        self.Ticket.browse(ids).write(vals)

    def step(self):
        """Let something happen to some of the complaints, many at a time."""
        now = self.now()
        moved = defaultdict(list)
        for ticket_id, life in self.lives.items():
            throw = self.random.randrange(1000)
            for chance, status in FATES[life.state]:
                throw -= chance
                if throw < 0:
                    moved[status].append(ticket_id)
                    break
        for status, ids in moved.items():
            vals = {"stage_id": self.stages[status].id}
            if status == "resolved":
                vals["outcome"] = self.random.choice(("granted", "rejected", "noted"))
            self.change(ids, vals)
            for ticket_id in ids:
                life = self.lives[ticket_id]
                life.move(status, now)
                life.vals["outcome"] = vals.get("outcome", life.vals["outcome"])
        # what stands still is classified anew as well, and its figures stay
        for kind in PROMISED:
            ids = [i for i in self.lives if self.random.random() < 0.006]
            self.change(ids, {"assistance_type": kind})
            for ticket_id in ids:
                self.lives[ticket_id].kind = kind
        priority = self.random.choice("0123")
        ids = [i for i in self.lives if self.random.random() < 0.01]
        self.change(ids, {"priority": priority})
        for ticket_id in ids:
            self.lives[ticket_id].priority = priority
        alive = [i for i, life in self.lives.items() if life.state in ALIVE]
        team_id = self.random.choice(self.teams.ids)
        ids = [i for i in alive if self.random.random() < 0.005]
        self.change(ids, {"team_id": team_id})
        for ticket_id in ids:
            self.lives[ticket_id].vals["team_id"] = team_id
            self.lives[ticket_id].desk = self.desks[team_id]
        for ticket_id in alive:
            days = self.random.randint(1, 6)
            if self.random.random() < 0.02 and self.lives[ticket_id].extend(days, now):
                clock = self.clock_of(self.Ticket.browse(ticket_id))
                clock._extend(days, "More papers")

    def live(self):
        self.lives = {}
        steps = 36
        for number in range(steps):
            if number < 20:
                self.record(COMPLAINTS // 20)
            self.step()
            self.env.flush_all()
            # The autovacuum of other tests' rows sees none of these, and then the
            # database plans for empty tables: ten times as slow.
            self.env.cr.execute(
                "ANALYZE helpdesk_ticket, klikumkm_sla_clock, klikumkm_sla_event"
            )
            # some steps fall on a closing to the second
            self.frozen.tick(timedelta(hours=self.random.choice((7, 30, 49, 75))))
            if number % 4 == 0:
                day = local(self.now())[:10]
                self.frozen.move_to(max(self.now(), wall(f"{day} 17:00")))
            if number == 24:
                # known late: running ones are counted again, answered ones are not
                day = local(self.now() + 3 * DAY)[:10]
                for team in self.teams:
                    self.close(team, (day, 0))

    # === COMPARISON === #
    def aggregate(self, rows):
        result = {name: sum(row[name] for row in rows) for name in COUNTS}
        for name in AVERAGES:
            known = [row[name] for row in rows if row[name] is not None]
            result[name] = round(sum(known) / len(known), 6) if known else None
        return result

    def shown(self, groupby=()):
        names = [f"{name}:sum" for name in COUNTS] + [f"{n}:avg" for n in AVERAGES]
        groups = self.report.formatted_read_group(
            [("ticket_id", "in", list(self.lives))], groupby, names
        )
        result = {}
        for group in groups:
            key = group[groupby[0]] if groupby else None
            if groupby and "month" in groupby[0]:
                # the first moment of the month, in UTC
                key = local(datetime.fromisoformat(key[0]))[:7]
            elif isinstance(key, tuple):
                key = key[0]
            figures = {name: group[f"{name}:sum"] for name in COUNTS}
            for name in AVERAGES:
                value = group[f"{name}:avg"]
                has_any = value is not None and value is not False
                figures[name] = round(float(value), 6) if has_any else None
            result[key] = figures
        return result

    def test_figures_equal_an_independent_recount(self):
        self.live()
        self.report = self.env["klikumkm.sla.report"].with_context(tz="Asia/Jakarta")
        now = self.now()
        rows = {i: life.row(now) for i, life in self.lives.items()}
        for row in rows.values():
            row["policy_id"] = self.policies[row["policy_id"]].id
        self.assertEnough(rows.values())
        for line in self.report.search([("ticket_id", "in", list(rows))]):
            row = rows[line.ticket_id.id]
            for name in ("deadline", "first_deadline", "stop_date", "promise"):
                self.assertEqual(line[name], row[name], (name, line.ticket_id.id))
        self.assertEqual(self.shown(), {None: self.aggregate(rows.values())})
        for groupby in DIMENSIONS:
            with self.subTest(groupby=groupby):
                by_group = defaultdict(list)
                for row in rows.values():
                    by_group[row[groupby]].append(row)
                self.assertEqual(
                    self.shown([groupby]),
                    {key: self.aggregate(group) for key, group in by_group.items()},
                )

    def assertEnough(self, rows):
        """What was generated is worth counting."""
        self.assertEqual(len(rows), COMPLAINTS)
        promises = Counter(row["promise"] for row in rows)
        for promise in (
            "open",
            "met",
            "met_extended",
            "late",
            "late_extended",
            "cancelled",
            "cancelled_late",
        ):
            self.assertGreater(promises[promise], 10, promises)
        for name in ("extended_count", "reopened_count", "overdue_count"):
            self.assertGreater(sum(row[name] for row in rows), 50, name)
        for name in ("late_days", "days_paused"):
            self.assertGreater(sum(row[name] or 0 for row in rows), 200, name)
