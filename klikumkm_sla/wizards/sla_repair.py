# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from ..models.sla_clock import ALIVE

SHOWN_LINES = 80
SHOWN_STOPPED = 200


class SlaRepair(models.TransientModel):
    """Counting clocks again after a time standard or hours were edited (rule 8)."""

    _name = "klikumkm.sla.repair"
    _description = "Count Deadlines again"

    state = fields.Selection(
        selection=[("choose", "Choose"), ("preview", "Preview"), ("done", "Done")],
        default="choose",
        required=True,
        readonly=True,
    )
    policy_ids = fields.Many2many(
        comodel_name="klikumkm.sla.policy",
        string="Time standards",
        context={"active_test": False},
    )
    ticket_ids = fields.Many2many(
        comodel_name="helpdesk.ticket",
        string="Complaints",
        help="Empty: all that were counted by these time standards.",
    )
    takes_terms = fields.Boolean(
        string="Days and targets of today's time standards", default=True
    )
    takes_hours = fields.Boolean(string="Today's operating hours of team or company")
    includes_stopped = fields.Boolean(
        string="Stopped clocks too",
        help="Their result is judged anew. Each one is ticked by name in the preview.",
    )
    reason = fields.Char(help="Kept in the journal of each clock.")
    line_ids = fields.One2many(
        comodel_name="klikumkm.sla.repair.line",
        inverse_name="wizard_id",
        string="What changes",
    )
    summary = fields.Text(readonly=True)
    running_count = fields.Integer(readonly=True)
    result = fields.Text(readonly=True)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        context = self.env.context
        model, ids = context.get("active_model"), context.get("active_ids") or []
        if model == "klikumkm.sla.policy":
            defaults["policy_ids"] = [Command.set(ids)]
        elif model == "helpdesk.ticket":
            defaults["ticket_ids"] = [Command.set(ids)]
        elif model == "klikumkm.sla.clock":
            clocks = self.env[model].browse(ids)
            defaults["ticket_ids"] = [Command.set(clocks.ticket_id.ids)]
            defaults["includes_stopped"] = "stopped" in clocks.mapped("state")
        return defaults

    # === ACTIONS === #
    def action_preview(self):
        """Show what would change. Nothing is written to any clock."""
        self._check_may_repair()
        repairs = self._get_clocks()._preview_repair(
            self.takes_terms, self.takes_hours, fields.Datetime.now()
        )
        running = [clock for clock in repairs if clock.state in ALIVE]
        stopped = [clock for clock in repairs if clock.state == "stopped"]
        shown = running[:SHOWN_LINES] + stopped[:SHOWN_STOPPED]
        self.line_ids.unlink()
        self.write(
            {
                "state": "preview",
                "running_count": len(running),
                "summary": self._say_totals(running, stopped),
                "line_ids": [
                    Command.create(self._prepare_line(clock, repairs[clock]))
                    for clock in shown
                ],
            }
        )
        return self._reopen()

    def action_back(self):
        """Back to what was chosen."""
        self._check_may_repair()
        self.state = "choose"
        return self._reopen()

    def action_apply(self):
        """Repair all running clocks, and the stopped ones that are ticked."""
        self._check_may_repair()
        if self.state != "preview":
            raise UserError(self.env._("Look at the preview first."))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why: the journal keeps the reason."))
        now = fields.Datetime.now()
        ticked = self.line_ids.filtered("is_included").clock_id
        clocks = self._get_clocks()
        clocks = clocks.filtered(lambda c: c.state in ALIVE or c.id in ticked.ids)
        self._check_still_so(clocks, now)
        changed = clocks._repair(
            self.reason.strip(), self.takes_terms, self.takes_hours, now
        )
        stopped = changed.filtered(lambda c: c.state == "stopped")
        self.write(
            {
                "state": "done",
                "result": self.env._(
                    "%(running)s running and %(stopped)s stopped clocks were counted "
                    "again. Customers whose date became later wait in To tell.",
                    running=len(changed - stopped),
                    stopped=len(stopped),
                ),
            }
        )
        return self._reopen()

    # === RIGHTS === #
    def _check_may_repair(self):
        """Managers repair.

        :raise AccessError: for everybody else
        """
        self.ensure_one()
        if not self.env.user.has_group("helpdesk_mgmt.group_helpdesk_manager"):
            raise AccessError(self.env._("Only managers count deadlines again."))

    # === WHICH CLOCKS === #
    def _get_clocks(self):
        """The clocks in question that the manager may see, as the engine."""
        self.ensure_one()
        states = [*ALIVE, "stopped"] if self.includes_stopped else list(ALIVE)
        domain = Domain("state", "in", states)
        if self.ticket_ids:
            domain &= Domain("ticket_id", "in", self.ticket_ids.ids)
        elif self.policy_ids:
            domain &= Domain("policy_id", "in", self.policy_ids.ids)
        else:
            raise UserError(self.env._("Choose time standards or complaints."))
        clocks = self.env["klikumkm.sla.clock"].search(domain, order="deadline, id")
        return clocks.with_env(self.env["helpdesk.ticket"]._get_clock_engine().env)

    def _check_still_so(self, clocks, now):
        """Nobody is to get another date than the one that was shown.

        :raise UserError: time standards, hours or a complaint changed meanwhile
        """
        shown = {line.clock_id.id: line for line in self.line_ids}
        repairs = clocks._preview_repair(self.takes_terms, self.takes_hours, now)
        running = [clock for clock in repairs if clock.state in ALIVE]
        if len(running) != self.running_count or any(
            clock.id in shown and shown[clock.id].after != repair.dates.deadline
            for clock, repair in repairs.items()
        ):
            raise UserError(
                self.env._("Something changed meanwhile. Look at the preview again.")
            )

    # === PREVIEW === #
    def _prepare_line(self, clock, repair):
        """Values of a line of the preview."""
        words = self.env["klikumkm.sla.repair.line"]
        now = fields.Datetime.now()
        is_running = clock.state in ALIVE
        if is_running:
            result_before = clock._is_overdue_at(clock.deadline, now)
            result_after = clock._is_overdue_at(repair.dates.deadline, now)
            results = [
                words._say_running(is_overdue)
                for is_overdue in (result_before, result_after)
            ]
        else:
            judgement = repair.judgement
            results = [
                words._say_result(clock.result, clock.late_days),
                words._say_result(judgement["result"], judgement["late_days"]),
            ]
        return {
            "clock_id": clock.id,
            "is_stopped": not is_running,
            "is_included": is_running,
            "before": clock.deadline,
            "after": repair.dates.deadline,
            "target_before": clock.target_date,
            "target_after": repair.dates.target_date,
            "result_before": results[0],
            "result_after": results[1],
            "is_result_changed": results[0] != results[1],
        }

    def _say_totals(self, running, stopped):
        lines = [
            self.env._("%(count)s running or paused clocks change.", count=len(running))
        ]
        if len(running) > SHOWN_LINES:
            lines.append(
                self.env._("The first %(count)s are shown.", count=SHOWN_LINES)
            )
        if stopped:
            lines.append(
                self.env._(
                    "%(count)s stopped clocks would change: tick those you mean.",
                    count=len(stopped),
                )
            )
        if len(stopped) > SHOWN_STOPPED:
            lines.append(
                self.env._(
                    "Only %(count)s of them are shown; choose complaints to see the "
                    "others.",
                    count=SHOWN_STOPPED,
                )
            )
        return "\n".join(lines)

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Count again…"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
