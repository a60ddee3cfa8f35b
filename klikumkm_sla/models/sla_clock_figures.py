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

    def _judge(self, stop, due, target_date, terms, gaps):
        vals = super()._judge(stop, due, target_date, terms, gaps)
        return {**vals, **self._measure(stop, terms, gaps)}

    def _measure(self, stop, terms, gaps):
        """How many working days a clock took that stops at a moment. Writes nothing.

        Stored because it depends on the stop, not on now (design.md rule 12).

        :param datetime stop: naive UTC
        :param Terms terms: on which it is counted
        :param gaps: list of closed :class:`Gap`, see :meth:`_get_gaps`
        :return: values for the clock's fields; none where the hours became unusable
        """
        if terms.calendar._get_sla_unusable_reason():
            return {}
        table = terms.calendar._get_working_days(terms.start_date, stop)
        used, paused = table.spent_days(terms.start_date, stop, gaps)
        return {"days_used": used, "days_paused": paused}
