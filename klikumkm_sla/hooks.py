# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.tools import SQL

from odoo.addons.klikumkm_complaint.models.helpdesk_ticket_stage import OPEN_STATUS


def post_init_hook(env):
    """Load holidays, and give clocks to the complaints that are open today."""
    calendar = env.ref("klikumkm_sla.calendar_operating")
    this_year = fields.Date.today().year
    calendar._load_indonesian_holidays(range(this_year - 1, this_year + 2))
    env["res.company"].search(
        [("sla_calendar_id", "=", False)]
    ).sla_calendar_id = calendar
    running = env["helpdesk.ticket"].search([("stage_id.status", "in", OPEN_STATUS)])
    env["klikumkm.sla.clock"]._start(running, fields.Datetime.now())


def uninstall_hook(env):
    """Take the clocks away first: standards and calendar could not go before them."""
    # an activity holds on to its type
    ours = env["ir.model.data"].search(
        [("module", "=", "klikumkm_sla"), ("model", "=", "mail.activity.type")]
    )
    env["mail.activity"].with_context(active_test=False).search(
        [("activity_type_id", "in", ours.mapped("res_id"))]
    ).unlink()
    env.flush_all()
    for table in ("sla_alert", "sla_event", "sla_extension", "sla_clock"):
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(f"klikumkm_{table}")))
    env.cr.execute("DROP SEQUENCE IF EXISTS klikumkm_sla_version")
    env.invalidate_all(flush=False)
