// What may stand where the caret is.

import { parse, quote, termAt } from "./language.js";

/**
 * @typedef {object} Place where the caret is
 * @property {string | null} key of the values that may stand here, or null for a key
 * @property {string} typed what is there already, without quotes
 * @property {number} start what a choice takes the place of
 * @property {number} end
 *
 * @typedef {object} Choice
 * @property {string} insert what is put there
 * @property {string} label
 * @property {string} hint
 */

const most = 12;

/**
 * What is being typed at the caret.
 * @param {string} text
 * @param {number} caret
 * @returns {Place}
 */
export function placeAt(text, caret) {
  const term = termAt(parse(text), caret);
  if (!term) return { key: null, typed: "", start: caret, end: caret };
  if (term.key !== null && caret >= term.valuesStart) {
    const value = term.values.find(({ start, end }) => start <= caret && caret <= end);
    if (value) {
      return { key: term.key, typed: value.pieces.join("*"), start: value.start, end: value.end };
    }
  }
  const start = term.start + (term.isNegated || term.text === "-" ? 1 : 0);
  return {
    key: null, typed: text.slice(start, caret), start: Math.min(start, caret),
    end: term.key === null ? term.end : term.valuesStart,
  };
}

/**
 * Those of a list that fit what is typed: at the beginning first, then anywhere.
 * @template T
 * @param {T[]} items
 * @param {string} typed
 * @param {(item: T) => string[]} names the first one is shown
 */
export function fitting(items, typed, names) {
  const wanted = typed.toLowerCase();
  const rank = (/** @type {T} */ item) => {
    const found = names(item).map((name) => name.toLowerCase().indexOf(wanted));
    return found.includes(0) ? 0 : found.some((offset) => offset > 0) ? 1 : 2;
  };
  return items.map((item) => ({ item, rank: rank(item) })).filter(({ rank }) => rank < 2)
    .sort((a, b) => a.rank - b.rank).map(({ item }) => item);
}

/**
 * Whether what is typed is the beginning of a choice, and no choice yet.
 * @param {string[]} choices
 * @param {Place} place
 */
export function isBeginning(choices, { typed }) {
  const wanted = typed.toLowerCase();
  const names = choices.map((choice) => choice.toLowerCase());
  return !names.includes(wanted) && names.some((name) => name.startsWith(wanted));
}

/**
 * Keys to choose from.
 * @param {import("./catalog.js").Key[]} keys
 * @param {Place} place
 * @returns {Choice[]}
 */
export function keyChoices(keys, { typed }) {
  return fitting(keys, typed, ({ name, aliases }) => [name, ...aliases]).slice(0, most)
    .map(({ name, summary }) => ({ insert: `${name}:`, label: `${name}:`, hint: summary }));
}

/**
 * Values to choose from; none once one of them is there.
 * @param {string[]} values
 * @param {Place} place
 * @returns {Choice[]}
 */
export function valueChoices(values, { typed }) {
  const found = fitting(values, typed, (value) => [value]).slice(0, most);
  if (found.length === 1 && found[0] === typed) return [];
  return found.map((value) => ({
    insert: /^[<>]/.test(value) ? value : quote(value), label: value, hint: "",
  }));
}
