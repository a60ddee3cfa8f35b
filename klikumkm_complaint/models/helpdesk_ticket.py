# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re
from typing import NamedTuple

import babel.dates
import pytz
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import (
    SQL,
    email_normalize,
    html2plaintext,
    plaintext2html,
)
from odoo.tools.mail import email_split_tuples

from odoo.addons.base.models.res_partner import _lang_get
from odoo.addons.phone_validation.models.mail_thread_phone import PHONE_REGEX_PATTERN

from .helpdesk_ticket_stage import CLOSED_STATUS, OPEN_STATUS

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
# How Indonesians name their zones; the database says +07, +08, +09 or nothing useful.
INDONESIAN_ZONES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}
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
# What the customer said; recorded once, as it was said.
CUSTOMER_WORDS = {"description", "urgency_stated"}
# Messages that a customer can read and that somebody wrote, not the system.
CORRESPONDENCE = ("comment", "email", "email_outgoing")


class ComplaintFacts(NamedTuple):
    """What the rest of the suite watches; one value for each complaint."""

    status: str | bool
    assistance_type: str | bool
    priority: str | bool
    team: models.BaseModel
    company: models.BaseModel
    received_date: object


class Caller(NamedTuple):
    """Who a submission comes from, as far as it says so."""

    vals: dict
    company: models.BaseModel
    email: str | bool
    numbers: tuple  # spellings of one telephone number, the international one first

    def may_be(self, partner):
        """Whether a contact found by address or number is this caller.

        Families share telephones: a number alone is not enough where the addresses
        differ.
        """
        return (not partner.company_id or partner.company_id == self.company) and (
            not self.email
            or not partner.email_normalized
            or partner.email_normalized == self.email
        )


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
        string="Attach files",
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
    last_pause_date = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the complaint last began to wait for the customer.",
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

    def init(self):
        super().init()
        # Rows written while only helpdesk_mgmt is loaded (its own tests, its upgrades)
        # know nothing of our required columns.
        self.env.cr.execute(
            """
            ALTER TABLE helpdesk_ticket
                ALTER COLUMN submission_type SET DEFAULT 'complaint',
                ALTER COLUMN customer_decision SET DEFAULT 'none',
                ALTER COLUMN received_date
                    SET DEFAULT date_trunc('second', now() AT TIME ZONE 'UTC')
            """
        )

    # === COMPUTE METHODS === #
    @api.depends("category_id", "urgency_stated")
    def _compute_classification(self):
        """Fill urgency and type, for new submissions only.

        What the customer states comes first: until somebody has read the submission,
        nobody can say why it should be less urgent.
        """
        for ticket in self:
            category = ticket.category_id
            is_saved = bool(ticket._origin.id)
            if not (is_saved and ticket.priority):
                ticket.priority = (
                    ticket.urgency_stated or category.priority or ticket.priority or "1"
                )
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
            if not ticket.assistance_type:
                # emptying the field means: back to the automatic value
                self.env.add_to_compute(self._fields["assistance_type"], ticket)

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
            ticket.lang = next(
                (lang for lang in candidates if lang in installed), False
            )

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

    def _phone_format_number(self, number, country, *args, **kwargs):
        # 00 is dialled for + nearly everywhere; in Indonesia it is 001 and the like, so
        # phonenumbers does not take 0062… for a number of ours
        number = re.sub(r"^\s*00(?=[1-9])", "+", number or "")
        return super()._phone_format_number(number, country, *args, **kwargs)

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
            # create_date is when the recording transaction began: a long one (a mail of
            # some megabytes) may well receive the complaint seconds later.
            is_being_recorded = ticket.create_date == self.env.cr.now()
            if not is_being_recorded and ticket.received_date > ticket.create_date:
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
                and (ticket.priority or "0") < ticket.urgency_stated
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
        return self._is_staff(user) and user in teams.sudo().user_ids

    @api.model
    def _is_staff(self, user):
        """Whether a user is a person at a desk: no customer, robot or leaver."""
        return user.active and not user.share and user != self.env.ref("base.user_root")

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
        self._check_pause_allowed(changes)
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
            if new.status in OPEN_STATUS and ticket.resolved_date:
                vals["resolved_date"] = False
            elif new.status == "resolved" and not ticket.resolved_date:
                vals["resolved_date"] = now
            if new.status in CLOSED_STATUS and not ticket.closed_date:
                vals["closed_date"] = now
            elif new.status not in CLOSED_STATUS and ticket.closed_date:
                vals["closed_date"] = False
            if new.status == "waiting_customer":
                vals["last_pause_date"] = now
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
    @api.model
    def _get_protected_fields(self):
        """Fields that forms, imports and calls from outside may not write.

        :rtype: set
        """
        return {"resolved_date", "number"}

    def _check_write_allowed(self, vals):
        """Refuse what may not be written from outside.

        :raise AccessError: number and dates that the suite writes itself
        :raise UserError: the customer's words; archiving of running complaints; moving
            the date received where only a manager may
        """
        if (
            "active" in vals
            and not vals["active"]
            and (running := self.filtered(lambda ticket: not ticket.closed))
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
        self._check_fields_unprotected(vals)
        if CUSTOMER_WORDS & vals.keys():
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

    @api.model
    def _check_fields_unprotected(self, vals):
        """Refuse what only the suite writes.

        :raise AccessError: it was given from outside
        """
        protected = self._get_protected_fields() & vals.keys()
        if protected and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(fields)s: written by the system alone.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(protected)
                    ),
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

    def _check_pause_allowed(self, changes):
        """A further pause needs a message to the customer since the last one.

        :raise UserError: nobody told the customer what we are waiting for
        """
        if self.env.su:
            return
        paused = self.browse().concat(
            *(
                ticket
                for ticket, old, new in changes
                if new.status == "waiting_customer"
                and old.status != "waiting_customer"
                and ticket.sudo().last_pause_date
            )
        )
        if not paused:
            return
        told = dict(
            # whoever may move a complaint may count its messages
            self.env["mail.message"]
            .sudo()
            ._read_group(
                Domain("model", "=", self._name)
                & Domain("res_id", "in", paused.ids)
                & Domain("message_type", "in", CORRESPONDENCE)
                & Domain("subtype_id.internal", "=", False)
                & Domain("is_internal", "=", False)
                & Domain("author_id.partner_share", "=", False)
                & Domain("author_id", "!=", self.env.ref("base.partner_root").id),
                ["res_id"],
                ["date:max"],
            )
        )
        for ticket in paused:
            last = told.get(ticket.id)
            if not last or last <= ticket.sudo().last_pause_date:
                raise UserError(
                    self.env._(
                        "%(number)s has waited for the customer before. First write to "
                        "the customer what you need (Send message), then let it wait "
                        "again.",
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
            for name in self._get_protected_fields():
                if vals.get(name) in (None, False, "", "/", "none"):
                    vals.pop(name, None)  # what a form has for "none yet"
            self._check_fields_unprotected(vals)
            story_text = vals.pop("story_text", None)
            if story_text and not self._has_content(vals.get("description")):
                vals["description"] = plaintext2html(story_text)
            self._prepare_story(vals)
            if not (vals.get("name") or "").strip():
                vals["name"] = self._prepare_subject(vals)
        self._prepare_assignees(vals_list)
        self._prepare_customers(vals_list)
        return vals_list

    @api.model
    def _prepare_assignees(self, vals_list):
        """Assign nobody by default who is not a member of the submission's own team.

        ``default_get()`` does not see a team that stands in the values. Somebody who
        cannot work on complaints at all is never assigned, not even by name.
        """
        users = self.env["res.users"].sudo()
        users = users.browse(
            {vals["user_id"] for vals in vals_list if vals.get("user_id")}
        )
        idle = set(users.filtered(lambda user: not self._is_staff(user)).ids)
        teams = self.env["helpdesk.ticket.team"].sudo()
        teams = teams.browse(
            {vals["team_id"] for vals in vals_list if vals.get("team_id")}
        )
        foreign = {
            team.id for team in teams if not self._can_be_assigned(self.env.user, team)
        }
        for vals in vals_list:
            if vals.get("user_id") in idle:
                vals["user_id"] = False
            elif vals.get("team_id") in foreign:
                vals.setdefault("user_id", False)

    @api.model
    def _prepare_story(self, vals):
        """Cut what is too long to show; the whole goes into a file."""
        subject, story, files = self._cut_long_text(
            vals.get("name") or "", vals.get("description") or ""
        )
        if files:
            vals.update(name=subject, description=story, complaint_files=files)
        elif not self._has_content(story):
            vals["description"] = Markup("<p>%s</p>") % self.env._("(no text)")

    @api.model
    def _has_content(self, story):
        """Whether there is anything to read or see in a story."""
        return "<img" in (story or "") or bool(html2plaintext(story or "").strip())

    @api.model
    def _cut_long_text(self, subject, story):
        """Cut a subject and a story for the screen, and keep each whole in a file.

        :return: (subject, story, [(file name, bytes)])
        """
        files = []
        if len(subject or "") > SUBJECT_LENGTH:
            files.append((self.env._("Full subject.txt"), subject.encode()))
            subject = subject[: SUBJECT_LENGTH - 1] + "…"
        if len(story or "") > STORY_LENGTH:
            files.append((self.env._("Full story.html"), str(story).encode()))
            beginning = re.sub(r"<[^<>]{0,2000}>|<[^<>]*$", " ", story[:STORY_LENGTH])
            story = plaintext2html(beginning[:20_000]) + Markup(
                "<p>… <em>%s</em></p>"
            ) % self.env._("The whole text is attached as a file.")
        return subject, story, files

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
        return ": ".join(filter(None, (category.name, start))) or self.env._(
            "No Subject"
        )

    @api.model
    def _prepare_customers(self, vals_list):
        """Give every submission its contact: found by e-mail or phone, else created.

        The number of queries does not depend on the number of submissions.
        """
        missing = [vals for vals in vals_list if not vals.get("partner_id")]
        if not missing or self.env.context.get("default_partner_id"):
            return
        callers = self._get_callers(missing)
        by_email, by_number = self._search_known_contacts(callers)
        groups, new_contacts = [], {}
        # those with an address first: who gave only the number joins them
        for caller in sorted(callers, key=lambda caller: not caller.email):
            known = [
                partner
                for partner in [
                    *by_email.get(caller.email, ()),
                    *(
                        p
                        for number in caller.numbers
                        for p in by_number.get(number, ())
                    ),
                ]
                if caller.may_be(partner)
            ]
            if known:
                caller.vals["partner_id"] = known[0].id
                continue
            keys = [caller.email] if caller.email else caller.numbers[:1]
            group = next((new_contacts[key] for key in keys if key in new_contacts), [])
            if not group:
                groups.append(group)
            group.append(caller)
            for key in (caller.email, *caller.numbers[:1]):
                if key:
                    new_contacts.setdefault(key, group)
        # Agents may record a caller without the right to manage contacts; only the
        # contact's id leaves this method.
        partners = (
            self.env["res.partner"]
            .sudo()
            .with_context(mail_create_nolog=True)
            .create([self._prepare_customer_values(group[0]) for group in groups])
        )
        for group, partner in zip(groups, partners, strict=True):
            for caller in group:
                caller.vals["partner_id"] = partner.id

    @api.model
    def _get_callers(self, vals_list):
        """What the values of submissions say about who submits them.

        :rtype: list of :class:`Caller`
        """
        teams = self.env["helpdesk.ticket.team"].sudo()
        teams = teams.browse(
            {vals["team_id"] for vals in vals_list if vals.get("team_id")}
        )
        company_by_team = {team.id: team.company_id for team in teams}
        companies = self.env["res.company"].sudo()
        callers = []
        for vals in vals_list:
            # the team's company wins, as in helpdesk_mgmt/models/helpdesk_ticket.py:267
            company = (
                company_by_team.get(vals.get("team_id"))
                or companies.browse(vals.get("company_id"))
                or self.env.company.sudo()
            )
            callers.append(
                Caller(
                    vals,
                    company,
                    email_normalize(vals.get("partner_email") or "", strict=False),
                    self._get_phone_spellings(vals.get("partner_phone"), company),
                )
            )
        return callers

    @api.model
    def _get_phone_spellings(self, phone, company):
        """A number as it may stand on a contact, without spaces; E.164 comes first."""
        phone = re.sub(PHONE_REGEX_PATTERN, "", phone or "")
        if not phone:
            return ()
        country = company.complaint_country_id
        world = self._phone_format_number(phone, country)
        if not world:
            return (phone,)
        spellings = [world, world[1:], f"00{world[1:]}", phone]
        prefix = f"+{country.phone_code}"
        if country and world.startswith(prefix):
            spellings += [f"0{world[len(prefix) :]}", world[len(prefix) :]]
        return tuple(dict.fromkeys(spellings))

    @api.model
    def _search_known_contacts(self, callers):
        """Contacts that callers may be, oldest first.

        :return: ({normalised e-mail: contacts}, {spelling of a number: contacts})
        """
        Partner = self.env["res.partner"].sudo()
        emails = {caller.email for caller in callers if caller.email}
        numbers = {caller.numbers[0] for caller in callers if caller.numbers}
        domain = Domain("email_normalized", "in", emails)
        if numbers:
            domain |= Domain("phone_sanitized", "in", numbers)
            # A contact without a country, in a company without one, has no sanitized
            # number. The expression is that of phone_validation's index.
            Partner.flush_model(["country_id", "phone", "phone_sanitized"])
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT id FROM res_partner
                     WHERE regexp_replace((phone::text), %s::text, ''::text, 'g'::text)
                           = ANY(%s)
                       AND phone IS NOT NULL
                       AND (country_id IS NULL OR phone_sanitized IS NULL)
                    """,
                    PHONE_REGEX_PATTERN,
                    list({number for caller in callers for number in caller.numbers}),
                )
            )
            domain |= Domain("id", "in", [row[0] for row in rows])
        by_email, by_number = {}, {}
        for partner in Partner.search(domain, order="id"):
            if partner.email_normalized:
                by_email.setdefault(partner.email_normalized, []).append(partner)
            if not partner.phone:
                continue
            spellings = {partner.phone_sanitized}
            if not partner.country_id or not partner.phone_sanitized:
                spellings.add(re.sub(PHONE_REGEX_PATTERN, "", partner.phone))
            for spelling in spellings - {False}:
                by_number.setdefault(spelling, []).append(partner)
        return by_email, by_number

    @api.model
    def _prepare_customer_values(self, caller):
        email = caller.email or caller.vals.get("partner_email")
        country = caller.company.complaint_country_id
        phone = (caller.vals.get("partner_phone") or "").strip()
        phone = self._phone_format_number(phone, country, "INTERNATIONAL") or phone
        return {
            "name": caller.vals.get("partner_name")
            or email
            or phone
            or self.env._("Customer without a name"),
            "email": email,
            "phone": phone,
            "lang": caller.vals.get("lang") or caller.company.complaint_lang,
            "country_id": country.id,
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
        email = email_normalize(msg_dict.get("email_from") or "", strict=False)
        subject = (msg_dict.get("subject") or "")[: 5 * SUBJECT_LENGTH]
        # any word with a digit: the number's form is the company's own (ir.sequence)
        words = {
            word.strip("/.-")
            for word in re.findall(r"[A-Za-z0-9/.-]*\d[A-Za-z0-9/.-]*", subject)
        } - {""}
        if not words or not email:
            return self.browse()
        tickets = self.search(
            Domain.OR(Domain("number", "=ilike", word) for word in words),
            order="id desc",
        )
        return tickets.filtered(
            lambda ticket: (
                email
                in (
                    ticket.partner_id.email_normalized,
                    email_normalize(ticket.partner_email or "", strict=False),
                )
            )
        )[:1]

    def message_post(self, *, body="", subject=None, attachments=None, **kwargs):
        # as with the story itself: Odoo would store nothing of a very long message
        subject, body, files = self._cut_long_text(subject, body)
        if files and not self.env.context.get("complaint_first_message"):
            attachments = [*(attachments or ()), *files]
        return super().message_post(
            body=body, subject=subject, attachments=attachments, **kwargs
        )

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        self._record_correspondence(message)
        return result

    def _record_correspondence(self, message):
        """Note whose turn it is after a message that the customer wrote or can read."""
        if (
            message.message_type not in CORRESPONDENCE
            or message.is_internal
            or message.subtype_id.internal
        ):
            return
        author = message.author_id.sudo()
        if author == self.env.ref("base.partner_root"):
            return
        users = author.with_context(active_test=False).user_ids
        is_staff = users and not all(users.mapped("share"))
        # a colleague may be the complainant himself
        if is_staff and author != self.sudo().partner_id:
            if self.reply_pending_since:
                self._write_silently({"reply_pending_since": False})
            return
        if self.env.context.get("complaint_robot_mail"):
            return
        # when it reached us: the date in a mail's header is whatever the sender wrote
        now = fields.Datetime.now()
        vals = {"last_customer_message_date": now}
        if (
            not self.env.context.get("complaint_first_message")
            and not self.reply_pending_since
        ):
            vals["reply_pending_since"] = now
        self._write_silently(vals)

    def _notify_thread_with_out_of_office(self, message, recipients_data, **kwargs):
        # An agent's private vacation text is not the company's answer to a complaint.
        return self.env["mail.message"]

    # === WHAT CUSTOMERS SEE === #
    def _get_promised_date(self):
        """Hook: the date by which the customer was promised an answer.

        :return: naive UTC, or False where none can be named
        """
        return False

    def _get_promise_reason(self):
        """Hook: one sentence that explains the promised date, or an empty string."""
        return ""

    def _get_customer_tz(self):
        """The zone in which the customer reads dates."""
        return "Asia/Jakarta"

    def _format_customer_date(self, moment):
        """A moment as customers read it: “Mon 22 Mar 2027 17.00 WIB”.

        :param datetime moment: naive UTC, or False
        :return: in the language of the environment, in the customer's zone; an empty
            string for False
        """
        if not moment:
            return ""
        tz = pytz.timezone(self._get_customer_tz())
        local = pytz.utc.localize(moment).astimezone(tz)
        locale = babel.Locale.parse(self.env.lang or "id_ID")
        text = babel.dates.format_datetime(
            local, "EEE d MMM y HH.mm", tzinfo=tz, locale=locale
        )
        return f"{text} {INDONESIAN_ZONES.get(tz.zone) or local.tzname()}"

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
        last = self.search(
            [("create_uid", "=", self.env.uid)], order="id desc", limit=1
        )
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
