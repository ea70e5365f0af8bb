// What an address says that cannot be meant: left out, and told.

import { button, h, replaceChildren } from "../core/dom.js";
import { visible } from "../core/format.js";
import { groupings } from "../connections/grouping.js";
import { momentOf } from "../filter/predicate.js";
import { views } from "../views.js";

/** @typedef {import("../core/state.js").State} State */

/**
 * What to change in a state so that it can be shown, and why.
 * @param {State} state
 * @param {number} now ms
 * @returns {{ patch: Partial<State>, reasons: string[] }}
 */
export function mended(state, now) {
  /** @type {Partial<State>} */
  const patch = {};
  /** @type {string[]} */
  const reasons = [];

  /** @param {keyof State} name @param {State[keyof State]} usual @param {string} reason */
  function leaveOut(name, usual, reason) {
    Object.assign(patch, { [name]: usual });
    reasons.push(`${name}=${String(state[name])} (${reason})`);
  }

  const { since, until, at, group, sort } = state;
  const view = views.find(({ id }) => id === state.view);
  if (!view) leaveOut("view", "errors", "no such view");
  for (const name of /** @type {const} */ (["since", "until", "at"])) {
    const text = state[name];
    const isSpan = name === "since" && text === "all";
    if (text !== null && !isSpan && momentOf(text, now) === null) leaveOut(name, null, "no time");
  }
  const [from, to] = [since, until].map((text) => (text === null ? null : momentOf(text, now)));
  if (from !== null && to !== null && to <= from) leaveOut("until", null, "not after since");
  if (group !== null && !Object.hasOwn(groupings, group)) {
    leaveOut("group", null, "nothing to group by");
  }
  const column = sort?.replace(/^-/, "") ?? "";
  if (sort !== null && view && !view.sorts.includes(column)) {
    leaveOut("sort", null, "no such column");
  }
  return { patch, reasons };
}

/**
 * Mends the page's state, and says so in an element until the state is another one.
 * @param {any} state
 * @param {HTMLElement} element
 */
export function mendAddress(state, element) {
  let isMending = false;

  function mend() {
    if (isMending) return;
    const { patch, reasons } = mended(state.get(), Date.now());
    element.hidden = reasons.length === 0;
    if (reasons.length === 0) return;
    isMending = true;
    state.set(patch, { replace: true });
    isMending = false;
    replaceChildren(element,
      h("span", null, `Left out of the address: ${visible(reasons.join(", "))}.`),
      button({ class: "button", onclick: () => { element.hidden = true; } }, "Close"));
  }

  mend();
  window.addEventListener("popstate", mend);
}
