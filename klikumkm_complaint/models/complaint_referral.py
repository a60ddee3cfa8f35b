# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date, human_size

from ..tools.pdf import Document, NotPrintable, bind, count_pages

REFERRAL_STATE = [
    ("draft", "Prepared"),
    ("sent", "Handed to the customer"),
    ("accepted", "Taken up by the body"),
    ("ended", "Ended"),
]
REFERRAL_RESULT = [
    ("agreement", "Agreement"),
    ("for_customer", "Decision for the customer"),
    ("for_us", "Decision for us"),
    ("refused", "Refused by the body"),
    ("withdrawn", "Withdrawn"),
    ("unknown", "Not known"),
]
# What the letter and the file were made of. Once handed over they stay as they were.
HANDED_OVER = {
    "ticket_id",
    "body_id",
    "date",
    "lang",
    "letter",
    "enclosure_ids",
    "loss_amount",
    "is_not_pending",
    "is_civil",
    "checks",
}
# Parts of the complaint file that go with every letter.
ENCLOSED_PARTS = ("chronology", "receipt", "answers")
# Written by the buttons alone.
SYSTEM_FIELDS = {
    "name",
    "state",
    "sent_date",
    "notice_id",
    "document_id",
    "document_sha256",
}


class ComplaintReferral(models.Model):
    _name = "klikumkm.complaint.referral"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Referral of a Complaint to a Court or Body"
    _order = "date desc, id desc"

    name = fields.Char(string="Letter no.", readonly=True, copy=False)
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Customer")
    user_id = fields.Many2one(
        related="ticket_id.user_id",
        string="Owner",
        store=True,
        index="btree_not_null",
        precompute=True,
    )
    body_id = fields.Many2one(
        comodel_name="klikumkm.complaint.external.body",
        string="Referred to",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    body_warning = fields.Char(related="body_id.warning")
    state = fields.Selection(
        selection=REFERRAL_STATE,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    date = fields.Date(
        string="Date of the letter",
        required=True,
        default=fields.Date.context_today,
    )
    sent_date = fields.Datetime(string="Handed over at", readonly=True, copy=False)
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        default=lambda self: self.env.lang,
    )
    letter = fields.Html(help="Text of the letter, between its head and its end.")
    enclosure_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="klikumkm_complaint_referral_enclosure_rel",
        column1="referral_id",
        column2="attachment_id",
        string="Enclosures",
        ondelete="restrict",
        copy=False,
    )
    document_id = fields.Many2one(
        comodel_name="ir.attachment",
        string="Letter and file",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    document_sha256 = fields.Char(
        string="Checksum (SHA-256)", readonly=True, copy=False
    )
    notice_id = fields.Many2one(
        comodel_name="klikumkm.complaint.notice",
        string="Message to the customer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    checks = fields.Text(
        string="Checks shown", readonly=True, help="As they stood when it was prepared."
    )
    is_not_pending = fields.Boolean(
        string="Not pending or decided elsewhere", readonly=True
    )
    is_civil = fields.Boolean(string="Civil, not criminal", readonly=True)
    currency_id = fields.Many2one(related="ticket_id.currency_id")
    loss_amount = fields.Monetary(string="Loss at that time", readonly=True)

    external_ref = fields.Char(
        string="Number there",
        tracking=True,
        help="Under which the body keeps the matter.",
    )
    next_step = fields.Char(string="Next step", tracking=True)
    next_date = fields.Date(string="Next step on", tracking=True)
    result = fields.Selection(selection=REFERRAL_RESULT, tracking=True)
    result_date = fields.Date(string="Result date", tracking=True)
    result_note = fields.Text(string="Result note")

    # === COMPUTE METHODS === #
    @api.depends("name", "body_id")
    def _compute_display_name(self):
        for referral in self:
            referral.display_name = (
                f"{referral.name or ''} → {referral.body_id.name or ''}"
            )

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_fields_written(SYSTEM_FIELDS & vals.keys())
        counts = dict(
            # numbers go on for everybody, whoever may see the earlier ones
            self.sudo()._read_group(
                [("ticket_id", "in", [vals.get("ticket_id") for vals in vals_list])],
                ["ticket_id"],
                ["__count"],
            )
        )
        tickets = self.env["helpdesk.ticket"].browse(
            [vals["ticket_id"] for vals in vals_list]
        )
        for ticket, vals in zip(tickets, vals_list, strict=True):
            counts[ticket] = counts.get(ticket, 0) + 1
            vals["name"] = f"{ticket.sudo().number}/R{counts[ticket]}"
        return super().create(vals_list)

    def write(self, vals):
        vals = dict(vals)
        if not self.env.su:
            self._check_fields_written(SYSTEM_FIELDS & vals.keys())
            if any(referral.state != "draft" for referral in self):
                self._check_fields_written(HANDED_OVER & vals.keys())
        ended = self.browse()
        if vals.get("result"):
            ended = self.filtered(lambda referral: not referral.result)
            vals["state"] = "ended"
            if not vals.get("result_date"):
                dated = self.filtered("result_date")
                if "result_date" in vals or not dated:
                    vals["result_date"] = fields.Date.context_today(self)
        elif "result" in vals:
            vals["state"] = "accepted"
        result = super().write(vals)
        ended._tell_owner_of_end()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        raise UserError(
            self.env._(
                "Referrals are never deleted. Write down how they ended instead."
            )
        )

    def _check_fields_written(self, names):
        """Refuse fields that are not written by hand.

        :param set names: those of the fields being written that may not be
        :raise UserError: there are any
        """
        if names:
            raise UserError(
                self.env._(
                    "%(fields)s: stays as it was handed to the customer. Prepare "
                    "another referral if something has changed.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(names)
                    ),
                )
            )

    # === ACTIONS === #
    def action_open_refer(self):
        """Go on with a referral that was prepared but not handed over."""
        self.ensure_one()
        return self.ticket_id._open_refer(self)

    def action_taken_up(self):
        """The body has taken the matter up."""
        self.check_access("write")
        # checked above; the state is the buttons' alone
        return (
            self.sudo()
            .filtered(lambda r: r.state == "sent")
            .write({"state": "accepted"})
        )

    def action_open_document(self):
        """Show the file in the browser."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.document_id.id}?download=false",
            "target": "new",
        }

    def _get_form_action(self, target="current"):
        """The action that shows this referral.

        :param str target: ``new`` for a dialog
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Referral"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": target,
        }

    def action_view_ticket(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #
    def _get_last_handed_over(self):
        """The latest of these referrals that the customer was given."""
        return self.filtered("sent_date").sorted("id")[-1:]

    def _tell_owner_of_end(self):
        """Remind the owner that the complaint can be closed now."""
        for referral in self:
            referral.ticket_id._ask_person(
                "klikumkm_complaint.activity_type_referral_ended",
                lambda env, body=referral.body_id: env._(
                    "Referral to %(body)s ended: close the complaint, or carry out "
                    "what was decided",
                    body=body.with_context(lang=env.lang).name,
                ),
            )

    def _link_notice(self, notice):
        """Remember by which message the customer is told.

        An earlier one that he was not told yet is withdrawn.

        :param notice: ``klikumkm.complaint.notice`` record
        """
        self.ensure_one()
        # whoever handed it over may write the complaint (helpdesk.ticket._tell)
        referral_sudo = self.sudo()
        earlier = referral_sudo.notice_id
        if earlier and earlier.state != "told" and earlier != notice:
            earlier.action_withdraw()
        referral_sudo.notice_id = notice
        if notice.sudo().is_applied:
            referral_sudo._record_handed_over(notice.sudo())

    def _record_handed_over(self, notice):
        """The customer has letter and file, or the mail is on its way."""
        self.filtered(lambda referral: referral.state == "draft").write(
            {
                "state": "sent",
                "sent_date": notice.told_date or fields.Datetime.now(),
            }
        )

    def _make_document(self):
        """Make the one file of letter, chronology and enclosures, and keep it.

        :return: the ``ir.attachment``
        """
        self.ensure_one()
        content = self._render_document()
        body_name = self.body_id.with_context(lang=self.lang).name
        name = f"{self.name} {body_name}.pdf".replace("/", "-")
        # whoever calls this may write the referral; its file is the system's
        referral_sudo = self.sudo()
        old = referral_sudo.document_id
        document = referral_sudo.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        referral_sudo.write(
            {
                "document_id": document.id,
                "document_sha256": hashlib.sha256(content).hexdigest(),
            }
        )
        old.unlink()
        return document

    # === THE FILE === #
    def _render_document(self):
        """Letter, complaint file and enclosures, bound into one.

        :rtype: bytes
        """
        self.ensure_one()
        referral = self.with_context(lang=self.lang)
        enclosures = referral._get_enclosures()
        # once to see how long it is, then with the pages on which enclosures begin
        letter = referral._print_letter(enclosures)
        page = count_pages(letter) + 1
        for enclosure in enclosures:
            if enclosure["content"]:
                enclosure["page_label"] = referral.env._("page %(number)s", number=page)
                page += count_pages(enclosure["content"])
        letter = referral._print_letter(enclosures)
        title = referral.env._("Letter to %(body)s", body=referral.body_id.name)
        return bind(
            [
                Document(title, letter),
                *(
                    Document(enclosure["name"], enclosure["content"])
                    for enclosure in enclosures
                    if enclosure["content"]
                ),
            ],
            heading=self.name,
            title=f"{self.name} {referral.body_id.name}",
        )

    def _print_file_parts(self):
        """Parts of the complaint file that go with every letter.

        :return: :class:`Document` list
        """
        self.ensure_one()
        # whoever refers a complaint may write it; nothing internal is in these parts
        ticket = self.ticket_id.sudo().with_context(
            lang=self.lang, complaint_without_link=True
        )
        return [
            document
            for part in ENCLOSED_PARTS
            for document in getattr(ticket, f"_print_file_{part}")(ENCLOSED_PARTS)
        ]

    def _get_enclosures(self):
        """What is enclosed, in its order; what cannot be printed is only listed.

        :return: dicts of ``name``, ``content`` (pages, or None) and, without pages,
            ``remark`` and ``sha256``
        :rtype: list
        """
        self.ensure_one()
        # see _print_file_parts()
        ticket = self.ticket_id.sudo().with_context(
            lang=self.lang, complaint_without_link=True
        )
        enclosures = [
            {"name": document.title, "content": document.content}
            for document in self._print_file_parts()
        ]
        for file in self.enclosure_ids.sorted("id"):
            enclosure = {"name": file.name, "content": None}
            raw = file.raw or b""
            try:
                enclosure["content"] = ticket._print_attachment(file)
            except NotPrintable as error:
                enclosure["remark"] = self.env._(
                    "%(size)s, %(reason)s. Handed in separately.",
                    size=human_size(len(raw)) or "0",
                    reason=self._get_not_printable_reasons()[error.reason],
                )
                enclosure["sha256"] = hashlib.sha256(raw).hexdigest()
            enclosures.append(enclosure)
        return enclosures

    def _get_not_printable_reasons(self):
        return {
            "broken": self.env._("damaged"),
            "empty": self.env._("empty"),
            "encrypted": self.env._("protected by a password"),
            "large": self.env._("too large to print"),
            "long": self.env._("too long to print"),
            "type": self.env._("cannot be printed"),
        }

    def _print_letter(self, enclosures):
        """The letter on our paper.

        :param list enclosures: see :meth:`_get_enclosures`
        :rtype: bytes
        """
        self.ensure_one()
        ticket = self.ticket_id.with_context(lang=self.lang)
        return self.env["ir.actions.report"]._print_complaint(
            "klikumkm_complaint.report_referral_letter",
            {
                "o": ticket,
                "referral": self,
                "letterhead": ticket._get_letterhead(),
                "date": format_date(
                    self.env, self.date, lang_code=self.lang, date_format="d MMMM y"
                ),
                "subject": self.env._(
                    "Referral of complaint %(number)s", number=ticket.number
                ),
                "body": self.body_id,
                "body_lines": _get_lines(self.body_id.address),
                "identity": self._get_identity(),
                "letter": ticket._clean_for_print(self.letter),
                "signatory": (self.user_id or self.env.user).name,
                "enclosures": enclosures,
            },
        )

    def _get_identity(self):
        """Who the customer is, as he told us: pairs of label and value."""
        # printed for the customer himself, by whoever may write his complaint
        ticket = self.ticket_id.with_context(lang=self.lang).sudo()
        partner = ticket.partner_id
        loss = self.loss_amount and format_amount(
            ticket.env,
            self.loss_amount,
            self.currency_id,
            lang_code=self.lang,
            trailing_zeroes=False,
        )
        address = _get_lines(partner._display_address(without_company=True))
        lines = [
            (
                self.env._("Name"),
                (ticket.partner_name or partner.name or "").strip()
                or self.env._("not known"),
            ),
            (self.env._("Address"), ", ".join(address)),
            (self.env._("Phone"), ticket.partner_phone or partner.phone),
            (self.env._("E-mail"), ticket.partner_email or partner.email),
            (self.env._("Represented by"), ticket.represented_by),
            (self.env._("Role"), ticket._get_selection_label("customer_role")),
            (self.env._("Loan or funding no."), ticket.agreement_ref),
            (self.env._("Complaint no."), ticket.number),
            (self.env._("Loss stated"), loss),
        ]
        return [(label, value) for label, value in lines if value]


def _get_lines(text):
    """The lines of a text in which something stands."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
