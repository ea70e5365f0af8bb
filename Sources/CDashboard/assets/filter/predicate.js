// A filter applied to records in memory, for the instant before the server has answered. What it
// does not understand, such as a term that is still being typed, narrows nothing: the server's
// answer is the truth.

import { endsOf, namesOf } from "../core/rows.js";
import { parse } from "./language.js";

/** @typedef {(record: any) => boolean} Predicate */

const aliases = new Map(Object.entries({
  process: "process_name", pid: "process_id", path: "process_path", remote: "remote_addr",
  local: "local_addr", addr: "address", service: "service_name", proto: "protocol",
  latency: "connect_us", duration: "duration_us", rtt: "rtt_us", stage: "error_stage",
  source: "error_source", cause: "error_cause", sent: "bytes_sent", received: "bytes_received",
  uid: "user_id", ppid: "parent_id", parent: "parent_name",
}));
const texts = new Set(["process_name", "process_path", "service_name", "host", "user", "unit",
  "container", "parent_name", "command", "origin"]);
const choices = new Set(["protocol", "state", "direction", "family", "error_stage", "error_source",
  "error_cause"]);
const numbers = new Map(Object.entries({
  process_id: "none", errno: "none", retransmits: "none", drops: "none", user_id: "none",
  parent_id: "none", netns: "none", id: "none", revision: "none",
  connect_us: "duration", duration_us: "duration", rtt_us: "duration",
  bytes: "size", bytes_sent: "size", bytes_received: "size",
}));
/** @type {Record<string, Record<string, number>>} */
const units = {
  none: {},
  duration: { us: 1, "µs": 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 },
  size: {
    b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12,
    kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3, tib: 1024 ** 4,
  },
};
const endpoint =
  /^(\[[^\]]*\]|[^:]*|[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f.]*)(?::(\d+)(?:(?:-|\.\.)(\d+))?)?$/i;

/**
 * What a filter asks of a record.
 * @param {string} text
 * @param {number} [now] ms, what relative times count back from
 * @returns {Predicate}
 */
export function predicateOf(text, now = Date.now()) {
  /** @type {Predicate[]} */
  const all = [];
  for (const { key, values, isNegated } of parse(text)) {
    const any = values.map((value) => matchOf(key, value, now));
    // Of a term that is not understood, neither it nor its opposite is known.
    if (any.some((match) => match === null)) continue;
    const matches = /** @type {Predicate[]} */ (any);
    const holds = anyOf(matches);
    all.push(isNegated ? (record) => !holds(record) : holds);
  }
  return allOf(all);
}

// Calls that each go to one function only are several times as fast as going through a list, which
// counts where a hundred thousand records are looked at while somebody types.

/** @param {Predicate[]} all @returns {Predicate} */
function allOf([first, ...rest]) {
  if (!first) return () => true;
  if (rest.length === 0) return first;
  const others = allOf(rest);
  return (record) => first(record) && others(record);
}

/** @param {Predicate[]} any at least one @returns {Predicate} */
function anyOf([first, ...rest]) {
  if (rest.length === 0) return first;
  const others = anyOf(rest);
  return (record) => first(record) || others(record);
}

/**
 * Whether a predicate knows what every term of its filter means, so that it selects what the server
 * would.
 * @param {string} text
 */
export function isUnderstood(text) {
  return parse(text).every(({ key, values }) =>
    values.every((value) => matchOf(key, value, 0) !== null));
}

/** @param {string | null} key @param {import("./language.js").Value} value @param {number} now
 *  @returns {Predicate | null} */
function matchOf(key, value, now) {
  const text = value.pieces.join("*");
  if (text === "" && !value.isQuoted) return null;
  if (key === null) return word(text.toLowerCase());
  const field = aliases.get(key) ?? key;
  if (field === "error") return errorMatch(text.toUpperCase());
  if (texts.has(field)) return textMatch(field, value);
  if (choices.has(field)) return (record) => same(record[field], text);
  const unit = numbers.get(field);
  if (unit) return numberMatch(field, text, unit);
  if (field === "since" || field === "until") return timeMatch(field, text, now);
  if (field === "port") return endpointMatch(["local_addr", "remote_addr"], `:${text}`);
  if (field === "address") return endpointMatch(["local_addr", "remote_addr"], text);
  if (field === "local_addr" || field === "remote_addr") return endpointMatch([field], text);
  return null;
}

/** @param {string | null} a @param {string} b */
const same = (a, b) => (a ?? "").toLowerCase() === b.toLowerCase();

/** @param {string} wanted in lower case @returns {Predicate} */
function word(wanted) {
  // Of names there are few, so each is searched once.
  /** @type {Map<string, boolean>} */
  const known = new Map();
  const mayBeInAddress = /^[0-9a-f:.[\]]*$/.test(wanted);
  return (record) => {
    const names = record.names ?? namesOf(record);
    let isFound = known.get(names);
    if (isFound === undefined) known.set(names, isFound = names.includes(wanted));
    return isFound || (mayBeInAddress && (record.ends ?? endsOf(record)).includes(wanted));
  };
}

