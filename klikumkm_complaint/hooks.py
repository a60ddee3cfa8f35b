# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo.fields import Command
from odoo.tools import SQL

from .models.helpdesk_ticket_stage import CLOSED_STATUS

LANGUAGES = ("en_US", "id_ID")
SNAPSHOT = "klikumkm_complaint.base_before"

# Every record of helpdesk_mgmt that the suite changes, and to what; the uninstall hook
# gives each back as it was. Translated values are {language: text}.
BASE_CHANGES = {
    "helpdesk_ticket_stage_new": {
        "name": {"en_US": "Received", "id_ID": "Diterima"},
        "status": "received",
        "sequence": 1,
    },
    "helpdesk_ticket_stage_in_progress": {
        "name": {"en_US": "In progress", "id_ID": "Sedang ditangani"},
        "status": "in_progress",
        "sequence": 2,
    },
    "helpdesk_ticket_stage_awaiting": {
        "name": {"en_US": "Waiting for the customer", "id_ID": "Menunggu pelanggan"},
        "status": "waiting_customer",
        "sequence": 4,
    },
    # Done, Cancelled and Rejected mail the customer, in English and greeting the agent
    # (helpdesk_mgmt/data/helpdesk_data.xml:13): no stage of ours sends a base mail.
    "helpdesk_ticket_stage_done": {
        "name": {"en_US": "Closed", "id_ID": "Ditutup"},
        "status": "closed",
        "sequence": 7,
        "mail_template_id": False,
    },
    "helpdesk_ticket_stage_cancelled": {
        "name": {"en_US": "Cancelled", "id_ID": "Dibatalkan"},
        "status": "cancelled",
        "sequence": 8,
        "mail_template_id": False,
    },
    "helpdesk_ticket_stage_rejected": {
        "status": "cancelled",
        "sequence": 9,
        "mail_template_id": False,
        "active": False,
    },
    "helpdesk_ticket_channel_email": {
        "name": {"en_US": "E-mail", "id_ID": "E-mail"},
        "communication_mode": "written",
        "is_official": True,
        "company_id": False,
        "sequence": 1,
    },
    "helpdesk_ticket_channel_phone": {
        "name": {"en_US": "Telephone", "id_ID": "Telepon"},
        "communication_mode": "oral",
        "is_official": True,
        "company_id": False,
        "sequence": 2,
    },
    "helpdesk_ticket_channel_web": {
        "name": {"en_US": "Web form", "id_ID": "Formulir web"},
        "communication_mode": "written",
        "is_official": True,
        "company_id": False,
        "sequence": 4,
    },
    "helpdesk_ticket_channel_other": {
        "name": {"en_US": "Other", "id_ID": "Lainnya"},
        "company_id": False,
        "sequence": 20,
        "active": False,
    },
    # Anybody without a login could write stages
    # (helpdesk_mgmt/security/ir.model.access.csv:10).
    "access_helpdesk_ticket_stage_public": {"perm_write": False},
    # Any OR over followers reads the whole table twice a page, and a follower is not
    # the complainant (helpdesk_mgmt/security/helpdesk_security.xml:140).
    "helpdesk_ticket_rule_portal": {
        "domain_force": "[('commercial_partner_id', '=',"
        " user.commercial_partner_id.id)]"
        " if user.company_id.complaint_portal_by_company"
        " else [('partner_id', '=', user.partner_id.id)]",
    },
    "helpdesk_ticket_rule_internal_user": {
        "domain_force": "[('partner_id', '=', user.partner_id.id)]",
    },
}


# Where the suite changes, by the list above or by data files, what it did not bring.
BASE_TABLES = {
    "helpdesk.ticket.stage": ("team_ids",),
    "helpdesk.ticket.channel": (),
    "helpdesk.ticket.team": (),
    "ir.actions.act_window": ("group_ids",),
    "ir.model.access": (),
    "ir.rule": ("groups",),
    "ir.ui.menu": ("group_ids",),
    "res.groups": (),
}
LOG_COLUMNS = {"create_date", "create_uid", "write_date", "write_uid"}

# Where the base would have a complaint that stands in a stage of ours.
STAGES_WITHOUT_SUITE = {
    "stage_coordination": "helpdesk_ticket_stage_in_progress",
    "stage_resolved": "helpdesk_ticket_stage_done",
    "stage_referred": "helpdesk_ticket_stage_done",
}


