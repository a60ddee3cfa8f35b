# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models

# Headers by which robots say what they are (RFC 3834 and common practice).
ROBOT_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id", "List-Post")
ROBOT_PRECEDENCE = ("bulk", "junk", "list", "auto_reply")


def is_robot_mail(message):
    """Whether an e-mail was sent by a robot: auto-reply, mailing list or bounce.

    :param email.message.EmailMessage message: the message as received
    :rtype: bool
    """
    submitted = str(message.get("Auto-Submitted") or "no").split(";")[0].strip().lower()
    precedence = str(message.get("Precedence") or "").strip().lower()
    return (
        submitted != "no"
        or precedence in ROBOT_PRECEDENCE
        or any(message.get(header) for header in ROBOT_HEADERS)
        or str(message.get("Return-Path") or "").strip() == "<>"
    )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        # Complaints must tell a customer from a robot, and the parsed values that
        # reach message_new() and message_post() no longer hold the headers.
        if is_robot_mail(message):
            self = self.with_context(complaint_robot_mail=True)
        return super()._message_route_process(message, message_dict, routes)
