# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What changed days off do to clocks: said before, and told as was chosen."""

from odoo import api, fields, models
from odoo.fields import Domain

from .sla_clock import ALIVE


class SlaClock(models.Model):
    _inherit = "klikumkm.sla.clock"

    def _preview_recount(self, now):
        """Where :meth:`_recount` would lead. Writes nothing.

        :param datetime now: naive UTC
        :return: {clock: :class:`Dates`} of those that would get another deadline
        """
        # calendars that became unusable leave the deadlines that were promised
        counted = self.filtered(
            lambda c: c.state in ALIVE
            and not (c.deadline and c.calendar_id._get_sla_unusable_reason())
        )
        gaps_of = counted._get_gaps()
        dates_of = {
            clock: clock._count_dates(clock._get_terms(), now, gaps_of[clock.id])
            for clock in counted
        }
        return {
            clock: dates
            for clock, dates in dates_of.items()
            if dates.deadline != clock.deadline
        }

    def _preview_promises(self, now):
        """Which dates promised to customers :meth:`_recount` would move.

        :return: {complaint: (date now, date then)}, naive UTC or False
        """
        dates_of = self._preview_recount(now)
        promises = {}
        for ticket in self.browse().union(*dates_of).ticket_id:
            # the earliest one leads, see _get_leading()
            deadlines = [
                dates_of[clock].deadline if clock in dates_of else clock.deadline
                for clock in ticket.sla_clock_ids
                if clock.kind == "standard" or clock.state != "cancelled"
            ]
            promised = min(filter(None, deadlines), default=False)
            if promised != ticket.sla_deadline:
                promises[ticket] = (ticket.sla_deadline, promised)
        return promises

    def _recount(self, now):
        """Recount, and tell customers as was chosen for this change of days off.

        The reason goes on in the context as ``sla_new_date_reason`` (a sentence by
        language).
        """
        result = None
        for calendar, clocks in self.grouped(lambda c: c.calendar_id.sudo()).items():
            change = calendar.sla_change or {}
            companies = change.get("send_companies")
            tickets = clocks.ticket_id if companies else clocks.ticket_id.browse()
            before = {ticket: ticket.sla_deadline for ticket in tickets}
            telling = clocks.with_context(
                sla_new_date_reason=change.get("reason")
                or self.env.context.get("sla_new_date_reason"),
                sla_keep_told=clocks._get_tickets_to_keep(calendar).ids,
            )
            result = super(SlaClock, telling)._recount(now)
            # a message that waits for another reason is not this change's to send
            moved = tickets.filtered(
                lambda t, before=before: t.sla_deadline != before[t]
            )
            if moved:
                self._send_new_dates(moved, companies)
        return result

    def _get_tickets_to_keep(self, calendar):
        """Complaints whose customers are not told what this recount moves.

        Where another date waits to be told already, the told one stands no more.
        """
        kept = self.filtered(lambda c: c.calendar_version < calendar.sla_quiet_version)
        if not kept:
            return kept.ticket_id
        return kept.ticket_id - self._get_untold_notices(kept.ticket_id).ticket_id

    def _ask_to_tell_dates(self, event_types):
        kept = set(self.env.context.get("sla_keep_told") or ())
        asking = self.filtered(lambda clock: clock.ticket_id.id not in kept)
        return super(SlaClock, asking)._ask_to_tell_dates(event_types)

    @api.model
    def _send_new_dates(self, tickets, company_ids):
        """Let the messages that wait go out by e-mail, where there is an address.

        :param tickets: ``helpdesk.ticket`` recordset
        :param list company_ids: of these companies' complaints only
        """
        notices = self.env["klikumkm.complaint.notice"].search(
            self._get_waiting_notice_domain()
            & Domain("ticket_id", "in", tickets.ids)
            & Domain("company_id", "in", company_ids)
        )
        due = notices.filtered(lambda n: n.ticket_id._get_customer_email())
        if due:
            due.is_send_due = True
            self.env.ref("klikumkm_complaint.ir_cron_tell")._trigger()

    def _get_waiting_notice_domain(self):
        """Messages with a new date that nobody has told or sent yet."""
        return (
            Domain("kind", "=", "new_date")
            & Domain("state", "=", "to_tell")
            & Domain("mail_message_id", "=", False)
            & Domain("is_send_due", "=", False)
        )

    def _get_last_deadline_of(self, calendars):
        """The latest deadline that runs or waits on each calendar.

        :return: {id of the calendar: naive UTC}
        """
        rows = self.sudo()._read_group(
            [
                ("calendar_id", "in", calendars.ids),
                ("state", "in", ALIVE),
                ("deadline", ">=", fields.Datetime.now()),
            ],
            ["calendar_id"],
            ["deadline:max"],
        )
        return {calendar.id: deadline for calendar, deadline in rows}
