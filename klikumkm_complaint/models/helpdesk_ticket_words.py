# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The words that message templates put together; each in the language of the context.

Templates call these by name (data/mail_template_data.xml). What a page says as well is
in helpdesk_ticket_customer.py.
"""

from odoo import models
from odoo.tools import format_amount, format_date, html2plaintext

EXCERPT_LENGTH = 300
STORY_EXCERPT_LENGTH = 600


def shorten(text, length):
    """The beginning of a text, cut at a word."""
    text = " ".join((text or "").split())
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0] + " …"


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _get_message_values(self):
        """What the wizard gave the template."""
        return self.env.context.get("complaint_values") or {}

    def _get_salutation(self):
        self.ensure_one()
        return self.partner_name or self.partner_id.name or self.env._("customer")

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
        user = self.create_uid
        if user and self._is_staff(user) and not self.is_receipt_due:
            return user.name
        return self.env._("the system")

    def _get_story_excerpt(self):
        self.ensure_one()
        return shorten(html2plaintext(self.description or ""), STORY_EXCERPT_LENGTH)

    def _get_promise_sentence(self):
        """By when we answer, as one sentence, or that we cannot say yet."""
        self.ensure_one()
        promised = self._format_customer_date(self._get_promised_date())
        if promised:
            return self.env._("We will answer by %(date)s.", date=promised)
        return self.env._("We cannot name a date yet; we will tell you soon.")

    def _get_work_start_sentence(self):
        """Hook: when work starts on what reached us while we are closed, or nothing."""
        return ""

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
        stage = self._get_message_values().get("stage_reached")
        if stage:
            return self.env._("Stage reached: %(stage)s.", stage=stage.name)
        return self._get_status_words()[0]

    def _get_answer_excerpt(self):
        answer = self._get_message_values().get("answer") or ""
        return shorten(html2plaintext(answer), EXCERPT_LENGTH)

    def _get_outcome_word(self, outcome):
        names = dict(self._fields["outcome"]._description_selection(self.env))
        return names.get(outcome, "")

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
        return format_amount(self.env, amount, self.company_id.currency_id)

    def _format_date_only(self, date):
        return format_date(self.env, date, date_format="d MMM y") if date else ""

    def _get_rights_lines(self):
        """Hook: where the customer may take his case, one line each."""
        return [
            self.env._(
                "An alternative dispute resolution body on the list of OJK: LAPS SJK, "
                "free of charge up to Rp 200 million."
            ),
            self.env._("A court."),
            self.env._("The financial services authority OJK, telephone 157."),
        ]

    def _get_mail_links(self):
        """Buttons below a message: to the customer's page, or to his verdict.

        :return: dicts with ``url``, ``label`` and ``is_primary``
        :rtype: list
        """
        self.ensure_one()
        url = self._get_personal_link()
        if self.status == "resolved" and self.customer_decision == "pending":
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

    def _get_official_channels(self):
        """The channels through which the customer can reach us.

        :return: ``helpdesk.ticket.channel`` records, in superuser mode: a public list
        """
        self.ensure_one()
        return (
            self.env["helpdesk.ticket.channel"]
            .sudo()
            .search(
                [
                    ("is_official", "=", True),
                    ("company_id", "in", [False, self.company_id.id]),
                ],
                order="sequence, id",
            )
        )
