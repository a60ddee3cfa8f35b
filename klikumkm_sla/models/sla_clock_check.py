# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The nightly self-check: running and paused clocks counted anew from their journals.

A difference is reported to the managers and shown on the clock; it is never mended
here, because whoever mends must know which of the two is right (*Count again…*).
"""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from .sla_clock import ALIVE, BATCH, Terms, read_gaps

# In a mail; the list holds all of them.
MAX_REPORTED = 50
JOURNAL_FIELDS = (
    "event_type",
    "effective_date",
    "start_date",
    "days",
    "target_days",
    "extension_days",
)
STATE_AFTER = {
    "start": "running",
    "pause": "paused",
    "resume": "running",
    "reopen": "running",
    "stop": "stopped",
    "cancel": "cancelled",
}


class SlaClock(models.Model):
    _inherit = "klikumkm.sla.clock"

    check_note = fields.Char(
        string="Differs from its journal",
        readonly=True,
        help="What the nightly check counted otherwise; empty if all is well.",
    )

    _check_note_idx = models.Index("(id) WHERE check_note IS NOT NULL")

    def _count_from_journal(self, now):
        """What the journal alone says the clock should hold. Writes nothing.

        :param datetime now: naive UTC
        :return: {field: value}; without dates where the hours changed and the recount
            is still to come, or cannot be counted on any more
        """
        self.ensure_one()
        events = self.event_ids.sorted("id")
        last = events[-1:]
        states = [
            STATE_AFTER[event.event_type]
            for event in events
            if event.event_type in STATE_AFTER
        ]
        values = {
            "state": states[-1] if states else False,
            "start_date": last.start_date,
            "days": last.days,
            "target_days": last.target_days,
            "extension_days": last.extension_days,
        }
        reason = self.calendar_id._get_sla_unusable_reason()
        version = self.calendar_id.sudo().sla_version
        if last and not reason and self.calendar_version == version:
            terms = Terms(
                last.start_date,
                last.days,
                last.target_days,
                self.calendar_id,
                self.policy_id,
            )
            gaps = [gap for gap, _cause in read_gaps(events)]
            dates = self._count_dates(terms, now, gaps)
            values.update(
                deadline=dates.deadline,
                target_date=dates.target_date,
                first_deadline=dates.first_deadline,
            )
        return values

    def _check(self, now):
        """Note on each clock what differs from its journal.

        :param datetime now: naive UTC
        """
        # at once: a slice of a recordset reads its records one by one
        self.event_ids.fetch(JOURNAL_FIELDS)
        for clock in self:
            counted = clock._count_from_journal(now)
            different = [name for name in counted if clock[name] != counted[name]]
            ticket = clock.ticket_id
            leading = ticket.sla_clock_ids._get_leading()
            if clock == leading and (ticket.sla_deadline, ticket.sla_status) != (
                clock.deadline,
                clock.state,
            ):
                different.append("ticket_id")
            note = "; ".join(
                f"{name}: {clock._show(name)} ≠ {clock._show(name, counted)}"
                for name in different
            )
            if (clock.check_note or "") != note:
                clock.check_note = note or False

    def _show(self, name, values=None):
        """A value of a field in a note, in UTC: it is for whoever searches an error."""
        if name == "ticket_id" and values is None:
            return f"{self.deadline} {self.state}"
        if name == "ticket_id":
            return f"{self.ticket_id.sla_deadline} {self.ticket_id.sla_status}"
        return str(self[name] if values is None else values[name])

    @api.model
    def _cron_check(self):
        """Count all running and paused clocks again, and report what is new.

        Safe to interrupt and to repeat: what was reported stays noted on the clock.
        """
        now = fields.Datetime.now()
        domain = Domain("state", "in", ALIVE)
        remaining = self.search_count(domain)
        last_id = 0
        while clocks := self.search(
            domain & Domain("id", ">", last_id), limit=BATCH, order="id"
        ):
            last_id = clocks[-1].id
            known = {clock.id: clock.check_note for clock in clocks}
            clocks.try_lock_for_update()._isolate("_check", now)
            clocks.filtered(
                lambda c, known=known: c.check_note and c.check_note != known[c.id]
            )._report_differences()
            remaining = max(remaining - len(clocks), 0)
            if not self.env["ir.cron"]._commit_progress(
                len(clocks), remaining=remaining
            ):
                return

    def _report_differences(self):
        """Write to the managers of each company, in their own language."""
        group = self.env.ref("helpdesk_mgmt.group_helpdesk_manager")
        is_staff = self.env["helpdesk.ticket"]._is_staff
        for company, clocks in self.grouped("company_id").items():
            managers = group.all_user_ids.filtered(
                lambda user, company=company: is_staff(user)
                and company in user.company_ids
            )
            for lang, users in managers.grouped("lang").items():
                clocks.with_context(lang=lang)._write_report(users)

    def _write_report(self, users):
        env = self.env
        lines = Markup("").join(
            Markup("<li>%s: %s</li>") % (clock.ticket_id.number, clock.check_note)
            for clock in self[:MAX_REPORTED]
        )
        body = Markup("<p>%s</p><ul>%s</ul><p>%s</p>") % (
            env._(
                "The nightly check counted %(count)s clocks otherwise than they stand. "
                "Nothing was changed.",
                count=len(self),
            ),
            lines,
            env._(
                "Look at their journals (Complaints ▸ Configuration ▸ Clocks, "
                "filter Differs from its journal), then choose Count again… and give a "
                "reason."
            ),
        )
        env["mail.thread"].message_notify(
            partner_ids=users.partner_id.ids,
            subject=env._("Complaint clocks that differ from their journal"),
            body=body,
            email_layout_xmlid="mail.mail_notification_light",
        )
