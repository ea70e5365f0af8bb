// Time travel: the connections that were open at a moment.

import { button, h, setText } from "../core/dom.js";
import { menu } from "../table/menu.js";

/**
 * A moment in local time: `2026-11-22 10:00:00`.
 * @param {number} milliseconds since 1970
 */
export function localText(milliseconds) {
  const date = new Date(milliseconds);
  const shifted = new Date(milliseconds - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19).replace("T", " ");
}

/**
 * A moment that somebody has written: local time like `2026-11-22 10:00`, or RFC 3339.
 * @param {string} text
 * @returns {number | null} ms since 1970; null when it is none
 */
export function momentIn(text) {
  const form = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:\d\d)?$/;
  const [, day, time, offset = ""] = form.exec(text.trim()) ?? [];
  const moment = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(moment) ? null : moment;
}

/** What times are in that say nothing else. */
const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Steps that go back and forth, in seconds. */
const steps = [["− 1 h", -3600], ["− 1 min", -60], ["+ 1 min", 60], ["+ 1 h", 3600]];

/** @param {any} app */
export function createMoment(app) {
  const field = /** @type {HTMLInputElement} */ (h("input", {
    type: "text", "aria-label": "Moment", autocomplete: "off", spellcheck: "false",
    placeholder: "2026-11-22 10:00:00",
    onchange: () => {
      const moment = momentIn(field.value);
      field.setAttribute("aria-invalid", String(moment === null));
      if (moment !== null) travel(moment);
    },
  }));
  const back = button({
    class: "button primary", onclick: () => app.state.set({ at: null }),
  }, "Back to now");

  /** @param {number} time ms */
  function travel(time) {
    app.state.set({ at: new Date(time).toISOString(), sel: null });
  }

  const from = () => Date.parse(app.state.get().at ?? "") || Date.now();
  const stepping = steps.map(([label, seconds]) => button({
    class: "button", onclick: () => travel(from() + Number(seconds) * 1000),
  }, String(label)));
  const element = menu("Time travel", [
    h("p", { class: "hint" },
      `Shows the connections that were open at a moment, in the time of ${zone()}.`),
    field, h("div", { class: "actions" }, stepping), back,
  ], { isRight: true });
  const title = /** @type {HTMLElement} */ (element.querySelector("summary"));

  return {
    element,
    /** @param {any} state */
    update({ at }) {
      const time = Date.parse(at ?? "") || Date.now();
      setText(title, at ? `Open at ${localText(time)}` : "Time travel");
      element.classList.toggle("active", Boolean(at));
      back.hidden = !at;
      if (document.activeElement === field) return;
      field.value = localText(time);
      field.setAttribute("aria-invalid", "false");
    },
  };
}
