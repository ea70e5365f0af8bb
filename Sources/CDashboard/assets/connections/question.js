// What the state asks of the connections view, and which rows are an answer.

import { microseconds } from "../core/rows.js";
import { newestFirst } from "../core/sorting.js";
import { isNarrower } from "../filter/language.js";
import { isUnderstood, momentOf, predicateOf } from "../filter/predicate.js";
import { parseSort } from "../table/header.js";

/** @typedef {import("./listing.js").Question} Question */

export const usualSort = { id: "timestamp", isDescending: true };

/**
 * @param {any} state
 * @returns {Question}
 */
export function questionOf({ q, since, until, at, sort }) {
  // Beside a moment a span would only hide what was open then.
  const span = at ? { since: null, until: null } : { since, until };
  return { q, ...span, at, sort: parseSort(sort, usualSort) };
}

/**
 * The order of rows that a question asks for.
 * @param {Question} question
 * @returns {import("../core/sorting.js").Order}
 */
export function orderOf({ sort: { id, isDescending } }) {
  if (id === "timestamp") return { key: newestFirst.key, isDescending };
  return { key: (row) => row[id] ?? null, isDescending };
}

/**
 * The beginning or end of a span, in µs: RFC 3339, or so long before now.
 * @param {string | null} text
 * @param {number} now ms
 * @param {number} otherwise
 */
export function bound(text, now, otherwise) {
  const moment = text && text !== "all" ? momentOf(text, now) : null;
  if (moment === null) return otherwise;
  return /\.\d{6}z$/i.test(text) ? microseconds(text) : moment * 1000;
}

/**
 * @typedef {object} Answer
 * @property {(row: any) => boolean} matches
 * @property {boolean} canChange whether a row that changes may begin or cease to match
 * @property {boolean} isLocal whether that can be told here, and the server need not be asked again
 * @property {Extent | null} extent what it depends on besides the span, where it can be told here
 *
 * @typedef {object} Extent
 * @property {string} text the filter
 * @property {number} depth older rows are left out, µs
 */

/**
 * Which of the rows that are there are the answer to a question, as far as is known. Null where
 * only the server can tell, and has not yet.
 * @param {Question} question
 * @param {{ answered: Set<number> | null, depth: number, isComplete: boolean }} listing
 * @param {number} now ms
 * @returns {Answer | null}
 */
export function answerOf(question, listing, now) {
  const { q, at } = question;
  const isExact = !at && isUnderstood(q);
  const isByTime = question.sort.id === "timestamp" && question.sort.isDescending;
  const { answered, depth } = listing;
  if (answered !== null && !(isExact && (isByTime || listing.isComplete))) {
    // What was open at a moment in the past does not change.
    return { matches: ({ id }) => answered.has(id), canChange: false, isLocal: Boolean(at),
      extent: null };
  }
  if (!isExact) return null;
  return {
    matches: within(question, now, depth, predicateOf(q, now)),
    canChange: q.trim() !== "", isLocal: true, extent: extentOf(question, q, depth),
  };
}

/**
 * Which of the rows that are there match a filter that is still being typed. Null where that is not
 * known: it has a mistake, or a term that only the server can judge.
 * @param {Question} question
 * @param {{ text: string, matches: (row: any) => boolean, isMistaken: boolean }} draft
 * @param {number} now ms
 * @returns {Answer | null}
 */
export function previewOf(question, { text, matches, isMistaken }, now) {
  if (question.at || isMistaken || !isUnderstood(text)) return null;
  return {
    matches: within(question, now, -Infinity, matches), canChange: true, isLocal: true,
    extent: extentOf(question, text, -Infinity),
  };
}

/** @returns {Extent | null} */
function extentOf({ until }, text, depth) {
  // An end that counts back from now goes on, so that rows come in that were left out before.
  return until === null || /^\d{4}-/.test(until) ? { text, depth } : null;
}

/**
 * Whether the rows of an answer are surely some of those of another one about the same span.
 * @param {Extent | null} extent
 * @param {Extent | null} other
 */
export function isPart(extent, other) {
  return extent !== null && other !== null && extent.depth >= other.depth
    && isNarrower(extent.text, other.text);
}

/**
 * What a predicate asks, and that a row is of the span and not older than `depth` (µs).
 * @param {Question} question @param {number} now @param {number} depth
 * @param {(row: any) => boolean} matches
 * @returns {(row: any) => boolean}
 */
function within({ since, until }, now, depth, matches) {
  const from = Math.max(bound(since, now, -Infinity), depth);
  const to = bound(until, now, Infinity);
  // Where any time will do, to look at it would only take time.
  if (from === -Infinity && to === Infinity) return matches;
  return (row) => row.time >= from && row.time < to && matches(row);
}
