# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The term of the law beside the published standard: POJK 22/2023 articles 74 and 75.

Off unless a company switches it on (``res.company.sla_regulatory``). It runs for
complaints only, from receipt, and never pauses; the earlier of the two dates is the one
promised (``_get_leading``). The law's term for written complaints begins when the
documents are complete; until that date is kept, receipt stands for it: another
``start_field`` is all that must change here.
"""

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.klikumkm_complaint.models.helpdesk_ticket_stage import OPEN_STATUS

from .sla_clock import ALIVE, BATCH, Terms

KIND = "regulatory"
# Working days by how the complaint reached us: articles 74(1) and 75(1).
REGULATORY_DAYS = {"oral": 5, "written": 10}


class SlaClock(models.Model):
    _inherit = "klikumkm.sla.clock"

    @api.model
    def _clock_kinds(self):
        return {
            **super()._clock_kinds(),
            KIND: {
                "label": self.env._("Term of the law (POJK 22/2023)"),
                "start_field": "received_date",
                "pauses": False,
                "promises": True,
            },
        }

    @api.model
    def _is_needed(self, kind, ticket, facts=None):
        if kind != KIND:
            return super()._is_needed(kind, ticket, facts)
        company = facts.company if facts else ticket.company_id
        submission_type = (facts or ticket).submission_type
        return (
            company.sla_regulatory
            and submission_type == "complaint"
            and ticket.received_date >= company._get_sla_regulatory_start()
        )

    def _make_terms(self, facts, start, calendar, policy):
        if self.kind != KIND:
            return super()._make_terms(facts, start, calendar, policy)
        # no channel recorded: the longer term, as for a letter
        days = REGULATORY_DAYS.get(facts.communication_mode, REGULATORY_DAYS["written"])
        return Terms(start, days, days, calendar, policy.browse())

    @api.model
    def _follow(self, changes, now, is_undoing=False):
        result = super()._follow(changes, now, is_undoing)
        tickets = self.env["helpdesk.ticket"].union(
            *(
                ticket
                for ticket, old, new in changes
                if old.submission_type != new.submission_type
                or old.received_date != new.received_date
                or old.company != new.company
                # what it became while it was off the desk
                or (new.company.sla_regulatory and old.status not in OPEN_STATUS)
            )
        )
        self._match_regulatory(tickets, now)
        return result

    @api.model
    def _match_regulatory(self, tickets, now):
        """Start the clocks that complaints need now, and end those they do not.

        :param tickets: ``helpdesk.ticket`` recordset
        :param datetime now: naive UTC
        """
        if not tickets:
            return
        clocks = self.search([("ticket_id", "in", tickets.ids), ("kind", "=", KIND)])
        needing = tickets.filtered(
            lambda t: t.stage_id.status in OPEN_STATUS and self._is_needed(KIND, t)
        )
        if missing := needing - clocks.ticket_id:
            self._start(missing, now, kinds=[KIND])
        ending = clocks.filtered(
            lambda c: c.state in ALIVE and not self._is_needed(KIND, c.ticket_id)
        )
        again = clocks.filtered(
            lambda c: c.state not in ALIVE and c.ticket_id in needing
        )
        if not ending and not again:
            return
        journal = (ending | again)._settle(now)
        gaps_of = (ending | again)._get_gaps()
        for clock in ending:
            journal += clock._follow_status("cancelled", now, gaps_of)
        for clock in again:
            # it never pauses: as if it had run all the time, unless it had its answer
            since = now if clock.state == "stopped" else clock.stop_date
            journal += clock._resume("reopen", now, gaps_of, since=since)
        # what was changed while it stood still applies all the same
        journal += again._reclassify(now, gaps_of)
        (ending | again)._close_operation(journal, now)

    @api.model
    def _match_regulatory_of(self, companies):
        """After the switch was turned: all open complaints of these companies.

        :param companies: ``res.company`` recordset
        """
        now = fields.Datetime.now()
        domain = Domain("company_id", "in", companies.ids) & Domain(
            "stage_id.status", "in", OPEN_STATUS
        )
        tickets = self.env["helpdesk.ticket"].search(domain, order="id")
        for position in range(0, len(tickets), BATCH):
            self._match_regulatory(tickets[position : position + BATCH], now)
