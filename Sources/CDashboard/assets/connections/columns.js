// The columns of the connections table.

import { h } from "../core/dom.js";
import { bytes, count, duration, timeOfDay, visible } from "../core/format.js";
import { glyphs, outcomeAt, outcomeOf } from "./outcome.js";

/**
 * @typedef {import("../table/virtual.js").Column} Column
 * @typedef {Column & { isUsual?: boolean, ofGroup?: (group: any) => string }} ConnectionColumn
 *   `ofGroup` is what the cell says of a group of connections
 */

/** @param {string} id @param {string} title @param {Partial<ConnectionColumn>} [more] */
function textColumn(id, title, more = {}) {
  return { id, title, text: (row) => visible(row[id]), ...more };
}

/** @param {string} id @param {string} title @param {(value: any) => string} format
 *  @param {Partial<ConnectionColumn>} [more] */
function numberColumn(id, title, format, more = {}) {
  return {
    id, title, width: [72, 0.6], isNumber: true,
    text: (row) => (row[id] === null ? "" : format(row[id])), ...more,
  };
}

/** The other end, with an arrow that says who began. */
function otherEnd({ direction, local_addr: local, remote_addr: remote }) {
  if (direction === "listen") return `on ${local}`;
  return `${direction === "inbound" ? "←" : "→"} ${remote}`;
}

/** @type {ConnectionColumn[]} */
export const columns = [
  {
    id: "error", title: "Outcome", width: [156, 0.9], isUsual: true,
    text: (row) => (row.error === null ? outcomeOf(row) : `failed ${visible(row.error)}`),
    fill: fillOutcome,
    ofGroup: ({ failed, open }) => [
      failed > 0 ? `${glyphs.failed} ${count(failed)} failed` : "",
      open > 0 ? `${glyphs.open} ${count(open)} open` : "",
    ].filter(Boolean).join("  "),
  },
  {
    id: "timestamp", title: "Opened", width: [128, 0.8], isUsual: true,
    text: (row) => timeOfDay(row.timestamp),
    ofGroup: ({ latest }) => timeOfDay(latest),
  },
  {
    id: "process_name", title: "Process", width: [120, 1], isUsual: true,
    text: ({ process_name: name, process_id: pid }) =>
      `${visible(name) || "unknown"}${pid ? ` ${pid}` : ""}`,
    fill: fillProcess,
  },
  textColumn("host", "Host", { isUsual: true }),
  {
    id: "remote_addr", title: "Other end", width: [170, 1.3], isUsual: true,
    text: otherEnd,
  },
  textColumn("service_name", "Service", { isUsual: true, width: [84, 0.6] }),
  numberColumn("connect_us", "Connect", duration, { isUsual: true }),
  numberColumn("duration_us", "Lasted", duration, { isUsual: true }),
  numberColumn("bytes_sent", "Sent", bytes, {
    isUsual: true, ofGroup: ({ sent }) => bytes(sent),
  }),
  numberColumn("bytes_received", "Received", bytes, {
    isUsual: true, ofGroup: ({ received }) => bytes(received),
  }),
  numberColumn("rtt_us", "Round trip", duration),
  numberColumn("retransmits", "Sent again", count),
  numberColumn("drops", "Dropped", count),
  textColumn("error_cause", "Cause", { text: (row) => (row.error_cause ?? "").replace("_", " ") }),
  textColumn("error_stage", "Stage"),
  textColumn("state", "State"),
  textColumn("direction", "Direction"),
  textColumn("protocol", "Protocol", { width: [56, 0.4] }),
  textColumn("local_addr", "Local address", { width: [160, 1] }),
  textColumn("user", "User"),
  textColumn("unit", "Unit"),
  textColumn("container", "Container"),
  textColumn("process_path", "Executable", { width: [160, 1.4] }),
  textColumn("parent_name", "Parent"),
];

const usual = columns.filter(({ isUsual }) => isUsual).map(({ id }) => id);

/**
 * The columns that the state names, or the usual ones. The host is of use where there are several.
 * @param {string | null} names separated by commas
 * @param {boolean} hasHosts whether records are of more than one host
 * @param {number | null} [moment] when outcomes are of, ms; null for now
 * @returns {ConnectionColumn[]}
 */
export function chosenColumns(names, hasHosts, moment = null) {
  const chosen = names?.split(",") ?? usual.filter((id) => id !== "host" || hasHosts);
  const found = columns.filter(({ id }) => chosen.includes(id));
  if (found.length === 0) return chosenColumns(null, hasHosts, moment);
  return moment === null ? found
    : found.map((column) => (column.id === "error" ? outcomeThen(column, moment) : column));
}

/** How connections stood at a moment, whatever has become of them. @returns {ConnectionColumn} */
function outcomeThen(column, moment) {
  const text = (row) => outcomeAt(row, moment);
  return { ...column, text, fill: (cell, row) => fillSign(cell, text(row)) };
}

/**
 * The columns where rows are grouped: the first one names the group.
 * @param {{ title: string, field: string }} grouping
 * @param {ConnectionColumn[]} chosen
 * @returns {Column[]}
 */
export function groupedColumns({ title, field }, chosen) {
  const first = {
    id: "group", title, width: [200, 1.6], isSortable: false,
    text: (item) => (item.isGroup ? groupTitle(item) : ""),
  };
  // The process column also tells the id, which the group does not.
  const others = chosen.filter(({ id }) => id !== field || id === "process_name");
  return [first, ...others.map((column) => ({
    ...column, isSortable: false,
    text: (item) => (item.isGroup ? column.ofGroup?.(item) ?? "" : column.text(item)),
    fill: column.fill && ((cell, item) => {
      if (item.isGroup) cell.textContent = column.ofGroup?.(item) ?? "";
      else column.fill(cell, item);
    }),
  }))];
}

function groupTitle({ isExpanded, value, rows }) {
  return `${isExpanded ? "▾" : "▸"} ${visible(value)}  ${count(rows.length)}`;
}

/** @param {HTMLElement} cell @param {any} row */
function fillOutcome(cell, row) {
  fillSign(cell, outcomeOf(row), row.error === null ? undefined : visible(row.error));
}

/** @param {HTMLElement} cell @param {import("./outcome.js").Outcome} outcome
 *  @param {string} [text] */
function fillSign(cell, outcome, text = outcome) {
  cell.replaceChildren(
    h("span", { class: `glyph ${outcome}`, "aria-hidden": "true" }, glyphs[outcome]), text);
}

/** @param {HTMLElement} cell @param {any} row */
function fillProcess(cell, { process_name: name, process_id: pid }) {
  cell.replaceChildren(visible(name) || "unknown");
  if (pid) cell.append(h("span", { class: "muted" }, ` ${pid}`));
}
