# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Our PDFs are made without a network and one record at a time.

Odoo's own way lets wkhtmltopdf fetch style sheets from the server, with the session of
whoever prints; what customers wrote goes into our pages, so nothing is fetched at all.
Debian's wkhtmltopdf joins no documents, knows no headers and footers, and prints
everything at three quarters of its size.
"""

from odoo import models

from odoo.addons.base.models.ir_actions_report import _wkhtml

from ..tools.pdf import count_pages
from ..tools.printing import prepare_page

PREFIX = "klikumkm_complaint.report_"
RECEIPT = "klikumkm_complaint.report_receipt"
# Marks our pages for _build_wkhtmltopdf_args().
OFFLINE = "data-report-klikumkm-offline"
# Nobody listens there: the second lock on the door, after clean_html().
NO_PROXY = "http://127.0.0.1:9"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _is_complaint_report(self):
        return bool(self) and (self.sudo().report_name or "").startswith(PREFIX)

    # === ONE RECORD AT A TIME === #
    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        report = self._get_report(report_ref)
        if not res_ids or not report._is_complaint_report():
            return super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=res_ids
            )
        streams = {}
        for res_id in dict.fromkeys(res_ids):
            stream = super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=[res_id]
            )
            for density in (1, 2):
                # a receipt is one page: rather a shorter story in smaller letters
                if (
                    report.report_name != RECEIPT
                    or count_pages(stream[res_id]["stream"].getvalue()) == 1
                ):
                    break
                dense = self.with_context(complaint_density=density)
                stream = super(IrActionsReport, dense)._render_qweb_pdf_prepare_streams(
                    report_ref, data, res_ids=[res_id]
                )
            streams.update(stream)
        return streams

    # === WITHOUT A NETWORK === #
    def _get_layout(self):
        if self._is_complaint_report():
            return self.env.ref("klikumkm_complaint.report_page")
        return super()._get_layout()

    def _prepare_html(self, html, report_model=False):
        result = super()._prepare_html(html, report_model=report_model)
        if not result or not self._is_complaint_report():
            return result
        bodies, res_ids, _header, _footer, args = result
        bodies = [prepare_page(body) for body in bodies]
        return bodies, res_ids, None, None, {**args, OFFLINE: "1"}

    def _build_wkhtmltopdf_args(
        self,
        paperformat_id,
        landscape,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        args = super()._build_wkhtmltopdf_args(
            paperformat_id,
            landscape,
            specific_paperformat_args=specific_paperformat_args,
            set_viewport_size=set_viewport_size,
        )
        if (specific_paperformat_args or {}).get(OFFLINE):
            args += ["--proxy", NO_PROXY, "--disable-javascript"]
            args += ["--javascript-delay", "1"]
            args += ["--load-error-handling", "ignore"]
            args += ["--load-media-error-handling", "ignore"]
        return args

    def _get_complaint_zoom(self):
        """What brings a page of ours to its real size on paper."""
        return "1" if _wkhtml().is_patched_qt else "1.302"

    def _print_complaint(self, template, values):
        """Print a QWeb template on A4, as a part of a file that is put together.

        Others read it: whatever the customer wrote, the key to his page is not in it.

        :param str template: xmlid
        :param dict values: with ``o``, a complaint in the language of the document
        :rtype: bytes
        """
        report = self.env.ref("klikumkm_complaint.action_report_notice_letter").sudo()
        qweb = self.env["ir.qweb"].with_context(lang=values["o"].env.lang)
        body = qweb._render(template, values)
        page = qweb._render("klikumkm_complaint.report_page", {"body": body})
        for secret in filter(None, values["o"]._get_secrets()):
            page = page.replace(secret, "…")
        return report._run_wkhtmltopdf(
            [prepare_page(page)], specific_paperformat_args={OFFLINE: "1"}
        )

    def _print_complaint_receipt(self, ticket):
        """The receipt as a part of a file; others read it: no personal link.

        :rtype: bytes
        """
        return self._print_complaint(
            "klikumkm_complaint.report_receipt_document",
            {"o": ticket.with_context(complaint_without_link=True)},
        )
