# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The case: its facts, who may change them, and the one place that sees a change.

How a submission becomes a case is in helpdesk_ticket_intake.py, what the customer sees
of it in helpdesk_ticket_customer.py.
"""

import re
from contextlib import contextmanager
from typing import NamedTuple

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import (
    email_normalize,
)

from odoo.addons.base.models.res_partner import _lang_get

from .helpdesk_ticket_intake import CORRESPONDENCE, without_nul
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
# Fields through which a write can change one of the facts below, directly or by a
# computed field (a team changes the stage, a category the form of help).
FACT_SOURCES = {
    "assistance_type",
    "assistance_type_chosen",
    "category_id",
    "channel_id",
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
# Lists, pages and clocks find a complaint by these.
NEVER_EMPTY = ("partner_id", "received_date", "stage_id")


class ComplaintFacts(NamedTuple):
    """What the rest of the suite watches; one value for each complaint."""

    status: str | bool
    assistance_type: str | bool
    priority: str | bool
    team: models.BaseModel
    company: models.BaseModel
    received_date: object
    submission_type: str | bool
    communication_mode: str | bool


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
    partner_id = fields.Many2one(index=True, ondelete="restrict")
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
    incident_date = fields.Date(string="Incident date")
    requested_remedy = fields.Text(string="Remedy sought")
    currency_id = fields.Many2one(related="company_id.currency_id")
    loss_amount = fields.Monetary(string="Loss amount", groups="base.group_user")
    represented_by = fields.Char(string="Represented by")
    external_ref = fields.Char(string="External no.")
    is_imported = fields.Boolean(
        readonly=True,
        copy=False,
        help="Taken over from another system: what was due before then reminds nobody.",
    )
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
        string="Reply pending since",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The customer wrote and nobody has answered since.",
    )
    last_pause_date = fields.Datetime(
        string="Last pause date",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the complaint last began to wait for the customer.",
    )
    outcome = fields.Selection(selection=OUTCOME, copy=False, tracking=True)
    root_cause_id = fields.Many2one(
        string="Root cause",
        comodel_name="klikumkm.complaint.reason",
        domain="[('kind', '=', 'root_cause')]",
        copy=False,
        groups="base.group_user",
        index="btree_not_null",
    )
    corrective_action = fields.Text(
        string="Corrective action", copy=False, groups="base.group_user"
    )
    cancel_reason_id = fields.Many2one(
        string="Cancel reason",
        comodel_name="klikumkm.complaint.reason",
        domain="[('kind', '=', 'cancel')]",
        copy=False,
        index="btree_not_null",
    )
    customer_decision = fields.Selection(
        string="Customer decision",
        selection=CUSTOMER_DECISION,
        default="none",
        required=True,
        copy=False,
        tracking=True,
    )
    customer_decision_date = fields.Datetime(
        string="Customer decision date", copy=False
    )
    customer_decision_reason = fields.Text(
        string="Customer decision reason", copy=False
    )

    def init(self):
        result = super().init()
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
        return result

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
    @api.depends(
        "category_id",
        "submission_type",
        "assistance_type_chosen",
        "coordination_ids.needs_coordination",
        "coordination_ids.state",
    )
    def _compute_assistance_type(self):
        for ticket in self:
            ticket_sudo = ticket.sudo()  # internal fields decide for everybody
            if ticket_sudo._is_held_in_coordination():
                ticket.assistance_type = "coordination"
            else:
                ticket.assistance_type = (
                    ticket_sudo.assistance_type_chosen
                    or ticket._get_automatic_assistance_type()
                )

    def _inverse_assistance_type(self):
        for ticket in self:
            chosen = ticket.assistance_type
            if chosen == ticket._get_automatic_assistance_type():
                chosen = False
            # the field is internal, and whoever may write the one may write the other
            ticket.sudo().assistance_type_chosen = chosen
            if not ticket.assistance_type or ticket.sudo()._is_held_in_coordination():
                # emptying the field means: back to the automatic value; and what is
                # chosen while a unit is at work counts once it no longer is
                self.env.add_to_compute(self._fields["assistance_type"], ticket)

    def _get_automatic_assistance_type(self):
        """The form of help that follows from category and type alone."""
        self.ensure_one()
        return self._get_automatic_assistance_type_of(
            self.category_id, self.submission_type
        )

    @api.model
    def _get_automatic_assistance_type_of(self, category, submission_type):
        return category.assistance_type or (
            "handling" if submission_type == "complaint" else "information"
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
                [("partner_id", "in", self.partner_id.ids), ("is_void", "=", False)],
                ["partner_id"],
                ["__count"],
            )
        )
        for ticket in self:
            mine = 1 if ticket._origin.id and not ticket.is_void else 0
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
        countries = self.env.companies.sudo().complaint_country_id  # only their codes
        codes = {str(code) for code in countries.mapped("phone_code") if code}
        codes = "|".join(sorted(codes, key=len, reverse=True))
        prefix = rf"^(00)?({codes})|^0+" if codes else r"^0+"
        for spelling in [value] if isinstance(value, str) else value:
            digits = re.sub(r"\D", "", spelling or "")
            # no country code, no leading zero: what all spellings have in common
            digits = re.sub(prefix, "", digits) or digits
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
    def default_get(self, fields):
        defaults = super().default_get(fields)
        user = self.env["res.users"].browse(defaults.get("user_id"))
        team = self.env["helpdesk.ticket.team"].browse(defaults.get("team_id"))
        # helpdesk_mgmt/models/helpdesk_ticket.py:205 assigns whoever runs the code: the
        # robot, the mail gateway's portal user, people of other teams.
        if user and not self._can_be_assigned(user, team or user.helpdesk_team_ids):
            defaults["user_id"] = False
        # Neither a context nor anybody's own default writes what only the suite writes.
        for name in self._get_protected_fields() & defaults.keys():
            default = self._fields[name].default
            defaults[name] = default(self) if default else False
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
        return user.active and not user.share and user.id != SUPERUSER_ID

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = self._prepare_complaint_values([dict(vals) for vals in vals_list])
        stories = [vals.pop("complaint_files", ()) for vals in vals_list]
        dropped = [vals.pop("intake_file_ids", ()) for vals in vals_list]
        tickets = super().create(vals_list)
        tickets._attach_intake_files(stories)
        tickets._keep_dropped_files(dropped)
        tickets._check_recorded_status()
        now = fields.Datetime.now()
        tickets._record_status_dates(
            [(ticket, None, facts) for ticket, facts in tickets._get_complaint_facts()],
            now,
        )
        tickets.with_context(complaint_now=now)._complaint_received()
        tickets._request_receipts()
        return tickets

    def write(self, vals):
        self._check_write_allowed(vals)
        vals = {name: without_nul(value) for name, value in vals.items()}
        if {"category_id", "submission_type"} & vals.keys():
            vals.setdefault("is_classified", True)
        if not FACT_SOURCES & vals.keys():
            return super().write(vals)
        with self._watch_facts():
            return super().write(vals)

    def copy(self, default=None):
        # one by one: helpdesk_mgmt/models/helpdesk_ticket.py:281 is ensure_one()
        copies = [
            super(HelpdeskTicket, ticket).copy(dict(default or {})) for ticket in self
        ]
        return self.browse().concat(*copies)

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
                    ticket.submission_type,
                    ticket.channel_id.communication_mode,
                ),
            )
            for ticket in self
        ]

    @contextmanager
    def _watch_facts(self):
        """Act once, after the block, on what it changed of these complaints' facts.

        For every operation that may change them, on whatever model: a computed type
        changes without a ``write()`` on the complaint.
        """
        before = self._get_complaint_facts()
        closed_dates = [ticket.closed_date for ticket in self]
        yield
        self._compare_complaint_facts(before, closed_dates)

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
        self._check_cancelling_allowed(changes)
        self._check_resolution_allowed(changes)
        # Only the suite itself may say that something counts from an earlier moment:
        # anybody can send a context.
        given = self.env.su and self.env.context.get("complaint_now")
        now = given or fields.Datetime.now()
        self._record_status_dates(changes, now)
        for ticket, closed_date in zip(self, closed_dates, strict=True):
            # helpdesk_mgmt/models/helpdesk_ticket.py:296 rewrites the date of what is
            # already closed.
            if closed_date and ticket.closed and ticket.closed_date != closed_date:
                ticket._write_silently({"closed_date": closed_date})
        if changes:
            self.with_context(complaint_now=now)._complaint_changed(changes)

    def _record_status_dates(self, changes, now):
        """Keep resolved_date and closed_date true to the status, however it moved."""
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

    def _get_operation_now(self):
        """The moment of the running operation, read once (naive UTC, whole seconds)."""
        return self.env.context.get("complaint_now") or fields.Datetime.now()

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
        return {"resolved_date", "number", "is_imported"}

    def _check_write_allowed(self, vals):
        """Refuse what may not be written from outside.

        :raise AccessError: number and dates that the suite writes itself
        :raise UserError: the customer's words; archiving of running complaints; moving
            the date received where only a manager may; emptying what is never empty
        """
        for name in NEVER_EMPTY:
            if name in vals and not vals[name]:
                raise UserError(
                    self.env._(
                        "%(field)s: this cannot be left empty.",
                        field=self._fields[name]._description_string(self.env),
                    )
                )
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
            ("is_void", "=", False),
        ]
        action["context"] = {}
        return action
