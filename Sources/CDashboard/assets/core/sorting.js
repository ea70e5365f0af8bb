// Orders of rows.

/**
 * @typedef {import("./rows.js").Row} Row
 * @typedef {{ key: (row: Row) => number | string | null, isDescending: boolean }} Order
 *   no value is less than any, as the server has it; among equals the newest comes first
 */

/** @type {Order} */
export const newestFirst = { key: (row) => row.time, isDescending: true };

/** Texts as people sort them, without the cost of a locale: case counts last. */
function compareTexts(one, other) {
  return compareLowered(
    { value: one, lower: one.toLowerCase() }, { value: other, lower: other.toLowerCase() });
}

function compareLowered(one, other) {
  if (one.lower !== other.lower) return one.lower < other.lower ? -1 : 1;
  return one.value < other.value ? -1 : one.value > other.value ? 1 : 0;
}

/**
 * Nothing before numbers, and these before texts; the other way round when descending.
 * @param {number | string | null} a
 * @param {number | string | null} b
 * @param {boolean} isDescending
 */
export function compareValues(a, b, isDescending) {
  if (a === b) return 0;
  const sign = isDescending ? -1 : 1;
  if (a === null) return -sign;
  if (b === null) return sign;
  if (typeof a !== typeof b) return typeof a === "number" ? -sign : sign;
  return sign * (typeof a === "number" ? a - b : compareTexts(a, b));
}

/**
 * @param {Row} a
 * @param {Row} b
 * @param {Order} order
 */
export function compareRows(a, b, { key, isDescending }) {
  return compareValues(key(a) ?? null, key(b) ?? null, isDescending)
    || compareTimes(a, b);
}

/**
 * The rows in an order. Only the different values are compared with each other; a hundred thousand
 * rows are sorted by the ranks of theirs, which are numbers.
 * @param {Iterable<Row>} rows
 * @param {Order} order
 * @returns {Row[]} a new array
 */
export function sortRows(rows, order) {
  const byTime = sortByTime([...rows]);
  if (order.key === newestFirst.key && order.isDescending) return byTime;
  const values = byTime.map((row) => order.key(row) ?? null);
  const ranks = new Map(inOrder(new Set(values), order.isDescending)
    .map((value, rank) => [value, rank]));
  return sortByNumber(byTime, (index) => ranks.get(values[index]));
}

/** Different values in order, as `compareValues` has it. */
function inOrder(values, isDescending) {
  const numbers = [];
  const texts = [];
  for (const value of values) {
    if (typeof value === "number") numbers.push(value);
    else if (value !== null) texts.push({ value, lower: value.toLowerCase() });
  }
  const ordered = [
    ...(values.has(null) ? [null] : []), ...Float64Array.from(numbers).sort(),
    ...texts.sort(compareLowered).map(({ value }) => value),
  ];
  return isDescending ? ordered.reverse() : ordered;
}

/** The newest first. What is in that order already costs one look. */
function sortByTime(rows) {
  // Small objects side by side compare much faster than records scattered over the heap.
  const places = rows.map((row) => ({ row, time: row.time, id: row.id }));
  const isInOrder = places.every((place, index) =>
    index === 0 || compareTimes(places[index - 1], place) <= 0);
  return isInOrder ? rows : places.sort(compareTimes).map(({ row }) => row);
}

function compareTimes(a, b) {
  return b.time - a.time || b.id - a.id;
}

/** Ascending by whole numbers from 0; equal ones keep their order. */
function sortByNumber(rows, numberAt) {
  // Number and index in one 53-bit number: typed arrays sort without calling back.
  const room = rows.length;
  const keys = new Float64Array(room);
  for (let index = 0; index < room; index += 1) keys[index] = numberAt(index) * room + index;
  keys.sort();
  return Array.from(keys, (key) => rows[key % room]);
}
