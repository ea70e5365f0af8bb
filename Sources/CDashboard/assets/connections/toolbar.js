// What stands over the connections table: how many there are, and how they are shown.

import { addressOf, copy, curlOf, jsonOf } from "../core/copying.js";
import { button, h, replaceChildren, setText } from "../core/dom.js";
import { count, plural } from "../core/format.js";
import { mostRows } from "../core/rows.js";
import { menu, menuButton, menuCheck, menuLink } from "../table/menu.js";
import { chosenColumns, columns } from "./columns.js";
import { groupings } from "./grouping.js";
import { parametersOf } from "./listing.js";
import { createMoment } from "./moment.js";
import { usualSort } from "./question.js";

/**
 * @param {any} app
 * @param {{ loadAll: () => void, stop: () => void, again: () => void, rows: () => any[],
 *   question: () => any }} view
 */
export function createToolbar(app, view) {
  const summary = h("p", { class: "summary", role: "status" });
  const loading = h("span", { class: "actions" });
  const grouping = groupSelect(app);
  const moment = createMoment(app);
  const columnMenu = createColumnMenu(app);
  const exporting = createExportMenu(app, view);

  return {
    element: h("div", { class: "toolbar" }, summary, loading, moment.element, grouping,
      columnMenu.element, exporting.element),

    /**
     * @param {any} state
     * @param {{ shown: number, groups: number | null, listing: any, isPreview: boolean,
     *   hasHosts: boolean }} what
     */
    update(state, { shown, groups, listing, isPreview, hasHosts }) {
      setText(summary, summaryText(shown, groups, isPreview ? preview : reachText(listing)));
      grouping.querySelector("select").value = state.group ?? "";
      moment.update(state);
      columnMenu.update(state.cols, hasHosts);
      exporting.update();
      const kind = loadingKind(listing);
      if (loading.dataset.kind === kind) return;
      loading.dataset.kind = kind;
      replaceChildren(loading,
        kind === "more" && command(`Load up to ${count(mostRows)}`, view.loadAll),
        kind === "stop" && command("Stop", view.stop),
        kind === "again" && command("Try again", view.again));
    },
  };
}

/** @param {string} label @param {() => void} run */
const command = (label, run) => button({ class: "button", onclick: run }, label);

/** What can be done about loading. */
function loadingKind({ isLoading, isComplete, canLoadMore, problem, rows }) {
  if (isLoading) return "stop";
  if (canLoadMore && !problem) return "more";
  return isComplete || rows.isFull ? "" : "again";
}

/** While a filter is typed it narrows what is there, and nobody has been asked. */
const preview = " among those loaded";

/** @param {number} shown @param {number | null} groups @param {string} reach */
function summaryText(shown, groups, reach) {
  const all = `${plural(shown, "connection")}${reach}`;
  return groups === null ? all : `${plural(groups, "group")} of ${all}`;
}

/** Whether those are all. */
function reachText({ isLoading, isComplete, problem }) {
  if (isLoading) return ", loading …";
  if (problem) return "; the others could not be loaded";
  return isComplete ? "" : ", there are more";
}

function groupSelect(app) {
  const select = /** @type {HTMLSelectElement} */ (h("select", {
    onchange: () => app.state.set({ group: select.value || null }),
  }, h("option", { value: "" }, "nothing"), Object.entries(groupings).map(([id, { title }]) =>
    h("option", { value: id }, title.toLowerCase()))));
  return h("label", { class: "labelled" }, "Group by", select);
}

/** Which columns are shown. */
function createColumnMenu(app) {
  /** @type {Set<string>} */
  let shown = new Set();
  const boxes = new Map(columns.map(({ id, title }) => [id, menuCheck(title, (isOn) => {
    if (isOn) shown.add(id); else shown.delete(id);
    app.state.set({ cols: [...shown].join(",") || null }, { replace: true });
  })]));
  const usual = menuButton("The usual ones", () => app.state.set({ cols: null }));
  const items = [...boxes.values()].map(({ element }) => element);
  return {
    element: menu("Columns", [...items, usual], { isRight: true }),
    /** @param {string | null} names @param {boolean} hasHosts */
    update(names, hasHosts) {
      shown = new Set(chosenColumns(names, hasHosts).map(({ id }) => id));
      for (const [id, { box }] of boxes) box.checked = shown.has(id);
    },
  };
}

/** What can be taken away: all that match as a file, or the question itself. */
function createExportMenu(app, view) {
  // An export has one order: the newest first.
  const parameters = () => parametersOf({ ...view.question(), sort: usualSort });
  const files = {
    csv: menuLink("All that match, as CSV"), jsonl: menuLink("All that match, as JSON lines"),
  };
  const element = menu("Export", [
    files.csv, files.jsonl,
    menuButton("Copy the filter", () => void copy(app, parameters().q, "the filter")),
    menuButton("Copy as curl", () => void copy(
      app, curlOf(addressOf("connections", parametersOf(view.question()))), "the command")),
    menuButton("Copy the first 1,000 as JSON", () => void copy(
      app, `[${view.rows().slice(0, 1000).map(jsonOf).join(",\n")}]`, "the records")),
  ], { isRight: true });
  return {
    element,
    update() {
      for (const [format, link] of Object.entries(files)) {
        const href = addressOf("export", { ...parameters(), format });
        if (link.getAttribute("href") !== href) link.setAttribute("href", href);
      }
    },
  };
}
