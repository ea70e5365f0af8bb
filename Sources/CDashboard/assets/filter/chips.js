// The terms of the filter as chips, each with a button that takes it away.

import { button, h, replaceChildren } from "../core/dom.js";
import { visible } from "../core/format.js";
import { parse } from "./language.js";

/** More of a term nobody reads in a chip, nor in its title. */
const longest = 200;

/**
 * Shows a chip for each term.
 * @param {HTMLElement} list
 * @param {string} text the filter
 * @param {{ select: (term: import("./language.js").Term) => void,
 *   remove: (term: import("./language.js").Term) => void, leave: () => void }} actions `leave` is
 *   called when the focus was in a chip and there is none any more
 */
export function showChips(list, text, { select, remove, leave }) {
  const terms = parse(text);
  const focused = [...list.children].findIndex((chip) => chip.contains(document.activeElement));
  list.hidden = terms.length === 0;
  replaceChildren(list, terms.map((term) => h("li", { class: term.isNegated ? "chip not" : "chip" },
    button({ class: "link", title: `Change ${shortened(term.text)}`, onclick: () => select(term) },
      term.isNegated && h("b", null, "not "), ...labelOf(term)),
    button({
      class: "remove", "aria-label": `Remove ${shortened(term.text)}`,
      onclick: () => remove(term),
    }, "×"))));
  if (focused < 0) return;
  const next = list.children[Math.min(focused, terms.length - 1)]?.querySelector(".remove");
  if (next instanceof HTMLElement) next.focus();
  else leave();
}

/** @param {string} text */
function shortened(text) {
  const shown = visible(text.slice(0, longest));
  return text.length > longest ? `${shown}…` : shown;
}

/** @param {import("./language.js").Term} term */
function labelOf({ text, isNegated, key }) {
  const body = shortened(isNegated ? text.slice(1) : text);
  if (key === null) return [body];
  return [h("span", { class: "key" }, `${key} `), body.slice(key.length + 1)];
}
