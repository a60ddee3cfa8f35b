# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What becomes of the mails that tell customers something."""

import logging

from psycopg2 import Error as PostgresError

from odoo import SUPERUSER_ID, api, models, modules
from odoo.modules.registry import Registry

_logger = logging.getLogger(__name__)


class MailMail(models.Model):
    _inherit = "mail.mail"

    def send_after_commit(self):
        # A mail server that hangs up in the middle raises (mail/models/mail_mail.py:
        # 939), and would show an error for a step that was done and committed.
        if not self.env.context.get("complaint_notice"):
            return super().send_after_commit()
        if modules.module.current_test:
            return self._send_and_record()
        dbname, mail_ids = self.env.cr.dbname, self.ids

        @self.env.cr.postcommit.add
        def send_notices():
            with Registry(dbname).cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["mail.mail"].browse(mail_ids).exists()._send_and_record()

        return None

    def _send_and_record(self):
        """Send; a session that breaks off is recorded like any other failure."""
        for mail in self:
            # What the mail server said can be written, whatever others do meanwhile:
            # else the mail would be sent a second time.
            notices = self.env["klikumkm.complaint.notice"]._get_told_by(
                mail.mail_message_id
            )
            if notices != notices.try_lock_for_update():
                continue
            try:
                with self.env.cr.savepoint():
                    mail.send()
                    self.env.flush_all()
            except PostgresError:
                # somebody else is at it; if not, the job tries again
                _logger.info("Mail %s is left to the job", mail.id, exc_info=True)
                self.env.invalidate_all()
            except Exception as error:  # the mail server hung up
                _logger.warning("Mail %s broke off", mail.id, exc_info=True)
                self.env.invalidate_all()
                reason = str(error)
                mail.write({"state": "exception", "failure_reason": reason})
                mail._postprocess_sent_message(
                    success_pids=[],
                    success_emails=[],
                    failure_reason=reason,
                    failure_type="mail_smtp",
                )

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        messages = self.mail_message_id  # sent mails are deleted
        result = super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        self.env["klikumkm.complaint.notice"]._get_told_by(messages)._follow_delivery()
        return result
