# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Calendars with opening hours on the wall: only those can be counted on (rule 7).
OPERATING_CALENDARS = [
    ("schedule_type", "=", "fully_fixed"),
    ("duration_based", "=", False),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    sla_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Operating hours",
        default=lambda self: self.env.ref(
            "klikumkm_sla.calendar_operating", raise_if_not_found=False
        ),
        domain=OPERATING_CALENDARS,
        help="Complaints are counted in the working days of this calendar, unless "
        "their team has its own.",
    )

    sla_enforce_from = fields.Date(
        string="Remind from",
        default=fields.Date.context_today,
        help="Complaints received before this day have deadlines but remind nobody, "
        "and reports count them apart.",
    )

    @api.constrains("sla_calendar_id")
    def _check_sla_calendar(self):
        check_operating_calendar(self)


def check_operating_calendar(records):
    """Refuse calendars without opening hours on the wall (rule 7).

    :param records: records with a field ``sla_calendar_id``
    :raise ValidationError: the calendar is flexible or based on durations
    """
    for calendar in records.sla_calendar_id:
        if calendar._get_sla_unusable_reason() == "calendar_flexible":
            raise ValidationError(
                records.env._(
                    "%(calendar)s has no fixed opening hours. Choose a calendar with "
                    "fixed hours of the day for counting working days.",
                    calendar=calendar.display_name,
                )
            )
