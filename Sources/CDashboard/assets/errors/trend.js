// Counts over time in the room of a word.

import { svg } from "../core/dom.js";

const height = 20;
const step = 4;

/**
 * The bars of a trend as a path.
 * @param {number[]} counts
 */
export function trendPath(counts) {
  const most = Math.max(...counts, 1);
  return counts.map((count, index) => {
    const tall = count > 0 ? Math.max(2, Math.round(count / most * height)) : 1;
    return `M${index * step} ${height - tall}h${step - 1}v${tall}h${1 - step}z`;
  }).join("");
}

/**
 * A trend that can be shown anew.
 * @param {number} parts how many there are
 */
export function createTrend(parts) {
  const path = svg("path", null);
  const element = svg("svg", {
    class: "trend", viewBox: `0 0 ${parts * step} ${height}`, preserveAspectRatio: "none",
    "aria-hidden": "true",
  }, path);
  return {
    element,
    /** @param {number[]} counts */
    show: (counts) => path.setAttribute("d", trendPath(counts)),
  };
}
