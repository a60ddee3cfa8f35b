# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A complaint on its way to a court or another body."""

from typing import NamedTuple

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, plaintext2html

from .complaint_notice import WRITTEN_MEDIUM


class ReferralCheck(NamedTuple):
    """One line of the list of checks: is it as it should be, and why."""

    is_ok: bool
    text: str


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    referral_ids = fields.One2many(
        comodel_name="klikumkm.complaint.referral",
        inverse_name="ticket_id",
        string="Referrals",
        groups="base.group_user",
    )
    referral_count = fields.Integer(
        string="Referral count",
        compute="_compute_referral_count",
        groups="base.group_user",
    )
    open_referral_count = fields.Integer(
        compute="_compute_referral_count", groups="base.group_user"
    )
    referral_requested_date = fields.Datetime(
        string="Referral asked for at",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When the customer asked us to refer the complaint.",
    )

    # === COMPUTE METHODS === #
    @api.depends("referral_ids.state")
    def _compute_referral_count(self):
        counts = {}
        for ticket, state, count in self.env["klikumkm.complaint.referral"]._read_group(
            [("ticket_id", "in", self.ids)], ["ticket_id", "state"], ["__count"]
        ):
            counts.setdefault(ticket.id, {})[state] = count
        for ticket in self:
            by_state = counts.get(ticket._origin.id, {})
            ticket.referral_count = sum(by_state.values())
            ticket.open_referral_count = ticket.referral_count - by_state.get(
                "ended", 0
            )

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"referral_requested_date"}

    def _complaint_changed(self, changes):
        result = super()._complaint_changed(changes)
        for ticket, old, new in changes:
            if new.status == "referred" and old.status != "referred":
                ticket._follow_referral()
        return result

    def _follow_referral(self):
        """The matter goes on elsewhere: nothing is asked of anybody here any more."""
        self.ensure_one()
        self._write_silently(
            {
                "decision_by_date": False,
                "ruling_by_date": False,
                "reminder_date": False,
            }
        )
        self.sudo().activity_unlink(
            [
                "klikumkm_complaint.activity_type_ruling",
                "klikumkm_complaint.activity_type_decision",
                "klikumkm_complaint.activity_type_referral_requested",
            ]
        )

    def _apply_notice(self, notice):
        result = super()._apply_notice(notice)
        if notice.kind == "referral":
            self.env["klikumkm.complaint.referral"].sudo().search(
                [("notice_id", "=", notice.id)]
            )._record_handed_over(notice)
        return result

    # === ACTIONS === #
    def action_open_refer(self):
        """Open the dialog that makes letter and file for a court or another body."""
        self.ensure_one()
        self.check_access("write")
        drafts = self.referral_ids.filtered(lambda referral: referral.state == "draft")
        return self._open_refer(drafts.sorted("id")[-1:])

    def _open_refer(self, referral):
        """The dialog, for a new referral or one that was prepared before."""
        return self._open_wizard(
            "klikumkm.complaint.refer",
            self.env._("Refer"),
            default_referral_id=referral.id,
        )

    def action_update_referral(self):
        """Open the complaint's latest referral, to write down how it goes on."""
        self.ensure_one()
        referral = self.referral_ids.sorted("id", reverse=True)[:1]
        if not referral:
            raise UserError(
                self.env._(
                    "%(number)s has not been referred yet. Use Refer first.",
                    number=self.number,
                )
            )
        return referral._get_form_action(target="new")

    # === BUSINESS METHODS === #
    def _request_referral(self, reason=None):
        """Record that the customer wants the complaint referred, at any time.

        The caller has checked that it is the customer's own wish.

        :param str reason: in the customer's words
        """
        self.ensure_one()
        # the customer may not write the complaint; the caller checked whose it is
        ticket_sudo = self.sudo()
        ticket_sudo.referral_requested_date = self._get_operation_now()
        words = ticket_sudo.with_context(lang=self.lang or self.env.lang).env._(
            "I ask for help with a court or a dispute body."
        )
        ticket_sudo._post_customer_message(
            ticket_sudo.partner_id,
            f"{words}\n\n{reason}" if reason else words,
            self.env["ir.attachment"],
        )
        ticket_sudo._ask_person(
            "klikumkm_complaint.activity_type_referral_requested",
            lambda env: env._("The customer asks for a referral"),
            note=plaintext2html(reason or ""),
        )

    def _get_referral_checks(
        self, body, *, loss_amount=0, is_not_pending=False, is_civil=False
    ):
        """What to know before a customer is sent to a body; it warns, nothing more.

        :param body: ``klikumkm.complaint.external.body`` record, may be empty
        :param float loss_amount: the customer's loss, in the complaint's currency
        :param bool is_not_pending: confirmed that it is pending nowhere else
        :param bool is_civil: confirmed that it is a civil matter
        :return: :class:`ReferralCheck` list, in the language of the environment
        """
        self.ensure_one()
        checks = [
            self._check_referral_type(),
            self._check_referral_answered(),
            self._check_referral_pending(is_not_pending),
            self._check_referral_civil(is_civil),
        ]
        if body:
            checks.append(self._check_referral_amount(body, loss_amount))
            checks.append(self._check_referral_body(body))
        checks += self._check_referral_papers()
        return [check for check in checks if check]

    def _check_referral_type(self):
        if self.submission_type == "complaint":
            return None
        return ReferralCheck(
            False,
            self.env._(
                "This is not classified as a complaint; courts and bodies deal with "
                "complaints."
            ),
        )

    def _check_referral_answered(self):
        promised = self._format_customer_date(self._get_promised_date())
        answered = self._format_customer_day(self.resolved_date)
        if not self.resolved_date:
            if self._is_promise_missed():
                return ReferralCheck(
                    True,
                    self.env._(
                        "Not answered in time: an answer was promised by %(date)s.",
                        date=promised,
                    ),
                )
            if promised:
                return ReferralCheck(
                    False,
                    self.env._(
                        "Not answered yet; the customer was promised an answer by "
                        "%(date)s.",
                        date=promised,
                    ),
                )
            return ReferralCheck(False, self.env._("Not answered yet."))
        decided = self._format_customer_day(self.customer_decision_date)
        if self.customer_decision == "rejected":
            return ReferralCheck(
                True,
                self.env._(
                    "Answered on %(answered)s; the customer did not accept the answer "
                    "(%(decided)s).",
                    answered=answered,
                    decided=decided or "-",
                ),
            )
        if self.customer_decision == "accepted":
            return ReferralCheck(
                False,
                self.env._(
                    "The customer accepted our answer of %(answered)s.",
                    answered=answered,
                ),
            )
        return ReferralCheck(
            False,
            self.env._(
                "Answered on %(answered)s, but it is not recorded that the customer "
                "does not accept the answer.",
                answered=answered,
            ),
        )

    def _check_referral_pending(self, is_confirmed):
        # a referral may be on its way that this user cannot see
        others = self.sudo().referral_ids.filtered(
            lambda referral: referral.state in ("sent", "accepted")
        )
        if others:
            return ReferralCheck(
                False,
                self.env._(
                    "Already referred to %(bodies)s.",
                    bodies=", ".join(others.body_id.mapped("name")),
                ),
            )
        if is_confirmed:
            return ReferralCheck(
                True, self.env._("Not pending or decided anywhere else.")
            )
        return ReferralCheck(
            False,
            self.env._(
                "Ask the customer whether the matter is before another court or body, "
                "or was decided there."
            ),
        )

    def _check_referral_civil(self, is_confirmed):
        if is_confirmed:
            return ReferralCheck(
                True, self.env._("A civil matter, not a criminal one.")
            )
        return ReferralCheck(
            False,
            self.env._(
                "Make sure that it is a civil matter; crimes are reported to the "
                "police."
            ),
        )

    def _check_referral_amount(self, body, loss_amount):
        limit = body.claim_limit or body.free_limit
        if not limit:
            return None
        limit_text = body._format_limit(limit)
        if body.currency_id != self.currency_id:
            return ReferralCheck(
                False,
                self.env._(
                    "The limit is %(limit)s, the loss is kept in %(currency)s: compare "
                    "them yourself.",
                    limit=limit_text,
                    currency=self.currency_id.name,
                ),
            )
        if not loss_amount:
            if body.claim_limit:
                return ReferralCheck(
                    False,
                    self.env._(
                        "No loss is recorded; claims up to %(limit)s are taken.",
                        limit=limit_text,
                    ),
                )
            return ReferralCheck(
                False,
                self.env._(
                    "No loss is recorded; up to %(limit)s it is free of charge.",
                    limit=limit_text,
                ),
            )
        amounts = {
            "loss": format_amount(
                self.env, loss_amount, self.currency_id, trailing_zeroes=False
            ),
            "limit": limit_text,
        }
        is_within = self.currency_id.compare_amounts(loss_amount, limit) <= 0
        if body.claim_limit and is_within:
            text = self.env._(
                "Loss %(loss)s: claims up to %(limit)s are taken.", **amounts
            )
        elif body.claim_limit:
            text = self.env._(
                "Loss %(loss)s: more than the %(limit)s up to which claims are taken; "
                "think of an ordinary suit.",
                **amounts,
            )
        elif is_within:
            text = self.env._(
                "Loss %(loss)s: free of charge up to %(limit)s.", **amounts
            )
        else:
            text = self.env._(
                "Loss %(loss)s: more than %(limit)s, so the parties pay fees.",
                **amounts,
            )
        return ReferralCheck(is_within, text)

    def _check_referral_body(self, body):
        if body.warning:
            return ReferralCheck(False, f"{body.name}: {body.warning}")
        if not body.is_settlement:
            return ReferralCheck(
                False,
                self.env._(
                    "%(body)s takes complaints but does not settle disputes.",
                    body=body.name,
                ),
            )
        return ReferralCheck(
            True, self.env._("%(body)s: details checked and valid.", body=body.name)
        )

    def _check_referral_papers(self):
        notices = self.notice_ids.filtered(lambda notice: notice.state == "told")
        has_receipt = "receipt" in notices.mapped("kind")
        answers = self.response_ids.filtered("told_date")
        is_written = any(
            notice.medium in WRITTEN_MEDIUM
            for notice in answers.notice_ids.filtered(lambda n: n.state == "told")
        )
        if is_written:
            answer = ReferralCheck(True, self.env._("A written answer is on file."))
        elif answers:
            answer = ReferralCheck(
                False,
                self.env._(
                    "Answered orally only: confirm the answer in writing, the body "
                    "asks for it."
                ),
            )
        else:
            answer = ReferralCheck(
                False,
                self.env._(
                    "No answer of ours is on file; the receipt stands in its place."
                ),
            )
        return [
            ReferralCheck(True, self.env._("A receipt is on file."))
            if has_receipt
            else ReferralCheck(
                False, self.env._("No receipt on file: the customer was given none.")
            ),
            answer,
        ]

    # === THE LETTER === #
    def _get_referral_candidates(self):
        """Files that may be enclosed: those that the customer has or has sent himself.

        :return: ``ir.attachment`` records
        """
        files = self.env["ir.attachment"]
        for ticket in self:
            handed_over = ticket.sudo().referral_ids.notice_id.attachment_ids
            files |= ticket._get_customer_files() - handed_over
        # as the user who prepares the letter
        return files.sudo(self.env.su)

    def _get_referral_message_values(self, body):
        """What the message to the customer says of the body, in his language.

        :param body: ``klikumkm.complaint.external.body`` record
        :rtype: dict
        """
        self.ensure_one()
        body = body.with_context(lang=self.lang)
        contact = [*(body.address or "").splitlines(), body.phone, body.email]
        return {
            "body": body.name or "",
            "contact": [line for line in (*contact, body.website) if line],
            "conditions": body.conditions,
            "steps": body.filing_steps,
            "documents": body.documents_to_bring,
        }

    def _get_customer_today(self):
        """Today's date where the customer lives."""
        now = fields.Datetime.now()
        tz = pytz.timezone(self._get_customer_tz())
        return pytz.utc.localize(now).astimezone(tz).date()

    def _get_referral_letter(self, body, lang):
        """The text of the letter, which the agent may change.

        :param body: ``klikumkm.complaint.external.body`` record
        :param str lang: code of the letter's language
        :rtype: Markup
        """
        self.ensure_one()
        ticket = self.with_context(lang=lang)
        return ticket.env["ir.qweb"]._render(
            "klikumkm_complaint.referral_letter_text",
            {
                "ticket": ticket,
                "body": body.with_context(lang=lang),
                "opening": ticket._get_referral_opening(body),
                "story": ticket.description,
                "remedy": ticket.requested_remedy
                and ticket.env._(
                    "Remedy sought by the customer: %(remedy)s",
                    remedy=ticket.requested_remedy,
                ),
                **ticket._get_referral_answer(),
                **ticket._get_referral_decision(),
            },
        )

    def _get_referral_opening(self, body):
        """What the letter begins with."""
        words = {
            "number": self.number,
            "date": self._format_customer_day(self.received_date),
        }
        if body.kind == "regulator":
            return self.env._(
                "The customer named above submitted a complaint to us, which we "
                "registered under number %(number)s on %(date)s. The customer wishes "
                "to bring it to your attention. With this letter we hand over what "
                "belongs to the matter.",
                **words,
            )
        return self.env._(
            "The customer named above submitted a complaint to us, which we registered "
            "under number %(number)s on %(date)s. The customer and we did not reach an "
            "agreement, and the customer wishes to bring the matter before you. With "
            "this letter we hand over what belongs to the matter.",
            **words,
        )

    def _get_referral_answer(self):
        """Our last answer as the letter tells it.

        :return: ``answered`` (one sentence) and ``answer`` (HTML)
        :rtype: dict
        """
        response = self.response_ids.filtered("told_date").sorted("id")[-1:]
        outcome = response.outcome or self.outcome
        moment = response.told_date or self.resolved_date
        if not moment:
            sentence = self.env._("We have not answered the complaint yet.")
        elif outcome:
            outcomes = dict(self._fields["outcome"]._description_selection(self.env))
            sentence = self.env._(
                "Answered on %(date)s. Result: %(outcome)s.",
                date=self._format_customer_day(moment),
                outcome=outcomes[outcome],
            )
        else:
            sentence = self.env._(
                "Answered on %(date)s.", date=self._format_customer_day(moment)
            )
        return {"answered": sentence, "answer": response.body}

    def _get_referral_decision(self):
        """What the customer says to our answer, as the letter tells it.

        :return: ``decided`` (one sentence) and ``objection`` (HTML)
        :rtype: dict
        """
        response = self.response_ids.sorted("id")[-1:]
        is_rejected = "rejected" in (self.customer_decision, response.decision)
        moment = self.customer_decision_date or response.decision_date
        if not is_rejected:
            return {
                "decided": self.env._("No objection of the customer is on record."),
                "objection": False,
            }
        return {
            "decided": self.env._(
                "The customer does not accept our answer (%(date)s).",
                date=self._format_customer_day(moment) or "-",
            ),
            "objection": plaintext2html(
                self.customer_decision_reason or response.decision_reason or ""
            ),
        }
