/* Copyright 2026 klikUMKM contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** An address as a button that opens it in another window.
 *
 * A real link: what a button of the server opens after a call, telephones block. */
export class LinkButtonField extends Component {
    static template = "klikumkm_complaint.LinkButtonField";
    static props = {
        ...standardFieldProps,
        icon: {type: String, optional: true},
        label: {type: String, optional: true},
    };
}

export const linkButtonField = {
    component: LinkButtonField,
    supportedTypes: ["char"],
    extractProps: ({options, string}) => ({icon: options.icon, label: string}),
};

registry.category("fields").add("klikumkm_link_button", linkButtonField);
