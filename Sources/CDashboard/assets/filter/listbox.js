// The list of completions below the filter box: the listbox of an ARIA combobox.

import { h, replaceChildren } from "../core/dom.js";
import { visible } from "../core/format.js";

/**
 * @typedef {import("./completion.js").Choice} Choice
 * @param {HTMLInputElement} input
 * @param {HTMLElement} list
 * @param {(choice: Choice) => void} choose
 */
export function createListbox(input, list, choose) {
  /** @type {Choice[]} */
  let choices = [];
  let active = -1;

  /** @param {number} index */
  function activate(index) {
    active = index;
    [...list.children].forEach((option, each) =>
      option.setAttribute("aria-selected", String(each === index)));
    if (index < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", `completion-${index}`);
    list.children[index].scrollIntoView({ block: "nearest" });
  }

  /** @param {Choice[]} next */
  function show(next) {
    choices = next;
    replaceChildren(list, choices.map(({ label, hint }, index) => h("li", {
      id: `completion-${index}`, role: "option", "aria-selected": "false",
      // Before the box loses the focus.
      onmousedown: (/** @type {Event} */ event) => {
        event.preventDefault();
        choose(choices[index]);
      },
    }, h("code", null, visible(label)), hint && h("span", { class: "muted" }, hint))));
    list.hidden = choices.length === 0;
    input.setAttribute("aria-expanded", String(choices.length > 0));
    activate(-1);
  }

  return {
    show,
    hide: () => show([]),
    /** The choice that the arrows have come to, or null. */
    active: () => choices[active] ?? null,
    first: () => choices[0] ?? null,
    isShown: () => choices.length > 0,
    /** Goes up or down, round the ends and through the box itself. @param {1 | -1} step */
    move(step) {
      const places = choices.length + 1;
      activate((active + 1 + step + places) % places - 1);
    },
  };
}
