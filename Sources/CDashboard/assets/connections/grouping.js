// Connections by what they have in common.

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

/**
 * @typedef {object} Grouping
 * @property {string} field
 * @property {string} title
 * @property {string} none what rows without a value are called
 * @property {string} [listening] what listening sockets are called, which have no other end
 */

/** What can be grouped by. @type {Record<string, Grouping>} */
export const groupings = {
  process: { field: "process_name", title: "Process", none: "unknown" },
  host: { field: "host", title: "Host", none: "unnamed host" },
  remote: { field: "remote_addr", title: "Destination", none: "none", listening: "listening" },
  error: { field: "error", title: "Error", none: "no error" },
};

/**
 * The groups of rows, those with most failures first, then the largest.
 * @param {any[]} rows
 * @param {Grouping} grouping
 * @param {Set<string>} expanded keys of groups
 * @param {(row: any) => import("./outcome.js").Outcome} outcome
 * @returns {Group[]}
 */
export function groupRows(rows, { field, none, listening }, expanded, outcome) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const row of rows) {
    const value = (row.direction === "listen" && listening) || row[field] || none;
    let group = groups.get(value);
    if (!group) groups.set(value, group = emptyGroup(value, expanded));
    add(group, row, outcome(row));
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

/** @param {Group} group @param {any} row @param {import("./outcome.js").Outcome} outcome */
function add(group, row, outcome) {
  group.rows.push(row);
  if (outcome === "failed") group.failed += 1;
  else if (outcome !== "closed") group.open += 1;
  group.sent += row.bytes_sent ?? 0;
  group.received += row.bytes_received ?? 0;
  if (row.timestamp > group.latest) group.latest = row.timestamp;
}
