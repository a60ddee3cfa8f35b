import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("klikumkm_complaint_portal_form", {
    url: "/my/tickets",
    steps: () => [
        {
            content: "The list is empty, in Indonesian, and offers the form",
            trigger: "html[lang=id] .o_klikumkm_empty a[href*='/new/ticket']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Choose the type",
            trigger: "label[for=type_complaint]",
            run: "click",
        },
        {
            content: "Choose the category",
            trigger: "select[name=category]",
            run: "selectByIndex 2",
        },
        {
            content: "Choose the urgency",
            trigger: "label[for=urgency_2]",
            run: "click",
        },
        {
            content: "Tell the story",
            trigger: "textarea[name=description]",
            run: "edit Dana pinjaman saya belum masuk.",
        },
        {
            content: "A file of a wrong kind is refused at once",
            trigger: "input[name=attachment]",
            async run({anchor}) {
                const files = new DataTransfer();
                files.items.add(new File(["MZ"], "virus.exe"));
                files.items.add(new File(["x"], "bukti.jpg", {type: "image/jpeg"}));
                anchor.files = files.files;
                anchor.dispatchEvent(new Event("change", {bubbles: true}));
            },
        },
        {
            content: "The wrong file is named",
            trigger: "#error_attachment:contains(virus.exe)",
        },
        {
            content: "Send",
            trigger: ".o_klikumkm_submit",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The number is there and can be copied",
            trigger: ".o_klikumkm_number_large:contains(/[0-9]{3,}/)",
        },
        {
            content: "The button to copy appeared",
            trigger: ".o_klikumkm_copy_button:not(.d-none)",
            run: "click",
        },
        {
            content: "Open the page of the complaint",
            trigger: ".o_klikumkm_sent a[href*='/my/ticket/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The customer's own words and file",
            trigger: ".o_klikumkm_words:contains(Dana pinjaman saya belum masuk.)",
        },
        {
            content: "Only the right file was sent",
            trigger: ".o_klikumkm_file:contains(bukti.jpg)",
        },
        {
            content: "Answer in the conversation",
            trigger: "#discussion textarea[name=message]",
            run: "edit Saya tambahkan keterangan.",
        },
        {
            content: "Send the answer",
            trigger: "#discussion .o_klikumkm_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The answer stands in the conversation",
            trigger:
                "#discussion .o_klikumkm_message_own:contains(Saya tambahkan keterangan.)",
        },
    ],
});

registry.category("web_tour.tours").add("klikumkm_complaint_portal_reject", {
    steps: () => [
        {
            content: "The mail's button opened the right part, and decided nothing",
            trigger: "#decision details[open] textarea[name=reason]",
            run: "edit Masih ditagih.",
        },
        {
            content: "Add a photo",
            trigger: "#decision details[open] input[name=attachment]",
            async run({anchor}) {
                const files = new DataTransfer();
                files.items.add(new File(["x"], "bukti.jpg", {type: "image/jpeg"}));
                anchor.files = files.files;
                anchor.dispatchEvent(new Event("change", {bubbles: true}));
            },
        },
        {
            content: "Object",
            trigger: "#decision details[open] .o_klikumkm_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The page says what happens next",
            trigger: ".o_klikumkm_now ul li",
        },
        {
            content: "Nothing is asked any more",
            trigger: "body:not(:has(#decision))",
        },
    ],
});

registry.category("web_tour.tours").add("klikumkm_complaint_portal_accept", {
    steps: () => [
        {
            content: "Accept",
            trigger: "#decision details[open] .btn-success.o_klikumkm_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The complaint is closed, and can still be written to",
            trigger: ".o_klikumkm_badge_closed",
        },
        {
            content: "Write once more",
            trigger: "#discussion textarea[name=message]",
            run: "edit Terima kasih banyak.",
        },
        {
            content: "Send",
            trigger: "#discussion .o_klikumkm_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The message stands in the conversation",
            trigger:
                "#discussion .o_klikumkm_message_own:contains(Terima kasih banyak.)",
        },
    ],
});
