// What a view shows when it has nothing to show: why, and what to do.

import { button, h } from "./dom.js";

/**
 * Nothing matches, or nothing was ever seen.
 * @param {any} app
 * @param {string} what such as `No connection`
 * @returns {HTMLElement}
 */
export function emptiness(app, what) {
  const { q, since, until, at } = app.state.get();
  const isSpan = since !== "all" || until !== null || at !== null;
  const element = h("div", { class: "empty" },
    h("p", null, what, q && " matches the filter", isSpan && " in this span of time", "."),
    h("p", null,
      q && button({ class: "button", onclick: () => app.state.set({ q: "" }) },
        "Clear the filter"), " ",
      isSpan && button({
        class: "button", onclick: () => app.state.set({ since: "all", until: null, at: null }),
      }, "Look at all time")));
  void app.api.get("stats").then((/** @type {any} */ stats) => {
    if (stats.connections === 0) element.replaceChildren(...beginning(app.origin));
  }, () => {});
  return element;
}

/** @param {string} origin @returns {Node[]} */
function beginning(origin) {
  return [
    h("p", null, h("b", null, "No connections yet.")),
    h("p", null, "Is a collector running? Watch this machine with ",
      h("code", null, "netmon serve --collect"), ", and others with ",
      h("code", null, `netmon collect --server ${origin}`), "."),
    h("p", null, h("code", null, "netmon doctor"), " tells what can be captured on a machine."),
  ];
}

/** @returns {HTMLElement} */
export function loading() {
  return h("p", { class: "empty", "aria-busy": "true" }, "Loading …");
}

/**
 * The server's refusal, when it is not of the filter (which its box shows) or of the whole page.
 * @param {import("./api.js").Problem | import("./api.js").Unreachable} problem
 * @returns {HTMLElement}
 */
export function problemText(problem) {
  const isMistake = "isMistake" in problem && problem.isMistake;
  return h("p", { class: "empty" },
    isMistake ? "The filter has a mistake: it is shown below the box." : problem.message);
}
