# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Why this date: for the customer in a sentence, for the desk day by day."""

import re
from datetime import timedelta
from random import Random

from odoo.tests import tagged

from ..working_days import Gap
from .common import SlaCase, local, wall


@tagged("post_install", "-at_install")
class TestWhy(SlaCase):
    def make(self, lang="en_US", **vals):
        return self.make_ticket(lang=lang, partner_name="Siti", **vals).with_context(
            lang=lang
        )

    def days_of(self, ticket, due=None):
        """What each date was to the count: {"2026-03-03": "counted", …}."""
        explanation = self.clock_of(ticket)._explain(due)
        return {str(row.day): row.kind for row in explanation.dates}

    def test_weekend_and_named_holiday_are_not_counted(self):
        self.add_leave("2026-03-05", name="Hari Raya Nyepi")
        ticket = self.make()
        self.assertEqual(
            ticket._get_promise_reason(),
            "5 working days, counted from the day after receipt (2 Mar 2026), not "
            "counting 2 days on which we are closed and 5 Mar 2026 Hari Raya Nyepi.",
        )

    def test_sentence_in_indonesian(self):
        self.add_leave("2026-03-05", name="Hari Raya Nyepi")
        ticket = self.make(lang="id_ID")
        self.assertEqual(
            ticket._get_promise_reason(),
            "5 hari kerja, dihitung sejak hari setelah penerimaan (2 Mar 2026), tidak "
            "termasuk 2 hari tutup dan 5 Mar 2026 Hari Raya Nyepi.",
        )

    def test_days_off_of_one_name_are_one_stretch(self):
        for day in ("2026-03-04", "2026-03-05", "2026-03-06"):
            self.add_leave(day, name="Idulfitri")
        ticket = self.make()
        self.assertIn("4 Mar 2026 – 6 Mar 2026 Idulfitri", ticket._get_promise_reason())

    def test_working_days_between_days_off_of_one_name_are_counted(self):
        for day in ("2026-03-04", "2026-03-06"):
            self.add_leave(day, name="Stocktaking")
        reason = self.make()._get_promise_reason()
        self.assertIn("4 Mar 2026 Stocktaking", reason)
        self.assertIn("6 Mar 2026 Stocktaking", reason)
        self.assertNotIn("4 Mar 2026 –", reason)

    def test_weekend_within_days_off_of_one_name_does_not_part_them(self):
        for day in ("2026-03-05", "2026-03-06", "2026-03-09"):
            self.add_leave(day, name="Idulfitri")
        self.assertIn(
            "5 Mar 2026 – 9 Mar 2026 Idulfitri", self.make()._get_promise_reason()
        )

    def test_whole_day_left_after_a_pause_adds_up(self):
        ticket = self.make()
        self.move(ticket, "waiting_customer", "2026-03-09 10:00")
        self.move(ticket, "in_progress", "2026-03-10 10:00")
        self.assertDeadline(ticket, "2026-03-11 17:00")
        explanation = self.clock_of(ticket)._explain()
        self.assertEqual(len(explanation.of_kind("counted")), 5)
        self.assertEqual(self.days_of(ticket)["2026-03-10"], "returned")
        self.assertIn("10 Mar 2026", ticket._get_promise_reason())
        self.assertIn("10 Mar 2026", ticket.sla_why)

    def test_several_pauses_at_the_end_add_up(self):
        ticket = self.make()
        self.move(ticket, "waiting_customer", "2026-03-09 10:00")
        self.move(ticket, "in_progress", "2026-03-10 10:00")
        ticket._tell("progress", body="x", told={"medium": "phone"})
        self.move(ticket, "waiting_customer", "2026-03-11 10:00")
        self.move(ticket, "in_progress", "2026-03-12 10:00")
        self.assertDeadline(ticket, "2026-03-13 17:00")
        explanation = self.clock_of(ticket)._explain()
        self.assertEqual(len(explanation.of_kind("counted")), 5)
        self.assertEqual(len(explanation.of_kind("returned")), 2)
        self.clock_of(ticket)._extend(4, "More papers")
        explanation = self.clock_of(ticket)._explain()
        self.assertTrue(explanation.adds_up)

    def test_adds_up_whatever_stood_still_and_when(self):
        random = Random(4)
        start = wall("2026-03-02 10:00")
        clock = self.Clock.new({"start_date": start})
        table = self.calendar._get_working_days(start, wall("2027-03-02 10:00"))
        for _number in range(300):
            days = random.randint(1, 8)
            moments = sorted(
                start + timedelta(minutes=random.randrange(30 * 24 * 60))
                for _moment in range(2 * random.randint(0, 4))
            )
            gaps = list(map(Gap, moments[::2], moments[1::2]))
            due = table.count_deadline(start, days, gaps)
            # what began after the deadline had passed is no part of its count
            gaps = [(gap, "pause") for gap in gaps if gap.start <= due]
            kinds = clock._get_kinds_of_days(table, due, {}, gaps, days)
            self.assertEqual(list(kinds.values()).count("counted"), days, gaps)

    def test_told_date_before_a_new_holiday_is_not_explained_with_it(self):
        ticket = self.make()
        ticket._tell(
            "receipt",
            "klikumkm_complaint.mail_template_receipt",
            told={"medium": "phone"},
        )
        self.add_leave("2026-03-05", name="Hari Raya Nyepi")
        self.assertEqual(local(ticket._get_promised_date()), "2026-03-09 17:00:00")
        self.assertNotIn("Nyepi", ticket._get_promise_reason())
        self.assertIn("5 working days", ticket._get_promise_reason())
        notice = ticket.notice_ids.filtered(lambda n: n.kind == "new_date")
        self.assertIn("Nyepi", notice.body)

    def test_pause_is_told_to_the_customer(self):
        ticket = self.make()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.move(ticket, "in_progress", "2026-03-05 10:00")
        self.assertIn(
            "2 working days in which we waited for you", ticket._get_promise_reason()
        )
        days = self.days_of(ticket)
        self.assertEqual(
            [day for day, kind in days.items() if kind == "waited"],
            ["2026-03-03", "2026-03-04"],
        )

    def test_time_after_the_answer_is_not_waiting_for_the_customer(self):
        ticket = self.make()
        self.move(ticket, "resolved", "2026-03-03 10:00")
        self.move(ticket, "in_progress", "2026-03-05 10:00")
        reason = ticket._get_promise_reason()
        self.assertNotIn("waited", reason)
        self.assertIn("had been answered", reason)

    def test_extension_is_named(self):
        ticket = self.make()
        self.clock_of(ticket)._extend(2, "More papers")
        self.assertIn("and 2 working days of extension", ticket._get_promise_reason())

    def test_counted_days_add_up_to_the_promise(self):
        ticket = self.make()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.move(ticket, "in_progress", "2026-03-05 10:00")
        self.clock_of(ticket)._extend(3, "More papers")
        explanation = self.clock_of(ticket)._explain()
        numbers = [row.number for row in explanation.of_kind("counted")]
        self.assertEqual(numbers, list(range(1, 5 + 3 + 1)))

    def test_sentence_explains_the_date_the_customer_has(self):
        ticket = self.make()
        ticket._tell(
            "receipt",
            "klikumkm_complaint.mail_template_receipt",
            told={"medium": "phone"},
        )
        self.travel("2026-03-03 10:00")
        ticket.assistance_type = "coordination"
        self.assertEqual(local(ticket._get_promised_date()), "2026-03-09 17:00:00")
        self.assertTrue(ticket._get_promise_reason().startswith("5 working days"))
        notice = ticket.notice_ids.filtered(lambda n: n.kind == "new_date")
        self.assertIn("20 working days", notice.body)
        self.assertIn("20 working days", notice.text)
        self.assertEqual(self.clock_of(ticket)._explain().days, 20)

    def test_same_sentence_on_page_mail_whatsapp_and_receipt(self):
        self.add_leave("2026-03-05", name="Hari Raya Nyepi")
        for lang in ("en_US", "id_ID"):
            ticket = self.make(lang=lang)
            reason = ticket._get_promise_reason()
            self.assertIn("Nyepi", reason)
            notice = ticket._tell(
                "receipt",
                "klikumkm_complaint.mail_template_receipt",
                told={"medium": "whatsapp"},
            )
            self.assertIn(reason, notice.body)
            self.assertIn(reason, notice._get_share_text())
            self.assertEqual(ticket._get_receipt_values()["reason"], reason)

    def test_desk_reads_each_day_and_each_event(self):
        self.add_leave("2026-03-05", name="Hari Raya Nyepi")
        ticket = self.make()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.move(ticket, "in_progress", "2026-03-06 10:00")
        self.travel("2026-03-09 10:00")
        ticket.assistance_type = "coordination"
        self.clock_of(ticket)._extend(2, "The bank has not answered")
        why = re.sub("<[^>]+>", "|", str(ticket.sla_why))
        for words in (
            "2 Mar 2026|",
            "day of receipt, not counted",
            "waited for the customer, not counted",
            "Hari Raya Nyepi",
            "7 Mar 2026 – 8 Mar 2026||closed",
            "Paused",
            "Resumed",
            "Reclassified · 20 working days",
            "The bank has not answered",
        ):
            self.assertIn(words, why)

    def test_paused_clock_says_since_when_it_stands(self):
        ticket = self.make()
        self.move(ticket, "waiting_customer", "2026-03-03 10:00")
        self.assertIn("paused since then", ticket.sla_why)

    def test_customer_never_reads_of_target_or_people(self):
        ticket = self.make()
        self.env.user.name = "Agent Smith"
        self.clock_of(ticket)._extend(2, "More papers")
        self.assertNotIn("Smith", ticket._get_promise_reason())
        self.assertNotIn("target", ticket._get_promise_reason())

    def test_date_of_an_extension_not_yet_made(self):
        ticket = self.make()
        clock = self.clock_of(ticket)
        table = self.calendar._get_working_days(clock.start_date, clock.deadline)
        due = table.count_deadline(clock.start_date, 7)
        values = {"new_date": due, "days": 2}
        self.assertIn(
            "and 2 working days of extension",
            ticket.with_context(complaint_values=values)._get_promise_reason(),
        )
        self.assertEqual(local(due), "2026-03-11 17:00:00")

    def test_same_queries_for_one_and_twenty_reasons(self):
        tickets = self.Ticket.union(*(self.make(name=f"N{n}") for n in range(21)))
        tickets[0]._get_promise_reason()
        counts = []
        for batch in (tickets[0], tickets[1:]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for ticket in batch:
                ticket._get_promise_reason()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_no_reason_without_a_date(self):
        self.env["res.company"].search([]).sla_calendar_id = False
        ticket = self.make()
        self.assertEqual(ticket._get_promise_reason(), "")
        self.assertFalse(ticket.sla_why)
        self.assertEqual(wall("2026-03-02 10:00"), ticket.received_date)
