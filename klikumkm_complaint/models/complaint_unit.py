# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize_all


class ComplaintUnit(models.Model):
    _name = "klikumkm.complaint.unit"
    _description = "Unit of the Company"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    head_id = fields.Many2one(
        comodel_name="res.users",
        string="Head",
        domain="[('share', '=', False)]",
        index="btree_not_null",
    )
    member_ids = fields.Many2many(
        comodel_name="res.users",
        string="Members",
        relation="klikumkm_complaint_unit_member_rel",
        column1="unit_id",
        column2="user_id",
        domain="[('share', '=', False)]",
        help="Like the head, they see the requests to this unit and may answer them.",
    )
    email = fields.Char(string="Mailbox", help="Where requests to this unit are sent.")
    default_due_days = fields.Integer(
        string="Working days to answer",
        default=3,
        required=True,
        help="Proposed for requests to this unit.",
    )
    company_id = fields.Many2one(comodel_name="res.company", index=True)

    _default_due_days_positive = models.Constraint(
        "CHECK (default_due_days > 0)",
        "A unit has at least one working day to answer.",
    )

    def _get_recipients(self, person, with_head=False):
        """Where a mail to the unit goes: to a person, else the mailbox, else the head.

        :param person: ``res.users`` record, the person chosen, or empty
        :param bool with_head: the head gets it as well
        :return: (``res.partner`` records, addresses separated by commas)
        """
        self.ensure_one()
        partners = person.filtered("active").partner_id.filtered("email")
        emails = "" if partners else ",".join(email_normalize_all(self.email or ""))
        head = self.head_id.filtered("active").partner_id.filtered("email")
        if with_head or not (partners or emails):
            partners |= head
        return partners, emails

    def _check_reachable(self, person):
        """Refuse a request that would reach nobody.

        :param person: ``res.users`` record, the person chosen, or empty
        :raise UserError: archived, or without any address
        """
        self.ensure_one()
        if not self.active:
            raise UserError(
                self.env._("The unit %(unit)s is archived.", unit=self.display_name)
            )
        if person and not person.active:
            raise UserError(
                self.env._(
                    "%(person)s no longer works here. Choose somebody else, or nobody "
                    "to write to the unit's mailbox.",
                    person=person.name,
                )
            )
        if person and not person.email:
            raise UserError(
                self.env._(
                    "%(person)s has no e-mail address. Choose somebody else, or nobody "
                    "to write to the unit's mailbox.",
                    person=person.name,
                )
            )
        if not any(self._get_recipients(person)):
            raise UserError(
                self.env._(
                    "The unit %(unit)s has neither a mailbox nor a head with an e-mail "
                    "address. Choose a person, or ask your team lead to complete it "
                    "(Configuration ▸ Units).",
                    unit=self.display_name,
                )
            )
