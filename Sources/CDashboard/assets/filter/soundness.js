// Mistakes in a filter that can be seen without the server, so that it need not be asked while
// somebody is still typing them. What is wrong with them, the server says.

import { parse } from "./language.js";

/**
 * Whether a filter has neither an unknown key nor a value that is no choice of its key.
 * @param {string} text
 * @param {import("./catalog.js").Key[]} keys those that are known; none: every key may be one
 */
export function isSound(text, keys) {
  return keys.length === 0 || parse(text).every(({ key, values }) => {
    if (key === null) return true;
    const known = keys.find(({ name, aliases }) => name === key || aliases.includes(key));
    if (!known) return false;
    const choices = known.values.map((choice) => choice.toLowerCase());
    return choices.length === 0 || values.every(({ pieces }) => {
      const value = pieces.join("*").toLowerCase();
      return value === "" || choices.includes(value);
    });
  });
}
