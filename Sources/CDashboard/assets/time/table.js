// The time band as a table.

import { h } from "../core/dom.js";
import { count, shortTime, timeOfDay } from "../core/format.js";

/**
 * The buckets in which there was something, the latest first.
 * @param {import("./bars.js").Timeline} timeline
 * @returns {HTMLElement}
 */
export function timelineTable({ buckets, width }) {
  const say = width < 60_000 ? timeOfDay : shortTime;
  const rows = buckets.filter(({ failed, connections }) => failed > 0 || connections > 0).toReversed();
  return h("table", null,
    h("caption", { class: "unseen" }, "Errors and connections over time"),
    h("thead", null, h("tr", null, ["Time", "Errors", "Which", "Connections"].map((title) =>
      h("th", { scope: "col" }, title)))),
    h("tbody", null, rows.map(({ time, errors, failed, connections }) => h("tr", null,
      h("th", { scope: "row" }, say(time)), h("td", null, count(failed)),
      h("td", null, Object.entries(errors).map(([error, number]) => `${count(number)} ${error}`).join(", ")),
      h("td", null, count(connections))))));
}
