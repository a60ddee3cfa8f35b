# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount, format_date

EXTERNAL_BODY_KIND = [
    ("adr", "Alternative dispute resolution (LAPS)"),
    ("court_small_claim", "Court: small claim"),
    ("court", "Court: ordinary suit"),
    ("regulator", "Regulator"),
    ("consumer_body", "Consumer dispute body"),
]
# After this many months without a look at it, an address counts as unchecked.
CHECK_MONTHS = 6


class ComplaintExternalBody(models.Model):
    _name = "klikumkm.complaint.external.body"
    _description = "Court or Body a Complaint can be Referred to"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(selection=EXTERNAL_BODY_KIND, required=True, default="adr")
    is_settlement = fields.Boolean(
        string="Settles disputes",
        default=True,
        help="Off for a body that takes complaints but decides no dispute (OJK).",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name="res.company", index=True)
    address = fields.Text()
    phone = fields.Char()
    email = fields.Char(string="E-mail")
    website = fields.Char()
    conditions = fields.Html(
        string="When to go there",
        translate=True,
        help="What must be so before this body takes the matter up. The customer "
        "reads it.",
    )
    filing_steps = fields.Html(
        string="How to file",
        translate=True,
        help="Step by step; the customer reads it.",
    )
    documents_to_bring = fields.Html(
        string="What the customer brings himself",
        translate=True,
        help="Documents that only the customer can provide; he reads it.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    free_limit = fields.Monetary(
        string="Free up to",
        help="Amount of loss up to which the body works free; 0 where that is no "
        "question.",
    )
    claim_limit = fields.Monetary(
        string="Claims up to", help="Higher claims are not taken; 0 for no limit."
    )
    valid_from = fields.Date(string="Valid from")
    valid_to = fields.Date(string="Valid to")
    checked_date = fields.Date(
        string="Checked on",
        help="When somebody last made sure that address, conditions and limits are "
        "right.",
    )
    warning = fields.Char(
        string="Check before use", compute="_compute_warning", compute_sudo=True
    )

    _valid_period = models.Constraint(
        "CHECK (valid_from <= valid_to)", "Valid from lies after valid to."
    )

    @api.depends("valid_from", "valid_to", "checked_date")
    @api.depends_context("lang", "tz")
    def _compute_warning(self):
        today = fields.Date.context_today(self)
        for body in self:
            body.warning = " ".join(body._get_warnings(today))

    def _get_warnings(self, today):
        """What to look at before a customer is sent there; empty if all is well.

        :param date today: the day to judge by
        :rtype: list
        """
        self.ensure_one()
        warnings = []
        if self.valid_from and today < self.valid_from:
            warnings.append(
                self.env._(
                    "Not valid before %(date)s.",
                    date=format_date(self.env, self.valid_from),
                )
            )
        if self.valid_to and today > self.valid_to:
            warnings.append(
                self.env._(
                    "No longer valid since %(date)s.",
                    date=format_date(self.env, self.valid_to),
                )
            )
        if not self.checked_date:
            warnings.append(
                self.env._(
                    "Never checked: make sure address, conditions and limits are "
                    "right before you use them."
                )
            )
        elif self.checked_date + relativedelta(months=CHECK_MONTHS) < today:
            warnings.append(
                self.env._(
                    "Last checked on %(date)s: check again before use.",
                    date=format_date(self.env, self.checked_date),
                )
            )
        return warnings

    def _get_amount_hint(self):
        """Up to which amount it is free, and which claims are taken."""
        hints = []
        if self.free_limit:
            limit = self._format_limit(self.free_limit)
            hints.append(self.env._("Free of charge up to %(limit)s.", limit=limit))
        if self.claim_limit:
            limit = self._format_limit(self.claim_limit)
            hints.append(self.env._("Claims up to %(limit)s.", limit=limit))
        return " ".join(hints)

    def _format_limit(self, amount):
        return format_amount(self.env, amount, self.currency_id, trailing_zeroes=False)

    @api.constrains("checked_date")
    def _check_checked_date(self):
        today = fields.Date.context_today(self)
        for body in self:
            if body.checked_date and body.checked_date > today:
                raise ValidationError(
                    self.env._("Nobody can have checked it in the future.")
                )

    def action_checked_today(self):
        """Say that what stands here is right as of today."""
        return self.write({"checked_date": fields.Date.context_today(self)})
