# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

# Which the suite itself gives.
KEPT_REASONS = (
    "cancel_reason_not_a_complaint",
    "cancel_reason_duplicate",
    "cancel_reason_withdrawn",
)


class ComplaintReason(models.Model):
    _name = "klikumkm.complaint.reason"
    _description = "Reason in one of the Lists"
    _order = "kind, sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        selection=[
            ("root_cause", "Root cause"),
            ("cancel", "Reason to cancel"),
            ("refusal", "Ground to refuse"),
            ("extension", "Reason to extend"),
            ("stage_reached", "Stage reached"),
            ("document", "Document to ask for"),
            ("unit_request", "Request to a unit"),
        ],
        string="List",
        required=True,
        index=True,
    )
    legal_ref = fields.Char(
        string="Rule", help="The rule behind it, for instance POJK 22/2023 75(3)c."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name="res.company", index=True)
    text = fields.Text(translate=True, help="What a request says, to be edited.")
    unit_id = fields.Many2one(
        comodel_name="klikumkm.complaint.unit",
        string="Unit usually asked",
        index="btree_not_null",
    )
    is_action = fields.Boolean(
        string="Do something now",
        help="The unit is asked to act at once, not only to answer.",
    )
    is_void = fields.Boolean(
        string="Out of the figures",
        help="Complaints cancelled for this reason are counted nowhere: spam, "
        "duplicates, tests.",
    )
    is_customer_told = fields.Boolean(
        string="Tell the customer",
        help="Proposed where a complaint is cancelled for this reason.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_given_by_suite(self):
        for name in KEPT_REASONS:
            reason = self.env.ref(
                f"klikumkm_complaint.{name}", raise_if_not_found=False
            )
            if reason and reason in self:
                raise UserError(
                    self.env._(
                        "“%(reason)s” is given by the system itself. Archive it "
                        "instead.",
                        reason=reason.name,
                    )
                )
