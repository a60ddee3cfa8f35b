# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The words that message templates put together; each in the language of the context.

Templates call these by name (data/mail_template_data.xml). What a page says as well is
in helpdesk_ticket_customer.py.
"""

import re

from markupsafe import Markup

from odoo import fields, models
from odoo.tools import format_amount, format_date, html2plaintext

EXCERPT_LENGTH = 300
STORY_EXCERPT_LENGTH = 600
# How Indonesians and others begin a name that needs no further form of address.
TITLES = {
    *("bapak", "bpk", "pak", "ibu", "bu", "bunda", "sdr", "sdri", "saudara"),
    *("saudari", "kak", "mas", "mbak", "mr", "mrs", "ms", "haji", "hajah", "tuan"),
    *("nyonya", "ny", "tn", "pt", "cv", "ud", "pd", "yayasan", "koperasi", "toko"),
}


def shorten(text, length):
    """The beginning of a text, cut at a word."""
    text = " ".join((text or "").split())
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0] + " …"


def within_sentence(text):
    """A heading or sentence, as it reads after the beginning of another.

    :param str text: begins small unless with an abbreviation (SLIK), without a stop
    """
    text = (text or "").strip().rstrip(". ")
    if text[1:2].islower():
        text = text[0].lower() + text[1:]
    return text


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _get_message_values(self):
        """What the wizard gave the template, for this one of several complaints."""
        context = self.env.context
        each = context.get("complaint_values_of") or {}
        values = context.get("complaint_values") or {}
        return {**values, **each.get(self.id, {})}

    def _get_new_date_reason(self):
        """Hook: why the date of our answer is another one; a sentence, or nothing."""
        self.ensure_one()
        reason = self._get_message_values().get("reason") or ""
        return reason.get(self.env.lang, "") if isinstance(reason, dict) else reason

    def _get_known_name(self):
        """The customer's name, or nothing where all we have is an address or number."""
        self.ensure_one()
        ticket = self.sudo()  # whoever tells the customer may name him
        nameless = {
            self.with_context(lang=code).env._("Customer without a name")
            for code, _name in self.env["res.lang"].get_installed()
        }
        for name in (ticket.partner_name, ticket.partner_id.name):
            name = " ".join((name or "").split())
            if name and name not in nameless and "@" not in name:
                if any(letter.isalpha() for letter in name):
                    return name
        return ""

    def _get_salutation(self):
        return self._get_known_name() or self.env._("customer")

    def _get_greeting(self):
        """The first line of a message."""
        name = self._get_known_name()
        if not name:
            return self.env._("Dear customer,")
        first = name.split()[0].rstrip(".").lower()
        if first in TITLES or self.sudo().partner_id.is_company:
            return self.env._("Dear %(title_and_name)s,", title_and_name=name)
        return self.env._("Dear %(name)s,", name=name)

    def _get_type_word(self):
        """What the customer sent us, within a sentence."""
        self.ensure_one()
        return {
            "question": self.env._("question"),
            "information": self.env._("information"),
            "suggestion": self.env._("suggestion"),
            "criticism": self.env._("criticism"),
            "complaint": self.env._("complaint"),
        }[self.submission_type]

    def _get_recorder_name(self):
        """Who recorded it: an officer's name, or the system."""
        self.ensure_one()
        user = self.sudo().create_uid
        if (
            user
            and self._is_staff(user)
            # the gateway records a colleague's mail in his own name
            and user.partner_id != self.sudo().partner_id
        ):
            return user.name
        return self.env._("the system")

    def _get_story_excerpt(self):
        self.ensure_one()
        return shorten(html2plaintext(self.description or ""), STORY_EXCERPT_LENGTH)

    def _get_promise_sentence(self):
        """By when we answer, as one sentence, or that we cannot say yet."""
        self.ensure_one()
        other = self._get_message_values().get("new_date")
        promised = self._format_customer_date(other or self._get_promised_date())
        if not promised:
            return self.env._("We cannot name a date yet; we will tell you soon.")
        # a message may name a date that is over: reopened after it was answered late
        missed = other < fields.Datetime.now() if other else self._is_promise_missed()
        if missed:
            return self._get_missed_sentence(promised)
        return self.env._("We will answer by %(date)s.", date=promised)

    def _get_work_start_sentence(self):
        """Hook: when work starts on what reached us while we are closed, or nothing."""
        return ""

    def _get_emergency_text(self):
        """What the customer of an emergency is to do at once, or nothing."""
        self.ensure_one()
        if self.priority != "3":
            return ""
        company = self.company_id.with_context(lang=self.env.lang)
        return company.sudo().complaint_emergency_text or ""

    def _get_time_left_sentence(self):
        """Hook: how long we have once the customer answered, or nothing."""
        return ""

    def _get_request_list(self):
        """What the customer is asked for, in one line."""
        values = self._get_message_values()
        parts = [document.name for document in values.get("documents") or ()]
        if values.get("question"):
            parts.append(shorten(values["question"], EXCERPT_LENGTH))
        return "; ".join(parts)

    def _get_progress_sentence(self):
        """The stage reached, else the status; the date has a sentence of its own."""
        stage = self._get_message_values().get("stage_reached")
        if stage:
            return self.env._("Stage reached: %(stage)s.", stage=stage.name)
        if self._get_unchanged_date_sentence():
            return self._get_status_words()[0]
        return self._get_status_sentence()

    def _get_unchanged_date_sentence(self):
        """That the date stands, where one is promised and still lies ahead."""
        self.ensure_one()
        promised = self._get_promised_date()
        if not promised or not self._is_our_turn() or self._is_promise_missed():
            return ""
        return self.env._(
            "The date has not changed: %(date)s.",
            date=self._format_customer_date(promised),
        )

    def _get_extension_sentence(self):
        """How much more time we need, and why."""
        values = self._get_message_values()
        days, reason = values.get("days"), values.get("reason")
        # own words, which may begin with a name, where the list has none that fit
        words = (values.get("reason_words") or "").strip().rstrip(". ")
        reason = words or within_sentence(getattr(reason, "name", reason))
        if days and reason:
            return self.env._(
                "We need %(days)s more working days. The reason: %(reason)s.",
                days=days,
                reason=reason,
            )
        if days:
            return self.env._("We need %(days)s more working days.", days=days)
        return f"{reason[0].upper()}{reason[1:]}." if reason else ""

    def _get_last_request_html(self):
        """What we asked the customer for, as his request listed it; or nothing."""
        self.ensure_one()
        notices = self.sudo().notice_ids  # told to the customer himself
        request = notices.filtered(lambda n: n.kind == "document_request")[:1]
        lists = re.findall(r"<ul\b.*?</ul>", str(request.body or ""), re.DOTALL)
        return Markup(lists[0]) if lists else ""

    def _get_reopen_until_after_silence(self):
        """Until when the complaint can be reopened if the customer stays silent."""
        self.ensure_one()
        if not self.decision_by_date:
            return False
        return self._add_working_days(
            self.decision_by_date, self.company_id.complaint_reopen_days
        )

    def _get_answer_excerpt(self):
        answer = self._get_message_values().get("answer") or ""
        return shorten(html2plaintext(answer), EXCERPT_LENGTH)

    def _get_outcome_word(self, outcome):
        names = dict(self._fields["outcome"]._description_selection(self.env))
        return names.get(outcome, "")

    def _get_offer_sentence(self):
        """What is offered, until when, and when it is carried out; or nothing."""
        values = self._get_message_values()
        if values.get("kind") != "offer":
            return ""
        parts = [self.env._("We offer you a settlement.")]
        if values.get("amount"):
            amount = self._format_amount(values["amount"])
            parts = [self.env._("We offer you %(amount)s.", amount=amount)]
        if values.get("decide_by"):
            date = self._format_customer_date(values["decide_by"])
            parts.append(self.env._("The offer stands until %(date)s.", date=date))
        if values.get("fulfil_by"):
            date = self._format_date_only(values["fulfil_by"])
            parts.append(
                self.env._("Once you accept, we carry it out by %(date)s.", date=date)
            )
        return " ".join(parts)

    def _get_decision_sentence(self):
        decide_by = self._get_message_values().get("decide_by")
        if not decide_by:
            return ""
        return self.env._(
            "Please tell us by %(date)s whether you accept it.",
            date=self._format_customer_date(decide_by),
        )

    def _get_closing_reason(self):
        """Why it was closed, within a sentence."""
        self.ensure_one()
        return {
            "accepted": self.env._("you accepted our answer"),
            "silent": self.env._("we did not hear from you"),
            "rejected": self.env._("we gave you our final answer"),
        }.get(self.customer_decision, self.env._("it is resolved"))

    def _format_amount(self, amount):
        self.ensure_one()
        currency = self.company_id.currency_id
        return format_amount(self.env, amount, currency, trailing_zeroes=False)

    def _format_date_only(self, date):
        return format_date(self.env, date, date_format="d MMM y") if date else ""

    def _get_rights_lines(self):
        """Where the customer may take his case, one line each.

        With the dispute body's own contact once somebody checked it.
        """
        self.ensure_one()
        body = self._get_dispute_body()
        contact = ", ".join(filter(None, (body.website, body.phone, body.email)))
        if contact and body.free_limit:
            dispute = self.env._(
                "An alternative dispute resolution body on the list of OJK: %(body)s "
                "(%(contact)s), free of charge up to %(limit)s.",
                body=body.name,
                contact=contact,
                limit=self._format_amount(body.free_limit),
            )
        else:
            dispute = self.env._(
                "An alternative dispute resolution body on the list of OJK: LAPS SJK, "
                "free of charge up to Rp 200 million."
            )
        return [
            dispute,
            self.env._("A court."),
            self.env._("The financial services authority OJK, telephone 157."),
        ]

    def _get_dispute_body(self):
        """The dispute body that customers are told of: valid today, and checked.

        :return: ``klikumkm.complaint.external.body`` record, in superuser mode: what
            customers read of it is public
        """
        today = fields.Date.context_today(self)
        return (
            self.env["klikumkm.complaint.external.body"]
            .sudo()
            .search(
                [
                    ("kind", "=", "adr"),
                    ("checked_date", "!=", False),
                    ("company_id", "in", [False, self.company_id.id]),
                    "|",
                    ("valid_from", "=", False),
                    ("valid_from", "<=", today),
                    "|",
                    ("valid_to", "=", False),
                    ("valid_to", ">=", today),
                ],
                limit=1,
            )
        )

    def _get_mail_links(self):
        """Buttons below a message: to the customer's page, or to his verdict.

        :return: dicts with ``url``, ``label`` and ``is_primary``
        :rtype: list
        """
        self.ensure_one()
        url = self._get_personal_link()
        if self._is_verdict_asked():
            return [
                {
                    "url": f"{url}&decision=accepted#decision",
                    "label": self.env._("I accept"),
                    "is_primary": True,
                },
                {
                    "url": f"{url}&decision=rejected#decision",
                    "label": self.env._("I do not accept"),
                    "is_primary": False,
                },
            ]
        return [
            {
                "url": url,
                "label": self.env._("Open my page"),
                "is_primary": True,
            }
        ]

    def _get_notice_being_told(self):
        """The notice whose mail is being made, if any.

        :return: ``klikumkm.complaint.notice`` record, in superuser mode
        """
        self.ensure_one()
        notices = self.env["klikumkm.complaint.notice"].sudo()  # of this complaint
        notice = notices.browse(self.env.context.get("complaint_notice")).exists()
        return notice.filtered(lambda n: n.ticket_id == self)

    def _is_verdict_asked(self):
        """Whether the message being made asks the customer for his verdict."""
        self.ensure_one()
        if self.status == "resolved":
            return self.customer_decision == "pending"
        # once the answer is on its way, the complaint is resolved
        notice = self._get_notice_being_told()
        return (
            notice.kind == "answer"
            and notice.next_status == "resolved"
            and self._asks_decision(notice.response_id.outcome)
            and not self.env.context.get("complaint_is_accepted")
        )

    def _is_rating_asked(self):
        """Whether the message being made asks how satisfied the customer is."""
        self.ensure_one()
        notice = self._get_notice_being_told()
        return notice.kind == "answer" and self.submission_type != "complaint"

    def _get_official_channels(self):
        """The channels through which the customer can reach us.

        :return: ``helpdesk.ticket.channel`` records, in superuser mode: a public list
        """
        self.ensure_one()
        return self.env["helpdesk.ticket.channel"]._get_official(self.company_id)
