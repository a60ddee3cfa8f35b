# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Whom of the desk was reminded of what: the ledger, and the job that writes it.

One row for each record, rule and date. The database refuses a second one, so nobody is
reminded twice however often the job runs; another date is another row. Row, activity
and the note that a mail is due are written in one transaction; the mails of a run are
made afterwards, one for each person, each with the rows it tells of.
"""

import logging
from datetime import timedelta
from typing import NamedTuple

from psycopg2 import OperationalError
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

from odoo.addons.klikumkm_complaint.models.complaint_notice import (
    ADDRESS_FAILURE,
    RETRY_DAYS,
)
from odoo.addons.klikumkm_complaint.models.helpdesk_ticket_telling import (
    AUTOMATIC_HEADERS,
)

from .sla_alert_rule import ALERT_EVENT
from .sla_clock import ALIVE

_logger = logging.getLogger(__name__)

BATCH = 100
RANK = {event: rank for rank, (event, _label) in enumerate(ALERT_EVENT)}
ACTIVITY_TYPE = "klikumkm_sla.activity_type_alert"
# The case asks by itself already; nobody needs two activities about one thing.
CASE_ACTIVITY_TYPE = {
    "waiting_customer": "klikumkm_complaint.activity_type_waiting",
    "ruling_due": "klikumkm_complaint.activity_type_ruling",
    "offer_due": "klikumkm_complaint.activity_type_offer",
}


class Due(NamedTuple):
    """A record of which a rule is due."""

    res_id: int
    ticket_id: int
    date: object  # naive UTC


class SlaAlert(models.Model):
    _name = "klikumkm.sla.alert"
    _description = "Alert"
    _order = "id desc"
    _rec_name = "ticket_id"

    rule_id = fields.Many2one(
        comodel_name="klikumkm.sla.alert.rule",
        string="Rule",
        required=True,
        index=True,
        ondelete="restrict",
    )
    event = fields.Selection(selection=ALERT_EVENT, string="About", required=True)
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, precompute=True, index=True
    )
    clock_id = fields.Many2one(
        comodel_name="klikumkm.sla.clock", index="btree_not_null", ondelete="restrict"
    )
    res_model = fields.Char(string="Kind of record", required=True)
    res_id = fields.Many2oneReference(
        model_field="res_model", string="Record", required=True
    )
    date_value = fields.Datetime(string="Date it is about", required=True)
    alert_date = fields.Datetime(string="Raised at", required=True)
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("settled", "Settled"),
            ("silent", "Not told"),
        ],
        required=True,
        help="Not told: due before the complaint was taken over from another system.",
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="klikumkm_sla_alert_user_rel",
        string="Told to",
    )
    mail_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="klikumkm_sla_alert_mail_user_rel",
        string="Mail due to",
    )
    mail_date = fields.Datetime(string="Last mailed at")
    mail_ids = fields.Many2many(
        comodel_name="mail.mail",
        relation="klikumkm_sla_alert_mail_rel",
        string="Mails on their way",
        groups="base.group_system",
    )
    activity_ids = fields.Many2many(
        comodel_name="mail.activity",
        relation="klikumkm_sla_alert_activity_rel",
        string="Activities",
    )

    _once_uniq = models.UniqueIndex(
        "(res_model, res_id, rule_id, date_value)",
        "Of one date, a rule reminds once.",
    )
    _open_idx = models.Index("(event, res_id) WHERE state = 'open'")

    # === THE JOB === #
    @api.model
    def _cron_alert(self):
        """Raise what is due, take back what is settled, mail each person once.

        What was missed is recorded first (design.md rule 10). Safe to interrupt and to
        repeat; two workers never remind of the same.
        """
        now = fields.Datetime.now()
        try:
            self.env["klikumkm.sla.clock"]._cron_sweep()
        except OperationalError:
            # it has a job of its own, which was faster: reminding does not wait for it
            _logger.info("Missed deadlines are left to another worker", exc_info=True)
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
        self.env.flush_all()
        self._isolate("_settle")
        self._isolate("_reopen")
        if not self.env["ir.cron"]._commit_progress(remaining=1):
            return
        desks = self._get_desks(now)
        rules = self.env["klikumkm.sla.alert.rule"].search([("active", "=", True)])
        for rule in rules:
            for calendar, opened, condition in desks:
                if not (opened or rule.event == "emergency"):
                    continue
                if not self._raise_due(rule, calendar, condition, now):
                    return
        self._mail_due(now, desks)
        self.env["ir.cron"]._commit_progress(1, remaining=0)

    @api.model
    def _get_desks(self, now):
        """Whose hours are kept: each calendar in use, and one for what has none.

        :return: list of (calendar or none, whether it is open now, SQL condition on
            the complaint)
        """
        Calendar = self.env["resource.calendar"]
        used = self.env["klikumkm.sla.clock"]._read_group(
            [("state", "in", ALIVE)], ["calendar_id"]
        )
        own = [("sla_calendar_id", "!=", False)]
        teams = self.env["helpdesk.ticket.team"].search(own)
        companies = self.env["res.company"].search(own)
        shipped = self.env.ref(
            "klikumkm_sla.calendar_operating", raise_if_not_found=False
        )
        calendars = (
            Calendar.union(*(row[0] for row in used))
            | teams.sla_calendar_id
            | companies.sla_calendar_id
            | (shipped or Calendar)
        ).filtered(lambda calendar: not calendar._get_sla_unusable_reason())
        desks = [
            (
                calendar,
                is_open(calendar, now),
                SQL("ticket.sla_calendar_id = %s", calendar.id),
            )
            for calendar in calendars
        ]
        # complaints whose hours are missing or cannot be read are not forgotten
        rest = shipped if shipped and shipped in calendars else calendars[:1]
        desks.append(
            (
                rest,
                # an emergency is told though nobody's hours can be read
                bool(rest) and is_open(rest, now),
                SQL(
                    "(ticket.sla_calendar_id IS NULL"
                    " OR ticket.sla_calendar_id != ALL(%s))",
                    calendars.ids,
                ),
            )
        )
        return desks

    # === RAISING === #
    @api.model
    def _raise_due(self, rule, calendar, condition, now):
        """Raise the alerts of one rule at one desk, in batches.

        :return: whether there is time left
        """
        limit = rule._get_limit(calendar, now)
        if not limit:
            return True
        last_id = 0
        while dues := self._find_due(rule, calendar, condition, limit, last_id):
            last_id = dues[-1].res_id
            self._isolate("_raise", rule, calendar, dues, now)
            if not self.env["ir.cron"]._commit_progress(len(dues), remaining=1):
                return False
        return True

    @api.model
    def _find_due(self, rule, calendar, condition, limit, last_id):
        """What a rule is due of and was not raised yet.

        Not for old cases: the company says from when on it is reminded. What became an
        emergency today is one of today, however old the complaint.

        :return: list of :class:`Due` by id, at most a batch
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT watched.id, watched.ticket_id, watched.date
                  FROM (%(watched)s) watched
                  JOIN helpdesk_ticket ticket ON ticket.id = watched.ticket_id
                  JOIN res_company company ON company.id = ticket.company_id
                 WHERE watched.date <= %(limit)s
                   AND watched.id > %(last_id)s
                   AND %(condition)s
                   AND (%(company)s IS NULL OR company.id = %(company)s)
                   AND (company.sla_enforce_from IS NULL
                        OR (%(since)s AT TIME ZONE 'UTC'
                            AT TIME ZONE %(tz)s)::date >= company.sla_enforce_from)
                   AND NOT EXISTS (
                        SELECT FROM klikumkm_sla_alert alert
                         WHERE alert.res_model = %(model)s
                           AND alert.res_id = watched.id
                           AND alert.rule_id = %(rule)s
                           AND alert.date_value = watched.date
                   )
              ORDER BY watched.id
                 LIMIT %(batch)s
                """,
                watched=rule._get_watched(rule.event),
                limit=limit,
                last_id=last_id,
                condition=condition,
                company=rule.company_id.id or None,
                since=SQL.identifier("watched", "date")
                if rule.event == "emergency"
                else SQL.identifier("ticket", "received_date"),
                tz=calendar.tz or "UTC",
                model=rule._get_watched_model(rule.event),
                rule=rule.id,
                batch=BATCH,
            )
        )
        return [Due(*row) for row in rows]

    @api.model
    def _raise(self, rule, calendar, dues, now):
        """Write the rows, the journal and the activities of a batch.

        What somebody works on at this moment is left to the next run.
        """
        model = rule._get_watched_model(rule.event)
        records = self.env[model].browse([due.res_id for due in dues])
        tickets = self.env["helpdesk.ticket"].browse([due.ticket_id for due in dues])
        free = set(tickets.try_lock_for_update(allow_referencing=True).ids)
        if model != "helpdesk.ticket":
            records = records.try_lock_for_update(allow_referencing=True)
            mine = set(records.ids)
            dues = [due for due in dues if due.res_id in mine]
        dues = [due for due in dues if due.ticket_id in free]
        tickets = tickets.browse({due.ticket_id for due in dues})
        users_of = tickets._get_alert_recipients(rule._get_roles())
        vals_list = []
        for due in dues:
            ticket = tickets.browse(due.ticket_id).with_prefetch(tickets.ids)
            is_silent = ticket.is_imported and due.date <= rule._get_limit(
                calendar, ticket.create_date
            )
            users = users_of[ticket.id]
            if not (users or is_silent):
                _logger.warning("Nobody is left to be told of %s", ticket.number)
                continue
            vals_list.append(
                {
                    "rule_id": rule.id,
                    "event": rule.event,
                    "ticket_id": ticket.id,
                    "clock_id": model == "klikumkm.sla.clock" and due.res_id,
                    "res_model": model,
                    "res_id": due.res_id,
                    "date_value": due.date,
                    "alert_date": now,
                    "state": "silent" if is_silent else "open",
                    "user_ids": [] if is_silent else users.ids,
                    "mail_user_ids": [] if is_silent else users.ids,
                }
            )
        alerts = self.create(vals_list).filtered(lambda alert: alert.state == "open")
        alerts._record_in_journal(now)
        alerts._plan_activities(now)

    def _record_in_journal(self, now):
        """The journal of a clock says when somebody was reminded of it."""
        self.env["klikumkm.sla.event"].create(
            [
                alert.clock_id._prepare_event("alert", now, reason=alert.rule_id.name)
                for alert in self
                if alert.clock_id
            ]
        )

    @api.model
    def _isolate(self, method, *args):
        """Do a step; what fails must not hold up the rest.

        :param str method: name of a method of this model; with ``dues`` among its
            arguments it is tried for each of them where it fails for all
        """
        try:
            with self.env.cr.savepoint():
                getattr(self, method)(*args)
                self.env.flush_all()
        except OperationalError:
            # somebody else was faster: the next run sees what he did
            _logger.info("%s is left to the next run", method, exc_info=True)
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
        except Exception as error:
            self.env.invalidate_all(flush=False)
            dues = args[2] if method == "_raise" else []
            if len(dues) > 1:
                for due in dues:
                    self._isolate(method, *args[:2], [due], *args[3:])
            elif isinstance(error, UniqueViolation):
                _logger.info("Another worker reminded of %s", dues)
            else:
                _logger.exception("%s failed for %s", method, dues or args)

    # === ACTIVITIES === #
    def _plan_activities(self, now, users_of=None):
        """Ask the recipients to act: one activity for each person and complaint.

        :param dict users_of: {alert: users}, by default all that were ever told
        """
        users_of = users_of or {alert: alert.user_ids for alert in self}
        own = self.env.ref(ACTIVITY_TYPE)
        types_of = {
            event: self.env.ref(xmlid, raise_if_not_found=False) or own
            for event, xmlid in CASE_ACTIVITY_TYPE.items()
        }
        present = self.env["mail.activity"].search(
            [
                ("res_model", "=", "helpdesk.ticket"),
                ("res_id", "in", self.ticket_id.ids),
                ("user_id", "in", list({u.id for us in users_of.values() for u in us})),
                (
                    "activity_type_id",
                    "in",
                    [own.id, *(own_or_case.id for own_or_case in types_of.values())],
                ),
            ]
        )
        present = {
            (act.res_id, act.user_id.id, act.activity_type_id): act for act in present
        }
        wanted = {}
        for alert in self:
            for user in users_of[alert]:
                key = (alert.ticket_id.id, user.id)
                if (*key, types_of.get(alert.event, own)) in present and (
                    alert.event in CASE_ACTIVITY_TYPE
                ):
                    continue
                wanted[key] = wanted.get(key, self.browse()) | alert
        new = {key: mine for key, mine in wanted.items() if (*key, own) not in present}
        activities = (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True, sla_alert=True)
            .create(
                [
                    mine.with_prefetch(self.ids)
                    ._get_gravest()
                    ._prepare_activity(self.env["res.users"].browse(user_id), now)
                    for (_ticket_id, user_id), mine in new.items()
                ]
            )
        )
        activity_of = dict(zip(new, activities, strict=True))
        links = {}
        for key, mine in wanted.items():
            activity = activity_of.get(key) or present[(*key, own)]
            for alert in mine:
                links.setdefault(alert, activity.browse())
                links[alert] |= activity
        self._link_activities(links)
        kept = activities.browse().union(*links.values()) - activities
        self._refresh_activities(kept, now)

    @api.model
    def _link_activities(self, links):
        """By SQL: a many2many is written record by record.

        :param dict links: {alert: activities}
        """
        rows = [
            SQL("(%s, %s)", alert.id, activity.id)
            for alert, activities in links.items()
            for activity in activities
        ]
        if not rows:
            return
        field = self._fields["activity_ids"]
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s, %s) VALUES %s ON CONFLICT DO NOTHING RETURNING %s",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                SQL(", ").join(rows),
                SQL.identifier(field.column1),
            )
        )
        self.invalidate_model(["activity_ids"], flush=False)

    def _get_gravest(self):
        """Of several alerts, the one that a person is told."""
        gravest = min(self, key=lambda alert: (RANK[alert.event], alert.date_value))
        # read on with the others: a record of a union stands alone
        return gravest.with_prefetch(self._prefetch_ids)

    def _prepare_activity(self, user, now):
        self.ensure_one()
        ticket = self.ticket_id
        return {
            "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
            "res_id": ticket.id,
            "activity_type_id": self.env["ir.model.data"]._xmlid_to_res_id(
                ACTIVITY_TYPE
            ),
            "automated": True,
            "user_id": user.id,
            "summary": self._get_summary(user, now),
            "date_deadline": max(
                ticket._get_local_date(self.date_value), ticket._get_local_date(now)
            ),
        }

    def _get_summary(self, user, now):
        """Such as “Due tomorrow: HT00012 Instalment counted twice”, in his language."""
        self.ensure_one()
        ticket = self.ticket_id.with_context(lang=user.lang)
        return ticket.env._(
            "%(what)s: %(number)s %(subject)s",
            what=ticket._get_alert_headline(self.event, self.date_value, now),
            number=ticket.number,
            subject=ticket.name,
        )

    def _refresh_activities(self, activities, now):
        """Let activities say the gravest of what is open; nothing open closes them."""
        if not activities:
            return
        open_alerts = self.search(
            [("state", "=", "open"), ("activity_ids", "in", activities.ids)]
        )
        ids_of = {}
        for alert in open_alerts:
            for activity in alert.activity_ids:
                ids_of.setdefault(activity, []).append(alert.id)
        idle = activities.browse()
        for activity in activities:
            mine = self.browse(ids_of.get(activity)).with_prefetch(open_alerts.ids)
            if not mine:
                idle |= activity
                continue
            vals = mine._get_gravest()._prepare_activity(activity.user_id, now)
            changed = {
                name: vals[name]
                for name in ("summary", "date_deadline")
                if activity[name] != vals[name]
            }
            if changed:
                activity.with_context(mail_activity_quick_update=True).write(changed)
        idle.unlink()

    @api.model
    def _hand_over_activities(self, owners_of):
        """What the former owners were asked goes to the new ones.

        Who was asked as well, as the lead of the team, is not asked twice.

        :param dict owners_of: {complaint id: (former owner, new owner)}
        """
        own = self.env.ref(ACTIVITY_TYPE, raise_if_not_found=False)
        if not own:
            return  # handing over never fails because of the clock
        present = self.env["mail.activity"].search(
            [
                ("res_model", "=", "helpdesk.ticket"),
                ("res_id", "in", list(owners_of)),
                ("activity_type_id", "=", own.id),
            ]
        )
        activity_of = {(act.res_id, act.user_id): act for act in present}
        heirs, moving = {}, {}
        for ticket_id, (old, new) in owners_of.items():
            if activity := activity_of.get((ticket_id, old)):
                if heir := activity_of.get((ticket_id, new)):
                    heirs[activity] = heir
                else:
                    moving[new] = moving.get(new, present.browse()) | activity
        for new, activities in moving.items():
            activities.with_context(
                mail_activity_quick_update=True, sla_alert=True
            ).write({"user_id": new.id})
        if not heirs:
            return
        doubled = present.browse().union(*heirs)
        alerts = self.search(
            [("state", "=", "open"), ("activity_ids", "in", doubled.ids)]
        )
        self._link_activities(
            {
                alert: present.browse().union(
                    *(heirs[act] for act in alert.activity_ids if act in heirs)
                )
                for alert in alerts
            }
        )
        doubled.unlink()
        self._refresh_activities(
            present.browse().union(*heirs.values()), fields.Datetime.now()
        )

    # === WHAT IS SETTLED === #
    @api.model
    def _settle(self, tickets=None):
        """Close the alerts whose cause is gone, and their activities.

        Gone is also what has another date by now: that one has alerts of its own.

        :param tickets: only those of these complaints
        """
        domain = Domain("state", "=", "open")
        if tickets is not None:
            domain &= Domain("ticket_id", "in", tickets.ids)
        events = [row[0] for row in self._read_group(domain, ["event"])]
        if not events:
            return
        self.env.flush_all()
        settled = self._find("open", False, events, tickets).try_lock_for_update()
        if not settled:
            return
        activities = settled.activity_ids
        settled.write({"state": "settled", "mail_user_ids": [Command.clear()]})
        settled._refresh_activities(activities, fields.Datetime.now())

    @api.model
    def _reopen(self):
        """What was settled and came back with the same date asks again.

        As after a pause over which no closing passed. Asked is who is responsible now;
        who was mailed of it is not mailed again. An archived rule asks nobody.
        """
        back = self._find("settled", True, RANK).try_lock_for_update()
        back = back.filtered("rule_id.active")
        if not back:
            return
        users_of = {}
        for rule, alerts in back.grouped("rule_id").items():
            recipients = alerts.ticket_id._get_alert_recipients(rule._get_roles())
            users_of |= {alert: recipients[alert.ticket_id.id] for alert in alerts}
        back.write({"state": "open"})
        # in few statements: mostly they are of the same people
        same = back.grouped(lambda a: (users_of[a], a.mail_date and a.user_ids))
        for (users, mailed), alerts in same.items():
            alerts.write(
                {
                    "user_ids": [Command.link(user.id) for user in users],
                    "mail_user_ids": [
                        Command.link(user.id)
                        for user in users
                        if not (mailed and user in mailed)
                    ],
                }
            )
        back._plan_activities(fields.Datetime.now(), users_of)

    @api.model
    def _find(self, state, is_watched, events, tickets=None):
        """Alerts by whether what they are about is still so, with the same date.

        :param str state: of the alerts
        :param bool is_watched: those of which it is so, else the others
        :param events: keys of ``ALERT_EVENT``
        """
        Rule = self.env["klikumkm.sla.alert.rule"]
        self.env.flush_all()
        found = []
        for event in events:
            found += self.env.execute_query(
                SQL(
                    """
                    SELECT alert.id
                      FROM klikumkm_sla_alert alert
                     WHERE alert.state = %s AND alert.event = %s
                           AND alert.res_model = %s AND %s
                           %s EXISTS (
                            SELECT FROM (%s) watched
                             WHERE watched.id = alert.res_id
                               AND watched.date = alert.date_value
                           )
                    """,
                    state,
                    event,
                    # told by the event, but the index begins with it
                    Rule._get_watched_model(event),
                    SQL("TRUE")
                    if tickets is None
                    else SQL("alert.ticket_id IN %s", tuple(tickets.ids)),
                    SQL("AND") if is_watched else SQL("AND NOT"),
                    Rule._get_watched(event),
                )
            )
        return self.browse(row[0] for row in found)

    # === MAIL === #
    @api.model
    def _mail_again(self, now):
        """Let be due again what the mail server did not take: Odoo never tries again.

        After as long again as it was tried already, and for as many days as a message
        to a customer. Where the address is at fault, the activity has to do.
        """
        alerts = self.search([("mail_ids.state", "=", "exception")])
        failed = alerts.mail_ids.filtered(lambda mail: mail.state == "exception")
        for mail in failed.try_lock_for_update():
            mine = alerts.filtered(lambda alert, mail=mail: mail in alert.mail_ids)
            since = max(mine.mapped("alert_date"))
            tried = max(mine.mapped("mail_date"))
            if mail.failure_type in ADDRESS_FAILURE or (
                now > since + timedelta(days=RETRY_DAYS)
            ):
                mine.write({"mail_ids": [Command.unlink(mail.id)]})
            elif now - tried >= tried - since:
                users = mine.user_ids.filtered(
                    lambda user, mail=mail: user.partner_id in mail.recipient_ids
                )
                mine.filtered(lambda alert: alert.state == "open").write(
                    {"mail_user_ids": [Command.link(user.id) for user in users]}
                )
                mail.unlink()

    @api.model
    def _mail_due(self, now, desks):
        """Make one mail for each person of what he was not mailed yet.

        Those of an earlier run, too, that broke off before it came to this.
        """
        self._isolate("_mail_again", now)
        closed = self.env["resource.calendar"].union(
            *(calendar for calendar, opened, _condition in desks if not opened)
        )
        due = self.search(
            Domain("mail_user_ids", "!=", False)
            & (
                Domain("event", "=", "emergency")
                | Domain("ticket_id.sla_calendar_id", "not in", closed.ids)
            )
        )
        users = due.mail_user_ids
        for user in users.sorted("id"):
            self._isolate("_mail_digest", user, due.ids, now)
            if not self.env["ir.cron"]._commit_progress(1, remaining=1):
                return
        if users:
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    @api.model
    def _mail_digest(self, user, alert_ids, now):
        """Mail somebody what waits for him: one mail, one line for each complaint.

        What was settled meanwhile, and what he may not read any more, is left out.
        """
        # read anew: another worker may have mailed it since
        self.invalidate_model(["mail_user_ids"], flush=False)
        alerts = self.search(
            [("id", "in", alert_ids), ("mail_user_ids", "in", user.ids)]
        ).try_lock_for_update()
        if not alerts:
            return
        alerts.write({"mail_user_ids": [Command.unlink(user.id)], "mail_date": now})
        tickets = alerts.ticket_id.with_user(user)._filtered_access("read")
        told = alerts.filtered(
            lambda alert: alert.state == "open" and alert.ticket_id.id in tickets.ids
        )
        if told and user.email:
            mail = self.env["mail.mail"].create(told._prepare_digest(user, now))
            told.write({"mail_ids": [Command.link(mail.id)]})

    def _prepare_digest(self, user, now):
        """Values of the mail that tells one person of these alerts."""
        installed = dict(self.env["res.lang"].get_installed())
        lang = user.lang if user.lang in installed else self.env.lang
        alerts = self.with_context(lang=lang)
        alerts.ticket_id.mapped("sla_remaining_label")  # for all at once
        lines = [
            mine._get_gravest()._prepare_line(now)
            for mine in alerts.grouped("ticket_id").values()
        ]
        lines.sort(key=lambda line: (line["rank"], line["date"]))
        company = lines[0]["ticket"].company_id
        emergencies = [line for line in lines if line["rank"] == RANK["emergency"]]
        subject = alerts._get_digest_subject(lines, emergencies)
        body = alerts.env["ir.qweb"]._render(
            "klikumkm_sla.mail_alert_digest",
            {
                "user": user,
                "company": company,
                "subject": subject,
                "lines": lines,
                "has_emergency": bool(emergencies),
                "lang": lang,
                "list_url": f"{alerts[0].get_base_url()}/odoo/complaints-today",
            },
            lang=lang,
            minimal_qcontext=True,
        )
        return {
            "subject": subject,
            "body_html": body,
            "email_from": lines[0]["ticket"]._get_team_email_from() or user.email,
            "recipient_ids": [Command.link(user.partner_id.id)],
            "headers": repr(AUTOMATIC_HEADERS),
            "auto_delete": True,
        }

    @api.model
    def _get_digest_subject(self, lines, emergencies):
        """What the mail is called: the one thing it tells of, or how many."""
        first = lines[0]
        if len(emergencies) > 1:
            return self.env._("%(count)s emergencies", count=len(emergencies))
        if emergencies:
            return self.env._(
                "EMERGENCY: %(number)s %(subject)s",
                number=first["ticket"].number,
                subject=first["ticket"].name,
            )
        if len(lines) == 1:
            return self.env._(
                "%(what)s: %(number)s %(subject)s",
                what=first["headline"],
                number=first["ticket"].number,
                subject=first["ticket"].name,
            )
        return self.env._("%(count)s complaints need you", count=len(lines))

    def _prepare_line(self, now):
        """What the mail says of one complaint, in the language of the environment."""
        self.ensure_one()
        ticket = self.ticket_id
        promised = ticket._get_promised_date()
        return {
            "ticket": ticket,
            "rank": RANK[self.event],
            "date": self.date_value,
            "tone": ticket._get_alert_tone(self.event, self.date_value, now),
            "headline": ticket._get_alert_headline(self.event, self.date_value, now),
            "todo": ticket._get_alert_todo(self.event),
            "promised": ticket._format_customer_date(promised),
            "left": ticket.sla_remaining_label if promised else "",
            "received": ticket._format_customer_date(ticket.received_date),
            "url": f"{ticket.get_base_url()}/odoo/complaints/{ticket.id}",
        }


def is_open(calendar, now):
    """Whether a desk is open.

    :param calendar: usable ``resource.calendar``
    :param datetime now: naive UTC
    """
    table = calendar._get_working_days(now, now)
    closing = table.closing_of(table.local_date(now))
    return bool(
        closing and now < closing and not calendar._get_opening_after_closure(now)
    )
