# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SlaClock(models.Model):
    """What reports need to know of a clock that SQL cannot count."""

    _inherit = "klikumkm.sla.clock"

    days_used = fields.Integer(
        string="Working days used",
        readonly=True,
        aggregator=None,
        help="Working days after the day of receipt up to that of the answer, without "
        "those on which the clock stood still. Counted when the complaint is answered.",
    )
    days_paused = fields.Integer(
        string="Working days paused",
        readonly=True,
        aggregator=None,
        help="Working days at whose closing the clock stood still: we waited for the "
        "customer, or the complaint was answered and had not been reopened. Counted "
        "when the complaint is answered.",
    )

    def _stop(self, now, gaps):
        event = super()._stop(now, gaps)
        self._measure(gaps)
        return event

    def _measure(self, gaps):
        """Write down how many working days a stopped clock took.

        Stored because it depends on the stop, not on now (design.md rule 12); whoever
        moves a stopped clock measures it again.

        :param gaps: list of closed :class:`Gap`, see :meth:`_get_gaps`
        """
        self.ensure_one()
        if self.calendar_id._get_sla_unusable_reason():
            return
        table = self.calendar_id._get_working_days(self.start_date, self.stop_date)
        used, paused = table.spent_days(self.start_date, self.stop_date, gaps)
        self.write({"days_used": used, "days_paused": paused})
