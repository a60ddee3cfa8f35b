# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""More time: who may give it, how it is given and told, how it is shown (rule 4)."""

import logging

from psycopg2 import Error as PostgresError

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.klikumkm_complaint.models.helpdesk_ticket_stage import OPEN_STATUS
from odoo.addons.klikumkm_complaint.models.res_company import LEAD, MANAGER

from .sla_clock import ALIVE
from .sla_extension_request import ACTIVITY_RETURNED

_logger = logging.getLogger(__name__)

TEMPLATE = "klikumkm_complaint.mail_template_extension"


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    extension_ids = fields.One2many(
        comodel_name="klikumkm.sla.extension",
        inverse_name="ticket_id",
        string="Extensions",
        groups="base.group_user",
    )
    extension_request_ids = fields.One2many(
        comodel_name="klikumkm.sla.extension.request",
        inverse_name="ticket_id",
        string="Extensions asked for",
        groups="base.group_user",
    )
    extension_request_id = fields.Many2one(
        comodel_name="klikumkm.sla.extension.request",
        string="Extension to decide",
        compute="_compute_extension_request_id",
        groups="base.group_user",
    )
    extension_request_label = fields.Char(
        string="Which extension is asked for",
        compute="_compute_extension_request_label",
        groups="base.group_user",
    )
    can_decide_extension = fields.Boolean(
        compute="_compute_extension_request_label", groups="base.group_user"
    )
    sla_extension_label = fields.Char(
        string="Extended",
        compute="_compute_sla_extension_label",
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #
    @api.depends("extension_request_ids.state")
    def _compute_extension_request_id(self):
        for ticket in self:
            ticket.extension_request_id = ticket.extension_request_ids.filtered(
                lambda request: request.state == "asked"
            )[:1]

    @api.depends("extension_request_id")
    @api.depends_context("lang", "uid")
    def _compute_extension_request_label(self):
        for ticket in self:
            request = ticket.extension_request_id
            ticket.can_decide_extension = request.can_decide
            ticket.extension_request_label = bool(request) and self.env._(
                "Extension by %(days)s working days asked for by %(user)s on %(date)s: "
                "%(reason)s. %(lead)s decides.",
                days=request.days,
                user=request.user_id.sudo().name,
                date=ticket._format_customer_day(request.create_date),
                reason=request._get_reason(),
                lead=request.asked_id.sudo().name,
            )

    @api.depends("extension_ids", "sla_deadline")
    @api.depends_context("lang")
    def _compute_sla_extension_label(self):
        extended = self.filtered("extension_ids")
        first_of = {
            clock.ticket_id.id: clock.first_deadline
            for clock in extended._get_extendable_clocks()
        }
        for ticket in self:
            ticket.sla_extension_label = ticket in extended and self.env._(
                "extended %(count)s× (at first %(date)s)",
                count=len(ticket.extension_ids),
                date=ticket._format_customer_day(first_of.get(ticket._origin.id)),
            )

    # === ACTIONS === #
    def action_open_extend(self):
        self.ensure_one()
        self.check_access("write")
        return self._open_wizard("klikumkm.sla.extend", self.env._("Extend"))

    def action_withdraw_extension(self):
        self.ensure_one()
        return self.extension_request_id.action_withdraw()

    # === WHO MAY === #
    def _may_decide_on_extension(self, user):
        """Whether a person may give this complaint more than its standard leaves.

        A lead of its team, the lead who was asked in their place, or a manager.

        :param user: ``res.users`` record
        """
        self.ensure_one()
        if not user.has_group(LEAD):
            return False
        request = self.sudo().extension_request_id
        return (
            user.has_group(MANAGER)
            or user in self.company_id._get_complaint_leads(self.team_id)
            or user == request.asked_id
        )

    # === EXTENDING === #
    def _get_stage_reached(self):
        """How far the handling got, as far as the complaint itself shows it.

        :return: ``klikumkm.complaint.reason`` record, may be empty
        """
        self.ensure_one()
        states = set(self.sudo().coordination_ids.mapped("state"))
        if "asked" in states:
            name = "stage_unit_asked"
        elif "answered" in states:
            name = "stage_unit_answered"
        else:
            name = "stage_data_checked"
        stage = self.env.ref(f"klikumkm_complaint.{name}", raise_if_not_found=False)
        return stage or self.env["klikumkm.complaint.reason"]

    def _preview_extension(self, days):
        """Where so many more working days would lead. Writes nothing.

        :return: :class:`ExtensionPreview`, or None where no deadline runs
        """
        self.ensure_one()
        preview = self._get_extendable_clocks()._preview_extension(days)
        if not preview or not preview.after:
            return preview
        # the term of the law is not ours to extend: the earlier date is promised
        others = self.sudo().sla_clock_ids - self._get_extendable_clocks()
        held = others.filtered(
            lambda c: c.state in ALIVE and c.deadline and c.deadline < preview.after
        ).mapped("deadline")
        if not held:
            return preview
        return preview._replace(
            before=self.sudo().sla_deadline, after=min(held), held_until=min(held)
        )

    def _preview_reopening(self, days=0, at=None):
        """The date that would be promised if it were reopened and extended.

        Writes nothing.

        :param int days: working days of the extension
        :param datetime at: from which moment it runs (naive UTC), by default now
        :return: naive UTC, or False
        """
        self.ensure_one()
        engine = self._get_clock_engine()
        clocks = self.sudo().sla_clock_ids.with_env(engine.env)
        if not clocks:
            now = at or self._get_operation_now()
            dates = engine._preview_start(self.with_env(engine.env), now)
            return min(filter(None, dates), default=False)
        extended = self._get_extendable_clocks()
        # the term of the law is not ours to extend: the earlier date is promised
        dates = [
            clock._preview_reopening(at, more_days=days if clock in extended else 0)
            for clock in clocks.filtered(lambda c: c._is_reopened_by("in_progress"))
        ]
        return min(filter(None, dates), default=False)

    def _get_extendable_clocks(self):
        """The clocks of the published standard: what we promised, we may extend.

        In superuser mode: whoever may read a complaint may know its dates.
        """
        return self.sudo().sla_clock_ids.filtered(lambda c: c.kind == "standard")

    def _prepare_extension(self, reason, words, stage):
        """Values of a ``klikumkm.sla.extension``, in the words told to the customer.

        :param reason: ``klikumkm.complaint.reason`` record of the list
        :param str words: told instead, where the list has none that fits
        :param stage: ``klikumkm.complaint.reason`` record: how far the handling got
        :raise UserError: the customer would not be told why
        """
        self.ensure_one()
        if reason.kind != "extension":
            raise UserError(self.env._("Choose the reason: the customer is told."))
        lang = self.lang or self.env.lang
        told = reason.with_context(lang=lang).name
        if reason._is_other_extension():
            told = words or ""
            if not told.strip():
                raise UserError(self.env._("Say the reason in your own words."))
        return {
            "reason": told.strip(),
            "reason_id": reason.id,
            "legal_ref": reason.legal_ref,
            "stage_reached": stage.with_context(lang=lang).name,
        }

    def _extend_and_tell(self, days, vals, tell=None):
        """Add working days to the promise and tell the customer, in one transaction.

        The caller checked the right to write the complaint; how many days whoever
        acts may give is checked by the clock. Whatever goes wrong with the message,
        the extension stays and waits to be told.

        :param int days: working days
        :param dict vals: ``reason``, ``stage_reached`` and further values of the
            ``klikumkm.sla.extension``
        :param dict tell: keyword arguments of :meth:`_tell`, or None where the
            customer has a later date anyway
        :return: the ``klikumkm.sla.extension``
        """
        self.ensure_one()
        engine = self._get_clock_engine()
        # told here, with its own words
        clock = self._get_extendable_clocks().with_env(engine.env)
        clock = clock.with_context(sla_told_apart="extend")
        extension = clock._extend(days, **vals)
        self.sudo().activity_unlink([ACTIVITY_RETURNED])
        if tell is not None:
            # its message gives way to this one, if an earlier was not told yet
            untold = clock._get_untold_extensions()
            (extension | untold).notice_id = self._tell_extension(tell)
        return extension

    def _tell_extension(self, tell):
        """Tell the customer; where that fails, let the message wait in *To tell*.

        :param dict tell: keyword arguments of :meth:`_tell`
        :return: the ``klikumkm.complaint.notice``
        """
        try:
            with self.env.cr.savepoint():
                notice = self._tell("extension", **tell)
                self.env.flush_all()
            return notice
        except PostgresError:
            raise  # the whole step is repeated, or fails for another reason
        except Exception:  # layout, alias, add-on: anything can be broken
            _logger.exception("Extension of %s could not be told", self.number)
            self.env.invalidate_all()
        bare = {"template": None, "attachments": None, "told": None, "is_sent": False}
        return self._tell("extension", **{**tell, **bare})

    # === FROM THE COMPLAINT TO THE REQUEST === #
    def _complaint_changed(self, changes):
        result = super()._complaint_changed(changes)
        ended = self.browse().union(
            *(
                ticket
                for ticket, old, new in changes
                if old.status != new.status and new.status not in OPEN_STATUS
            )
        )
        if ended:
            ended._withdraw_extension_requests()
        return result

    def _withdraw_extension_requests(self):
        """Off the desk, nobody needs more time."""
        tickets = self.sudo()
        requests = self.env["klikumkm.sla.extension.request"].sudo()
        requests = requests.search(
            [("ticket_id", "in", tickets.ids), ("state", "=", "asked")]
        )
        if requests:
            requests._withdraw(
                self.env._(
                    "The extension that was asked for is not needed any more and was "
                    "withdrawn."
                )
            )
        tickets.activity_unlink([ACTIVITY_RETURNED])

    # === WHAT CUSTOMERS SEE === #
    def _get_told_extension(self):
        """The extension that made the date the customer has, once he was told."""
        self.ensure_one()
        extension = self.sudo().extension_ids[-1:]  # of his own complaint
        notice = extension.notice_id
        if notice.state == "told" and notice.promised_date == self._get_promised_date():
            return extension
        return extension.browse()

    def _get_status_words(self):
        headline, rest = super()._get_status_words()
        extension = self._is_our_turn() and self._get_told_extension()
        if not extension:
            return headline, rest
        notice = extension.notice_id
        sentence = self.env._(
            "Extended from %(old)s to %(new)s. The reason: %(reason)s.",
            # where he was told no date before, the one that was extended
            old=self._format_customer_day(
                notice.previous_date or extension.deadline_before
            ),
            new=self._format_customer_day(notice.promised_date),
            reason=extension._get_reason_words(),
        )
        return headline, f"{rest} {sentence}".strip()

    # === COMPLAINT FILE === #
    def _get_decision_events(self):
        yield from super()._get_decision_events()
        for extension in self.sudo().extension_ids:
            yield self._new_event(
                extension.create_date.replace(microsecond=0),
                self.env._(
                    "Extended by %(days)s working days: %(old)s → %(new)s",
                    days=extension.days,
                    old=self._format_customer_date(extension.deadline_before),
                    new=self._format_customer_date(extension.deadline_after),
                ),
                [
                    self.env._(
                        "Reason: %(reason)s", reason=extension._get_reason_words()
                    ),
                    extension.legal_ref,
                ],
            )
