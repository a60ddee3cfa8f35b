# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The receipt: who gets one, how often, and that robots find nobody to talk to."""

from datetime import timedelta
from email import message_from_bytes, policy
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import freeze_all_time

from ..models.helpdesk_ticket_telling import MAX_RECEIPTS
from .telling_common import ADDRESS, TellingCase

HOURLY = MAX_RECEIPTS[0][1]
NOTICE = "odoo.addons.klikumkm_complaint.models.complaint_notice"


class ReceiptCase(TellingCase):
    def _process(self, content):
        """Hand a raw message to the gateway, as a mail server does.

        :return: the complaints it made
        """
        Ticket = self.env["helpdesk.ticket"]
        last = Ticket.search([], order="id desc", limit=1).id or 0
        self.env["mail.thread"].message_process(False, content)
        return Ticket.search([("id", ">", last)])

    def _get_receipts(self, ticket):
        return ticket.notice_ids.filtered(lambda notice: notice.kind == "receipt")

    def _reply_to(self, mail, text="Terima kasih", **headers):
        """What a mailbox sends back to a mail of ours.

        :param dict mail: of the sink
        :return: bytes
        """
        message = mail["message"]
        lines = {
            "From": f"Siti Rahmawati <{mail['to'][0]}>",
            "To": ADDRESS,
            "Subject": f"Re: {message['Subject']}",
            "Message-ID": f"<{id(mail)}.{len(headers)}@example.com>",
            "In-Reply-To": message["Message-Id"],
            "References": message["Message-Id"],
            "Date": "Mon, 02 Mar 2026 10:15:00 +0700",
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=utf-8",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        head = "\n".join(f"{name}: {value}" for name, value in lines.items() if value)
        return f"{head}\n\n{text}\n".encode()


@tagged("post_install", "-at_install")
class TestReceiptByMail(ReceiptCase):
    def test_mail_in_receipt_out_reply_in(self):
        """End to end, over a real mail server."""
        with self._real_mail() as sink:
            ticket = self._process(self._read_mail("plain"))
            self.assertFalse(sink.mails, "intake waits for no mail server")
            self.assertTrue(ticket.is_receipt_due)
            self._run_telling()
            self.assertEqual(len(sink.mails), 1)
            mail = sink.mails[0]
            self.assertEqual(mail["to"], ["siti.rahmawati@example.com"])
            message = mail["message"]
            self.assertIn(ticket.number, message["Subject"])
            self.assertIn(ADDRESS, message["From"])
            self.assertIn(ADDRESS, message["Reply-To"] or message["From"])
            # below his own mail in his mailbox
            own = message_from_bytes(self._read_mail("plain"), policy=policy.default)
            self.assertIn(own["Message-ID"], message["References"])
            self.assertEqual(own["Message-ID"], message["In-Reply-To"])
            # robots see that a robot wrote it
            self.assertEqual(message["Auto-Submitted"], "auto-generated")
            self.assertEqual(message["X-Auto-Response-Suppress"], "All")
            for kind in ("html", "plain"):
                text = message.get_body((kind,)).get_content()
                self.assertIn(ticket.number, text)
                self.assertIn("WIB", text)
                self.assertIn(ticket.sudo().access_token, text, "the personal link")
            self.assertNotIn("<", message.get_body(("plain",)).get_content())
            receipt = self._get_receipts(ticket)
            self.assertRecordValues(
                receipt,
                [
                    {
                        "state": "told",
                        "medium": "email",
                        "recipient": "siti.rahmawati@example.com",
                        "is_automatic": True,
                    }
                ],
            )
            self.assertFalse(ticket.is_receipt_due)

            answer = self._process(self._reply_to(mail, "Ini buktinya."))
            self.assertFalse(answer, "it lands on the complaint, not beside it")
            self.assertIn("Ini buktinya", ticket.message_ids[0].body)
            self.assertTrue(ticket.reply_pending_since)
            self._run_telling()
        self.assertEqual(len(sink.mails), 1, "one receipt, whatever follows")

    def test_no_token_is_kept(self):
        with self._real_mail():
            ticket = self._process(self._read_mail("plain"))
            self._run_telling()
        token = ticket.access_token
        receipt = self._get_receipts(ticket)
        self.assertTrue(token)
        for text in (
            receipt.body,
            receipt.text,
            receipt.subject,
            *ticket.message_ids.mapped("body"),
        ):
            self.assertNotIn(token, text or "")
        self.assertFalse(
            self.env["mail.mail"].search(
                [("mail_message_id", "in", ticket.message_ids.ids)]
            ),
            "the mail itself goes once it is sent",
        )

    def test_robots_and_lists_get_none(self):
        with self._real_mail() as sink:
            for name in ("auto_reply", "mailing_list"):
                ticket = self._process(self._read_mail(name))
                self.assertTrue(ticket.is_robot_mail, name)
                self._run_telling()
                self.assertFalse(ticket.notice_ids, name)
            bounce = self._read_mail(
                "bounce", message_id="<a@b>", address="x@example.com", number=1
            )
            self.assertFalse(self._process(bounce), "a bounce is no complaint")
            self._run_telling()
        self.assertFalse(sink.mails)

    def test_auto_reply_to_a_receipt_ends_there(self):
        with self._real_mail() as sink:
            ticket = self._process(self._read_mail("plain"))
            self._run_telling()
            reply = self._reply_to(
                sink.mails[0], "Saya cuti.", Auto_Submitted="auto-replied"
            )
            self.assertFalse(self._process(reply))
            self._run_telling()
        self.assertEqual(len(sink.mails), 1)
        self.assertFalse(ticket.reply_pending_since, "nobody has to answer a robot")

    def test_robot_without_a_header_gets_one_receipt(self):
        with self._real_mail() as sink:
            ticket = self._process(self._read_mail("plain"))
            self._run_telling()
            for number in range(3):
                reply = self._reply_to(
                    sink.mails[0], f"Tiket {number}", Message_ID=f"<r{number}@bot>"
                )
                self.assertFalse(self._process(reply))
                self._run_telling()
        self.assertEqual(len(sink.mails), 1)
        self.assertEqual(self.env["helpdesk.ticket"].search([], limit=1), ticket)

    def test_robot_that_forgets_the_thread_is_known_by_the_number(self):
        with self._real_mail() as sink:
            self._process(self._read_mail("plain"))
            self._run_telling()
            reply = self._reply_to(
                sink.mails[0], "Tiket", In_Reply_To=None, References=None
            )
            self.assertFalse(self._process(reply), "the number in the subject")
            self._run_telling()
        self.assertEqual(len(sink.mails), 1)

    def test_two_robots_do_not_talk_for_long(self):
        """A robot that quotes nothing and sends what looks like a new matter."""
        with self._real_mail() as sink:
            tickets = self.env["helpdesk.ticket"]
            for number in range(HOURLY + 3):
                content = self._read_mail("plain").replace(
                    b"Message-ID: <", b"Message-ID: <%d." % number
                )
                tickets |= self._process(content)
                self._run_telling()
        self.assertEqual(len(tickets), HOURLY + 3, "each is recorded")
        self.assertEqual(len(sink.mails), HOURLY)
        waiting = self._get_receipts(tickets).filtered(lambda n: n.state == "to_tell")
        self.assertEqual(len(waiting), 3, "the rest waits for a person")
        with (
            self._real_mail() as sink,
            freeze_all_time(fields.Datetime.now() + timedelta(hours=2)),
        ):
            self._process(self._read_mail("plain").replace(b"ID: <", b"ID: <z"))
            self._run_telling()
            self.assertEqual(len(sink.mails), 1, "an hour later it goes on")

    def test_who_gets_none_by_itself(self):
        with self._real_mail() as sink:
            spoken = self._new_complaint("received", channel_id=self.channel_phone.id)
            written = {"channel_id": self.channel_email.id}
            Ticket = self.env["helpdesk.ticket"]
            quiet = [
                Ticket.with_context(**{key: True}).create(
                    {
                        "name": key,
                        "description": "x",
                        "team_id": self.team.id,
                        "partner_id": self.customer.partner_id.id,
                        **written,
                    }
                )
                for key in ("install_mode", "import_file", "complaint_no_receipt")
            ]
            cancelled = self._new_complaint("received", **written)
            cancelled.sudo()._move_to("cancelled")
            self._run_telling()
        tickets = spoken.sudo().union(*quiet, cancelled.sudo())
        self.assertFalse(tickets.notice_ids)
        self.assertFalse(
            [mail for mail in sink.mails if mail["to"] == ["siti@example.com"]]
        )

    def test_written_without_an_address_waits_in_to_tell(self):
        ticket = self._new_complaint(
            "received",
            partner_id=self.walk_in.id,
            channel_id=self.env.ref("klikumkm_complaint.channel_whatsapp").id,
        )
        self._run_telling()
        self.assertRecordValues(
            self._get_receipts(ticket), [{"state": "to_tell", "medium": "whatsapp"}]
        )

    def test_the_officer_is_named_where_one_wrote_it_down(self):
        ticket = self._create_complaint(
            user=self.agent, channel_id=self.channel_email.id
        )
        with self._real_mail():
            self._run_telling()
        self.assertIn("Ayu Agen", self._get_receipts(ticket.sudo()).body)
        with self._real_mail():
            mailed = self._process(self._read_mail("plain"))
            self._run_telling()
        system = mailed.with_context(lang=mailed.lang)._get_recorder_name()
        self.assertIn(system, self._get_receipts(mailed).body)
        self.assertFalse(
            self.env["res.users"].search_count([("name", "=", system)]), "nobody"
        )


@tagged("post_install", "-at_install")
class TestReceiptJob(ReceiptCase):
    def test_one_bad_complaint_keeps_no_other(self):
        bad = self._new_complaint("received", channel_id=self.channel_email.id)
        good = self._new_complaint("received", channel_id=self.channel_email.id)
        origin = type(bad)._tell

        def fail_for_one(tickets, *args, **kwargs):
            if tickets == bad:
                raise ValueError("broken <b>badly</b>")
            return origin(tickets, *args, **kwargs)

        with (
            patch.object(type(bad), "_tell", fail_for_one),
            mute_logger(
                "odoo.addons.klikumkm_complaint.models.helpdesk_ticket_telling"
            ),
            self._real_mail(),
        ):
            self._run_telling()
        self.assertEqual(self._get_receipts(good).state, "told")
        self.assertFalse(bad.notice_ids)
        self.assertFalse(bad.is_receipt_due, "tried once; then a person is asked")
        activity = self._get_reach_activities(bad)
        self.assertEqual(activity.user_id, self.agent)
        self.assertNotIn("<b>", activity.note)

    def test_second_run_changes_nothing(self):
        ticket = self._new_complaint("received", channel_id=self.channel_email.id)
        with self._real_mail() as sink:
            self._run_telling()
            sent = len(sink.mails)
            self._run_telling()
        self.assertEqual(len(sink.mails), sent)
        self.assertEqual(len(self._get_receipts(ticket)), 1)

    def test_more_than_a_batch_goes_on(self):
        tickets = self._create_complaint(channel_id=self.channel_phone.id)
        for _number in range(4):
            tickets |= self._create_complaint(channel_id=self.channel_phone.id)
        tickets.channel_id = self.channel_email
        tickets._write_silently({"is_receipt_due": True})
        job = self.env.ref("klikumkm_complaint.ir_cron_tell")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
        triggers.unlink()
        with patch(f"{NOTICE}.BATCH_SIZE", 3):
            self._run_telling()
        self.assertEqual(len(self._get_receipts(tickets)), 3)
        self.assertTrue(
            self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]), "at once"
        )
        self._run_telling()
        self.assertEqual(len(self._get_receipts(tickets)), 5)

    def test_taken_by_another_worker(self):
        ticket = self._new_complaint("received", channel_id=self.channel_email.id)
        Ticket = type(self.env["helpdesk.ticket"])
        with patch.object(Ticket, "try_lock_for_update", lambda self, **kw: self[:0]):
            self._run_telling()
        self.assertFalse(ticket.notice_ids)
        self.assertTrue(ticket.is_receipt_due)


