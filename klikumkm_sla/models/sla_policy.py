# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.klikumkm_complaint.models.helpdesk_ticket import ASSISTANCE_TYPE

# The field that holds the target for each urgency (helpdesk.ticket.priority).
TARGET_FIELDS = {
    "0": "target_low",
    "1": "target_medium",
    "2": "target_high",
    "3": "target_emergency",
}


class SlaPolicy(models.Model):
    """A time standard: within how many working days a kind of help is given.

    Editing one moves no clock by itself (design.md rule 8).
    """

    _name = "klikumkm.sla.policy"
    _description = "Time Standard"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    assistance_type = fields.Selection(
        selection=ASSISTANCE_TYPE, string="Form of help", required=True
    )
    min_days = fields.Integer(
        string="Shortest (working days)",
        default=1,
        required=True,
        help="Only bounds the targets: an answer on the day of receipt is always "
        "right.",
    )
    max_days = fields.Integer(
        string="Promised (working days)",
        default=1,
        required=True,
        help="The deadline told to the customer.",
    )
    target_low = fields.Integer(string="Target, low", default=1, required=True)
    target_medium = fields.Integer(string="Target, medium", default=1, required=True)
    target_high = fields.Integer(string="Target, high", default=1, required=True)
    target_emergency = fields.Integer(
        string="Target, emergency", default=1, required=True
    )
    extension_max_count = fields.Integer(string="Extensions at most", default=1)
    extension_max_days = fields.Integer(
        string="Working days for each extension at most", default=0
    )
    team_ids = fields.Many2many(
        comodel_name="helpdesk.ticket.team",
        string="Teams",
        help="Leave empty for all teams.",
    )
    company_id = fields.Many2one(comodel_name="res.company", index=True)
    valid_from = fields.Date(
        string="Valid from", help="First day of receipt to which it applies."
    )
    valid_to = fields.Date(
        string="Valid to", help="Last day of receipt to which it applies."
    )

    _check_days = models.Constraint(
        "CHECK (min_days >= 1 AND max_days >= min_days)",
        "A time standard needs at least one working day, and the promise may not be "
        "shorter than the shortest time.",
    )
    _check_validity = models.Constraint(
        "CHECK (valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to)",
        "A time standard must not end before it begins.",
    )

    @api.constrains("min_days", "max_days", *TARGET_FIELDS.values())
    def _check_targets(self):
        for policy in self:
            for name in TARGET_FIELDS.values():
                if not policy.min_days <= policy[name] <= policy.max_days:
                    raise ValidationError(
                        self.env._(
                            "%(policy)s: each target must lie between %(min)s and "
                            "%(max)s working days.",
                            policy=policy.name,
                            min=policy.min_days,
                            max=policy.max_days,
                        )
                    )

    def _get_target_days(self, priority):
        """Working days until the internal target for an urgency."""
        self.ensure_one()
        return self[TARGET_FIELDS[priority or "1"]]

    def _match(self, facts, received):
        """The first of these policies that fits.

        :param ComplaintFacts facts: of one complaint
        :param date received: local date of receipt
        :return: one policy, or none
        """
        return next(
            (
                policy
                for policy in self
                if policy.assistance_type == facts.assistance_type
                and (not policy.company_id or policy.company_id == facts.company)
                and (not policy.team_ids or facts.team in policy.team_ids)
                and (not policy.valid_from or policy.valid_from <= received)
                and (not policy.valid_to or received <= policy.valid_to)
            ),
            self.browse(),
        )
