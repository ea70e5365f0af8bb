// The terms of the filter as chips, each with a button that takes it away.

import { button, h, replaceChildren } from "../core/dom.js";
import { visible } from "../core/format.js";
import { parse } from "./language.js";

/**
 * Shows a chip for each term.
 * @param {HTMLElement} list
 * @param {string} text the filter
 * @param {{ select: (term: import("./language.js").Term) => void,
 *   remove: (term: import("./language.js").Term) => void }} actions
 */
export function showChips(list, text, { select, remove }) {
  const terms = parse(text);
  list.hidden = terms.length === 0;
  replaceChildren(list, terms.map((term) => h("li", { class: term.isNegated ? "chip not" : "chip" },
    button({ class: "link", title: "Change it", onclick: () => select(term) },
      term.isNegated && h("b", null, "not "), ...labelOf(term)),
    button({
      class: "remove", "aria-label": `Remove ${visible(term.text)}`, onclick: () => remove(term),
    }, "×"))));
}

/** @param {import("./language.js").Term} term */
function labelOf({ text, isNegated, key }) {
  const body = visible(isNegated ? text.slice(1) : text);
  if (key === null) return [body];
  return [h("span", { class: "key" }, `${key} `), body.slice(key.length + 1)];
}
