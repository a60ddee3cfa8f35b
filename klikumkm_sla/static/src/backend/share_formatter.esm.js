/* Copyright 2026 klikUMKM contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {formatPercentage} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";

/** A share of nothing is no figure: Odoo's own percentage would write 0 %, the worst. */
export function formatShare(value, options) {
    return typeof value === "number" ? formatPercentage(value, options) : "";
}
formatShare.extractOptions = formatPercentage.extractOptions;

registry.category("formatters").add("klikumkm_share", formatShare);
