# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Plain Python without Odoo records: PDF files, and HTML that will be printed."""
