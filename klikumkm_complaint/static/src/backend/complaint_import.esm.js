/* Copyright 2026 klikUMKM contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {BaseImportModel} from "@base_import/import_model";
import {patch} from "@web/core/utils/patch";

/** What the importer says of a file with complaints.
 *
 * Each error on a line of its own, with its row: Odoo puts those of a column together and
 * shows of each only the value. After a test, how many complaints are open, overdue, and
 * without a date, summed over the steps of a long file. */
patch(BaseImportModel.prototype, {
    async _callImport() {
        const result = await super._callImport(...arguments);
        for (const {name, label, count} of result.complaint_counts || []) {
            const known = this.complaintCounts.get(name);
            this.complaintCounts.set(name, {label, count: count + (known?.count || 0)});
        }
        return result;
    },

    _handleImportErrors(messages) {
        if (this.resModel !== "helpdesk.ticket") {
            return super._handleImportErrors(...arguments);
        }
        for (const {type, message} of messages) {
            this._addMessage(type, [message]);
        }
        return true;
    },

    async executeImport(isTest = false) {
        this.complaintCounts = new Map();
        const result = await super.executeImport(...arguments);
        if (isTest && !result.res.hasError && this.complaintCounts.size) {
            this._addMessage(
                "info",
                [...this.complaintCounts.values()].map(
                    ({label, count}) => `${count} ${label}`
                )
            );
        }
        return result;
    },
});
