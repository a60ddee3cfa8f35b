# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Clocks of complaints that were handled in another system: they run in the past."""

import logging

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.klikumkm_complaint.import_cells import normalize
from odoo.addons.klikumkm_complaint.models.helpdesk_ticket_stage import OPEN_STATUS

_logger = logging.getLogger(__name__)


class SlaClock(models.Model):
    _inherit = "klikumkm.sla.clock"

    @api.model
    def _start(self, tickets, now, reopened=False, kinds=None):
        # what is reopened later, or gets one more clock, is counted as anything else
        is_later = reopened or kinds
        imported = tickets.browse() if is_later else tickets.filtered("import_id")
        clocks = self.browse()
        if others := tickets - imported:
            clocks = super()._start(others, now, reopened=reopened, kinds=kinds)
        return clocks | self._take_over(imported, now)

    @api.model
    def _take_over(self, tickets, now):
        """Give imported complaints the clocks they would have had here.

        With the standards valid when they were received. They stop at the date they
        were resolved, else closed; what was finished at an unknown date gets no clock.
        The journal tells it at the moments at which it happened, not at the import.

        :param tickets: ``helpdesk.ticket`` recordset, without clocks
        :param datetime now: naive UTC
        """
        counted = tickets.filtered(
            lambda t: t.stage_id.status in OPEN_STATUS or t._get_finished_date()
        )
        if not counted:
            return self.browse()
        clocks = self.create(
            [
                {
                    "ticket_id": ticket.id,
                    "kind": kind,
                    "start_date": ticket[spec["start_field"]],
                }
                for kind, spec in self._clock_kinds().items()
                for ticket in counted
                if self._is_needed(kind, ticket)
            ]
        )
        clocks._set_terms(now)
        journal, extensions = [], []
        for clock in clocks:
            clock._count(clock.start_date, {clock.id: []})
            journal.append(
                clock._prepare_event("start", clock.start_date, deadline_before=False)
            )
            extension = clock._extend_as_told_before(now)
            if extension:
                extensions.append(extension)
                journal.append(
                    clock._prepare_event(
                        "extend",
                        clock.deadline_since,
                        deadline_before=extension["deadline_before"],
                        reason=extension["reason"],
                    )
                )
        # what was missed before it is told what else happened (rule 10)
        journal += clocks.filtered(
            lambda clock: clock.ticket_id.stage_id.status in OPEN_STATUS
        )._settle(now)
        for clock in clocks:
            journal += clock._finish_as_before(now)
        self._create_extensions_told_before(extensions)
        clocks._close_operation(journal, now)
        return clocks

    @api.model
    def _create_extensions_told_before(self, vals_list):
        """Record extensions, with the rule of law where the reason is in the list."""
        if not vals_list:
            return
        Ticket = self.env["helpdesk.ticket"]
        reasons = (
            self.env["klikumkm.complaint.reason"]
            .with_context(active_test=False)
            .search(
                [
                    ("kind", "=", "extension"),
                    ("company_id", "in", [False, self.env.company.id]),
                ]
            )
        )
        reason_of = Ticket._get_import_names(reasons, lambda r: r.name).values
        for vals in vals_list:
            found = reason_of.get(normalize(vals["reason"]), [])
            if len(found) == 1:
                vals.update(reason_id=found[0].id, legal_ref=found[0].legal_ref)
        self.env["klikumkm.sla.extension"].create(vals_list)

    def _extend_as_told_before(self, now):
        """Add the working days that lead to the date which the old system names.

        When it was extended is not known: at the last moment at which that was in time.
        A date that is no working day counts as the next one.

        :return: values of the extension; None where none is needed
        """
        self.ensure_one()
        ticket = self.ticket_id
        until = ticket.sla_extended_until
        # the term of the law is not extended here either
        if not until or not self.deadline or self.kind != "standard":
            return None
        midnight = fields.Datetime.to_datetime(until)
        table = self.calendar_id._get_working_days(self.start_date, max(now, midnight))
        reached = table.closing_of(until) or table.closing_after(until)
        if not reached or reached <= self.deadline:
            return None
        before = self.deadline
        self.extension_days = table.remaining_days(before, reached)
        at = min(before, ticket._get_finished_date() or now)
        self._count(at, {self.id: []})
        return {
            "clock_id": self.id,
            "ticket_id": ticket.id,
            "days": self.extension_days,
            "reason": ticket.sla_extended_reason,
            "deadline_before": before,
            "deadline_after": self.deadline,
        }

    def _finish_as_before(self, now):
        """Let the clock stand as the status of its complaint says, since it says so.

        :return: values of the events that tell it
        """
        self.ensure_one()
        ticket = self.ticket_id
        status = ticket.stage_id.status
        if status in OPEN_STATUS:
            return self._follow_status(status, now, {self.id: []})
        finished = ticket._get_finished_date()
        journal = []
        if self.deadline and self.deadline < finished:
            self.missed = True
            journal.append(
                self._prepare_event("breach", max(self.deadline, self.deadline_since))
            )
        if status == "cancelled":
            return journal + self._follow_status(status, finished, {self.id: []})
        return [*journal, self._stop(finished, [])]

    @api.model
    def _forget(self, tickets):
        """Take away the clocks of complaints whose import is undone on the same day.

        By SQL, as when the addon is uninstalled: the journal is append-only, even for
        the superuser, because it proves what was promised. Of these complaints nothing
        was promised here; they go as if they had never come, and the list of imports
        keeps who took them over and who took them back.

        :param tickets: ``helpdesk.ticket`` recordset, checked by whoever calls this
        """
        self.env.flush_all()
        clocks = self.search([("ticket_id", "in", tickets.ids)])
        ids_of = {self._name: clocks.ids, tickets._name: tickets.ids}
        # whatever the clock keeps of them, the clocks themselves last
        models = [
            model
            for name, model in self.env.registry.items()
            if name.startswith("klikumkm.sla.") and model._auto and not model._abstract
        ]
        for model in sorted(models, key=lambda model: model._name == self._name):
            for field in model._fields.values():
                ids = ids_of.get(field.type == "many2one" and field.comodel_name)
                if ids and field.store:
                    self.env.cr.execute(
                        SQL(
                            "DELETE FROM %s WHERE %s IN %s",
                            SQL.identifier(model._table),
                            SQL.identifier(field.name),
                            tuple(ids),
                        )
                    )
        self.env.invalidate_all(flush=False)
        _logger.info(
            "%s clocks of imported complaints removed by user %s",
            len(clocks),
            self.env.uid,
        )
