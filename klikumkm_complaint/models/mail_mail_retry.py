# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Mails of the desk that are no notices: what an agent writes in the conversation, and
requests to units. They too are tried again where the mail server was at fault; Odoo
tries no mail twice.
"""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.isolation import isolate
from .complaint_notice import BATCH_SIZE, RETRY_DAYS, RETRY_MINUTES

_logger = logging.getLogger(__name__)

DESK_MODELS = ("helpdesk.ticket", "klikumkm.complaint.coordination")


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model
    def _retry_desk_mails(self):
        """Try again what is due, one by one, each with its own commit."""
        mails = self.search(self._get_desk_retry_domain(), order="write_date")
        mails = mails.filtered(lambda mail: mail._is_retry_due())[:BATCH_SIZE]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(mails))
        for mail in mails:
            locked = mail.try_lock_for_update()
            if locked.state == "exception":
                locked._isolate_retry()
            if not cron._commit_progress(1):
                break

    @api.model
    def _get_desk_retry_domain(self):
        notices = self.env["klikumkm.complaint.notice"].with_context(active_test=False)
        told = notices._search([("mail_message_id", "!=", False)])
        return (
            Domain("state", "=", "exception")
            & Domain("model", "in", DESK_MODELS)
            & Domain("message_type", "=", "comment")
            # what nobody tried for longer was there before this was
            & Domain(
                "create_date",
                ">=",
                fields.Datetime.now() - timedelta(days=2 * RETRY_DAYS),
            )
            # those have their own plan
            & Domain("mail_message_id", "not in", told.subselect("mail_message_id"))
        )

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        messages = self.mail_message_id  # mails without an address are deleted
        result = super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        if failure_type:
            self._give_up_messages(messages)
        return result

    @api.model
    def _give_up_messages(self, messages):
        """Have somebody do it another way where the address is at fault.

        :param messages: ``mail.message`` records; notices look after themselves
        """
        notices = self.env["klikumkm.complaint.notice"]
        for message in messages.sudo():
            failed = message.notification_ids.filtered(
                lambda n: (
                    n.notification_status in ("bounce", "exception") and n._is_final()
                )
            )
            if (
                failed
                and message.model in DESK_MODELS
                and message.message_type == "comment"
                and not notices._get_told_by(message)
            ):
                record_sudo = self.env[message.model].sudo().browse(message.res_id)
                record_sudo._give_up_mail(message, failed)

    def _is_retry_due(self):
        """Whether as long has passed since the last attempt as before it: so the
        intervals double.
        """
        self.ensure_one()
        waited = self.write_date - self.create_date
        interval = max(waited, timedelta(minutes=RETRY_MINUTES[0]))
        end = self.create_date + timedelta(days=RETRY_DAYS)
        return fields.Datetime.now() >= min(self.write_date + interval, end)

    def _isolate_retry(self):
        """Try one mail; one that cannot be tried keeps no other, and is given up."""
        if isolate(self, "_retry_desk_mail", _logger):
            self.cancel()
            isolate(self, "_give_up_desk_mail", _logger)

    def _retry_desk_mail(self):
        """Send once more, or give up and have somebody do it another way."""
        self.ensure_one()
        record = self.env[self.model].browse(self.res_id).exists()
        failed = self._get_failed_notifications()
        # sent again by hand since, or no longer wanted
        if not failed or not record or not record._is_mail_wanted(self.mail_message_id):
            self.cancel()
        elif all(notification._is_final() for notification in failed):
            self.cancel()  # somebody was asked when it failed: _give_up_messages()
        elif fields.Datetime.now() >= self.create_date + timedelta(days=RETRY_DAYS):
            self.cancel()
            self._give_up_desk_mail()
        else:
            self._leave_out_reached(failed)
            self.mark_outgoing()
            self._send_and_record()

    def _get_failed_notifications(self):
        return self.env["mail.notification"].search(
            Domain("mail_mail_id", "=", self.id)
            & Domain("notification_status", "=", "exception")
        )

    def _give_up_desk_mail(self):
        """Have somebody do it another way."""
        record = self.env[self.model].browse(self.res_id)
        record._give_up_mail(self.mail_message_id, self._get_failed_notifications())

    def _leave_out_reached(self, failed):
        """Whoever got the mail already does not get it again with the others.

        :param failed: ``mail.notification`` records
        """
        self.ensure_one()
        self.recipient_ids &= failed.res_partner_id
        if all(notification.res_partner_id for notification in failed):
            self.write({"email_to": False, "email_cc": False})