def pre_init_hook(env):
    """Remember the base as it is, and switch on both languages before data comes."""
    env["ir.config_parameter"].set_param(SNAPSHOT, json.dumps(_read_base(env)))
    _classify_existing_tickets(env)
    fresh = [
        code
        for code in LANGUAGES
        if not env["res.lang"].search_count([("code", "=", code)])
    ]
    for code in LANGUAGES:
        env["res.lang"]._activate_lang(code)
    if fresh:
        installed = env["ir.module.module"].search([("state", "=", "installed")])
        installed._update_translations(fresh)


def _classify_existing_tickets(env):
    """Classify what exists before the ORM does, which would note it on every ticket."""
    env.cr.execute(
        """
        ALTER TABLE helpdesk_ticket ADD COLUMN IF NOT EXISTS submission_type varchar;
        ALTER TABLE helpdesk_ticket ADD COLUMN IF NOT EXISTS assistance_type varchar;
        UPDATE helpdesk_ticket SET submission_type = 'complaint',
                                   assistance_type = 'handling'
        """
    )


def _read_base(env):
    """Every record of helpdesk_mgmt, and of the user's own in its models, as it stands.

    :return: {model: {id: {column or relation: value}}}
    """
    env.flush_all()
    snapshot = {}
    for model, relations in BASE_TABLES.items():
        records = env[model].with_context(active_test=False)
        if model.startswith("helpdesk."):
            records = records.search([])
        else:
            data = env["ir.model.data"].search_fetch(
                [("module", "=", "helpdesk_mgmt"), ("model", "=", model)], ["res_id"]
            )
            records = records.browse(data.mapped("res_id")).exists()
        rows = env.execute_query(
            SQL(
                "SELECT to_jsonb(t) FROM %s t WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                records.ids,
            )
        )
        snapshot[model] = {str(row["id"]): row for [row] in rows}
        for record in records:
            for relation in relations:
                snapshot[model][str(record.id)][relation] = record[relation].ids
    return snapshot


def _keep_what_changed(env):
    """Of what stood in the base, remember only what the suite changed.

    What the owner of the database changes later is his, and stays when the suite goes.
    """
    env.flush_all()
    before = json.loads(env["ir.config_parameter"].get_param(SNAPSHOT) or "{}")
    after = _read_base(env)
    changed = {
        model: {
            key: values
            for key, row in rows.items()
            if key in after[model]
            and (
                values := {
                    column: value
                    for column, value in row.items()
                    if column not in LOG_COLUMNS and after[model][key][column] != value
                }
            )
        }
        for model, rows in before.items()
    }
    env["ir.config_parameter"].set_param(SNAPSHOT, json.dumps(changed))


def post_init_hook(env):
    """Give the base's records their meaning, and take over tickets that exist."""
    _map_stages(env)
    for name, changes in BASE_CHANGES.items():
        record = env.ref(f"helpdesk_mgmt.{name}", raise_if_not_found=False)
        if not record:
            continue
        plain = {k: v for k, v in changes.items() if not isinstance(v, dict)}
        # tickets may stand in these stages: their meaning is given, not changed
        status = plain.pop("status", None)
        if status:
            _set_status(env, record, status)
        record.write(plain)
        for field, terms in changes.items():
            if isinstance(terms, dict):
                record.update_field_translations(field, terms)
    _keep_what_changed(env)
    _close_links_to_notes(env)
    _take_over_tickets(env)


def _map_stages(env):
    """Stages that are not the base's own mean what their flags say."""
    stages = env["helpdesk.ticket.stage"].with_context(active_test=False).search([])
    ours = env["ir.model.data"].search(
        [
            ("model", "=", "helpdesk.ticket.stage"),
            ("module", "=", "klikumkm_complaint"),
        ]
    )
    known = {
        record.id
        for name in BASE_CHANGES
        if (record := env.ref(f"helpdesk_mgmt.{name}", raise_if_not_found=False))
        and record._name == "helpdesk.ticket.stage"
    }
    for stage in stages.filtered(
        lambda s: s.id not in known | set(ours.mapped("res_id"))
    ):
        if stage.closed:
            _set_status(env, stage, "closed")
        else:
            _set_status(env, stage, "received" if stage.unattended else "in_progress")
        stage.mail_template_id = False


