# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The date that the customer has, shown to him and to the desk (rule 9)."""

from odoo import api, fields, models
from odoo.fields import Domain

from .sla_clock import ALIVE, read_gaps
from .sla_clock_told import NEW_DATE_KINDS


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    sla_is_untold = fields.Boolean(
        string="New date not yet told",
        compute="_compute_sla_is_untold",
        search="_search_sla_is_untold",
        groups="base.group_user",
        help="A later date waits to be told; until then the customer sees the old one.",
    )
    sla_promised_label = fields.Char(
        string="Promised by (in words)",
        compute="_compute_sla_promised_labels",
        groups="base.group_user",
    )
    sla_promised_day = fields.Char(
        string="Promised day",
        compute="_compute_sla_promised_labels",
        groups="base.group_user",
        help="In short, for lists; says where a new date is not told yet.",
    )
    sla_untold_label = fields.Char(
        string="What is not told",
        compute="_compute_sla_promised_labels",
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #
    @api.model
    def _get_untold_notice_domain(self):
        # news that names what it replaces: it was reopened, and not answered since
        is_dated = Domain("kind", "in", NEW_DATE_KINDS) | (
            Domain("kind", "=", "progress")
            & Domain("previous_date", "!=", False)
            & Domain("ticket_id.sla_status", "in", ALIVE)
        )
        return is_dated & Domain("state", "!=", "told")

    @api.depends(
        "notice_ids.state", "notice_ids.active", "notice_ids.kind", "sla_status"
    )
    def _compute_sla_is_untold(self):
        tickets = self._filter_by_notices(self._get_untold_notice_domain())
        for ticket in self:
            ticket.sla_is_untold = ticket._origin in tickets

    def _search_sla_is_untold(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("notice_ids", "any", self._get_untold_notice_domain())

    @api.depends("sla_told_date", "sla_deadline", "sla_is_untold")
    @api.depends_context("lang")
    def _compute_sla_promised_labels(self):
        for ticket in self:
            promised = ticket._get_promised_date()
            ticket.sla_promised_label = ticket._format_customer_date(promised)
            ticket.sla_promised_day = ticket._format_customer_day(promised)
            ticket.sla_untold_label = False
            if ticket.sla_is_untold:
                ticket.sla_promised_day = self.env._(
                    "%(date)s (new date not yet told)", date=ticket.sla_promised_day
                )
                ticket.sla_untold_label = self.env._(
                    "Not yet told: %(date)s",
                    date=ticket._format_customer_date(ticket.sla_deadline),
                )

    # === ACTIONS === #
    def action_tell_new_date(self):
        """Open the message with the new date: to send, to say or to copy."""
        notices = self.env["klikumkm.complaint.notice"].search(
            self._get_untold_notice_domain() & Domain("ticket_id", "in", self.ids)
        )
        if len(notices) == 1:
            return notices.action_open_tell()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "klikumkm_complaint.complaint_notice_action_to_tell"
        )
        return {**action, "domain": [("id", "in", notices.ids)], "target": "current"}

    # === WHAT CUSTOMERS SEE === #
    def _get_promised_date(self):
        """The date the customer was told; before he was told any, the one counted.

        One that passed while the clock stood (we waited for him, or he had our answer)
        is no promise any more: then it is the date counted since.
        """
        ticket = self.sudo()  # his own date
        told, due = ticket.sla_told_date, ticket.sla_deadline
        if not told:
            return due or super()._get_promised_date()
        if due and told < due and told < fields.Datetime.now():
            # read for all complaints at once, where a list asks
            clock = ticket._get_leading_clock()
            gaps = [gap for gap, _cause in read_gaps(clock.event_ids.sorted("id"))]
            if clock._stood_at(told, gaps):
                return due
        return told

    def _get_told_date(self):
        return self.sudo().sla_told_date  # his own date

    def _get_date_after_reopening(self, at=None):
        due = self._preview_reopening(at=at and self._get_moment_not_before(at))
        return due or super()._get_date_after_reopening(at)

    def _get_new_date_reason(self):
        reasons = [super()._get_new_date_reason() or self._get_cause_sentence()]
        for extension in self._get_message_values().get("extensions") or ():
            values = {
                "days": extension.days,
                "reason_words": extension.with_env(self.env).sudo()._get_reason_words(),
            }
            ticket = self.with_context(complaint_values=values)
            reasons.append(ticket._get_extension_sentence())
        return " ".join(filter(None, reasons))

    def _get_promise_sentence(self):
        sentence = super()._get_promise_sentence()
        values = self._get_message_values()
        if not values.get("extension_days"):
            return sentence
        # told with the message that it is reopened
        ticket = self.with_context(
            complaint_values={
                "days": values["extension_days"],
                "reason": values.get("extension_reason"),
                "reason_words": values.get("extension_words"),
            },
            complaint_values_of={},
        )
        return f"{ticket._get_extension_sentence()} {sentence}"

    def _get_cause_sentence(self):
        """What moved the date, or nothing."""
        cause = self._get_message_values().get("cause")
        if cause == "resume":
            return self.env._(
                "Thank you for your answer. The time in which we waited for it is not "
                "counted."
            )
        if cause == "reopen":
            return self.env._("Your complaint was reopened.")
        if cause == "recalculate":
            return self.env._("Our working days have changed.")
        if cause == "reclassify" and self.assistance_type == "coordination":
            return self.env._(
                "Your complaint must be handled together with another unit."
            )
        if cause == "reclassify":
            return self.env._(
                "On a closer look your complaint needs another handling than we "
                "thought at first."
            )
        return ""

    def _get_unchanged_date_sentence(self):
        if self.sudo().sla_is_untold:  # what is about to be told to him
            return ""
        return super()._get_unchanged_date_sentence()

    # === FROM TELLING TO THE CLOCK === #
    def _tell(self, kind, template=None, **kwargs):
        notices = super()._tell(kind, template, **kwargs)
        # nobody is told twice: news that it was reopened names the new date as well
        date_of = {
            notice.ticket_id: notice.promised_date
            for notice in notices
            if kind == "progress" and notice.previous_date
        }
        if date_of:
            engine = self._get_clock_engine()
            waiting = engine._get_untold_notices(self.with_env(engine.env))
            waiting.filtered(
                lambda n: n.kind == "new_date"
                and n.promised_date == date_of.get(n.ticket_id)
            ).action_withdraw()
        return notices

    def _customer_told(self, notices):
        result = super()._customer_told(notices)
        self._take_told_dates(notices)
        return result

    def _customer_not_reached(self, notices):
        result = super()._customer_not_reached(notices)
        self._take_told_dates(notices)
        return result

    def _take_told_dates(self, notices):
        engine = self._get_clock_engine()
        clocks = engine.search([("ticket_id", "in", notices.ticket_id.ids)])
        clocks._take_told_dates(notices.with_env(engine.env))
