import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const row = (subject) => `.o_data_row:contains(${subject})`;
const choose = (subject) => ({
    content: `Choose ${subject}`,
    trigger: `${row(subject)} .o_list_record_selector input`,
    run: "click",
});

// What the agent's mouse does from the opened form on.
let clicks = [];
const count = (event) => clicks.push(event.target);

/* A lender's question came by mail, as a complaint that nobody classified. From its form
   to the sent answer it takes four clicks, and one sentence typed. */
tours.add("klikumkm_question_in_four_clicks", {
    url: "/odoo/team-complaints",
    steps: () => [
        {
            content: "The question is on the list",
            trigger: `${row("Jadwal imbal hasil")} td[name=name]`,
            run: "click",
        },
        {
            content: "Opened: nobody has looked at it. From here on clicks count",
            trigger: ".o_form_view div[name=not_classified]",
            run() {
                clicks = [];
                window.addEventListener("click", count, true);
            },
        },
        {
            content: "1: answer",
            trigger: ".o_form_view button[name=action_open_answer]",
            run: "click",
        },
        {
            content: "2: it is a question, as one reads only now",
            trigger:
                ".modal .o_field_widget[name=submission_type] .o_selection_badge:contains(Question)",
            run: "click",
        },
        {
            content: "The outcome follows; no verdict is asked for",
            trigger:
                ".modal:not(:has(.o_field_widget[name=decide_by_date])) .o_field_widget[name=outcome] input:value(Explained)",
        },
        {
            content: "3: write",
            trigger:
                ".modal .o_field_widget[name=answer] .odoo-editor-editable .o-paragraph",
            run: "editor Imbal hasil dibayar setiap tanggal 5.",
        },
        {
            content: "4: send",
            trigger: ".modal button[name=action_send]:contains(Send & resolve)",
            run: "click",
        },
        {
            content: "Answered",
            trigger:
                "body:not(:has(.modal)) .o_statusbar_status .o_arrow_button_current:contains(Resolved)",
        },
        {
            content: "Four clicks, not one more",
            trigger: ".o_form_view",
            run() {
                window.removeEventListener("click", count, true);
                if (clicks.length !== 4) {
                    const targets = clicks.map((target) => target.outerHTML);
                    console.error(`${clicks.length} clicks: ${targets.join("\n")}`);
                }
            },
        },
    ],
});

/* The emergency that came two minutes before closing stands first, in red. */
tours.add("klikumkm_emergency_stands_first", {
    url: "/odoo/team-complaints",
    steps: () => [
        {
            content: "First of the team's, above those that came before",
            trigger:
                ".o_data_row:first-child:contains(Penagih mengancam) td[name=priority] .text-bg-danger:contains(Emergency)",
        },
        {
            content: "The others are there, below",
            trigger: ".o_data_row:last-child:contains(Potongan tidak jelas)",
        },
    ],
});

/* Three advertisements among the complaints are taken off the desk at once. */
tours.add("klikumkm_spam_leaves_the_desk", {
    url: "/odoo/team-complaints",
    steps: () => [
        {
            content: "A complaint came among them",
            trigger: row("Dana belum masuk"),
        },
        choose("Undian"),
        choose("Pinjol"),
        choose("Judi"),
        {
            content: "They are no complaints",
            trigger: ".o_control_panel button[name=action_not_complaint]",
            run: "click",
        },
        {
            content: "Gone from the list, the complaint stays",
            trigger: `.o_list_view:has(${row("Dana belum masuk")}):not(:has(${row("Undian")})):not(:has(${row("Pinjol")})):not(:has(${row("Judi")}))`,
        },
    ],
});
tours.add("klikumkm_spam_was_none", {
    steps: () => [
        {
            content: "One of them was a complaint after all",
            trigger: ".o_form_view button[name=action_undo_cancellation]:visible",
            run: "click",
        },
        {
            content: "It is on the desk again, with its date",
            trigger:
                ".o_form_view:has(button[name=action_open_answer]:visible) .o_klikumkm_promise:contains(Promised by)",
        },
    ],
});

/* What the customer sent by form is what he also wrote by mail. */
tours.add("klikumkm_same_matter_twice", {
    steps: () => [
        {
            content: "Rarely used: in the cog",
            trigger: ".o_form_view .o_cp_action_menus button:has(.fa-cog)",
            run: "click",
        },
        {
            content: "Mark as duplicate",
            trigger: ".o-dropdown--menu .o-dropdown-item:contains(Mark as duplicate)",
            run: "click",
        },
        {
            content: "The other one is proposed, and what happens to its date",
            trigger:
                ".modal:has(.o_field_widget[name=candidate_ids] .o_data_row) .o_field_widget[name=effect]:contains(counts from)",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "It gave way",
            trigger:
                "body:not(:has(.modal)) .o_form_view:has(button[name=action_undo_cancellation]:visible) div[name=cancelled]",
        },
    ],
});
tours.add("klikumkm_matters_apart", {
    steps: () => [
        {
            content: "No duplicate after all",
            trigger:
                ".o_form_view button[name=action_undo_cancellation]:contains(Not a duplicate):visible",
            run: "click",
        },
        {
            content: "On the desk again",
            trigger: ".o_form_view:has(button[name=action_open_answer]:visible)",
        },
    ],
});

/* Somebody is ill and has fourteen complaints. */
tours.add("klikumkm_absent_with_fourteen", {
    url: "/odoo",
    steps: () => [
        {
            content: "Complaints",
            trigger:
                ".o_main_navbar [data-menu-xmlid='klikumkm_complaint.complaint_menu_complaints']",
            run: "click",
        },
        {
            content: "Workload",
            trigger:
                ".o-dropdown--menu [data-menu-xmlid='klikumkm_complaint.complaint_menu_workload']",
            run: "click",
        },
        {
            content: "Fourteen, and he is away: his complaints",
            trigger: `.o_klikumkm_workload ${row("Rudi Absen")}:has(td[name=complaint_open_count]:contains(14)) button[name=action_view_open_complaints]`,
            run: "click",
        },
        {
            content: "All of them",
            trigger:
                ".o_klikumkm_complaint_list:has(.o_data_row:nth-child(14)) thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Hand over",
            trigger: ".o_control_panel button:contains(Hand over…)",
            run: "click",
        },
        {
            content: "It knows why",
            trigger: ".modal .o_field_widget[name=reason] input:value(Absence)",
        },
        {
            content: "Shared out among who is there; the lead herself takes none",
            trigger:
                ".modal .o_field_widget[name=user_ids] .o_tag:contains(Laras Ketua)",
            run: "hover && click .modal .o_field_widget[name=user_ids] .o_tag:contains(Laras Ketua) .o_delete",
        },
        {
            content: "Seven each",
            trigger:
                ".modal .o_field_widget[name=preview]:contains(Ani: 7 more):contains(Bayu: 7 more)",
        },
        {
            content: "Hand over",
            trigger: ".modal button[name=action_hand_over]",
            run: "click",
        },
        {
            content: "Done: nothing is left",
            trigger: "body:not(:has(.modal)):not(:has(.o_data_row)) .o_list_view",
        },
    ],
});
