# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models

from odoo.addons.base.models.res_partner import _lang_get

LEAD = "klikumkm_complaint.group_complaint_lead"
MANAGER = "helpdesk_mgmt.group_helpdesk_manager"


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_lang = fields.Selection(
        selection=_lang_get,
        string="Customers' language",
        default=lambda self: self._default_complaint_lang(),
        help="Used for customers whose own language is not known.",
    )
    complaint_country_id = fields.Many2one(
        comodel_name="res.country",
        string="Customers' country",
        default=lambda self: self.env.ref("base.id", raise_if_not_found=False),
        help="How telephone numbers without a country code are read.",
    )
    complaint_portal_by_company = fields.Boolean(
        string="Portal users see their company's complaints",
        help="Off: each portal user sees only the complaints made in his own name. "
        "On: everybody of a customer company sees those of the whole company.",
    )

    complaint_silence_days = fields.Integer(
        string="Days for the customer's verdict",
        default=10,
        help="Working days after our answer; who stays silent although reminded is "
        "closed, never counted as having accepted.",
    )
    complaint_reopen_days = fields.Integer(
        string="Days to reopen",
        default=10,
        help="Working days in which a reply reopens what was closed.",
    )
    complaint_ruling_days = fields.Integer(
        string="Days to decide on an objection", default=2
    )
    complaint_document_days = fields.Integer(
        string="Days to send documents",
        default=10,
        help="Working days (POJK 22/2023 article 71(5)).",
    )
    complaint_emergency_text = fields.Text(
        string="In an emergency",
        compute="_compute_complaint_emergency_text",
        inverse="_inverse_complaint_emergency_text",
        help="Told with the receipt of an emergency. Each language has its own text: "
        "change yours to see and edit another. Emptied, it is ours again.",
    )
    complaint_emergency_own_text = fields.Text(
        string="Own emergency text", translate=True
    )

    _complaint_terms_positive = models.Constraint(
        "CHECK (complaint_silence_days > 0 AND complaint_reopen_days > 0"
        " AND complaint_ruling_days > 0 AND complaint_document_days > 0)",
        "The terms of complaints must be at least one day.",
    )

    @api.depends("complaint_emergency_own_text")
    @api.depends_context("lang")
    def _compute_complaint_emergency_text(self):
        for company in self:
            company.complaint_emergency_text = (
                company.complaint_emergency_own_text
                or company._get_default_emergency_text()
            )

    def _inverse_complaint_emergency_text(self):
        for company in self:
            default = company._get_default_emergency_text()
            text = company.complaint_emergency_text or default
            if not company.complaint_emergency_own_text:
                if text == default:
                    continue
                # Odoo would put a first text into every language
                for code, _name in self.env["res.lang"].get_installed():
                    other = company.with_context(lang=code)
                    other.complaint_emergency_own_text = (
                        other._get_default_emergency_text()
                    )
            company.complaint_emergency_own_text = text

    def write(self, vals):
        result = super().write(vals)
        if "complaint_portal_by_company" in vals:
            # the portal's record rule reads the setting, and its domain is cached
            self.env.registry.clear_cache()
        return result

    def _default_complaint_lang(self):
        installed = dict(self.env["res.lang"].get_installed())
        return "id_ID" if "id_ID" in installed else next(iter(installed), False)

    # === WHO DECIDES === #
    def _get_complaint_leads(self, team=None):
        """The leads of a team's complaints, present or not.

        Those of the team, else those of the company; a manager is a lead as well, and
        the last to be asked.

        :param team: ``helpdesk.ticket.team`` record, if any
        :return: ``res.users`` recordset in superuser mode, empty if there is no lead
        """
        return next(self._iter_complaint_leads(team), self.env["res.users"].sudo())

    def _get_present_complaint_leads(self, team=None):
        """The first of them to be asked of whom anybody is at the desk.

        Who is away is represented by a stand-in who is a lead himself.

        :return: as :meth:`_get_complaint_leads`, which it falls back on if nobody at
            all is there
        """
        for leads in self._iter_complaint_leads(team):
            present = leads.browse().union(
                *(user._get_complaint_stand_in() for user in leads)
            )
            if present := present.filtered(self._is_complaint_lead):
                return present.sorted("id")
        return self._get_complaint_leads(team)

    def _iter_complaint_leads(self, team=None):
        """Yield who may be asked, in the order of asking: never an empty recordset."""
        self.ensure_one()
        # whoever asks, somebody must decide
        everybody = self.env.ref(LEAD).sudo().all_user_ids
        managers = self.env.ref(MANAGER).sudo().all_user_ids
        leads = everybody.filtered(self._is_complaint_lead).sorted("id")
        own = leads & team.sudo().user_ids if team else leads.browse()
        for people in (own - managers, own, leads - managers, leads):
            if people:
                yield people

    def _is_complaint_lead(self, user):
        return (
            self.env["helpdesk.ticket"]._is_staff(user)
            and self in user.company_ids
            and user.has_group(LEAD)
        )

    # === WORDS === #
    def _get_default_emergency_text(self):
        return self.env._(
            "If you feel threatened, call the police at 110. Keep proof (recordings, "
            "screenshots, name and number of the caller) and send it to us. You can "
            "also report to OJK 157."
        )
