// An error with all that meet it: what it is, in plain words, and its groups as rows.

import { button, h, replaceChildren, setText } from "../core/dom.js";
import { count, visible } from "../core/format.js";
import { showKeyed } from "../core/keyed.js";
import { createDetail } from "./attempts.js";
import { meaningOf } from "./explanations.js";
import { kindOf } from "./kinds.js";
import { columns, createRow } from "./row.js";
import { groupKey } from "./summary.js";
import { createTrend } from "./trend.js";

/**
 * @typedef {import("./summary.js").Section} Section
 * @typedef {import("./summary.js").Group} Group
 */

/** How many groups are shown at first, and at most; the others are a filter away. */
const few = 5;
const many = 25;

/**
 * @param {any} app
 * @param {Section} section
 * @param {Promise<import("./explanations.js").Explanation | undefined>} explanation
 */
export function createSection(app, section, explanation) {
  const kind = kindOf(section.error);
  const title = `error-${section.error}`;
  const summary = h("p", { class: "summary" });
  const meaning = h("div", { hidden: true });
  const means = button({
    class: "button", "aria-expanded": "false", onclick: explain, hidden: true,
  }, "What it means");
  const total = h("b", { class: "total" });
  const trend = createTrend(section.trend.length);
  const body = h("tbody", null);
  const more = button({ class: "link accent more", onclick: showMore });
  /** @type {Map<string, ReturnType<typeof createRow>>} */
  const rows = new Map();
  let isWhole = false;
  let current = section;

  void explanation.then((explained) => {
    if (!explained) return;
    setText(summary, explained.summary);
    replaceChildren(meaning, meaningOf(explained));
    means.hidden = false;
  });

  function explain() {
    meaning.hidden = !meaning.hidden;
    means.setAttribute("aria-expanded", String(!meaning.hidden));
  }

  function showMore() {
    isWhole = true;
    show(current);
  }

  /** @param {Group} group */
  function toggle(group) {
    const key = groupKey(group);
    app.state.set({ sel: app.state.get().sel === key ? null : key }, { replace: true });
  }

  /** @param {Section} next */
  function show(next) {
    current = next;
    const { sel } = app.state.get();
    setText(total, count(next.count));
    trend.show(next.trend);
    const most = isWhole ? many : few;
    const shown = next.groups.filter((group, index) => index < most || groupKey(group) === sel);
    const items = shown.flatMap((group) => {
      const key = groupKey(group);
      const row = { key, group, isDetail: false };
      return key === sel ? [row, { key: `${key} detail`, group, isDetail: true }] : [row];
    });
    showKeyed(body, items, { key: ({ key }) => key, create, update });
    const hidden = next.groups.length - shown.length;
    more.hidden = hidden === 0;
    setText(more, `${count(hidden)} more${isWhole ? ": narrow the filter to see them" : ""}`);
    more.toggleAttribute("disabled", isWhole);
    for (const key of rows.keys()) if (!items.some((item) => item.key === key)) rows.delete(key);
  }

  /** @param {{ key: string, group: Group, isDetail: boolean }} item */
  function create({ key, group, isDetail }) {
    if (isDetail) {
      return h("tr", { class: "opened" },
        h("td", { colspan: columns.length }, createDetail(app, group, explanation)));
    }
    const row = createRow(group, () => toggle(group));
    rows.set(key, row);
    return row.element;
  }

  /** @param {HTMLElement} _ @param {{ key: string, group: Group }} item */
  function update(_, { key, group }) {
    rows.get(key)?.show(group, key === app.state.get().sel);
  }

  const element = h("section", {
    class: "failures card kind", dataset: { kind: kind.id }, "aria-labelledby": title,
  },
    h("header", null,
      h("span", { class: "letter", "aria-hidden": "true" }, kind.letter),
      h("h2", { id: title }, visible(section.error)), summary, means, trend.element, total),
    meaning,
    h("table", null,
      h("colgroup", null, columns.map(([, name]) => h("col", { class: name }))),
      h("thead", null, h("tr", null, columns.map(([text, name]) =>
        h("th", { scope: "col", class: name }, text)))),
      body),
    more);
  return { element, show };
}
