# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the clock adds to receipts and complaint files."""

import io
import re

from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from odoo.addons.klikumkm_complaint.models.helpdesk_ticket_file import FILE_PARTS

from .common import SlaCase


@tagged("post_install", "-at_install")
class TestDocuments(SlaCase):
    def read_text(self, content):
        pages = PdfFileReader(io.BytesIO(content), strict=False).pages
        return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))

    def test_receipt_says_when_work_starts(self):
        self.add_leave("2026-03-09")
        for received, opening in (
            ("2026-03-02 10:00", ""),
            ("2026-03-02 09:00", ""),
            ("2026-03-02 08:59", "Mon 2 Mar 2026 09.00 WIB"),
            ("2026-03-02 17:00", "Tue 3 Mar 2026 09.00 WIB"),
            ("2026-03-06 20:00", "Tue 10 Mar 2026 09.00 WIB"),
        ):
            with self.subTest(received=received):
                ticket = self.make_ticket(received, lang="en_US")
                sentence = ticket.with_context(lang="en_US")._get_work_start_sentence()
                if opening:
                    self.assertIn(f"closed until {opening}", sentence)
                else:
                    self.assertEqual(sentence, "")

    def test_receipt_of_a_desk_without_hours_says_nothing_about_them(self):
        self.company.sla_calendar_id = False
        ticket = self.make_ticket("2026-03-07 10:00")
        self.assertEqual(ticket._get_work_start_sentence(), "")

    def test_papers_name_the_promised_date_and_never_the_target(self):
        ticket = self.make_ticket(priority="1", lang="en_US")
        english = ticket.with_context(lang="en_US")
        target = english._format_customer_date(ticket.sla_target_date)
        promised = english._format_customer_date(ticket.sla_deadline)
        self.assertNotEqual(target, promised)
        text = self.read_text(
            ticket._make_complaint_file(FILE_PARTS, with_internal_notes=True)
        )
        self.assertIn(promised.replace(" ", ""), text)
        self.assertNotIn(target.replace(" ", ""), text)
        # told in days as well
        self.assertIn("5workingdays", text)
        self.assertNotIn("4workingdays", text)
