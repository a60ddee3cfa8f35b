# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from odoo.addons.klikumkm_complaint.models.complaint_notice import NOTICE_MEDIUM

ACTIVITY_TO_DECIDE = "klikumkm_sla.activity_type_extension"
ACTIVITY_RETURNED = "klikumkm_sla.activity_type_extension_returned"


class SlaExtensionRequest(models.Model):
    """A filled-in extension that waits for a team lead.

    Beyond what the time standard leaves, the agent prepares everything, message
    included, and the lead applies it, changed or not, or returns it with a remark.
    Written by the suite alone.
    """

    _name = "klikumkm.sla.extension.request"
    _description = "Extension Asked for"
    _order = "id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, precompute=True, index=True
    )
    state = fields.Selection(
        selection=[
            ("asked", "To decide"),
            ("applied", "Applied"),
            ("returned", "Returned"),
            ("withdrawn", "Withdrawn"),
        ],
        default="asked",
        required=True,
    )

    # === AS IT WAS FILLED IN === #
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Asked by",
        required=True,
        default=lambda self: self.env.user,
        index=True,
        ondelete="restrict",
    )
    days = fields.Integer(string="Working days", required=True, aggregator=None)
    reason_id = fields.Many2one(
        comodel_name="klikumkm.complaint.reason", required=True, ondelete="restrict"
    )
    explanation = fields.Text(string="In your own words")
    stage_reached_id = fields.Many2one(
        string="Stage reached",
        comodel_name="klikumkm.complaint.reason",
        ondelete="restrict",
    )
    new_date = fields.Datetime(
        string="Date asked for", help="As it was counted when it was asked for."
    )
    medium = fields.Selection(selection=NOTICE_MEDIUM, string="How to tell")
    subject = fields.Char()
    body = fields.Html(string="Message", sanitize="email_outgoing")
    text = fields.Text(string="Short text")
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="klikumkm_sla_extension_request_file_rel",
        string="Files",
    )

    # === WHAT BECAME OF IT === #
    asked_id = fields.Many2one(
        comodel_name="res.users",
        string="Asked of",
        index="btree_not_null",
        help="The team lead who decides; any other lead of the team may, too.",
    )
    decided_by_id = fields.Many2one(comodel_name="res.users", string="Decided by")
    decided_date = fields.Datetime(string="Decided at")
    remark = fields.Text()
    can_decide = fields.Boolean(compute="_compute_can_decide")

    _one_open_uniq = models.UniqueIndex(
        "(ticket_id) WHERE state = 'asked'",
        "An extension of this complaint was asked for already.",
    )

    # === COMPUTE METHODS === #
    @api.depends("state", "ticket_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for request in self:
            request.can_decide = (
                request.state == "asked"
                and request.ticket_id._may_decide_on_extension(self.env.user)
            )

    # === ACTIONS === #
    def action_decide(self):
        """Open what was filled in, for the lead to apply, change or return."""
        self.ensure_one()
        self._check_to_decide()
        return self.ticket_id.action_open_extend()

    def action_withdraw(self):
        """The extension is not needed any more."""
        self.ticket_id.check_access("write")
        self._check_open()
        self._withdraw(
            self.env._(
                "%(user)s withdrew the extension that was asked for.",
                user=self.env.user.name,
            )
        )
        return True

    # === CHECKS === #
    def _check_open(self):
        if any(request.state != "asked" for request in self):
            raise UserError(self.env._("This was decided already."))

    def _check_to_decide(self):
        """Whether whoever acts may decide about it, and it is to be decided.

        :raise UserError: it was decided already
        :raise AccessError: the complaint is not his to decide about
        """
        self.ticket_id.check_access("write")
        self._check_open()
        for request in self:
            if not request.ticket_id._may_decide_on_extension(self.env.user):
                raise AccessError(
                    self.env._(
                        "Only a team lead decides on a longer extension, about the "
                        "complaints of his team."
                    )
                )

    # === STEPS === #
    @api.model
    def _ask(self, vals):
        """Put a filled-in extension before a team lead.

        :param dict vals: of the request; the caller checked the right to write the
            complaint
        :return: the request
        """
        ticket = self.env["helpdesk.ticket"].browse(vals["ticket_id"])
        # named, or the database says it
        if ticket.extension_request_id:
            raise UserError(ticket.sudo().extension_request_label)
        leads = ticket.company_id._get_present_complaint_leads(ticket.team_id)
        lead = leads[:1] or ticket._get_responsible_user()
        request = self.sudo().create({**vals, "asked_id": lead.id})
        if files := request.attachment_ids:
            request.attachment_ids = files._copy_to_complaint(ticket.sudo())
        ticket.sudo().activity_unlink([ACTIVITY_RETURNED])
        env = ticket.with_context(lang=lead.lang).env
        ticket._ask_person(
            ACTIVITY_TO_DECIDE,
            env._(
                "Decide: %(days)s more working days, asked for by %(user)s",
                days=request.days,
                user=request.user_id.name,
            ),
            user=lead,
        )
        ticket.message_post(
            body=self.env._(
                "Extension by %(days)s working days asked for: %(reason)s. %(lead)s "
                "decides.",
                days=request.days,
                reason=request._get_reason(),
                lead=lead.name,
            ),
            subtype_xmlid="mail.mt_note",
        )
        return request.with_env(self.env)

    def _get_reason(self):
        """The reason as plain text, in the language of the environment."""
        self.ensure_one()
        if self.reason_id._is_other_extension() and self.explanation:
            return self.explanation.rstrip(". ")
        return self.reason_id.name

    def _close(self, state, remark=False):
        """Nothing is left to decide; the caller checked that it may be."""
        requests = self.sudo()
        requests.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_date": fields.Datetime.now(),
                "remark": remark,
            }
        )
        requests.ticket_id.activity_unlink([ACTIVITY_TO_DECIDE])

    def _withdraw(self, note):
        self._close("withdrawn")
        for ticket in self.sudo().ticket_id:
            ticket.message_post(body=note, subtype_xmlid="mail.mt_note")

    def _return(self, remark):
        """Give it back to whoever asked, or to who stands in for him.

        :param str remark: why, plain text
        """
        self.ensure_one()
        self._check_to_decide()
        self._close("returned", remark)
        ticket = self.ticket_id
        agent = self.user_id._get_complaint_stand_in() or (
            ticket._get_responsible_user()
        )
        env = ticket.with_context(lang=agent.lang).env
        ticket._ask_person(
            ACTIVITY_RETURNED,
            env._("Extension by %(days)s working days: returned", days=self.days),
            note=plaintext2html(remark),
            user=agent,
        )
        ticket.message_post(
            body=self.env._(
                "Extension by %(days)s working days not applied: %(remark)s",
                days=self.days,
                remark=remark,
            ),
            subtype_xmlid="mail.mt_note",
        )
