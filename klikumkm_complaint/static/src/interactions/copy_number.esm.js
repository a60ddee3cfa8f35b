import {Interaction} from "@web/public/interaction";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/** The button next to the registration number or the personal link. */
export class CopyNumber extends Interaction {
    static selector = ".o_klikumkm_copy";
    dynamicContent = {
        ".o_klikumkm_copy_button": {
            "t-on-click": this.onCopyClick,
            "t-att-class": () => ({"d-none": false}),
        },
        ".o_klikumkm_copied": {"t-out": () => this.message},
    };

    setup() {
        this.message = "";
    }

    async onCopyClick() {
        const textEl = this.el.querySelector(".o_klikumkm_copy_text");
        const text = textEl.href || textEl.textContent.trim();
        try {
            await this.waitFor(navigator.clipboard.writeText(text));
            this.message = _t("Copied");
        } catch {
            if (textEl.href) {
                this.message = _t("Hold the link to copy it");
                return;
            }
            // No right to the clipboard: the number is marked, ready to be copied.
            window.getSelection().selectAllChildren(textEl);
            this.message = _t("Marked: copy it now");
        }
    }
}

registry
    .category("public.interactions")
    .add("klikumkm_complaint.copy_number", CopyNumber);
