# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "klikUMKM Complaint Suite",
    "summary": "Installs the complaint case and the clock that keeps its promise",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "author": "klikUMKM contributors",
    "license": "AGPL-3",
    "application": True,
    "depends": ["klikumkm_complaint", "klikumkm_sla"],
    "assets": {"web.assets_tests": ["klikumkm/static/tests/tours/*.js"]},
}
