# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import (
    email_normalize,
    html2plaintext,
    is_html_empty,
    plaintext2html,
)
from odoo.tools.mail import email_split_tuples

from odoo.addons.base.models.res_partner import _lang_get

from .helpdesk_ticket_stage import OPEN_STATUS

SUBMISSION_TYPE = [
    ("question", "Question"),
    ("information", "Information"),
    ("suggestion", "Suggestion"),
    ("criticism", "Criticism"),
    ("complaint", "Complaint"),
]
ASSISTANCE_TYPE = [
    ("information", "Giving information"),
    ("handling", "Handling a problem"),
    ("coordination", "Coordination with another unit"),
]
URGENCY = [
    ("0", "Low"),
    ("1", "Medium"),
    ("2", "High"),
    ("3", "Emergency"),
]
OUTCOME = [
    ("granted", "Granted"),
    ("partly_granted", "Partly granted"),
    ("explained", "Explained"),
    ("rejected", "Rejected"),
    ("noted", "Noted and passed on"),
    ("withdrawn", "Withdrawn by the customer"),
    ("out_of_scope", "Not within our power"),
    ("lapsed", "Lapsed (no answer)"),
]
CUSTOMER_DECISION = [
    ("none", "Not asked"),
    ("pending", "Pending"),
    ("accepted", "Accepted"),
    ("rejected", "Not accepted"),
    ("silent", "No answer"),
]
# Which steps the buttons of the form offer; everything else needs a wizard or a lead.
NEXT_STATUS = {
    "received": (
        "in_progress",
        "coordination",
        "waiting_customer",
        "resolved",
        "cancelled",
    ),
    "in_progress": ("coordination", "waiting_customer", "resolved", "cancelled"),
    "coordination": ("in_progress", "waiting_customer", "resolved", "cancelled"),
    "waiting_customer": ("in_progress", "coordination", "resolved", "cancelled"),
    "resolved": ("closed", "in_progress"),
    "referred": ("closed", "in_progress"),
    "closed": ("in_progress",),
    "cancelled": ("in_progress",),
}
# Longer subjects break lists and mail headers; the rest goes to the top of the story.
SUBJECT_LENGTH = 200
# Longer stories are cut on the screen and kept whole as a file: beyond some megabytes
# Odoo's sanitizer silently stores nothing.
STORY_LENGTH = 200_000

# Fields through which a write can change one of the facts below, directly or by a
# computed field (a team changes the stage, a category the form of help).
FACT_SOURCES = {
    "assistance_type",
    "assistance_type_chosen",
    "category_id",
    "company_id",
    "priority",
    "received_date",
    "stage_id",
    "submission_type",
    "team_id",
    "user_id",
}
# Written by the suite itself, never by a form, an import or a call from outside.
PROTECTED_FIELDS = {"resolved_date", "number"}


