import {Interaction} from "@web/public/interaction";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * The forms of the customer pages work without this: the server checks everything again.
 * Here the customer learns at once which file is too large, and cannot send the same
 * form twice.
 */
export class ComplaintForm extends Interaction {
    static selector = ".o_klikumkm_form";
    dynamicContent = {
        _root: {"t-on-submit": this.onSubmit},
        _window: {"t-on-pageshow": this.onPageShow},
        "input[name=attachment]": {"t-on-change": this.onFilesChange},
        ".o_klikumkm_file_error": {"t-out": () => this.fileError},
        ".o_klikumkm_submit": {"t-att-disabled": () => this.isSending},
        ".o_klikumkm_sending": {
            "t-att-class": () => ({"d-none": !this.isSending}),
        },
    };

    setup() {
        this.isSending = false;
        const fileErrorEl = this.el.querySelector(".o_klikumkm_file_error");
        this.fileError = fileErrorEl ? fileErrorEl.textContent : "";
        const errorsEl = document.getElementById("o_klikumkm_errors");
        if (errorsEl) {
            errorsEl.focus();
        }
    }

    onSubmit() {
        this.isSending = true;
    }

    /** Coming back with the browser's button shows the page as it was left. */
    onPageShow() {
        this.isSending = false;
    }

    onFilesChange(ev) {
        const input = ev.currentTarget;
        const maxFiles = Number(input.dataset.maxFiles);
        const maxSize = Number(input.dataset.maxSize);
        let left = Number(input.dataset.maxTotal);
        const kinds = input.accept.split(",");
        const kept = new DataTransfer();
        const refused = [];
        for (const file of input.files) {
            const dot = file.name.lastIndexOf(".");
            const kind = file.name.slice(dot).toLowerCase();
            if (
                file.size > maxSize ||
                file.size > left ||
                !kinds.includes(kind) ||
                kept.items.length >= maxFiles
            ) {
                refused.push(file.name);
            } else {
                kept.items.add(file);
                left -= file.size;
            }
        }
        this.fileError = "";
        if (refused.length) {
            input.files = kept.files;
            this.fileError = _t(
                "Left out, because too large, too many or of a kind we cannot take: %s",
                refused.join(", ")
            );
        }
    }
}

registry
    .category("public.interactions")
    .add("klikumkm_complaint.complaint_form", ComplaintForm);
