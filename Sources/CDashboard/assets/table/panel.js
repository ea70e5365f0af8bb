// The panel beside a table that tells all about what is selected in it.

import { button, h, replaceChildren } from "../core/dom.js";
import { copy } from "../core/copying.js";

/**
 * @param {string} label
 * @param {() => void} onClose
 * @param {() => void} onFocusLost the panel goes away with the focus in it
 */
export function createPanel(label, onClose, onFocusLost) {
  const content = h("div", { class: "panel-content" });
  const closing = button({ class: "close", "aria-label": "Close (Escape)", onclick: onClose }, "×");
  const element = h("aside", { class: "panel", "aria-label": label, hidden: true, tabindex: "-1" },
    closing, content);
  return {
    element,
    /** @param {...(Node | Node[] | string | null)} children */
    show(...children) {
      replaceChildren(content, ...children);
      if (element.hidden) element.scrollTop = 0;
      element.hidden = false;
    },
    hide() {
      const hadFocus = element.contains(document.activeElement);
      element.hidden = true;
      content.replaceChildren();
      if (hadFocus) onFocusLost();
    },
  };
}

/**
 * Facts by name; those without a value are left out. Null when none has one.
 * @param {[name: string, value: string | Node | null | undefined][]} facts
 */
export function factList(facts) {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (known.length === 0) return null;
  return h("dl", { class: "facts" }, known.flatMap(([name, value]) =>
    [h("dt", null, name), h("dd", null, value)]));
}

/**
 * A part of a panel with its heading; null when there is nothing in it.
 * @param {string} title
 * @param {...(Node | string | null)} children
 */
export function section(title, ...children) {
  const present = children.filter(Boolean);
  return present.length > 0 ? h("section", null, h("h3", null, title), present) : null;
}

/**
 * Buttons that copy texts, each made when it is wanted.
 * @param {{ announce: (text: string) => void }} app
 * @param {Record<string, () => string>} texts by what they are
 */
export function copyButtons(app, texts) {
  return h("div", { class: "actions", role: "group", "aria-label": "Copy as" },
    h("span", { class: "muted" }, "Copy as"),
    Object.entries(texts).map(([name, text]) => {
      const element = button({
        class: "button", onclick: async () => {
          const isCopied = await copy(app, text(), name);
          element.textContent = isCopied ? "copied" : "not allowed";
          setTimeout(() => { element.textContent = name; }, 1500);
        },
      }, name);
      return element;
    }));
}
