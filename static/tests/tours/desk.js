import {registry} from "@web/core/registry";

/* An agent logs in, lands on her work, and records a phone call of yesterday evening of
   which she knows only a number and a sentence. */
registry.category("web_tour.tours").add("klikumkm_agent_records_a_call", {
    url: "/odoo",
    steps: () => [
        {
            content: "Login lands in the complaints, on one's own running ones",
            trigger: ".o_menu_brand:contains(Pengaduan)",
        },
        {
            content: "The filters say so",
            trigger: ".o_facet_value:contains(Berjalan)",
        },
        {
            content: "Open the dialog",
            trigger: "button[name=action_record_complaint]",
            run: "click",
        },
        {
            content: "The number, in a spelling of its own",
            trigger: ".modal .o_field_widget[name=partner_phone] input",
            run: "edit 0812 0000 0999",
        },
        {
            content: "When the call came: open the calendar",
            trigger:
                ".modal .o_field_widget[name=received_date] button, .modal .o_field_widget[name=received_date] input",
            run: "click",
        },
        {
            content: "Yesterday evening, typed",
            trigger: ".modal .o_field_widget[name=received_date] input",
            run() {
                const {DateTime} = luxon;
                const evening = DateTime.now().minus({days: 1}).set({hour: 20});
                const text = evening.toFormat("dd/MM/yyyy HH:mm:ss");
                this.anchor.value = text;
                for (const type of ["input", "change", "blur"]) {
                    this.anchor.dispatchEvent(new Event(type, {bubbles: true}));
                }
            },
        },
        {
            content: "The sentence",
            trigger: ".modal .o_field_widget[name=story_text] textarea",
            run: "edit Penagih datang ke warung saya tadi malam.",
        },
        {
            content: "Save",
            trigger: ".modal button[name=action_recorded]",
            run: "click",
        },
        {
            content: "The number is there to be told to the caller",
            trigger: ".o_notification a[href*='/odoo/complaints/']",
        },
        {
            content: "The complaint is on the list, with days left in words",
            trigger:
                ".o_data_row:contains(Penagih datang) td[name=sla_remaining_label]:contains(hari kerja)",
        },
        {
            content: "Its urgency is a word",
            trigger:
                ".o_data_row:contains(Penagih datang) td[name=priority]:contains(Medium)",
        },
        {
            content: "Open it",
            trigger: ".o_data_row:contains(Penagih datang) td[name=name]",
            run: "click",
        },
        {
            content: "The promise stands in one strip, in Jakarta's time",
            trigger: ".o_klikumkm_promise:contains(Dijanjikan sampai):contains(WIB)",
        },
    ],
});
