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
    "data": [],
}
