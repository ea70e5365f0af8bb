// Parts of panels that several views have.

import { button, h } from "../core/dom.js";
import { ago, count, plural, timeOfDay } from "../core/format.js";

/**
 * A time with how long ago it was.
 * @param {string | null} timestamp RFC 3339
 */
export function timeFact(timestamp) {
  if (!timestamp) return null;
  return h("time", { datetime: timestamp, title: timestamp }, timeOfDay(timestamp),
    h("span", { class: "muted" }, ` ${ago(timestamp)}`));
}

/**
 * A short table: the first so many rows, and how many are left out.
 * @param {string} label
 * @param {{ title: string, isNumber?: boolean, text: (item: any) => string }[]} columns
 * @param {any[]} items
 * @param {number} [most]
 */
export function shortTable(label, columns, items, most = 20) {
  if (items.length === 0) return null;
  const className = (column) => (column.isNumber ? "number" : null);
  return h("div", { class: "short", role: "group", "aria-label": label, tabindex: "0" },
    h("table", { "aria-label": label },
      h("thead", null, h("tr", null, columns.map((column) =>
        h("th", { scope: "col", class: className(column) }, column.title)))),
      h("tbody", null, items.slice(0, most).map((item) => h("tr", null, columns.map((column) =>
        h("td", { class: className(column) }, column.text(item))))))),
    items.length > most
      ? h("p", { class: "muted" }, `and ${plural(items.length - most, "more", "more")}`) : null);
}

/**
 * Buttons that go to other views with a filter.
 * @param {any} app
 * @param {[label: string, view: string, q: string][]} ways
 */
export function wayOn(app, ways) {
  return h("div", { class: "actions" }, ways.map(([label, view, q]) => button({
    class: "button",
    onclick: () => app.state.set({ view, q, sel: null, sort: null, cols: null, group: null }),
  }, label)));
}

/**
 * A number that stands out when it is not zero.
 * @param {HTMLElement} cell
 * @param {number} number
 */
export function fillBad(cell, number) {
  cell.replaceChildren(number > 0
    ? h("span", { class: "bad" }, count(number)) : h("span", { class: "muted" }, "0"));
}
