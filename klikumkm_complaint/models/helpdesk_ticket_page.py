# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The customer's page: what it shows, and what he can do there.

The controllers check whose complaint it is; what follows is done here, as superuser.
"""

import urllib.parse

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext, is_html_empty, plaintext2html

from .helpdesk_ticket_stage import OPEN_STATUS

# Messages that somebody wrote; robots' words to the customer are notices.
CONVERSATION = ("comment", "email", "email_outgoing", "auto_comment")


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # === WHERE === #
    def _get_page_path(self, access_token="", anchor="", **parameters):
        """The address of the customer's page on this site.

        :param str access_token: of the personal link, for who has no login
        """
        self.ensure_one()
        if access_token:
            parameters["access_token"] = access_token
        query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        return f"/my/ticket/{self.id}{query}{anchor and f'#{anchor}'}"

    def _get_receipt_path(self, access_token=""):
        """The address of the receipt as PDF."""
        self.ensure_one()
        query = f"?access_token={access_token}" if access_token else ""
        return f"/my/ticket/{self.id}/receipt{query}"

    # === WHAT WAS TOLD === #
    def _get_told_notices(self):
        """What the customer was told, latest first; never what still waits."""
        self.ensure_one()
        return (
            self.sudo()  # of a complaint whose customer looks, checked by the page
            .notice_ids.filtered(lambda notice: notice.state == "told")
            .sorted(lambda notice: notice.told_date or notice.create_date, reverse=True)
        )

    def _get_shown_responses(self):
        """Answers that reached the customer or are on their way, latest first."""
        self.ensure_one()
        return (
            self.sudo()  # of a complaint whose customer looks, checked by the page
            .response_ids.filtered(
                lambda response: (
                    response.told_date
                    or any(notice.is_applied for notice in response.notice_ids)
                )
            )
            .sorted("id", reverse=True)
        )

    def _get_open_request(self):
        """What we asked the customer and still wait for.

        :return: ``klikumkm.complaint.notice`` record; empty where he was asked in a
            message, or has answered since
        """
        self.ensure_one()
        request = self.sudo().notice_ids.filtered(
            lambda notice: (
                notice.kind == "document_request"
                and (notice.state == "told" or notice.is_applied)
            )
        )
        request = request.sorted("id")[-1:]
        answered = self.last_customer_message_date
        if self.status != "waiting_customer" or (
            request
            and answered
            and (request.told_date or request.create_date) < answered
        ):
            return request.browse()
        return request

    # === CONVERSATION === #
    def _get_customer_messages(self):
        """The conversation as the customer may read it, oldest first.

        Never notes or internal messages. What was told as a notice has a place of its
        own on the page, and so has the submission itself.
        """
        self.ensure_one()
        notices = self.sudo().with_context(active_test=False).notice_ids
        shown_elsewhere = notices.mail_message_id | notices.log_message_id
        messages = (
            self.env["mail.message"]
            .sudo()  # the domain says what a customer may read
            .search(
                Domain("model", "=", self._name)
                & Domain("res_id", "=", self.id)
                & Domain("message_type", "in", CONVERSATION)
                & Domain("is_internal", "=", False)
                & Domain("subtype_id", "!=", False)
                & Domain("subtype_id.internal", "=", False)
                & Domain("id", "not in", shown_elsewhere.ids),
                order="id",
            )
        )
        # a notice sent again is a message again
        letters = set(notices.filtered("mail_message_id").mapped("subject"))
        messages = messages.filtered(
            lambda message: (
                (not is_html_empty(message.body) or message.attachment_ids)
                and (
                    message.subject not in letters
                    or self._is_customers_message(message)
                )
            )
        )
        if self._is_submission(messages[:1]):
            messages = messages[1:]
        return messages

    def _is_submission(self, message):
        """Whether a message is the mail from which the complaint was made."""
        if message.message_type != "email":
            return False
        if message.create_date > self.create_date:
            return False
        said, story = (
            " ".join(html2plaintext(text or "").split())[:500]
            for text in (message.body, self.description)
        )
        return said == story

    def _is_customers_message(self, message):
        """Whether the customer wrote it, or somebody for him."""
        self.ensure_one()
        author = message.author_id
        if not author or author == self.partner_id:
            return True
        return bool(
            author.commercial_partner_id
            and author.commercial_partner_id == self.commercial_partner_id
            and author.partner_share
        )

    def _get_message_author_name(self, message):
        """Who wrote a message, as the customer knows him."""
        self.ensure_one()
        author = message.author_id
        company = self.company_id.name
        if self._is_customers_message(message):
            return author.name or self.partner_name or self.partner_id.name
        users = author.with_context(active_test=False).user_ids
        if author == self.company_id.partner_id or author == self.env.ref(
            "base.partner_root"
        ):
            return self.env._("CS team %(company)s", company=company)
        if users and not all(users.mapped("share")):
            return self.env._(
                "%(name)s, CS team %(company)s", name=author.name, company=company
            )
        return author.name or ""

    def _post_customer_message(self, partner, text, files):
        """Record what the customer wrote on his page.

        :param partner: ``res.partner`` record in whose name
        :param str text: plain text, may be empty
        :param files: ``ir.attachment`` records of this complaint
        :return: ``mail.message`` record
        """
        self.ensure_one()
        return self.message_post(
            body=plaintext2html(text) if text else "",
            author_id=partner.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=files.ids,
        )

    # === VERDICT === #
    def _is_decision_open(self):
        """Whether the customer is asked for his verdict now."""
        self.ensure_one()
        return self.status == "resolved" and self.customer_decision == "pending"

    def _get_outcome_sentence(self, response):
        """What we decided, in words that need no glossary."""
        return {
            "granted": self.env._("You are right; we do what you asked for."),
            "partly_granted": self.env._("You are right in part."),
            "explained": self.env._(
                "We explain how it came about; there is nothing to put right."
            ),
            "rejected": self.env._("We do not do what you asked for."),
            "noted": self.env._("We noted it and passed it on."),
            "withdrawn": self.env._("You took it back."),
            "out_of_scope": self.env._("We have no power to decide on this."),
            "lapsed": self.env._("Without the data we asked for we cannot go on."),
        }.get(response.outcome, "")

    def _get_verdict_sentence(self, response):
        """What the customer said to an answer, or nothing."""
        day = self._format_customer_date(response.decision_date)
        return {
            "accepted": self.env._("You accepted this answer on %(date)s.", date=day),
            "rejected": response.decision_date
            and self.env._("You did not accept this answer (%(date)s).", date=day),
            "silent": self.env._("We did not hear from you whether you accept it."),
        }.get(response.decision, "")

    def _get_decided_sentence(self):
        """Why no verdict is awaited, for who comes with the link of an old message."""
        self.ensure_one()
        day = self._format_customer_date(self.customer_decision_date)
        if self.customer_decision == "accepted":
            return self.env._("You told us on %(date)s that you accept it.", date=day)
        if self.customer_decision == "rejected":
            return self.env._(
                "You told us on %(date)s that you do not accept it.", date=day
            )
        if self.status in OPEN_STATUS:
            return self.env._("We are working on your complaint again.")
        if self.status == "closed":
            return self.env._(
                "The complaint is closed. If you do not agree, write to us below."
            )
        return self.env._("You can write to us below.")

    def _keep_late_decision(self, decision, reason, partner, files):
        """Keep a verdict that nobody waits for (any more) as the customer's message.

        :param str decision: ``accepted`` or ``rejected``
        :param str reason: in the customer's words, may be empty
        :return: whether there was anything to keep; pressing twice is nothing
        :rtype: bool
        """
        self.ensure_one()
        is_repeated = self.customer_decision == decision and (
            not reason or reason == self.customer_decision_reason
        )
        if is_repeated and not files:
            return False
        words = {
            "accepted": self.env._("I accept your answer."),
            "rejected": self.env._("I do not accept your answer."),
        }[decision]
        self._post_customer_message(
            partner, f"{words}\n\n{reason}" if reason else words, files
        )
        if decision == "rejected":
            self._ask_person(
                "klikumkm_complaint.activity_type_decision",
                lambda env: env._(
                    "The customer objects after the decision: read his message"
                ),
            )
        return True

    # === WITHDRAWAL === #
    def _close_by_customer(self, stage):
        """The customer withdraws what runs, or closes what is answered.

        :param stage: one of :meth:`_get_portal_close_stages`
        """
        self.ensure_one()
        if stage.status != "cancelled":
            withdrawn = self.status in OPEN_STATUS and {"outcome": "withdrawn"}
            self.write({"stage_id": stage.id, **(withdrawn or {})})
            return
        reason = self.env.ref(
            "klikumkm_complaint.cancel_reason_withdrawn", raise_if_not_found=False
        )
        self.write(
            {
                "stage_id": stage.id,
                "outcome": "withdrawn",
                "cancel_reason_id": reason and reason.id,
            }
        )
        self._confirm_withdrawal()

    # === REFERRAL === #
    def _can_ask_for_referral(self):
        """Whether help with a court or a dispute body can be asked for."""
        self.ensure_one()
        return self.submission_type == "complaint" and self.status not in (
            "referred",
            "cancelled",
        )

    def _get_referral_request_sentence(self):
        """That the customer asked for a referral already, or nothing."""
        self.ensure_one()
        if not self.referral_requested_date:
            return ""
        return self.env._(
            "You asked us for it on %(date)s. We prepare it and write to you.",
            date=self._format_customer_date(self.referral_requested_date),
        )

    # === RECEIPT === #
    def _tell_receipt_on_page(self):
        """The page after the form is the receipt of who has no e-mail address."""
        self.ensure_one()
        self.is_receipt_due = False
        self._tell(
            "receipt",
            "klikumkm_complaint.mail_template_receipt",
            told={"medium": "portal", "date": fields.Datetime.now()},
            is_automatic=True,
        )

    # === RATING === #
    def _get_rating_links(self):
        """Three smileys below the answer to what was no complaint.

        :return: dicts with ``url``, ``label`` and ``icon``; empty where none is asked
        :rtype: list
        """
        self.ensure_one()
        if (
            self.submission_type == "complaint"
            or self.status not in ("resolved", "closed")
            or self._is_rated()
        ):
            return []
        token = self._rating_get_access_token()
        return [
            {"url": f"/rate/{token}/{value}", "label": label, "icon": icon}
            for value, label, icon in (
                (5, self.env._("Good"), "😀"),
                (3, self.env._("Neither good nor bad"), "😐"),
                (1, self.env._("Bad"), "🙁"),
            )
        ]

    def _is_rated(self):
        """Whether the customer has said how he found our work."""
        self.ensure_one()
        return bool(self.sudo().rating_ids.filtered("consumed"))
