# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class ComplaintReadiness(models.TransientModel):
    _name = "klikumkm.complaint.readiness"
    _description = "What is still missing before the Desk can open"
    _order = "sequence, id"

    name = fields.Char(string="Check", readonly=True)
    sequence = fields.Integer(readonly=True)
    state = fields.Selection(
        selection=[("missing", "Missing"), ("advice", "Worth a look"), ("ready", "OK")],
        readonly=True,
    )
    explanation = fields.Char(string="What to do", readonly=True)
    action_xmlid = fields.Char(readonly=True)
    res_id = fields.Integer(readonly=True)

    @api.model
    def action_check(self):
        """Look at everything once more and show the list."""
        rows = self.create(self._get_checks())
        action = self.env["ir.actions.actions"]._for_xml_id(
            "klikumkm_complaint.klikumkm_complaint_readiness_action"
        )
        action["domain"] = [("id", "in", rows.ids)]
        return action

    def action_mend(self):
        """Open the place where the thing can be put right."""
        self.ensure_one()
        if not self.action_xmlid:
            return False  # nothing that this person could change
        action = self.env["ir.actions.actions"]._for_xml_id(self.action_xmlid)
        if self.res_id:
            action.update(res_id=self.res_id, view_mode="form", views=[(False, "form")])
        return action

    @api.model
    def _get_checks(self):
        """Hook: what must be there before complaints can be handled.

        :return: list of values for this model
        """
        return [
            self._look_at_channels(),
            self._look_at_members(),
            self._look_at_rights(),
            self._look_at_units(),
            *self._look_at_external_bodies(),
            self._look_at_company(),
            self._look_at_incoming_mail(),
            self._look_at_outgoing_mail(),
        ]

    @api.model
    def _prepare_check(
        self, sequence, name, missing, action_xmlid, *, is_advice=False, res_id=False
    ):
        """Values of one line.

        :param str missing: what is missing and what to do, empty if all is well
        :param str action_xmlid: where to mend it
        :param bool is_advice: the desk works without it
        """
        problem = "advice" if is_advice else "missing"
        action = self.env.ref(action_xmlid, raise_if_not_found=False)
        # rights to the model, not to the action: the company is the administrator's
        action = action and action.sudo()
        may_mend = action and self.env[action.res_model].has_access("write")
        return {
            "sequence": sequence,
            "name": name,
            "state": problem if missing else "ready",
            "explanation": missing or False,
            "action_xmlid": action_xmlid if may_mend else False,
            "res_id": res_id,
        }

    @api.model
    def _get_company_domain(self):
        return Domain("company_id", "in", [False, self.env.company.id])

    @api.model
    def _look_at_channels(self):
        channels = self.env["helpdesk.ticket.channel"].search(
            self._get_company_domain() & Domain("is_official", "=", True)
        )
        silent = channels.filtered(lambda channel: not channel.contact)
        missing = ""
        if not channels:
            missing = self.env._(
                "No channel is marked as official: customers do not see how to reach "
                "you."
            )
        elif silent:
            missing = self.env._(
                "Give the number or address that customers use: %(channels)s.",
                channels=", ".join(silent.mapped("name")),
            )
        return self._prepare_check(
            10,
            self.env._("Official channels"),
            missing,
            "klikumkm_complaint.helpdesk_ticket_channel_action",
        )

    @api.model
    def _get_teams(self):
        return self.env["helpdesk.ticket.team"].search(self._get_company_domain())

    @api.model
    def _look_at_members(self):
        teams = self._get_teams()
        empty = teams.filtered(lambda team: not team.user_ids)
        missing = ""
        if not teams:
            missing = self.env._("There is no team that could receive complaints.")
        elif empty:
            missing = self.env._(
                "Add the people who answer: %(teams)s has no members.",
                teams=", ".join(empty.mapped("name")),
            )
        return self._prepare_check(
            20,
            self.env._("Team and members"),
            missing,
            "klikumkm_complaint.helpdesk_ticket_team_action",
        )

    @api.model
    def _look_at_rights(self):
        outside = self._get_teams().user_ids.filtered(
            lambda user: not user.has_group("helpdesk_mgmt.group_helpdesk_user_own")
        )
        missing = ""
        if outside:
            missing = self.env._(
                "These members of a team have no right to complaints; give it to them "
                "or take them out: %(people)s.",
                people=", ".join(outside.mapped("name")),
            )
        return self._prepare_check(
            30,
            self.env._("Rights of the members"),
            missing,
            "klikumkm_complaint.helpdesk_ticket_team_action",
        )

    @api.model
    def _look_at_units(self):
        silent = self.env["klikumkm.complaint.unit"].search(
            self._get_company_domain()
            & Domain("email", "in", [False, ""])
            & Domain("head_id", "=", False)
        )
        missing = ""
        if silent:
            missing = self.env._(
                "Requests to these units reach nobody; give a mailbox or a head, or "
                "archive them: %(units)s.",
                units=", ".join(silent.mapped("name")),
            )
        return self._prepare_check(
            40,
            self.env._("Units"),
            missing,
            "klikumkm_complaint.klikumkm_complaint_unit_action",
        )

    @api.model
    def _look_at_external_bodies(self):
        if "klikumkm.complaint.external.body" not in self.env:
            return []
        bodies = self.env["klikumkm.complaint.external.body"].search(
            self._get_company_domain()
        )
        doubtful = bodies.filtered("warning")
        missing = ""
        if doubtful:
            missing = self.env._(
                "Check address, costs and conditions before somebody is sent there: "
                "%(bodies)s.",
                bodies=", ".join(doubtful.mapped("name")),
            )
        return [
            self._prepare_check(
                45,
                self.env._("Dispute bodies"),
                missing,
                "klikumkm_complaint.klikumkm_complaint_external_body_action",
                is_advice=True,
            )
        ]

    @api.model
    def _look_at_company(self):
        company = self.env.company
        names = company.fields_get(["street", "city", "phone", "email"], ["string"])
        empty = [
            names[field]["string"]
            for field in ("street", "city", "phone", "email")
            if not company[field]
        ]
        missing = ""
        if empty:
            missing = self.env._(
                "Letters and receipts name your address. Not filled in: %(fields)s.",
                fields=", ".join(empty),
            )
        return self._prepare_check(
            50,
            self.env._("Address of the company"),
            missing,
            "base.action_res_company_form",
            res_id=company.id,
        )

    @api.model
    def _look_at_incoming_mail(self):
        missing = ""
        if not self.env.company.alias_domain_id:
            missing = self.env._(
                "No mail domain: complaints by e-mail and answers to your mails do not "
                "arrive. Ask your administrator (Settings ▸ Discuss ▸ Alias domain)."
            )
        else:
            silent = self._get_teams().filtered(lambda team: not team.alias_name)
            if silent:
                missing = self.env._(
                    "No mail address for: %(teams)s.",
                    teams=", ".join(silent.mapped("name")),
                )
        return self._prepare_check(
            60,
            self.env._("Incoming mail"),
            missing,
            "klikumkm_complaint.helpdesk_ticket_team_action",
        )

    @api.model
    def _look_at_outgoing_mail(self):
        # whether there is one, not which: its settings are the administrator's
        servers = self.env["ir.mail_server"].sudo().search_count([], limit=1)
        missing = ""
        if not servers:
            missing = self.env._(
                "No outgoing mail server is set: receipts and answers may not leave. "
                "Ask your administrator (Settings ▸ Technical ▸ Outgoing Mail Servers)."
            )
        return self._prepare_check(
            70,
            self.env._("Outgoing mail"),
            missing,
            "base.action_ir_mail_server_list",
            is_advice=True,  # the machine itself may send
        )
