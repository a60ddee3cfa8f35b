# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Triage: what a submission is, what it is not, and how a mistake is undone.

Duplicates are in helpdesk_ticket_duplicate.py.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Domain

from .complaint_cancellation import UNDOABLE_KIND
from .helpdesk_ticket_stage import OPEN_STATUS


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    cancel_reason_id = fields.Many2one(tracking=True)
    # NULL, as in rows written while only helpdesk_mgmt is loaded, means counted
    is_void = fields.Boolean(
        string="Out of the figures",
        compute="_compute_is_void",
        store=True,
        help="Cancelled for a reason that makes it no complaint at all: spam, a "
        "duplicate, a test. No list, counter or report counts it.",
    )
    cancellation_ids = fields.One2many(
        comodel_name="klikumkm.complaint.cancellation",
        inverse_name="ticket_id",
        string="Cancellations",
        groups="base.group_user",
    )
    undoable_kind = fields.Selection(
        selection=[("not_complaint", "Not a complaint"), ("duplicate", "Duplicate")],
        compute="_compute_undoable_kind",
        groups="base.group_user",
        help="What an agent may take back.",
    )

    # === COMPUTE METHODS === #
    @api.depends("stage_id.status", "cancel_reason_id.is_void")
    def _compute_is_void(self):
        for ticket in self:
            ticket.is_void = (
                ticket.stage_id.status == "cancelled"
                and ticket.cancel_reason_id.is_void
            )

    @api.depends("stage_id.status", "cancellation_ids.undone_date")
    def _compute_undoable_kind(self):
        # whoever may read the complaint may know that it can be taken back
        rows = self.sudo()._get_undoable_cancellations()
        kind_of = {row.ticket_id.id: row.kind for row in rows}
        for ticket in self:
            ticket.undoable_kind = kind_of.get(ticket._origin.id, False)

    def _get_undoable_cancellations(self):
        """The cancellations that agents may take back, at most one a complaint."""
        return self.env["klikumkm.complaint.cancellation"].search(
            Domain("ticket_id", "in", self.ids)
            & Domain("ticket_id.status", "=", "cancelled")
            & Domain("kind", "in", UNDOABLE_KIND)
            & Domain("undone_date", "=", False)
        )

    # === CLASSIFICATION === #
    def _get_reclassified_facts(self, vals):
        """The facts of the complaint if these values were written. Writes nothing.

        :param dict vals: any of category, type, form of help, urgency
        :return: the :class:`ComplaintFacts` that would change, as a dict
        """
        self.ensure_one()
        facts = {"priority": vals["priority"]} if vals.get("priority") else {}
        names = {"category_id", "submission_type"} & vals.keys()
        if names or vals.get("assistance_type"):
            # The field's own compute says what would follow. In superuser mode, since
            # the choice is a field of the desk: nothing is written.
            ticket = self.sudo()
            thought = ticket.new(origin=ticket)
            thought.update({name: vals[name] for name in names})
            if vals.get("assistance_type"):
                thought.assistance_type_chosen = vals["assistance_type"]
            facts["assistance_type"] = thought.assistance_type
            facts["submission_type"] = thought.submission_type
        return facts

    def _get_reclassification_effect(self, vals):
        """Hook: what another classification would do to the promised date.

        :param dict vals: values for ``write``: any of category, type, form of help,
            urgency
        :return: a sentence for the agent, one line each for several complaints whose
            date would change; empty where there is nothing to say
        :rtype: str
        """
        return ""

    def action_classify(self):
        """Open the dialog *Classify* for these complaints."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "klikumkm_complaint.complaint_classify_action"
        )
        action["context"] = {
            "active_model": self._name,
            "active_id": self[:1].id,
            "active_ids": self.ids,
        }
        return action

    # === NOT A COMPLAINT === #
    def action_not_complaint(self):
        """Take spam off the desk: out of all figures, and nobody is told."""
        self._check_triage_allowed()
        tickets = self.filtered(lambda ticket: ticket.status in OPEN_STATUS)
        if not tickets:
            raise UserError(
                self.env._(
                    "Only what is still running can be marked as not a complaint."
                )
            )
        reason = self.env.ref("klikumkm_complaint.cancel_reason_not_a_complaint")
        tickets._cancel(reason, kind="not_complaint")
        if len(tickets) == 1:
            message = self.env._(
                "%(number)s is no complaint: out of all figures, nobody is told.",
                number=tickets.number,
            )
        else:
            message = self.env._(
                "%(count)s submissions are no complaints: out of all figures, nobody "
                "is told.",
                count=len(tickets),
            )
        return {
            "type": "ir.actions.client",
            "tag": "klikumkm_undo_notification",
            "params": {
                "message": message,
                "model": self._name,
                "method": "action_undo_cancellation",
                "ids": tickets.ids,
                "button": self.env._("Undo"),
            },
        }

    def _check_triage_allowed(self):
        """Triage is the desk's: a colleague who merely reads a complaint may not.

        :raise AccessError: the user is no agent, or may not write these complaints
        """
        self._check_is_desk()
        self.check_access("write")

    @api.model
    def _check_is_desk(self):
        """:raise AccessError: the user is no agent"""
        if not self.env.su and not self.env.user.has_group(
            "helpdesk_mgmt.group_helpdesk_user_own"
        ):
            raise AccessError(
                self.env._("Only agents of the complaint desk may do this.")
            )

    def _is_marked_not_complaint(self):
        """Whether nobody is to be told anything about this submission."""
        self.ensure_one()
        reason = self.env.ref(
            "klikumkm_complaint.cancel_reason_not_a_complaint",
            raise_if_not_found=False,
        )
        return (
            bool(reason)
            and self.status == "cancelled"
            and self.sudo().cancel_reason_id == reason
        )

    # === CANCELLING === #
    def _cancel(self, reason, kind="cancel", note=False, vals=None, row_vals=None):
        """Take complaints off the desk without an answer.

        Runs as superuser, after the caller checked that it may be.

        :param reason: ``klikumkm.complaint.reason`` record
        :param str kind: key of ``CANCELLATION_KIND``
        :param str note: for the desk alone
        :param dict vals: further values written with the status
        :param dict row_vals: further values of the cancellation
        :return: ``klikumkm.complaint.cancellation`` records, one a complaint
        """
        tickets = self.sudo()
        activities = (
            self.env["mail.activity"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
            .grouped("res_id")
        )
        notices = tickets._get_untold_notices().grouped("ticket_id")
        rows = (
            self.env["klikumkm.complaint.cancellation"]
            .sudo()
            .create(
                [
                    {
                        "ticket_id": ticket.id,
                        "kind": kind,
                        "reason_id": reason.id,
                        "note": note,
                        "stage_id": ticket.stage_id.id,
                        "user_id": ticket.user_id.id,
                        "was_classified": ticket.is_classified,
                        "reply_pending_since": ticket.reply_pending_since,
                        "answer_by_date": ticket.answer_by_date,
                        "reminder_date": ticket.reminder_date,
                        "withdrawn_request_ids": ticket.coordination_ids.filtered(
                            lambda request: request.state == "asked"
                        ).ids,
                        "activity_ids": activities.get(
                            ticket.id, self.env["mail.activity"]
                        ).ids,
                        "was_receipt_due": ticket.is_receipt_due,
                        "withdrawn_notice_ids": notices.get(
                            ticket, self.env["klikumkm.complaint.notice"]
                        ).ids,
                        **(row_vals or {}),
                    }
                    for ticket in tickets
                ]
            )
        )
        tickets._move_to(
            "cancelled",
            {"cancel_reason_id": reason.id, "is_classified": True, **(vals or {})},
        )
        if note:
            tickets._message_log_batch(
                bodies={
                    ticket.id: self.env._("Cancelled: %(note)s", note=note)
                    for ticket in tickets
                }
            )
        return rows

    def _confirm_withdrawal(self):
        """Tell the customer what he did on his page; nobody else has to tell him."""
        self.ensure_one()
        reason = self.cancel_reason_id.with_context(lang=self.lang or self.env.lang)
        self._tell(
            "closing",
            "klikumkm_complaint.mail_template_cancelled",
            # who has no address reads it on the page where he pressed the button
            told=None if self._get_customer_email() else {"medium": "portal"},
            is_automatic=True,
            values={"reason": reason.name or ""},
        )

    def _check_cancelling_allowed(self, changes):
        """Nobody cancels without saying why.

        :raise RedirectWarning: opens the dialog *Cancel* for these complaints
        """
        if self.env.su:
            return
        unsaid = self.browse().concat(
            *(
                ticket
                for ticket, old, new in changes
                if new.status == "cancelled"
                and old.status != "cancelled"
                and not ticket.cancel_reason_id
            )
        )
        if unsaid:
            raise RedirectWarning(
                self.env._("Say why %(number)s is cancelled.", number=unsaid[0].number),
                self.env.ref("klikumkm_complaint.complaint_cancel_action").id,
                self.env._("Cancel complaint"),
                {
                    "active_model": self._name,
                    "active_id": unsaid[0].id,
                    "active_ids": unsaid.ids,
                },
            )

    def _complaint_changed(self, changes):
        result = super()._complaint_changed(changes)
        gone, back = self.browse(), self.browse()
        for ticket, old, new in changes:
            if old.status != new.status:
                if new.status == "cancelled":
                    gone |= ticket
                elif old.status == "cancelled":
                    back |= ticket
        if gone:
            gone.sudo()._leave_desk()
        if back:
            back.sudo()._return_to_desk()
        return result

    def _leave_desk(self):
        """Nothing is left to be done for what was cancelled, whichever way it went.

        Superuser: whoever may cancel a complaint ends what others had to do for it.
        """
        self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).action_archive()
        self._withdraw_notices()
        self.filtered("reply_pending_since")._write_silently(
            {"reply_pending_since": False}
        )

    def _withdraw_notices(self):
        """What was not told yet need not be told any more."""
        self._get_untold_notices()._withdraw()
        self.filtered("is_receipt_due")._write_silently({"is_receipt_due": False})

    def _get_untold_notices(self):
        """What waits to be told, or did not reach the customer."""
        return (
            self.env["klikumkm.complaint.notice"]
            .sudo()  # of complaints that the caller may write
            .search(
                Domain("ticket_id", "in", self.ids)
                & Domain("state", "in", ("to_tell", "failed"))
            )
        )

    def _return_to_desk(self):
        """Forget why it was cancelled, whichever way it came back."""
        rows = self.env["klikumkm.complaint.cancellation"].search(
            [("ticket_id", "in", self.ids), ("undone_date", "=", False)]
        )
        self._part_from_kept(rows.filtered("kept_id"))
        rows.write(
            {
                "undone_date": self._get_operation_now(),
                "undone_by_id": self.env.uid,
            }
        )
        self.filtered("cancel_reason_id")._write_silently({"cancel_reason_id": False})
        self.filtered(lambda ticket: ticket.outcome == "withdrawn")._write_silently(
            {"outcome": False}
        )

    # === UNDO === #
    def action_undo_cancellation(self):
        """It is a complaint after all, or no duplicate: everything as it was.

        An agent may: it is our own mistake. The customer was never told that his
        complaint is none and must not lose by it, so the clock goes on as if nothing
        had happened, unlike after a reopening (klikumkm_sla, _undo_cancellation).

        :raise UserError: it was cancelled for another reason
        """
        self._check_triage_allowed()
        rows = self.sudo()._get_undoable_cancellations()
        others = self - rows.ticket_id.with_env(self.env)
        if others:
            raise UserError(
                self.env._(
                    "%(number)s was not marked as spam or as a duplicate. Ask your "
                    "team lead to reopen it.",
                    number=others[0].number,
                )
            )
        groups = rows.grouped(
            lambda row: (
                row.ticket_id.team_id,
                row.stage_id,
                row.user_id,
                row.was_classified,
            )
        )
        for (team, stage, user, was_classified), group in groups.items():
            tickets = group.ticket_id.with_context(complaint_undo=True)
            vals = {
                "user_id": user.id if self._can_be_assigned(user, team) else False,
                "is_classified": was_classified,
            }
            if stage and stage in team._get_applicable_stages():
                tickets.write({**vals, "stage_id": stage.id})
            else:
                tickets._move_to(stage.status or "received", vals)
        for row in rows:
            if row.reply_pending_since and not row.ticket_id.reply_pending_since:
                row.ticket_id._write_silently(
                    {"reply_pending_since": row.reply_pending_since}
                )
            if row.answer_by_date:
                row.ticket_id._write_silently(
                    {
                        "answer_by_date": row.answer_by_date,
                        "reminder_date": row.reminder_date,
                    }
                )
        rows.with_context(active_test=False).activity_ids.action_unarchive()
        # nor does he lose what was still to be told
        notices = rows.withdrawn_notice_ids
        notices.write({"active": True})
        notices.filtered("mail_message_id").write(
            {"next_retry_date": self._get_operation_now()}
        )
        rows.filtered("was_receipt_due").ticket_id._request_receipts()
        # the units were told that no answer is needed: somebody has to ask again
        requests = rows.withdrawn_request_ids
        requests.ticket_id._go_on_after_units(requests)
        self.sudo()._message_log_batch(
            bodies={
                ticket.id: self.env._(
                    "Taken back: not spam, or no duplicate. The clock goes on as if "
                    "nothing had happened."
                )
                for ticket in self
            }
        )
        return True

    # === NOTHING LEAVES, NOTHING IS LOST === #
    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        # whoever or whatever posts: the sender of spam gets no answer of ours
        if len(self) == 1 and self._is_marked_not_complaint():
            recipients = [data for data in recipients if not data["share"]]
        return recipients

    def message_post(self, *, message_type="notification", **kwargs):
        if (
            message_type == "comment"
            and len(self) == 1
            and self.env.user._is_internal()
            and not self.env.su
            and self._is_marked_not_complaint()
            and not self._is_internal_post(kwargs)
        ):
            raise UserError(
                self.env._(
                    "Nobody is told anything about what is not a complaint. First "
                    "press “It is a complaint after all”."
                )
            )
        return super().message_post(message_type=message_type, **kwargs)

    @api.model
    def _is_internal_post(self, values):
        """Whether arguments of :meth:`message_post` make an internal note."""
        if values.get("is_internal"):
            return True
        subtype = self.env["mail.message.subtype"].sudo()
        if values.get("subtype_id"):
            return subtype.browse(values["subtype_id"]).internal
        return values.get("subtype_xmlid") in (None, False, "mail.mt_note")

    def _record_correspondence(self, message):
        pending = self.reply_pending_since
        result = super()._record_correspondence(message)
        ticket = self.sudo()
        if (
            ticket._is_marked_not_complaint()
            and ticket.reply_pending_since != pending
            and not ticket.activity_ids
        ):
            # Spam does not write twice: perhaps it was none.
            ticket.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._(
                    "Marked as not a complaint, but the sender wrote again"
                ),
                user_id=ticket._get_responsible_user().id or self.env.uid,
            )
        return result
