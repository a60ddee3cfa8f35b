/* Copyright 2026 klikUMKM contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {charField} from "@web/views/fields/char/char_field";
import {registry} from "@web/core/registry";

/** A name that tells the rows of a list apart: never so narrow that it says nothing, as
 *  the 80 px that a telephone leaves to every column; what is longer is wrapped. Where many
 *  columns share the row, the option `min_width` asks for less (px). */
registry.category("fields").add("klikumkm_wrapped", {
    ...charField,
    listViewWidth: ({options}) => [options.min_width || 150],
});
