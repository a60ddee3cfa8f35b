# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class ComplaintCoordinationStep(models.TransientModel):
    _name = "klikumkm.complaint.coordination.step"
    _description = "Step of a Request to a Unit"

    coordination_id = fields.Many2one(
        comodel_name="klikumkm.complaint.coordination", required=True
    )
    step = fields.Selection(
        selection=[
            ("answer", "Answer"),
            ("record", "Record an answer"),
            ("ask_again", "Ask again"),
            ("withdraw", "Withdraw"),
        ],
        required=True,
    )
    unit_id = fields.Many2one(related="coordination_id.unit_id")
    question = fields.Html(related="coordination_id.question")
    answer = fields.Html()
    author_name = fields.Char(string="Who answered")
    file_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="klikumkm_complaint_coordination_step_file_rel",
        string="Files",
    )
    further_question = fields.Html(string="What is still missing")
    due_date = fields.Datetime(
        string="Answer by",
        compute="_compute_due_date",
        store=True,
        readonly=False,
    )
    reason = fields.Char(help="The unit reads it.")

    @api.depends("coordination_id", "step")
    def _compute_due_date(self):
        now = fields.Datetime.now()
        for wizard in self:
            request = wizard.coordination_id
            if wizard.step == "ask_again" and request:
                # days are counted the same for everybody
                ticket_sudo = request.sudo().ticket_id
                wizard.due_date = ticket_sudo._add_working_days(
                    now, request.unit_id.default_due_days
                )
            else:
                wizard.due_date = False

    def action_apply(self):
        """Take the step; the request itself checks who may."""
        self.ensure_one()
        request = self.coordination_id
        if self.step == "answer":
            request.action_answer(self.answer, self.file_ids.ids)
        elif self.step == "record":
            request.action_record_answer(
                self.answer, self.author_name, self.file_ids.ids
            )
        elif self.step == "ask_again":
            request.action_ask_again(self.further_question, self.due_date)
        else:
            request.action_withdraw(self.reason)
        return {"type": "ir.actions.act_window_close"}
