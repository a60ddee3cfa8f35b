import {registry} from "@web/core/registry";

/* The tours of tests/test_end_to_end.py: one for each person and step. What happens in
   between (mails, replies) is done by the test. */
const tours = registry.category("web_tour.tours");
const NO_DIALOG = "body:not(:has(.modal))";
const HEADER = `${NO_DIALOG} .o_form_statusbar`;

/** Press a button of the form's header, once no dialog is open. */
function press(name, content) {
    return {content, trigger: `${HEADER} button[name=${name}]`, run: "click"};
}

/** Wait until the form's header offers a button: the complaint is where it belongs. */
function offers(name, content) {
    return {content, trigger: `${HEADER} button[name=${name}]`};
}

/** Press the button that ends a dialog. */
function confirm(name, content) {
    return {content, trigger: `.modal footer button[name=${name}]`, run: "click"};
}

function field(name, inner = "") {
    return `.modal .o_field_widget[name=${name}] ${inner}`;
}

/** Type into a field of a dialog. */
function type(name, text, content) {
    const trigger = `${field(name, "input:not([type=checkbox])")}, ${field(name, "textarea")}`;
    return {content, trigger, run: `edit ${text}`};
}

/** Type into a field of a dialog that holds formatted text. */
function write(name, text, content) {
    return {
        content,
        trigger: field(name, ".odoo-editor-editable"),
        run: `editor ${text}`,
    };
}

function tick(name, content) {
    return {content, trigger: field(name, "input[type=checkbox]"), run: "check"};
}

/** Choose in a drop-down list of a dialog by what is shown. */
function choose(name, label, content) {
    return [
        {content, trigger: field(name, "input"), run: "click"},
        {
            content: `${content}: ${label}`,
            trigger: `.o_select_menu_menu .o_select_menu_item:contains(${label})`,
            run: "click",
        },
        {content: `${label} is chosen`, trigger: field(name, `input:value(${label})`)},
    ];
}

tours.add("klikumkm_e2e_take_and_ask_unit", {
    steps: () => [
        press("action_classify", "What is it about?"),
        {
            content: "The category, by a word of its name",
            trigger: field("category_id", "input"),
            run: "edit not booked",
        },
        {
            content: "It is found",
            trigger: ".o-autocomplete--dropdown-item:contains(Payment not booked)",
            run: "click",
        },
        {
            content: "The category brings type and urgency along",
            trigger: `.modal:has([name=submission_type] .active:contains(Complaint)) [name=priority] .active:contains(High)`,
        },
        confirm("action_apply", "Classify"),
        press("action_take", "Take it"),
        press("action_ask_unit", "Ask another unit"),
        {
            content: "The category's unit is there, with its mailbox",
            trigger: field("recipients", ":contains(keuangan@klikumkm.example)"),
        },
        write("question", "Apakah pembayaran Rp250.000 sudah dibukukan?", "Ask"),
        tick("needs_coordination", "It takes longer than was promised"),
        {
            content: "What this does to the date is said before it is done",
            trigger: ".modal div[name=effect]:contains(20 working days)",
        },
        confirm("action_send", "Send the request"),
        offers("action_chase_units", "The complaint waits for the unit"),
    ],
});

tours.add("klikumkm_e2e_ask_customer", {
    steps: () => [
        press("action_open_ask", "Ask the customer"),
        {
            content: "A document of the list",
            trigger: field(
                "document_ids",
                ".form-check:contains(Proof of transfer) input"
            ),
            run: "check",
        },
        type("question", "Dari bank mana Anda mengirim?", "A question"),
        confirm("action_send", "Send it"),
        offers("action_open_log_answer", "The complaint waits for the customer"),
    ],
});

tours.add("klikumkm_e2e_answer", {
    steps: () => [
        press("action_open_answer", "Answer"),
        write("answer", "Pembayaran Anda tercatat pada 3 Maret.", "The answer"),
        {
            content: "Leave the answer",
            trigger: field("subject", "input"),
            run: "click",
        },
        {
            content: "The message to the customer holds it",
            trigger: field("body", ".odoo-editor-editable:contains(Anda tercatat)"),
        },
        ...choose("outcome", "Explained", "The outcome"),
        confirm("action_send", "Send and resolve"),
        offers("action_open_decision", "The customer's verdict is awaited"),
    ],
});

