# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Complaints taken over from another system, by Odoo's importer and our template.

The importer hands over the cells as they stand in the file. Here they are read, all of
them before anything is written, so that whoever imports sees all that is wrong at once,
with the number of the row in his file and what is allowed instead. Then the complaints
are made in one batch, in silence: no message, activity, receipt or follower.
"""

import re
from collections import Counter
from difflib import SequenceMatcher
from typing import NamedTuple

import pytz
from psycopg2 import Error as PostgresError
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, plaintext2html

from ..import_cells import clean, find_short, normalize, parse_amount, parse_moment
from .helpdesk_ticket_intake import without_nul
from .helpdesk_ticket_stage import OPEN_STATUS

# So many errors are told; who has more made the same mistake everywhere.
MAX_ERRORS = 50
# So many names of what is allowed; of more, those that are most like what was written.
MAX_NAMES = 12
# So many characters of a name or a number; more is a story in the wrong column.
MAX_LINE = 250
# So much of a cell is repeated in an error.
MAX_QUOTED = 80
# Columns whose names may be shortened to what is unmistakable: WhatsApp, Email, Web.
SHORTENED = ("import_channel",)
# The column of the subject has the name of the field: the importer shows it beside
# errors. The others must not, lest it reads their dates and amounts in its own way.
SUBJECT = "name"


class ImportColumn(NamedTuple):
    """A column of the template."""

    name: str
    label: str
    is_required: bool = False
    # shown by the importer, which also lets a field that is no text be chosen once only
    type: str = "char"


class ImportChoices(NamedTuple):
    """What may stand in a column."""

    values: dict  # by normalised name, in any language
    names: list  # to be shown, in the user's language

    def get_names_like(self, text):
        """What is allowed, to be shown to whoever wrote something else."""
        if len(self.names) <= MAX_NAMES:
            return ", ".join(self.names)

        def likeness(name):
            return max(
                SequenceMatcher(None, part, normalize(text)).ratio()
                for part in normalize(name).split("/")
            )

        names = sorted(self.names, key=likeness, reverse=True)[:MAX_NAMES]
        return ", ".join([*names, "…"])


class ImportGuide(NamedTuple):
    """What is needed to read rows; the same for all of them."""

    labels: dict  # by column
    required: tuple  # columns
    choices: dict  # ImportChoices by column
    stages: dict  # {team: {status: stage}}
    team: models.BaseModel  # of complaints without an owner
    tz: object  # pytz zone of the dates
    now: object  # naive UTC


class ImportRow:
    """A row being read: its cells, what they mean, and what is wrong with them."""

    def __init__(self, env, number, cells, guide):
        self.env = env
        self.number = number  # as spreadsheets count
        self.cells = cells
        self.guide = guide
        self.vals = {}  # of helpdesk.ticket
        self.answer = self.note = ""
        self.errors = []

    def add_error(self, message):
        """Keep what is wrong; ``message`` comes translated."""
        self.errors.append(message)

    def text(self, column):
        """What stands in a cell, as text without spaces around."""
        cell = self.cells.get(column)
        return "" if cell in (None, False) else without_nul(str(cell)).strip()

    def line(self, column):
        """What stands in a cell, as one line such as a name or a number."""
        text = clean(self.text(column))
        if len(text) > MAX_LINE:
            self.add_error(
                self.env._(
                    "%(column)s: this is too long. Write %(max)s characters at most.",
                    column=self.guide.labels[column],
                    max=MAX_LINE,
                )
            )
        return text

    def quoted(self, column):
        """What stands in a cell, to be repeated in an error."""
        text = self.text(column)
        return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]}…"

    def choice(self, column):
        """What a name in a cell stands for; None where there is none."""
        text = clean(self.text(column))
        if not text:
            return None
        choices = self.guide.choices[column]
        found = choices.values.get(normalize(text), [])
        if not found and column in SHORTENED:
            found = find_short(text, choices.values)
        if len(found) == 1:
            return found[0]
        text = self.quoted(column)
        names = choices.get_names_like(text)
        label = self.guide.labels[column]
        if found:
            self.add_error(
                self.env._(
                    "%(column)s: “%(text)s” means several. Write it with what it "
                    "belongs to: %(names)s",
                    column=label,
                    text=text,
                    names=names,
                )
            )
        else:
            self.add_error(
                self.env._(
                    "%(column)s: “%(text)s” is not known. Write one of these: "
                    "%(names)s",
                    column=label,
                    text=text,
                    names=names or self.env._("(nothing)"),
                )
            )
        return None

    def parse(self, column, parser, hint):
        """What a parser makes of a cell.

        :param parser: takes the cell, raises ValueError
        :param str hint: how to write it, translated
        :return: None where the cell is empty or cannot be read
        """
        if not self.text(column):
            return None
        try:
            return parser(self.cells[column])
        except (ValueError, OverflowError):
            self.add_error(
                self.env._(
                    "%(column)s: “%(text)s” cannot be read. %(hint)s",
                    column=self.guide.labels[column],
                    text=self.quoted(column),
                    hint=hint,
                )
            )
            return None

    def moment(self, column):
        """(naive UTC, whether a time was given), or (False, False)."""
        return self.parse(
            column,
            lambda cell: parse_moment(cell, self.guide.tz),
            self.env._("Write day/month/year: 05/03/2026 14:30 or 05/03/2026."),
        ) or (False, False)


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    import_id = fields.Many2one(
        comodel_name="klikumkm.complaint.import",
        string="Imported with",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )
    old_number = fields.Char(
        string="Old number",
        readonly=True,
        copy=False,
        index="trigram",
        help="The number in the system that the complaint was taken over from.",
    )

    # Two managers with the same file: neither sees what the other has not committed.
    _old_number_uniq = models.UniqueIndex(
        "(company_id, old_number) WHERE old_number IS NOT NULL",
        "A complaint with this old number was imported already.",
    )

    # === TEMPLATE === #
    @api.model
    def get_import_templates(self):
        self._check_import_allowed()
        return [
            {
                "label": self.env._("Template for complaints"),
                "template": self._get_import_template_path(
                    "id" if (self.env.lang or "").startswith("id") else "en"
                ),
            }
        ]

    @api.model
    def _get_import_template_path(self, lang):
        """The shipped file; dev/import-templates makes it from the columns.

        :param str lang: ``id`` or ``en``
        """
        return f"/klikumkm_complaint/static/xls/complaints_{lang}.xlsx"

    @api.model
    def _get_import_columns(self):
        """The columns of the template in their order, in the user's language.

        :rtype: list of :class:`ImportColumn`
        """
        return [
            ImportColumn("import_number", self.env._("Old number")),
            ImportColumn(
                "import_received", self.env._("Received at"), True, "datetime"
            ),
            ImportColumn("import_finished", self.env._("Finished at"), type="datetime"),
            ImportColumn("import_status", self.env._("Status"), True, "selection"),
            ImportColumn("import_type", self.env._("Type"), True, "selection"),
            ImportColumn("import_category", self.env._("Category"), type="selection"),
            ImportColumn(
                "import_assistance", self.env._("Form of help"), type="selection"
            ),
            ImportColumn(
                "import_urgency", self.env._("Urgency level"), type="selection"
            ),
            ImportColumn("import_channel", self.env._("Channel"), type="selection"),
            ImportColumn("import_partner_name", self.env._("Name")),
            ImportColumn("import_partner_phone", self.env._("Mobile no.")),
            ImportColumn("import_partner_email", self.env._("E-mail")),
            ImportColumn("import_role", self.env._("Role"), type="selection"),
            ImportColumn("import_agreement", self.env._("Loan no.")),
            ImportColumn(SUBJECT, self.env._("Subject"), True),
            ImportColumn("import_story", self.env._("Story")),
            ImportColumn(
                "import_loss", self.env._("Amount of the loss"), type="monetary"
            ),
            ImportColumn("import_outcome", self.env._("Outcome"), type="selection"),
            ImportColumn("import_answer", self.env._("Answer")),
            ImportColumn(
                "import_owner", self.env._("Officer (login)"), type="selection"
            ),
            ImportColumn("import_note", self.env._("Note")),
        ]

    @api.model
    def _get_import_languages(self):
        """The languages that files are written in: all that are installed."""
        return sorted({"en_US", *dict(self.env["res.lang"].get_installed())})

    @api.model
    def _get_import_headings(self):
        """{normalised heading in any language: column name}"""
        return {
            normalize(column.label): column.name
            for lang in self._get_import_languages()
            for column in self.with_context(lang=lang)._get_import_columns()
        }

    @api.model
    def _get_import_tz(self):
        """The zone of the dates in files: the desk's, whatever the user's own."""
        return self._get_customer_tz()

    # === THE IMPORTER === #
    @api.model
    def _check_import_allowed(self):
        """Only managers take over complaints and their history.

        :raise AccessError: for everybody else
        """
        if not self.env.user.has_group("helpdesk_mgmt.group_helpdesk_manager"):
            raise AccessError(
                self.env._("Only managers of the complaint desk import complaints.")
            )

    @api.model
    def load(self, fields, data):
        if self.env.su:  # data files of addons
            return super().load(fields, data)
        self._check_import_allowed()
        limit = self.env.context.get("_import_limit") or len(data)
        result = self._import_rows(fields, data[:limit])
        if result["ids"] and limit < len(data):
            result["nextrow"] = limit
        return result

    @api.model
    def _import_rows(self, columns, data):
        """Make complaints of rows, all or none.

        :param list columns: names of columns
        :param list data: cells, in the order of the columns
        :return: as ``load()``, with ``complaint_counts`` for whoever tests his file
        """
        source = self.env.context.get("complaint_import") or {}
        guide = self._get_import_guide()
        errors = self._check_import_columns(columns, guide)
        rows = []
        if not errors:
            first = source.get("skip", 0) + int(source.get("has_headers", True))
            # empty rows are left out before they come here
            numbers = source.get("row_numbers") or range(1, first + len(data) + 1)
            rows = [
                ImportRow(
                    self.env, number, dict(zip(columns, cells, strict=True)), guide
                )
                for number, cells in zip(numbers[first:], data, strict=False)
            ]
            for row in rows:
                self._read_import_row(row)
            self._set_import_numbers(rows, source)
            errors = self._get_import_errors(rows)
        if not errors and rows:
            importer = self._get_silent_importer()
            try:
                with self.env.cr.savepoint():
                    tickets = importer._create_imported(rows, source)
                    self.env.flush_all()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise  # somebody else was faster: the request is done again
            except (UserError, PostgresError) as error:
                if self._is_import_of_another(error):
                    raise ConcurrencyError(str(error)) from error
                importer._find_import_errors(rows, source)
                errors = self._get_import_errors(rows)
        if errors or not rows:
            return {"ids": False, "messages": errors, "nextrow": 0}
        return {
            "ids": tickets.ids,
            "messages": [],
            "nextrow": 0,
            "complaint_counts": tickets.with_env(self.env)._get_import_counts(),
        }

    @api.model
    def _is_import_of_another(self, error):
        """Whether somebody else imported the same complaints at this moment.

        Odoo does the request again, and then sees what he imported.
        """
        return isinstance(
            error, UniqueViolation
        ) and error.diag.constraint_name == self._old_number_uniq.full_name(self)

    @api.model
    def _check_import_columns(self, columns, guide):
        """Messages about columns that are missing, or are none of the template."""
        unknown = [column for column in columns if column not in guide.labels]
        missing = [column for column in guide.required if column not in columns]
        messages = []
        if unknown:
            messages.append(
                self.env._(
                    "These columns cannot be imported: %(columns)s. Use the template.",
                    columns=", ".join(unknown),
                )
            )
        if missing:
            messages.append(
                self.env._(
                    "These columns are missing: %(columns)s.",
                    columns=", ".join(guide.labels[column] for column in missing),
                )
            )
        return [{"type": "error", "message": message} for message in messages]

    @api.model
    def _get_import_errors(self, rows):
        """What is wrong with the rows, as messages of the importer."""
        messages = [
            {
                "type": "error",
                "message": self.env._(
                    "Row %(number)s: %(error)s", number=row.number, error=error
                ),
                "record": row.number,
                "rows": {"from": index, "to": index},
            }
            for index, row in enumerate(rows)
            for error in row.errors
        ]
        if len(messages) > MAX_ERRORS:
            more = len(messages) - MAX_ERRORS
            messages[MAX_ERRORS:] = [
                {
                    "type": "error",
                    "message": self.env._("… and %(count)s more errors.", count=more),
                }
            ]
        return messages

    @api.model
    def _find_import_errors(self, rows, source):
        """Find the rows that were refused when they were to be written."""
        try:
            with self.env.cr.savepoint() as savepoint:
                self._create_imported(rows, source)
                self.env.flush_all()
                savepoint.rollback()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except (UserError, PostgresError) as error:
            if len(rows) > 1:
                half = len(rows) // 2
                self._find_import_errors(rows[:half], source)
                self._find_import_errors(rows[half:], source)
            else:
                rows[0].add_error(str(error))

    @api.model
    def _get_silent_importer(self):
        """Whoever may import, in superuser mode: dates and numbers are protected.

        With no default or filter of the screen he comes from.
        """
        kept = ("lang", "tz", "uid", "allowed_company_ids", "import_file")
        context = {k: v for k, v in self.env.context.items() if k in kept}
        context.update(
            complaint_no_receipt=True,
            mail_activity_automation_skip=True,
            mail_auto_subscribe_no_notify=True,
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            tracking_disable=True,
        )
        return self.with_env(self.env(su=True, context=context))

    # === WHAT IS ALLOWED === #
    @api.model
    def _get_import_guide(self):
        columns = self._get_import_columns()
        teams = self.env["helpdesk.ticket.team"].search(
            [("company_id", "in", [False, self.env.company.id])]
        )
        team = self._get_default_team()
        stages = {}
        for known in (*teams, team):
            by_status = stages[known] = {}
            for stage in known._get_applicable_stages():
                by_status.setdefault(stage.status, stage)
        return ImportGuide(
            labels={column.name: column.label for column in columns},
            required=tuple(column.name for column in columns if column.is_required),
            choices=self._get_import_choices(teams, stages),
            stages=stages,
            team=team,
            tz=pytz.timezone(self._get_import_tz()),
            now=fields.Datetime.now(),
        )

    @api.model
    def _get_import_choices(self, teams, stages):
        """What may stand in the columns that take a name.

        :rtype: dict of column name to :class:`ImportChoices`
        """
        stage_names = self._get_import_names(
            self.env["helpdesk.ticket.stage"].union(
                *(stage for known in stages.values() for stage in known.values())
            ),
            lambda stage: stage.name,
        )
        stage_status = self._get_selection_choices("helpdesk.ticket.stage", "status")
        for name, found in stage_names.values.items():
            # what a company calls a stage wins over the suite's own word for another
            stage_status.values[name] = list({stage.status for stage in found})
        categories = self.env["helpdesk.ticket.category"].search(
            [("company_id", "in", [False, self.env.company.id])]
        )
        channels = (
            self.env["helpdesk.ticket.channel"]
            .with_context(active_test=False)
            .search([("company_id", "in", [False, self.env.company.id])])
        )
        return {
            "import_status": stage_status,
            "import_type": self._get_selection_choices(self._name, "submission_type"),
            "import_category": self._get_category_choices(categories),
            "import_assistance": self._get_selection_choices(
                self._name, "assistance_type"
            ),
            "import_urgency": self._get_selection_choices(self._name, "priority"),
            "import_channel": self._get_import_names(channels, lambda c: c.name),
            "import_role": self._get_selection_choices(self._name, "customer_role"),
            "import_outcome": self._get_selection_choices(self._name, "outcome"),
            "import_owner": self._get_owner_choices(teams),
        }

    @api.model
    def _get_selection_choices(self, model, name):
        """The labels of a selection in all languages, and its keys."""
        field = self.env[model]._fields[name]
        values = {}
        for lang in self._get_import_languages():
            for key, label in field._description_selection(
                self.with_context(lang=lang).env
            ):
                values[normalize(key)] = [key]
                values[normalize(label)] = [key]
        shown = field._description_selection(self.env)
        return ImportChoices(values, [label for _key, label in shown])

    @api.model
    def _get_import_names(self, records, get_name):
        """The names of records in all languages; those that share one are all kept.

        :param get_name: takes a record in one language
        """
        values = {}
        for lang in self._get_import_languages():
            for record in records.with_context(lang=lang):
                found = values.setdefault(normalize(get_name(record)), [])
                original = records.browse(record.id)
                if original not in found:
                    found.append(original)
        return ImportChoices(values, [get_name(record) for record in records])

    @api.model
    def _get_category_choices(self, categories):
        """Categories by their own name, or by that with what they belong to."""
        whole = self._get_import_names(categories, lambda c: c.complete_name)
        own = self._get_import_names(categories, lambda c: c.name)
        return ImportChoices({**own.values, **whole.values}, whole.names)

    @api.model
    def _get_owner_choices(self, teams):
        """Members of the teams by login, each with the first of his teams."""
        values = {}
        members = teams.sudo().user_ids.filtered(self._is_staff)
        for user in members:
            team = teams.filtered(lambda t, user=user: user in t.sudo().user_ids)[:1]
            values[normalize(user.login)] = [(user, team)]
        return ImportChoices(values, sorted(members.mapped("login")))

    # === READING === #
    @api.model
    def _read_import_row(self, row):
        """Fill in the values of a complaint from the cells of its row."""
        for column in row.guide.required:
            if not row.text(column):
                row.add_error(
                    self.env._(
                        "%(column)s is missing.", column=row.guide.labels[column]
                    )
                )
        self._read_import_owner(row)
        self._read_import_status(row)
        self._read_import_classification(row)
        loss = row.parse(
            "import_loss", parse_amount, self.env._("Write an amount: 1500000.")
        )
        row.vals.update(
            {
                "name": " ".join(row.text(SUBJECT).split()),
                "story_text": row.text("import_story"),
                "partner_name": row.line("import_partner_name"),
                "partner_phone": row.line("import_partner_phone"),
                "partner_email": row.line("import_partner_email"),
                "agreement_ref": row.line("import_agreement"),
                "customer_role": row.choice("import_role") or False,
                "outcome": row.choice("import_outcome") or False,
                "loss_amount": loss or 0.0,
                "company_id": self.env.company.id,
                "is_imported": True,
            }
        )
        row.answer = row.text("import_answer")
        row.note = row.text("import_note")

    @api.model
    def _read_import_owner(self, row):
        user, team = row.choice("import_owner") or (False, row.guide.team)
        row.vals.update(user_id=user and user.id, team_id=team.id)

    @api.model
    def _read_import_status(self, row):
        received, finished = self._read_import_dates(row)
        status = row.choice("import_status")
        if status in OPEN_STATUS and finished:
            row.add_error(
                self.env._(
                    "%(status)s, but with a date on which it was finished. Correct one "
                    "of the two.",
                    status=row.text("import_status"),
                )
            )
        team = self.env["helpdesk.ticket.team"].browse(row.vals["team_id"])
        stage = row.guide.stages[team].get(status)
        if status and not stage:
            row.add_error(
                self.env._(
                    "The team %(team)s has no stage for “%(status)s”.",
                    team=team.name or "–",
                    status=row.text("import_status"),
                )
            )
        row.vals.update(
            {
                "stage_id": stage and stage.id,
                "received_date": received,
                "assigned_date": received,
                "last_stage_update": finished or received,
                # resolved is what ends the time; a complaint that was closed there
                # had been resolved by then
                "resolved_date": status != "cancelled" and finished,
                "closed_date": status in ("closed", "cancelled") and finished,
            }
        )

    @api.model
    def _read_import_dates(self, row):
        """When it was received and when it was finished, naive UTC or False.

        A date without a time is noon, but not later than now; and what was received and
        finished on one date was not finished before it was received.
        """
        received, received_has_time = row.moment("import_received")
        finished, finished_has_time = row.moment("import_finished")
        now, tz = row.guide.now, row.guide.tz

        def day(moment):
            return pytz.utc.localize(moment).astimezone(tz).date()

        if received and not received_has_time and day(received) == day(now):
            received = min(received, now)
        if finished and not finished_has_time and day(finished) == day(now):
            finished = min(finished, now)
        if received and finished and finished < received:
            if day(finished) != day(received) or (
                received_has_time and finished_has_time
            ):
                row.add_error(self.env._("It was finished before it was received."))
            elif finished_has_time:
                received = finished
            else:
                finished = received
        if any(moment and moment > now for moment in (received, finished)):
            row.add_error(self.env._("A date lies in the future."))
        return received, finished

    @api.model
    def _read_import_classification(self, row):
        submission_type = row.choice("import_type")
        category = row.choice("import_category") or self.env["helpdesk.ticket.category"]
        channel = row.choice("import_channel")
        urgency = row.choice("import_urgency")
        assistance = row.choice("import_assistance")
        row.vals.update(
            {
                "submission_type": submission_type,
                "category_id": category.id,
                "channel_id": channel and channel.id,
                "is_classified": True,
            }
        )
        if urgency:
            row.vals["priority"] = urgency
        if assistance and assistance != self._get_automatic_assistance_type_of(
            category, submission_type
        ):
            row.vals["assistance_type_chosen"] = assistance

    @api.model
    def _set_import_numbers(self, rows, source):
        """Keep old numbers, as the number itself where it is free.

        Refused are two rows with one number, and what was imported before: the same
        file twice. A number such as our own sequence gives is never taken: it would be
        given again.
        """
        column = "import_number"
        label = rows[0].guide.labels[column] if rows else ""
        number_of = {row: row.line(column) for row in rows}
        numbers = Counter(number_of.values())
        wanted = [number for number in numbers if number]
        # complaints of all companies, also those that whoever imports may not see
        known = (
            self.sudo()
            .with_context(active_test=False)
            .search_fetch(
                Domain("number", "in", wanted)
                | (
                    Domain("old_number", "in", wanted)
                    & Domain("company_id", "=", self.env.company.id)
                ),
                ["number", "old_number", "company_id"],
            )
        )
        taken = set(known.mapped("number"))
        imported = {
            ticket.old_number: ticket.number
            for ticket in known
            if ticket.old_number and ticket.company_id == self.env.company
        }
        own = self._get_own_number_pattern()
        for row in rows:
            number = number_of[row]
            if number:
                row.vals["old_number"] = number
            if number and numbers[number] > 1:
                row.add_error(
                    self.env._(
                        "%(column)s: “%(number)s” stands in several rows.",
                        column=label,
                        number=number,
                    )
                )
            elif number in imported:
                row.add_error(
                    self.env._(
                        "%(column)s: “%(number)s” was imported already, as %(known)s. "
                        "Remove the row.",
                        column=label,
                        number=number,
                        known=imported[number],
                    )
                )
            elif number and number not in taken and not own.fullmatch(number):
                row.vals["number"] = number
            elif source.get("is_test"):
                # a test uses up no numbers: what the sequence gave is never taken back
                row.vals["number"] = f"#{row.number}"

    @api.model
    def _get_own_number_pattern(self):
        """What numbers of our own look like, as a compiled regular expression."""
        sequence = (
            self.env["ir.sequence"]
            .sudo()  # only its form is used
            .search(
                [
                    ("code", "=", "helpdesk.ticket.sequence"),
                    ("company_id", "in", [self.env.company.id, False]),
                ],
                order="company_id",
                limit=1,
            )
        )
        prefix, suffix = (
            ".+".join(map(re.escape, re.split(r"%\([^)]*\)s", part or "")))
            for part in (sequence.prefix, sequence.suffix)
        )
        return re.compile(rf"{prefix}\d+{suffix}")

    # === WRITING === #
    @api.model
    def _create_imported(self, rows, source):
        """Make the complaints of rows that were read, with answers and notes."""
        batch = self.env["klikumkm.complaint.import"]._open_for(source)
        tickets = self.create([{**row.vals, "import_id": batch.id} for row in rows])
        pairs = list(zip(tickets, rows, strict=True))
        self.env["klikumkm.complaint.response"].create(
            [
                {
                    "ticket_id": ticket.id,
                    # whoever answered at least explained
                    "outcome": ticket.outcome or "explained",
                    "body": plaintext2html(row.answer),
                }
                for ticket, row in pairs
                if row.answer
            ]
        )
        notes = {
            ticket.id: plaintext2html(row.note) for ticket, row in pairs if row.note
        }
        if notes:
            self.browse(notes)._message_log_batch(notes)
        batch._add_counts(tickets._get_import_counts())
        return tickets

    def _record_status_dates(self, changes, now):
        # what the other system said of dates stands; what it did not say is not known
        changes = [
            (ticket, old, new)
            for ticket, old, new in changes
            if old or not ticket.import_id
        ]
        return super()._record_status_dates(changes, now)

    def _get_import_counts(self):
        """What is told of an import, and before it of a test.

        :return: list of dicts with ``name``, ``label`` and ``count``
        """
        still_open = self.filtered(lambda ticket: ticket.status in OPEN_STATUS)
        undated = (self - still_open).filtered(
            lambda ticket: not (ticket.resolved_date or ticket.closed_date)
        )
        return [
            {
                "name": "ticket",
                "label": self.env._("complaints"),
                "count": len(self),
            },
            {
                "name": "open",
                "label": self.env._("still open"),
                "count": len(still_open),
            },
            {
                "name": "undated",
                "label": self.env._("finished, but without a date: no time is counted"),
                "count": len(undated),
            },
        ]

    @api.model
    def _get_protected_fields(self):
        return super()._get_protected_fields() | {"import_id", "old_number"}

    # === UNDO === #
    @api.model
    def _get_import_traces(self):
        """Where it shows that something happened on a complaint.

        :return: list of (table, column with the complaint's id, further SQL condition)
        """
        traces = []
        for name, model in self.env.registry.items():
            if not model._auto or model._abstract or model._transient:
                continue
            if not model._log_access or name in self._get_import_consequences():
                continue
            traces += [
                (model._table, field.name, SQL("TRUE"))
                for field in model._fields.values()
                if field.type == "many2one"
                and field.comodel_name == self._name
                and field.store
                and field.column_type
            ]
        for table, model_column in (
            ("mail_message", "model"),
            ("ir_attachment", "res_model"),
            ("rating_rating", "res_model"),
        ):
            condition = SQL(
                "%s = %s", SQL.identifier("trace", model_column), self._name
            )
            traces.append((table, "res_id", condition))
        # reminders of ours follow from the dates; what somebody planned does not
        traces.append(
            (
                "mail_activity",
                "res_id",
                SQL("trace.res_model = %s AND trace.automated IS NOT TRUE", self._name),
            )
        )
        return traces

    @api.model
    def _get_import_consequences(self):
        """Models whose rows only follow from a complaint's dates.

        :rtype: set
        """
        return set()

    def _get_touched_since_import(self):
        """Those on which something happened: changes, messages, files, anything.

        What the import wrote itself bears the time of its transaction.
        """
        if not self:
            return self
        self.env.flush_all()
        batches = tuple(self.import_id.ids)
        queries = [
            SQL(
                "SELECT id FROM helpdesk_ticket"
                " WHERE import_id IN %s AND write_date <> create_date",
                batches,
            )
        ]
        for table, column, condition in self._get_import_traces():
            queries.append(
                SQL(
                    "SELECT ticket.id FROM helpdesk_ticket ticket"
                    "  JOIN %s trace ON %s = ticket.id AND %s"
                    " WHERE ticket.import_id IN %s"
                    "   AND trace.create_date <> ticket.create_date",
                    SQL.identifier(table),
                    SQL.identifier("trace", column),
                    condition,
                    batches,
                )
            )
        rows = self.env.execute_query(SQL(" UNION ").join(queries))
        return self.browse(sorted(row[0] for row in rows))

    def _remove_import(self):
        """Take imported complaints away, with what the import wrote of them.

        By SQL where the suite deletes nothing otherwise: answers are never deleted, but
        these are the other system's and still stand there. Whoever calls this checked
        that it may be done (``klikumkm.complaint.import``).
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "DELETE FROM klikumkm_complaint_response WHERE ticket_id IN %s",
                tuple(self.ids) or (0,),
            )
        )
        self.env.invalidate_all(flush=False)
        self.with_context(complaint_import_undo=True).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        # only the suite itself may say so: anybody can send a context
        if self.env.su and self.env.context.get("complaint_import_undo"):
            return None
        return super()._unlink_except_recorded()
