// Whether what the page shows is what happens: said in a word, and in a sentence when something
// must be done.

import { button, h, replaceChildren, setText } from "../core/dom.js";
import { count, timeOfDay } from "../core/format.js";

/** @typedef {import("../core/live.js").Status} Status */

/** @type {Record<import("../core/live.js").Kind, string>} */
const words = {
  connecting: "connecting", live: "live", paused: "paused", reconnecting: "reconnecting",
  lost: "disconnected", unauthorised: "not authorised",
};

/**
 * The status in a word, and how much waits while the page is paused.
 * @param {Status} status
 */
export function statusText({ kind, waiting }) {
  return kind === "paused" && waiting > 0 ? `paused, ${count(waiting)} new` : words[kind];
}

/**
 * Shows the status of the stream.
 * @param {any} app
 * @param {{ pill: HTMLElement, text: HTMLElement, notice: HTMLElement }} elements
 */
export function showStatus(app, { pill, text, notice }) {
  /** When the page was last known to be true, ms; 0 when it never was. */
  let seen = 0;
  const countdown = h("span", null);
  /** @type {Status | null} */
  let current = null;

  /** @param {Status} status */
  function sentence({ kind, detail }) {
    switch (kind) {
      case "lost": return [
        h("b", null, detail ?? "The server cannot be reached."),
        seen > 0 && ` What you see is from ${timeOfDay(seen)};`
          + " nothing will be missing when it is back.",
        " ", countdown, " ",
        button({ class: "button", onclick: () => app.live.retry() }, "Try now"),
      ];
      default: return [];
    }
  }

  function tick() {
    const retryAt = current?.retryAt;
    const seconds = retryAt ? Math.ceil((retryAt - Date.now()) / 1000) : 0;
    setText(countdown, seconds > 0 ? `Trying again in ${seconds} s.` : "Trying now …");
  }

  app.live.subscribe({
    /** @param {Status} status */
    status(status) {
      const isNew = status.kind !== current?.kind || status.detail !== current.detail;
      if (current?.kind === "live" && isNew) seen = Date.now();
      current = status;
      pill.dataset.kind = status.kind;
      setText(text, statusText(status));
      tick();
      if (!isNew) return;
      replaceChildren(notice, ...sentence(status));
      if (status.kind !== "connecting") app.announce(`The page is ${words[status.kind]}`);
    },
  });
  setInterval(() => current?.kind === "lost" && tick(), 1000);
}
