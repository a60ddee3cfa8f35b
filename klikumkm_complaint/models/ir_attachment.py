# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _copy_to_complaint(self, ticket):
        """Copies that belong to a complaint; whoever may read it may read them.

        The content is not stored twice: Odoo's filestore keys it by its checksum.

        :param ticket: ``helpdesk.ticket`` record
        :return: ``ir.attachment`` records, in the same order
        """
        return self.browse().concat(
            *(
                attachment.copy(
                    {
                        "res_model": ticket._name,
                        "res_id": ticket.id,
                        "name": attachment.name,
                    }
                )
                for attachment in self
            )
        )
