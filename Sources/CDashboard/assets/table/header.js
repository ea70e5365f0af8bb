// The header of a table: a row of buttons that sort.

import { button, h } from "../core/dom.js";

/** @typedef {import("./virtual.js").Column} Column */

/** @type {[number, number]} */
const usualWidth = [88, 1];
/** What a row has at its sides, px. */
const padding = 16;

/**
 * The tracks of the CSS grid that columns make.
 * @param {Column[]} columns
 */
export function tracks(columns) {
  return columns.map(({ width: [least, share] = usualWidth }) =>
    `minmax(${least}px, ${share}fr)`).join(" ");
}

/**
 * How wide rows are at least, px: the same for all of them, whatever they hold.
 * @param {Column[]} columns
 */
export function leastWidth(columns) {
  return columns.reduce((sum, { width: [least] = usualWidth }) => sum + least, padding);
}

/**
 * @param {Column[]} columns
 * @param {{ id: string, isDescending: boolean } | null} sort
 * @param {(column: Column) => void} [onSort]
 */
export function headerRow(columns, sort, onSort) {
  return h("div", { role: "row", class: "vheader", "aria-rowindex": 1 }, columns.map(
    (column, index) => {
      const isSorted = sort?.id === column.id;
      const direction = isSorted ? (sort.isDescending ? "descending" : "ascending") : null;
      const isSortable = onSort && column.isSortable !== false;
      return h("div", {
        role: "columnheader", "aria-colindex": index + 1, "aria-sort": direction,
        class: column.isNumber ? "cell number" : "cell", dataset: { column: column.id },
      }, isSortable
        ? button({ class: "sort", onclick: () => onSort(column) }, column.title)
        : column.title);
    }));
}

/**
 * What a click on a column's header sorts by: first the way that is usual for it, then the other.
 * @param {{ id: string, isDescending: boolean } | null} sort
 * @param {Column} column
 */
export function sortAfterClick(sort, column) {
  const isDescending = sort?.id === column.id ? !sort.isDescending : Boolean(column.isNumber);
  return { id: column.id, isDescending };
}

/**
 * A sort as it stands in the URL and is asked of the server: `-duration_us`.
 * @param {{ id: string, isDescending: boolean }} sort
 */
export function formatSort({ id, isDescending }) {
  return `${isDescending ? "-" : ""}${id}`;
}

/**
 * @param {string | null} text
 * @param {{ id: string, isDescending: boolean }} usual
 */
export function parseSort(text, usual) {
  if (!text) return usual;
  const isDescending = text.startsWith("-");
  return { id: isDescending ? text.slice(1) : text, isDescending };
}
