# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from markupsafe import Markup

from odoo import api, fields, models

OK_ICON = "fa-check-circle text-success"
WARNING_ICON = "fa-exclamation-triangle text-warning"


class ComplaintRefer(models.TransientModel):
    """*Refer*: the letter and file for a court or another body.

    The checks explain and warn; they never forbid, for it is the customer's right.
    """

    _name = "klikumkm.complaint.refer"
    _inherit = "klikumkm.complaint.telling"
    _description = "Refer a Complaint"

    company_id = fields.Many2one(related="ticket_id.company_id")
    referral_id = fields.Many2one(
        comodel_name="klikumkm.complaint.referral",
        help="The one that was prepared before and not handed over yet.",
    )
    body_id = fields.Many2one(
        comodel_name="klikumkm.complaint.external.body",
        string="Refer to",
        required=True,
        compute="_compute_from_referral",
        store=True,
        readonly=False,
        precompute=True,
    )
    body_conditions = fields.Html(related="body_id.conditions")
    is_not_pending = fields.Boolean(
        string="Not pending or decided elsewhere",
        compute="_compute_from_referral",
        store=True,
        readonly=False,
        precompute=True,
        help="The customer says that no court or other body deals with the matter or "
        "has decided it.",
    )
    is_civil = fields.Boolean(
        string="Civil, not criminal",
        compute="_compute_from_referral",
        store=True,
        readonly=False,
        precompute=True,
    )
    currency_id = fields.Many2one(related="ticket_id.currency_id")
    loss_amount = fields.Monetary(
        string="Loss",
        compute="_compute_loss_amount",
        store=True,
        readonly=False,
        precompute=True,
        help="As the customer states it; kept on the complaint too.",
    )
    amount_hint = fields.Char(string="Amount limit", compute="_compute_checks")
    checks = fields.Html(compute="_compute_checks", sanitize=False)
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        compute="_compute_from_referral",
        store=True,
        readonly=False,
        precompute=True,
    )
    candidate_ids = fields.Many2many(
        comodel_name="ir.attachment", compute="_compute_candidate_ids"
    )
    enclosure_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="klikumkm_complaint_refer_enclosure_rel",
        string="Enclosures",
        compute="_compute_from_referral",
        store=True,
        readonly=False,
        precompute=True,
    )
    letter = fields.Html(
        compute="_compute_letter",
        store=True,
        readonly=False,
        precompute=True,
        help="Text of the letter. Head, customer's details and list of enclosures are "
        "added.",
    )

    # === COMPUTE METHODS === #
    @api.depends("ticket_ids", "referral_id")
    def _compute_from_referral(self):
        """Start from what was prepared before, else from what fits most complaints."""
        first = self.env["klikumkm.complaint.external.body"].search([], limit=1)
        for wizard in self:
            referral = wizard.referral_id
            wizard.is_not_pending = referral.is_not_pending
            wizard.is_civil = referral.is_civil
            wizard.body_id = wizard.body_id or referral.body_id or first
            wizard.lang = (
                referral.lang
                or wizard.ticket_id.lang
                or self.env.company.complaint_lang
            )
            wizard.enclosure_ids = (
                referral.enclosure_ids
                if referral
                else wizard.ticket_id._get_referral_candidates()
            )

    @api.depends("ticket_ids")
    def _compute_loss_amount(self):
        for wizard in self:
            wizard.loss_amount = wizard.ticket_id.loss_amount

    @api.depends("ticket_ids")
    def _compute_candidate_ids(self):
        for wizard in self:
            wizard.candidate_ids = wizard.ticket_id._get_referral_candidates()

    # Not the loss: what the agent has changed in the text by then would be lost.
    @api.depends("ticket_ids", "body_id", "lang")
    def _compute_letter(self):
        for wizard in self:
            if not (wizard.ticket_id and wizard.body_id):
                wizard.letter = False
                continue
            referral = wizard.referral_id
            if referral and (referral.body_id, referral.lang) == (
                wizard.body_id,
                wizard.lang,
            ):
                wizard.letter = referral.letter
                continue
            wizard.letter = wizard.ticket_id._get_referral_letter(
                wizard.body_id, wizard.lang
            )

    @api.depends("ticket_ids", "body_id", "loss_amount", "is_not_pending", "is_civil")
    def _compute_checks(self):
        for wizard in self:
            checks = wizard._get_checks() if wizard.ticket_id else []
            wizard.checks = Markup("<ul class='list-unstyled mb-0'>%s</ul>") % (
                Markup().join(
                    Markup("<li><i class='fa fa-fw %s' role='img' title='%s'/> %s</li>")
                    % (
                        OK_ICON if check.is_ok else WARNING_ICON,
                        self.env._("In order") if check.is_ok else self.env._("Look"),
                        check.text,
                    )
                    for check in checks
                )
            )
            wizard.amount_hint = wizard.body_id._get_amount_hint()

    # === ACTIONS === #
    def action_make_file(self):
        """Store the referral and its file, and show it; nobody is told yet."""
        return self._prepare_referral()._get_form_action()

    def action_send(self):
        """Hand letter and file to the customer; the complaint is referred."""
        self._check_message()
        referral = self._prepare_referral()
        return self._tell_customer(
            attachments=referral.document_id, next_status="referred"
        )

    # === TELLING === #
    def _get_kind(self):
        return "referral"

    def _get_template(self):
        return "klikumkm_complaint.mail_template_referral"

    def _get_message_triggers(self):
        return ["body_id"]

    def _get_template_values(self):
        return self.ticket_id._get_referral_message_values(self.body_id)

    def _after_telling(self, notices):
        self.referral_id._link_notice(notices)
        return super()._after_telling(notices)

    # === BUSINESS METHODS === #
    def _get_checks(self):
        self.ensure_one()
        return self.ticket_id._get_referral_checks(
            self.body_id,
            loss_amount=self.loss_amount,
            is_not_pending=self.is_not_pending,
            is_civil=self.is_civil,
        )

    def _get_checks_text(self):
        """The checks as they were shown, to be kept."""
        self.ensure_one()
        return "\n".join(
            f"{'[✓]' if check.is_ok else '[!]'} {check.text}"
            for check in self._get_checks()
        )

    def _prepare_referral(self):
        """Write the referral and make its file.

        :return: ``klikumkm.complaint.referral`` record
        """
        self.ensure_one()
        ticket = self.ticket_id
        ticket.ensure_one()
        ticket.check_access("write")
        if self.currency_id.compare_amounts(self.loss_amount, ticket.loss_amount):
            ticket.loss_amount = self.loss_amount
        vals = {
            "body_id": self.body_id.id,
            "date": ticket._get_customer_today(),
            "lang": self.lang,
            "letter": self.letter,
            # never what only the desk may see
            "enclosure_ids": [(6, 0, (self.enclosure_ids & self.candidate_ids).ids)],
            "loss_amount": self.loss_amount,
            "is_not_pending": self.is_not_pending,
            "is_civil": self.is_civil,
            "checks": self._get_checks_text(),
        }
        referral = self.referral_id
        if referral and referral.state == "draft":
            referral.write(vals)
        else:
            referral = referral.create({**vals, "ticket_id": ticket.id})
            self.referral_id = referral
        referral._make_document()
        return referral
