import {registry} from "@web/core/registry";

/* An agent is ill. The lead says so, and shares out what he has open. */
registry.category("web_tour.tours").add("klikumkm_complaint_hand_over", {
    url: "/odoo",
    steps: () => [
        {
            content: "The first screen counts what needs attention",
            trigger: ".o_klikumkm_counter[data-counter=unassigned]",
        },
        {
            content: "Open the workload",
            trigger:
                "button[data-menu-xmlid='klikumkm_complaint.complaint_menu_complaints']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='klikumkm_complaint.complaint_menu_workload']",
            run: "click",
        },
        {
            content: "Fourteen cases wait for somebody who is not there",
            trigger:
                ".o_data_row:has(td[name=complaint_absence_label]:contains(Absent)) td[name=complaint_open_count]:contains(14)",
        },
        {
            content: "Hand them over",
            trigger:
                ".o_data_row:has(td:contains(Ayu Agen)) button[name=action_hand_over_complaints]",
            run: "click",
        },
        {
            content: "Among all who are there; it says who gets how many",
            trigger: ".modal [name=preview]:contains(Budi Agen: 7 more)",
        },
        {
            trigger: ".modal button[name=action_hand_over]",
            run: "click",
        },
        {
            content: "Nothing is left with him",
            trigger:
                ".o_data_row:has(td:contains(Ayu Agen)) td[name=complaint_open_count]:contains(/^0$/)",
        },
    ],
});

/* Counters filter the list below them, by mouse and by keyboard. */
registry.category("web_tour.tours").add("klikumkm_complaint_today", {
    url: "/odoo",
    steps: () => [
        {
            content: "The counters stand above the list",
            trigger: ".o_klikumkm_counter[data-counter=unassigned]:contains(2)",
            run: "click",
        },
        {
            content: "The list shows what was counted",
            trigger: ".o_facet_value:contains(Unassigned)",
        },
        {
            trigger: ".o_klikumkm_counter[data-counter=unassigned][aria-pressed=true]",
        },
        {
            content: "Take one of them",
            trigger: ".o_data_row:contains(Ambil saya) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: "button[name=action_take]",
            run: "click",
        },
        {
            content: "The counter follows",
            trigger: ".o_klikumkm_counter[data-counter=unassigned]:contains(1)",
        },
        {
            content: "By keyboard",
            trigger: ".o_klikumkm_counter[data-counter=reply_pending]",
            run() {
                this.anchor.focus();
                if (document.activeElement !== this.anchor) {
                    throw new Error("The counter cannot be reached by keyboard");
                }
                this.anchor.click();
            },
        },
        {
            trigger:
                ".o_klikumkm_counter[data-counter=reply_pending][aria-pressed=true]",
        },
        {
            content: "What is to be told has a list of its own",
            trigger: ".o_klikumkm_counter[data-counter=to_tell]",
            run: "click",
        },
        {
            trigger: ".o_breadcrumb:contains(To tell)",
        },
    ],
});
