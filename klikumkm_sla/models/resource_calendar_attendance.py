# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools.date_utils import float_to_time


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    @api.constrains("hour_from", "hour_to")
    def _check_hours_of_the_day(self):
        """Refuse 25:00 and the like: Odoo stores it, and every count then crashes."""
        for attendance in self.filtered(lambda a: not a.calendar_id.duration_based):
            try:
                float_to_time(attendance.hour_from)
                float_to_time(attendance.hour_to)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "%(name)s: opening hours lie between 00:00 and 24:00.",
                        name=attendance.name,
                    )
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        attendances = super().create(vals_list)
        attendances.calendar_id._raise_sla_version()
        return attendances

    def write(self, vals):
        calendars = self.calendar_id
        result = super().write(vals)
        if "calendar_id" in vals:
            self.check_access("write")  # as for days off
        (calendars | self.calendar_id)._raise_sla_version()
        return result

    def unlink(self):
        calendars = self.calendar_id
        result = super().unlink()
        calendars.exists()._raise_sla_version()
        return result
