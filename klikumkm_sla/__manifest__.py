# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "klikUMKM Complaint Clock",
    "summary": "The clock: working days, deadlines, promise kept or not",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "author": "klikUMKM contributors",
    "license": "AGPL-3",
    "depends": ["klikumkm_complaint", "resource"],
    "excludes": ["helpdesk_mgmt_sla"],
    "external_dependencies": {"python": ["holidays"]},
    "data": [
        "security/klikumkm_sla_security.xml",
        "security/ir.model.access.csv",
        "data/resource_calendar_data.xml",
        "data/sla_policy_data.xml",
        "data/ir_cron_data.xml",
        "views/helpdesk_ticket_views.xml",
        "views/helpdesk_ticket_team_views.xml",
        "views/sla_policy_views.xml",
        "views/sla_clock_views.xml",
        "views/sla_event_views.xml",
        "views/resource_calendar_views.xml",
        "views/res_config_settings_views.xml",
        "views/klikumkm_sla_menus.xml",
    ],
    "post_init_hook": "post_init_hook",
}
