// The time band as a table.

import { h } from "../core/dom.js";
import { count, shortTime, timeOfDay } from "../core/format.js";
import { connectionsIn } from "./bars.js";

/**
 * The steps in which there was something, the latest first.
 * @param {import("./bars.js").Timeline} timeline
 * @returns {HTMLElement}
 */
export function timelineTable(timeline) {
  const { buckets, width } = timeline;
  const say = width < 60_000 ? timeOfDay : shortTime;
  const rows = buckets.map((bucket, index) =>
    ({ ...bucket, connections: connectionsIn(timeline, index, index) }))
    .filter(({ failed, connections }) => failed > 0 || connections).toReversed();
  return h("table", null,
    h("caption", { class: "unseen" }, "Errors and connections over time"),
    h("thead", null, h("tr", null, ["Time", "Errors", "Which", "Connections"].map((title) =>
      h("th", { scope: "col" }, title)))),
    h("tbody", null, rows.map(({ time, errors, failed, connections }) => h("tr", null,
      h("th", { scope: "row" }, say(time)), h("td", null, count(failed)),
      h("td", null, Object.entries(errors)
        .map(([error, number]) => `${count(number)} ${error}`).join(", ")),
      h("td", null, connections === null ? "–" : count(connections))))));
}
