# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from .helpdesk_ticket_stage import OPEN_STATUS


class ResUsers(models.Model):
    _inherit = "res.users"

    complaint_stand_in_id = fields.Many2one(
        comodel_name="res.users",
        string="Stand-in for complaints",
        domain="[('share', '=', False), ('id', '!=', id), "
        "('helpdesk_team_ids', '!=', False)]",
        help="New complaints go to this person while you are out of office.",
    )
    complaint_open_count = fields.Integer(
        string="Open complaints",
        compute="_compute_complaint_counts",
        groups="klikumkm_complaint.group_complaint_lead",
    )
    complaint_reply_pending_count = fields.Integer(
        string="Customer wrote last",
        compute="_compute_complaint_counts",
        groups="klikumkm_complaint.group_complaint_lead",
    )
    complaint_waiting_count = fields.Integer(
        string="Waiting for the customer",
        compute="_compute_complaint_counts",
        groups="klikumkm_complaint.group_complaint_lead",
    )
    complaint_absence_label = fields.Char(
        string="Absent", compute="_compute_complaint_absence_label"
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "complaint_stand_in_id"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "complaint_stand_in_id"]

    # === COMPUTE METHODS === #
    @api.model
    def _get_complaint_count_domains(self):
        """What the workload counts for each person.

        :return: {name of the field: domain on ``helpdesk.ticket``}
        """
        running = Domain("status", "in", OPEN_STATUS)
        return {
            "complaint_open_count": running,
            "complaint_reply_pending_count": Domain("reply_pending_since", "!=", False),
            "complaint_waiting_count": Domain("status", "=", "waiting_customer"),
        }

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_complaint_counts(self):
        # as whoever looks: complaints of other companies do not count
        Ticket = self.env["helpdesk.ticket"]
        for name, domain in self._get_complaint_count_domains().items():
            counts = dict(
                Ticket._read_group(
                    domain & Domain("user_id", "in", self.ids),
                    ["user_id"],
                    ["__count"],
                )
            )
            for user in self:
                user[name] = counts.get(user, 0)

    @api.depends("is_out_of_office", "out_of_office_to", "active")
    @api.depends_context("lang", "tz")
    def _compute_complaint_absence_label(self):
        for user in self:
            if not user.active:
                user.complaint_absence_label = self.env._("No longer here")
            elif not user.is_out_of_office:
                user.complaint_absence_label = False
            elif user.out_of_office_to:
                until = fields.Datetime.context_timestamp(self, user.out_of_office_to)
                user.complaint_absence_label = self.env._(
                    "Absent until %(date)s", date=format_date(self.env, until.date())
                )
            else:
                user.complaint_absence_label = self.env._("Absent")

    # === CONSTRAINT METHODS === #
    @api.constrains("complaint_stand_in_id")
    def _check_complaint_stand_in(self):
        for user in self:
            stand_in = user.complaint_stand_in_id
            if stand_in == user:
                raise ValidationError(
                    self.env._("Nobody can be his own stand-in. Choose a colleague.")
                )
            if stand_in and not stand_in.has_group(
                "helpdesk_mgmt.group_helpdesk_user_own"
            ):
                raise ValidationError(
                    self.env._(
                        "%(name)s does not work on complaints and cannot stand in.",
                        name=stand_in.name,
                    )
                )

    # === STAND-IN === #
    def _is_at_desk(self):
        """Whether this person works at a desk and is not away now.

        :rtype: bool
        """
        self.ensure_one()
        return self.env["helpdesk.ticket"]._is_staff(self) and not self.is_out_of_office

    def _get_complaint_stand_in(self):
        """Who acts for this person now.

        :return: the person himself while present, else the first present one of the
            chain of stand-ins; an empty recordset if there is none
        """
        self.ensure_one()
        user = self.sudo()  # preferences of colleagues; only the person is returned
        asked = user.browse()
        while user and user not in asked:
            if user._is_at_desk():
                return user.with_env(self.env)
            asked |= user
            user = user.complaint_stand_in_id
        return self.browse()

    # === WORKLOAD === #
    @api.model
    def action_complaint_workload(self):
        """The people of the teams, and whoever else still has open complaints."""
        owners = self.env["helpdesk.ticket"]._read_group(
            [("status", "in", OPEN_STATUS), ("user_id", "!=", False)], ["user_id"]
        )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "klikumkm_complaint.res_users_action_workload"
        )
        # archived people too: what they left behind must not be forgotten
        action["domain"] = [
            ("active", "in", [True, False]),
            "|",
            ("id", "in", [user.id for [user] in owners]),
            "&",
            ("active", "=", True),
            "&",
            ("share", "=", False),
            ("helpdesk_team_ids", "!=", False),
        ]
        return action

    def action_view_open_complaints(self):
        """The person's open complaints, to be read or handed over."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "klikumkm_complaint.helpdesk_ticket_action_all"
        )
        title = self.env._("Complaints of %(name)s", name=self.name)
        action.update(
            name=title,
            display_name=title,
            domain=[("user_id", "=", self.id)],
            context={"search_default_running": 1},
            path=False,
        )
        return action

    def action_hand_over_complaints(self):
        """Hand over everything open that the person has."""
        self.ensure_one()
        tickets = self.env["helpdesk.ticket"].search(
            [("user_id", "=", self.id), ("status", "in", OPEN_STATUS)]
        )
        return tickets.action_open_hand_over()

    def action_open_complaint_absence(self):
        """Say for somebody, who may be ill, how long he is away and who stands in."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "klikumkm_complaint.klikumkm_complaint_absence_action"
        )
        action["context"] = {"default_user_id": self.id}
        return action