@tagged("post_install", "-at_install")
class TestEmergencyText(ReceiptCase):
    def _get_receipt_body(self, lang, **vals):
        ticket = self._new_complaint("received", lang=lang, **vals)
        return ticket._render_message(
            "receipt", "klikumkm_complaint.mail_template_receipt"
        )[ticket.id]["body"]

    def test_told_in_emergencies_only_in_the_complaints_language(self):
        company = self.complaint_company
        texts = {
            lang: company.with_context(lang=lang).complaint_emergency_text
            for lang in ("id_ID", "en_US")
        }
        self.assertIn("110", texts["id_ID"])
        for lang, text in texts.items():
            self.assertIn(text, self._get_receipt_body(lang, priority="3"))
            self.assertNotIn(text, self._get_receipt_body(lang, priority="2"))

    def test_a_manager_changes_one_language(self):
        company = self.complaint_company
        english = company.with_context(lang="en_US")
        before = english.complaint_emergency_text
        company.with_context(lang="id_ID").complaint_emergency_text = "Telepon 112."
        self.assertEqual(english.complaint_emergency_text, before)
        self.assertIn("112", self._get_receipt_body("id_ID", priority="3"))
        self.assertIn("110", self._get_receipt_body("en_US", priority="3"))
        english.complaint_emergency_text = "Call 113."
        self.assertIn("112", self._get_receipt_body("id_ID", priority="3"))
        english.complaint_emergency_text = False
        self.env.invalidate_all()
        self.assertEqual(english.complaint_emergency_text, before, "ours again")
        self.assertIn("112", self._get_receipt_body("id_ID", priority="3"))
