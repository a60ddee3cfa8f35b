# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class ComplaintRuling(models.TransientModel):
    """*Reopen*, and more time for it: one step, told in one message."""

    _inherit = "klikumkm.complaint.ruling"

    extension_days = fields.Integer(
        string="More working days",
        help="Added to what is left of the promised time. 0: none.",
    )
    extension_reason_id = fields.Many2one(
        comodel_name="klikumkm.complaint.reason",
        string="Reason for more time",
        domain="[('kind', '=', 'extension')]",
    )
    extension_words = fields.Char(
        string="In your own words", help="With the reason “Other”: the reason."
    )
    needs_extension_words = fields.Boolean(compute="_compute_needs_extension_words")
    dates_label = fields.Char(string="Answer by", compute="_compute_dates")
    is_date_past = fields.Boolean(compute="_compute_dates")

    # === COMPUTE METHODS === #
    @api.depends("extension_reason_id")
    def _compute_needs_extension_words(self):
        for wizard in self:
            reason = wizard.extension_reason_id._origin
            wizard.needs_extension_words = bool(reason) and reason._is_other_extension()

    @api.depends("ticket_ids", "ruling", "extension_days")
    def _compute_dates(self):
        now = fields.Datetime.now()
        for wizard in self:
            date = wizard.ticket_id and wizard._get_new_date()
            wizard.dates_label = date and wizard.ticket_id._format_customer_date(date)
            wizard.is_date_past = bool(date) and date <= now

    def _is_extending(self):
        return self.ruling == "reopen" and self.extension_days > 0

    def _get_new_date(self):
        """Until when we answer once it is reopened (naive UTC), or False."""
        return self.ticket_id._preview_reopening(
            self.extension_days if self._is_extending() else 0
        )

    # === MESSAGE === #
    def _get_message_triggers(self):
        return [
            *super()._get_message_triggers(),
            "extension_days",
            "extension_reason_id",
            "extension_words",
        ]

    def _get_template_values(self):
        values = super()._get_template_values()
        if self._is_extending():
            values |= self.ticket_id._get_reopening_dates(new_date=self._get_new_date())
            values |= {
                "extension_days": self.extension_days,
                "extension_reason": self.extension_reason_id._origin,
                "extension_words": self.needs_extension_words and self.extension_words,
            }
        return values

    # === REOPENING === #
    def _reopen(self):
        if self.ruling == "reopen" and self.extension_days < 0:
            raise UserError(self.env._("An extension needs at least one working day."))
        result = super()._reopen()
        if self._is_extending():
            # what the message says that follows
            self.ticket_id._extend_and_tell(
                self.extension_days, self._prepare_extension()
            )
        return result

    def _after_telling(self, notices):
        if self._is_extending():
            # in superuser mode: the extension was made above, by whoever may
            self.ticket_id.sudo().extension_ids[-1:].notice_id = notices
        return super()._after_telling(notices)

    def _prepare_extension(self):
        """Values of the ``klikumkm.sla.extension``, in the words told.

        :raise UserError: the customer would not be told why
        """
        ticket = self.ticket_id
        room = ticket._get_extendable_clocks()._get_extension_room()
        return {
            **ticket._prepare_extension(
                self.extension_reason_id,
                self.extension_words,
                ticket._get_stage_reached(),
            ),
            "approved_by_id": self.extension_days > room.days and self.env.uid,
        }