tours.add("klikumkm_e2e_object", {
    steps: () => [
        {
            content: "The answer stands on the page, the form to object is open",
            trigger:
                ".o_klikumkm_ask:contains(Pembayaran Anda tercatat) details[open] textarea[name=reason]",
            run: "edit Denda Rp75.000 tetap ditagih.",
        },
        {
            content: "Send",
            trigger: ".o_klikumkm_choice[open] .o_klikumkm_submit",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It arrived, nothing more is asked",
            trigger:
                ".o_klikumkm_page:not(:has(#decision)) .o_klikumkm_answer:contains(Denda Rp75.000)",
        },
    ],
});

tours.add("klikumkm_e2e_refer", {
    steps: () => [
        press("action_open_ruling", "Decide on the objection"),
        {
            content: "What the customer says",
            trigger: field("objection", ":contains(Denda Rp75.000 tetap ditagih.)"),
        },
        {
            content: "Refer it",
            trigger: field("ruling", "input[data-value=refer]"),
            run: "click",
        },
        confirm("action_decide", "Decide"),
        tick("is_not_pending", "Pending nowhere else"),
        tick("is_civil", "A civil matter"),
        {
            content: "The checks followed",
            trigger: field("checks", "li:has(.text-success):contains(civil matter)"),
        },
        confirm("action_make_file", "Make letter and file"),
        offers("action_open_document", "The letter is made and can be read"),
        press("action_open_refer", "Send it"),
        confirm("action_send", "Send"),
        offers("action_taken_up", "Letter and file are with the customer"),
    ],
});

tours.add("klikumkm_e2e_call", {
    steps: () => [
        {
            content: "Open the dialog",
            trigger: "button[name=action_record_complaint]",
            run: "click",
        },
        {
            content: "It is a call",
            trigger: field("channel_id", ".o_selection_badge:contains(Telephone)"),
            run: "click",
        },
        type("partner_phone", "0812 0000 0777", "The number"),
        type("partner_name", "Ibu Wulan", "The name"),
        {
            content: "She complains",
            trigger: field("submission_type", ".o_selection_badge:contains(Complaint)"),
            run: "click",
        },
        type("story_text", "Tagihan saya dobel bulan ini.", "The story"),
        confirm("action_recorded", "Save"),
        {
            content: "Open it from the list",
            trigger: `${NO_DIALOG} .o_data_row:contains(Tagihan saya dobel) td[name=name]`,
            run: "click",
        },
        press("action_open_ask", "Something is missing"),
        type("question", "Nomor pinjaman Anda?", "The question"),
        confirm("action_send", "Go on to tell her"),
        {
            content: "The text to say or to copy is there",
            trigger: field("share_text", "textarea"),
            async run({anchor, waitUntil}) {
                await waitUntil(() => anchor.value.includes("Nomor pinjaman Anda?"));
            },
        },
        {
            content: "The link opens WhatsApp with number and text",
            trigger:
                ".modal a[href^='https://wa.me/6281200000777?text='][href*='Nomor%20pinjaman'][target=_blank]",
        },
        confirm("action_told", "She was told"),
        press("action_open_log_answer", "The complaint waits for her; she calls"),
        type("text", "PJ-2026-00817", "What she says"),
        confirm("action_log", "Save"),
        press("action_open_answer", "Answer her on the phone"),
        {
            content: "It is answered by word of mouth",
            trigger: field("answered_by", "input[data-value=call]"),
            run: "click",
        },
        type("told_remark", "Tagihan kedua dihapus hari ini.", "What was said"),
        ...choose("outcome", "Granted", "The outcome"),
        tick("is_accepted", "She accepts at once"),
        confirm("action_send", "Resolve"),
        {
            content: "Closed, and nothing is left to tell",
            trigger: `${NO_DIALOG} .o_form_view:not(:has(div[name=to_tell])) div[name=terms]:contains(Can be reopened until)`,
        },
    ],
});
