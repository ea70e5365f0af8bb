// Connections by what they have in common.

import { outcomeOf } from "./outcome.js";

/**
 * @typedef {object} Group
 * @property {true} isGroup
 * @property {string} key
 * @property {string} value
 * @property {any[]} rows
 * @property {number} failed
 * @property {number} open
 * @property {number} sent bytes
 * @property {number} received bytes
 * @property {string} latest when the newest of them was opened
 * @property {boolean} isExpanded
 */

/** What can be grouped by: the field, and what it is called. */
export const groupings = {
  process: { field: "process_name", title: "Process" },
  host: { field: "host", title: "Host" },
  remote: { field: "remote_addr", title: "Destination" },
  error: { field: "error", title: "Error" },
};

/**
 * The groups of rows, those with most failures first, then the largest.
 * @param {any[]} rows
 * @param {string} field
 * @param {Set<string>} expanded keys of groups
 * @returns {Group[]}
 */
export function groupRows(rows, field, expanded) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const row of rows) {
    const value = row[field] ?? "";
    let group = groups.get(value);
    if (!group) groups.set(value, group = emptyGroup(value, expanded));
    add(group, row);
  }
  return [...groups.values()].sort((a, b) =>
    b.failed - a.failed || b.rows.length - a.rows.length || (a.value < b.value ? -1 : 1));
}

/**
 * Groups, and the rows of those that are expanded, in one list.
 * @param {Group[]} groups
 */
export function flattened(groups) {
  return groups.flatMap((group) => (group.isExpanded ? [group, ...group.rows] : [group]));
}

/** @returns {Group} */
function emptyGroup(value, expanded) {
  const key = `group:${value}`;
  return {
    isGroup: true, key, value, rows: [], failed: 0, open: 0, sent: 0, received: 0, latest: "",
    isExpanded: expanded.has(key),
  };
}

/** @param {Group} group @param {any} row */
function add(group, row) {
  group.rows.push(row);
  const outcome = outcomeOf(row);
  if (outcome === "failed") group.failed += 1;
  else if (outcome !== "closed") group.open += 1;
  group.sent += row.bytes_sent ?? 0;
  group.received += row.bytes_received ?? 0;
  if (row.timestamp > group.latest) group.latest = row.timestamp;
}