/** @param {string} name @returns {Predicate} */
function errorMatch(name) {
  if (name === "ANY") return ({ error }) => error !== null;
  if (name === "NONE") return ({ error }) => error === null;
  const canonical = name === "ETIMEDOUT" ? "ECONNTIMEOUT" : name;
  return ({ error }) => error === canonical;
}

/** @param {string} field @param {import("./language.js").Value} value @returns {Predicate} */
function textMatch(field, { pieces, isQuoted }) {
  const isBeginning = field === "container" && !isQuoted && pieces.length === 1;
  if (pieces.length === 1 && !isBeginning) return (record) => record[field] === pieces[0];
  const escaped = pieces.map((piece) => piece.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const pattern = new RegExp(`^${escaped.join("[^]*")}${isBeginning ? "" : "$"}`);
  return (record) => typeof record[field] === "string" && pattern.test(record[field]);
}

/** @param {string} field @param {string} text @param {string} unit @returns {Predicate | null} */
function numberMatch(field, text, unit) {
  const valueIn = field === "bytes"
    ? (/** @type {any} */ { bytes_sent: sent, bytes_received: received }) =>
      sent === null && received === null ? null : (sent ?? 0) + (received ?? 0)
    : (/** @type {any} */ record) => record[field];
  const [, operator, rest] = /** @type {string[]} */ (/^([<>]=?|=?)(.*)$/s.exec(text) ?? []);
  const [low, high] = rest.split("..").map((part) => numberIn(part, unit));
  if (low === null || high === null) return null;
  /** @param {(number: number) => boolean} holds @returns {Predicate} */
  const known = (holds) => (record) => {
    const number = valueIn(record);
    return number !== null && number !== undefined && holds(number);
  };
  if (high !== undefined) return known((number) => low <= number && number <= high);
  switch (operator) {
    case ">": return known((number) => number > low);
    case ">=": return known((number) => number >= low);
    case "<": return known((number) => number < low);
    case "<=": return known((number) => number <= low);
    default: return known((number) => number === low);
  }
}

/**
 * A number with units, in the smallest of them; null when it is none.
 * @param {string} text
 * @param {string} unit `none`, `duration` (µs) or `size` (bytes)
 * @returns {number | null}
 */
export function numberIn(text, unit) {
  if (/^\d+$/.test(text)) return unit === "duration" ? null : Number(text);
  if (!/^(\d+(\.\d+)?[a-zµ]+)+$/i.test(text)) return null;
  let total = 0;
  for (const [, number, name] of text.toLowerCase().matchAll(/(\d+(?:\.\d+)?)([a-zµ]+)/g)) {
    const factor = units[unit][name];
    if (!factor) return null;
    total += Number(number) * factor;
  }
  return total;
}

/** @param {string} field @param {string} text @param {number} now @returns {Predicate | null} */
function timeMatch(field, text, now) {
  const moment = momentOf(text, now);
  if (moment === null) return null;
  return field === "since"
    ? ({ timestamp }) => Date.parse(timestamp) >= moment
    : ({ timestamp }) => Date.parse(timestamp) < moment;
}

/**
 * A time of the filter language in ms; null when it is none.
 * @param {string} text RFC 3339, `now`, or a duration that counts back from now
 * @param {number} now ms
 * @returns {number | null}
 */
export function momentOf(text, now) {
  if (text.toLowerCase() === "now") return now;
  const duration = /\d$/.test(text) ? null : numberIn(text, "duration");
  if (duration !== null) return now - duration / 1000;
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return null;
  // Without an offset it is UTC, which Date.parse takes to be local.
  const isLocal = text.length > 10 && !/(z|[+-]\d\d:?\d\d)$/i.test(text);
  const time = Date.parse(isLocal ? `${text}Z` : text);
  return Number.isNaN(time) ? null : time;
}

/** Whole addresses, ports and ranges of ports; blocks are left to the server.
 *  @param {string[]} fields @param {string} text @returns {Predicate | null} */
function endpointMatch(fields, text) {
  const [, host, first, last] = endpoint.exec(text) ?? [];
  if (host === undefined || host.includes("/") || (host === "" && first === undefined)) return null;
  if (Math.max(Number(first ?? 0), Number(last ?? 0)) > 65_535) return null;
  const bare = (/** @type {string} */ host) => host.replace(/^\[|\]$/g, "");
  const address = bare(host).toLowerCase();
  return (record) => fields.some((field) => {
    const end = record[field];
    const colon = end.lastIndexOf(":");
    if (address && address !== "*" && bare(end.slice(0, colon)) !== address) return false;
    const port = Number(end.slice(colon + 1));
    return first === undefined || (Number(first) <= port && port <= Number(last ?? first));
  });
}
