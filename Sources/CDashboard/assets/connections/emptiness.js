// What to say, and to do, when there is no connection to show.

import { button, h } from "../core/dom.js";

/**
 * @param {any} app
 * @param {import("./listing.js").Listing} listing
 * @param {import("./listing.js").Question} question
 * @returns {(Node | string)[]}
 */
export function emptiness(app, { isLoading, problem }, { q, since, until, at }) {
  if (isLoading) return ["Loading …"];
  if (problem) return troubled(app, /** @type {any} */ (problem));
  const clear = (label, patch) => button({ class: "button", onclick: () => app.state.set(patch) }, label);
  if (at) return ["Nothing was open at that moment. ", clear("Back to now", { at: null })];
  if (q.trim()) return ["No connection matches the filter. ", clear("Clear it", { q: "" })];
  if ((since && since !== "all") || until) {
    return ["No connection was opened in this time. ",
      clear("Show all times", { since: "all", until: null })];
  }
  return ["No connections yet. Is a collector running? ",
    h("code", null, "netmon serve --collect"), " watches this machine, ",
    h("code", null, `netmon collect --server ${location.origin}`), " another one."];
}

function troubled(app, problem) {
  if (problem.isMistake) return [`The filter has a mistake: ${problem.message}`];
  if (problem.isUnauthorised) return ["The server does not let you see this. Sign in, then load the page again."];
  const again = button({ class: "button", onclick: () => location.reload() }, "Load the page again");
  return [`${problem.message} `, again];
}