class ComplaintFacts(NamedTuple):
    """What the rest of the suite watches; one value for each complaint."""

    status: str | bool
    assistance_type: str | bool
    priority: str | bool
    team: models.BaseModel
    company: models.BaseModel
    received_date: object


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "mail.thread.phone"]
    _order = "priority desc, received_date, id"

    # === CLASSIFICATION === #
    priority = fields.Selection(
        selection_add=URGENCY,
        string="Urgency",
        compute="_compute_classification",
        store=True,
        readonly=False,
        precompute=True,
        default=None,
        tracking=True,
    )
    urgency_stated = fields.Selection(
        selection=URGENCY,
        string="Urgency stated by the customer",
        readonly=True,
        copy=False,
    )
    urgency_lowered_reason = fields.Char(
        string="Why lower than stated",
        tracking=True,
        copy=False,
    )
    submission_type = fields.Selection(
        selection=SUBMISSION_TYPE,
        string="Type",
        compute="_compute_classification",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    is_classified = fields.Boolean(
        string="Classified",
        default=True,
        copy=False,
        tracking=True,
        help="Off until somebody has looked at what came in by itself.",
    )
    assistance_type = fields.Selection(
        selection=ASSISTANCE_TYPE,
        string="Form of help",
        compute="_compute_assistance_type",
        inverse="_inverse_assistance_type",
        store=True,
        copy=False,
        tracking=True,
        help="Decides the time standard: information 1-2, handling 1-5, coordination "
        "1-20 working days.",
    )
    assistance_type_chosen = fields.Selection(
        selection=ASSISTANCE_TYPE,
        string="Form of help chosen by hand",
        copy=False,
        groups="base.group_user",
    )
    category_id = fields.Many2one(tracking=True, index="btree_not_null")
    product_id = fields.Many2one(
        comodel_name="klikumkm.complaint.product", index="btree_not_null"
    )

    # === WHEN === #
    received_date = fields.Datetime(
        string="Received at",
        required=True,
        default=fields.Datetime.now,
        copy=False,
        index=True,
        tracking=True,
        help="When the submission reached us, whatever happened later. The time "
        "standard is counted from here.",
    )
    resolved_date = fields.Datetime(
        string="Resolved at", readonly=True, copy=False, tracking=True
    )

    # === WHO AND WHAT === #
    partner_id = fields.Many2one(index=True)
    commercial_partner_id = fields.Many2one(index=True)
    duplicate_id = fields.Many2one(index="btree_not_null")
    number = fields.Char(index="trigram", copy=False)
    partner_phone = fields.Char(
        string="Phone",
        compute="_compute_partner_phone",
        store=True,
        readonly=False,
        precompute=True,
    )
    phone_search = fields.Char(
        string="Phone in any spelling", store=False, search="_search_phone_search"
    )
    customer_role = fields.Selection(
        selection=[
            ("borrower", "Borrower"),
            ("lender", "Lender"),
            ("not_a_user", "Not a user"),
        ],
        string="Role",
    )
    agreement_ref = fields.Char(string="Loan or funding no.", index="trigram")
    incident_date = fields.Date()
    requested_remedy = fields.Text(string="Remedy sought")
    currency_id = fields.Many2one(related="company_id.currency_id")
    loss_amount = fields.Monetary(groups="base.group_user")
    represented_by = fields.Char()
    external_ref = fields.Char(string="External no.")
    lang = fields.Selection(
        selection=_lang_get,
        string="Customer's language",
        compute="_compute_lang",
        store=True,
        readonly=False,
        precompute=True,
    )
    description = fields.Html(string="Story")
    story_text = fields.Text(
        string="What the customer says",
        store=False,
        help="Typed when recording a complaint; becomes the story, line by line.",
    )
    story_file_ids = fields.Many2many(
        comodel_name="ir.attachment",
        string="Files",
        compute="_compute_story_file_ids",
    )
    intake_file_ids = fields.Many2many(
        comodel_name="ir.attachment",
        string="Files at intake",
        store=False,
        help="Dropped when recording a complaint; become its files.",
    )
    is_robot_mail = fields.Boolean(
        string="Sent by a robot",
        readonly=True,
        copy=False,
        help="An auto-reply, a mailing list or a bounce: no automatic answer is sent.",
    )

    customer_complaint_count = fields.Integer(
        string="Other complaints", compute="_compute_customer_complaint_count"
    )
    caller_complaint_ids = fields.Many2many(
        comodel_name="helpdesk.ticket",
        string="Open complaints of the caller",
        compute="_compute_caller_complaint_ids",
        help="Found by the number or address being typed, before anything is saved.",
    )

    # === WORK === #
    status = fields.Selection(related="stage_id.status", string="State of the case")
    last_customer_message_date = fields.Datetime(readonly=True, copy=False)
    reply_pending_since = fields.Datetime(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The customer wrote and nobody has answered since.",
    )
    outcome = fields.Selection(selection=OUTCOME, copy=False, tracking=True)
    root_cause_id = fields.Many2one(
        comodel_name="klikumkm.complaint.reason",
        domain="[('kind', '=', 'root_cause')]",
        copy=False,
        groups="base.group_user",
        index="btree_not_null",
    )
    corrective_action = fields.Text(copy=False, groups="base.group_user")
    cancel_reason_id = fields.Many2one(
        comodel_name="klikumkm.complaint.reason",
        domain="[('kind', '=', 'cancel')]",
        copy=False,
        index="btree_not_null",
    )
    customer_decision = fields.Selection(
        selection=CUSTOMER_DECISION,
        default="none",
        required=True,
        copy=False,
        tracking=True,
    )
    customer_decision_date = fields.Datetime(copy=False)
    customer_decision_reason = fields.Text(copy=False)

    # === COMPUTE METHODS === #
    @api.depends("category_id")
    def _compute_classification(self):
        """Fill urgency and type from the category, for new submissions only."""
        for ticket in self:
            category = ticket.category_id
            is_saved = bool(ticket._origin.id)
            if not (is_saved and ticket.priority):
                ticket.priority = category.priority or ticket.priority or "1"
            if not (is_saved and ticket.submission_type):
                ticket.submission_type = (
                    category.submission_type or ticket.submission_type or "complaint"
                )

    # Not the category's own fields: editing a category moves no existing complaint.
    @api.depends("category_id", "submission_type", "assistance_type_chosen")
    def _compute_assistance_type(self):
        for ticket in self:
            ticket.assistance_type = (
                ticket.sudo().assistance_type_chosen
                or ticket._get_automatic_assistance_type()
            )

    def _inverse_assistance_type(self):
        for ticket in self:
            chosen = ticket.assistance_type
            if chosen == ticket._get_automatic_assistance_type():
                chosen = False
            # the field is internal, and whoever may write the one may write the other
            ticket.sudo().assistance_type_chosen = chosen

    def _get_automatic_assistance_type(self):
        """The form of help that follows from category and type alone."""
        self.ensure_one()
        return self.category_id.assistance_type or (
            "handling" if self.submission_type == "complaint" else "information"
        )

    @api.depends("partner_id")
    def _compute_partner_phone(self):
        for ticket in self:
            ticket.partner_phone = ticket.partner_phone or ticket.partner_id.phone

    @api.depends("partner_id", "company_id")
    def _compute_lang(self):
        installed = dict(self.env["res.lang"].get_installed())
        for ticket in self:
            if ticket.lang in installed and ticket._origin.id:
                continue
            candidates = (ticket.partner_id.lang, ticket.company_id.complaint_lang)
            ticket.lang = next((lang for lang in candidates if lang in installed), False)

    @api.depends("attachment_ids")
    def _compute_story_file_ids(self):
        for ticket in self:
            ticket.story_file_ids = ticket.attachment_ids

    @api.depends("partner_id")
    def _compute_customer_complaint_count(self):
        counts = dict(
            self._read_group(
                [("partner_id", "in", self.partner_id.ids)], ["partner_id"], ["__count"]
            )
        )
        for ticket in self:
            mine = 1 if ticket._origin.id else 0
            ticket.customer_complaint_count = max(
                counts.get(ticket.partner_id, 0) - mine, 0
            )

    @api.depends("partner_phone", "partner_email", "partner_id")
    def _compute_caller_complaint_ids(self):
        for ticket in self:
            domains = []
            if len(re.sub(r"\D", "", ticket.partner_phone or "")) >= 8:
                domains.append(Domain("phone_search", "=", ticket.partner_phone))
            if email := email_normalize(ticket.partner_email or ""):
                domains.append(Domain("partner_email", "=ilike", email))
            ticket.caller_complaint_ids = (
                self.search(
                    Domain.OR(domains)
                    & Domain("status", "in", OPEN_STATUS)
                    & Domain("id", "!=", ticket._origin.id),
                    limit=5,
                )
                if domains
                else False
            )

    def _search_phone_search(self, operator, value):
        """Find a number however it is written: 0812…, +62 812-…, 62812…"""
        if operator not in ("ilike", "like", "=", "in"):
            return NotImplemented
        domains = []
        for spelling in [value] if isinstance(value, str) else value:
            digits = re.sub(r"\D", "", spelling or "")
            # no country code, no leading zero: what all spellings have in common
            digits = re.sub(r"^(00)?62|^0+", "", digits) or digits
            if len(digits) >= 4:
                domains.append(Domain("phone_sanitized", "like", digits))
                domains.append(Domain("partner_phone", "like", spelling))
        return Domain.OR(domains) if domains else Domain.FALSE

    def _phone_get_number_fields(self):
        return ["partner_phone"]

    def _phone_get_country(self):
        return {ticket.id: ticket.company_id.complaint_country_id for ticket in self}

    # === CONSTRAINT METHODS === #
    @api.constrains("received_date")
    def _check_received_date(self):
        now = fields.Datetime.now()
        for ticket in self:
            if ticket.received_date > now:
                raise ValidationError(
                    self.env._("The date received cannot lie in the future.")
                )
            if ticket.create_date and ticket.received_date > ticket.create_date:
                raise ValidationError(
                    self.env._(
                        "The date received cannot be later than the moment the "
                        "complaint was recorded."
                    )
                )

    @api.constrains("priority", "urgency_stated", "urgency_lowered_reason")
    def _check_urgency_lowered(self):
        for ticket in self:
            if (
                ticket.urgency_stated
                and ticket.priority < ticket.urgency_stated
                and not ticket.urgency_lowered_reason
            ):
                raise ValidationError(
                    self.env._(
                        "The customer stated a higher urgency for %(number)s. Say why "
                        "it is lowered (field “Why lower than stated”).",
                        number=ticket.number,
                    )
                )

    # === CRUD METHODS === #
    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        user = self.env["res.users"].browse(defaults.get("user_id"))
        team = self.env["helpdesk.ticket.team"].browse(defaults.get("team_id"))
        # helpdesk_mgmt/models/helpdesk_ticket.py:205 assigns whoever runs the code: the
        # robot, the mail gateway's portal user, people of other teams.
        if user and not self._can_be_assigned(user, team or user.helpdesk_team_ids):
            defaults["user_id"] = False
        return defaults

    @api.model
    def _can_be_assigned(self, user, teams):
        """Whether a person may own complaints of (one of) these teams.

        :param user: ``res.users`` record
        :param teams: ``helpdesk.ticket.team`` recordset
        :rtype: bool
        """
        return (
            user.active
            and not user.share
            and user != self.env.ref("base.user_root")
            and user in teams.sudo().user_ids
        )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = self._prepare_complaint_values([dict(vals) for vals in vals_list])
        stories = [vals.pop("complaint_files", ()) for vals in vals_list]
        dropped = [vals.pop("intake_file_ids", ()) for vals in vals_list]
        tickets = super().create(vals_list)
        tickets._attach_intake_files(stories)
        tickets._keep_dropped_files(dropped)
        tickets._record_status_dates(
            [(ticket, None, facts) for ticket, facts in tickets._get_complaint_facts()]
        )
        tickets._complaint_received()
        return tickets

    def write(self, vals):
        self._check_write_allowed(vals)
        vals = {name: _without_nul(value) for name, value in vals.items()}
        if {"category_id", "submission_type"} & vals.keys():
            vals.setdefault("is_classified", True)
        if not FACT_SOURCES & vals.keys():
            return super().write(vals)
        before = self._get_complaint_facts()
        closed_dates = [ticket.closed_date for ticket in self]
        result = super().write(vals)
        self._compare_complaint_facts(before, closed_dates)
        return result

    def copy(self, default=None):
        # helpdesk_mgmt/models/helpdesk_ticket.py:281 is ensure_one() on a batch; its
        # create() numbers the copies anyway.
        return models.BaseModel.copy(self, default)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for vals in vals_list:
            vals.pop("number", None)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        # POJK 22/2023 article 70(1): every complaint is recorded and documented.
        raise UserError(
            self.env._("Complaints are never deleted. Cancel or archive it instead.")
        )

    # === FACTS: THE ONE PLACE THAT SEES EVERY CHANGE === #
    def _get_complaint_facts(self):
        """Pairs of (ticket, facts), in the order of the recordset."""
        return [
            (
                ticket,
                ComplaintFacts(
                    ticket.stage_id.status,
                    ticket.assistance_type,
                    ticket.priority,
                    ticket.team_id,
                    ticket.company_id,
                    ticket.received_date,
                ),
            )
            for ticket in self
        ]

    def _compare_complaint_facts(self, before, closed_dates):
        """Act once a batch on what really changed, computed stage moves included."""
        changes = [
            (ticket, old, new)
            for (ticket, old), (_ticket, new) in zip(
                before, self._get_complaint_facts(), strict=True
            )
            if old != new
        ]
        self._check_reopening_allowed(changes)
        self._record_status_dates(changes)
        for ticket, closed_date in zip(self, closed_dates, strict=True):
            # helpdesk_mgmt/models/helpdesk_ticket.py:296 rewrites the date of what is
            # already closed.
            if closed_date and ticket.closed and ticket.closed_date != closed_date:
                ticket._write_silently({"closed_date": closed_date})
        if changes:
            self._complaint_changed(changes)

    def _record_status_dates(self, changes):
        """Keep resolved_date and closed_date true to the status, however it moved."""
        now = fields.Datetime.now()
        wanted = {}
        for ticket, old, new in changes:
            if old and old.status == new.status:
                continue
            vals = {}
            if new.status in OPEN_STATUS:
                if ticket.resolved_date:
                    vals["resolved_date"] = False
                if ticket.closed_date:
                    vals["closed_date"] = False
            elif new.status == "resolved" and not ticket.resolved_date:
                vals["resolved_date"] = now
            if ticket.stage_id.closed and not ticket.closed_date:
                vals["closed_date"] = now
            if vals:
                key = tuple(vals.items())
                wanted[key] = wanted.get(key, self.browse()) | ticket
        for vals, tickets in wanted.items():
            tickets._write_silently(dict(vals))

    def _write_silently(self, vals):
        """Write what follows from a fact: no right, fact or stage is in question."""
        return super(HelpdeskTicket, self.sudo()).write(vals)

    def _complaint_received(self):
        """Hook: these complaints were just recorded. Runs before any mail is made."""

    def _complaint_changed(self, changes):
        """Hook: facts of complaints changed.

        :param list changes: (ticket, facts before, facts after) for each complaint
            of the batch whose :class:`ComplaintFacts` differ
        """

    # === ACCESS === #
    def _check_write_allowed(self, vals):
        """Refuse what may not be written from outside.

        :raise AccessError: number and dates that the suite writes itself
        :raise UserError: the customer's words; archiving of running complaints; moving
            the date received where only a manager may
        """
        if vals.get("active") is False and (
            running := self.filtered(lambda ticket: not ticket.closed)
        ):
            raise UserError(
                self.env._(
                    "Only closed or cancelled complaints can be archived; %(number)s "
                    "is still open.",
                    number=running[0].number,
                )
            )
        if self.env.su:
            return
        if PROTECTED_FIELDS & vals.keys():
            raise AccessError(
                self.env._(
                    "The registration number and the date resolved are written by the "
                    "system alone."
                )
            )
        if "description" in vals and self.ids:
            raise UserError(
                self.env._(
                    "The customer's own words stay as they were received. Add what is "
                    "new as a note or a message."
                )
            )
        if "received_date" in vals and not self.env.user.has_group(
            "helpdesk_mgmt.group_helpdesk_manager"
        ):
            received = fields.Datetime.to_datetime(vals["received_date"])
            for ticket in self:
                if ticket.resolved_date or (
                    received and received > ticket.received_date
                ):
                    raise AccessError(
                        self.env._(
                            "Only a manager may move the date received to later, or "
                            "change it once the complaint is resolved."
                        )
                    )

    def _check_reopening_allowed(self, changes):
        """Only leads reopen what is off the desk (design.md section 5)."""
        if self.env.su or self.env.user.has_group(
            "klikumkm_complaint.group_complaint_lead"
        ):
            return
        for ticket, old, new in changes:
            if (
                old.status in ("closed", "cancelled", "referred")
                and new.status in OPEN_STATUS
            ):
                raise AccessError(
                    self.env._(
                        "%(number)s is closed. Ask your team lead to reopen it.",
                        number=ticket.number,
                    )
                )

    # === INTAKE === #
    @api.model
    def _prepare_complaint_values(self, vals_list):
        """Make whatever reached us storable, and lose nothing of it.

        :param list vals_list: dicts of values, changed in place
        :return: the same dicts; ``complaint_files`` holds (name, bytes) to attach
        """
        for vals in vals_list:
            for name, value in vals.items():
                vals[name] = _without_nul(value)
            if not self.env.su:
                for name in PROTECTED_FIELDS:
                    vals.pop(name, None)
            story_text = vals.pop("story_text", None)
            if story_text and is_html_empty(vals.get("description")):
                vals["description"] = plaintext2html(story_text)
            self._prepare_story(vals)
            if not vals.get("name"):
                vals["name"] = self._prepare_subject(vals)
        self._prepare_customers(vals_list)
        return vals_list

    @api.model
    def _prepare_story(self, vals):
        """Cut what is too long to show; the whole goes into a file."""
        files = []
        subject = vals.get("name") or ""
        story = vals.get("description") or ""
        if len(subject) > SUBJECT_LENGTH:
            files.append((self.env._("Full subject.txt"), subject.encode()))
            vals["name"] = subject[: SUBJECT_LENGTH - 1] + "…"
        if len(story) > STORY_LENGTH:
            files.append((self.env._("Full story.html"), str(story).encode()))
            beginning = re.sub(r"<[^<>]{0,2000}>|<[^<>]*$", " ", story[:STORY_LENGTH])
            vals["description"] = plaintext2html(beginning[:20_000]) + Markup(
                "<p>… <em>%s</em></p>"
            ) % self.env._("The whole text is attached as a file.")
        elif is_html_empty(story):
            vals["description"] = Markup("<p>%s</p>") % self.env._("(no text)")
        if files:
            vals["complaint_files"] = files

    def _attach_intake_files(self, files_list):
        """Store what did not fit into the fields.

        :param list files_list: for each ticket, (name, bytes) pairs
        """
        vals_list = [
            {
                "name": name,
                "raw": content,
                "res_model": self._name,
                "res_id": ticket.id,
            }
            for ticket, files in zip(self, files_list, strict=True)
            for name, content in files
        ]
        if vals_list:
            # whoever could record the complaint may also keep all of it
            self.env["ir.attachment"].sudo().create(vals_list)

    def _keep_dropped_files(self, commands_list):
        """Give the files dropped into the dialog to the complaints they belong to.

        Not in superuser mode: whoever may not read a file cannot take it this way.

        :param list commands_list: for each ticket, x2many commands
        """
        for ticket, commands in zip(self, commands_list, strict=True):
            ids = set()
            for command in commands or ():
                if command[0] == Command.SET:
                    ids.update(command[2])
                elif command[0] == Command.LINK:
                    ids.add(command[1])
            if ids:
                files = self.env["ir.attachment"].search(
                    [
                        ("id", "in", list(ids)),
                        ("res_model", "=", self._name),
                        ("res_id", "in", (0, False)),
                        ("create_uid", "=", self.env.uid),
                    ]
                )
                files.write({"res_id": ticket.id})

    @api.model
    def _prepare_subject(self, vals):
        """A subject for a submission without one: category and first words."""
        words = html2plaintext(vals.get("description") or "").split()
        start = " ".join(words[:8])[:80]
        category = self.env["helpdesk.ticket.category"].browse(vals.get("category_id"))
        return ": ".join(filter(None, (category.name, start))) or self.env._("No Subject")

    @api.model
    def _prepare_customers(self, vals_list):
        """Give every submission its contact: found by e-mail or phone, else created.

        The number of queries does not depend on the number of submissions.
        """
        missing = [vals for vals in vals_list if not vals.get("partner_id")]
        if not missing or "default_partner_id" in self.env.context:
            return
        # Agents may record a caller without the right to manage contacts; only the
        # contact's id leaves this method.
        Partner = self.env["res.partner"].sudo()
        emails, phones = {}, {}
        country = self.env.company.complaint_country_id
        for vals in missing:
            if email := email_normalize(vals.get("partner_email") or "", strict=False):
                emails.setdefault(email, []).append(vals)
            elif phone := vals.get("partner_phone"):
                sanitized = Partner._phone_format(
                    number=phone, country=country, force_format="E164"
                )
                phones.setdefault(sanitized or phone.strip(), []).append(vals)
        found = Partner.search(
            Domain("company_id", "in", [False, self.env.company.id])
            & (
                Domain("email_normalized", "in", list(emails))
                | Domain("phone_sanitized", "in", list(phones))
            ),
            order="id",
        )
        for partner in reversed(found):
            for vals in emails.get(partner.email_normalized, ()):
                vals["partner_id"] = partner.id
            for vals in phones.get(partner.phone_sanitized, ()):
                vals["partner_id"] = partner.id
        # one new contact for each address or number, however often it stands here
        groups = [
            group
            for group in [*emails.values(), *phones.values()]
            if not group[0].get("partner_id")
        ]
        grouped = {id(vals) for group in groups for vals in group}
        groups += [
            [vals]
            for vals in missing
            if not vals.get("partner_id") and id(vals) not in grouped
        ]
        partners = Partner.with_context(mail_create_nolog=True).create(
            [self._prepare_customer_values(group[0]) for group in groups]
        )
        for group, partner in zip(groups, partners, strict=True):
            for vals in group:
                vals["partner_id"] = partner.id

    @api.model
    def _prepare_customer_values(self, vals):
        email = email_normalize(vals.get("partner_email") or "", strict=False)
        phone = (vals.get("partner_phone") or "").strip()
        company = (
            self.env["res.company"].sudo().browse(vals.get("company_id"))
            or self.env.company
        )
        return {
            "name": vals.get("partner_name")
            or email
            or phone
            or self.env._("Customer without a name"),
            "email": email or vals.get("partner_email"),
            "phone": phone,
            "lang": vals.get("lang") or company.complaint_lang,
            "country_id": company.complaint_country_id.id,
        }

    # === MAIL === #
    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Record an e-mail: never refused, whatever is wrong with it."""
        robot = bool(self.env.context.get("complaint_robot_mail"))
        ticket = self._find_by_number_in_subject(msg_dict)
        if ticket:
            ticket.message_update(msg_dict)
            return ticket
        sender = msg_dict.get("email_from") or msg_dict.get("from") or ""
        name, email = next(iter(email_split_tuples(sender)), ("", sender))
        channel = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_email", raise_if_not_found=False
        )
        values = {
            "user_id": False,
            "name": (msg_dict.get("subject") or "").strip(),
            "description": msg_dict.get("body") or "",
            "partner_name": name or email,
            "partner_email": email,
            "channel_id": channel.id if channel else False,
            "submission_type": "complaint",
            "is_classified": False,
            "is_robot_mail": robot,
        }
        if not (custom_values or {}).get("team_id"):
            values["team_id"] = self._get_default_team().id
        values.update(custom_values or {})
        ticket = super().message_new(msg_dict, custom_values=values)
        # what message_post() then stores is the submission itself, not a reply
        return ticket.with_context(complaint_first_message=True)

    @api.model
    def _get_default_team(self):
        """The team that receives what was addressed to none."""
        return self.env["helpdesk.ticket.team"].search(
            [("company_id", "in", [False, self.env.company.id])], limit=1
        )

    @api.model
    def _find_by_number_in_subject(self, msg_dict):
        """The sender's own complaint that he names in the subject, if any.

        Somebody else's number opens nothing: that mail becomes a complaint of its own.
        """
        numbers = re.findall(r"\b[A-Z]{2,}[A-Z0-9/-]*\d+\b", msg_dict.get("subject") or "")
        email = email_normalize(msg_dict.get("email_from") or "", strict=False)
        if not numbers or not email:
            return self.browse()
        return self.search(
            Domain("number", "in", numbers)
            & (
                Domain("partner_id.email_normalized", "=", email)
                | Domain("partner_email", "=ilike", email)
            ),
            limit=1,
        )

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        self._record_correspondence(message)
        return result

    def _record_correspondence(self, message):
        """Note whose turn it is after a message that the customer wrote or can read."""
        if message.message_type not in ("email", "comment") or message.is_internal:
            return
        if message.subtype_id.internal:
            return
        author = message.author_id.sudo()
        users = author.with_context(active_test=False).user_ids
        if users and not all(users.mapped("share")):
            if self.reply_pending_since:
                self._write_silently({"reply_pending_since": False})
            return
        if self.env.context.get("complaint_robot_mail"):
            return
        vals = {"last_customer_message_date": message.date}
        if (
            not self.env.context.get("complaint_first_message")
            and not self.reply_pending_since
        ):
            vals["reply_pending_since"] = message.date
        self._write_silently(vals)

    def _notify_thread_with_out_of_office(self, message, recipients_data, **kwargs):
        # An agent's private vacation text is not the company's answer to a complaint.
        return self.env["mail.message"]

    # === ACTIONS === #
    def action_take(self):
        """Assign the complaints to whoever pressed the button."""
        for team in self.team_id:
            if not self._can_be_assigned(self.env.user, team):
                raise UserError(
                    self.env._(
                        "You are not a member of the team %(team)s. Ask the team lead "
                        "to add you.",
                        team=team.display_name,
                    )
                )
        return self.write({"user_id": self.env.uid})

    def action_confirm_classification(self):
        """Say that type, category and urgency are right as they came in."""
        return self.write({"is_classified": True})

    def action_set_status(self):
        """Move the complaints to the status that the button's context names.

        The stage is the first one with that status among those of the complaint's
        team; write() checks who may do it and tells the clock.
        """
        status = self.env.context.get("complaint_status")
        for team, tickets in self.grouped("team_id").items():
            for ticket in tickets:
                if status not in NEXT_STATUS.get(ticket.status, ()):
                    ticket._refuse_status(status)
            stage = team._get_applicable_stages().filtered(
                lambda stage: stage.status == status
            )[:1]
            if not stage:
                raise UserError(
                    self.env._(
                        "There is no stage for this step. Ask a manager to add one "
                        "(Configuration ▸ Stages)."
                    )
                )
            tickets.write({"stage_id": stage.id})
        return True

    def _refuse_status(self, status):
        """Say why a step is not possible from where the complaint is.

        :param str status: the status asked for
        :raise UserError: always
        """
        self.ensure_one()
        if status == "closed" and self.status in OPEN_STATUS:
            raise UserError(
                self.env._(
                    "%(number)s has not been answered yet. Resolve it first.",
                    number=self.number,
                )
            )
        raise UserError(
            self.env._(
                "%(number)s is at “%(stage)s”: this step is not possible from there.",
                number=self.number,
                stage=self.stage_id.name,
            )
        )

    @api.model
    def action_my_work(self):
        """The first screen: an agent's own open complaints, a lead's team's."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "klikumkm_complaint.helpdesk_ticket_action_my_work"
        )
        teams = self.env.user.helpdesk_team_ids
        context = {"search_default_running": 1}
        if not self.env.user.has_group("klikumkm_complaint.group_complaint_lead"):
            context["search_default_mine"] = 1
            if not teams:
                action["help"] = Markup(
                    "<p class='o_view_nocontent_smiling_face'>%s</p>"
                ) % self.env._("You have no team yet. Ask your team lead to add you.")
        elif teams:
            context["search_default_my_team"] = 1
        action["context"] = context
        return action

    def action_record_complaint(self):
        """The dialog for what reaches us by telephone, counter or letter."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "klikumkm_complaint.helpdesk_ticket_action_record"
        )
        last = self.search([("create_uid", "=", self.env.uid)], order="id desc", limit=1)
        channel = last.channel_id.filtered("active") or self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_phone", raise_if_not_found=False
        )
        team = self.env.user.helpdesk_team_ids[:1] or self._get_default_team()
        action["context"] = {
            "default_channel_id": channel.id if channel else False,
            "default_team_id": team.id,
        }
        return action

    def action_recorded(self):
        """Close the dialog and say the number, to be told to the caller."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "sticky": True,
                "title": self.env._("Recorded"),
                "message": "%s",
                "links": [
                    {
                        "label": self.number,
                        "url": f"/odoo/complaints/{self.id}",
                    }
                ],
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_view_customer_complaints(self):
        """The other complaints of the same customer."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "klikumkm_complaint.helpdesk_ticket_action_all"
        )
        action["domain"] = [
            ("partner_id", "=", self.partner_id.id),
            ("id", "!=", self.id),
        ]
        action["context"] = {}
        return action


def _without_nul(value):
    """PostgreSQL stores no NUL character; everything else of the text is kept."""
    if isinstance(value, str) and "\x00" in value:
        return type(value)(value.replace("\x00", ""))
    return value
