// A button that opens a list of choices, and closes it again when the focus or the pointer leaves.

import { button, h } from "../core/dom.js";

/**
 * @param {string} label
 * @param {HTMLElement[]} items
 * @param {{ isRight?: boolean }} [how] whether it opens towards the left
 */
export function menu(label, items, { isRight = false } = {}) {
  const element = /** @type {HTMLDetailsElement} */ (h("details", { class: "menu" },
    h("summary", null, label),
    h("div", { class: isRight ? "menu-items right" : "menu-items" }, items)));
  const close = () => element.removeAttribute("open");
  element.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !element.contains(relatedTarget)) close();
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !element.open) return;
    close();
    element.querySelector("summary")?.focus();
    event.stopPropagation();
  });
  element.addEventListener("toggle", () => {
    if (!element.open) return;
    const leave = (/** @type {PointerEvent} */ { target }) => {
      if (target instanceof Node && element.contains(target)) return;
      document.removeEventListener("pointerdown", leave);
      close();
    };
    document.addEventListener("pointerdown", leave);
  });
  return element;
}

/**
 * A choice that does something and closes its menu.
 * @param {string} label
 * @param {() => void} run
 */
export function menuButton(label, run) {
  return button({
    class: "menu-item",
    onclick: (/** @type {Event} */ { currentTarget }) => {
      /** @type {Element} */ (currentTarget).closest("details")?.removeAttribute("open");
      run();
    },
  }, label);
}

/**
 * A choice that is on or off; the menu stays open.
 * @param {string} label
 * @param {boolean} isOn
 * @param {(isOn: boolean) => void} set
 */
export function menuCheck(label, isOn, set) {
  const box = /** @type {HTMLInputElement} */ (h("input", {
    type: "checkbox", checked: isOn, onchange: () => set(box.checked),
  }));
  return h("label", { class: "menu-item" }, box, label);
}

/**
 * A link that a browser downloads or follows.
 * @param {string} label
 * @param {string} address
 */
export function menuLink(label, address) {
  return h("a", { class: "menu-item", href: address, download: "" }, label);
}
