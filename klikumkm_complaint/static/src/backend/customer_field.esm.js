/* Copyright 2026 klikUMKM contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {CharField, charField} from "@web/views/fields/char/char_field";
import {registry} from "@web/core/registry";

/** The customer's name with the telephone number below it, for lists. */
export class CustomerField extends CharField {
    static template = "klikumkm_complaint.CustomerField";

    get name() {
        const {partner_id: partner} = this.props.record.data;
        return this.props.record.data[this.props.name] || partner?.display_name || "";
    }

    get phone() {
        const phone = this.props.record.data.partner_phone || "";
        return phone === this.name ? "" : phone;
    }
}

export const customerField = {
    ...charField,
    component: CustomerField,
    fieldDependencies: [
        {name: "partner_id", type: "many2one", relation: "res.partner"},
        {name: "partner_phone", type: "char"},
    ],
};

registry.category("fields").add("klikumkm_customer", customerField);
