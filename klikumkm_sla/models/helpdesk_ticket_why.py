# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Why this date, in words: a sentence for customers, a table for the desk."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_list


def get_stretches(days):
    """Days of one kind and name that follow each other, together.

    :param list days: of :class:`ExplainedDay`, ascending
    :rtype: list of lists
    """
    stretches = []
    for day in days:
        last = stretches[-1][-1] if stretches else None
        if last and (last.kind, last.name) == (day.kind, day.name):
            stretches[-1].append(day)
        else:
            stretches.append([day])
    return stretches


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    sla_why = fields.Html(
        string="Why this date",
        compute="_compute_sla_why",
        groups="base.group_user",
        help="How the deadline was counted, day by day.",
    )

    # === FOR THE CUSTOMER === #
    def _get_promise_reason(self):
        """One sentence that lets anybody count the promised date on a calendar.

        The same on his page, in mails, WhatsApp texts and PDFs; of the date in the
        message where the message names another one.
        """
        self.ensure_one()
        values = self._get_message_values()
        date = values.get("new_date") or self._get_promised_date()
        clock = self._get_clock_of(date)
        explanation = clock and date and clock._explain(date, values.get("days") or 0)
        return self._say_explanation(explanation) if explanation else ""

    def _get_clock_of(self, date):
        """The clock that a date was counted with: the leading one, unless only
        another knows it.

        :param datetime date: naive UTC
        """
        self.ensure_one()
        leading = self._get_leading_clock()
        clocks = self.sudo().sla_clock_ids
        if len(clocks) < 2 or leading.deadline == date:
            return leading
        clocks = leading | clocks
        return (
            clocks.filtered(lambda c: c.deadline == date)
            or clocks.filtered(lambda c: date in c.event_ids.mapped("deadline_after"))
            or leading
        )[:1]

    def _say_explanation(self, explanation):
        """An :class:`Explanation` in one sentence, which names no person."""
        received = self._format_date_only(explanation.received)
        if explanation.days == 1:
            sentence = self.env._(
                "1 working day, counted from the day after receipt (%(received)s)",
                received=received,
            )
        else:
            sentence = self.env._(
                "%(days)s working days, counted from the day after receipt "
                "(%(received)s)",
                days=explanation.days,
                received=received,
            )
        skipped = self._say_skipped_days(explanation)
        # a date of before other hours or days off: today's would explain another one
        if skipped and explanation.adds_up:
            sentence = self.env._(
                "%(count)s, not counting %(days)s",
                count=sentence,
                days=format_list(self.env, skipped),
            )
        extension = explanation.extension_days
        if extension == 1:
            sentence = self.env._(
                "%(count)s, and 1 working day of extension", count=sentence
            )
        elif extension:
            sentence = self.env._(
                "%(count)s, and %(days)s working days of extension",
                count=sentence,
                days=extension,
            )
        return f"{sentence}."

    def _say_skipped_days(self, explanation):
        """What was not counted, as parts of a sentence.

        :rtype: list of str
        """
        parts = []
        closed = len(explanation.of_kind("closed"))
        if closed == 1:
            parts.append(self.env._("1 day on which we are closed"))
        elif closed:
            parts.append(
                self.env._("%(days)s days on which we are closed", days=closed)
            )
        for name, rows in explanation.holidays():
            parts.append(f"{self._say_days(rows)} {name}")
        waited = len(explanation.of_kind("waited"))
        if waited == 1:
            parts.append(self.env._("1 working day in which we waited for you"))
        elif waited:
            parts.append(
                self.env._(
                    "%(days)s working days in which we waited for you", days=waited
                )
            )
        for row in explanation.of_kind("returned"):
            parts.append(
                self.env._(
                    "%(date)s, the day on which we went on",
                    date=self._format_date_only(row.day),
                )
            )
        ended = len(explanation.of_kind("ended"))
        if ended:
            parts.append(
                self.env._("the time in which your complaint had been answered")
            )
        return parts

    def _say_days(self, rows):
        first, last = rows[0].day, rows[-1].day
        if first == last:
            return self._format_date_only(first)
        return f"{self._format_date_only(first)} – {self._format_date_only(last)}"

    # === FOR THE DESK === #
    @api.depends("sla_deadline", "sla_told_date")
    @api.depends_context("lang")
    def _compute_sla_why(self):
        for ticket in self:
            ticket.sla_why = ticket._explain_to_desk()

    def _explain_to_desk(self):
        """The count by day, and what happened to the clock, as HTML or False."""
        self.ensure_one()
        clock = self._get_leading_clock()
        explanation = clock and clock._explain()
        if not explanation:
            return False
        rows = [
            (
                self._format_date_only(explanation.received),
                self.env._("day of receipt, not counted"),
            )
        ]
        rows += [
            (self._say_days(days), self._say_kind(days))
            for days in get_stretches(explanation.dates)
        ]
        if clock.paused_since:
            rows.append(
                (
                    self._format_customer_day(clock.paused_since),
                    self.env._("paused since then; the date stands still"),
                )
            )
        parts = [
            Markup("<p>%s</p>") % self._say_explanation(explanation),
            self._make_table(rows),
        ]
        told = clock.told_deadline
        if told and told != clock.deadline:
            parts.insert(
                0,
                Markup("<p><strong>%s</strong></p>")
                % self.env._(
                    "Counted: %(counted)s. The customer was told: %(told)s.",
                    counted=self._format_customer_date(clock.deadline),
                    told=self._format_customer_date(told),
                ),
            )
        events = [
            (
                self._format_customer_date(event.effective_date),
                event._say(self),
            )
            for event in clock.event_ids.sorted("id")
        ]
        parts += [
            Markup("<p><strong>%s</strong></p>") % self.env._("What happened"),
            self._make_table(events),
        ]
        return Markup("").join(parts)

    def _say_kind(self, rows):
        row = rows[0]
        if row.kind == "holiday":
            return row.name
        if row.kind == "counted" and len(rows) == 1:
            return self.env._("working day %(number)s", number=row.number)
        if row.kind == "counted":
            return self.env._(
                "working days %(first)s to %(last)s",
                first=row.number,
                last=rows[-1].number,
            )
        return {
            "closed": self.env._("closed"),
            "waited": self.env._("waited for the customer, not counted"),
            "ended": self.env._("answered or off the desk, not counted"),
            "returned": self.env._("ran again, not counted: a whole day must be left"),
        }[row.kind]

    @api.model
    def _make_table(self, rows):
        body = Markup("").join(
            Markup('<tr><td class="text-nowrap pe-3">%s</td><td>%s</td></tr>') % row
            for row in rows
        )
        table = Markup('<table class="table table-sm mb-2"><tbody>%s</tbody></table>')
        return table % body
