# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.helpdesk_ticket_extension import TEMPLATE

# What a request keeps of the dialog, and gives back to whoever decides.
KEPT_FIELDS = ("days", "reason_id", "explanation", "stage_reached_id")
MESSAGE_FIELDS = ("subject", "body", "text")


class SlaExtend(models.TransientModel):
    """*Extend*: more working days, told to the customer, or asked of a team lead.

    Where an extension is asked for, whoever may decide finds it filled in here.
    """

    _name = "klikumkm.sla.extend"
    _inherit = "klikumkm.complaint.telling"
    _description = "Extend a Deadline and Tell the Customer"

    request_id = fields.Many2one(
        comodel_name="klikumkm.sla.extension.request",
        string="Asked for",
        compute="_compute_request_id",
        store=True,
        precompute=True,
        compute_sudo=False,
    )
    request_label = fields.Char(related="ticket_id.extension_request_label")
    can_decide = fields.Boolean(related="request_id.can_decide")
    remark = fields.Text(string="Remark to whoever asked")

    # === WHAT IS GIVEN === #
    days = fields.Integer(
        string="Working days",
        compute="_compute_kept",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
    )
    reason_id = fields.Many2one(
        comodel_name="klikumkm.complaint.reason",
        string="Reason",
        domain="[('kind', '=', 'extension')]",
        compute="_compute_kept",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
    )
    legal_ref = fields.Char(related="reason_id.legal_ref", string="Rule")
    needs_words = fields.Boolean(compute="_compute_needs_words")
    explanation = fields.Text(
        string="In your own words",
        compute="_compute_kept",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
        help="What else the customer is told; with the reason “Other”, the reason.",
    )
    stage_reached_id = fields.Many2one(
        comodel_name="klikumkm.complaint.reason",
        string="Stage reached",
        domain="[('kind', '=', 'stage_reached')]",
        compute="_compute_kept",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
    )

    attachment_ids = fields.Many2many(
        compute="_compute_attachment_ids",
        store=True,
        readonly=False,
        compute_sudo=False,
    )

    # === WHERE IT LEADS === #
    cap_label = fields.Char(string="At most", compute="_compute_cap")
    cap_sentence = fields.Char(compute="_compute_cap")
    needs_approval = fields.Boolean(compute="_compute_cap")
    old_date = fields.Datetime(string="Date told", compute="_compute_dates")
    # Comes back from the screen as it was shown: what is confirmed is what was seen.
    new_date = fields.Datetime(
        string="New date",
        compute="_compute_new_date",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
    )
    dates_label = fields.Char(string="Answer by", compute="_compute_dates")
    is_to_tell = fields.Boolean(compute="_compute_dates")
    is_refused = fields.Boolean(compute="_compute_dates")
    warning = fields.Text(compute="_compute_dates")

    # === COMPUTE METHODS === #
    @api.depends("ticket_ids")
    def _compute_request_id(self):
        for wizard in self:
            wizard.request_id = wizard.ticket_id.extension_request_id

    @api.depends("ticket_ids", "request_id")
    def _compute_kept(self):
        for wizard in self:
            ticket, request = wizard.ticket_id, wizard.request_id
            if request:
                wizard.update({name: request[name] for name in KEPT_FIELDS})
                continue
            room = wizard._get_room()
            wizard.days = room and room.days or 1
            wizard.reason_id = wizard.explanation = False
            wizard.stage_reached_id = ticket and ticket._get_stage_reached()

    @api.depends("request_id")
    def _compute_attachment_ids(self):
        for wizard in self:
            wizard.attachment_ids = wizard.request_id.attachment_ids

    @api.depends("ticket_ids", "request_id")
    def _compute_medium(self):
        asked = self.filtered("request_id.medium")
        for wizard in asked:
            wizard.medium = wizard.request_id.medium
        return super(SlaExtend, self - asked)._compute_medium()

    @api.depends("reason_id")
    def _compute_needs_words(self):
        for wizard in self:
            wizard.needs_words = bool(
                wizard.reason_id and wizard.reason_id._origin._is_other_extension()
            )

    @api.depends("ticket_ids", "days")
    def _compute_cap(self):
        for wizard in self:
            clock, room = wizard._get_clock(), wizard._get_room()
            may_decide = wizard.ticket_id and (
                wizard.ticket_id._may_decide_on_extension(self.env.user)
            )
            is_beyond = bool(room) and wizard.days > room.days
            wizard.needs_approval = is_beyond and not may_decide
            wizard.cap_sentence = is_beyond and clock._say_extension_cap(room)
            wizard.cap_label = (
                bool(room)
                and room.days > 0
                and self.env._("at most %(days)s", days=room.days)
            )

    @api.depends("ticket_ids", "days")
    def _compute_new_date(self):
        for wizard in self:
            preview = wizard._preview()
            wizard.new_date = preview and preview.after

    @api.depends("ticket_ids", "days", "new_date", "medium")
    def _compute_dates(self):
        for wizard in self:
            ticket, preview = wizard.ticket_id, wizard._preview()
            old = ticket._get_promised_date() if ticket else False
            wizard.old_date = old
            wizard.is_refused = not preview or preview.is_past
            after = preview and preview.after
            wizard.is_to_tell = bool(after and (not old or after > old))
            wizard.dates_label = after and " → ".join(
                ticket._format_customer_date(date) for date in (preview.before, after)
            )
            wizard.warning = "\n".join(wizard._get_warnings(preview))

    def _get_warnings(self, preview):
        """What whoever extends ought to know before.

        :param preview: :class:`ExtensionPreview`, or None
        :return: sentences
        :rtype: list
        """
        ticket = self.ticket_id
        if not ticket:
            return []
        if not preview:
            return [self._say_not_running()]
        if preview.is_past:
            return [self._say_past()]
        warnings = []
        if preview.is_missed:
            warnings.append(
                self.env._(
                    "The deadline has passed: the complaint stays late. The extension "
                    "gives a new date to work to."
                )
            )
        if preview.is_paused:
            warnings.append(
                self.env._(
                    "We wait for the customer: the date moves once more when he "
                    "answers."
                )
            )
        if preview.held_until:
            warnings.append(
                self.env._(
                    "The term of the law ends on %(date)s and is not extended: that "
                    "date stays promised.",
                    date=ticket._format_customer_date(preview.held_until),
                )
            )
            if not self.is_to_tell:
                return warnings
        if not self.is_to_tell:
            warnings.append(
                self.env._(
                    "Nobody needs to be told: the customer has a later date, %(date)s.",
                    date=ticket._format_customer_date(self.old_date),
                )
            )
            return warnings
        if self.old_date and self.old_date != preview.before:
            warnings.append(
                self.env._(
                    "The customer still has another date: %(date)s.",
                    date=ticket._format_customer_date(self.old_date),
                )
            )
        if not ticket._get_customer_email():
            warnings.append(
                self.env._(
                    "The customer has no e-mail address. Until you say that he was "
                    "told, the new date counts as not yet told."
                )
            )
        return warnings

    def _say_not_running(self):
        return self.env._(
            "%(number)s has no running deadline that could be extended.",
            number=self.ticket_id.number,
        )

    def _say_past(self):
        return self.env._(
            "With %(days)s more working days the deadline would still lie in the past. "
            "Choose more days.",
            days=self.days,
        )

    # === COUNT === #
    def _get_clock(self):
        """The clock of the complaint, in superuser mode; empty where there is none."""
        self.ensure_one()
        return self.ticket_id._get_extendable_clocks()

    def _get_room(self):
        """What the time standard leaves, or None where no clock counts."""
        clock = self._get_clock()
        return clock._get_extension_room() if clock else None

    def _preview(self):
        self.ensure_one()
        if not self.ticket_id or self.days < 1:
            return None
        return self.ticket_id._preview_extension(self.days)

    # === MESSAGE === #
    def _get_kind(self):
        return "extension"

    def _get_template(self):
        return TEMPLATE

    def _get_message_triggers(self):
        return [
            "request_id",
            "days",
            "new_date",
            "reason_id",
            "explanation",
            "stage_reached_id",
        ]

    def _compute_message(self):
        asked = self.filtered(lambda wizard: wizard._is_as_asked())
        for wizard in asked:
            wizard.update({name: wizard.request_id[name] for name in MESSAGE_FIELDS})
        return super(SlaExtend, self - asked)._compute_message()

    def _is_as_asked(self):
        """Whether the message that was written with the request still holds."""
        self.ensure_one()
        request = self.request_id
        return (
            bool(request)
            and self.new_date == request.new_date
            and all(self[name] == request[name] for name in KEPT_FIELDS)
        )

    def _get_template_values(self):
        return {
            "days": self.days,
            "reason": self.reason_id._origin,
            "reason_words": self.needs_words and self.explanation,
            "stage_reached": self.stage_reached_id._origin,
            "old_date": self.old_date,
            "new_date": self.new_date,
            "message": not self.needs_words and self.explanation,
        }

    # === ACTIONS === #
    def action_extend(self):
        """Extend, and tell the customer what is shown."""
        self._check()
        request = self.request_id
        if request:
            request._check_to_decide()
        elif self.needs_approval:
            raise UserError(self.cap_sentence)
        extension = self.ticket_id._extend_and_tell(
            self.days,
            {
                **self._prepare_extension(),
                "request_id": request.id,
                "approved_by_id": (request or self.cap_sentence) and self.env.uid,
            },
            self._get_tell_values() if self.is_to_tell else None,
        )
        if request:
            request._close("applied")
        notice = extension.notice_id.with_env(self.env)
        if not notice:
            return {"type": "ir.actions.act_window_close"}
        return self._after_telling(notice)

    def action_ask_approval(self):
        """Put it before a team lead as it is filled in."""
        self._check()
        if not self.needs_approval:
            raise UserError(
                self.env._("You may extend by so much yourself: use “Extend and tell”.")
            )
        self.request_id._ask(
            {
                "ticket_id": self.ticket_id.id,
                "user_id": self.env.uid,
                "new_date": self.new_date,
                "attachment_ids": self.attachment_ids.ids,
                **self._convert_to_write(
                    {
                        name: self[name]
                        for name in (*KEPT_FIELDS, *MESSAGE_FIELDS, "medium")
                    }
                ),
            }
        )
        return {"type": "ir.actions.act_window_close"}

    def action_return(self):
        """Not like this: back to whoever asked, with a remark."""
        self.ensure_one()
        if not self.request_id:
            raise UserError(self.env._("Nothing was asked for."))
        if not (self.remark or "").strip():
            raise UserError(self.env._("Say why, so that it can be done better."))
        self.request_id._return(self.remark)
        return {"type": "ir.actions.act_window_close"}

    def _check(self):
        """Refuse what is incomplete, impossible, or not what was seen.

        :raise UserError: in the words of the screen
        """
        self.ensure_one()
        if not self.is_single:
            raise UserError(self.env._("Extend one complaint at a time."))
        self.ticket_id.check_access("write")
        self._check_request()
        preview = self._preview()
        if self.days < 1:
            raise UserError(self.env._("An extension needs at least one working day."))
        if not preview:
            raise UserError(self._say_not_running())
        if preview.is_past:
            raise UserError(self._say_past())
        if preview.after != self.new_date:
            raise UserError(
                self.env._(
                    "The deadline was counted anew meanwhile. Close this window and "
                    "open it again."
                )
            )
        self._prepare_extension()
        if self.stage_reached_id.kind != "stage_reached":
            raise UserError(
                self.env._("Choose how far the handling got: the customer is told.")
            )
        self._check_message()

    def _check_request(self):
        """Refuse to act beside what was asked for meanwhile, or on another complaint's.

        :raise UserError: what is asked for now is not what the dialog shows
        """
        asked = self.ticket_id.extension_request_id
        request = self.request_id
        if (asked and asked != request) or (
            request and request.ticket_id != self.ticket_id
        ):
            raise UserError(
                self.env._(
                    "An extension of this complaint was asked for meanwhile. Close "
                    "this window and open it again."
                )
            )

    def _prepare_extension(self):
        """Values of the ``klikumkm.sla.extension``, in the words told."""
        return self.ticket_id._prepare_extension(
            self.reason_id, self.explanation, self.stage_reached_id
        )
