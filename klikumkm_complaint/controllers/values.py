# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What comes from outside with a request: ids, texts, dates, files, and whose it is."""

import os

from odoo import SUPERUSER_ID, fields
from odoo.http import request
from odoo.tools import consteq
from odoo.tools.mimetypes import guess_mimetype

# PostgreSQL's integer: a larger id breaks the query instead of finding nothing.
MAX_ID = 2**31 - 1

MAX_FILES = 25
MAX_FILE_SIZE = 10 * 1024**2
MAX_FILES_SIZE = 100 * 1024**2
# Odoo reads at most 10 MB of text from a form; a long story is kept whole.
MAX_TEXT_SIZE = 64 * 1024**2
# Fields of the forms in which customers write.
WRITTEN_FIELDS = ("subject", "description", "message", "reason", "wish")
# Somewhat more than we take, so that who sends too much reads why.
MAX_REQUEST_SIZE = MAX_FILES_SIZE + MAX_TEXT_SIZE + 16 * 1024**2
# What a customer has to show: photos, papers, recordings. No archives and programs.
FILE_EXTENSIONS = (
    *("jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "bmp", "tif", "tiff"),
    *("pdf", "doc", "docx", "odt", "rtf", "txt", "xls", "xlsx", "ods", "csv"),
    *("ppt", "pptx", "odp", "eml", "msg"),
    *("mp3", "m4a", "aac", "ogg", "opus", "wav", "amr"),
    *("mp4", "mov", "3gp", "webm", "mkv"),
)
# What a browser or a desk would run, whatever the file is called.
DANGEROUS_TYPES = ("html", "svg", "xml", "javascript", "x-dosexec", "x-executable")
# the beginning in lower case
DANGEROUS_STARTS = (b"mz", b"\x7felf", b"#!", b"<script", b"<!doctype html", b"<html")


# === PARAMETERS === #
def to_id(value):
    """The database id in a parameter from outside, or 0 where there is none."""
    value = str(value or "").strip()
    number = int(value) if value.isascii() and value.isdigit() else 0
    return number if number <= MAX_ID else 0


def to_text(value):
    """The text in a parameter from outside: a string without NUL, whatever was sent."""
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""


def to_date(value):
    """The date in a parameter from outside, or None."""
    try:
        return fields.Date.to_date(to_text(value)) or None
    except ValueError:
        return None


def to_token(value):
    """The personal link's token in a parameter from outside, or an empty string."""
    value = to_text(value)
    return value if value.isascii() else ""


# === WHOSE === #
def find_complaint(ticket_id, access_token):
    """The complaint that whoever asks may see: by his login or by its personal link.

    :return: (``helpdesk.ticket`` record as superuser, or an empty one; whether the
        token is the right one)
    """
    Ticket = request.env["helpdesk.ticket"]
    complaint = Ticket.browse(to_id(ticket_id)).exists()
    complaint_sudo = complaint.with_user(SUPERUSER_ID)
    has_token = bool(
        complaint
        and access_token
        and complaint_sudo.access_token
        and consteq(complaint_sudo.access_token, access_token)
    )
    if complaint and (has_token or complaint.has_access("read")):
        return complaint_sudo, has_token
    return complaint_sudo.browse(), False


def get_writer(complaint_sudo, has_token):
    """In whose name whoever asks may write on a complaint's page.

    The customer himself, or whoever has his link. A colleague of the desk has its own
    buttons: what he did here would look like the customer's word.

    :return: ``res.partner`` record; empty for who may only look
    """
    user = request.env.user
    if not user._is_public() and complaint_sudo._is_customer(user):
        return user.partner_id.with_user(SUPERUSER_ID)
    if has_token and user.share:
        return complaint_sudo.partner_id
    return complaint_sudo.partner_id.browse()


# === FORMS OF AN OLD PAGE === #
def is_own_form(parameters):
    """Whether a form was sent from a page of this very session.

    The framework's check against forged requests, made by the routes themselves
    (``csrf=False``): its own answer is a bare error 400, and all that the customer
    wrote is gone. Whoever gets False changes nothing.

    :param dict parameters: of the request
    """
    return request.validate_csrf(to_token(parameters.get("csrf_token")))


def get_old_form_error():
    """What to do with a page that was open for longer than its session."""
    return request.env._(
        "This page was open for too long, so nothing was sent. What you wrote is still "
        "here: choose your files again, if there were any, and press the button once "
        "more."
    )


def render_lost_form(parameters, redirect):
    """Give back what was written to whoever is logged out by now.

    :param dict parameters: of the request
    :param str redirect: where to go on after the login
    """
    words = [to_text(parameters.get(name)) for name in WRITTEN_FIELDS]
    response = request.render(
        "klikumkm_complaint.portal_complaint_logged_out",
        {
            "page_name": "complaint_logged_out",
            "words": [text for text in words if text],
            "redirect": redirect,
        },
    )
    response.status_code = 422
    response.headers["Cache-Control"] = "no-store"
    return response


# === FILES === #
def allow_large_form(_controller):
    """Let a long story through: called before the request's form is read.

    Odoo lets a route set the size of a request, but of its text alone only here.
    """
    wrapped = request.httprequest._HTTPRequest__wrapped
    wrapped.max_form_memory_size = MAX_TEXT_SIZE
    return MAX_REQUEST_SIZE


def get_files():
    """The files of the request: ``werkzeug.datastructures.FileStorage`` objects."""
    return [
        file
        for file in request.httprequest.files.getlist("attachment")
        if file.filename
    ]


def get_file_name(file):
    """The plain name of an uploaded file, short enough for lists."""
    name = to_text(file.filename).replace("\\", "/").rsplit("/", 1)[-1]
    start, extension = os.path.splitext(name)
    return start[: 120 - len(extension[:10])] + extension[:10] or "file"


def get_file_values():
    """What a page says about the files that may be sent, and checks before sending."""
    return {
        "file_extensions": FILE_EXTENSIONS,
        "max_files": MAX_FILES,
        "max_file_size": MAX_FILE_SIZE,
        "max_files_size": MAX_FILES_SIZE,
        "files_hint": request.env._(
            "At most %(count)s files of %(size)s MB each, %(total)s MB together: "
            "photos, PDF, Word, Excel, sound, video",
            count=MAX_FILES,
            size=MAX_FILE_SIZE // 1024**2,
            total=MAX_FILES_SIZE // 1024**2,
        ),
    }


def check_files(files):
    """Why these files cannot be taken, or an empty string."""
    if len(files) > MAX_FILES:
        return request.env._(
            "You chose %(count)s files; we can take %(max)s at once. Send the rest "
            "afterwards, on the page of your complaint.",
            count=len(files),
            max=MAX_FILES,
        )
    total = 0
    for file in files:
        name = get_file_name(file)
        head = file.stream.read(4096)
        size = file.stream.seek(0, os.SEEK_END)
        file.stream.seek(0)
        total += size
        if size > MAX_FILE_SIZE:
            return request.env._(
                "%(file)s is larger than %(max)s MB. Please send a smaller one. "
                "Choose your files again.",
                file=name,
                max=MAX_FILE_SIZE // 1024**2,
            )
        if not is_accepted_kind(name, head):
            return request.env._(
                "We cannot take %(file)s. Send photos, PDF, Word, Excel, text, "
                "sound or video files. Choose your files again.",
                file=name,
            )
    if total > MAX_FILES_SIZE:
        return request.env._(
            "Your files are larger than %(max)s MB together. Send some of them now, "
            "and the rest afterwards, on the page of your complaint. Choose your "
            "files again.",
            max=MAX_FILES_SIZE // 1024**2,
        )
    return ""


def is_accepted_kind(name, head):
    """Whether a file is of a kind we take, by its name and by its beginning."""
    extension = os.path.splitext(name)[1].lstrip(".").lower()
    # the beginning of a zip (Word, Excel) tells nothing more
    mimetype = "" if head.startswith(b"PK") else guess_mimetype(head) or ""
    is_dangerous = head.lstrip().lower().startswith(DANGEROUS_STARTS) or any(
        kind in mimetype for kind in DANGEROUS_TYPES
    )
    return extension in FILE_EXTENSIONS and not is_dangerous


def attach_files(complaint, files):
    """Keep checked files on a complaint, as those of whoever sent them.

    :return: ``ir.attachment`` records, as superuser
    """
    attachments = (
        request.env["ir.attachment"]
        .sudo()  # to a complaint on whose page he may write, checked by the caller
        .create(
            [
                {
                    "name": get_file_name(file),
                    "raw": file.stream.read(),
                    "res_model": complaint._name,
                    "res_id": complaint.id,
                }
                for file in files
            ]
        )
    )
    return attachments.with_user(SUPERUSER_ID)
