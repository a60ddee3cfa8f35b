# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError


class ComplaintImport(models.Model):
    """One imported file: who took over which complaints, and the way back.

    Written by the import alone.
    """

    _name = "klikumkm.complaint.import"
    _description = "Imported Complaints"
    _order = "id desc"

    name = fields.Char(string="File", readonly=True, required=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Imported by",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    date = fields.Datetime(string="Imported at", required=True, readonly=True)
    upload_id = fields.Integer(
        readonly=True,
        help="The upload that long files are imported from in several steps.",
    )
    state = fields.Selection(
        selection=[("done", "Imported"), ("undone", "Undone")],
        default="done",
        required=True,
        readonly=True,
    )
    undone_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Undone by",
        readonly=True,
        ondelete="restrict",
    )
    undone_date = fields.Datetime(string="Undone at", readonly=True)
    ticket_ids = fields.One2many(
        comodel_name="helpdesk.ticket",
        inverse_name="import_id",
        string="Complaints",
        context={"active_test": False},
        readonly=True,
    )
    # as they were when the file was imported
    ticket_count = fields.Integer(string="Number of complaints", readonly=True)
    open_count = fields.Integer(string="Still open", readonly=True)
    undated_count = fields.Integer(string="Finished, without a date", readonly=True)
    is_undo_possible = fields.Boolean(
        compute="_compute_is_undo_possible",
        help="On the day of the import only.",
    )

    @api.depends("state", "date")
    def _compute_is_undo_possible(self):
        for batch in self:
            batch.is_undo_possible = batch.state == "done" and batch._is_of_today()

    @api.model
    def _open_for(self, source):
        """The row of the file that is being imported, in superuser mode.

        :param dict source: what ``base_import.import`` says of the file; a later step
            of a long file joins its first ones
        """
        batches = self.sudo()
        if source.get("skip"):
            earlier = batches.search(
                [
                    ("upload_id", "=", source["upload_id"]),
                    ("user_id", "=", self.env.uid),
                    ("company_id", "=", self.env.company.id),
                    ("state", "=", "done"),
                ],
                limit=1,
            )
            if earlier and earlier._is_of_today():
                return earlier
        return batches.create(
            {
                "name": source.get("file_name") or self.env._("Without a file name"),
                "company_id": self.env.company.id,
                "user_id": self.env.uid,
                "date": fields.Datetime.now(),
                "upload_id": source.get("upload_id"),
            }
        )

    def _add_counts(self, counts):
        """Add what a step of the file brought.

        :param list counts: see ``helpdesk.ticket._get_import_counts``
        """
        for count in counts:
            name = f"{count['name']}_count"
            if name in self._fields:
                self[name] += count["count"]

    # === UNDO === #
    def _is_of_today(self):
        """Whether it is still the day of the import, in the operating zone."""
        self.ensure_one()
        company_tickets = self.env["helpdesk.ticket"].with_company(self.company_id)
        tz = pytz.timezone(company_tickets._get_import_tz())
        moments = (self.date, fields.Datetime.now())
        imported, today = (pytz.utc.localize(m).astimezone(tz).date() for m in moments)
        return imported == today

    def action_undo(self):
        """Remove the complaints of a file again: on the same day, untouched ones only.

        The one exception to "never deleted": they are in the other system all the same,
        and nobody but the importer has seen them. Contacts stay: they may have been
        there before, or be in use already.
        """
        self.ensure_one()
        self.check_access("read")
        self.env["helpdesk.ticket"]._check_import_allowed()
        # the list is the import's own; rights and company were checked above
        batch_sudo = self.sudo()
        tickets = batch_sudo.ticket_ids
        try:
            tickets.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody is working on these complaints at this moment, so the "
                    "import cannot be undone."
                )
            ) from error
        batch_sudo._check_undo_allowed()
        tickets._remove_import()
        batch_sudo.write(
            {
                "state": "undone",
                "undone_by_id": self.env.uid,
                "undone_date": fields.Datetime.now(),
            }
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s complaints were removed again. Their contacts stay.",
                    count=len(tickets),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_undo_allowed(self):
        """Refuse what would take away more than the import brought.

        :raise UserError: it was undone, is of another day, or somebody did something
        """
        self.ensure_one()
        if self.state == "undone":
            raise UserError(self.env._("This import was undone already."))
        if not self._is_of_today():
            raise UserError(
                self.env._(
                    "An import can be undone on the same day only. Cancel the "
                    "complaints that should not be there."
                )
            )
        if touched := self.ticket_ids._get_touched_since_import():
            raise UserError(
                self.env._(
                    "The import cannot be undone: since then something happened on "
                    "%(count)s of its complaints (%(numbers)s). Cancel those that "
                    "should not be there.",
                    count=len(touched),
                    numbers=", ".join(touched[:5].mapped("number"))
                    + (", …" if len(touched) > 5 else ""),
                )
            )

    def action_view_tickets(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "klikumkm_complaint.helpdesk_ticket_action_all"
        )
        action["name"] = self.name
        action["domain"] = [("import_id", "=", self.id)]
        action["context"] = {"active_test": False}
        return action

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("This list is written by the import alone."))
        return super().create(vals_list)
