/* Copyright 2026 klikUMKM contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {KanbanRenderer} from "@web/views/kanban/kanban_renderer";
import {ListRenderer} from "@web/views/list/list_renderer";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/** What needs attention today; each number opens the list that it counts. */
export class TodayCounters extends Component {
    static template = "klikumkm_complaint.TodayCounters";
    // What the list shows: an array that each of its loads replaces.
    static props = {rows: Array};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({counters: [], banners: []});
        onWillStart(() => Promise.all([this.load(), this.loadBanners()]));
        onWillUpdateProps(({rows}) => {
            // Loaded again: another filter, a button pressed, coming back. The list
            // does not wait for the counters.
            if (rows !== this.props.rows) {
                this.load();
            }
        });
    }

    async load() {
        this.state.counters = await this.orm.silent.call(
            "helpdesk.ticket",
            "get_today_counters",
            []
        );
    }

    async loadBanners() {
        this.state.banners = await this.orm.silent.call(
            "helpdesk.ticket",
            "get_today_banners",
            []
        );
    }

    /** The names of the filters that are on. */
    get activeFilters() {
        const {query, searchItems} = this.env.searchModel;
        return query.map((element) => searchItems[element.searchItemId].name);
    }

    isActive(counter) {
        const active = this.activeFilters;
        return (
            Boolean(counter.filters) &&
            counter.filters.length === active.length &&
            counter.filters.every((name) => active.includes(name))
        );
    }

    open(counter) {
        if (counter.action) {
            this.action.doAction(counter.action);
            return;
        }
        const {searchModel} = this.env;
        const items = searchModel.getSearchItems((item) =>
            counter.filters.includes(item.name)
        );
        // One reload for all of them: only the last one tells the list.
        searchModel.blockNotification = true;
        searchModel.clearQuery();
        for (const item of items.slice(0, -1)) {
            searchModel.toggleSearchItem(item.id);
        }
        searchModel.blockNotification = false;
        searchModel.toggleSearchItem(items.at(-1).id);
    }
}

export class TodayListRenderer extends ListRenderer {
    static template = "klikumkm_complaint.TodayListRenderer";
    static components = {...ListRenderer.components, TodayCounters};
}

export class TodayKanbanRenderer extends KanbanRenderer {
    static template = "klikumkm_complaint.TodayKanbanRenderer";
    static components = {...KanbanRenderer.components, TodayCounters};
}

registry.category("views").add("klikumkm_today_list", {
    ...listView,
    Renderer: TodayListRenderer,
});
registry.category("views").add("klikumkm_today_kanban", {
    ...kanbanView,
    Renderer: TodayKanbanRenderer,
});
