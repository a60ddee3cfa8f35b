# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A notice as a letter, for customers without e-mail."""

from markupsafe import Markup, escape

from odoo import fields, models
from odoo.tools import format_date

from ..tools.printing import clean_html, draw_qr


class ComplaintNotice(models.Model):
    _inherit = "klikumkm.complaint.notice"

    def action_print_letter(self):
        """The notices as letters, each in the language of its complaint."""
        self.check_access("read")
        for ticket in self.ticket_id:
            ticket._get_personal_link()  # makes it: printing may only read
        report = self.env.ref("klikumkm_complaint.action_report_notice_letter")
        return report.report_action(self, config=False)

    def _get_letter_values(self):
        """What stands on the letter, in the language of the environment."""
        self.ensure_one()
        self.check_access("read")
        notice = self.sudo()  # contacts are printed for whoever may read the notice
        ticket = notice.ticket_id
        letterhead = ticket._get_letterhead()
        now = fields.Datetime.context_timestamp(
            ticket.with_context(tz=ticket._get_customer_tz()), fields.Datetime.now()
        )
        day = format_date(self.env, now.date(), date_format="d MMMM y")
        officer = notice.told_by_id or ticket.user_id or self.env.user
        link = ticket._get_personal_link()
        return {
            "letterhead": letterhead,
            "place_and_date": ", ".join(filter(None, (letterhead["city"], day))),
            "name": ticket._get_customer_name(),
            "address": notice._get_address_lines(),
            "number": ticket.number,
            "subject": notice.subject or "",
            "body": notice._get_letter_body(),
            "files": notice.attachment_ids.mapped("name"),
            "channels": ticket._get_reach_lines(),
            "link": link,
            "qr": draw_qr(link),
            "officer": officer.name,
        }

    def _get_address_lines(self):
        partner = self.ticket_id.partner_id
        address = partner._display_address(without_company=True) or ""
        return [line.strip() for line in address.split("\n") if line.strip(" ,")]

    def _get_letter_body(self):
        """The exact text, reduced to what can be printed.

        :rtype: Markup
        """
        if self.body:
            # our own text: nothing of it is taken out but addresses to fetch from
            return clean_html(self.body, self.env._("picture"))
        lines = (self.text or "").splitlines()
        return Markup("<br/>").join(escape(line) for line in lines)
