// The filter as it stands in the box, which is ahead of the one that the server was asked: views
// narrow what they have with it at once.

import { predicateOf } from "./predicate.js";

/**
 * @typedef {object} Draft
 * @property {string} text
 * @property {(record: any) => boolean} matches
 * @property {boolean} isMistaken whether the server has found a mistake in it
 */

/** @param {string} text @returns {Draft} */
const drafted = (text) => ({ text, matches: predicateOf(text), isMistaken: false });

/** @param {string} text */
export function createDraft(text) {
  let draft = drafted(text);
  /** @type {Set<(draft: Draft) => void>} */
  const subscribers = new Set();

  /** @param {Draft} next */
  function become(next) {
    draft = next;
    for (const subscriber of [...subscribers]) subscriber(draft);
  }

  return {
    get: () => draft,

    /** @param {string} next */
    set(next) {
      if (next !== draft.text) become(drafted(next));
    },

    /** The server has found a mistake in a text, which narrows nothing any more. */
    reject(/** @type {string} */ rejected) {
      if (rejected === draft.text.trim()) become({ ...draft, isMistaken: true });
    },

    /**
     * Calls a function after each keystroke, until the function that this returns is called.
     * @param {(draft: Draft) => void} subscriber
     */
    subscribe(subscriber) {
      subscribers.add(subscriber);
      return () => void subscribers.delete(subscriber);
    },
  };
}
