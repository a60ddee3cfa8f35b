/* Copyright 2026 klikUMKM contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** An envelope while the customer waits for a reply. */
export class ReplyPendingField extends Component {
    static template = "klikumkm_complaint.ReplyPendingField";
    static props = {...standardFieldProps};

    get title() {
        const since = this.props.record.data[this.props.name];
        return _t(
            "The customer wrote on %s and has no answer yet",
            formatDateTime(since)
        );
    }
}

export const replyPendingField = {
    component: ReplyPendingField,
    displayName: _t("Reply pending"),
    supportedTypes: ["datetime"],
    isEmpty: () => false,
};

registry.category("fields").add("klikumkm_reply_pending", replyPendingField);
