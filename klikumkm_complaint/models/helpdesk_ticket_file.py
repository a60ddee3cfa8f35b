# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The complaint file: one PDF of all that was submitted, told, answered and decided.

Made for customers, dispute bodies and courts. Nothing internal is in it unless somebody
asks for the internal notes: no work target, no other customer, no personal link.
"""

import hashlib
from datetime import datetime

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import human_size

from ..tools.pdf import Document, NotPrintable, bind, count_pages, split, to_pages
from ..tools.printing import hide_secrets
from .helpdesk_ticket_intake import CORRESPONDENCE

FILE_PARTS = (
    "cover",
    "receipt",
    "chronology",
    "requests",
    "answers",
    "decision",
    "conversation",
    "files",
    "referral",
)
# All enclosures together; the rest is listed.
MAX_TOTAL_BYTES = 100 * 2**20
MAX_TEXT_BYTES = 2 * 2**20
TEXT_TYPES = ("text/plain", "text/html")
# What customers read, whoever wrote it.
PUBLIC_MESSAGE_TYPES = (*CORRESPONDENCE, "auto_comment")


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # === THE FILE === #
    def _make_complaint_file(self, parts, lang=None, with_internal_notes=False):
        """Make one PDF of the complaint, in any state.

        :param parts: some of ``FILE_PARTS``
        :param str lang: default: the complaint's
        :param bool with_internal_notes: for our own use
        :rtype: bytes
        :raise AccessError: the user may not read the complaint
        """
        self.ensure_one()
        self.check_access("read")
        if unknown := set(parts) - set(FILE_PARTS):
            raise ValueError(f"no such parts of a complaint file: {unknown}")
        report = self.env["ir.actions.report"]
        if report.get_wkhtmltopdf_state() == "install":
            raise UserError(
                self.env._("No PDF can be made: wkhtmltopdf is not installed here.")
            )
        # Whoever may read the complaint may read all that belongs to it, and what goes
        # into the file is chosen here.
        ticket = self.sudo().with_context(
            lang=lang or self._get_document_lang(), complaint_without_link=True
        )
        documents = []
        for part in FILE_PARTS:
            if part in parts:
                documents += getattr(ticket, f"_print_file_{part}")(parts)
        if with_internal_notes:
            documents += ticket._print_file_notes()
        contents = ticket._print_file_contents(documents)
        return bind(
            [Document(self.env._("Contents"), contents), *documents],
            heading=ticket.number,
            title=f"{ticket.number} {ticket.name}",
        )

    def _print_part(self, title, template, **values):
        """A part printed from a template, or nothing where there is nothing to say.

        :rtype: list[Document]
        """
        content = self.env["ir.actions.report"]._print_complaint(
            template, {"o": self, "title": title, **values}
        )
        return [Document(title, content)]

    def _print_file_contents(self, documents):
        """The list of contents; its own length moves what it lists."""
        lengths = [count_pages(document.content) for document in documents]
        own_length = 1
        while True:
            rows = []
            page = own_length + 1
            for document, length in zip(documents, lengths, strict=True):
                if document.title:
                    rows.append((document.title, page))
                page += length
            content = self.env["ir.actions.report"]._print_complaint(
                "klikumkm_complaint.report_complaint_contents",
                {
                    "o": self,
                    "rows": rows,
                    "letterhead": self._get_letterhead(),
                    "made": self.env._(
                        "Made on %(date)s by %(user)s",
                        date=self._format_customer_date(fields.Datetime.now()),
                        user=self.env.user.name,
                    ),
                },
            )
            length = count_pages(content)
            if length <= own_length:
                return content
            own_length = length

    def _print_file_cover(self, parts):
        return self._print_part(
            self.env._("Register"),
            "klikumkm_complaint.report_complaint_cover",
            rows=[row for row in self._get_register_rows() if row[1]],
            story=self._clean_for_print(self.description),
        )

    def _print_file_receipt(self, parts):
        content = self.env["ir.actions.report"]._print_complaint_receipt(self)
        return [Document(self.env._("Receipt"), content)]

    def _print_file_chronology(self, parts):
        return self._print_part(
            self.env._("Chronology"), "klikumkm_complaint.report_complaint_chronology"
        )

    def _print_file_requests(self, parts):
        requests = self._get_unit_requests()
        if not requests:
            return []
        return self._print_part(
            self.env._("Requests to units"),
            "klikumkm_complaint.report_complaint_requests",
            requests=[self._prepare_request(request) for request in requests],
        )

    def _print_file_answers(self, parts):
        answers = self._get_answers()
        if not answers:
            return []
        return self._print_part(
            self.env._("Answers"),
            "klikumkm_complaint.report_complaint_answers",
            answers=[self._prepare_answer(answer) for answer in reversed(answers)],
        )

    def _print_file_decision(self, parts):
        rows = [row for row in self._get_decision_rows() if row[1]]
        if not rows:
            return []
        return self._print_part(
            self.env._("Decision"),
            "klikumkm_complaint.report_complaint_rows",
            rows=rows,
        )

    def _print_file_conversation(self, parts):
        return self._print_part(
            self.env._("Conversation"),
            "klikumkm_complaint.report_complaint_conversation",
            messages=self._get_conversation("chronology" in parts),
        )

    def _print_file_referral(self, parts):
        referrals = self._get_referrals()
        if not referrals:
            return []
        return self._print_part(
            self.env._("Referral"),
            "klikumkm_complaint.report_complaint_answers",
            answers=[self._prepare_referral(referral) for referral in referrals],
        )

    def _print_file_notes(self):
        rows = [
            (self._fields["root_cause_id"], self.root_cause_id.name),
            (self._fields["corrective_action"], self.corrective_action),
            (self._fields["urgency_lowered_reason"], self.urgency_lowered_reason),
        ]
        return self._print_part(
            self.env._("Internal notes"),
            "klikumkm_complaint.report_complaint_notes",
            rows=[
                (field._description_string(self.env), value)
                for field, value in rows
                if value
            ],
            messages=self._get_internal_notes(),
        )

    # === FILES === #
    def _print_file_files(self, parts):
        """A list of the files with their hashes, then each file that can be shown."""
        files = self._get_file_attachments()
        rows = []
        enclosures = []
        total = 0
        for file in files:
            content = file.raw or b""
            row = {
                "name": file.name or "",
                "type": file.mimetype or "",
                "size": human_size(len(content)),
                "date": self._format_customer_date(file.create_date),
                "sha256": hashlib.sha256(content).hexdigest(),
                "number": len(rows) + 1,
            }
            rows.append(row)
            try:
                pages = self._print_attachment(file)
                if total + len(pages) > MAX_TOTAL_BYTES:
                    raise NotPrintable("large")
            except NotPrintable as error:
                row["reason"] = self._get_not_printable_labels()[error.reason]
                continue
            total += len(pages)
            enclosures.append((row, pages))
        documents = self._print_part(
            self.env._("Files"),
            "klikumkm_complaint.report_complaint_files",
            rows=rows,
        )
        separators = self._print_separators([row for row, _pages in enclosures])
        for (row, pages), separator in zip(enclosures, separators, strict=True):
            documents.append(Document(f"   {row['number']}. {row['name']}", separator))
            documents.append(Document(None, pages))
        return documents

    def _print_attachment(self, file):
        """Any file as pages.

        :param file: ``ir.attachment`` record
        :raise NotPrintable: with the reason
        :rtype: bytes
        """
        content = file.raw or b""
        if (file.mimetype or "").startswith(TEXT_TYPES):
            return self._print_text_file(content, file.mimetype)
        return to_pages(content, file.mimetype)

    def _print_text_file(self, content, mimetype):
        """A text as pages; what was too long for the story or a message is one.

        :raise NotPrintable: with the reason
        :rtype: bytes
        """
        if not content.strip():
            raise NotPrintable("empty")
        if len(content) > MAX_TEXT_BYTES:
            raise NotPrintable("large")
        try:
            text = content.decode()
        except UnicodeDecodeError:
            text = content.decode("latin-1")
        if mimetype.startswith("text/html"):
            body = self._clean_for_print(text)
        else:
            body = self._print_plain(text)
        return self.env["ir.actions.report"]._print_complaint(
            "klikumkm_complaint.report_complaint_text", {"o": self, "body": body}
        )

    def _get_file_attachments(self):
        """What the customer sent and was sent, and the proof of his decision."""
        return (
            self._get_customer_files()
            | self._get_told_notices().attachment_ids
            | self._get_answers().decision_file_ids
        ).sorted("id")

    def _print_separators(self, rows):
        """One sheet for each file.

        :rtype: list[bytes]
        """
        if not rows:
            return []
        report = self.env["ir.actions.report"]
        template = "klikumkm_complaint.report_complaint_separators"
        sheets = split(report._print_complaint(template, {"o": self, "rows": rows}))
        if len(sheets) == len(rows):
            return sheets
        # a name as long as a page
        return [
            report._print_complaint(template, {"o": self, "rows": [row]})
            for row in rows
        ]

    def _get_not_printable_labels(self):
        """Why a file is listed only; by the reason of :class:`NotPrintable`."""
        return {
            "type": self.env._("not shown here: this kind of file has no pages"),
            "empty": self.env._("not shown here: the file is empty"),
            "large": self.env._("not shown here: the file is too large"),
            "long": self.env._("not shown here: the file has too many pages"),
            "encrypted": self.env._("not shown here: protected by a password"),
            "broken": self.env._("not shown here: the file is damaged"),
        }

    # === COVER === #
    def _get_register_rows(self):
        """Pairs of (label, value) of the register (domain.md 6)."""
        self.ensure_one()

        def label(name):
            return self._fields[name]._description_string(self.env)

        def moment(value):
            return self._format_customer_date(value)

        partner = self.partner_id
        address = (partner._display_address(without_company=True) or "").split("\n")
        address = ", ".join(line.strip() for line in address if line.strip())
        receipt = self._get_told_notices().filtered(lambda n: n.kind == "receipt")
        answer = self._get_answers()[:1]
        return [
            (self.env._("Registration number"), self.number),
            (label("received_date"), moment(self.received_date)),
            (label("channel_id"), self._get_channel_label()),
            (label("submission_type"), self._get_selection_label("submission_type")),
            (self.env._("Subject"), self.name),
            (label("category_id"), self._get_category_label()),
            (label("product_id"), self.product_id.name),
            (label("agreement_ref"), self.agreement_ref),
            (
                label("incident_date"),
                self._format_date_only(self.incident_date),
            ),
            (self.env._("Customer"), self._get_customer_name()),
            (self.env._("Address"), address),
            (label("partner_phone"), self.partner_phone or partner.phone),
            (self.env._("E-mail"), self.partner_email or partner.email),
            (label("customer_role"), self._get_selection_label("customer_role")),
            (label("represented_by"), self.represented_by),
            (label("requested_remedy"), self.requested_remedy),
            (
                label("loss_amount"),
                self.loss_amount and self._format_amount(self.loss_amount),
            ),
            (label("assistance_type"), self._get_selection_label("assistance_type")),
            (label("priority"), self._get_selection_label("priority")),
            (label("urgency_stated"), self._get_selection_label("urgency_stated")),
            (self.env._("Officer"), self.user_id.name),
            (self.env._("Units"), ", ".join(self._get_unit_names())),
            (self.env._("Receipt given"), "; ".join(receipt.mapped("proof"))),
            (self.env._("Answer promised by"), moment(self._get_promised_date())),
            (self.env._("Answered"), answer.told_date and moment(answer.told_date)),
            (label("outcome"), self._get_selection_label("outcome")),
            (
                label("customer_decision"),
                self._get_selection_label("customer_decision"),
            ),
            (self.env._("Status"), self._get_customer_status_label()),
            (label("resolved_date"), moment(self.resolved_date)),
            (self.env._("Closed"), moment(self.closed_date)),
            (label("external_ref"), self.external_ref),
        ]

    # === CHRONOLOGY === #
    def _get_chronology(self):
        """What happened, in the order in which it did.

        :return: for each event a dict with ``date`` (naive UTC), ``when`` (formatted),
            ``title``, ``lines`` (list of str) and ``body`` (Markup or an empty string)
        :rtype: list[dict]
        """
        self.ensure_one()
        events = [
            *self._get_intake_events(),
            *self._get_status_events(),
            *self._get_notice_events(),
            *self._get_message_events(),
            *self._get_request_events(),
            *self._get_decision_events(),
        ]
        # stable: what happened in one second stays in the order above
        events.sort(key=lambda event: event["date"])
        for event in events:
            event["when"] = self._format_customer_date(event["date"])
        return events

    def _new_event(self, date, title, lines=(), body=""):
        return {
            "date": date,
            "title": title,
            "lines": [line for line in lines if line],
            "body": body,
        }

    def _get_intake_events(self):
        channel = self._get_channel_label()
        yield self._new_event(
            self.received_date,
            self.env._("Received"),
            [
                channel and self.env._("Channel: %(channel)s", channel=channel),
                self.name,
            ],
        )
        is_later = (self.create_date - self.received_date).total_seconds() > 60
        if is_later:
            yield self._new_event(
                self.create_date.replace(microsecond=0),
                self.env._("Recorded as %(number)s", number=self.number),
            )

    def _get_status_events(self):
        """Moves from status to status; stages of one status are the desk's matter."""
        moves = self.env["mail.tracking.value"].search(
            Domain("field_id.name", "=", "stage_id")
            & Domain("mail_message_id.model", "=", self._name)
            & Domain("mail_message_id.res_id", "=", self.id),
            order="id",
        )
        stages = self.env["helpdesk.ticket.stage"].with_context(active_test=False)
        ids = {*moves.mapped("old_value_integer"), *moves.mapped("new_value_integer")}
        statuses = {
            stage.id: stage.status for stage in stages.browse(ids - {0}).exists()
        }
        labels = self._get_customer_status_labels()
        for move in moves:
            before = statuses.get(move.old_value_integer)
            after = statuses.get(move.new_value_integer)
            if after and before != after:
                yield self._new_event(
                    move.mail_message_id.date,
                    self.env._("Status: %(status)s", status=labels.get(after, after)),
                )

    def _get_told_notices(self):
        """What the customer was told, and what he could not be told."""
        return self.env["klikumkm.complaint.notice"].search(
            Domain("ticket_id", "=", self.id)
            & Domain("state", "in", ("told", "failed")),
            order="id",
        )

    def _get_notice_events(self):
        kinds = dict(
            self.env["klikumkm.complaint.notice"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        for notice in self._get_told_notices():
            if notice.body:
                body = self._clean_for_print(notice.body)
            else:
                body = self._print_plain(notice.text)
            files = ", ".join(notice.attachment_ids.mapped("name"))
            yield self._new_event(
                notice.told_date or notice.create_date.replace(microsecond=0),
                self.env._(
                    "Told: %(kind)s – %(subject)s",
                    kind=kinds[notice.kind],
                    subject=notice.subject,
                ),
                [
                    notice.proof,
                    files and self.env._("Files: %(names)s", names=files),
                ],
                body,
            )

    def _get_message_events(self):
        """When the customer wrote; his words stand in the conversation."""
        for message in self._get_public_messages():
            if self._is_written_by_customer(message):
                files = ", ".join(message.attachment_ids.mapped("name"))
                yield self._new_event(
                    message.date,
                    self.env._("Message of the customer"),
                    [files and self.env._("Files: %(names)s", names=files)],
                )

    def _get_request_events(self):
        for request in self._get_unit_requests():
            if request.asked_date:
                yield self._new_event(
                    fields.Datetime.to_datetime(request.asked_date),
                    self.env._("Asked: %(unit)s", unit=request.unit_id.name),
                )
            if request.answer_date:
                yield self._new_event(
                    fields.Datetime.to_datetime(request.answer_date),
                    self.env._("Answered: %(unit)s", unit=request.unit_id.name),
                )

    def _get_decision_events(self):
        answers = self._get_answers().filtered("decision_date")
        for record, prefix in [(answer, "") for answer in answers] or [
            (self, "customer_")
        ]:
            date = record[f"{prefix}decision_date"]
            if not date:
                continue
            field = record._fields[f"{prefix}decision"]
            labels = dict(field._description_selection(self.env))
            yield self._new_event(
                date,
                self.env._(
                    "Decision of the customer: %(decision)s",
                    decision=labels.get(record[field.name], ""),
                ),
                [hide_secrets(record[f"{prefix}decision_reason"] or "")],
            )

    def _print_plain(self, text):
        """Plain text with its line breaks.

        :rtype: Markup
        """
        lines = self._clean_for_print(Markup.escape(text or "")).splitlines()
        return Markup("<br/>").join(Markup(line) for line in lines)

    # === UNITS, ANSWERS, DECISION === #
    def _get_unit_requests(self):
        return self.env["klikumkm.complaint.coordination"].search(
            [("ticket_id", "=", self.id)], order="id"
        )

    def _get_unit_names(self):
        return self._get_unit_requests().unit_id.mapped("name")

    def _get_answers(self):
        """Our answers, latest first; not those that still wait or were withdrawn."""
        answers = self.env["klikumkm.complaint.response"].search(
            [("ticket_id", "=", self.id)], order="id desc"
        )
        notices = answers.with_context(active_test=False).notice_ids
        untold = notices.response_id - notices.filtered("is_applied").response_id
        return answers.filtered(lambda a: a.told_date or a not in untold)

    def _prepare_request(self, request):
        """A request to a unit as it is printed."""
        states = dict(request._fields["state"]._description_selection(self.env))
        lines = [
            self._format_document_date(request.asked_date),
            request.due_date
            and self.env._(
                "answer asked by %(date)s",
                date=self._format_document_date(request.due_date),
            ),
            states.get(request.state),
        ]
        return {
            "unit": request.unit_id.name or "",
            "lines": [line for line in lines if line],
            "question": self._clean_for_print(request.question),
            "answer": self._clean_for_print(request.answer) if request.answer else "",
            "answered": self._format_document_date(request.answer_date),
            "files": (request.attachment_ids | request.answer_file_ids).mapped("name"),
        }

    def _prepare_answer(self, answer):
        """An answer as it is printed."""

        def label(name):
            return answer._fields[name]._description_string(self.env)

        def choice(name):
            labels = dict(answer._fields[name]._description_selection(self.env))
            return labels.get(answer[name])

        names = [
            ("told_date", self._format_document_date(answer.told_date)),
            ("medium", choice("medium")),
            ("kind", choice("kind")),
            ("outcome", choice("outcome")),
            ("refusal_ground_id", answer.refusal_ground_id.name),
            ("amount", answer.amount and self._format_amount(answer.amount)),
            ("fulfil_by_date", self._format_document_date(answer.fulfil_by_date)),
            ("fulfilled_date", self._format_document_date(answer.fulfilled_date)),
            ("fulfilled_note", answer.fulfilled_note),
            ("decision", answer.decision != "none" and choice("decision")),
            ("decision_date", self._format_document_date(answer.decision_date)),
            ("decision_reason", answer.decision_reason),
        ]
        return {
            "rows": [(label(name), value) for name, value in names if value],
            "body": self._clean_for_print(answer.body),
        }

    def _get_referrals(self):
        """What was handed over; what is only prepared may still change."""
        return self.env["klikumkm.complaint.referral"].search(
            Domain("ticket_id", "=", self.id) & Domain("state", "!=", "draft"),
            order="id",
        )

    def _prepare_referral(self, referral):
        """A letter of referral as it is printed, and what came of it."""

        def label(name):
            return referral._fields[name]._description_string(self.env)

        def choice(name):
            labels = dict(referral._fields[name]._description_selection(self.env))
            return labels.get(referral[name])

        names = [
            ("name", referral.name),
            ("body_id", referral.body_id.name),
            ("date", self._format_document_date(referral.date)),
            ("sent_date", self._format_document_date(referral.sent_date)),
            ("state", choice("state")),
            ("external_ref", referral.external_ref),
            ("result", choice("result")),
            ("result_date", self._format_document_date(referral.result_date)),
        ]
        return {
            "rows": [(label(name), value) for name, value in names if value],
            "body": self._clean_for_print(referral.letter),
        }

    def _format_document_date(self, value):
        """A day as a day, a moment as a moment; an empty string for neither."""
        if isinstance(value, datetime):
            return self._format_customer_date(value)
        return self._format_date_only(value)

    def _get_decision_rows(self):
        """Pairs of (label, value) about what the customer made of our answer."""

        def label(name):
            return self._fields[name]._description_string(self.env)

        if self.customer_decision == "none":
            return []
        return [
            (
                label("customer_decision"),
                self._get_selection_label("customer_decision"),
            ),
            (
                label("customer_decision_date"),
                self._format_customer_date(self.customer_decision_date),
            ),
            (label("customer_decision_reason"), self.customer_decision_reason),
        ]

    # === CONVERSATION === #
    def _get_public_messages(self):
        """What was written and the customer can read, oldest first."""
        messages = self.env["mail.message"].search(
            Domain("model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & Domain("message_type", "in", PUBLIC_MESSAGE_TYPES)
            & Domain("is_internal", "=", False)
            & Domain("subtype_id", "!=", False)
            & Domain("subtype_id.internal", "=", False),
            order="date, id",
        )
        return messages

    def _is_written_by_customer(self, message):
        author = message.author_id
        if not author:
            return message.message_type == "email"
        staff = author.with_context(active_test=False).user_ids.filtered(
            lambda user: not user.share
        )
        return author != self.company_id.partner_id and not staff

    def _get_conversation(self, is_told_elsewhere):
        """The messages as they are printed.

        :param bool is_told_elsewhere: notices stand in the chronology, word for word
        :rtype: list[dict]
        """
        told = self.env["mail.message"]
        if is_told_elsewhere:
            notices = self._get_told_notices()
            # what was told by telephone has a line of its own in the conversation
            told = notices.mail_message_id | notices.log_message_id
        return [
            self._prepare_message(message, message in told)
            for message in self._get_public_messages()
        ]

    def _get_internal_notes(self):
        """What the desk wrote for itself; changes of fields are no notes."""
        messages = self.env["mail.message"].search(
            Domain("model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & Domain("message_type", "in", PUBLIC_MESSAGE_TYPES)
            & (
                Domain("is_internal", "=", True)
                | Domain("subtype_id", "=", False)
                | Domain("subtype_id.internal", "=", True)
            ),
            order="date, id",
        )
        return [self._prepare_message(message, False) for message in messages]

    def _prepare_message(self, message, is_told_elsewhere):
        if is_told_elsewhere:
            body = Markup("<em>%s</em>") % self.env._("The text is in the chronology.")
        else:
            body = self._clean_for_print(message.body)
        author = message.author_id.name or message.email_from or ""
        return {
            "when": self._format_customer_date(message.date),
            "author": author,
            "subject": message.subject or "",
            "body": body,
            "files": message.attachment_ids.mapped("name"),
        }
