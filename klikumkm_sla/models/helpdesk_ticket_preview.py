# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What another classification would do to the promised date, said before it is done.

Counted by the same code as the real thing (``_choose_terms`` and ``_count_dates`` of
the clock), so what is shown and what happens cannot differ.
"""

from typing import NamedTuple

from odoo import api, fields, models

# What may be changed on the form itself and moves the date; the team does as well.
CLASSIFICATION = ("category_id", "submission_type", "assistance_type", "priority")


class DeadlinePreview(NamedTuple):
    """Where other facts would lead; moments in naive UTC, or False."""

    before: object  # the present deadline
    after: object  # the deadline there would be
    promised: object  # the date the customer has
    days: int  # working days of the standard that would apply
    unset_reason: str | bool  # why there would be no deadline
    is_past: bool  # the new deadline would be missed at once
    is_promise_past: bool  # the date the customer has is over

    @property
    def is_to_tell(self):
        """Whether the customer would have to be told a later date (rule 9)."""
        return bool(self.after and self.promised and self.after > self.promised)


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    sla_change_effect = fields.Text(
        string="What happens to the date",
        compute="_compute_sla_change_effect",
        groups="base.group_user",
        help="Said while the form is filled in, before it is saved.",
    )

    @api.depends("team_id", *CLASSIFICATION)
    @api.depends_context("lang")
    def _compute_sla_change_effect(self):
        for ticket in self:
            ticket.sla_change_effect = False
            if not (facts := ticket._get_facts_filled_in()):
                continue
            saved = ticket._origin
            preview = saved._preview_deadlines({saved.id: facts}).get(saved)
            if preview and preview.after != preview.before:
                ticket.sla_change_effect = saved._say_deadline_change(preview)

    def _get_facts_filled_in(self):
        """What a form that is not saved yet would change, else nothing.

        :rtype: dict
        """
        self.ensure_one()
        saved = self._origin
        if not saved or saved == self:
            return {}
        vals = {
            name: saved._fields[name].convert_to_write(self[name], self)
            for name in CLASSIFICATION
            if self[name] != saved[name]
        }
        facts = saved._get_reclassified_facts(vals)
        if self.team_id._origin != saved.team_id:
            facts["team"] = self.team_id._origin
        return facts

    def _preview_deadlines(self, changes_of):
        """Where other facts would lead, for many at once. Writes nothing.

        :param dict changes_of: by ticket id, a dict of :class:`ComplaintFacts` to think
            of instead of the present ones
        :return: {ticket: :class:`DeadlinePreview`}, without those whose clock stands
        """
        now = self._get_operation_now()
        # as for the count itself: no right of whoever looks decides how it goes
        engine = self._get_clock_engine()
        # of all terms, since another may lead then
        clocks = self.sudo().sla_clock_ids.with_env(engine.env)
        facts_of = {
            clock: facts._replace(**changes_of.get(clock.ticket_id.id, {}))
            for clock, facts in clocks._get_facts().items()
        }
        clocks = clocks.filtered(
            lambda c: c._is_needed(c.kind, c.ticket_id, facts_of[c])
        )
        counted = clocks._preview(facts_of, now)
        leading = {}
        for clock, (_terms, dates) in counted.items():
            first = leading.setdefault(clock.ticket_id, clock)
            if (dates.deadline or now.max) < (counted[first][1].deadline or now.max):
                leading[clock.ticket_id] = clock
        previews = {}
        for clock in leading.values():
            terms, dates = counted[clock]
            ticket = self.browse(clock.ticket_id.id)
            now_leading = clock.ticket_id.sla_clock_ids._get_leading()
            promised = ticket._get_promised_date()
            # a pause holds the count: only what had passed when it began
            moment = clock.paused_since or now
            previews[ticket] = DeadlinePreview(
                before=now_leading.deadline,
                after=dates.deadline,
                promised=promised,
                days=terms.days + clock.extension_days,
                unset_reason=dates.unset_reason,
                is_past=bool(dates.deadline and dates.deadline < moment),
                is_promise_past=bool(promised and promised < moment),
            )
        return previews

    def _get_reclassification_effect(self, vals):
        previews = self._preview_deadlines(
            {ticket.id: ticket._get_reclassified_facts(vals) for ticket in self}
        )
        if len(self) == 1:
            preview = previews.get(self)
            return self._say_deadline_change(preview) if preview else ""
        return "\n".join(
            f"{ticket.number}: {ticket._say_deadline_change(preview)}"
            for ticket, preview in previews.items()
            if preview.after != preview.before
        )

    def _say_deadline_change(self, preview):
        """Say to an agent what would happen to the date and what is to be done."""
        self.ensure_one()
        before = self._format_customer_day(preview.before)
        after = self._format_customer_day(preview.after)
        if not preview.after:
            return self._get_unset_reason(preview.unset_reason)
        if preview.after == preview.before:
            return self.env._("The deadline does not change: %(date)s.", date=after)
        if preview.before:
            sentences = [
                self.env._(
                    "Deadline %(before)s → %(after)s (%(days)s working days).",
                    before=before,
                    after=after,
                    days=preview.days,
                )
            ]
        else:
            sentences = [
                self.env._(
                    "Deadline %(after)s (%(days)s working days).",
                    after=after,
                    days=preview.days,
                )
            ]
        if preview.is_past:
            sentences.append(
                self.env._(
                    "Warning: this date has passed. The complaint is overdue as soon "
                    "as you apply it."
                )
            )
        if preview.is_to_tell and preview.is_promise_past:
            sentences.append(
                self.env._(
                    "The customer must be told at once: the promised date has passed."
                )
            )
        elif preview.is_to_tell:
            sentences.append(
                self.env._(
                    "The customer must be told before %(date)s.",
                    date=self._format_customer_day(preview.promised),
                )
            )
        elif preview.promised:
            sentences.append(
                self.env._("Nobody needs to be told: the promised date stands.")
            )
        return " ".join(sentences)
