# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "klikUMKM Complaints",
    "summary": "The case: what was submitted, told, answered and decided",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "author": "klikUMKM contributors",
    "license": "AGPL-3",
    "depends": ["helpdesk_mgmt", "phone_validation", "portal"],
    "external_dependencies": {"python": ["phonenumbers"]},
    "data": [
        "security/klikumkm_complaint_groups.xml",
        "security/klikumkm_complaint_security.xml",
        "security/ir.model.access.csv",
        "data/complaint_lists_data.xml",
        "data/helpdesk_ticket_stage_data.xml",
        "data/helpdesk_ticket_channel_data.xml",
        "data/helpdesk_ticket_category_data.xml",
        "data/helpdesk_ticket_team_data.xml",
        "views/helpdesk_ticket_views.xml",
        "views/helpdesk_ticket_channel_views.xml",
        "views/helpdesk_ticket_category_views.xml",
        "views/helpdesk_ticket_stage_views.xml",
        "views/helpdesk_ticket_team_views.xml",
        "views/klikumkm_complaint_unit_views.xml",
        "views/klikumkm_complaint_product_views.xml",
        "views/klikumkm_complaint_reason_views.xml",
        "views/res_config_settings_views.xml",
        "views/helpdesk_ticket_portal_templates.xml",
        "views/klikumkm_complaint_menus.xml",
    ],
    "demo": [
        "demo/res_users_demo.xml",
        "demo/helpdesk_ticket_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "klikumkm_complaint/static/src/backend/**/*",
        ],
        "web.assets_frontend": [
            # its widget looks for fields that our form does not have
            ("remove", "helpdesk_mgmt/static/src/js/new_ticket.esm.js"),
            "klikumkm_complaint/static/src/interactions/**/*",
            "klikumkm_complaint/static/src/scss/**/*",
        ],
        "web.assets_tests": ["klikumkm_complaint/static/tests/tours/**/*"],
    },
    "pre_init_hook": "pre_init_hook",
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
