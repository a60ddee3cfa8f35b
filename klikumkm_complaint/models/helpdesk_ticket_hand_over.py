# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Who owns a complaint: handing over, and not leaving it with somebody absent."""

import heapq

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .helpdesk_ticket_stage import OPEN_STATUS

# Somebody still has to act: the verdict on an answer, too, comes back to the owner.
OWNED_STATUS = (*OPEN_STATUS, "resolved")


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    is_owner_absent = fields.Boolean(
        string="Owner absent",
        compute="_compute_is_owner_absent",
    )
    owner_absence_label = fields.Char(
        string="Absence of the owner",
        compute="_compute_is_owner_absent",
    )

    # === COMPUTE METHODS === #
    @api.depends("user_id")
    @api.depends_context("lang", "tz")
    def _compute_is_owner_absent(self):
        for ticket in self:
            owner = ticket.user_id.sudo()  # colleagues may know who is away
            label = owner.complaint_absence_label
            ticket.is_owner_absent = bool(label)
            ticket.owner_absence_label = label

    @api.depends("team_id")
    def _compute_stage_id(self):
        # As helpdesk_mgmt/models/helpdesk_ticket.py:18, which looks the stages up for
        # each ticket, and on each change of an owner.
        for team, tickets in self.grouped("team_id").items():
            stages = team._get_applicable_stages()
            for ticket in tickets:
                if ticket.stage_id not in stages:
                    ticket.stage_id = stages[:1]

    # === CRUD METHODS === #
    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if user_id := defaults.get("user_id"):
            owner = self.env["res.users"].browse(user_id)
            defaults["user_id"] = owner._get_complaint_stand_in().id
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        owners = {vals["user_id"] for vals in vals_list if vals.get("user_id")}
        self.env["res.users"].sudo().browse(owners).mapped("is_out_of_office")
        absent = [self._redirect_from_absent(vals) for vals in vals_list]
        tickets = super().create(vals_list)
        bodies = {}
        for ticket, owner in zip(tickets, absent, strict=True):
            if owner:
                bodies[ticket.id] = ticket._get_absence_note(owner)
        tickets.browse(bodies)._message_log_batch(bodies=bodies)
        return tickets

    def write(self, vals):
        if "user_id" not in vals:
            return super().write(vals)
        self._check_hand_over_allowed(vals["user_id"])
        owner = self.env["res.users"].browse(vals["user_id"])
        if not owner or owner == self.env.user or owner.sudo()._is_at_desk():
            return super().write(vals)
        moving = self.filtered(
            lambda ticket: ticket.user_id != owner and ticket.status in OWNED_STATUS
        )
        if not moving:
            return super().write(vals)
        stand_in = owner._get_complaint_stand_in() or owner
        result = super(HelpdeskTicket, moving).write(dict(vals, user_id=stand_in.id))
        if rest := self - moving:
            super(HelpdeskTicket, rest).write(vals)
        moving._message_log_batch(
            bodies={ticket.id: ticket._get_absence_note(owner) for ticket in moving}
        )
        return result

    # === ABSENCE === #
    @api.model
    def _redirect_from_absent(self, vals):
        """Give what is meant for somebody absent to his stand-in.

        Who names himself is there; closed complaints that are imported stay with whom
        they were.

        :param dict vals: values of a new complaint, changed in place
        :return: the absent person (``res.users``), empty if nobody is
        """
        nobody = self.env["res.users"]
        owner = nobody.browse(vals.get("user_id"))
        stage = self.env["helpdesk.ticket.stage"].browse(vals.get("stage_id"))
        if (
            not owner
            or owner == self.env.user
            or (stage and stage.status not in OWNED_STATUS)
            or not self._is_staff(owner)
            or owner.sudo()._is_at_desk()
        ):
            return nobody
        vals["user_id"] = (owner._get_complaint_stand_in() or owner).id
        return owner

    def _get_absence_note(self, owner):
        """Say in the chatter who was meant and who acts.

        :param owner: ``res.users`` record of whom the complaint was meant for
        """
        self.ensure_one()
        owner = owner.sudo()
        if self.user_id == owner:
            return self.env._(
                "%(owner)s is absent (%(absence)s) and nobody who is present stands "
                "in. Set a stand-in or hand the complaint over.",
                owner=owner.name,
                absence=owner.complaint_absence_label,
            )
        return self.env._(
            "Meant for %(owner)s (%(absence)s); %(stand_in)s stands in.",
            owner=owner.name,
            absence=owner.complaint_absence_label,
            stand_in=self.user_id.name or self.env._("nobody"),
        )

    # === HAND OVER === #
    def _check_hand_over_allowed(self, user_id):
        """Agents give away only what is theirs; leads reassign anything.

        :param int user_id: the new owner, or False
        :raise AccessError: a complaint belongs to somebody else
        """
        user = self.env.user
        if self.env.su or user.has_group("klikumkm_complaint.group_complaint_lead"):
            return
        for ticket in self:
            owner = ticket.user_id
            if (
                owner
                and owner not in (user, self.env["res.users"].browse(user_id))
                and owner._get_complaint_stand_in() != user
            ):
                raise AccessError(
                    self.env._(
                        "%(number)s belongs to %(owner)s. Only %(owner)s or your team "
                        "lead can hand it over.",
                        number=ticket.number,
                        owner=owner.sudo().name,
                    )
                )

    def action_open_hand_over(self):
        """The dialog for the selected complaints."""
        self.check_access("write")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "klikumkm_complaint.klikumkm_complaint_hand_over_action"
        )
        action["context"] = {"default_ticket_ids": self.ids}
        return action

    def _share_out(self, users):
        """Divide complaints among people, so that each ends with as many as the others.

        The most urgent and oldest go first; who has the fewest open complaints is
        next, the first named of equals. The same input always gives the same result.

        :param users: ``res.users`` to choose from, members of the complaints' teams
        :return: {user: complaints}
        :raise UserError: nobody of these may own one of the complaints
        """
        loads = dict(
            # Numbers only: an agent shares out evenly though he may not read every
            # complaint of his colleagues.
            self.sudo()._read_group(
                Domain("status", "in", OPEN_STATUS)
                & Domain("user_id", "in", users.ids)
                & Domain("id", "not in", self.ids),
                ["user_id"],
                ["__count"],
            )
        )
        loads = {user: loads.get(user, 0) for user in users}
        shares = {user: self.browse() for user in users}
        order = {user: place for place, user in enumerate(users)}
        queues = {}
        in_turn = self.sorted(
            lambda ticket: (-int(ticket.priority or 0), ticket.received_date, ticket.id)
        )
        for ticket in in_turn:
            team = ticket.team_id
            queue = queues.get(team)
            if queue is None:
                queue = queues[team] = [
                    (loads[user], order[user], user)
                    for user in users
                    if self._may_own(user, team)
                ]
                heapq.heapify(queue)
            if not queue:
                raise UserError(
                    self.env._(
                        "None of the chosen people is a member of the team %(team)s.",
                        team=team.display_name,
                    )
                )
            # the same person may have got complaints of another team meanwhile
            while queue[0][0] != loads[queue[0][2]]:
                _load, place, user = queue[0]
                heapq.heapreplace(queue, (loads[user], place, user))
            user = queue[0][2]
            loads[user] += 1
            shares[user] |= ticket
        return {user: tickets for user, tickets in shares.items() if tickets}

    @api.model
    def _may_own(self, user, team):
        """Whether a person may be given complaints of a team (or of none)."""
        if team:
            return self._can_be_assigned(user, team)
        return self._is_staff(user)

    def _hand_over(self, shares, reason, note=None):
        """Give complaints to other people, with their open activities.

        Costs the same few statements for one complaint and for many of the same people.

        :param dict shares: {new owner: complaints}
        :param str reason: why, in words
        :param str note: more for the new owner, plain text
        :return: the complaints that changed hands
        """
        everything = self.browse().union(*shares.values())
        everything._check_hand_over_allowed(False)
        for user, tickets in shares.items():
            for team in tickets.team_id:
                if not self._may_own(user, team):
                    raise UserError(
                        self.env._(
                            "%(name)s is not a member of the team %(team)s.",
                            name=user.name,
                            team=team.display_name,
                        )
                    )
        before = {ticket.id: ticket.user_id for ticket in everything}
        for user, tickets in shares.items():
            # One note and one notification for all of them instead of one for each.
            tickets.with_context(
                mail_notrack=True, mail_auto_subscribe_no_notify=True
            ).write({"user_id": user.id})
        # after it, they may be out of an agent's sight
        moved = everything.sudo().filtered(
            lambda ticket: ticket.user_id != before[ticket.id]
        )
        moved._hand_over_activities(before)
        moved._message_log_batch(
            bodies={
                ticket.id: ticket._get_hand_over_note(
                    before[ticket.id], ticket.user_id, reason, note
                )
                for ticket in moved
            }
        )
        moved._notify_new_owners(reason, note)
        return moved.sudo(self.env.su)

    def _hand_over_activities(self, before):
        """Move what the former owners still had to do to the new ones.

        :param dict before: {id of the complaint: former owner}
        """
        activities = (
            self.env["mail.activity"]
            .sudo()  # whoever hands over the complaint hands over what is planned on it
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("user_id", "in", [user.id for user in before.values()]),
                ]
            )
        )
        owner_of = {ticket.id: ticket.user_id for ticket in self}
        wanted = {}
        for activity in activities:
            if activity.user_id == before[activity.res_id]:
                owner = owner_of[activity.res_id]
                wanted[owner] = wanted.get(owner, activities.browse()) | activity
        for owner, theirs in wanted.items():
            theirs.with_context(mail_activity_quick_update=True).write(
                {"user_id": owner.id}
            )

    def _get_hand_over_note(self, old_owner, new_owner, reason, note):
        nobody = self.env._("nobody")
        line = self.env._(
            "Handed over from %(old)s to %(new)s. Reason: %(reason)s.",
            old=old_owner.sudo().name or nobody,
            new=new_owner.sudo().name or nobody,
            reason=reason,
        )
        if not note:
            return line
        lines = Markup("<br/>").join(note.strip().splitlines())
        return Markup("<p>%s</p><p>%s</p>") % (line, lines)

    def _notify_new_owners(self, reason, note):
        """Tell each new owner once which complaints he got."""
        for owner, tickets in self.grouped("user_id").items():
            if not owner or owner == self.env.user:
                continue
            links = Markup("").join(
                Markup('<li><a href="/odoo/complaints/%s">%s</a> %s</li>')
                % (ticket.id, ticket.number, ticket.name)
                for ticket in tickets
            )
            local = self.with_context(lang=owner.lang)
            self.env["mail.thread"].with_context(lang=owner.lang).message_notify(
                partner_ids=owner.partner_id.ids,
                subject=local.env._(
                    "%(count)s complaints handed over to you", count=len(tickets)
                ),
                body=Markup("<p>%s</p><p>%s</p><ul>%s</ul>")
                % (
                    local.env._(
                        "%(name)s handed these complaints over to you. Reason: "
                        "%(reason)s.",
                        name=self.env.user.name,
                        reason=reason,
                    ),
                    note or "",
                    links,
                ),
            )
