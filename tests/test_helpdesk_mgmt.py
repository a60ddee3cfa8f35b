# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The tests of helpdesk_mgmt that Odoo runs "at install", with the suite loaded.

Odoo runs those while only helpdesk_mgmt is loaded, so none of our code takes part
(`/helpdesk_mgmt` runs them that way too). Its portal and browser tests run with the
suite anyway. What is left out, and why, is in dev/base-tests.
"""

from odoo.tests import tagged

from odoo.addons.helpdesk_mgmt.tests import (
    test_helpdesk_category_hierarchy,
    test_helpdesk_fetchmail,
    test_helpdesk_ticket,
    test_helpdesk_ticket_team,
    test_res_partner,
)


@tagged("post_install", "-at_install")
class TestBaseCategory(test_helpdesk_category_hierarchy.TestHelpdeskCategoryHierarchy):
    allow_inherited_tests_method = True


@tagged("post_install", "-at_install")
class TestBaseFetchmail(test_helpdesk_fetchmail.TestHelpdeskFetchmail):
    allow_inherited_tests_method = True


@tagged("post_install", "-at_install")
class TestBaseTicket(test_helpdesk_ticket.TestHelpdeskTicket):
    allow_inherited_tests_method = True


@tagged("post_install", "-at_install")
class TestBaseTeam(test_helpdesk_ticket_team.TestHelpdeskTicketTeam):
    allow_inherited_tests_method = True


@tagged("post_install", "-at_install")
class TestBasePartner(test_res_partner.TestPartner):
    allow_inherited_tests_method = True
