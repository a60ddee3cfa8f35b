# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Whom an alert about a complaint goes to, in which words, and what calls for one."""

from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.klikumkm_complaint.models.res_company import MANAGER


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    sla_emergency_date = fields.Datetime(
        string="Raised to emergency at",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Empty where it was one when it was received.",
    )

    # The objections that nobody decided are few among all complaints ever answered.
    _ruling_by_idx = models.Index("(ruling_by_date) WHERE ruling_by_date IS NOT NULL")

    # === WHAT CALLS FOR AN ALERT, OR ENDS ONE === #
    def _complaint_received(self):
        result = super()._complaint_received()
        self.filtered(lambda t: t.priority == "3")._call_for_emergency()
        return result

    def _complaint_changed(self, changes):
        result = super()._complaint_changed(changes)
        raised = self.union(
            *(
                ticket
                for ticket, old, new in changes
                if new.priority == "3" and old.priority != "3"
            )
        )
        raised._note_emergency()
        raised._call_for_emergency()
        return result

    def _note_emergency(self):
        """Keep when complaints became emergencies: that is told, however old they are.

        Once: switched to and fro, it is the same emergency.
        """
        if not self or self.env.context.get("import_file"):
            return
        told = self._get_alert_ledger().search(
            Domain("ticket_id", "in", self.ids)
            & Domain("event", "=", "emergency")
            & Domain("state", "!=", "silent")
        )
        new = self.browse(set(self.ids) - set(told.ticket_id.ids))
        new._write_silently({"sla_emergency_date": self._get_operation_now()})

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"sla_emergency_date"}

    def _call_for_emergency(self):
        """Let the job run now: it tells, whoever records must not wait for mails."""
        if not self or self.env.context.get("import_file"):
            return
        # recording never fails because of the clock, whatever became of the job
        cron = self.env.ref("klikumkm_sla.ir_cron_alert", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger()

    def _customer_told(self, notices):
        result = super()._customer_told(notices)
        self._get_alert_ledger()._settle(notices.ticket_id)
        return result

    def write(self, vals):
        before = {t.id: t.user_id for t in self} if "user_id" in vals else {}
        result = super().write(vals)
        moved = self.sudo().filtered(
            lambda t: before.get(t.id)
            and t.user_id not in (before[t.id], t.user_id.browse())
        )
        if moved:
            moved._get_alert_ledger()._hand_over_activities(
                {t.id: (before[t.id], t.user_id) for t in moved}
            )
        return result

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # whoever is reminded of a complaint need not get all its mails from then on
        if self.env.context.get("sla_alert"):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    def _get_alert_ledger(self):
        """The ledger as the superuser without a context: the system writes it."""
        return self.env(su=True, context={})["klikumkm.sla.alert"]

    # === WHO === #
    def _get_alert_recipients(self, roles):
        """Who is told: present, and allowed to read the complaint.

        :param list roles: ``owner``, ``lead``, ``manager``, ``on_call``
        :return: {ticket id: ``res.users``}; empty where nobody at all is left
        """
        wanted, known = {}, {}
        nobody = self.env["res.users"]
        for ticket in self:
            key = (ticket.user_id, ticket.team_id, ticket.company_id)
            if key not in known:
                known[key] = (
                    nobody.union(*(ticket._get_alert_people(role) for role in roles)),
                    ticket._get_alert_people("manager"),
                )
            wanted[ticket.id] = known[key]
        readable = {
            user: set(self.with_user(user)._filtered_access("read").ids)
            for user in nobody.union(*(a | b for a, b in wanted.values()))
        }
        recipients = {}
        for ticket in self:
            chosen, managers = (
                users.filtered(lambda user, t=ticket: t.id in readable[user])
                for users in wanted[ticket.id]
            )
            recipients[ticket.id] = chosen or managers
        return recipients

    def _get_alert_people(self, role):
        """The people of a role, or who stands in; else those of the next one.

        :param str role: ``owner``, ``lead``, ``manager``, ``on_call``
        :return: ``res.users``
        """
        self.ensure_one()
        team = self.team_id
        if role == "on_call":
            on_call = team.sla_on_call_id
            return on_call._get_complaint_stand_in() if on_call else on_call
        if role == "owner":
            owner = self.user_id
            present = owner._get_complaint_stand_in() if owner else owner
            return present or self._get_alert_people("lead")
        if role == "lead":
            return self.company_id._get_present_complaint_leads(team)
        managers = self.env.ref(MANAGER).all_user_ids.filtered(
            lambda user: self._is_staff(user) and self.company_id in user.company_ids
        )
        present = managers.browse().union(
            *(manager._get_complaint_stand_in() for manager in managers)
        )
        # somebody has to know, be it that he reads it when he is back
        return present or managers

    # === WORDS === #
    def _get_local_date(self, moment):
        """The date at the desk at a moment (naive UTC)."""
        tz = pytz.timezone(self._get_customer_tz())
        return pytz.utc.localize(moment).astimezone(tz).date()

    def _get_alert_headline(self, event, date, now):
        """What is the matter, in a few words.

        :param str event: key of ``ALERT_EVENT``
        :param datetime date: that it is about (naive UTC)
        """
        self.ensure_one()
        if event in ("promised", "target", "deadline") and date >= now:
            return self._get_due_words(event == "target", date, now)
        return {
            "emergency": self.env._("Emergency"),
            "deadline": self.env._("Deadline missed"),
            "promised": self.env._("The promised date has passed"),
            "ruling_due": self.env._("Objection not decided"),
            "offer_due": self.env._("Offer not carried out"),
            "notice_to_tell": self.env._("The customer has not been told"),
            "reply_pending": self.env._("The customer waits for a reply"),
            "request_due": self.env._("The unit has not answered"),
            "unassigned": self.env._("Nobody works on it"),
            "unclassified": self.env._("Not classified yet"),
            "waiting_customer": self.env._("The customer did not answer in time"),
            "target": self.env._("Work target has passed"),
            "nothing_told": self.env._("The customer has heard nothing for days"),
        }[event]

    def _get_due_words(self, is_target, date, now):
        day, today = self._get_local_date(date), self._get_local_date(now)
        if day == today:
            if is_target:
                return self.env._("Work target today")
            return self.env._("Due today")
        if day == today + timedelta(days=1):
            if is_target:
                return self.env._("Work target tomorrow")
            return self.env._("Due tomorrow")
        words = format_date(self.env, day, date_format="EEE d MMM")
        if is_target:
            return self.env._("Work target on %(date)s", date=words)
        return self.env._("Due on %(date)s", date=words)

    def _get_alert_todo(self, event):
        """What is to be done about it, in one sentence."""
        answer = self.env._("Answer the customer, or extend and tell the customer.")
        return {
            "emergency": self.env._("Start now and call the customer."),
            "deadline": answer,
            "promised": answer,
            "ruling_due": self.env._("Decide: reopen, final answer, or refer."),
            "offer_due": self.env._("Carry the offer out and record it."),
            "notice_to_tell": self.env._("Tell the customer and record how."),
            "reply_pending": self.env._("Read the message and reply."),
            "request_due": self.env._("Chase the unit."),
            "unassigned": self.env._("Take it or hand it to somebody."),
            "unclassified": self.env._("Classify it."),
            "waiting_customer": self.env._("Go on without the data, or close."),
            "target": self.env._("Finish it, so that the promised date is kept."),
            "nothing_told": self.env._("Send progress to the customer."),
        }[event]

    def _get_alert_tone(self, event, date, now):
        """How bad it is: ``danger``, ``warning`` or ``info``."""
        if event in ("emergency", "deadline") or (event == "promised" and date < now):
            return "danger"
        if event in ("unassigned", "unclassified", "target", "nothing_told"):
            return "info"
        return "warning"

    # === WHAT CUSTOMERS READ === #
    def _is_delay_reported(self):
        """Whether officer and supervisor were told that this very date was missed."""
        self.ensure_one()
        clock = self._get_leading_clock()
        return bool(
            clock.deadline
            and self._get_alert_ledger().search_count(
                [
                    ("res_model", "=", clock._name),
                    ("res_id", "=", clock.id),
                    ("event", "=", "deadline"),
                    ("date_value", "=", clock.deadline),
                    ("state", "!=", "silent"),
                    ("rule_id.offset_days", ">=", 0),
                    ("rule_id.notify_owner", "=", True),
                    ("rule_id.notify_lead", "=", True),
                ],
                limit=1,
            )
        )
