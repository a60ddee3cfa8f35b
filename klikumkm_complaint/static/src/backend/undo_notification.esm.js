/* Copyright 2026 klikUMKM contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {registry} from "@web/core/registry";

/** Say what was done, with a button that takes it back.
 *
 * Server actions return it as a client action; `params`: message, button, model, method,
 * ids. */
function undoNotification(env, action) {
    const {message, button, model, method, ids} = action.params;
    const close = env.services.notification.add(message, {
        type: "success",
        sticky: true,
        buttons: [
            {
                name: button,
                primary: true,
                onClick: async () => {
                    close();
                    await env.services.orm.call(model, method, [ids]);
                    await env.services.action.doAction("soft_reload");
                },
            },
        ],
    });
    // Whoever pressed the button sees the list or the form as it is now.
    return {type: "ir.actions.act_window_close"};
}

registry.category("actions").add("klikumkm_undo_notification", undoNotification);
