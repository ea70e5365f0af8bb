// Rows in an order, and those of them that match: kept up to date as rows come and change, and
// filtered piece by piece so that typing never waits for a hundred thousand of them.

import { compareRows, newestFirst, sortRows } from "./sorting.js";

/**
 * @typedef {import("./rows.js").Row} Row
 * @typedef {import("./sorting.js").Order} Order
 */

/** What so many predicates have left is remembered. */
const mostRemembered = 24;

export class Arrangement {
  /** @type {Row[]} all, in order */
  #ordered = [];
  /** @type {Row[]} those that may match, in order */
  #candidates = [];
  /** @type {Map<string, Row[]>} what predicates have left of the rows as they are, by their names */
  #remembered = new Map();
  /** @type {string | null} */
  #name = null;
  /** @type {Order} */
  #order;
  /** @type {(row: Row) => boolean} */
  #matches = () => true;
  #canChange = false;
  /** How many of `#candidates` have been looked at. */
  #place = 0;
  /** @type {Row[]} those of the part looked at that match */
  visible = [];

  /** @param {Order} order */
  constructor(order) {
    this.#order = order;
  }

  /** How many rows there are, whether they match or not. */
  get count() {
    return this.#ordered.length;
  }

  /** Whether all rows have been looked at. */
  get isDone() {
    return this.#place >= this.#candidates.length;
  }

  /**
   * Begins anew with other rows.
   * @param {Iterable<Row>} rows
   */
  setRows(rows) {
    this.#ordered = sortRows(rows, this.#order);
    this.#remembered.clear();
    this.#lookAt(this.#ordered);
  }

  /** @param {Order} order */
  setOrder(order) {
    this.#order = order;
    this.setRows(this.#ordered);
  }

  /**
   * @param {(row: Row) => boolean} matches
   * @param {boolean} canChange whether a row that changes may begin or cease to match
   * @param {{ name?: string | null, isNarrower?: boolean }} [how] `name` is that of all predicates
   *   that match the same; a narrower one matches nothing that the last one did not match
   */
  setPredicate(matches, canChange, { name = null, isNarrower = false } = {}) {
    const candidates = isNarrower && this.isDone ? this.visible : this.#ordered;
    this.#matches = matches;
    this.#canChange = canChange;
    this.#name = name;
    const remembered = name === null ? undefined : this.#remembered.get(name);
    if (remembered) this.#take(remembered);
    else this.#lookAt(candidates);
  }

  /**
   * Looks at rows for about so long, the first in order first.
   * @param {number} budget milliseconds
   * @param {() => number} now milliseconds
   * @returns {boolean} whether it is done
   */
  advance(budget, now) {
    const end = now() + budget;
    while (!this.isDone) {
      const stop = Math.min(this.#place + 1000, this.#candidates.length);
      for (; this.#place < stop; this.#place += 1) {
        const row = this.#candidates[this.#place];
        if (this.#matches(row)) this.visible.push(row);
      }
      if (this.isDone) this.#remember();
      if (now() >= end) break;
    }
    return this.isDone;
  }

  /**
   * Puts new rows where they belong, and changed ones where they belong now. Only when it is done:
   * until then the caller keeps them.
   * @param {Row[]} added
   * @param {Row[]} changed
   */
  merge(added, changed) {
    // When a connection was opened never changes.
    const canMove = this.#order.key !== newestFirst.key;
    const moved = canMove ? changed : [];
    const unsure = canMove || this.#canChange ? changed : [];
    this.#ordered = this.#merged(this.#ordered, added, moved);
    if (added.length > 0 || changed.length > 0) this.#remembered.clear();
    this.#take(this.#merged(
      this.visible, added.filter(this.#matches), unsure, unsure.filter(this.#matches)));
  }

  /** Rows without some, and with those and others where they belong. */
  #merged(rows, added, removed, back = removed) {
    const coming = sortRows([...added, ...back], this.#order);
    if (coming.length === 0 && removed.length === 0) return rows;
    const isBefore = rows.length === 0
      || (coming.length > 0 && compareRows(coming[coming.length - 1], rows[0], this.#order) < 0);
    if (isBefore && removed.length === 0) return coming.concat(rows);
    const isRemoved = new Set(removed);
    const result = new Array(rows.length + coming.length);
    let length = 0;
    let next = 0;
    for (const row of rows) {
      if (isRemoved.has(row)) continue;
      while (next < coming.length && compareRows(coming[next], row, this.#order) < 0) {
        result[length++] = coming[next++];
      }
      result[length++] = row;
    }
    while (next < coming.length) result[length++] = coming[next++];
    result.length = length;
    return result;
  }

  /** @param {Row[]} candidates */
  #lookAt(candidates) {
    this.#candidates = candidates;
    this.#place = 0;
    this.visible = [];
  }

  /** @param {Row[]} visible all that match */
  #take(visible) {
    this.visible = visible;
    this.#candidates = visible;
    this.#place = visible.length;
  }

  #remember() {
    if (this.visible.length === this.#candidates.length) this.visible = this.#candidates;
    if (this.#name === null) return;
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= mostRemembered) this.#remembered.delete(oldest);
    this.#remembered.set(this.#name, this.visible);
  }
}
