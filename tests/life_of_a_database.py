# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What `odoo shell` runs for test_install.py, in a database of helpdesk_mgmt alone.

Makes tickets as they may have stood there for years, installs the suite, uninstalls it,
and prints what it saw at each step as one line of JSON.
"""

import json
import sys
from datetime import datetime

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

from odoo.addons.mail.tests.common import freeze_all_time

MARK = "klikumkm-life:"
# Tables in which the suite may change what helpdesk_mgmt brought along.
TABLES = (
    "helpdesk_ticket_stage",
    "helpdesk_ticket_channel",
    "helpdesk_ticket_team",
    "helpdesk_ticket_category",
    "ir_rule",
    "ir_model_access",
    "ir_ui_menu",
    "ir_act_window",
    "mail_template",
    "ir_sequence",
    "res_groups",
)
RELATIONS = (
    "helpdesk_ticket_stage_helpdesk_ticket_team_rel",
    "ir_ui_menu_group_rel",
    "rule_group_rel",
    "ir_act_window_group_rel",
    "res_groups_implied_rel",
)


def rows(env, table, model_data="helpdesk_mgmt"):
    """Every row that helpdesk_mgmt (or nobody) owns, with every column."""
    env.flush_all()
    found = env.execute_query(
        SQL(
            """
            SELECT to_jsonb(t) FROM %s t
             WHERE t.id IN (SELECT res_id FROM ir_model_data
                             WHERE module = %s AND replace(model, '.', '_') IN (%s, %s))
                OR (%s LIKE 'helpdesk%%' AND t.id NOT IN (
                    SELECT res_id FROM ir_model_data
                     WHERE replace(model, '.', '_') = %s AND module LIKE 'klikumkm%%'))
             ORDER BY t.id
            """,
            SQL.identifier(table),
            model_data,
            table,
            table.replace("act_window", "actions_act_window"),
            table,
            table,
        )
    )
    return [row[0] for row in found]


def base_rows(env):
    state = {table: rows(env, table) for table in TABLES}
    for relation in RELATIONS:
        env.cr.execute("SELECT to_regclass(%s)", [relation])
        if env.cr.fetchone()[0]:
            found = env.execute_query(
                SQL(
                    "SELECT to_jsonb(t) FROM %s t ORDER BY t::text",
                    SQL.identifier(relation),
                )
            )
            state[relation] = [row[0] for row in found]
    return state


def tickets(env):
    fields = [
        name
        for name in (
            "name",
            "number",
            "priority",
            "stage_id",
            "team_id",
            "user_id",
            "channel_id",
            "partner_id",
            "partner_name",
            "partner_email",
            "closed_date",
            "create_date",
            "write_date",
            "active",
            "received_date",
            "resolved_date",
            "assistance_type",
            "submission_type",
            "is_classified",
            "status",
            "last_stage_update",
        )
        if name in env["helpdesk.ticket"]._fields
    ]
    found = env["helpdesk.ticket"].with_context(active_test=False).search([])
    return {vals["name"]: vals for vals in found.read(fields, load=None)}


def queries(env):
    """Queries of creating and of closing 1, 20 and 1,000 tickets; nothing is kept.

    The clock stands still: a second that ends between two of them is a query more.
    """
    Ticket = env["helpdesk.ticket"].with_context(tracking_disable=True)
    partner = env.ref("base.partner_admin")
    team = env["helpdesk.ticket.team"].search([("name", "=", "Lama")])
    stage = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")

    def count(moment, function):
        with freeze_all_time(moment):
            env.flush_all()
            env.invalidate_all()
            before = env.cr.sql_log_count
            result = function()
            env.flush_all()
            return env.cr.sql_log_count - before, result

    counts = {}
    for number in (1, 1, 20, 1000):  # the first time fills caches
        vals_list = [
            {
                "name": f"Tiket {i}",
                "description": "<p>Isi</p>",
                "partner_id": partner.id,
                "team_id": team.id,
                "user_id": False,
            }
            for i in range(number)
        ]
        created, found = count(
            datetime(2026, 8, 3, 2),
            lambda vals_list=vals_list: Ticket.create(vals_list),
        )
        moved, _done = count(
            datetime(2026, 8, 3, 3),
            lambda found=found: found.write({"stage_id": stage.id}),
        )
        counts[str(number)] = {"create": created, "move": moved}
        env.cr.rollback()
    return counts


def make_old_tickets(env):
    ref = env.ref
    Stage = env["helpdesk.ticket.stage"]
    template = ref("helpdesk_mgmt.changed_stage_template").id
    team = env["helpdesk.ticket.team"].create({"name": "Lama", "alias_name": False})
    own = Stage.create(
        [
            {"name": "Antre", "unattended": True, "sequence": 10},
            {"name": "Tinjau", "sequence": 11, "mail_template_id": template},
            {"name": "Arsip", "closed": True, "sequence": 12, "team_ids": team.ids},
        ]
    )
    ref("helpdesk_mgmt.helpdesk_ticket_stage_new").name = "Baru masuk"
    partner = env["res.partner"].create({"name": "Siti", "email": "siti@example.com"})
    base = "helpdesk_mgmt.helpdesk_ticket_stage_"
    stages = {
        "new": ref(base + "new"),
        "in_progress": ref(base + "in_progress"),
        "awaiting": ref(base + "awaiting"),
        "done": ref(base + "done"),
        "cancelled": ref(base + "cancelled"),
        "rejected": ref(base + "rejected"),
        "own_unattended": own[0],
        "own_plain": own[1],
        "own_closed": own[2],
    }
    for age, (name, stage) in enumerate(stages.items(), start=1):
        ticket = env["helpdesk.ticket"].create(
            {
                "name": name,
                "description": "<p>Lama</p>",
                "priority": str(age % 4),
                "team_id": team.id,
                "user_id": False,
                "partner_id": partner.id if age % 3 == 0 else False,
                "partner_name": "Siti" if age % 3 == 1 else False,
                "partner_email": "SITI@example.com" if age % 3 == 1 else False,
                "channel_id": ref("helpdesk_mgmt.helpdesk_ticket_channel_web").id,
            }
        )
        ticket.stage_id = stage
        env.flush_all()
        env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = now() - %s * interval '1 day'"
            " WHERE id = %s",
            [age, ticket.id],
        )
    env.invalidate_all()
    env["helpdesk.ticket"].search([("name", "=", "own_closed")]).active = False
    env.flush_all()
    env.cr.commit()


def main(env):
    seen = {}
    make_old_tickets(env)
    seen["queries_before"] = queries(env)
    seen["base_before"] = base_rows(env)
    seen["tickets_before"] = tickets(env)
    mails = env["mail.mail"].search_count([])
    messages = env["mail.message"].search_count([("model", "=", "helpdesk.ticket")])
    env.cr.commit()

    module = env["ir.module.module"].search([("name", "=", "klikumkm_complaint")])
    module.button_immediate_install()
    env = api.Environment(env.cr, SUPERUSER_ID, {})
    seen["languages"] = [code for code, _name in env["res.lang"].get_installed()]
    seen["tickets_installed"] = tickets(env)
    seen["mails"] = env["mail.mail"].search_count([]) - mails
    seen["messages"] = (
        env["mail.message"].search_count([("model", "=", "helpdesk.ticket")]) - messages
    )
    seen["partners"] = {
        partner.id: [partner.name, partner.email]
        for partner in env["helpdesk.ticket"]
        .with_context(active_test=False)
        .search([])
        .partner_id
    }
    seen["status"] = {
        stage.name: [stage.status, stage.closed, stage.mail_template_id.id]
        for stage in env["helpdesk.ticket.stage"]
        .with_context(active_test=False)
        .search([])
    }
    env.cr.commit()
    seen["queries_after"] = queries(env)
    # some work with the suite, which must not stand in the way of its end
    for name, stage in (
        ("new", "stage_coordination"),
        ("in_progress", "stage_resolved"),
        ("awaiting", "stage_referred"),
    ):
        ticket = env["helpdesk.ticket"].search([("name", "=", name)])
        ticket.stage_id = env.ref(f"klikumkm_complaint.{stage}")
        ticket.channel_id = env.ref("klikumkm_complaint.channel_whatsapp")
    env.flush_all()
    env.cr.commit()

    module = env["ir.module.module"].search([("name", "=", "klikumkm_complaint")])
    module.button_immediate_uninstall()
    env = api.Environment(env.cr, SUPERUSER_ID, {})
    seen["base_uninstalled"] = base_rows(env)
    seen["tickets_uninstalled"] = tickets(env)
    seen["left"] = env.execute_query(
        SQL("SELECT model, name FROM ir_model_data WHERE module = 'klikumkm_complaint'")
    )
    sys.stdout.write(MARK + json.dumps(seen, default=str) + "\n")


if "env" in globals():
    main(globals()["env"])
