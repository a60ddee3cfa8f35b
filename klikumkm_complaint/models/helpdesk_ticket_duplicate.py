# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Two records of one complaint: one is kept, nothing of the other is lost."""

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .helpdesk_ticket_intake import CORRESPONDENCE
from .helpdesk_ticket_stage import OPEN_STATUS


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # === MERGE === #
    def action_open_duplicate_wizard(self):
        action = super().action_open_duplicate_wizard()
        # the base's name is not translated, and the status is always cancelled
        action["name"] = self.env._("Mark as duplicate")
        action["context"] = {"default_ticket_id": self.id}
        return action

    def _get_duplicate_candidates(self):
        """Complaints that this one may be a duplicate of, the likeliest first.

        The same customer's, or those of the same number or address; open ones first.
        """
        self.ensure_one()
        domains = [Domain("partner_id", "=", self.partner_id.id)]
        if self.phone_sanitized:
            domains.append(Domain("phone_sanitized", "=", self.phone_sanitized))
        if email := self.partner_id.email_normalized:
            domains.append(Domain("partner_id.email_normalized", "=", email))
        tickets = self.search(
            Domain.OR(domains)
            & Domain("id", "!=", self.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("duplicate_id", "=", False)
            & Domain("status", "!=", "cancelled"),
            order="received_date desc",
            limit=20,
        )
        return tickets.sorted(lambda ticket: ticket.status not in OPEN_STATUS)

    def _check_duplicate_of(self, kept):
        """Whether this complaint can give way to another one.

        :raise UserError: why it cannot
        """
        self.ensure_one()
        if kept == self:
            raise UserError(self.env._("A complaint is no duplicate of itself."))
        if self.status not in OPEN_STATUS:
            raise UserError(
                self.env._(
                    "%(number)s is at “%(stage)s”: only what is still running can be "
                    "marked as a duplicate.",
                    number=self.number,
                    stage=self.stage_id.name,
                )
            )
        if kept.duplicate_id or kept.status == "cancelled":
            raise UserError(
                self.env._(
                    "%(number)s is cancelled itself. Choose the complaint that goes "
                    "on.",
                    number=kept.number,
                )
            )
        if kept.company_id != self.company_id:
            raise UserError(
                self.env._("Both complaints must belong to the same company.")
            )
        if kept.status not in OPEN_STATUS and self.received_date < kept.received_date:
            # its clock stands: the customer would have waited longer than it says
            raise UserError(
                self.env._(
                    "%(kept)s has been answered already and was received later than "
                    "%(number)s. Answer %(number)s, or reopen %(kept)s first.",
                    kept=kept.number,
                    number=self.number,
                )
            )

    def _merge_into(self, kept):
        """Let this complaint give way to another record of the same matter.

        The other one keeps the earlier date received (its clock follows), and gets the
        conversation and the files. Superuser, after a check of the right to write both.

        :param kept: ``helpdesk.ticket`` record
        :return: ``klikumkm.complaint.notice`` that tells the customer
        """
        self.ensure_one()
        self._check_triage_allowed()
        kept.check_access("write")
        self._check_duplicate_of(kept)
        ticket, kept = self.sudo(), kept.sudo()
        reason = self.env.ref("klikumkm_complaint.cancel_reason_duplicate")
        own_date = kept._get_own_received_date()
        messages, files = ticket._copy_conversation_to(kept)
        row = ticket._cancel(
            reason,
            kind="duplicate",
            vals={"duplicate_id": kept.id},
            row_vals={
                "kept_id": kept.id,
                "kept_own_date": own_date,
                "message_ids": messages.ids,
                "attachment_ids": files.ids,
            },
        )
        if ticket.received_date < kept.received_date:
            kept.write({"received_date": ticket.received_date})
        if row.reply_pending_since:
            kept._write_silently(
                {
                    "reply_pending_since": min(
                        kept.reply_pending_since or row.reply_pending_since,
                        row.reply_pending_since,
                    )
                }
            )
        kept._message_log(
            body=self.env._(
                "%(number)s (%(customer)s, received %(date)s) is a duplicate; what was "
                "said there is copied here.",
                number=ticket._get_html_link(title=ticket.number),
                customer=ticket.partner_name or ticket.partner_id.name or "",
                date=ticket._format_customer_day(ticket.received_date),
            )
        )
        row.notice_id = ticket._tell(
            "closing",
            "klikumkm_complaint.mail_template_merged",
            values=ticket._get_merge_values(kept),
        )
        return row.notice_id

    def _get_merge_values(self, kept):
        """What the message to the customer says of the complaint that goes on."""
        self.ensure_one()
        if not self._shares_customer(kept):
            return {}
        kept = kept.with_context(lang=self.lang or self.env.lang)
        return {
            "kept_number": kept.number,
            "kept_date": kept._format_customer_date(kept._get_promised_date()),
        }

    def _get_merge_sentence(self):
        """Where the customer's matter goes on; for messages."""
        self.ensure_one()
        values = self.env.context.get("complaint_values") or {}
        number, date = values.get("kept_number"), values.get("kept_date")
        if not number:
            return self.env._(
                "We have this matter under another number already and go on there; "
                "number %(number)s ends here.",
                number=self.number,
            )
        if not date:
            return self.env._(
                "We have your matter under number %(kept)s already and go on there; "
                "number %(number)s ends here.",
                kept=number,
                number=self.number,
            )
        return self.env._(
            "We have your matter under number %(kept)s already and go on there; number "
            "%(number)s ends here. We will answer by %(date)s at the latest.",
            kept=number,
            number=self.number,
            date=date,
        )

    def _shares_customer(self, other):
        """Whether the customer of one complaint may read the other one's as well."""
        self.ensure_one()
        mine, others = self.sudo().partner_id, other.sudo().partner_id
        return mine == others or bool(
            mine.email_normalized and mine.email_normalized == others.email_normalized
        )

    def _get_own_received_date(self):
        """When a complaint was received itself, whatever duplicates it has."""
        self.ensure_one()
        rows = self._get_merged_rows()
        if rows and self.received_date == self._get_merged_received_date(rows):
            return rows[0].kept_own_date
        return self.received_date  # moved by hand since, or no duplicates

    def _get_merged_rows(self):
        """The cancellations of this complaint's duplicates, the latest first."""
        return (
            self.env["klikumkm.complaint.cancellation"]
            .sudo()
            .search([("kept_id", "=", self.id), ("undone_date", "=", False)])
        )

    def _get_merged_received_date(self, rows):
        """The earliest date of a complaint and its duplicates.

        :param rows: :meth:`_get_merged_rows`, at least one
        """
        return min([rows[0].kept_own_date, *rows.ticket_id.mapped("received_date")])

    # === CONVERSATION === #
    def _copy_conversation_to(self, kept):
        """Copy what was said and written, in order, with dates and authors.

        Where another customer could read it, it becomes notes of the desk.

        :return: (``mail.message`` records, ``ir.attachment`` records), the copies
        """
        self.ensure_one()
        messages = self.env["mail.message"].search(
            Domain("model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & Domain("message_type", "in", (*CORRESPONDENCE, "auto_comment")),
            order="date, id",
        )
        intake_files = (
            self.env["ir.attachment"].search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", False),
                ],
                order="id",
            )
            - messages.attachment_ids
        )
        files = intake_files | messages.attachment_ids
        copies = files._copy_to_complaint(kept)
        copy_of = dict(zip(files.ids, copies.ids, strict=True))
        is_shared = self._shares_customer(kept)
        note = self.env.ref("mail.mt_note")
        comment = self.env.ref("mail.mt_comment")
        vals_list = [
            {
                "body": self.description,
                "author_id": self.partner_id.id,
                "email_from": self.partner_id.email_formatted or self.partner_email,
                "date": self.received_date,
                "subject": self.name,
                "message_type": "comment",
                "subtype_id": comment.id,
                "attachment_ids": [copy_of[file.id] for file in intake_files],
            }
        ]
        vals_list += [
            {
                "body": message.body,
                "author_id": message.author_id.id,
                "email_from": message.email_from,
                "date": message.date,
                "subject": message.subject,
                "message_type": message.message_type,
                "subtype_id": message.subtype_id.id,
                "is_internal": message.is_internal,
                "attachment_ids": [copy_of[file.id] for file in message.attachment_ids],
            }
            for message in messages
        ]
        heading = Markup("<p><em>%s</em></p>") % self.with_context(
            lang=kept.lang or self.env.lang
        ).env._("From %(number)s:", number=self.number)
        for vals in vals_list:
            vals.update(
                model=kept._name, res_id=kept.id, body=heading + Markup(vals["body"])
            )
            if not is_shared:
                vals.update(subtype_id=note.id, is_internal=True)
        copied = self.env["mail.message"].create(vals_list)
        return copied, copies

    def message_post(self, **kwargs):
        kept = self._get_kept_complaint() if len(self) == 1 else self.browse()
        if not kept or not self._is_post_of_customer(kwargs):
            return super().message_post(**kwargs)
        if self._shares_customer(kept):
            # His own complaint goes on there; nobody reads a duplicate any more.
            heading = Markup("<p><em>%s</em></p>") % self.env._(
                "Answer to %(number)s:", number=self.number
            )
            body = kwargs.get("body") or ""
            if not isinstance(body, Markup) and not kwargs.get("body_is_html"):
                body = Markup("<p>%s</p>") % body
            kwargs["body"] = heading + Markup(body)
            message = kept.message_post(**kwargs)
            message.attachment_ids.filtered(
                lambda file: file.res_model == self._name and file.res_id == self.id
            ).write({"res_id": kept.id})
            return message
        message = super().message_post(**kwargs)
        kept._message_log(
            body=self.env._(
                "The sender of the duplicate %(number)s wrote again: read it there.",
                number=self.sudo()._get_html_link(title=self.number),
            )
        )
        if not self.env.context.get("complaint_robot_mail"):
            now = fields.Datetime.now()
            kept.filtered(lambda t: not t.reply_pending_since)._write_silently(
                {"reply_pending_since": now, "last_customer_message_date": now}
            )
        return message

    def _get_kept_complaint(self):
        """The complaint that goes on in place of this duplicate, as superuser.

        :return: ``helpdesk.ticket`` record, empty if this is no duplicate
        """
        self.ensure_one()
        ticket, seen = self.sudo(), self.browse()
        while ticket.duplicate_id and ticket.status == "cancelled":
            seen |= ticket
            ticket = ticket.duplicate_id
            if ticket in seen:
                return self.sudo().browse()
        return ticket if seen else self.sudo().browse()

    def _is_post_of_customer(self, values):
        """Whether arguments of :meth:`message_post` are something a customer says."""
        if values.get("message_type", "notification") not in CORRESPONDENCE:
            return False
        author_id, _email = self._message_compute_author(
            values.get("author_id"), values.get("email_from")
        )
        author = self.env["res.partner"].sudo().browse(author_id or ())
        if author == self.env.ref("base.partner_root"):
            return False
        if author == self.sudo().partner_id:
            return True
        users = author.with_context(active_test=False).user_ids
        return not users or all(users.mapped("share"))

    # === UNDO === #
    def _part_from_kept(self, rows):
        """Take back what was done for duplicates that are none.

        :param rows: ``klikumkm.complaint.cancellation`` records of duplicates
        """
        for kept in rows.kept_id:
            merged = kept._get_merged_rows()
            date = kept._get_merged_received_date(merged)
            left = (merged - rows).ticket_id.mapped("received_date")
            wanted = min([merged[0].kept_own_date, *left])
            # moved by hand since: that stands
            if kept.received_date == date != wanted:
                kept.write({"received_date": wanted})
        # The copies only: the originals are here, and what anybody wrote since stays.
        rows.message_ids.unlink()
        rows.attachment_ids.unlink()
        for row in rows:
            row.kept_id._message_log(
                body=self.env._(
                    "%(number)s is no duplicate after all; what was copied from there "
                    "is removed.",
                    number=row.ticket_id._get_html_link(title=row.ticket_id.number),
                )
            )
            if row.notice_id.state == "told":
                ticket = row.ticket_id
                words = ticket.with_context(lang=ticket.lang or self.env.lang).env
                ticket._tell(
                    "progress",
                    "klikumkm_complaint.mail_template_reopened",
                    values={
                        "reason": words._(
                            "We handle it apart from your other complaint."
                        )
                    },
                )
            else:
                row.notice_id.write({"active": False, "next_retry_date": False})
        self.filtered("duplicate_id")._write_silently({"duplicate_id": False})

    # === WHAT CUSTOMERS SEE === #
    def _get_ended_status_words(self):
        if self.status != "cancelled" or not self.sudo().is_void:
            return super()._get_ended_status_words()
        # why is the desk's own judgement
        moved = self._format_customer_day(self.closed_date or self.last_stage_update)
        kept = self._get_kept_complaint()
        if kept and self._shares_customer(kept):
            return (
                self.env._("Joined on %(date)s", date=moved),
                self.env._(
                    "with your complaint %(number)s, where we go on.",
                    number=kept.number,
                ),
            )
        return self.env._("Cancelled on %(date)s.", date=moved), ""
