// The filter as it stands in the box, which is ahead of the one that the server was asked: views
// narrow what they have with it at once.

import { predicateOf } from "./predicate.js";

/** @param {string} text */
export function createDraft(text) {
  let draft = { text, matches: predicateOf(text) };
  /** @type {Set<(draft: { text: string, matches: (record: any) => boolean }) => void>} */
  const subscribers = new Set();

  return {
    get: () => draft,

    /** @param {string} next */
    set(next) {
      if (next === draft.text) return;
      draft = { text: next, matches: predicateOf(next) };
      for (const subscriber of [...subscribers]) subscriber(draft);
    },

    /**
     * Calls a function after each keystroke, until the function that this returns is called.
     * @param {(draft: { text: string, matches: (record: any) => boolean }) => void} subscriber
     */
    subscribe(subscriber) {
      subscribers.add(subscriber);
      return () => void subscribers.delete(subscriber);
    },
  };
}
