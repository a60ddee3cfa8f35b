# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import plaintext2html

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

    sla_joint_leave_off = fields.Boolean(
        string="Closed on joint leave",
        default=True,
        help="Joint leave (cuti bersama) is no working day. After a change, load the "
        "holidays again: the preview shows what is added or removed.",
    )

    sla_regulatory = fields.Boolean(
        string="Keep the term of the law as well",
        help="For complaints: 5 working days from receipt if oral, 10 if written "
        "(POJK 22/2023 articles 74 and 75), without pauses. The earlier date is the "
        "one promised.",
    )
    sla_regulatory_from = fields.Date(
        string="For complaints received from",
        help="Complaints received before this day keep the published standard alone.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("sla_regulatory"):
                vals.setdefault("sla_regulatory_from", fields.Date.context_today(self))
        return super().create(vals_list)

    def write(self, vals):
        fields_of_term = {"sla_regulatory", "sla_regulatory_from"}
        if not fields_of_term & vals.keys():
            return super().write(vals)
        if vals.get("sla_regulatory") and not vals.get("sla_regulatory_from"):
            # nobody is late at once for what he was never asked to keep
            fresh = self.filtered(lambda c: not c.sla_regulatory_from)
            super(ResCompany, fresh).write(
                {"sla_regulatory_from": fields.Date.context_today(self)}
            )
            vals = {k: v for k, v in vals.items() if k != "sla_regulatory_from"}
        result = super().write(vals)
        engine = self.env["helpdesk.ticket"]._get_clock_engine()
        engine._match_regulatory_of(self.with_env(engine.env))
        return result

    def _get_sla_regulatory_start(self):
        """The moment from which complaints have the term of the law; naive UTC."""
        self.ensure_one()
        if not self.sla_regulatory_from:
            return datetime.min
        tz = pytz.timezone(self.sla_calendar_id.tz or "Asia/Jakarta")
        local = tz.localize(datetime.combine(self.sla_regulatory_from, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @api.constrains("sla_calendar_id")
    def _check_sla_calendar(self):
        check_operating_calendar(self)

    def _get_operating_calendars(self):
        """The hours in which complaints of these companies are counted."""
        teams = self.env["helpdesk.ticket.team"].search(
            [("company_id", "in", [False, *self.ids])]
        )
        return self.sla_calendar_id | teams.sla_calendar_id

    def _ask_to_check_holidays(self, year, added, is_uncertain):
        """An activity for whoever keeps the holidays: they were loaded by a job.

        :param int year: whose holidays
        :param added: ``resource.calendar.leaves`` that are new
        :param bool is_uncertain: the joint leave of that year is not decreed yet
        """
        self.ensure_one()
        keeper = self._get_present_complaint_leads()[:1]
        if not keeper or not (added or is_uncertain):
            return
        env = self.with_context(lang=keeper.lang).env
        note = env._(
            "%(count)s days off of %(year)s were added by themselves.",
            count=len(added),
            year=year,
        )
        if is_uncertain:
            note += " " + env._(
                "The joint leave of %(year)s is not known yet: type it in once it is "
                "decreed (Configuration ▸ Holidays…).",
                year=year,
            )
        self.env["mail.activity"].create(
            {
                "activity_type_id": self.env.ref(
                    "klikumkm_sla.activity_type_check_holidays"
                ).id,
                "summary": env._("Check the holidays of %(year)s", year=year),
                "note": plaintext2html(note),
                "user_id": keeper.id,
                "date_deadline": fields.Date.add(fields.Date.today(), days=7),
            }
        )


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
