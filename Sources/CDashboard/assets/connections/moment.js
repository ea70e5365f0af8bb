// Time travel: the connections that were open at a moment.

import { button, h } from "../core/dom.js";
import { menu } from "../table/menu.js";

/**
 * A moment as a field for local times has it: `2026-11-22T10:00:00`.
 * @param {number} milliseconds since 1970
 */
export function localText(milliseconds) {
  const date = new Date(milliseconds);
  const shifted = new Date(milliseconds - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19);
}

/** Steps that go back and forth, in seconds. */
const steps = [["− 1 h", -3600], ["− 1 min", -60], ["+ 1 min", 60], ["+ 1 h", 3600]];

/** @param {any} app */
export function createMoment(app) {
  const field = /** @type {HTMLInputElement} */ (h("input", {
    type: "datetime-local", step: "1", "aria-label": "Moment",
    onchange: () => travel(Date.parse(field.value)),
  }));
  const back = button({
    class: "button primary", onclick: () => app.state.set({ at: null }),
  }, "Back to now");

  /** @param {number} time ms */
  function travel(time) {
    if (!Number.isNaN(time)) app.state.set({ at: new Date(time).toISOString(), sel: null });
  }

  const from = () => Date.parse(app.state.get().at ?? "") || Date.now();
  const stepping = steps.map(([label, seconds]) => button({
    class: "button", onclick: () => travel(from() + Number(seconds) * 1000),
  }, String(label)));
  const element = menu("Time travel", [
    h("p", { class: "hint" }, "Shows the connections that were open at a moment."),
    field, h("div", { class: "actions" }, stepping), back,
  ]);
  const title = /** @type {HTMLElement} */ (element.querySelector("summary"));

  return {
    element,
    /** @param {any} state */
    update({ at }) {
      const time = at ? Date.parse(at) : Date.now();
      title.textContent = at ? `Open at ${localText(time).replace("T", " ")}` : "Time travel";
      element.classList.toggle("active", Boolean(at));
      back.hidden = !at;
      if (document.activeElement !== field) field.value = localText(time);
    },
  };
}
