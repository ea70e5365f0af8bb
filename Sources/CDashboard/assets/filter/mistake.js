// A mistake in the filter: where it is, and what may have been meant.

import { button, h, replaceChildren } from "../core/dom.js";
import { visible } from "../core/format.js";

/** @typedef {{ detail: string, start: number, end: number, suggestion: string | null }} Mistake */

/**
 * The first mistake of the filter that the server found, in UTF-16 units of its text.
 * @param {import("../core/api.js").Problem} problem
 * @param {string} text
 * @returns {Mistake}
 */
export function mistakeIn(problem, text) {
  const mistake = problem.errors.find(({ position }) => position !== undefined);
  if (!mistake) return { detail: problem.message, start: 0, end: 0, suggestion: null };
  // The server counts characters, from 1.
  const offsets = [...new Intl.Segmenter().segment(text)].map(({ index }) => index);
  const first = /** @type {number} */ (mistake.position) - 1;
  const [detail, meant] = mistake.detail.split("; did you mean '");
  return {
    detail,
    start: offsets[first] ?? text.length,
    end: offsets[first + (mistake.length ?? 0)] ?? text.length,
    suggestion: meant?.replace(/'\?$/, "") ?? null,
  };
}

/**
 * Shows a mistake below the box and marks its place in it.
 * @param {HTMLElement} message
 * @param {HTMLElement} mirror lies under the box and has the same text
 * @param {(text: string) => void} mend takes the filter with the suggestion
 */
export function createMistakeView(message, mirror, mend) {
  let shown = "";

  return {
    /** @param {Mistake | null} mistake @param {string} text */
    show(mistake, text) {
      // The same one stays as it is, with the focus that may be on it.
      const next = mistake ? JSON.stringify([mistake, text]) : "";
      if (next === shown) return;
      shown = next;
      message.hidden = !mistake;
      replaceChildren(mirror);
      replaceChildren(message);
      if (!mistake) return;
      const { detail, start, end, suggestion } = mistake;
      replaceChildren(mirror, text.slice(0, start), h("mark", null, text.slice(start, end) || " "));
      replaceChildren(message, `${visible(detail)}${/[.!?)]$/.test(detail) ? "" : "."}`,
        suggestion !== null && button({
          class: "button", onclick: () => mend(text.slice(0, start) + suggestion + text.slice(end)),
        }, "Write ", h("code", null, visible(suggestion)), " instead"));
    },
  };
}
