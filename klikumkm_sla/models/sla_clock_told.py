# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The date that customers were told, against the date that is counted (rule 9).

A count never changes what somebody was told: where it leads to a later date, a message
is filled in and waits in *To tell*; until it is told, the customer's date stands.
"""

from odoo import api, models
from odoo.fields import Domain

from ..working_days import Gap
from .sla_clock import ALIVE

# Notices that name the date of our answer; of all others it is only kept.
DATED_KINDS = ("receipt", "progress", "new_date", "extension")
# Those that replace a date by another.
NEW_DATE_KINDS = ("new_date", "extension")


class SlaClock(models.Model):
    _inherit = "klikumkm.sla.clock"

    def _close_operation(self, journal, now):
        result = super()._close_operation(journal, now)
        self._follow_promises(journal)
        return result

    def _get_untold_notices(self, tickets):
        """Messages with another date that are not told yet, withdrawn ones apart.

        :return: ``klikumkm.complaint.notice`` recordset
        """
        return self.env["klikumkm.complaint.notice"].search(
            tickets._get_untold_notice_domain() & Domain("ticket_id", "in", tickets.ids)
        )

    def _follow_promises(self, journal=()):
        """Withdraw messages that no longer hold, and ask for those that are needed.

        :param list journal: values of the events of this operation; only a deadline
            that one of them moved is told, so that what was decided not to be told
            (*keep told dates*, a withdrawn message) stays so
        """
        dated = self._get_dated_at_last(journal)
        # before anything was told, nothing can have waited but an extension
        clocks = self._get_promising().filtered(
            lambda c: c.told_deadline or c.extension_days or c in dated
        )
        if not clocks:
            return
        told_apart = self.env.context.get("sla_told_apart")
        moved = {
            vals["ticket_id"]: vals["event_type"]
            for vals in journal
            # the caller tells events of this type himself
            if vals["event_type"] != told_apart
            and (
                vals["deadline_before"] != vals["deadline_after"]
                # one that leads no more gives way to another date; what waited was
                # withdrawn when the complaint left the desk
                or vals["event_type"] in ("cancel", "reopen")
            )
        }
        waiting = self._get_untold_notices(clocks.ticket_id).grouped("ticket_id")
        moot = self.env["klikumkm.complaint.notice"]
        needed = self.browse()
        for clock in clocks:
            notices = waiting.get(clock.ticket_id, moot.browse())
            due = clock.ticket_id.sla_deadline
            holding = notices.filtered(
                lambda n, c=clock, due=due: c.state in ALIVE and n.promised_date == due
            )
            moot |= (notices - holding).filtered(lambda n: n.kind in NEW_DATE_KINDS)
            if (
                clock.state in ALIVE
                and clock.ticket_id.id in moved
                and not holding
                and (clock in dated or clock._has_date_to_tell())
            ):
                needed |= clock
        if moot:
            moot.action_withdraw()
        needed._ask_to_tell_dates(moved)

    def _get_dated_at_last(self, journal):
        """Those that had no date, and whose customers were told that we will name one.

        :param list journal: values of the events of this operation
        """
        clock_ids = {
            vals["clock_id"]
            for vals in journal
            if vals["event_type"] != "start"
            and vals["deadline_after"]
            and not vals["deadline_before"]
        }
        clocks = self.filtered(
            lambda c: c.id in clock_ids and c.kind == "standard" and not c.told_deadline
        )
        if not clocks:
            return clocks
        receipts = self.env["klikumkm.complaint.notice"].search(
            Domain("ticket_id", "in", clocks.ticket_id.ids)
            & Domain("kind", "=", "receipt")
            & Domain("state", "=", "told")
        )
        return clocks.filtered(lambda c: c.ticket_id in receipts.ticket_id)

    def _get_promising(self):
        """The standard clocks of these clocks' complaints: they keep what was told."""
        standard = self.filtered(lambda clock: clock.kind == "standard")
        others = (self - standard).ticket_id - standard.ticket_id
        if others:
            standard |= self.search(
                [("ticket_id", "in", others.ids), ("kind", "=", "standard")]
            )
        return standard

    def _has_date_to_tell(self):
        """Whether the complaint is due later than its customer was told."""
        self.ensure_one()
        due, told = self.ticket_id.sla_deadline, self.told_deadline
        return bool(due and told and due > told)

    @api.model
    def _preview_start(self, ticket, now):
        """Which deadlines clocks would have that start when it is reopened.

        Of what was closed before the suite knew it (``_start``). Writes nothing.

        :param ticket: ``helpdesk.ticket`` record without clocks
        :param datetime now: naive UTC
        :return: list of naive UTC, or False where there is none
        """
        dates = []
        for kind, spec in self._clock_kinds().items():
            if self._is_needed(kind, ticket):
                start = ticket[spec["start_field"]]
                clock = self.new({"ticket_id": ticket.id, "kind": kind})
                terms = clock._choose_terms(clock._get_facts(), now)[clock]
                gaps = [Gap(start, now)]
                dates.append(clock._count_dates(terms, now, gaps).deadline)
        return dates

    def _preview_reopening(self, at=None, more_days=0):
        """Which deadline a clock that stands would have if it ran again.

        Writes nothing.

        :param datetime at: from which moment it runs (naive UTC), by default now
        :param int more_days: an extension to think of, in working days
        :return: naive UTC; False for one that runs or has no deadline
        """
        open_gap = self.deadline and self.state not in ALIVE and self._get_open_gap()
        if not open_gap:
            return False
        gap, _cause = open_gap
        gap = gap._replace(end=at or gap.end)
        terms = self._choose_terms(self._get_facts(), gap.end)[self]
        gaps = [*self._get_gaps()[self.id], gap]
        return self._count_dates(terms, gap.end, gaps, more_days).deadline

    def _ask_to_tell_dates(self, event_types):
        """Fill in a message with the new date for each; somebody at the desk tells it.

        :param dict event_types: by ticket id, the kind of event that moved the date
        """
        if not self:
            return
        extensions_of = {clock: clock._get_untold_extensions() for clock in self}
        notices = self.ticket_id._tell(
            "new_date",
            "klikumkm_complaint.mail_template_new_date",
            values={"reason": self.env.context.get("sla_new_date_reason")},
            each={
                clock.ticket_id.id: {
                    "cause": event_types.get(clock.ticket_id.id),
                    "old_date": clock.told_deadline,
                    "new_date": clock.ticket_id.sla_deadline,
                    "extensions": extensions_of[clock],
                }
                for clock in self
            },
            is_sent=False,
        )
        notice_of = notices.grouped("ticket_id")
        for clock, extensions in extensions_of.items():
            # told with it, in its own words
            extensions.notice_id = notice_of[clock.ticket_id]

    def _get_untold_extensions(self):
        """Extensions whose own message was withdrawn before it was told."""
        return self.extension_ids.filtered(
            lambda extension: (
                extension.notice_id
                and not extension.notice_id.active
                and extension.notice_id.state != "told"
            )
        )

    def _take_told_dates(self, notices):
        """Take over what these notices told, or no longer tell (rule 9).

        A date is told late when it came after the one it replaces had passed.

        :param notices: ``klikumkm.complaint.notice`` recordset of these complaints
        """
        told = self.env["klikumkm.complaint.notice"].search_fetch(
            Domain("ticket_id", "in", self.ticket_id.ids)
            & Domain("kind", "in", DATED_KINDS)
            & Domain("state", "=", "told")
            & Domain("promised_date", "!=", False),
            ["ticket_id", "kind", "promised_date", "previous_date"],
            order="told_date, id",
        )
        date_of = {}
        for notice in told:
            date, known = notice.promised_date, date_of.get(notice.ticket_id)
            # news of the stage never says that the date became a later one, but for
            # those that name what they replace: it was reopened
            is_later = known and date > known and not notice.previous_date
            if not (notice.kind == "progress" and is_later):
                date_of[notice.ticket_id] = date
        replaced = self.browse()
        for clock in self:
            told_date = date_of.get(clock.ticket_id, False)
            if clock.told_deadline != told_date:
                clock.told_deadline = told_date
                replaced |= clock
        self._mark_told_late(notices)
        self._show_on_tickets()
        untold = self._get_untold_notices(self.ticket_id)
        done = untold.filtered(
            lambda n: n.promised_date <= date_of[n.ticket_id]
            if n.ticket_id in date_of
            # the date that it replaces came back: there is none to replace
            else n.kind == "new_date"
        )
        # the others tell of more than the date
        if moot := done.filtered(lambda n: n.kind in NEW_DATE_KINDS):
            moot.action_withdraw()
        waiting = (untold - done).ticket_id
        # told a date that was replaced meanwhile: a receipt that came through at last
        told_of = notices.filtered(lambda n: n.state == "told").grouped("ticket_id")
        replaced.filtered(
            lambda c: c.kind == "standard"
            and c.state in ALIVE
            and c.ticket_id not in waiting
            and c.ticket_id in told_of
            and c._has_date_to_tell()
            and c._was_moved_since(told_of[c.ticket_id])
        )._ask_to_tell_dates({})

    def _mark_told_late(self, notices):
        """Keep which of these notices were told after the date they replace.

        :param notices: ``klikumkm.complaint.notice`` recordset of these complaints
        """
        late_of = notices.filtered(
            lambda n: n.state == "told"
            and n.previous_date
            and n.told_date > n.previous_date
        ).grouped("ticket_id")
        clocks = self.filtered(lambda c: c.ticket_id in late_of)
        gaps_of = clocks._get_gaps() if clocks else {}
        for clock in clocks:
            if not all(
                clock._stood_at(notice.previous_date, gaps_of[clock.id])
                for notice in late_of[clock.ticket_id]
            ):
                clock.is_told_late = True

    def _stood_at(self, moment, gaps):
        """Whether the clock did not run at a moment.

        A date that passed then is not missed: the customer knew that we waited for
        him, or had our answer.

        :param datetime moment: naive UTC
        :param list gaps: of closed :class:`Gap`
        """
        self.ensure_one()
        return bool(self.paused_since and self.paused_since <= moment) or any(
            gap.start <= moment < gap.end for gap in gaps
        )

    def _was_moved_since(self, notices):
        """Whether the date moved after the last of these messages was written.

        What was decided not to be told before (*keep told dates*) stays so.
        """
        self.ensure_one()
        written = max(notices.mapped("create_date")).replace(microsecond=0)
        since = self.ticket_id.sla_clock_ids._get_leading().deadline_since
        return bool(since and written <= since)

    def _is_told_late_at(self, moment, gaps):
        """Whether the customer's date passed before he was told the later one.

        :param datetime moment: naive UTC, when the clock stops
        :param list gaps: of :class:`Gap`
        """
        self.ensure_one()
        told = self.told_deadline
        # not the complaint's copy, which is written at the end of the operation
        due = self.ticket_id.sla_clock_ids._get_leading().deadline
        return bool(
            told
            and due
            and told < due
            and told < moment
            and not self._stood_at(told, gaps)
        )
