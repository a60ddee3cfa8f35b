# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The page of one complaint, by login or by personal link.

Looking changes nothing: mail servers open every link of a message before the customer
does. Whatever is decided, said or asked for comes by POST with a CSRF token, and the
customer gets a sentence for everything that is not possible (any more).
"""

import uuid
from datetime import timedelta

from odoo import fields, http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk

from .values import (
    allow_large_form,
    attach_files,
    check_files,
    find_complaint,
    get_file_values,
    get_files,
    get_old_form_error,
    get_writer,
    is_own_form,
    render_lost_form,
    to_id,
    to_text,
    to_token,
)

# Stops a flood, never a person.
MAX_MESSAGES_PER_HOUR = 60
# More messages than these are folded away until asked for.
MESSAGES_SHOWN = 20
DECISIONS = ("accepted", "rejected")
# Routes by which the customer writes. Opened by GET they only lead back to the page;
# the CSRF token is checked by _refuse_old_form().
WRITING = {
    "type": "http",
    "auth": "public",
    "website": True,
    "methods": ["GET", "POST"],
    "csrf": False,
    "sitemap": False,
    "max_content_length": allow_large_form,
}


class ComplaintPage(CustomerPortalHelpdesk):
    # === LOOKING === #

    # closes: H/controllers/myaccount.py:185 (tokens for the files of internal notes)
    # and H/views/helpdesk_ticket_templates.xml:181 (an id= on <t t-call> switches the
    # sidebar's parameters off), :303 (database id), :322-339 (times without a zone)
    @http.route(methods=["GET"])
    def portal_my_ticket(self, ticket_id, access_token=None, **kw):
        access_token = to_token(access_token)
        complaint, has_token = find_complaint(ticket_id, access_token)
        if not complaint:
            # a link that was cut off on its way, or of somebody else's complaint
            return request.redirect("/my/ticket/link" if access_token else "/my")
        return self._render_page(complaint, access_token if has_token else "", **kw)

    @http.route(
        "/my/ticket/link",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def complaint_link(self, **kw):
        """Say what to do with a personal link that opens nothing."""
        return request.render(
            "klikumkm_complaint.portal_complaint_link",
            {
                "page_name": "complaint_link",
                "channels": request.env["helpdesk.ticket.channel"]._get_official(
                    request.env.company
                ),
            },
        )

    @http.route(
        "/my/ticket/<int:ticket_id>/receipt",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def complaint_receipt(self, ticket_id, access_token=None, **kw):
        """The receipt as PDF."""
        complaint, _has_token = find_complaint(ticket_id, to_token(access_token))
        report = complaint.env.ref(
            "klikumkm_complaint.action_report_receipt", raise_if_not_found=False
        )
        if not complaint or not report:
            raise request.not_found()
        complaint._get_personal_link()  # makes it: the report may only read
        # as superuser: whoever asks may see this complaint, checked above
        pdf, _kind = report._render_qweb_pdf(report.report_name, complaint.ids)
        name = "".join(c if c.isalnum() else "-" for c in complaint.number)
        return request.make_response(
            pdf,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(pdf)),
                ("Content-Disposition", f'attachment; filename="{name}.pdf"'),
                ("Cache-Control", "no-store"),
            ],
        )

    def _render_page(self, complaint, access_token, posted=None, errors=None, **kw):
        """The page, with what was typed and what is wrong with it.

        :param complaint: ``helpdesk.ticket`` record as superuser
        :param str access_token: the right one, or an empty string
        :param dict posted: text by name of the field
        :param dict errors: sentence by name of the field
        """
        complaint = complaint.with_context(lang=request.env.lang)
        values = self._ticket_get_page_view_values(
            complaint, access_token, posted=posted, errors=errors, **kw
        )
        response = request.render("klikumkm_complaint.portal_complaint", values)
        if errors:
            response.status_code = 422
        # the address may be a key: it stays out of caches and other sites' logs
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        # closes: H/controllers/myaccount.py:190-204 (stages of other companies)
        writer = get_writer(ticket, bool(access_token))
        if not request.env.user._is_public() and ticket._is_customer(request.env.user):
            access_token = ""  # his login is enough, the key need not go around
        posted = kwargs.pop("posted", None) or {}
        errors = kwargs.pop("errors", None) or {}
        decision = kwargs.get("decision")
        decision = posted.get("decision") or decision
        decision = decision if decision in DECISIONS else ""
        messages = ticket._get_customer_messages()
        hidden_count = 0
        if kwargs.get("messages") != "all":
            hidden_count = max(0, len(messages) - MESSAGES_SHOWN)
        shown = messages[hidden_count:]
        notices = ticket._get_told_notices()
        shown_files = shown.attachment_ids | notices.attachment_ids
        responses = ticket._get_shown_responses()
        is_decision_open = ticket._is_decision_open()
        values = {
            "page_name": "complaint",
            "complaint": ticket,
            "may_write": bool(writer),
            "access_token": access_token,
            "page_url": ticket._get_page_path(access_token),
            "token_query": f"?access_token={access_token}" if access_token else "",
            "posted": posted,
            "errors": errors,
            "form_token": uuid.uuid4().hex,
            "decision": decision,
            "is_decision_open": is_decision_open,
            "is_decision_outdated": bool(decision and not is_decision_open),
            "open_request": ticket._get_open_request(),
            "responses": responses,
            "notices": notices,
            "messages": shown,
            "hidden_count": hidden_count,
            "files": ticket._get_customer_files() - shown_files,
            "path": ticket._get_status_path(),
            "status_words": ticket._get_status_words(),
            "close_stages": (
                ticket._get_portal_close_stages() if writer else ticket.stage_id[:0]
            ),
            "receipt_url": ticket._get_receipt_path(access_token),
            "rating_links": ticket._get_rating_links() if writer else [],
            "channels": ticket._get_official_channels(),
            "flash": request.session.pop("complaint_flash", None),
            **get_file_values(),
        }
        return self._get_page_view_values(
            ticket, access_token, values, "my_tickets_history", False
        )

    # === WRITING === #
    @http.route("/my/ticket/<int:ticket_id>/reply", **WRITING)
    def complaint_reply(self, ticket_id, access_token=None, **kw):
        """Take what the customer wrote, whatever state his complaint is in."""
        if request.httprequest.method != "POST":
            return self._leave(ticket_id, access_token)
        if refused := self._refuse_old_form(ticket_id, access_token, kw):
            return refused
        complaint, writer, access_token = self._get_own(ticket_id, access_token)
        posted, files = self._get_posted(kw), get_files()
        if self._is_sent(posted):
            return self._go_to(complaint, access_token, "replied", "discussion")
        errors = {}
        if not posted.get("message") and not files:
            errors["message"] = request.env._("Write something, or choose a file.")
        if errors := self._check_sending(complaint, files, errors):
            return self._render_page(complaint, access_token, posted, errors)
        was_waiting = complaint.status == "waiting_customer"
        complaint._post_customer_message(
            writer, posted.get("message"), attach_files(complaint, files)
        )
        self._note_sent(posted)
        flash = "answered" if was_waiting else "replied"
        return self._go_to(complaint, access_token, flash, "discussion")

    @http.route("/my/ticket/<int:ticket_id>/decision", **WRITING)
    def complaint_decision(self, ticket_id, access_token=None, **kw):
        """Take the customer's verdict on our answer."""
        if request.httprequest.method != "POST":
            return self._leave(ticket_id, access_token)
        if refused := self._refuse_old_form(ticket_id, access_token, kw):
            return refused
        complaint, writer, access_token = self._get_own(ticket_id, access_token)
        posted, files = self._get_posted(kw), get_files()
        decision = posted.get("decision")
        reason = posted.get("reason") or ""
        if decision not in DECISIONS:
            return self._go_to(complaint, access_token, "decision_unknown", "decision")
        if self._is_sent(posted):
            return self._go_to(complaint, access_token, f"{decision}_already")
        errors = {}
        if decision == "rejected" and not reason:
            errors["reason"] = request.env._(
                "Say why you do not accept our answer, so that we can look again."
            )
        if errors := self._check_sending(complaint, files, errors):
            return self._render_page(complaint, access_token, posted, errors)
        answer = complaint.response_id
        if complaint._is_decision_open() and to_id(posted.get("answer")) != answer.id:
            # he read an older answer than the one that would be decided about
            errors["form"] = request.env._(
                "Meanwhile we have answered again. Please read the new answer first; "
                "what you wrote is still here."
            )
            return self._render_page(complaint, access_token, posted, errors)
        attachments = attach_files(complaint, files)
        if complaint._is_decision_open():
            complaint._record_decision(decision, reason or None, files=attachments)
            flash = decision
        elif complaint._keep_late_decision(decision, reason, writer, attachments):
            flash = "decision_late"
        else:
            flash = f"{decision}_already"
        self._note_sent(posted)
        return self._go_to(complaint, access_token, flash)

    @http.route("/my/ticket/<int:ticket_id>/referral", **WRITING)
    def complaint_referral(self, ticket_id, access_token=None, **kw):
        """The customer asks for help with a court or dispute body, at any time."""
        if request.httprequest.method != "POST":
            return self._leave(ticket_id, access_token)
        if refused := self._refuse_old_form(ticket_id, access_token, kw):
            return refused
        complaint, _writer, access_token = self._get_own(ticket_id, access_token)
        posted = self._get_posted(kw)
        if self._is_sent(posted) or complaint._get_referral_request_sentence():
            return self._go_to(complaint, access_token, "referral_already", "rights")
        if not complaint._can_ask_for_referral():
            return self._go_to(complaint, access_token, "close_refused")
        if errors := self._check_flood(complaint):
            return self._render_page(complaint, access_token, posted, errors)
        complaint._request_referral(posted.get("wish"))
        self._note_sent(posted)
        return self._go_to(complaint, access_token, "referral_asked")

    def _leave(self, ticket_id, access_token):
        """Who comes by GET only looks: loaded again, or in the other language."""
        query = {"access_token": to_token(access_token)} if access_token else {}
        return request.redirect_query(f"/my/ticket/{ticket_id}", query)

    def _refuse_old_form(self, ticket_id, access_token, parameters):
        """The page with what was typed, where its form is of another session.

        :return: a response; None for a form that may be taken
        """
        if is_own_form(parameters):
            return None
        access_token = to_token(access_token)
        complaint, has_token = find_complaint(ticket_id, access_token)
        if not complaint or not get_writer(complaint, has_token):
            return render_lost_form(parameters, f"/my/ticket/{ticket_id}")
        return self._render_page(
            complaint,
            access_token if has_token else "",
            self._get_posted(parameters),
            {"form": get_old_form_error()},
        )

    def _get_own(self, ticket_id, access_token):
        """The complaint of whoever writes on its page.

        :return: (``helpdesk.ticket`` record as superuser, partner in whose name, the
            personal link's token or an empty string)
        """
        access_token = to_token(access_token)
        complaint, has_token = find_complaint(ticket_id, access_token)
        writer = complaint and get_writer(complaint, has_token)
        if not writer:
            raise request.not_found()
        return complaint, writer, access_token if has_token else ""

    def _get_posted(self, parameters):
        return {name: to_text(value) for name, value in parameters.items()}

    def _go_to(self, complaint, access_token, flash, anchor=""):
        """Back to the page, with a sentence about what was done."""
        request.session["complaint_flash"] = flash
        return request.redirect(complaint._get_page_path(access_token, anchor))

    # === TWICE AND TOO OFTEN === #
    def _is_sent(self, posted):
        """Whether this very form was sent before: pressed twice, or loaded again."""
        form_token = posted.get("form_token", "")[:64]
        return bool(form_token) and form_token in (
            request.session.get("complaint_forms") or []
        )

    def _note_sent(self, posted):
        if form_token := posted.get("form_token", "")[:64]:
            sent = request.session.get("complaint_forms") or []
            request.session["complaint_forms"] = [*sent[-20:], form_token]

    def _check_sending(self, complaint, files, errors):
        """What is wrong with what is sent, its files and how often it is sent.

        :param dict errors: sentence by name of the field, found so far
        :rtype: dict
        """
        if error := check_files(files):
            errors = {**errors, "attachment": error}
        return errors or self._check_flood(complaint)

    def _check_flood(self, complaint):
        """What is wrong where a page is used more often than a person could.

        :rtype: dict
        """
        count = (
            request.env["mail.message"]
            .sudo()  # of a complaint on whose page he may write
            .search_count(
                Domain("model", "=", complaint._name)
                & Domain("res_id", "=", complaint.id)
                & Domain("author_id", "=", complaint.partner_id.id)
                & Domain("create_date", ">", fields.Datetime.now() - timedelta(hours=1))
            )
        )
        if count < MAX_MESSAGES_PER_HOUR:
            return {}
        return {
            "form": request.env._(
                "You have written to us %(count)s times in the last hour. Please wait "
                "a little, or use another of our channels. What you wrote is still "
                "here.",
                count=count,
            )
        }
