// A button that opens a list of choices, and closes it again when the focus or the pointer leaves.

import { button, h } from "../core/dom.js";
import { place } from "./placing.js";

/**
 * @param {string} label
 * @param {HTMLElement[]} items
 * @param {{ isRight?: boolean }} [how] whether it opens towards the left
 */
export function menu(label, items, { isRight = false } = {}) {
  const opener = h("summary", null, label);
  // With a tabindex, so that a click between the items leaves the focus in here.
  const choices = h("div", { class: "menu-items", tabindex: "-1" }, items);
  const element = /** @type {HTMLDetailsElement} */ (
    h("details", { class: "menu" }, opener, choices));
  const put = () => element.open && place(opener, choices, isRight);
  const close = () => element.removeAttribute("open");
  element.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !element.contains(relatedTarget)) close();
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !element.open) return;
    close();
    opener.focus();
    event.stopPropagation();
  });
  element.addEventListener("toggle", () => {
    if (!element.open) return;
    put();
    const leave = (/** @type {PointerEvent} */ { target }) => {
      if (target instanceof Node && element.contains(target)) return;
      document.removeEventListener("pointerdown", leave);
      close();
    };
    document.addEventListener("pointerdown", leave);
  });
  window.addEventListener("resize", put);
  document.addEventListener("scroll", put, { passive: true });
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
 * @param {(isOn: boolean) => void} set
 */
export function menuCheck(label, set) {
  const box = /** @type {HTMLInputElement} */ (h("input", {
    type: "checkbox", onchange: () => set(box.checked),
  }));
  return { element: h("label", { class: "menu-item" }, box, label), box };
}

/**
 * A link to a file that the browser saves.
 * @param {string} label
 */
export function menuLink(label) {
  return h("a", { class: "menu-item", href: "", download: "" }, label);
}
