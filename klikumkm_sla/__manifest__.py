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
    "data": [],
}
