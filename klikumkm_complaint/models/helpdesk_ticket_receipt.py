# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Receipts and letters on paper, in the customer's language."""

import base64
import re

from odoo import models
from odoo.tools import html2plaintext

from ..tools.printing import (
    clean_html,
    draw_qr,
    hide_secrets,
    picture_to_data_address,
    shorten,
)

# Length of the story on a receipt: as it should be, and where the page is full.
STORY_LENGTHS = (600, 350, 150)
MASK = "••••"


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # === ACTIONS === #
    def action_print_receipt(self):
        """The receipts of these complaints as one PDF, each in its own language."""
        self.check_access("read")
        for ticket in self:
            ticket._get_personal_link()  # makes it: printing may only read
        report = self.env.ref("klikumkm_complaint.action_report_receipt")
        return report.report_action(self, config=False)

    # === FOR ALL DOCUMENTS === #
    def _get_document_lang(self):
        """The language of what is made for this customer."""
        self.ensure_one()
        return self.lang or self.company_id.complaint_lang or self.env.lang

    def _get_letterhead(self):
        """Who writes: dict with ``logo``, ``name`` and ``lines`` (address, contact)."""
        self.ensure_one()
        company = (self.company_id or self.env.company).sudo()
        partner = company.partner_id
        town = " ".join(part for part in (partner.city, partner.zip) if part)
        address = (partner.street, partner.street2, town, partner.state_id.name)
        contact = (company.phone, company.email, company.website)
        lines = (
            ", ".join(part for part in address if part),
            " · ".join(part for part in contact if part),
        )
        logo = ""
        if not company.uses_default_logo:  # Odoo's says "Your logo"
            picture = partner.with_context(bin_size=False).image_512
            logo = picture_to_data_address(base64.b64decode(picture or b""))
        return {
            "logo": logo,
            "name": company.name,
            "city": partner.city,
            "lines": [line for line in lines if line],
        }

    def _get_reach_lines(self):
        """How customers reach us: a dict for each official channel."""
        return [
            {
                "where": ": ".join(filter(None, (channel.name, channel.contact))),
                "when": f"({channel.hours})" if channel.hours else "",
            }
            for channel in self._get_official_channels()
        ]

    def _get_customer_name(self):
        """The customer's name, or a polite address where we know none."""
        self.ensure_one()
        ticket = self.sudo()  # contacts are shown to whoever may read the complaint
        name = ticket.partner_name or ticket.partner_id.name or ""
        return name.strip() or self.env._("Sir or Madam")

    def _get_masked_phone(self):
        """The phone so that its owner knows it and nobody can dial it: 0812••••7890."""
        self.ensure_one()
        phone = self.partner_phone or self.sudo().partner_id.phone or ""
        country = self.company_id.complaint_country_id
        digits = re.sub(r"\D", "", phone)
        world = phone and country and self._phone_format_number(phone, country)
        home = f"+{country.phone_code}"
        if world and world.startswith(home):
            digits = "0" + re.sub(r"\D", "", world.removeprefix(home))
        if len(digits) >= 10:
            return f"{digits[:4]}{MASK}{digits[-4:]}"
        return f"{MASK}{digits[-2:]}" if digits else ""

    def _get_channel_label(self):
        """The channel with the way of speaking that the law tells apart."""
        self.ensure_one()
        channel = self.sudo().channel_id  # a name, printed for customers
        if not channel:
            return ""
        modes = dict(
            channel._fields["communication_mode"]._description_selection(self.env)
        )
        return f"{channel.name} ({modes[channel.communication_mode].lower()})"

    def _get_category_label(self):
        self.ensure_one()
        category = self.sudo().category_id
        # not `display_name`, which is remembered in one language
        return category.with_context(lang=self.env.lang).complete_name or ""

    def _get_selection_label(self, name):
        """The label of a selection's value, in the language of the environment."""
        self.ensure_one()
        labels = dict(self._fields[name]._description_selection(self.env))
        return labels.get(self[name], "")

    def _get_secrets(self):
        """What must not appear in a document that others read."""
        self.ensure_one()
        return [self.sudo().access_token]

    def _clean_for_print(self, html):
        """HTML of unknown origin as it may be printed.

        :rtype: Markup
        """
        return clean_html(html, self.env._("picture"), self._get_secrets())

    # === RECEIPT === #
    def _get_receipt_values(self):
        """What stands on the receipt (user-experience.md 9)."""
        self.ensure_one()
        self.check_access("read")
        ticket = self.sudo()
        density = self.env.context.get("complaint_density", 0)
        story, is_cut = shorten(
            hide_secrets(html2plaintext(ticket.description or ""), self._get_secrets()),
            STORY_LENGTHS[density],
        )
        promised = ticket._format_customer_date(ticket._get_promised_date())
        link = not self.env.context.get("complaint_without_link")
        return {
            "letterhead": ticket._get_letterhead(),
            "number": ticket.number,
            "qr": draw_qr(ticket._get_personal_link()) if link else "",
            "rows": [row for row in ticket._get_receipt_rows() if row[1]],
            "story": story,
            "is_cut": is_cut,
            "file_count": len(ticket._get_customer_files()),
            "standard": ticket._get_selection_label("assistance_type"),
            "promised": promised,
            "reason": ticket._get_promise_reason() if promised else "",
            "work_start": ticket._get_work_start_sentence(),
            "emergency": ticket._get_emergency_text(),
            "officer": ticket.user_id.name or "",
            "channels": ticket._get_reach_lines(),
            "is_dense": density > 1,
        }

    def _get_receipt_rows(self):
        """Pairs of (label, value), in the order of the receipt."""
        return [
            (self.env._("Received"), self._format_customer_date(self.received_date)),
            (self.env._("Channel"), self._get_channel_label()),
            (self.env._("Name"), shorten(self._get_customer_name(), 90)[0]),
            (self.env._("Phone"), self._get_masked_phone()),
            (self.env._("Type"), self._get_selection_label("submission_type")),
            (self.env._("Category"), shorten(self._get_category_label(), 110)[0]),
            (self.env._("Subject"), shorten(self.name, 150)[0]),
        ]
