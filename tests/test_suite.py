# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestSuite(TransactionCase):
    def test_suite_is_installed_as_a_whole(self):
        modules = self.env["ir.module.module"].search(
            [("name", "in", ("klikumkm", "klikumkm_complaint", "klikumkm_sla"))]
        )
        self.assertEqual(modules.mapped("state"), ["installed"] * 3)
