# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The customer's pages, and the holes of helpdesk_mgmt 19.0.1.3.2 closed with them.

Every route of the base that a customer can reach is overridden here, or in page.py;
the comment ``closes:`` at each place names the upstream line. H = helpdesk_mgmt.

===========================  ==================================  ====================
Route                        What the base leaves open           Upstream
===========================  ==================================  ====================
``/ticket/close``            anybody closes anything, by GET     H/controllers/main.py
                             and without end; foreign stages;    :14-32
                             500 on bad parameters
``/new/ticket``              form by POST only, team and         H/controllers/main.py
                             category of other companies         :34-74
``/submitted/ticket``        submits by GET without a token;     H/controllers/main.py
                             hidden, archived, foreign           :76-127
                             categories and teams; nothing
                             required, nothing limited; 500
``/my/tickets``              500 on unknown sortby, bad dates,   H/controllers/
                             NUL in search                       myaccount.py:33-167
``/my/ticket/<id>``          files of internal notes; sidebar    H/controllers/
(controllers/page.py)        switched off; UTC times without a   myaccount.py:169-213,
                             zone; database id                   H/views/helpdesk_
                                                                 ticket_templates.xml
``duplicate_id``             another customer's subject          H/models/helpdesk_
                             (models/helpdesk_ticket_            ticket.py:165-170
                             customer.py)
