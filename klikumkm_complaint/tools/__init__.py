# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What is no model: PDF files, HTML that will be printed, steps that fail alone."""
