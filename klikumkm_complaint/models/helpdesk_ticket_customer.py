# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a customer may see of his complaint, and in which words.

Pages and messages take their words from here, so that both say the same.
"""

import babel.dates
import pytz

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from .helpdesk_ticket_stage import OPEN_STATUS

# How Indonesians name their zones; the database says +07, +08, +09 or nothing useful.
INDONESIAN_ZONES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}
# We owe the customer an answer, and our time runs.
RUNNING_STATUS = ("received", "in_progress", "coordination")
# The way of a complaint as it is shown to the customer.
STATUS_PATH = (
    "received",
    "in_progress",
    "coordination",
    "waiting_customer",
    "resolved",
    "closed",
)
# Fields of the desk that a customer may not read by a call from outside.
DESK_FIELDS = {
    "duplicate_count",
    "duplicate_id",
    "duplicate_ids",
    "is_owner_absent",
    "owner_absence_label",
    "urgency_lowered_reason",
}


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # === ACCESS === #
    def _has_field_access(self, field, operation):
        # Reading a many2one gives the other record's name whatever its rules say: a
        # portal user read another customer's subject in duplicate_id
        # (helpdesk_mgmt/models/helpdesk_ticket.py:165).
        if (
            field.name in DESK_FIELDS
            and not self.env.su
            and not self.env.user._is_internal()
        ):
            return False
        return super()._has_field_access(field, operation)

    # === WHOSE === #
    def _is_customer(self, user):
        """Whether the complaint is this user's own, as its page understands it.

        :param user: ``res.users`` record
        :rtype: bool
        """
        self.ensure_one()
        if self.partner_id == user.partner_id:
            return True
        return user.company_id.complaint_portal_by_company and (
            self.commercial_partner_id == user.commercial_partner_id
        )

    def _get_portal_close_stages(self):
        """The stages to which the customer himself may move this complaint.

        While it runs he withdraws it; helpdesk_mgmt lets him close it as well, which
        is the same to us.

        :return: ``helpdesk.ticket.stage`` records of the complaint's team and company,
            the one that his page offers first
        """
        self.ensure_one()
        offered = {
            **dict.fromkeys(OPEN_STATUS, ("cancelled", "closed")),
            # whoever is asked for his verdict gives it with the buttons of the answer
            "resolved": ("closed",) if self.customer_decision == "none" else (),
        }.get(self.status, ())
        team = self.team_id.with_company(self.company_id)
        stages = team._get_applicable_stages().filtered(
            lambda stage: (
                stage.close_from_portal
                and stage.status in offered
                and stage.company_id in (self.company_id, stage.company_id.browse())
            )
        )
        return stages.sorted(lambda stage: offered.index(stage.status))

    def _get_customer_files(self):
        """The files that the customer's page lists.

        What came with the submission, what the customer added later, and what belongs
        to a message he can read; never files of internal notes or of the desk.
        """
        self.ensure_one()
        files = (
            self.env["ir.attachment"]
            .sudo()  # filtered below by what the customer may see
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", False),
                ],
                order="id",
            )
        )
        messages = files and self.env["mail.message"].sudo().search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("attachment_ids", "in", files.ids),
            ]
        )
        told = files.browse()
        noted = files.browse()
        for message in messages or ():
            if (
                message.is_internal
                or message.subtype_id.internal
                or (not message.subtype_id)
            ):
                noted |= message.attachment_ids
            else:
                told |= message.attachment_ids
        # Same transaction, same create_date: what is not later came with it.
        received = files.filtered(lambda file: file.create_date <= self.create_date)
        added = files.filtered("create_uid.share")
        return files & (told | added | (received - noted))

    # === WHEN === #
    def _format_customer_day(self, moment):
        """A day as customers read it, in their zone: 5 Mar 2027."""
        if not moment:
            return ""
        return format_datetime(
            self.env, moment, tz=self._get_customer_tz(), dt_format="d MMM y"
        )

    def _get_date_sentence(self):
        """The dates that matter now, in one line for a list."""
        self.ensure_one()
        received = self._format_customer_day(self.received_date)
        promised = self._format_customer_date(self._get_promised_date())
        if self.resolved_date:
            return self.env._(
                "Received %(received)s · resolved %(date)s",
                received=received,
                date=self._format_customer_day(self.resolved_date),
            )
        if promised and self._is_promise_missed():
            return self.env._(
                "Received %(received)s · late: promised by %(date)s",
                received=received,
                date=promised,
            )
        if promised and self._is_our_turn():
            return self.env._(
                "Received %(received)s · answer by %(date)s at the latest",
                received=received,
                date=promised,
            )
        return self.env._("Received %(received)s", received=received)

    def _is_promise_missed(self):
        """Whether we still owe an answer that was promised for before now."""
        self.ensure_one()
        promised = self._get_promised_date()
        return bool(
            promised and promised < fields.Datetime.now() and self._is_our_turn()
        )

    def _get_missed_sentence(self, promised):
        """That we are late; and that it is seen to, where that is so.

        :param str promised: the date as customers read it
        """
        self.ensure_one()
        if self._is_delay_reported():
            return self.env._(
                "We missed the date of %(date)s. We apologise; the officer and the "
                "supervisor have been told.",
                date=promised,
            )
        return self.env._(
            "We missed the date of %(date)s. We apologise.", date=promised
        )

    def _is_delay_reported(self):
        """Hook: whether officer and supervisor were told that the date was missed."""
        self.ensure_one()
        return False

    def _get_receipt_sentence(self):
        self.ensure_one()
        return self.env._(
            "Received on %(date)s.",
            date=self._format_customer_date(self.received_date),
        )

    # === IN WHICH WORDS === #
    def _is_customer_turn(self):
        """Whether something is asked of the customer now."""
        self.ensure_one()
        return self.status == "waiting_customer" or (
            self.status == "resolved" and self.customer_decision == "pending"
        )

    def _is_our_turn(self):
        """Whether we owe the customer an answer, and our time runs."""
        self.ensure_one()
        return self.status in RUNNING_STATUS

    def _get_customer_status_labels(self):
        """Short names of the statuses for customers; the stages' own are the desk's."""
        return {
            "received": self.env._("Received"),
            "in_progress": self.env._("Being handled"),
            "coordination": self.env._("Other unit"),
            "waiting_customer": self.env._("Waiting for you"),
            "resolved": self.env._("Resolved"),
            "referred": self.env._("Referred"),
            "closed": self.env._("Closed"),
            "cancelled": self.env._("Cancelled"),
        }

    def _get_customer_status_label(self):
        self.ensure_one()
        return self._get_customer_status_labels().get(self.status, "")

    def _get_status_sentence(self):
        """How the complaint stands, in public words; for pages and messages alike."""
        self.ensure_one()
        return " ".join(self._get_status_words())

    def _get_status_words(self):
        """The status sentence in two parts.

        :return: (its first words, which say the status; the rest)
        :rtype: tuple
        """
        self.ensure_one()
        promised = self._format_customer_date(self._get_promised_date())
        missed = self._is_promise_missed() and self._get_missed_sentence(promised)
        no_date = self.env._("We cannot name a date yet; we will tell you soon.")
        if self.status in ("in_progress", "coordination"):
            if self.status == "in_progress":
                headline = self.env._("Being handled by our CS team.")
            else:
                headline = self.env._("Being looked into with another unit.")
            if missed:
                return headline, missed
            if promised:
                return headline, self.env._("Answer by %(date)s.", date=promised)
            return headline, no_date
        if self.status == "waiting_customer":
            return self._get_waiting_words()
        if self.status in OPEN_STATUS:
            if missed:
                rest = missed
            elif promised:
                rest = self.env._(
                    "Your complaint is recorded. We will answer by %(date)s at the "
                    "latest.",
                    date=promised,
                )
            else:
                rest = self.env._(
                    "Your complaint is recorded. We cannot name a date yet; we will "
                    "tell you soon."
                )
            return self.env._("Received."), rest
        return self._get_ended_status_words()

    def _get_waiting_words(self):
        """Status words while we wait for what we asked the customer."""
        until = self._format_customer_date(self.answer_by_date)
        stopped = ""
        if self._is_count_stopped():
            stopped = self.env._("Our count has stopped until you answer.")
        if until and self.answer_by_date < fields.Datetime.now():
            return (
                self.env._("Waiting for your answer."),
                self.env._(
                    "We asked for it by %(date)s; you can still send it.", date=until
                ),
            )
        headline = (
            self.env._("Waiting for your answer until %(date)s.", date=until)
            if until
            else self.env._("Waiting for your answer.")
        )
        return headline, f"{stopped} {self._get_time_left_sentence()}".strip()

    def _is_count_stopped(self):
        """Hook: whether our time stands still while we wait for the customer."""
        return True

    def _get_ended_status_words(self):
        """Status words of a complaint that is off the desk, or waits for a verdict."""
        moved = self._format_customer_day(self.closed_date or self.last_stage_update)
        if self.status == "resolved":
            return self._get_resolved_words()
        if self.status == "referred":
            # of his own complaint the customer learns where it went, and no more
            referral = self.sudo().referral_ids._get_last_handed_over()
            if referral:
                return (
                    self.env._(
                        "Referred to %(body)s on %(date)s.",
                        body=referral.body_id.with_env(self.env).sudo().name,
                        date=self._format_customer_day(referral.sent_date),
                    ),
                    self.env._("Your file is below."),
                )
            return (
                self.env._("Referred on %(date)s.", date=moved),
                self.env._("Ask us below if you need your file."),
            )
        if self.status == "closed":
            headline = self.env._("Closed on %(date)s.", date=moved)
            if (
                self.reopen_until_date
                and self.reopen_until_date > fields.Datetime.now()
            ):
                return headline, self.env._(
                    "Something missing? Reply before %(date)s and we reopen it.",
                    date=self._format_customer_date(self.reopen_until_date),
                )
            return headline, self.env._("Something missing? Write below.")
        if self.cancel_reason_id:
            return (
                self.env._("Cancelled on %(date)s:", date=moved),
                f"{self.cancel_reason_id.name}.",
            )
        return self.env._("Cancelled on %(date)s.", date=moved), ""

    def _get_resolved_words(self):
        """Status words between our answer and the end."""
        resolved = self.env._(
            "Resolved on %(date)s.", date=self._format_customer_day(self.resolved_date)
        )
        now = fields.Datetime.now()
        if self.customer_decision == "rejected":
            ruling_by = self._format_customer_date(self.ruling_by_date)
            if ruling_by and self.ruling_by_date < now:
                rest = self.env._(
                    "We missed the date of %(date)s. We apologise.", date=ruling_by
                )
            elif ruling_by:
                rest = self.env._(
                    "We will decide the next step by %(date)s.", date=ruling_by
                )
            else:
                rest = self.env._("We will decide the next step.")
            return self.env._("We received your objection."), rest
        if self.customer_decision == "accepted":
            fulfil_by = self.sudo().response_id.fulfil_by_date
            if self.sudo().is_offer_open and fulfil_by:
                return resolved, self.env._(
                    "You accepted our offer. We carry it out by %(date)s.",
                    date=self._format_date_only(fulfil_by),
                )
            return resolved, self.env._("You accepted our answer.")
        if self.customer_decision == "pending":
            if self.decision_by_date and self.decision_by_date > now:
                return resolved, self.env._(
                    "Please read our answer and tell us by %(date)s whether you "
                    "accept it.",
                    date=self._format_customer_date(self.decision_by_date),
                )
            return resolved, self.env._(
                "Please read our answer and tell us whether you accept it."
            )
        if self.submission_type == "complaint":
            return resolved, self.env._("Something missing? Write below.")
        return self.env._("Resolved."), self.env._("Not answered yet? Write below.")

    def _get_turn_sentence(self):
        """What the customer is to do and until when, in one line for a list."""
        self.ensure_one()
        until = (
            self.answer_by_date
            if self.status == "waiting_customer"
            else self.decision_by_date
        )
        if until and until > fields.Datetime.now():
            return self.env._(
                "Waiting for your answer until %(date)s",
                date=self._format_customer_date(until),
            )
        return self.env._("Waiting for your answer")

    def _get_status_path(self):
        """The way the complaint has gone and still has to go.

        :return: for each step a dict with ``status``, ``label``, ``date`` (formatted or
            empty), ``is_reached`` and ``is_current``
        :rtype: list[dict]
        """
        self.ensure_one()
        dates = {
            **self._get_stage_move_dates(),
            "received": self.received_date,
            "resolved": self.resolved_date,
            "closed": self.closed_date,
        }
        path = list(STATUS_PATH)
        if self.status in ("referred", "cancelled"):
            path[-1] = self.status
        dates.setdefault(self.status, self.last_stage_update)
        labels = self._get_customer_status_labels()
        return [
            {
                "status": status,
                "label": labels[status],
                "date": self._format_customer_day(dates.get(status)),
                "is_reached": bool(dates.get(status)) or status == self.status,
                "is_current": status == self.status,
            }
            for status in path
        ]

    def _get_stage_move_dates(self):
        """When the complaint last came into each status, by the tracked stage moves."""
        moves = (
            self.env["mail.tracking.value"]
            .sudo()  # only the dates of this complaint's own stages leave here
            .search(
                Domain("field_id.name", "=", "stage_id")
                & Domain("mail_message_id.model", "=", self._name)
                & Domain("mail_message_id.res_id", "=", self.id),
                order="id",
            )
        )
        stages = (
            self.env["helpdesk.ticket.stage"].sudo().with_context(active_test=False)
        )
        stages = stages.browse(moves.mapped("new_value_integer")).exists()
        status_by_stage = {stage.id: stage.status for stage in stages}
        return {
            status_by_stage[move.new_value_integer]: move.mail_message_id.date
            for move in moves
            if move.new_value_integer in status_by_stage
        }

    # === THE PROMISED DATE === #
    def _get_promised_date(self):
        """Hook: the date by which the customer was promised an answer.

        :return: naive UTC, or False where none can be named
        """
        return False

    def _get_date_after_reopening(self, at=None):
        """Hook: the date that could be promised if it were reopened.

        :param datetime at: from which moment it runs again (naive UTC), by default now
        """
        return self._get_promised_date()

    def _get_told_date(self):
        """Hook: the date that the customer was told last, be it over or replaced."""
        return self._get_promised_date()

    def _get_reopening_dates(self, at=None, new_date=None):
        """What a message that it is reopened promises, and what that replaces.

        To be asked before it is reopened: what a preview says must hold afterwards.

        :param datetime at: as for :meth:`_get_date_after_reopening`
        :param datetime new_date: promised instead (naive UTC)
        :return: ``new_date`` and ``old_date``, values of :meth:`_tell`
        :rtype: dict
        """
        new_date = new_date or self._get_date_after_reopening(at)
        old_date = self._get_told_date()
        return {
            "new_date": new_date,
            "old_date": new_date and old_date != new_date and old_date,
        }

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
