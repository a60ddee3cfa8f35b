# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError


class ComplaintAbsence(models.TransientModel):
    _name = "klikumkm.complaint.absence"
    _description = "Absence of a Colleague"

    user_id = fields.Many2one(comodel_name="res.users", string="Who", required=True)
    absent_from = fields.Datetime(
        string="Absent from",
        compute="_compute_absence",
        store=True,
        readonly=False,
        precompute=True,
    )
    absent_to = fields.Datetime(
        string="Until",
        compute="_compute_absence",
        store=True,
        readonly=False,
        precompute=True,
    )
    stand_in_id = fields.Many2one(
        comodel_name="res.users",
        string="Stand-in",
        compute="_compute_absence",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False), ('id', '!=', user_id), "
        "('helpdesk_team_ids', '!=', False)]",
        help="New complaints go to this person as long as the absence lasts.",
    )
    open_count = fields.Integer(related="user_id.complaint_open_count")

    @api.depends("user_id")
    def _compute_absence(self):
        for absence in self:
            user = absence.user_id
            absence.absent_from = user.out_of_office_from
            absence.absent_to = user.out_of_office_to
            absence.stand_in_id = user.complaint_stand_in_id

    def action_save(self):
        """Write it where the person himself would (his preferences)."""
        self.ensure_one()
        if not self.env.user.has_group("klikumkm_complaint.group_complaint_lead"):
            raise AccessError(
                self.env._("Only team leads set the absence of somebody else.")
            )
        user = self.user_id
        user.check_access("read")
        if not user.has_group("helpdesk_mgmt.group_helpdesk_user_own"):
            raise AccessError(
                self.env._("%(name)s does not work on complaints.", name=user.name)
            )
        # Three harmless preferences of somebody who works on complaints, checked above.
        user.sudo().write(
            {
                "out_of_office_from": self.absent_from,
                "out_of_office_to": self.absent_to,
                "complaint_stand_in_id": self.stand_in_id.id,
            }
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_save_and_hand_over(self):
        """Save, and share out what the person has open."""
        self.action_save()
        return self.user_id.action_hand_over_complaints()
