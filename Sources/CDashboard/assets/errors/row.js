// A group of failures as a row that can be opened.

import { button, h, setText } from "../core/dom.js";
import { count, percent, visible } from "../core/format.js";
import { setTimeAgo, timeAgo } from "../core/times.js";
import { isNew } from "./summary.js";
import { createTrend } from "./trend.js";

/** @typedef {import("./summary.js").Group} Group */

/** The titles of a row's cells, and the classes of its columns.
 *  @type {readonly [string, string][]} */
export const columns = [
  ["Process", "process"], ["Destination", "remote"], ["Failed", "failed"], ["Worked", "worked"],
  ["Trend", "trending"], ["First", "first"], ["Last", "last"],
];

/**
 * @param {Group} group
 * @param {() => void} toggle
 */
export function createRow(group, toggle) {
  const opener = button({ class: "link toggle", "aria-expanded": "false", onclick: toggle },
    h("span", { class: "cut", title: visible(group.process_name) },
      visible(group.process_name) || h("span", { class: "muted" }, "unknown process")));
  const failed = h("b", null);
  const fresh = h("span", {
    class: "fresh", hidden: true, title: "It began in the last quarter of this time",
  }, "new");
  const worked = h("span", null);
  const trend = createTrend(group.trend.length);
  const [first, last] = [timeAgo(group.first), timeAgo(group.last)];
  const element = h("tr", { class: "group" },
    h("td", { class: "process" }, opener),
    h("td", { class: "remote mono", title: group.remote_addr },
      h("span", { class: "muted", "aria-hidden": "true" }, "→ "), group.remote_addr),
    h("td", { class: "failed" }, failed, " ", fresh), h("td", { class: "worked" }, worked),
    h("td", { class: "trending" }, trend.element), h("td", { class: "first" }, first),
    h("td", { class: "last" }, last));

  // Anywhere but where text is being selected.
  element.addEventListener("click", (event) => {
    const isButton = /** @type {Element} */ (event.target).closest("button, a") !== null;
    if (!isButton && window.getSelection()?.isCollapsed !== false) toggle();
  });

  return {
    element,
    /** @param {Group} next @param {boolean} isOpen */
    show(next, isOpen) {
      const { count: number, successes } = next;
      const attempts = successes + (next.failures ?? number);
      setText(failed, count(number));
      fresh.hidden = !isNew(next);
      setText(worked, successes === 0 ? "never" : percent(successes, attempts));
      worked.className = successes === 0 ? "never" : "";
      worked.title = `${count(successes)} of ${count(attempts)} attempts worked`;
      trend.show(next.trend);
      setTimeAgo(first, next.first);
      setTimeAgo(last, next.last);
      opener.setAttribute("aria-expanded", String(isOpen));
      element.classList.toggle("open", isOpen);
    },
  };
}
