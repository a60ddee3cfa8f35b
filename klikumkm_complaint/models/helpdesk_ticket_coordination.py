# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The complaint's side of requests to other units: asking, waiting and going on."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_ticket_stage import OPEN_STATUS

ANSWERED = "klikumkm_complaint.activity_type_unit_answered"


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    coordination_ids = fields.One2many(
        comodel_name="klikumkm.complaint.coordination",
        inverse_name="ticket_id",
        string="Requests to units",
        groups="base.group_user",
    )
    coordination_summary = fields.Char(
        string="Waiting for",
        compute="_compute_coordination_summary",
        groups="base.group_user",
        help="The units that have not answered yet.",
    )
    is_held_in_coordination = fields.Boolean(
        compute="_compute_is_held_in_coordination",
        groups="base.group_user",
        help="A request to a unit needs coordination: the form of help follows it.",
    )
    unit_id = fields.Many2one(
        related="category_id.unit_id",
        string="Unit",
        groups="base.group_user",
        help="The unit that is usually asked about such complaints.",
    )

    # === COMPUTE METHODS === #
    @api.depends("coordination_ids.state", "coordination_ids.due_date")
    @api.depends_context("lang")
    def _compute_coordination_summary(self):
        for ticket in self:
            waiting = ticket.coordination_ids.filtered(lambda r: r.state == "asked")
            overdue = waiting.filtered("is_overdue").unit_id
            ticket.coordination_summary = ", ".join(
                self.env._("%(unit)s (overdue)", unit=unit.name)
                if unit in overdue
                else unit.name
                for unit in waiting.unit_id
            )

    @api.depends("coordination_ids.state", "coordination_ids.needs_coordination")
    def _compute_is_held_in_coordination(self):
        for ticket in self:
            ticket.is_held_in_coordination = ticket._is_held_in_coordination()

    def _is_held_in_coordination(self):
        """Whether a request that was not withdrawn needs coordination."""
        self.ensure_one()
        return any(
            request.needs_coordination and request.state != "withdrawn"
            for request in self.coordination_ids
        )

    # === FACTS === #
    def _complaint_changed(self, changes):
        result = super()._complaint_changed(changes)
        moved = self.browse().concat(
            *(ticket for ticket, old, new in changes if old.status != new.status)
        )
        moved.filtered(
            lambda ticket: ticket.status != "in_progress"
        ).sudo().activity_unlink([ANSWERED])
        ended = moved.filtered(
            lambda ticket: ticket.status and ticket.status not in OPEN_STATUS
        )
        for status, tickets in ended.grouped("status").items():
            tickets._withdraw_open_requests(tickets._get_withdrawal_reason(status))
        return result

    def _get_withdrawal_reason(self, status):
        """What units read whose answer is no longer needed."""
        if status == "cancelled":
            return self.env._("The complaint was cancelled.")
        return self.env._("The complaint was answered without it.")

    def _withdraw_open_requests(self, reason):
        """Take back what units still owe these complaints, and tell them.

        The form of help stays as it was: what was promised to the customer does not
        change because the complaint ended, nor when it is reopened.

        :param str reason: one sentence that the units read
        """
        tickets_sudo = self.sudo()  # follows from the complaint's end, whoever ends it
        requests = tickets_sudo.coordination_ids.filtered(lambda r: r.state == "asked")
        if not requests:
            return
        held = requests.filtered("needs_coordination").ticket_id
        if held:
            held._write_silently({"assistance_type_chosen": "coordination"})
        requests.with_context(complaint_ending=True)._withdraw(reason)

    # === ASKING UNITS === #
    def action_ask_unit(self):
        """Open the dialog that asks another unit."""
        self._check_can_ask_units()
        return self._open_wizard(
            "klikumkm.complaint.coordination.ask", self.env._("Ask another unit")
        )

    def action_chase_units(self):
        """Remind the units that have not answered yet."""
        return self.coordination_ids.action_chase()

    def _check_can_ask_units(self):
        """
        :raise UserError: the complaint is off the desk
        """
        for ticket in self:
            if ticket.status not in OPEN_STATUS:
                raise UserError(
                    self.env._(
                        "%(number)s is at “%(stage)s”: reopen it before you ask a "
                        "unit.",
                        number=ticket.number,
                        stage=ticket.stage_id.name,
                    )
                )

    def _follow_requests(self, requests):
        """Move complaints on after their units were asked.

        :param requests: ``klikumkm.complaint.coordination`` records just sent
        """
        coordinated = requests.filtered("needs_coordination").ticket_id & self
        # what waits for the customer goes on waiting
        coordinated.filtered(
            lambda ticket: ticket.status in ("received", "in_progress")
        )._move_to("coordination")
        (self - coordinated).filtered(
            lambda ticket: ticket.status == "received"
        )._move_to("in_progress")

    def _get_status_after_waiting(self):
        requests = self.sudo().coordination_ids  # whoever brought his answer
        if any(r.state == "asked" and r.needs_coordination for r in requests):
            return "coordination"  # a unit still owes its own
        return super()._get_status_after_waiting()

    def _go_on_after_units(self, requests):
        """Bring back to the desk what no unit is waited for any more.

        What waits for the customer goes on waiting; its owner learns of the answer.

        :param requests: requests just answered or withdrawn
        """
        if self.env.context.get("complaint_ending"):
            return
        done = self.sudo().filtered(
            lambda ticket: (
                ticket.status in OPEN_STATUS
                and not ticket.coordination_ids.filtered(lambda r: r.state == "asked")
            )
        )
        done.filtered(lambda ticket: ticket.status == "coordination")._move_to(
            "in_progress"
        )
        for ticket in done:
            settled = requests.filtered(lambda r, t=ticket: r.ticket_id == t)
            if any(request.state == "answered" for request in settled):
                summary = self.env._(
                    "%(units)s answered: go on with %(number)s",
                    units=", ".join(settled.unit_id.mapped("name")),
                    number=ticket.number,
                )
            else:
                summary = self.env._(
                    "No unit is asked any more: go on with %(number)s",
                    number=ticket.number,
                )
            ticket._schedule_unit_activity(summary)

    def _schedule_unit_activity(self, summary):
        """An activity of our own type for whoever works on the complaint."""
        self.ensure_one()
        user = self._get_responsible_user()
        open_activities = self.activity_search([ANSWERED], user_id=user.id)
        if user and summary not in open_activities.mapped("summary"):
            self.activity_schedule(ANSWERED, summary=summary, user_id=user.id)

    def _flag_unit_message(self, request):
        """A unit wrote again: nothing changes, but somebody has to read it.

        :param request: ``klikumkm.complaint.coordination`` record
        """
        self.ensure_one()
        self._schedule_unit_activity(
            self.env._(
                "%(unit)s wrote again about %(number)s",
                unit=request.unit_id.name,
                number=request.name,
            )
        )

    def _note_unit_answer(self, request):
        """Keep in the complaint's own history that a unit answered, for the desk."""
        self.ensure_one()
        self.message_post(
            body=self.env._(
                "%(unit)s answered %(number)s: %(answer)s",
                unit=request.unit_id.name,
                number=request.name,
                answer=request.answer_preview or self.env._("(files only)"),
            ),
            subtype_xmlid="mail.mt_note",
        )

    def _get_unit_info(self):
        """Who the complaint is about, as far as a unit needs it to find the case."""
        self.ensure_one()
        ticket_sudo = self.sudo()  # the name alone, for whoever writes about it
        parts = [ticket_sudo.partner_name or ticket_sudo.partner_id.name or ""]
        if self.agreement_ref:
            parts.append(
                self.env._("loan or funding no. %(number)s", number=self.agreement_ref)
            )
        return " · ".join(filter(None, parts))

    def _get_files_to_show(self):
        """The complaint's files, among which an agent chooses what a unit sees."""
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("res_field", "=", False),
            ],
            order="id",
        )
