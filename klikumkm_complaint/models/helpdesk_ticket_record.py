# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The dialog *Record a complaint*: what follows once it is typed."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .helpdesk_ticket_intake import without_nul
from .helpdesk_ticket_stage import OPEN_STATUS

# What the dialog asks besides story, files, channel and time.
TYPED_FIELDS = (
    "partner_name",
    "partner_phone",
    "partner_email",
    "agreement_ref",
    "customer_role",
    "submission_type",
    "category_id",
    "priority",
)


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # === SAVE AND GO ON === #
    def action_recorded_and_answer(self):
        """Answer the caller at once."""
        self.ensure_one()
        return self.action_open_answer()

    def action_recorded_and_receipt(self):
        """Print the receipt, and say the number as *Save* does."""
        self.ensure_one()
        action = self.action_print_receipt()
        if isinstance(action, dict):
            action["close_on_report_download"] = True
        return action

    # === ADD TO AN OPEN COMPLAINT === #
    def action_add_call(self, values):
        """Add what was typed for a new complaint to this one: *Add to this one*.

        It becomes a message of the customer; nothing else is recorded, and nothing of
        what was typed is lost.

        :param dict values: what the dialog holds, as for ``create``
        :return: a notification with the number
        """
        self.ensure_one()
        self._check_is_desk()
        self.check_access("read")
        if self.status not in OPEN_STATUS:
            raise UserError(
                self.env._(
                    "%(number)s is at “%(stage)s” by now. Record a new complaint.",
                    number=self.number,
                    stage=self.stage_id.name,
                )
            )
        values = {name: without_nul(value) for name, value in values.items()}
        story = (values.get("story_text") or "").strip()
        files = self._get_dropped_files(values.get("intake_file_ids"))
        if not story and not files:
            raise UserError(
                self.env._("First type what the customer says, or attach a file.")
            )
        received = fields.Datetime.to_datetime(values.get("received_date"))
        now = fields.Datetime.now()
        received = min(received or now, now)
        if self.status == "waiting_customer" and self.last_pause_date > received:
            received = now  # what was said before we asked is no answer
        channel = self.env["helpdesk.ticket.channel"].browse(
            values.get("channel_id") or ()
        )
        # Whoever may read the complaint may pass on what its customer says.
        ticket = self.sudo()
        ticket._log_customer_message(story, channel, received, files)
        files.unlink()  # the complaint has its own copies
        ticket._take_over_typed(values)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "sticky": True,
                "title": self.env._("Added to the open complaint"),
                "message": "%s",
                "links": [{"label": self.number, "url": f"/odoo/complaints/{self.id}"}],
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _get_dropped_files(self, commands):
        """Files that the user dropped into the dialog and that belong to nothing yet.

        :param commands: x2many commands, or False
        """
        ids = set()
        for command in commands or ():
            if command[0] == Command.SET:
                ids.update(command[2])
            elif command[0] == Command.LINK:
                ids.add(command[1])
        return (
            self.env["ir.attachment"]
            .search(
                [
                    ("id", "in", list(ids)),
                    ("res_model", "=", self._name),
                    ("res_id", "in", (0, False)),
                    ("create_uid", "=", self.env.uid),
                ]
            )
            .sudo()  # his own, as was just searched
        )

    def _take_over_typed(self, values):
        """Fill what was empty, raise the urgency, note what else was typed.

        The urgency is raised to high or emergency only: medium is what the dialog
        proposes, and lowering is for *Classify*.
        """
        self.ensure_one()
        filled, differing = {}, []
        for name in TYPED_FIELDS:
            value = values.get(name)
            if not value or self._is_same_as_typed(name, value):
                continue
            if name == "priority":
                if value in ("2", "3") and value > (self.priority or "0"):
                    filled[name] = value
            elif not self[name]:
                filled[name] = value
            elif name != "submission_type":  # preset, whether looked at or not
                differing.append((name, value))
        if filled:
            self.write(filled)
        if differing:
            labels = self.new(dict(differing))
            self._message_log(
                body=Markup("<p>%s</p><ul>%s</ul>")
                % (
                    self.env._("Typed for the call, unlike what stands here:"),
                    Markup().join(
                        Markup("<li>%s: %s</li>")
                        % (
                            self._fields[name]._description_string(self.env),
                            labels._get_typed_label(name),
                        )
                        for name, _value in differing
                    ),
                )
            )

    def _is_same_as_typed(self, name, value):
        """Whether the complaint says what was typed, in whatever spelling."""
        present = self._fields[name].convert_to_write(self[name], self)
        if name == "partner_phone":
            country = self.company_id.complaint_country_id
            return self._phone_format_number(value, country) == (
                self._phone_format_number(present, country)
            )
        if isinstance(value, str) and isinstance(present, str):
            return value.strip().casefold() == present.strip().casefold()
        return present == value

    def _get_typed_label(self, name):
        """A value as the dialog shows it."""
        field = self._fields[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(self[name], "")
        if field.type == "many2one":
            return self[name].display_name or ""
        return self[name] or ""