def _set_status(env, stage, status):
    stage.flush_recordset()
    env.cr.execute(
        "UPDATE helpdesk_ticket_stage SET status = %s, closed = %s WHERE id = %s",
        (status, status in CLOSED_STATUS, stage.id),
    )
    stage.invalidate_recordset()


def _close_links_to_notes(env):
    """Take back the links to files of internal notes.

    The base's page gave every file of a ticket a token that works without login
    (helpdesk_mgmt/controllers/myaccount.py:168).
    """
    env.flush_all()
    env.cr.execute(
        """
        UPDATE ir_attachment file SET access_token = NULL
          FROM message_attachment_rel rel
          JOIN mail_message message ON message.id = rel.message_id
          LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
         WHERE file.id = rel.attachment_id
           AND file.access_token IS NOT NULL
           AND message.model = 'helpdesk.ticket'
           AND (message.is_internal OR subtype.internal)
        """
    )


def _take_over_tickets(env):
    """Tickets from before the suite: received when they were created."""
    env.flush_all()
    # the suite's own demo complaints are already there and know when they came in
    env.cr.execute(
        """
        UPDATE helpdesk_ticket ticket
           SET received_date = date_trunc('second', create_date)
         WHERE NOT EXISTS (
            SELECT 1 FROM ir_model_data
             WHERE model = 'helpdesk.ticket' AND module = 'klikumkm_complaint'
               AND res_id = ticket.id)
        """
    )
    env.cr.execute(
        """
        UPDATE helpdesk_ticket ticket SET resolved_date = ticket.closed_date
          FROM helpdesk_ticket_stage stage
         WHERE stage.id = ticket.stage_id AND stage.status = 'closed'
           AND ticket.resolved_date IS NULL
        """
    )
    env.invalidate_all()
    tickets = env["helpdesk.ticket"].with_context(
        active_test=False, tracking_disable=True
    )
    without = tickets.search([("partner_id", "=", False)])
    vals_list = without.read(["partner_name", "partner_email"], load=None)
    for ticket, vals in zip(without, vals_list, strict=True):
        vals["company_id"] = ticket.company_id.id
    tickets._prepare_customers(vals_list)
    for ticket, vals in zip(without, vals_list, strict=True):
        ticket.partner_id = vals["partner_id"]


def uninstall_hook(env):
    """Give the base's records back as pre_init_hook() found them."""
    _move_tickets_out_of_our_stages(env)
    env.flush_all()
    snapshot = json.loads(env["ir.config_parameter"].get_param(SNAPSHOT) or "{}")
    for model, rows in snapshot.items():
        for key, values in rows.items():
            record = env[model].browse(int(key)).exists()
            for name, value in values.items() if record else ():
                if name in BASE_TABLES[model]:
                    record[name] = [Command.set(value)]
                    continue
                env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id = %s",
                        SQL.identifier(record._table),
                        SQL.identifier(name),
                        json.dumps(value) if isinstance(value, dict) else value,
                        record.id,
                    )
                )
    env.flush_all()
    env["ir.config_parameter"].set_param(SNAPSHOT, False)
    env.invalidate_all()
    env.registry.clear_all_caches()


def _move_tickets_out_of_our_stages(env):
    """Stages of ours go with the suite, complaints stay (without a mail to anybody)."""
    env.flush_all()
    for ours, base in STAGES_WITHOUT_SUITE.items():
        stage = env.ref(f"klikumkm_complaint.{ours}", raise_if_not_found=False)
        base_stage = env.ref(f"helpdesk_mgmt.{base}", raise_if_not_found=False)
        if stage and base_stage:
            env.cr.execute(
                """
                UPDATE helpdesk_ticket
                   SET stage_id = %(base)s,
                       unattended = %(unattended)s,
                       closed_date = CASE WHEN %(closed)s THEN date_trunc(
                           'second', COALESCE(closed_date, resolved_date, write_date)
                       ) END
                 WHERE stage_id = %(ours)s
                """,
                {
                    "ours": stage.id,
                    "base": base_stage.id,
                    "unattended": base_stage.unattended,
                    "closed": base_stage.closed,
                },
            )
    env.invalidate_all()
