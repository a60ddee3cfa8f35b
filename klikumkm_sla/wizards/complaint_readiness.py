# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import date

from odoo import api, fields, models


class ComplaintReadiness(models.TransientModel):
    _inherit = "klikumkm.complaint.readiness"

    @api.model
    def _get_checks(self):
        return [
            *super()._get_checks(),
            self._look_at_hours(),
            self._look_at_holidays(),
            self._look_at_clocks(),
        ]

    @api.model
    def _look_at_clocks(self):
        count = self.env["klikumkm.sla.clock"].search_count(
            [("check_note", "!=", False)]
        )
        missing = count and self.env._(
            "%(count)s clocks differ from their journals. Look at them (filter Differs "
            "from its journal), then choose Count again… and give a reason.",
            count=count,
        )
        return self._prepare_check(
            17,
            self.env._("Clocks"),
            missing or "",
            "klikumkm_sla.klikumkm_sla_clock_action",
            is_advice=True,
        )

    @api.model
    def _look_at_hours(self):
        without = [
            team.name
            for team in self._get_teams()
            if (
                team.sla_calendar_id or self.env.company.sla_calendar_id
            )._get_sla_unusable_reason()
        ]
        missing = ""
        if without:
            missing = self.env._(
                "No deadline can be counted: these teams have no operating hours with "
                "fixed times: %(teams)s. Choose them in the settings or for the team.",
                teams=", ".join(without),
            )
        return self._prepare_check(
            15,
            self.env._("Operating hours"),
            missing,
            "klikumkm_sla.resource_calendar_action",
        )

    @api.model
    def _look_at_holidays(self):
        calendars = self._get_teams().sla_calendar_id | self.env.company.sla_calendar_id
        year = fields.Date.context_today(self).year
        missing = ""
        for wanted in (year, year + 1):
            without = calendars.filtered(
                lambda calendar, wanted=wanted: not any(
                    leave.date_from.date() <= date(wanted, 12, 31)
                    and leave.date_to.date() >= date(wanted, 1, 1)
                    for leave in calendar.global_leave_ids
                )
            )
            if without:
                missing = self.env._(
                    "No holidays of %(year)s in: %(calendars)s. Deadlines would count "
                    "them as working days.",
                    year=wanted,
                    calendars=", ".join(without.mapped("name")),
                )
                break
        doubts = missing or " ".join(
            sum(calendars._get_holiday_warnings().values(), [])
        )
        return self._prepare_check(
            16,
            self.env._("Holidays"),
            doubts,
            "klikumkm_sla.resource_calendar_action",
            is_advice=not missing,
        )
