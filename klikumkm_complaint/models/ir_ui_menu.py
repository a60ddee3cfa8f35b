# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    @api.model
    def _load_menus_blacklist(self):
        """Show one app, ours: the base's own shows the same complaints in its words.

        Its menus stay as they are, so there is nothing to give back at uninstall and
        nothing that an upgrade of helpdesk_mgmt switches on again.
        """
        hidden = super()._load_menus_blacklist()
        xmlids = ["helpdesk_mgmt.helpdesk_ticket_main_menu"]
        if self.env.user.has_group("helpdesk_mgmt.group_helpdesk_user_own"):
            # stands in the app of the desk as well
            xmlids.append("klikumkm_complaint.unit_requests_menu_root")
        menus = [self.env.ref(xmlid, raise_if_not_found=False) for xmlid in xmlids]
        return [*hidden, *(menu.id for menu in menus if menu)]
