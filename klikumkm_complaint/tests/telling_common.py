# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A desk whose mails go to a real mail server, on this machine."""

import contextlib
from unittest.mock import patch

from odoo.tests import Form
from odoo.tools import file_open

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.mail.tests.common import MailCommon

from .common import ComplaintFixture
from .smtp_sink import smtp_sink

ADDRESS = "pengaduan@klikumkm.example"


class TellingCase(ComplaintFixture, MailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].create({"name": "klikumkm.example"})
        cls.env.ref("base.main_company").alias_domain_id = domain
        cls._set_up_complaints()
        cls.team.alias_id.alias_domain_id = domain
        cls.env["res.lang"]._activate_lang("id_ID")
        cls.customer.partner_id.write(
            {"name": "Siti", "email": "siti@example.com", "lang": "id_ID"}
        )
        cls.walk_in = cls.env["res.partner"].create(
            {"name": "Pak Budi", "phone": "0812 3456 7890"}
        )
        cls.channel_email = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email")
        cls.channel_phone = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")
        cls.env["ir.mail_server"].search([]).active = False
        cls.mail_server = cls.env["ir.mail_server"].create(
            {
                "name": "Sink",
                "smtp_host": "127.0.0.1",
                "smtp_port": 1,
                "smtp_encryption": "none",
                "from_filter": "klikumkm.example",
            }
        )

    def _new_complaint(self, status="in_progress", **vals):
        ticket = self._create_complaint(user_id=self.agent.id, **vals)
        if status != "received":
            self._move(ticket, status)
        return ticket.with_user(self.agent)

    def _new_oral_complaint(self, **vals):
        """Of a caller without an e-mail address."""
        return self._new_complaint(
            partner_id=self.walk_in.id,
            partner_name="Pak Budi",
            channel_id=self.channel_phone.id,
            **vals,
        )

    def _open(self, model, tickets, user=None, **context):
        wizard = self.env[f"klikumkm.complaint.{model}"].with_user(user or self.agent)
        return Form(
            wizard.with_context(
                active_model="helpdesk.ticket",
                active_id=tickets[:1].id,
                active_ids=tickets.ids,
                **context,
            )
        )

    @contextlib.contextmanager
    def _real_mail(self):
        """Mails really leave, for a server that a test may let fail."""
        with (
            smtp_sink() as sink,
            patch.object(IrMail_Server, "_disable_send", lambda *args: False),
        ):
            self.mail_server.smtp_port = sink.port
            yield sink

    @contextlib.contextmanager
    def _dead_mail(self):
        """Nobody listens where the mail server should be."""
        with smtp_sink() as sink:
            port = sink.port
        with patch.object(IrMail_Server, "_disable_send", lambda *args: False):
            self.mail_server.smtp_port = port
            yield

    def _run_telling(self):
        """Run the job as the scheduler does, with its commits."""
        with self.enter_registry_test_mode():
            job = self.env.ref("klikumkm_complaint.ir_cron_tell")
            job.method_direct_trigger()

    def _read_mail(self, name, **values):
        with file_open(f"klikumkm_complaint/tests/mails/{name}.eml", "rb") as mail:
            content = mail.read()
        for key, value in values.items():
            content = content.replace(b"{%s}" % key.encode(), str(value).encode())
        return content

    def _get_reach_activities(self, ticket):
        return ticket.sudo().activity_search(
            ["klikumkm_complaint.activity_type_reach_customer"]
        )