===========================  ==================================  ====================
"""

import math
import uuid
from datetime import timedelta

from odoo import SUPERUSER_ID, fields, http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import plaintext2html

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.helpdesk_ticket import SUBMISSION_TYPE, URGENCY
from ..models.helpdesk_ticket_stage import OPEN_STATUS
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
    to_date,
    to_id,
    to_text,
    to_token,
)

PAGE_SIZE = 20
# Stops a flood, never a person: a desk that records for others may need many.
MAX_SUBMISSIONS_PER_HOUR = 30

SORTINGS = {
    "date": "received_date desc, id desc",
    "name": "name, id desc",
    "stage": "stage_id, id desc",
    "update": "last_stage_update desc, id desc",
}


class ComplaintPortal(CustomerPortalHelpdesk):
    # === LIST === #

    # closes: H/controllers/myaccount.py:81 (KeyError on sortby), :90 (dates),
    # :98 (NUL in search), :162 (groupby)
    @http.route(methods=["GET"])
    def portal_my_tickets(
        self,
        page=1,
        date_begin=None,
        date_end=None,
        sortby=None,
        filterby=None,
        search=None,
        search_in=None,
        groupby=None,
        **kw,
    ):
        Ticket = request.env["helpdesk.ticket"]
        if not Ticket.has_access("read"):
            return request.redirect("/my")
        search = to_text(search)
        date_begin, date_end = to_date(date_begin), to_date(date_end)
        own = self._get_own_domain()
        domain = own
        if search:
            domain &= Domain.OR(
                [
                    [(name, "ilike", search)]
                    for name in ("number", "name", "description")
                ]
            )
        if date_begin and date_end:
            domain &= Domain("received_date", ">=", date_begin)
            domain &= Domain("received_date", "<=", f"{date_end} 23:59:59")
        filters = self._get_complaint_filters()
        filterby = filterby if filterby in filters else "all"
        sortby = sortby if sortby in SORTINGS else "date"
        counts = {
            name: Ticket.search_count(domain & values["domain"])
            for name, values in filters.items()
        }
        arguments = {"filterby": filterby, "sortby": sortby, "search": search}
        # the last page where there are fewer, however far somebody asked for
        pages = max(1, math.ceil(counts[filterby] / PAGE_SIZE))
        pager = portal_pager(
            url="/my/tickets",
            url_args=arguments,
            total=counts[filterby],
            page=min(page, pages),
            step=PAGE_SIZE,
        )
        complaints = Ticket.search(
            domain & filters[filterby]["domain"],
            order=SORTINGS[sortby],
            limit=PAGE_SIZE,
            offset=pager["offset"],
        )
        request.session["my_tickets_history"] = complaints.ids[:100]
        return request.render(
            "klikumkm_complaint.portal_complaints",
            {
                **self._prepare_portal_layout_values(),
                **arguments,
                "page_name": "complaints",
                # found under the customer's own rules; names of stages and the
                # promised date are read for him
                "complaints": complaints.sudo(),
                "filters": filters,
                "counts": counts,
                "has_complaints": bool(
                    counts["all"] or Ticket.search_count(own, limit=1)
                ),
                "pager": pager,
            },
        )

    def _get_own_domain(self):
        """Complaints of whoever looks: an agent has pages of his own elsewhere."""
        user = request.env.user
        if user.company_id.complaint_portal_by_company:
            return Domain("commercial_partner_id", "=", user.commercial_partner_id.id)
        return Domain("partner_id", "=", user.partner_id.id)

    def _get_complaint_filters(self):
        waiting = Domain("stage_id.status", "=", "waiting_customer") | (
            Domain("stage_id.status", "=", "resolved")
            & Domain("customer_decision", "=", "pending")
        )
        return {
            "running": {
                "label": request.env._("Running"),
                "domain": Domain("stage_id.status", "in", OPEN_STATUS),
            },
            "waiting": {
                "label": request.env._("Waiting for me"),
                "domain": waiting,
            },
            "done": {
                "label": request.env._("Done"),
                "domain": Domain("stage_id.status", "not in", OPEN_STATUS),
            },
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
        }


class ComplaintForm(HelpdeskTicketController):
    # === CLOSE === #

    # closes: H/controllers/main.py:14 (GET, no CSRF, any ticket), :20 (500), :27-30
    # (foreign stages, closed again and again)
    @http.route(methods=["POST"], auth="public", csrf=False)
    def support_ticket_close(
        self, ticket_id=None, stage_id=None, access_token=None, **kw
    ):
        access_token = to_token(access_token)
        complaint, has_token = find_complaint(ticket_id, access_token)
        if not is_own_form(kw) and not complaint:
            return request.redirect("/my")  # logged out meanwhile
        # the customer himself, or his link; who may merely read it has the desk's
        # own buttons
        if not complaint or not get_writer(complaint, has_token):
            raise request.not_found()
        stage = complaint._get_portal_close_stages().filtered(
            lambda stage: stage.id == to_id(stage_id)
        )
        if not is_own_form(kw):
            flash = "page_old"
        elif complaint.closed:
            flash = "closed_already"
        elif not stage:
            flash = "close_refused"
        else:
            complaint._close_by_customer(stage)
            flash = stage.status
        request.session["complaint_flash"] = flash
        url = complaint._get_page_path(access_token if has_token else "")
        return request.redirect(url, code=302)

    # === FORM === #

    # closes: H/controllers/main.py:34-51 (other companies' teams and categories)
    @http.route(methods=["GET", "POST"])
    def create_new_ticket(self, **kw):
        return self._render_form({}, {})

    def _render_form(self, posted, errors, status=200):
        """The form, with what was typed and what is wrong with it.

        :param dict posted: text by name of the field
        :param dict errors: sentence by name of the field
        """
        response = request.render(
            "klikumkm_complaint.portal_complaint_form",
            {
                "page_name": "complaint_form",
                "posted": posted,
                "errors": errors,
                "form_token": posted.get("form_token") or uuid.uuid4().hex,
                "submission_types": self._get_submission_types(),
                "urgencies": self._get_urgencies(),
                "category_groups": self._get_category_groups(),
                "teams": self._get_teams(),
                "is_category_required": self._is_category_required(),
                "is_team_required": self._is_team_required(),
                "unknown_category": request.env._("I do not know"),
                **get_file_values(),
            },
        )
        response.status_code = status
        return response

    def _get_submission_types(self):
        return (
            request.env["helpdesk.ticket"]
            ._fields["submission_type"]
            ._description_selection(request.env)
        )

    def _get_urgencies(self):
        """Value, label and hint of each urgency."""
        return [
            (
                "0",
                request.env._("Low"),
                request.env._("It can wait; my business is not disturbed."),
            ),
            (
                "1",
                request.env._("Medium"),
                request.env._("It disturbs, but my business keeps running."),
            ),
            (
                "2",
                request.env._("High"),
                request.env._("My money or my business is disturbed right now."),
            ),
            (
                "3",
                request.env._("Emergency"),
                request.env._(
                    "There is a threat, misuse of data or of an account, or a loss "
                    "that is happening now."
                ),
            ),
        ]

    def _is_category_required(self):
        company = request.env.company
        return (
            company.helpdesk_mgmt_portal_select_category
            and company.helpdesk_mgmt_portal_category_id_required
        )

    def _is_team_required(self):
        return request.env.company.helpdesk_mgmt_portal_team_id_required

    def _get_categories(self, **kw):
        # closes: H/controllers/main.py:46-50 (categories of other companies, and those
        # below a hidden or archived one)
        categories = (
            request.env["helpdesk.ticket.category"]
            .sudo()  # names only, and only those marked for the portal
            .search(
                [
                    ("show_in_portal", "=", True),
                    ("company_id", "in", [False, request.env.company.id]),
                ]
            )
        )

        def is_visible(category):
            parent = category.parent_id
            return not parent or (parent in categories and is_visible(parent))

        return categories.filtered(is_visible)

    def _get_category_groups(self):
        """Visible categories by their topmost parent, in the order of the list.

        :return: pairs of (parent or empty, categories to choose from)
        """
        categories = self._get_categories()
        parents = categories.parent_id
        groups = []
        for category in categories.filtered(lambda record: not record.parent_id):
            below = categories.filtered(
                lambda record, top=category: (
                    record != top
                    and record.parent_path.startswith(top.parent_path)
                    and record not in parents
                )
            )
            groups.append((category if below else below, below or category))
        return groups

    def _get_teams(self):
        # closes: H/controllers/main.py:34-41 (teams of other companies)
        if not request.env.company.helpdesk_mgmt_portal_select_team:
            return request.env["helpdesk.ticket.team"]
        return self._get_portal_teams()

    def _get_portal_teams(self):
        return (
            request.env["helpdesk.ticket.team"]
            .sudo()  # only teams that are shown in the portal
            .search(
                [
                    ("show_in_portal", "=", True),
                    ("company_id", "in", [False, request.env.company.id]),
                ]
            )
        )

    # closes: H/controllers/main.py:110 (GET submits without a token)
    # public: whoever was logged out while he wrote gets his words back
    @http.route(
        methods=["GET", "POST"],
        auth="public",
        csrf=False,
        max_content_length=allow_large_form,
    )
    def submit_ticket(self, **kw):
        if request.httprequest.method != "POST":
            return request.redirect("/new/ticket")
        if request.env.user._is_public():
            return render_lost_form(kw, "/new/ticket")
        sent = request.session.get("complaint_sent") or {}
        form_token = to_text(kw.get("form_token"))[:64]
        if form_token and form_token in sent:
            # the same form once more: sent twice, or the page was loaded again
            return request.redirect(self._get_sent_url(sent[form_token]))
        posted = {name: to_text(value) for name, value in kw.items()}
        if not is_own_form(kw):
            errors = {"form": get_old_form_error()}
            return self._render_form(posted, errors, status=422)
        files = get_files()
        errors = self._check_submission(posted, files)
        if not errors and self._is_too_many():
            errors["form"] = request.env._(
                "You have sent us %(count)s submissions in the last hour. Please wait "
                "a little before you send the next one, or use another of our "
                "channels. What you wrote is still here.",
                count=MAX_SUBMISSIONS_PER_HOUR,
            )
            return self._render_form(posted, errors, status=429)
        if errors:
            return self._render_form(posted, errors, status=422)
        vals = self._prepare_submit_ticket_vals(**posted)
        # validated above; a customer has no right to create by himself
        complaint = request.env["helpdesk.ticket"].sudo().create(vals)
        complaint.message_subscribe(partner_ids=request.env.user.partner_id.ids)
        attach_files(complaint, files)
        if not complaint._get_customer_email():
            # the page that comes now is his receipt
            complaint.with_user(SUPERUSER_ID)._isolate_telling("_tell_receipt_on_page")
        if form_token:
            sent = dict(list(sent.items())[-20:], **{form_token: complaint.number})
            request.session["complaint_sent"] = sent
        return request.redirect(self._get_sent_url(complaint.number))

    @http.route(
        "/new/ticket/sent",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def complaint_sent(self, number=None, **kw):
        """Thank the customer, and give him his number."""
        complaint = request.env["helpdesk.ticket"].search(
            [
                ("number", "=", to_text(number) or False),
                ("partner_id", "=", request.env.user.partner_id.id),
            ],
            limit=1,
        )
        if not complaint:
            return request.redirect("/my/tickets")
        complaint_sudo = complaint.sudo()  # found under the customer's own rules
        return request.render(
            "klikumkm_complaint.portal_complaint_sent",
            {
                "page_name": "complaint_form",
                "complaint": complaint_sudo,
                "status_words": complaint_sudo._get_status_words(),
                "personal_link": complaint_sudo._get_personal_link(),
                "receipt_url": complaint_sudo._get_receipt_path(),
            },
        )

    def _get_sent_url(self, number):
        return f"/new/ticket/sent?number={number}"

    def _is_too_many(self):
        """Whether this user has sent all he may send within an hour."""
        user = request.env.user
        count = (
            request.env["helpdesk.ticket"]
            .sudo()  # his own, also those he no longer sees
            .with_context(active_test=False)
            .search_count(
                [
                    ("partner_id", "=", user.partner_id.id),
                    ("create_uid", "=", user.id),
                    ("create_date", ">", fields.Datetime.now() - timedelta(hours=1)),
                ]
            )
        )
        return count >= MAX_SUBMISSIONS_PER_HOUR

    def _check_submission(self, posted, files):
        """What is wrong with a submission.

        :param dict posted: text by name of the field
        :param list files: ``werkzeug.datastructures.FileStorage``
        :return: a sentence for the customer by name of the field
        :rtype: dict
        """
        errors = {}
        # A field that was not sent at all comes from a form older than ours: the
        # category decides. A field sent empty was left out by the customer.
        if posted.get("submission_type", "complaint") not in dict(SUBMISSION_TYPE):
            errors["submission_type"] = request.env._(
                "Choose what you want to tell us."
            )
        # closes: H/controllers/main.py:77-79 (500, hidden, archived, foreign)
        category = posted.get("category")
        if category and to_id(category) not in self._get_categories().ids:
            errors["category"] = request.env._("Choose a category from the list.")
        elif not category and self._is_category_required():
            errors["category"] = request.env._("Choose a category.")
        # closes: H/controllers/main.py:96-104 (500, teams of other companies)
        teams = self._get_teams()
        team = posted.get("team")
        if teams and team and to_id(team) not in teams.ids:
            errors["team"] = request.env._("Choose a team from the list.")
        elif teams and not team and self._is_team_required():
            errors["team"] = request.env._("Choose a team.")
        if posted.get("priority", "1") not in dict(URGENCY):
            errors["priority"] = request.env._("Choose how urgent it is.")
        # closes: H/controllers/main.py:84 (missing description)
        if not posted.get("description"):
            errors["description"] = request.env._("Tell us what happened.")
        # closes: H/controllers/main.py:115-126 (any number, size and kind of files)
        if error := check_files(files):
            errors["attachment"] = error
        return errors

    def _prepare_submit_ticket_vals(self, **kw):
        """Values of a complaint, from parameters that were checked before."""
        user = request.env.user
        company = request.env.company
        category = request.env["helpdesk.ticket.category"].browse(
            to_id(kw.get("category"))
        )
        team = self._get_teams().browse(to_id(kw.get("team"))) or (
            self._get_portal_teams()[:1]
            or request.env["helpdesk.ticket"].sudo()._get_default_team()
        )
        vals = {
            "company_id": company.id,
            "team_id": team.id,
            "category_id": category.id,
            "is_classified": bool(category),
            "name": kw.get("subject"),
            "description": plaintext2html(kw.get("description")),
            "channel_id": request.env["ir.model.data"]._xmlid_to_res_id(
                "helpdesk_mgmt.helpdesk_ticket_channel_web"
            ),
            "partner_id": user.partner_id.id,
            "partner_name": user.partner_id.name,
            "partner_email": user.partner_id.email,
            "user_id": False,
            "lang": request.env.lang,
        }
        if kw.get("submission_type"):
            vals["submission_type"] = kw["submission_type"]
        if kw.get("priority"):
            vals["priority"] = vals["urgency_stated"] = kw["priority"]
        if not team:
            stages = team.with_company(company)._get_applicable_stages()
            vals["stage_id"] = stages[:1].id
        return vals
