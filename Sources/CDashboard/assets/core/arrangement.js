// Rows in an order, and those of them that match: kept up to date as rows come and change, and
// filtered piece by piece so that typing never waits for a hundred thousand of them.

import { compareRows, sortRows } from "./sorting.js";

/**
 * @typedef {import("./rows.js").Row} Row
 * @typedef {import("./sorting.js").Order} Order
 */

export class Arrangement {
  /** @type {Row[]} all, in order */
  #ordered = [];
  /** @type {Order} */
  #order;
  /** @type {(row: Row) => boolean} */
  #matches = () => true;
  /** How many of `#ordered` have been looked at. */
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
    return this.#place >= this.#ordered.length;
  }

  /**
   * Begins anew with other rows.
   * @param {Iterable<Row>} rows
   */
  setRows(rows) {
    this.#ordered = sortRows(rows, this.#order);
    this.#restart();
  }

  /** @param {Order} order */
  setOrder(order) {
    this.#order = order;
    this.setRows(this.#ordered);
  }

  /** @param {(row: Row) => boolean} matches */
  setPredicate(matches) {
    this.#matches = matches;
    this.#restart();
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
      const stop = Math.min(this.#place + 2000, this.#ordered.length);
      for (; this.#place < stop; this.#place += 1) {
        const row = this.#ordered[this.#place];
        if (this.#matches(row)) this.visible.push(row);
      }
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
    const moved = changed.length > 0 ? new Set(changed) : null;
    const coming = sortRows([...added, ...changed], this.#order);
    this.#ordered = this.#merged(this.#ordered, coming, moved);
    this.visible = this.#merged(this.visible, coming.filter(this.#matches), moved);
    this.#place = this.#ordered.length;
  }

  #merged(rows, coming, moved) {
    const result = new Array(rows.length + coming.length);
    let length = 0;
    let next = 0;
    for (const row of rows) {
      if (moved?.has(row)) continue;
      while (next < coming.length && compareRows(coming[next], row, this.#order) < 0) {
        result[length++] = coming[next++];
      }
      result[length++] = row;
    }
    while (next < coming.length) result[length++] = coming[next++];
    result.length = length;
    return result;
  }

  #restart() {
    this.#place = 0;
    this.visible = [];
  }
}
