# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Random lives of complaints, each step counted again from the journal.

The recount knows the journal, the opening hours and the days off, and counts day by day
(``DayByDay``); it shares no code with the engine.
"""

from contextlib import suppress
from datetime import date, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tests import tagged

from odoo.addons.klikumkm_complaint.models.helpdesk_ticket_stage import OPEN_STATUS
from odoo.addons.klikumkm_sla.models.helpdesk_ticket import SLA_STATE
from odoo.addons.klikumkm_sla.models.sla_clock import ALIVE

from .common import UTC, SlaCase, wall
from .test_working_days import DAY, DayByDay, without

FIRST, LAST = date(2026, 2, 23), date(2026, 9, 30)
STATUSES = (
    "received",
    "in_progress",
    "coordination",
    "waiting_customer",
    "resolved",
    "referred",
    "closed",
    "cancelled",
)
# What only a reopening may change once a clock stands still.
FROZEN = (
    "deadline",
    "target_date",
    "first_deadline",
    "start_date",
    "days",
    "target_days",
    "extension_days",
    "calendar_id",
    "stop_date",
    "result",
    "target_result",
    "late_days",
    "late_from",
    "missed",
)

numbers = st.sampled_from((0, 0, 0, 1))
# Most of all what makes clocks run, wait and stand.
statuses = st.sampled_from(STATUSES) | st.sampled_from(
    ("in_progress", "waiting_customer", "resolved", "cancelled")
)
kinds = st.sampled_from(("information", "handling", "coordination"))
moves = st.tuples(st.just("move"), numbers, statuses)
operations = st.one_of(
    *[moves] * 6,
    st.tuples(st.just("move_all"), statuses),
    st.tuples(st.just("urgency"), numbers, st.sampled_from("0123")),
    st.tuples(st.just("kind"), numbers, kinds),
    st.tuples(st.just("kind"), numbers, kinds, statuses),
    st.tuples(st.just("team"), numbers, st.integers(0, 1)),
    st.tuples(st.just("team"), numbers, st.integers(0, 1), statuses),
    st.tuples(st.just("received"), numbers, st.integers(0, 100)),
    st.tuples(st.just("extend"), numbers, st.integers(1, 12)),
    st.tuples(st.just("leave"), st.integers(0, 25), st.sampled_from((0, 12, 17))),
    st.tuples(st.just("no_leave")),
    st.tuples(st.just("hours"), st.integers(0, 4), st.sampled_from((12, 16, 17))),
    st.tuples(st.just("sweep")),
    st.tuples(st.just("spam"), numbers),
    st.tuples(st.just("undo"), numbers),
    st.tuples(st.just("tell"), numbers),
    st.tuples(st.just("tell"), numbers),
)
# How much later the next thing happens: in the same second, on the day, around one of
# the next closings, days later.
elapsed = st.one_of(
    st.tuples(st.just("hours"), st.sampled_from((0, 0, 1, 7))),
    st.tuples(st.just("hours"), st.sampled_from((24, 48, 96, 200))),
    st.tuples(st.just("closing"), st.integers(0, 2), st.integers(-1, 1)),
)


@tagged("post_install", "-at_install")
class TestRandomLives(SlaCase):
    today = "2026-03-02 10:00"
    counts = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(
            patch.object(
                type(cls.env["ir.cron"]), "_commit_progress", return_value=float("inf")
            )
        )
        other = cls.make_calendar([("012345", 8, 12), ("1", 13, 15)], "Asia/Jayapura")
        cls.teams = cls.team | cls.team.copy(
            {"name": "Collection", "sla_calendar_id": other.id}
        )
        cls.tickets = cls.Ticket.union(
            cls.make_ticket("2026-02-27 18:00", at="2026-03-02 10:00"),
            cls.make_ticket(status="waiting_customer", assistance_type="coordination"),
        )
        cls.clocks = cls.tickets.sla_clock_ids.sorted("id")

    @settings(
        deadline=None,
        derandomize=True,
        database=None,
        max_examples=40,
        suppress_health_check=list(HealthCheck),
        # no shrinking: it would take many minutes; the failing steps are printed
        phases=(Phase.explicit, Phase.generate),
    )
    @given(st.lists(st.tuples(elapsed, operations), min_size=6, max_size=16))
    def test_every_step_equals_the_recount(self, steps):
        with self.env.cr.savepoint() as savepoint:
            self.live(steps)
            savepoint.rollback()
        self.env.invalidate_all()

    def live(self, steps):
        self.travel(self.today)
        self.leaves = self.env["resource.calendar.leaves"]
        self.shown = {clock: (clock.deadline, self.now()) for clock in self.clocks}
        self.missed = {}
        self.frozen_terms = {}
        for pause, step in [*steps, (("hours", 0), ("sweep",))]:
            self.let_pass(*pause)
            for clock in self.clocks:
                self.note_missed(clock, self.now())
            getattr(self, f"step_{step[0]}")(*step[1:])
            self.env.flush_all()
            self.env.invalidate_all()
            self.check(step)

    def let_pass(self, unit, number, seconds=0):
        if unit == "hours":
            self.frozen.tick(timedelta(hours=number))
            return
        day = self.now().replace(tzinfo=UTC).date() + DAY * number
        moment = wall(f"{day} 17:00") + timedelta(seconds=seconds)
        self.frozen.move_to(max(moment, self.now()))

    def now(self):
        return datetime.now().replace(microsecond=0)

    # === STEPS === #
    def step_move(self, number, status):
        self.tickets[number].write({"stage_id": self.stages[status].id})

    def step_move_all(self, status):
        self.tickets.write({"stage_id": self.stages[status].id})

    def step_spam(self, number):
        with suppress(UserError), self.env.cr.savepoint():  # answered already
            self.tickets[number].action_not_complaint()

    def step_undo(self, number):
        with suppress(UserError), self.env.cr.savepoint():  # never marked as spam
            self.tickets[number].action_undo_cancellation()

    def step_tell(self, number):
        """Tell the customer the new date if one waits, else how it stands."""
        ticket = self.tickets[number]
        waiting = self.Clock._get_untold_notices(ticket)
        if waiting:
            waiting._tell_otherwise("phone", self.now())
        else:
            ticket._tell("progress", body="Still at it.", told={"medium": "phone"})

    def step_urgency(self, number, priority):
        self.tickets[number].priority = priority

    def step_kind(self, number, kind, status=None):
        self.write_with_status(self.tickets[number], {"assistance_type": kind}, status)

    def step_team(self, number, team, status=None):
        self.write_with_status(
            self.tickets[number], {"team_id": self.teams[team].id}, status
        )

    def write_with_status(self, ticket, vals, status):
        if status:
            vals["stage_id"] = self.stages[status].id
        ticket.write(vals)

    def step_received(self, number, hours):
        ticket = self.tickets[number]
        ticket.received_date = ticket.create_date - timedelta(hours=hours)

    def step_extend(self, number, days):
        # refused where the new date would lie in the past, or the clock stands still
        with suppress(UserError), self.env.cr.savepoint():
            self.clocks[number]._extend(days, "More papers")

    def step_leave(self, number, hour):
        day = date(2026, 3, 2) + DAY * number
        self.leaves |= self.add_leave(f"{day} {hour:02}:00", f"{day} 23:59:59")

    def step_no_leave(self):
        self.leaves[:1].unlink()
        self.leaves = self.leaves.exists()

    def step_hours(self, number, hour):
        self.calendar.attendance_ids.sorted("dayofweek")[number].hour_to = hour

    def step_sweep(self):
        self.Clock._cron_sweep()
        now = self.now()
        for clock in self.clocks:
            self.note_missed(clock, now)
            self.assertEqual(
                {
                    event.deadline_after: event.effective_date
                    for event in self.breaches(clock)
                },
                self.missed.get(clock, {}),
            )
            if clock.state in ALIVE:
                self.assertEqual(
                    clock.missed, clock.deadline < (clock.paused_since or now)
                )

    # === WHAT MUST HOLD === #
    def check(self, step):
        now = self.now()
        for clock in self.clocks:
            self.note_missed(clock, now)
            self.check_count(clock)
            self.check_stands_still(clock)
            self.assertCopied(clock.ticket_id)
            # so that a list may ask the clock what is running
            self.assertEqual(
                clock.state in ALIVE, clock.ticket_id.status in OPEN_STATUS
            )
            breaches = self.breaches(clock).mapped("deadline_after")
            self.assertEqual(len(breaches), len(set(breaches)))
            self.assertLessEqual(set(breaches), set(self.missed.get(clock, {})))
            self.check_told(clock)
        self.clocks._check(now)
        self.assertEqual(set(self.clocks.mapped("check_note")), {False})
        self.check_partition(by_field=step == ("sweep",))

    def check_told(self, clock):
        """What was told is what the notices say; what waits names the present date."""
        notices = clock.ticket_id.notice_ids
        told = notices.filtered(lambda n: n.state == "told" and n.promised_date)
        last = told.sorted(lambda n: (n.told_date, n.id))[-1:]
        self.assertEqual(clock.told_deadline, last.promised_date)
        waiting = notices.filtered(
            lambda n: n.kind == "new_date" and n.state == "to_tell"
        )
        self.assertLessEqual(len(waiting), 1)
        if waiting:
            self.assertIn(clock.state, ALIVE)
            self.assertEqual(waiting.promised_date, clock.deadline)
            self.assertEqual(waiting.previous_date, clock.told_deadline)
            self.assertGreater(clock.deadline, clock.told_deadline)

    def breaches(self, clock):
        return clock.event_ids.filtered(lambda event: event.event_type == "breach")

    def note_missed(self, clock, now):
        """Remember which deadlines passed, and since when they were the deadline."""
        if clock.deadline != self.shown[clock][0]:
            self.shown[clock] = (clock.deadline, now)
        deadline, since = self.shown[clock]
        is_over = clock.state not in ALIVE
        until = clock.paused_since or clock.stop_date if is_over else clock.paused_since
        if deadline < (until or now):
            self.missed.setdefault(clock, {}).setdefault(deadline, max(deadline, since))

    def check_count(self, clock):
        if clock.state not in ALIVE:
            return
        gaps, since, terms = [], None, None
        for event in clock.event_ids.sorted("id"):
            terms = event
            if event.event_type in ("pause", "stop", "cancel"):
                since = since or event.effective_date
            elif event.event_type in ("resume", "reopen"):
                gaps.append((since, event.effective_date))
                since = None
        self.assertEqual(bool(since), clock.state == "paused")
        count = self.day_by_day(clock.calendar_id)
        for field, days in (
            ("deadline", terms.days + terms.extension_days),
            ("target_date", terms.target_days + terms.extension_days),
            ("first_deadline", terms.days),
        ):
            self.assertEqual(
                clock[field], count.deadline(terms.start_date, days, gaps), field
            )

    def day_by_day(self, calendar):
        """Opening hours in seconds of each local date, from the rows alone."""
        rows = [
            sorted(calendar.attendance_ids.mapped(lambda a: (a.dayofweek, a.hour_to))),
            sorted(calendar.leave_ids.mapped(lambda d: (d.date_from, d.date_to))),
        ]
        key = str((calendar.id, rows))
        if key not in self.counts:
            self.counts[key] = self.count_by_hand(calendar)
        return self.counts[key]

    def count_by_hand(self, calendar):
        tz = ZoneInfo(calendar.tz)
        openings = {}
        leaves = [
            (
                leave.date_from.replace(tzinfo=UTC).astimezone(tz),
                leave.date_to.replace(tzinfo=UTC).astimezone(tz),
            )
            for leave in calendar.leave_ids
        ]
        for number in range((LAST - FIRST).days):
            day = FIRST + DAY * number
            parts = sorted(
                (int(line.hour_from * 3600), int(line.hour_to * 3600))
                for line in calendar.attendance_ids
                if int(line.dayofweek) == day.weekday()
            )
            midnight = datetime(day.year, day.month, day.day, tzinfo=tz)
            for begin, end in leaves:
                closed = (
                    (begin - midnight).total_seconds(),
                    (end - midnight).total_seconds(),
                )
                parts = without(parts, closed)
            openings[day] = parts
        return DayByDay(openings, tz)

    def check_stands_still(self, clock):
        if clock.state in ALIVE:
            self.frozen_terms.pop(clock, None)
            return
        reopened = len(
            clock.event_ids.filtered(lambda event: event.event_type == "reopen")
        )
        terms = {name: clock[name] for name in FROZEN} | {"reopened": reopened}
        before = self.frozen_terms.setdefault(clock, terms)
        if before["reopened"] == reopened:
            self.assertEqual(terms, before)
        self.frozen_terms[clock] = terms
        if clock.state == "stopped":
            due = clock.late_from or clock.deadline
            self.assertEqual(clock.result, "late" if clock.stop_date > due else "met")
            self.assertEqual(bool(clock.late_days), clock.result == "late")

    def check_partition(self, by_field):
        """Each state finds the complaints whose compute says so, and no other."""
        by_state = self.tickets.grouped("sla_state")
        states = [state for state, _label in SLA_STATE]
        domains = self.Ticket._get_sla_state_domains(states)
        for state in states:
            wanted = by_state.get(state, self.Ticket)
            self.assertEqual(self.search(domains[state]), wanted, state)
            if by_field:
                domain = Domain("sla_state", "=", state)
                self.assertEqual(self.search(domain), wanted, state)
                self.assertEqual(self.search(~domain), self.tickets - wanted, state)

    def search(self, domain):
        return self.Ticket.search(Domain("id", "in", self.tickets.ids) & domain)
