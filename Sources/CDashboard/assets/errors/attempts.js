// What is shown of a group when it is opened: what to look at next, and its latest attempts.

import { button, h, replaceChildren } from "../core/dom.js";
import { count, duration, visible } from "../core/format.js";
import { questionOf } from "../core/state.js";
import { timeElement } from "../core/times.js";
import { narrowed, term } from "../filter/language.js";
import { stepsOf } from "./explanations.js";

/** @typedef {import("./summary.js").Group} Group */

const shown = 8;
/** So many are looked through for those that failed in the span. */
const sought = 50;

/**
 * Those of a group's records that failed in its time.
 * @param {any[]} records
 * @param {Group} group
 */
export function within(records, { first, last }) {
  const moment = (/** @type {any} */ { closed_at: closed, timestamp }) => closed ?? timestamp;
  // RFC 3339 in UTC sorts as text.
  return records.filter((record) => first <= moment(record) && moment(record) <= last);
}

/**
 * The filter that leaves only a group.
 * @param {string} q
 * @param {Group} group
 */
export function filterOf(q, { error, process_name: process, remote_addr: remote }) {
  return [term("error", error), term("process", process), term("remote", remote)]
    .reduce(narrowed, q);
}

/**
 * The inside of an opened group.
 * @param {any} app
 * @param {Group} group
 * @param {Promise<import("./explanations.js").Explanation | undefined>} explanation
 */
export function createDetail(app, group, explanation) {
  const steps = h("section", null);
  const attempts = h("section", null, h("p", { class: "muted" }, "Loading …"));
  const q = filterOf(app.state.get().q, group);
  // A span is of the time of failure, which may be long after that of the attempt.
  const { until } = app.state.get();
  const question = questionOf({ ...app.state.get(), q, since: "all", until });

  async function load() {
    const [latest, explained] = await Promise.all([
      app.api.get("connections", { ...question, limit: sought }),
      explanation,
    ]);
    const records = within(latest, group).slice(0, shown);
    replaceChildren(steps, explained && [h("h3", null, "Look at next"),
      stepsOf(explained, records[0] ?? group, app.announce)]);
    replaceChildren(attempts, h("h3", null, "Latest attempts"), attemptsTable(app, records, q),
      actions());
  }

  function actions() {
    const copy = button({
      class: "button",
      async onclick() {
        await navigator.clipboard.writeText(q);
        app.announce("Copied");
      },
    }, "Copy as filter");
    return h("p", { class: "actions" },
      button({ class: "button", onclick: () => app.state.set({ q }) }, "Only these"),
      button({
        class: "button", onclick: () => app.state.set({ view: "connections", q, sel: null }),
      }, `All ${count(group.count)} in Connections`), copy);
  }

  void load().catch((error) =>
    replaceChildren(attempts, h("p", { class: "muted" }, error.message)));
  return h("div", { class: "detail" }, steps, attempts);
}

const titles = ["Time", "Host", "Process id", "From", "Failed at", "Cause", "Took"];

/** @param {any} app @param {any[]} records @param {string} q */
function attemptsTable(app, records, q) {
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Latest attempts" },
    h("table", null,
      h("thead", null, h("tr", null, titles.map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", null, records.map((record) => h("tr", null,
        h("td", null, button({
          class: "link accent", title: "Show this connection",
          onclick: () => app.state.set({ view: "connections", q, sel: String(record.id) }),
        }, timeElement(record.timestamp))),
        h("td", null, visible(record.host)), h("td", null, record.process_id || "–"),
        h("td", { class: "mono" }, record.local_addr), h("td", null, words(record.error_stage)),
        h("td", null, words(record.error_cause),
          record.error_source === "inferred" && " (inferred)"),
        h("td", null, duration(record.duration_us)))))));
}

/** @param {string | null} name such as `peer_reset` */
const words = (name) => (name ?? "–").replaceAll("_", " ");
