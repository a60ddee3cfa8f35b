# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The row of counters on the first screen (user-experience.md section 2)."""

from lxml import etree

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

SEARCH_VIEW = "klikumkm_complaint.helpdesk_ticket_view_search"
NOTICE_SEARCH_VIEW = "klikumkm_complaint.complaint_notice_view_search"


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def get_today_counters(self):
        """What needs somebody's attention today, counted as the caller may read it.

        :return: list of dicts: name, label, title, count, tone (how bad a number above
            zero is) and either filters (of the search view) or action (to open)
        """
        self.browse().check_access("read")
        domains = self._get_search_filter_domains(SEARCH_VIEW)
        counters = []
        for counter in sorted(
            self._get_today_counters(), key=lambda counter: counter["sequence"]
        ):
            if action := counter.pop("action", None):
                counter["action"] = action
                model, domain = action["res_model"], Domain(action["domain"])
            else:
                model = self._name
                domain = Domain.AND(domains[name] for name in counter["filters"])
            counter["count"] = self.env[model].search_count(domain)
            counters.append(counter)
        return counters

    @api.model
    def get_today_banners(self):
        """What somebody in charge should know before he looks at the list.

        :return: list of dicts: name, text, button and action (xml id) that it opens
        """
        self.browse().check_access("read")
        return self._get_today_banners()

    @api.model
    def _get_today_banners(self):
        """Hook: the banners of the caller's role."""
        return []

    @api.model
    def _get_search_filter_domains(self, xmlid):
        """What the filters of a list mean, so that a counter counts what it opens.

        :param str xmlid: a search view
        :return: {name of the filter: Domain}
        """
        view = self.env.ref(xmlid).sudo()  # agents read views through get_view() only
        arch = self.env[view.model].get_view(view.id, "search")["arch"]
        return {
            node.get("name"): Domain(
                safe_eval(node.get("domain"), {"uid": self.env.uid})
            )
            for node in etree.fromstring(arch).iter("filter")
            if node.get("domain")
        }

    @api.model
    def _get_today_scope(self):
        """The filters for whose work this is: an agent's own, a lead's team's.

        :return: (filters for what has an owner, filters for what waits for one)
        """
        user = self.env.user
        if not user.has_group("klikumkm_complaint.group_complaint_lead"):
            # what agents can see beyond their own is what waits for somebody to take
            return ["mine"], []
        scope = ["my_team"] if user.helpdesk_team_ids else []
        return scope, scope

    @api.model
    def _get_today_scope_domain(self, ticket):
        """The same for records of a complaint.

        :param str ticket: the field that holds the complaint
        """
        user = self.env.user
        if not user.has_group("klikumkm_complaint.group_complaint_lead"):
            return Domain(f"{ticket}.user_id", "=", user.id)
        if user.helpdesk_team_ids:
            return Domain(f"{ticket}.team_id", "in", user.helpdesk_team_ids.ids)
        return Domain.TRUE

    @api.model
    def _get_today_counters(self):
        """Hook: the counters of the caller's role.

        :return: list of dicts as of :meth:`get_today_counters`, without the count and
            with a sequence
        """
        owned, unowned = self._get_today_scope()
        counters = [
            {
                "name": "reply_pending",
                "label": self.env._("Reply pending"),
                "title": self.env._("The customer wrote last and has no answer yet"),
                "tone": "warning",
                "sequence": 40,
                "filters": ["reply_pending", *owned],
            },
            {
                "name": "not_classified",
                "label": self.env._("To classify"),
                "title": self.env._("Came in by itself; nobody has looked at it yet"),
                "tone": "info",
                "sequence": 50,
                "filters": ["not_classified", "running", *unowned],
            },
            {
                "name": "unassigned",
                "label": self.env._("Unassigned"),
                "title": self.env._("Nobody is working on it"),
                "tone": "warning",
                "sequence": 60,
                "filters": ["unassigned", "running", *unowned],
            },
        ]
        counters.append(self._get_to_tell_counter())
        counters.append(
            {
                "name": "waiting_too_long",
                "label": self.env._("Waiting too long"),
                "title": self.env._(
                    "The customer was asked and the date has passed: decide"
                ),
                "tone": "warning",
                "sequence": 80,
                "filters": ["waiting_too_long", *owned],
            }
        )
        if "klikumkm.complaint.coordination" in self.env:
            counters.append(
                {
                    "name": "unit_overdue",
                    "label": self.env._("Unit overdue"),
                    "title": self.env._("A unit has not answered by its date"),
                    "tone": "danger",
                    "sequence": 90,
                    "filters": ["unit_overdue", *owned],
                }
            )
        if self.env.user.has_group("klikumkm_complaint.group_complaint_lead"):
            counters.append(
                {
                    "name": "to_decide",
                    "label": self.env._("To decide"),
                    "title": self.env._("The customer does not accept our answer"),
                    "tone": "danger",
                    "sequence": 100,
                    "filters": ["to_decide", *unowned],
                }
            )
        return counters

    @api.model
    def _get_to_tell_counter(self):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "klikumkm_complaint.complaint_notice_action_to_tell"
        )
        to_tell = self._get_search_filter_domains(NOTICE_SEARCH_VIEW)["to_tell"]
        action.update(
            domain=list(to_tell & self._get_today_scope_domain("ticket_id")), context={}
        )
        return {
            "name": "to_tell",
            "label": self.env._("To tell"),
            "title": self.env._(
                "Customers who do not know yet, or could not be reached"
            ),
            "tone": "warning",
            "sequence": 70,
            "action": action,
        }
