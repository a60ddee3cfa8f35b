# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, is_html_empty

from .complaint_tell import TELL_MEDIUM


class ComplaintTelling(models.AbstractModel):
    """What every wizard that tells customers something has in common.

    A wizard says with which template and which values (:meth:`_get_template`,
    :meth:`_get_template_values`); the preview follows and can be edited. With an e-mail
    address the message leaves at once; otherwise the dialog *Tell the customer* opens,
    unless somebody told him already (``is_told``).
    """

    _name = "klikumkm.complaint.telling"
    _description = "Telling a Customer"

    ticket_ids = fields.Many2many(
        comodel_name="helpdesk.ticket",
        string="Complaints",
        required=True,
        default=lambda self: self._default_ticket_ids(),
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        compute="_compute_ticket_id",
    )
    is_single = fields.Boolean(compute="_compute_ticket_id")
    recipient = fields.Char(string="To", compute="_compute_recipient")
    template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Template",
        domain="[('model', '=', 'helpdesk.ticket'), "
        "('complaint_kind', '=', 'answer_text')]",
    )
    medium = fields.Selection(
        selection=TELL_MEDIUM,
        string="How to tell",
        compute="_compute_medium",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        compute_sudo=False,
    )
    subject = fields.Char(
        compute="_compute_message",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
    )
    body = fields.Html(
        string="Message",
        compute="_compute_message",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
        sanitize="email_outgoing",
    )
    text = fields.Text(
        string="Short text",
        compute="_compute_message",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
        help="For WhatsApp and telephone.",
    )
    attachment_ids = fields.Many2many(comodel_name="ir.attachment", string="Files")
    is_told = fields.Boolean(
        string="The customer was told already",
        help="By telephone, in person or in a message of your own.",
    )
    told_medium = fields.Selection(selection=TELL_MEDIUM, string="How", default="phone")
    told_date = fields.Datetime(string="When", default=fields.Datetime.now)
    told_remark = fields.Char(
        string="Remark", help="Who was spoken to, which number, what proves it."
    )

    # === DEFAULTS AND COMPUTE METHODS === #
    @api.model
    def _default_ticket_ids(self):
        if self.env.context.get("active_model") == "helpdesk.ticket":
            return self.env["helpdesk.ticket"].browse(
                self.env.context.get("active_ids") or ()
            )
        return self.env["helpdesk.ticket"]

    @api.depends("ticket_ids")
    def _compute_ticket_id(self):
        for wizard in self:
            wizard.is_single = len(wizard.ticket_ids) == 1
            wizard.ticket_id = wizard.ticket_ids._origin[:1]

    @api.depends("ticket_ids", "medium")
    def _compute_recipient(self):
        for wizard in self:
            ticket = wizard.ticket_ids._origin
            if len(ticket) != 1:
                without = sum(not t._get_customer_email() for t in ticket)
                wizard.recipient = (
                    self.env._(
                        "%(count)s customers; %(without)s without an e-mail address "
                        "(they stand in To tell)",
                        count=len(ticket),
                        without=without,
                    )
                    if without
                    else self.env._("%(count)s customers", count=len(ticket))
                )
                continue
            name = ticket.partner_name or ticket.sudo().partner_id.name or ""
            address = {
                "email": ticket._get_customer_email(),
                "whatsapp": ticket.partner_phone,
                "phone": ticket.partner_phone,
            }.get(wizard.medium)
            wizard.recipient = f"{name} ({address})" if address else name

    @api.depends("ticket_ids")
    def _compute_medium(self):
        for wizard in self:
            ticket = wizard.ticket_ids._origin[:1]
            wizard.medium = ticket._get_default_medium() if ticket else "email"

    def _get_message_triggers(self):
        """Hook: names of the fields on which the preview depends."""
        return []

    @api.depends(
        lambda self: ["ticket_ids", "template_id", *self._get_message_triggers()]
    )
    def _compute_message(self):
        for wizard in self:
            ticket = wizard.ticket_ids._origin[:1]
            if not ticket:
                wizard.subject = wizard.body = wizard.text = False
                continue
            message = ticket._render_message(
                wizard._get_kind(),
                wizard._get_template(),
                wizard._get_template_values(),
            )[ticket.id]
            wizard.subject = message["subject"]
            wizard.body = message["body"]
            wizard.text = message["text"]

    # === HOOKS === #
    def _get_kind(self):
        """Hook: the kind of notice, a key of ``NOTICE_KIND``."""
        return "progress"

    def _get_template(self):
        """Hook: a ``mail.template`` record or its xmlid."""
        return self.template_id or "klikumkm_complaint.mail_template_progress"

    def _get_template_values(self):
        """Hook: what the template finds in ``ctx['complaint_values']``."""
        return {}

    # === TELLING === #
    def _check_message(self):
        """Refuse to tell nothing.

        :raise UserError: the text is empty, or was told in the future
        """
        self.ensure_one()
        if self.is_told:
            if self.told_date and self.told_date > fields.Datetime.now():
                raise UserError(
                    self.env._("The customer cannot have been told in the future.")
                )
        elif self.is_single and is_html_empty(self.body):
            raise UserError(self.env._("Write what the customer is to be told."))
        self.ticket_ids.check_access("write")

    def _get_tell_values(self):
        """Keyword arguments for ``helpdesk.ticket._tell()``."""
        self.ensure_one()
        values = {
            "template": self._get_template(),
            "values": self._get_template_values(),
            "attachments": self.attachment_ids,
        }
        if self.is_single:
            # what was seen and edited is what is told
            values.update(
                subject=self.subject,
                body=self.body,
                text=self.text or html2plaintext(self.body or ""),
                medium=self.medium,
            )
        if self.is_told:
            values["told"] = self._get_told_values()
        return values

    def _get_told_values(self):
        """How he was told already: ``told`` of ``helpdesk.ticket._tell()``."""
        return {
            "medium": self.told_medium or "phone",
            "date": self.told_date or fields.Datetime.now(),
            "remark": self.told_remark,
        }

    def _tell_customer(self, **kwargs):
        """Tell the customers what the wizard shows.

        :param kwargs: further arguments of ``helpdesk.ticket._tell()``
        :return: the action that closes the wizard, or goes on to *Tell the customer*
        """
        self._check_message()
        notices = self.ticket_ids._tell(
            self._get_kind(), **{**self._get_tell_values(), **kwargs}
        )
        return self._after_telling(notices)

    def _after_telling(self, notices):
        """Go on to the dialog for what is not sent by mail and not told yet."""
        untold = notices.filtered(
            lambda n: n.state == "to_tell" and not n.mail_message_id
        )
        if len(untold) == 1:
            return untold.action_open_tell()
        if untold:
            action = self.env["ir.actions.actions"]._for_xml_id(
                "klikumkm_complaint.complaint_notice_action_to_tell"
            )
            return {**action, "domain": [("id", "in", untold.ids)], "target": "current"}
        return {"type": "ir.actions.act_window_close"}
