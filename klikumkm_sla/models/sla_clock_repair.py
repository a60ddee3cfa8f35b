# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Counting clocks again on other terms, on somebody's word and with a reason (rule 8).

After a time standard or the hours of a team were edited nothing moves by itself. What
the preview says and what is done come from the same outcome, so they cannot differ.
"""

from typing import NamedTuple

from odoo import api, models

from .sla_clock import ALIVE, BATCH, Dates, Terms

REPAIRABLE = (*ALIVE, "stopped")


class Repair(NamedTuple):
    """What a repair makes of one clock."""

    terms: Terms
    dates: Dates
    late_from: object  # the missed deadline that was extended afterwards, or False
    judgement: dict  # of :meth:`SlaClock._judge`, and missed; empty while it runs


class SlaClock(models.Model):
    _inherit = "klikumkm.sla.clock"

    def _preview_repair(self, takes_terms, takes_hours, now):
        """What :meth:`_repair` would do. Writes nothing.

        A clock keeps its date where no time standard fits any more, or the hours have
        no working day: a repair never takes a promise away.

        :param bool takes_terms: the days and targets of the time standards as they are
            today; else those the clock was set with
        :param bool takes_hours: the operating hours that team or company have today;
            else those it was set with
        :param datetime now: naive UTC
        :return: {clock: :class:`Repair`} of those that would change
        """
        clocks = self.filtered(lambda clock: clock.state in REPAIRABLE)
        gaps_of = clocks._get_gaps()
        chosen = {}
        if takes_terms or takes_hours:
            moved = clocks if takes_hours else None
            chosen = clocks._choose_terms(clocks._get_facts(), now, moved)
        repairs = {}
        for clock in clocks:
            terms = clock._get_terms()
            if takes_hours:
                terms = terms._replace(calendar=chosen[clock].calendar)
            if takes_terms:
                terms = chosen[clock]._replace(calendar=terms.calendar)
            gaps = gaps_of[clock.id]
            dates = clock._count_dates(terms, now, gaps)
            if clock.deadline and not dates.deadline:
                continue
            repair = clock._get_repair(terms, dates, gaps)
            if clock._is_changed_by(repair):
                repairs[clock] = repair
        return repairs

    def _get_repair(self, terms, dates, gaps):
        """The outcome for one clock, a stopped one judged anew (rule 5)."""
        self.ensure_one()
        late_from = self._find_late_from(terms, gaps)
        judgement = {}
        if self.state == "stopped":
            stop = self.stop_date
            judgement = self._judge(
                stop, late_from or dates.deadline, dates.target_date, terms, gaps
            )
            judgement["missed"] = bool(dates.deadline and dates.deadline < stop)
        return Repair(terms, dates, late_from, judgement)

    def _find_late_from(self, terms, gaps):
        """The deadline that had passed when the clock was extended late, if it still
        had on these terms.
        """
        if not self.late_from:
            return False
        late = self.extension_ids.filtered("is_late").sorted("id")[:1]
        if not late:
            return self.late_from
        earlier = self.extension_ids.filtered(lambda e: e.id < late.id)
        days = terms.days + sum(earlier.mapped("days"))
        table = terms.calendar._get_working_days(terms.start_date, late.create_date)
        due = table.count_deadline(terms.start_date, days, gaps) if days else False
        return due if due and due < late.create_date else False

    def _is_changed_by(self, repair):
        self.ensure_one()
        return (
            repair.terms.differ(self._get_terms())
            or repair.dates != self._get_dates()
            or repair.late_from != self.late_from
            or any(self[name] != value for name, value in repair.judgement.items())
        )

    def _repair(self, reason, takes_terms, takes_hours, now):
        """Count the clocks again on other terms, those that stand still as well.

        Each one that changes gets an event with the reason. Told dates follow rule 9;
        no alert is sent.

        :param str reason: for the journal
        :return: the clocks that changed
        """
        changed = self.browse()
        clocks = self.with_context(sla_new_date_reason=self._get_repair_reasons())
        for position in range(0, len(clocks), BATCH):
            batch = clocks[position : position + BATCH]
            journal = batch._settle(now)
            repairs = batch._preview_repair(takes_terms, takes_hours, now)
            for clock, repair in repairs.items():
                before = clock.deadline
                clock.update({**repair.terms.as_vals(), "late_from": repair.late_from})
                clock._take_dates(repair.dates, now)
                clock.update(repair.judgement)
                journal.append(
                    clock._prepare_event(
                        "recalculate",
                        now,
                        deadline_before=before,
                        result=clock.result,
                        reason=reason,
                    )
                )
                changed |= clock
            batch._close_operation(journal, now)
        return changed

    @api.model
    def _get_repair_reasons(self):
        """Why the date is another one, as customers are told, by language.

        The manager's reason is for the journal: it may speak of our mistakes.
        """
        return {
            code: self.with_context(lang=code).env._(
                "We have counted the date of our answer again."
            )
            for code, _name in self.env["res.lang"].get_installed()
        }

    def _is_overdue_at(self, deadline, now):
        """Whether a deadline has passed for a clock that runs or waits."""
        self.ensure_one()
        # a pause holds the count: only what had passed when it began
        return bool(deadline and deadline < (self.paused_since or now))
