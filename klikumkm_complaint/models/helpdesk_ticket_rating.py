# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import plaintext2html

from odoo.addons.rating.models.rating_data import RATING_LIMIT_OK


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "rating.mixin"]

    def _rating_get_partner(self):
        """The customer: nobody else is asked how satisfied he is."""
        return self.partner_id

    def _rating_get_operator(self):
        return self.user_id.partner_id

    def _rating_apply_get_default_subtype_id(self):
        # A note: the customer has said how satisfied he is, which reopens nothing, asks
        # for no reply and goes to none of the followers.
        return self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")

    def rating_apply(
        self,
        rate,
        token=None,
        rating=None,
        feedback=None,
        subtype_xmlid=None,
        notify_delay_send=False,
    ):
        rating = super().rating_apply(
            rate,
            token=token,
            rating=rating,
            feedback=feedback,
            subtype_xmlid=subtype_xmlid,
            notify_delay_send=notify_delay_send,
        )
        self._notify_owner_of_rating(rating)
        return rating

    def _notify_owner_of_rating(self, rating):
        """Show the owner what a customer who is not satisfied says."""
        self.ensure_one()
        owner = self.user_id
        if not owner.active or (
            rating.rating >= RATING_LIMIT_OK and not rating.feedback
        ):
            return
        local = self.with_context(lang=owner.lang)
        self.message_notify(
            author_id=rating.partner_id.id,
            partner_ids=owner.partner_id.ids,
            subject=local.env._(
                "%(number)s: the customer rated your work %(rating)s of 5",
                number=self.number,
                rating=int(rating.rating),
            ),
            body=plaintext2html(
                rating.feedback or local.env._("The customer wrote no comment.")
            ),
        )

    # === ACTIONS === #
    def action_view_ratings(self):
        """What the customer said of this complaint."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "rating.rating_rating_action"
        )
        action["domain"] = [
            ("res_model", "=", self._name),
            ("res_id", "=", self.id),
            ("consumed", "=", True),
        ]
        action["context"] = {}
        return action
