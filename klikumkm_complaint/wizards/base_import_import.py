# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from odoo.addons.base_import.models.base_import import FIELDS_RECURSION_LIMIT

from ..import_cells import normalize


class BaseImport(models.TransientModel):
    """Odoo's importer, where complaints are imported: by the template's columns.

    A complaint's own fields are not offered. Most of them follow from others or tell
    what the suite did, and would be refused row by row.
    """

    _inherit = "base_import.import"

    @api.model
    def get_fields_tree(self, model, depth=FIELDS_RECURSION_LIMIT):
        if model != "helpdesk.ticket" or depth != FIELDS_RECURSION_LIMIT:
            return super().get_fields_tree(model, depth=depth)
        return [
            {
                "id": column.name,
                "name": column.name,
                "string": column.label,
                "required": column.is_required,
                "fields": [],
                "type": column.type,
                "model_name": model,
            }
            for column in self.env[model]._get_import_columns()
        ]

    def _get_mapping_suggestion(
        self, header, fields_tree, header_types, mapping_fields
    ):
        if self.res_model != "helpdesk.ticket":
            return super()._get_mapping_suggestion(
                header, fields_tree, header_types, mapping_fields
            )
        # The heading itself in any language, or nothing: a similar one may well mean
        # something else, and nobody looks at 23 columns that match.
        names = self.env[self.res_model]._get_import_headings()
        name = names.get(normalize(header.replace("*", "")))
        return {"field_path": [name], "distance": 0} if name else {}

    def execute_import(self, fields, columns, options, dryrun=False):
        if self.res_model != "helpdesk.ticket":
            return super().execute_import(fields, columns, options, dryrun=dryrun)
        importer = self.with_context(
            complaint_import={
                "upload_id": self.id,
                "file_name": self.file_name,
                "skip": int(options.get("skip") or 0),
                "has_headers": bool(options.get("has_headers")),
                "is_test": bool(dryrun),
            }
        )
        return super(BaseImport, importer).execute_import(
            fields, columns, options, dryrun=dryrun
        )
