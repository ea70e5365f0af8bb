// The map as a table: a row for each link.

import { count, percent, plural, visible } from "../core/format.js";

/**
 * What is known of the connections over a link or of a node.
 * @param {{ count: number, errors: number, isWhole: boolean }} what
 */
export function countsText({ count: number, errors, isWhole }) {
  return `${isWhole ? "" : "at least "}${plural(number, "connection")}, ${count(errors)} failed`;
}

/** A rate, where all is known that it is of. */
const shareOf = ({ count: number, errors, isWhole }) =>
  (isWhole && number > 0 ? errors / number : null);

/** @param {{ kinds: Map<string, number> }} link */
function kindsText({ kinds }) {
  return [...kinds].sort((a, b) => b[1] - a[1])
    .map(([kind, number]) => `${kind} ${count(number)}`).join(", ");
}

/** @type {import("../table/list.js").ListColumn[]} */
export const columns = [
  {
    id: "from", title: "From", width: [130, 1],
    value: ({ from }) => from.label, text: ({ from }) => visible(from.label),
  },
  {
    id: "to", title: "To", width: [150, 1],
    value: ({ to }) => to.label, text: ({ to }) => visible(to.label),
  },
  {
    id: "count", title: "Connections", width: [104, 0.5], isNumber: true,
    value: (link) => link.count,
    text: (link) => `${link.isWhole ? "" : "≥ "}${count(link.count)}`,
  },
  {
    id: "errors", title: "Failed", width: [76, 0.4], isNumber: true,
    value: ({ errors }) => errors, text: ({ errors }) => count(errors),
  },
  {
    id: "share", title: "Failure rate", width: [96, 0.4], isNumber: true,
    value: shareOf,
    text: (link) => (link.isWhole ? percent(link.errors, link.count) : "not known"),
  },
  {
    id: "kinds", title: "Errors", width: [180, 1.4],
    value: (link) => kindsText(link) || null, text: kindsText,
  },
];
