import {registry} from "@web/core/registry";

/* A customer calls about what is on the desk already: what she says goes there. Then an
   advertisement is marked as no complaint, taken back, and marked again. */
registry.category("web_tour.tours").add("klikumkm_triage", {
    url: "/odoo/complaints",
    steps: () => [
        {
            content: "Open the dialog",
            trigger: "button[name=action_record_complaint]",
            run: "click",
        },
        {
            content: "The number, in a spelling of its own",
            trigger: ".modal .o_field_widget[name=partner_phone] input",
            run: "edit +62 812-0000-0888",
        },
        {
            content: "What she says",
            trigger: ".modal .o_field_widget[name=story_text] textarea",
            run: "edit Bukti transfer ada pada saya.",
        },
        {
            content: "Her open complaint is shown: add it to that one",
            trigger:
                ".modal .o_klikumkm_caller_complaint:contains(Dana belum masuk) button",
            run: "click",
        },
        {
            content: "Its number is confirmed, the dialog is gone",
            trigger:
                "body:not(:has(.modal)) .o_notification a[href*='/odoo/complaints/']",
        },
        {
            content: "Choose the advertisement",
            trigger:
                ".o_data_row:contains(Promo kartu kredit) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "It is no complaint",
            trigger: "button[name=action_not_complaint]",
            run: "click",
        },
        {
            content: "It is gone from the list",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Promo kartu kredit)))",
        },
        {
            content: "Undo",
            trigger: ".o_notification_buttons button",
            run: "click",
        },
        {
            content: "It is back: open it",
            trigger: ".o_data_row:contains(Promo kartu kredit) td[name=name]",
            run: "click",
        },
        {
            content: "Mark it again",
            trigger: ".o_form_view button[name=action_not_complaint]",
            run: "click",
        },
        {
            content: "The form offers to take it back, and says why it is cancelled",
            trigger:
                ".o_form_view:has(button[name=action_undo_cancellation]:visible) div[name=cancelled]",
        },
    ],
});
