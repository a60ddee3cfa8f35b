# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import codecs
import logging

from odoo import api, models
from odoo.tools import email_normalize

_logger = logging.getLogger(__name__)

# Headers by which robots say what they are (RFC 3834 and common practice).
ROBOT_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")
ROBOT_PRECEDENCE = ("bulk", "junk", "auto_reply")
# What a mailing list adds to the mails of people.
LIST_HEADERS = ("List-Id", "List-Post")
# What email.contentmanager can read.
KNOWN_MAINTYPES = (
    "application",
    "audio",
    "image",
    "message",
    "multipart",
    "text",
    "video",
)


def is_robot_mail(message):
    """Whether an e-mail was sent by a robot: auto-reply, mass mail or bounce.

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


def is_list_mail(message):
    """Whether an e-mail came by a mailing list: it may well be a person's.

    :param email.message.EmailMessage message: the message as received
    :rtype: bool
    """
    precedence = str(message.get("Precedence") or "").strip().lower()
    return precedence == "list" or any(message.get(name) for name in LIST_HEADERS)


def name_known_types(message):
    """Let every part name a type and a charset that Python knows how to decode.

    :param email.message.EmailMessage message: the message as received, changed in place
    """
    for part in message.walk():
        if part.get_content_maintype() not in KNOWN_MAINTYPES:
            part.set_type("application/octet-stream")
        if part.get_content_maintype() != "text":
            continue
        try:
            codecs.lookup(part.get_content_charset("ascii"))
        except LookupError:
            try:
                part.get_payload(decode=True).decode()
                part.set_param("charset", "utf-8")
            except UnicodeDecodeError:
                part.set_param("charset", "latin-1")


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_parse_extract_payload(
        self, message, message_dict, save_original=False
    ):
        # mail/models/mail_thread.py:1629 raises on what it cannot decode, before any
        # complaint exists: the mail would be lost.
        try:
            name_known_types(message)
            return super()._message_parse_extract_payload(
                message, message_dict, save_original=save_original
            )
        except Exception:  # the standard library raises nearly anything on odd mail
            _logger.info(
                "Kept %s as a file, it cannot be taken apart",
                message_dict.get("message_id"),
                exc_info=True,
            )
            original = self._Attachment("original_email.eml", message.as_bytes(), {})
            return {"body": "", "attachments": [original]}

    @api.model
    def message_parse(self, message, save_original=False):
        msg_dict = super().message_parse(message, save_original=save_original)
        # PostgreSQL stores no NUL character: with one in it, the mail would be lost.
        for name, value in msg_dict.items():
            if isinstance(value, str) and "\x00" in value:
                msg_dict[name] = type(value)(value.replace("\x00", ""))
        msg_dict["attachments"] = [
            file._replace(fname=file.fname.replace("\x00", ""))
            for file in msg_dict["attachments"]
        ]
        return msg_dict

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        """Bring a unit's reply to its request, whichever of our addresses it goes to.

        The base takes a reply to another model's alias for a new matter
        (mail/models/mail_thread.py, "consider it is a forward"): sent to the team's
        address, the answer of a unit would become a complaint.
        """
        request_sudo = self.env["klikumkm.complaint.coordination"]
        if not message_dict.get("is_bounce"):
            request_sudo = request_sudo._find_by_reply(message_dict)
        if not request_sudo:
            return super().message_route(
                message,
                message_dict,
                model=model,
                thread_id=thread_id,
                custom_values=custom_values,
            )
        self._routing_reset_bounce(message, message_dict)
        target = request_sudo
        sender = email_normalize(message_dict.get("email_from") or "", strict=False)
        if request_sudo._is_customer_email(sender):
            # forwarded to the customer, who replied: that belongs to his complaint
            target = request_sudo.ticket_id
            message_dict.pop("parent_id", None)
            message_dict.pop("is_internal", None)
        user = self._mail_find_user_for_gateway(message_dict.get("email_from") or "")
        route = (target._name, target.id, custom_values, user.id or self.env.uid, None)
        return [
            target._routing_check_route(
                message, message_dict, route, raise_exception=False
            )
        ]

    def _message_route_process(self, message, message_dict, routes):
        # Complaints must tell a customer from a robot, and the parsed values that
        # reach message_new() and message_post() no longer hold the headers.
        if is_robot_mail(message):
            self = self.with_context(complaint_robot_mail=True)
        elif is_list_mail(message):
            self = self.with_context(complaint_list_mail=True)
        return super()._message_route_process(message, message_dict, routes)
