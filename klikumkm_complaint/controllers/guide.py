# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.http import request


class ComplaintGuide(http.Controller):
    @http.route(
        "/klikumkm/guide",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def complaint_guide(self):
        """The page that a newcomer at the desk keeps next to the telephone."""
        user = request.env.user
        if not user._is_internal():
            raise request.not_found()
        guide = request.env["ir.qweb"].with_context(lang=user.lang)
        page = guide._render(
            "klikumkm_complaint.guide",
            {"company": request.env.company, "lang": (user.lang or "en")[:2]},
        )
        return request.make_response(
            f"<!DOCTYPE html>\n{page}",
            headers=[("Content-Type", "text/html; charset=utf-8")],
        )
