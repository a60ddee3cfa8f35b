# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How much a deadline may be extended, and where that would lead (rule 4)."""

from typing import NamedTuple

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError


class ExtensionRoom(NamedTuple):
    """What a time standard leaves to an agent."""

    max_days: int  # working days of one extension at most
    max_count: int  # extensions of one complaint at most
    used_count: int

    @property
    def days(self):
        """Working days of an extension made now, at most."""
        return self.max_days if self.used_count < self.max_count else 0


class ExtensionPreview(NamedTuple):
    """Where an extension would lead; moments in naive UTC, or False."""

    before: object  # the present deadline
    after: object  # the deadline there would be
    is_past: bool  # the new deadline would have passed already
    is_missed: bool  # the present deadline has passed: the result stays late
    is_paused: bool
    held_until: object = False  # an earlier date that is not extended, and stays


class SlaClock(models.Model):
    _inherit = "klikumkm.sla.clock"

    def _get_extension_room(self):
        """What the time standard leaves to an agent.

        :rtype: :class:`ExtensionRoom`
        """
        self.ensure_one()
        return ExtensionRoom(
            self.policy_id.extension_max_days,
            self.policy_id.extension_max_count,
            len(self.extension_ids),
        )

    def _check_extension_cap(self, days):
        """Only a lead gives more than the time standard leaves.

        Asked about whoever acts, also where the clock goes on as the superuser.

        :param int days: working days of the extension
        :raise UserError: no whole working day, or too many
        """
        self.ensure_one()
        if days < 1:
            raise UserError(self.env._("An extension needs at least one working day."))
        room = self._get_extension_room()
        if (
            days <= room.days
            or self.env.uid == SUPERUSER_ID
            or self.ticket_id._may_decide_on_extension(self.env.user)
        ):
            return
        raise UserError(self._say_extension_cap(room))

    def _say_extension_cap(self, room):
        """Say what an agent may give, and what to do for more.

        :param ExtensionRoom room: of this clock
        """
        if room.days:
            return self.env._(
                "An extension is limited to %(days)s working days. For longer, use "
                "“Ask for approval”.",
                days=room.days,
            )
        if room.max_days and room.used_count:
            return self.env._(
                "This complaint was extended %(count)s× already. For more, use “Ask "
                "for approval”.",
                count=room.used_count,
            )
        return self.env._(
            "This time standard leaves no extension. For one, use “Ask for approval”."
        )

    def _preview_extension(self, days):
        """What :meth:`_extend` would make of it, by the same count. Writes nothing.

        :param int days: working days
        :return: :class:`ExtensionPreview`, or None where no deadline runs
        """
        if not self or self.state not in ("running", "paused") or not self.deadline:
            return None
        self.ensure_one()
        now = fields.Datetime.now()
        dates = self._count_dates(
            self._get_terms(), now, self._get_gaps()[self.id], more_days=days
        )
        return ExtensionPreview(
            before=self.deadline,
            after=dates.deadline,
            is_past=not dates.deadline or dates.deadline <= now,
            is_missed=self.missed or self.deadline < (self.paused_since or now),
            is_paused=self.state == "paused",
        )
