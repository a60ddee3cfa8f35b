# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import csv
import io

from openpyxl import load_workbook

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

    # Odoo leaves out empty rows. Whoever is told of an error looks for the row in his
    # file, so what it left out is counted.
    def _read_csv(self, options):
        result = super()._read_csv(options)
        self._number_rows(
            lambda: csv.reader(
                io.StringIO(self.file.decode(options["encoding"])),
                quotechar=options["quoting"],
                delimiter=options.get("separator") or ",",
            )
        )
        return result

    def _read_xlsx(self, options):
        result = super()._read_xlsx(options)
        length, rows = result
        if length != len(rows):
            self._number_rows(
                lambda: load_workbook(io.BytesIO(self.file), data_only=True)[
                    options["sheet"]
                ].values
            )
        return result

    def _number_rows(self, get_rows):
        """Note for the import which rows of the file hold anything, counted from one.

        :param get_rows: returns the rows of the file, lists of cells
        """
        source = self.env.context.get("complaint_import")
        if source is not None:
            source["row_numbers"] = [
                number
                for number, row in enumerate(get_rows(), 1)
                if any(str(cell).strip() for cell in row if cell is not None)
            ]
