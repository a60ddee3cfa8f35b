# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""How a submission becomes a complaint: nothing that reached us is refused or lost.

Values from forms and calls, the contact they come from, and the mail gateway.
"""

import re
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL, email_normalize, html2plaintext, plaintext2html
from odoo.tools.mail import email_split_tuples

from odoo.addons.phone_validation.models.mail_thread_phone import PHONE_REGEX_PATTERN

# Longer subjects break lists and mail headers; the rest goes to the top of the story.
SUBJECT_LENGTH = 200
# Longer stories are cut on the screen and kept whole as a file: beyond some megabytes
# Odoo's sanitizer silently stores nothing.
STORY_LENGTH = 200_000
# Messages that a customer can read and that somebody wrote, not the system.
CORRESPONDENCE = ("comment", "email", "email_outgoing")


class Caller(NamedTuple):
    """Who a submission comes from, as far as it says so."""

    vals: dict
    company: models.BaseModel
    email: str | bool
    numbers: tuple  # spellings of one telephone number, the international one first

    def may_be(self, partner):
        """Whether a contact found by address or number is this caller.

        Families share telephones: a number alone is not enough where the addresses
        differ.
        """
        return (not partner.company_id or partner.company_id == self.company) and (
            not self.email
            or not partner.email_normalized
            or partner.email_normalized == self.email
        )


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # === VALUES === #
    @api.model
    def _prepare_complaint_values(self, vals_list):
        """Make whatever reached us storable, and lose nothing of it.

        :param list vals_list: dicts of values, changed in place
        :return: the same dicts; ``complaint_files`` holds (name, bytes) to attach
        """
        for vals in vals_list:
            for name, value in vals.items():
                vals[name] = without_nul(value)
            for name in self._get_protected_fields():
                if vals.get(name) in (None, False, "", "/", "none"):
                    vals.pop(name, None)  # what a form has for "none yet"
            self._check_fields_unprotected(vals)
            story_text = vals.pop("story_text", None)
            if story_text and not self._has_content(vals.get("description")):
                vals["description"] = plaintext2html(story_text)
            self._prepare_story(vals)
            if not (vals.get("name") or "").strip():
                vals["name"] = self._prepare_subject(vals)
        self._prepare_assignees(vals_list)
        self._prepare_customers(vals_list)
        return vals_list

    @api.model
    def _prepare_assignees(self, vals_list):
        """Assign nobody by default who is not a member of the submission's own team.

        ``default_get()`` does not see a team that stands in the values. Somebody who
        cannot work on complaints at all is never assigned, not even by name.
        """
        users = self.env["res.users"].sudo()
        users = users.browse(
            {vals["user_id"] for vals in vals_list if vals.get("user_id")}
        )
        idle = set(users.filtered(lambda user: not self._is_staff(user)).ids)
        teams = self.env["helpdesk.ticket.team"].sudo()
        teams = teams.browse(
            {vals["team_id"] for vals in vals_list if vals.get("team_id")}
        )
        foreign = {
            team.id for team in teams if not self._can_be_assigned(self.env.user, team)
        }
        for vals in vals_list:
            if vals.get("user_id") in idle:
                vals["user_id"] = False
            elif vals.get("team_id") in foreign:
                vals.setdefault("user_id", False)

    @api.model
    def _prepare_story(self, vals):
        """Cut what is too long to show; the whole goes into a file."""
        subject, story, files = self._cut_long_text(
            vals.get("name") or "", vals.get("description") or ""
        )
        if files:
            vals.update(name=subject, description=story, complaint_files=files)
        elif not self._has_content(story):
            vals["description"] = Markup("<p>%s</p>") % self.env._("(no text)")

    @api.model
    def _has_content(self, story):
        """Whether there is anything to read or see in a story."""
        return "<img" in (story or "") or bool(html2plaintext(story or "").strip())

    @api.model
    def _cut_long_text(self, subject, story):
        """Cut a subject and a story for the screen, and keep each whole in a file.

        :return: (subject, story, [(file name, bytes)])
        """
        files = []
        if len(subject or "") > SUBJECT_LENGTH:
            files.append((self.env._("Full subject.txt"), subject.encode()))
            subject = subject[: SUBJECT_LENGTH - 1] + "…"
        if len(story or "") > STORY_LENGTH:
            files.append((self.env._("Full story.html"), str(story).encode()))
            beginning = re.sub(r"<[^<>]{0,2000}>|<[^<>]*$", " ", story[:STORY_LENGTH])
            story = plaintext2html(beginning[:20_000]) + Markup(
                "<p>… <em>%s</em></p>"
            ) % self.env._("The whole text is attached as a file.")
        return subject, story, files

    def _attach_intake_files(self, files_list):
        """Store what did not fit into the fields.

        :param list files_list: for each ticket, (name, bytes) pairs
        """
        vals_list = [
            {
                "name": name,
                "raw": content,
                "res_model": self._name,
                "res_id": ticket.id,
            }
            for ticket, files in zip(self, files_list, strict=True)
            for name, content in files
        ]
        if vals_list:
            # whoever could record the complaint may also keep all of it
            self.env["ir.attachment"].sudo().create(vals_list)

    def _keep_dropped_files(self, commands_list):
        """Give the files dropped into the dialog to the complaints they belong to.

        Not in superuser mode: whoever may not read a file cannot take it this way.

        :param list commands_list: for each ticket, x2many commands
        """
        for ticket, commands in zip(self, commands_list, strict=True):
            ids = set()
            for command in commands or ():
                if command[0] == Command.SET:
                    ids.update(command[2])
                elif command[0] == Command.LINK:
                    ids.add(command[1])
            if ids:
                files = self.env["ir.attachment"].search(
                    [
                        ("id", "in", list(ids)),
                        ("res_model", "=", self._name),
                        ("res_id", "in", (0, False)),
                        ("create_uid", "=", self.env.uid),
                    ]
                )
                files.write({"res_id": ticket.id})

    @api.model
    def _prepare_subject(self, vals):
        """A subject for a submission without one: category and first words."""
        words = html2plaintext(vals.get("description") or "").split()
        start = " ".join(words[:8])[:80]
        category = self.env["helpdesk.ticket.category"].browse(vals.get("category_id"))
        return ": ".join(filter(None, (category.name, start))) or self.env._(
            "No Subject"
        )

    @api.model
    def _prepare_customers(self, vals_list):
        """Give every submission its contact: found by e-mail or phone, else created.

        The number of queries does not depend on the number of submissions.
        """
        missing = [vals for vals in vals_list if not vals.get("partner_id")]
        if not missing or self.env.context.get("default_partner_id"):
            return
        callers = self._get_callers(missing)
        by_email, by_number = self._search_known_contacts(callers)
        groups, new_contacts = [], {}
        # those with an address first: who gave only the number joins them
        for caller in sorted(callers, key=lambda caller: not caller.email):
            known = [
                partner
                for partner in [
                    *by_email.get(caller.email, ()),
                    *(
                        p
                        for number in caller.numbers
                        for p in by_number.get(number, ())
                    ),
                ]
                if caller.may_be(partner)
            ]
            if known:
                caller.vals["partner_id"] = known[0].id
                continue
            keys = [caller.email] if caller.email else caller.numbers[:1]
            group = next((new_contacts[key] for key in keys if key in new_contacts), [])
            if not group:
                groups.append(group)
            group.append(caller)
            for key in (caller.email, *caller.numbers[:1]):
                if key:
                    new_contacts.setdefault(key, group)
        # Agents may record a caller without the right to manage contacts; only the
        # contact's id leaves this method.
        partners = (
            self.env["res.partner"]
            .sudo()
            .with_context(mail_create_nolog=True)
            .create([self._prepare_customer_values(group[0]) for group in groups])
        )
        for group, partner in zip(groups, partners, strict=True):
            for caller in group:
                caller.vals["partner_id"] = partner.id

    @api.model
    def _get_callers(self, vals_list):
        """What the values of submissions say about who submits them.

        :rtype: list of :class:`Caller`
        """
        teams = self.env["helpdesk.ticket.team"].sudo()
        teams = teams.browse(
            {vals["team_id"] for vals in vals_list if vals.get("team_id")}
        )
        company_by_team = {team.id: team.company_id for team in teams}
        companies = self.env["res.company"].sudo()
        callers = []
        for vals in vals_list:
            # the team's company wins, as in helpdesk_mgmt/models/helpdesk_ticket.py:267
            company = (
                company_by_team.get(vals.get("team_id"))
                or companies.browse(vals.get("company_id"))
                or self.env.company.sudo()
            )
            callers.append(
                Caller(
                    vals,
                    company,
                    email_normalize(vals.get("partner_email") or "", strict=False),
                    self._get_phone_spellings(vals.get("partner_phone"), company),
                )
            )
        return callers

    @api.model
    def _get_phone_spellings(self, phone, company):
        """A number as it may stand on a contact, without spaces; E.164 comes first."""
        phone = re.sub(PHONE_REGEX_PATTERN, "", phone or "")
        if not phone:
            return ()
        country = company.complaint_country_id
        world = self._phone_format_number(phone, country)
        if not world:
            return (phone,)
        spellings = [world, world[1:], f"00{world[1:]}", phone]
        prefix = f"+{country.phone_code}"
        if country and world.startswith(prefix):
            spellings += [f"0{world[len(prefix) :]}", world[len(prefix) :]]
        return tuple(dict.fromkeys(spellings))

    @api.model
    def _search_known_contacts(self, callers):
        """Contacts that callers may be, oldest first.

        :return: ({normalised e-mail: contacts}, {spelling of a number: contacts})
        """
        Partner = self.env["res.partner"].sudo()
        emails = {caller.email for caller in callers if caller.email}
        numbers = {caller.numbers[0] for caller in callers if caller.numbers}
        domain = Domain("email_normalized", "in", emails)
        if numbers:
            domain |= Domain("phone_sanitized", "in", numbers)
            # A contact without a country, in a company without one, has no sanitized
            # number. The expression is that of phone_validation's index.
            Partner.flush_model(["country_id", "phone", "phone_sanitized"])
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT id FROM res_partner
                     WHERE regexp_replace((phone::text), %s::text, ''::text, 'g'::text)
                           = ANY(%s)
                       AND phone IS NOT NULL
                       AND (country_id IS NULL OR phone_sanitized IS NULL)
                    """,
                    PHONE_REGEX_PATTERN,
                    list({number for caller in callers for number in caller.numbers}),
                )
            )
            domain |= Domain("id", "in", [row[0] for row in rows])
        by_email, by_number = {}, {}
        for partner in Partner.search(domain, order="id"):
            if partner.email_normalized:
                by_email.setdefault(partner.email_normalized, []).append(partner)
            if not partner.phone:
                continue
            spellings = {partner.phone_sanitized}
            if not partner.country_id or not partner.phone_sanitized:
                spellings.add(re.sub(PHONE_REGEX_PATTERN, "", partner.phone))
            for spelling in spellings - {False}:
                by_number.setdefault(spelling, []).append(partner)
        return by_email, by_number

    @api.model
    def _prepare_customer_values(self, caller):
        email = caller.email or caller.vals.get("partner_email")
        phone = (caller.vals.get("partner_phone") or "").strip()
        return {
            "name": caller.vals.get("partner_name")
            or email
            or phone
            or self.env._("Customer without a name"),
            "email": email,
            "phone": phone,
            "lang": caller.vals.get("lang") or caller.company.complaint_lang,
            "country_id": caller.company.complaint_country_id.id,
        }

    # === MAIL === #
    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Record an e-mail: never refused, whatever is wrong with it."""
        context = self.env.context
        # Lists get no receipt; what they bring to a complaint was written by somebody
        # (many a desk's mailbox is a list).
        robot = bool(
            context.get("complaint_robot_mail") or context.get("complaint_list_mail")
        )
        ticket = self._find_by_number_in_subject(msg_dict)
        if ticket:
            ticket.message_update(msg_dict)
            return ticket
        sender = msg_dict.get("email_from") or msg_dict.get("from") or ""
        name, email = next(iter(email_split_tuples(sender)), ("", sender))
        channel = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_email", raise_if_not_found=False
        )
        values = {
            "user_id": False,
            "name": (msg_dict.get("subject") or "").strip(),
            "description": msg_dict.get("body") or "",
            "partner_name": name or email,
            "partner_email": email,
            "channel_id": channel.id if channel else False,
            "submission_type": "complaint",
            "is_classified": False,
            "is_robot_mail": robot,
        }
        if not (custom_values or {}).get("team_id"):
            values["team_id"] = self._get_default_team().id
        values.update(custom_values or {})
        ticket = super().message_new(msg_dict, custom_values=values)
        # what message_post() then stores is the submission itself, not a reply
        return ticket.with_context(complaint_first_message=True)

    @api.model
    def _get_default_team(self):
        """The team that receives what was addressed to none."""
        return self.env["helpdesk.ticket.team"].search(
            [("company_id", "in", [False, self.env.company.id])], limit=1
        )

    @api.model
    def _find_by_number_in_subject(self, msg_dict):
        """The sender's own complaint that he names in the subject, if any.

        Somebody else's number opens nothing: that mail becomes a complaint of its own.
        """
        email = email_normalize(msg_dict.get("email_from") or "", strict=False)
        subject = (msg_dict.get("subject") or "")[: 5 * SUBJECT_LENGTH]
        # any word with a digit: the number's form is the company's own (ir.sequence)
        words = {
            word.strip("/.-")
            for word in re.findall(r"[A-Za-z0-9/.-]*\d[A-Za-z0-9/.-]*", subject)
        } - {""}
        if not words or not email:
            return self.browse()
        tickets = self.search(
            Domain.OR(Domain("number", "=ilike", word) for word in words),
            order="id desc",
        )
        return tickets.filtered(
            lambda ticket: (
                email
                in (
                    ticket.partner_id.email_normalized,
                    email_normalize(ticket.partner_email or "", strict=False),
                )
            )
        )[:1]

    def message_post(self, *, body="", subject=None, attachments=None, **kwargs):
        # as with the story itself: Odoo would store nothing of a very long message
        subject, body, files = self._cut_long_text(subject, body)
        if files and not self.env.context.get("complaint_first_message"):
            attachments = [*(attachments or ()), *files]
        return super().message_post(
            body=body, subject=subject, attachments=attachments, **kwargs
        )

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        self._record_correspondence(message)
        return result

    def _record_correspondence(self, message):
        """Note whose turn it is after a message that the customer wrote or can read."""
        if (
            message.message_type not in CORRESPONDENCE
            or message.is_internal
            or message.subtype_id.internal
        ):
            return
        author = message.author_id.sudo()
        if author == self.env.ref("base.partner_root"):
            return
        users = author.with_context(active_test=False).user_ids
        is_staff = users and not all(users.mapped("share"))
        # a colleague may be the complainant himself
        if is_staff and author != self.sudo().partner_id:
            if self.reply_pending_since:
                self._write_silently({"reply_pending_since": False})
            return
        if self.env.context.get("complaint_robot_mail"):
            return
        # when it reached us: the date in a mail's header is whatever the sender wrote
        # (or, logged by the desk as superuser, when he said it)
        said_at = self.env.su and self.env.context.get("complaint_said_at")
        now = said_at or fields.Datetime.now()
        vals = {"last_customer_message_date": now}
        if (
            not self.env.context.get("complaint_first_message")
            and not self.reply_pending_since
        ):
            # A message is as old as its transaction: what was written from then on is
            # what waits for a reply (_get_pending_replies).
            begun = message.create_date.replace(microsecond=0)
            vals["reply_pending_since"] = min(now, begun)
        self._write_silently(vals)

    def _notify_thread_with_out_of_office(
        self, message, recipients_data, msg_vals=False, **kwargs
    ):
        # An agent's private vacation text is not the company's answer to a complaint.
        return self.env["mail.message"]


def without_nul(value):
    """PostgreSQL stores no NUL character; everything else of the text is kept."""
    if isinstance(value, str) and "\x00" in value:
        return type(value)(value.replace("\x00", ""))
    return value
