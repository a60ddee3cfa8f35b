/* Copyright 2026 klikUMKM contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {Component, useState} from "@odoo/owl";
import {formatDate} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/** The caller's open complaints, each with a button that adds what is being typed.
 *
 * Nothing is saved for it: what was typed goes to that complaint as a message. */
export class CallerComplaintsField extends Component {
    static template = "klikumkm_complaint.CallerComplaintsField";
    static props = {...standardFieldProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({isBusy: false});
    }

    get complaints() {
        return this.props.record.data[this.props.name].records.map(({resId, data}) => ({
            id: resId,
            number: data.number,
            name: data.name,
            status: data.stage_id?.display_name || "",
            received: formatDate(data.received_date),
        }));
    }

    async addTo(id) {
        this.state.isBusy = true;
        try {
            const values = await this.props.record.getChanges();
            const action = await this.orm.call("helpdesk.ticket", "action_add_call", [
                [id],
                values,
            ]);
            await this.action.doAction(action);
        } finally {
            this.state.isBusy = false;
        }
    }
}

export const callerComplaintsField = {
    component: CallerComplaintsField,
    supportedTypes: ["many2many"],
    relatedFields: [
        {name: "number", type: "char"},
        {name: "name", type: "char"},
        {name: "received_date", type: "datetime"},
        {name: "stage_id", type: "many2one", relation: "helpdesk.ticket.stage"},
    ],
};

registry.category("fields").add("klikumkm_caller_complaints", callerComplaintsField);
