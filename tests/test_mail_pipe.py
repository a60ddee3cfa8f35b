# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import os
import subprocess
import sys

from odoo import Command
from odoo.tests import HttpCase, get_db_name, new_test_user, tagged
from odoo.tests.common import HOST
from odoo.tools import file_open, file_path, html2plaintext, mute_logger


@tagged("post_install", "-at_install")
class TestMailPipe(HttpCase):
    """Mail as a mail server delivers it: piped into Odoo's own script, over XML-RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref("base.main_company")
        domain = cls.env["mail.alias.domain"].create({"name": "klikumkm.example"})
        company.alias_domain_id = domain
        # Odoo notes on the alias whether it works (administrators only), and finds a
        # message that came before only if the user may read the complaint.
        cls.mail_server = new_test_user(
            cls.env,
            "mail-server",
            "base.group_system,helpdesk_mgmt.group_helpdesk_manager",
        )
        agent = new_test_user(
            cls.env, "pipe-agent", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "CS",
                "company_id": company.id,
                "user_ids": [Command.set(agent.ids)],
                "alias_name": "pengaduan",
            }
        )
        cls.team.alias_id.alias_domain_id = domain

    def _read_mail(self, name, **values):
        path = f"klikumkm_complaint/tests/mails/{name}.eml"
        with file_open(path, "rb") as mail:
            content = mail.read()
        for key, value in values.items():
            content = content.replace(b"{%s}" % key.encode(), value.encode())
        return content

    def _pipe(self, content, password="mail-server", is_delivered=True):
        """Run the script as a mail server does, which keeps what was not delivered.

        :return: the complaints that came of it
        """
        Ticket = self.env["helpdesk.ticket"]
        before = Ticket.search([])
        script = file_path("mail/static/scripts/odoo-mailgate.py")
        self.env.cr.flush()
        self.env.cr.clear()
        with (
            self.allow_requests(all_requests=True),
            # XML-RPC is on its way out, and still what the script speaks
            mute_logger("odoo.addons.rpc.controllers.xmlrpc", "odoo.http"),
        ):
            done = subprocess.run(
                [
                    sys.executable,
                    script,
                    "--host",
                    HOST,
                    "--port",
                    str(self.http_port()),
                ]
                + ["-d", get_db_name(), "-u", str(self.mail_server.id), "-p", password],
                input=content,
                capture_output=True,
                check=False,
                env={**os.environ, "PYTHONIOENCODING": "utf-8"},
                timeout=60,
            )
        self.assertEqual(done.returncode == 0, is_delivered, done.stderr.decode())
        self.env.invalidate_all()
        return Ticket.search([]) - before

    def test_each_mail_becomes_a_complaint(self):
        channel = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email")
        for name, text in (
            ("plain", "dananya belum masuk ke rekening"),
            ("html", "dipotong dua kali"),
            ("six_attachments", "enam berkas sebagai bukti"),
            ("forwarded", "mengancam keluarga"),
            ("empty_subject", "tidak bisa masuk ke aplikasi"),
            ("empty_body", ""),
            ("no_body_no_part", ""),
            ("auto_reply", "sedang cuti"),
            ("mailing_list", "kenaikan biaya admin"),
            ("unknown_charset", "Tagihan saya salah"),
        ):
            with self.subTest(name):
                ticket = self._pipe(self._read_mail(name))
                self.assertEqual(len(ticket), 1)
                self.assertEqual(ticket.team_id, self.team)
                self.assertEqual(ticket.channel_id, channel)
                self.assertFalse(ticket.user_id)
                self.assertFalse(ticket.is_classified)
                self.assertTrue(ticket.partner_id)
                self.assertIn(text, html2plaintext(ticket.description))
                files = {"six_attachments": 6, "forwarded": 1}.get(name, 0)
                self.assertEqual(len(ticket.attachment_ids), files)

    def test_known_number(self):
        ticket = self._pipe(self._read_mail("plain"))
        mine, foreign = (
            self._read_mail(
                "known_number",
                number=ticket.number,
                email_from=sender,
                suffix=sender[:4],
            )
            for sender in ("siti.rahmawati@example.com", "orang.lain@example.com")
        )
        self.assertFalse(self._pipe(mine))
        self.assertTrue(ticket.reply_pending_since)
        messages = ticket.message_ids
        self.assertEqual(len(self._pipe(foreign)), 1)
        self.assertEqual(ticket.message_ids, messages)

    def test_same_mail_twice(self):
        self.assertEqual(len(self._pipe(self._read_mail("plain"))), 1)
        self.assertFalse(self._pipe(self._read_mail("plain")))

    def test_refused_mail_stays_with_the_mail_server(self):
        mail = self._read_mail("plain")
        self.assertFalse(self._pipe(mail, password="x", is_delivered=False))
        self.assertEqual(len(self._pipe(mail)), 1)
