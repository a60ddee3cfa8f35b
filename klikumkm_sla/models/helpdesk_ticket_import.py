# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What an imported row means for the clock."""

from odoo import api, fields, models

from odoo.addons.klikumkm_complaint.import_cells import parse_date
from odoo.addons.klikumkm_complaint.models.helpdesk_ticket_import import ImportColumn
from odoo.addons.klikumkm_complaint.models.helpdesk_ticket_stage import OPEN_STATUS

from ..working_days import HORIZON_YEARS


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    sla_extended_until = fields.Date(
        string="Extended until (before the import)",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    sla_extended_reason = fields.Char(
        string="Reason for the extension (before the import)",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    def _compute_sla_unset_reason(self):
        result = super()._compute_sla_unset_reason()
        for ticket in self:
            if (
                ticket.sla_unset_reason
                and ticket.import_id
                and ticket.status not in OPEN_STATUS
                and not ticket._get_finished_date()
            ):
                ticket.sla_unset_reason = self.env._(
                    "No time is counted: the complaint was imported without the date "
                    "on which it was finished."
                )
        return result

    def _get_finished_date(self):
        """When the time of a complaint that is off the desk ended, or False."""
        self.ensure_one()
        return self.resolved_date or self.closed_date

    # === IMPORT === #
    @api.model
    def _get_import_template_path(self, lang):
        return f"/klikumkm_sla/static/xls/complaints_{lang}.xlsx"

    @api.model
    def _get_import_columns(self):
        *columns, note = super()._get_import_columns()
        return [
            *columns,
            ImportColumn(
                "import_extended_until", self.env._("Extended until"), type="date"
            ),
            ImportColumn(
                "import_extended_reason", self.env._("Reason for the extension")
            ),
            note,
        ]

    @api.model
    def _get_import_tz(self):
        return self.env.company.sudo().sla_calendar_id.tz or super()._get_import_tz()

    @api.model
    def _read_import_row(self, row):
        result = super()._read_import_row(row)
        until = row.parse(
            "import_extended_until",
            parse_date,
            self.env._("Write day/month/year: 05/03/2026."),
        )
        reason = row.line("import_extended_reason")
        if until and not reason:
            row.add_error(self.env._("It was extended: say why."))
        if reason and not row.text("import_extended_until"):
            row.add_error(self.env._("It was extended: say until when."))
        received = row.vals["received_date"]
        if until and received:
            first, last = received, fields.Datetime.add(received, years=HORIZON_YEARS)
            if not first.date() <= until <= last.date():
                row.add_error(
                    self.env._(
                        "“Extended until” lies before the receipt, or years after it."
                    )
                )
        row.vals.update(sla_extended_until=until, sla_extended_reason=reason)
        return result

    def _get_import_counts(self):
        counts = super()._get_import_counts()
        overdue = self.filtered(
            lambda ticket: ticket.sla_missed and ticket.status in OPEN_STATUS
        )
        in_vain = self.filtered("sla_extended_until") - (
            self.sla_clock_ids.filtered("extension_days").ticket_id
        )
        counts.insert(
            2,
            {
                "name": "overdue",
                "label": self.env._("of them overdue"),
                "count": len(overdue),
            },
        )
        if in_vain:
            counts.append(
                {
                    "name": "in_vain",
                    "label": self.env._(
                        "not extended: the time standard reaches that date anyway, or "
                        "no time is counted"
                    ),
                    "count": len(in_vain),
                }
            )
        return counts

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {
            "sla_extended_reason",
            "sla_extended_until",
        }

    @api.model
    def _get_import_consequences(self):
        return super()._get_import_consequences() | {
            "klikumkm.sla.alert",
            "klikumkm.sla.clock",
            "klikumkm.sla.event",
        }

    def _remove_import(self):
        engine = self._get_clock_engine()
        engine._forget(self)
        return super()._remove_import()
