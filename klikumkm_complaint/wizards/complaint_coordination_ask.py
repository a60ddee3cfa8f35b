# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import is_html_empty, plaintext2html

from ..models.complaint_coordination import COORDINATION_KIND


class ComplaintCoordinationAsk(models.TransientModel):
    _name = "klikumkm.complaint.coordination.ask"
    _description = "Ask another Unit"

    ticket_ids = fields.Many2many(
        comodel_name="helpdesk.ticket",
        string="Complaints",
        default=lambda self: self._default_ticket_ids(),
        required=True,
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        compute="_compute_ticket_id",
        help="The complaint, if it is one alone.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", compute="_compute_ticket_id"
    )
    unit_id = fields.Many2one(
        comodel_name="klikumkm.complaint.unit",
        compute="_compute_unit_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        domain="[('company_id', 'in', (False, company_id))]",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Only where it must be this person; otherwise the mail goes to the unit's "
        "mailbox.",
    )
    recipients = fields.Char(string="Goes to", compute="_compute_recipients")
    template_id = fields.Many2one(
        comodel_name="klikumkm.complaint.reason",
        domain="[('kind', '=', 'unit_request'), "
        "('company_id', 'in', (False, company_id))]",
    )
    kind = fields.Selection(
        selection=COORDINATION_KIND,
        compute="_compute_from_template",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    question = fields.Html(
        compute="_compute_from_template",
        store=True,
        readonly=False,
        precompute=True,
    )
    names_customer = fields.Boolean(
        string="Name the customer",
        default=True,
        help="The unit reads the customer's name and loan number. Switch it off where "
        "it can do without.",
    )
    about = fields.Char(compute="_compute_about")
    available_file_ids = fields.Many2many(
        comodel_name="ir.attachment", compute="_compute_available_file_ids"
    )
    file_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="klikumkm_complaint_coordination_ask_file_rel",
        string="Files to show",
        domain="[('id', 'in', available_file_ids)]",
        help="The unit sees these files alone.",
    )
    due_date = fields.Datetime(
        string="Answer by",
        compute="_compute_due_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    promised_date = fields.Datetime(
        string="Promised date", compute="_compute_promised_date"
    )
    needs_coordination = fields.Boolean(
        string="Needs coordination",
        compute="_compute_needs_coordination",
        store=True,
        readonly=False,
        precompute=True,
        help="The complaint becomes one that needs coordination with another unit: its "
        "standard is then 1-20 working days.",
    )
    effect = fields.Text(compute="_compute_effect")

    @api.model
    def _default_ticket_ids(self):
        if self.env.context.get("active_model") != "helpdesk.ticket":
            return False
        return [Command.set(self.env.context.get("active_ids") or [])]

    # === COMPUTE METHODS === #
    @api.depends("ticket_ids")
    def _compute_ticket_id(self):
        for wizard in self:
            tickets = wizard.ticket_ids
            wizard.ticket_id = tickets if len(tickets) == 1 else False
            wizard.company_id = tickets.company_id[:1] or self.env.company

    @api.depends("ticket_ids", "template_id")
    def _compute_unit_id(self):
        for wizard in self:
            usual = wizard.ticket_ids.category_id.unit_id
            usual = wizard.template_id.unit_id or (usual if len(usual) == 1 else False)
            wizard.unit_id = wizard.unit_id or (usual and usual.filtered("active"))

    @api.depends("unit_id", "user_id")
    def _compute_recipients(self):
        for wizard in self:
            partners, emails = self.env["res.partner"], ""
            if wizard.unit_id:
                # addresses of colleagues, for whoever writes to them
                partners, emails = wizard.unit_id.sudo()._get_recipients(
                    wizard.user_id.sudo()
                )
            addresses = [*partners.mapped("email_formatted"), emails]
            wizard.recipients = ", ".join(filter(None, addresses))

    @api.depends("template_id")
    def _compute_from_template(self):
        for wizard in self:
            template = wizard.template_id
            if template:
                wizard.kind = "action" if template.is_action else "question"
                wizard.question = plaintext2html(template.text or template.name)
            wizard.kind = wizard.kind or "question"

    @api.depends("ticket_ids", "names_customer")
    def _compute_about(self):
        for wizard in self:
            wizard.about = (
                wizard.ticket_id._get_unit_info()
                if wizard.names_customer and wizard.ticket_id
                else False
            )

    @api.depends("ticket_ids")
    def _compute_available_file_ids(self):
        for wizard in self:
            wizard.available_file_ids = wizard.ticket_id._get_files_to_show()

    @api.depends("unit_id", "ticket_ids")
    def _compute_due_date(self):
        now = fields.Datetime.now()
        for wizard in self:
            ticket = wizard.ticket_ids[:1]
            if wizard.unit_id and ticket:
                wizard.due_date = ticket._add_working_days(
                    now, wizard.unit_id.default_due_days
                )
            else:
                wizard.due_date = wizard.due_date

    @api.depends("ticket_ids")
    def _compute_promised_date(self):
        for wizard in self:
            dates = [ticket._get_promised_date() for ticket in wizard.ticket_ids]
            wizard.promised_date = min(filter(None, dates), default=False)

    @api.depends("due_date", "promised_date")
    def _compute_needs_coordination(self):
        for wizard in self:
            tickets = wizard.ticket_ids
            wizard.needs_coordination = bool(
                # what is coordinated already is not promised another date by it
                (tickets and set(tickets.mapped("assistance_type")) == {"coordination"})
                or (
                    wizard.due_date
                    and wizard.promised_date
                    and wizard.due_date > wizard.promised_date
                )
            )

    @api.depends("needs_coordination", "ticket_ids")
    @api.depends_context("lang")
    def _compute_effect(self):
        for wizard in self:
            # the complaints as they are kept: a dialog holds copies without a clock
            rising = wizard.ticket_ids._origin.filtered(
                lambda ticket: ticket.assistance_type != "coordination"
            )
            wizard.effect = bool(wizard.needs_coordination and rising) and (
                rising._get_reclassification_effect({"assistance_type": "coordination"})
                or self.env._("The form of help becomes coordination.")
            )

    # === ACTIONS === #
    def action_send(self):
        """Send the request, one for each complaint."""
        self._send()
        return {"type": "ir.actions.act_window_close"}

    def action_send_and_tell(self):
        """Send the request, then tell the customers how their complaint stands."""
        self._send()
        return self.ticket_ids.action_open_progress()

    def _send(self):
        self.ensure_one()
        tickets = self.ticket_ids
        tickets.check_access("write")
        tickets._check_can_ask_units()
        self._check_request()
        # whoever may work on the complaints may ask about them: checked above
        requests = (
            self.env["klikumkm.complaint.coordination"]
            .sudo()
            .create([self._prepare_request_values(ticket) for ticket in tickets])
        )
        files = self.file_ids & self.ticket_id._get_files_to_show()
        for request in requests.filtered(lambda _request: files):
            request.attachment_ids = files.sudo().copy(
                {"res_model": request._name, "res_id": request.id}
            )
        requests._send_request()
        tickets._follow_requests(requests)
        return requests

    def _check_request(self):
        """
        :raise UserError: what would be asked is empty, late or reaches nobody
        """
        if is_html_empty(self.question or ""):
            raise UserError(self.env._("Write what the unit shall do or answer."))
        if self.due_date <= fields.Datetime.now():
            raise UserError(self.env._("Give the unit a date that lies ahead."))
        # addresses of colleagues, only to see whether there are any
        self.unit_id.sudo()._check_reachable(self.user_id.sudo())

    def _prepare_request_values(self, ticket):
        return {
            "ticket_id": ticket.id,
            "unit_id": self.unit_id.id,
            "user_id": self.user_id.id,
            "kind": self.kind,
            "question": Markup(self.question),  # sanitised by the wizard's field
            "about": self.names_customer and ticket._get_unit_info(),
            "due_date": self.due_date,
            "needs_coordination": self.needs_coordination,
        }
