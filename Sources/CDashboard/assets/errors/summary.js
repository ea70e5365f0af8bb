// What the groups of failures come to: the kinds of errors, the largest first, and one sentence.

import { count, percent, plural, visible } from "../core/format.js";
import { kindOf } from "./kinds.js";

/**
 * @typedef {object} Group as `/api/errors` tells it
 * @property {string} error
 * @property {string} process_name
 * @property {string} remote_addr
 * @property {number} count
 * @property {string} first
 * @property {string} last
 * @property {number} successes
 * @property {number[]} trend
 * @property {number} [failures] of its process at its destination, whatever the error
 *
 * @typedef {object} Section the groups of an error
 * @property {string} error
 * @property {number} count
 * @property {string} first
 * @property {string} last
 * @property {number[]} trend
 * @property {Group[]} groups
 */

/** What a group is known by. @param {Group} group */
export const groupKey = ({ error, process_name: process, remote_addr: remote }) =>
  `${error} ${remote} ${process}`;

/** The same attempts may fail in several ways. @param {Group} group */
const pairKey = ({ process_name: process, remote_addr: remote }) => `${remote} ${process}`;

/**
 * How many failed with each error, also in groups that the answer has no room for.
 * @param {{ counts: Record<string, number> }[]} timeline
 */
function countsIn(timeline) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const { counts } of timeline) {
    for (const [error, number] of Object.entries(counts)) {
      sums.set(error, (sums.get(error) ?? 0) + number);
    }
  }
  return sums;
}

/**
 * The groups by error, the most frequent error first.
 * @param {{ groups: Group[], timeline: { counts: Record<string, number> }[] }} answer of
 *   `/api/errors`, its groups the largest first
 * @returns {Section[]}
 */
export function sectionsOf({ groups, timeline }) {
  /** @type {Map<string, number>} */
  const failures = new Map();
  for (const group of groups) {
    const key = pairKey(group);
    failures.set(key, (failures.get(key) ?? 0) + group.count);
  }
  /** @type {Map<string, Section>} */
  const sections = new Map();
  for (const counted of groups) {
    const group = { ...counted, failures: failures.get(pairKey(counted)) };
    const section = sections.get(group.error);
    if (!section) {
      const { error, count, first, last, trend } = group;
      sections.set(error, { error, count, first, last, trend: [...trend], groups: [group] });
      continue;
    }
    section.count += group.count;
    section.groups.push(group);
    group.trend.forEach((part, index) => { section.trend[index] += part; });
    // RFC 3339 in UTC sorts as text.
    if (group.first < section.first) section.first = group.first;
    if (group.last > section.last) section.last = group.last;
  }
  for (const [error, number] of countsIn(timeline)) {
    const section = sections.get(error);
    if (section) section.count = Math.max(section.count, number);
  }
  return [...sections.values()].sort((a, b) => b.count - a.count);
}

/**
 * Whether a group began in the last part of the time asked about, and so may be what has just
 * broken.
 * @param {Group} group
 */
export function isNew({ trend }) {
  const first = trend.findIndex((part) => part > 0);
  return first >= trend.length * 0.75;
}

/** @type {Record<string, string>} */
const sentences = {
  refused: "is refused by", timeout: "gets no answer from", reset: "is cut off by",
  aborted: "gives up on", host: "finds no way to", net: "has no route to", other: "fails at",
};

/** A group with a smaller part of all failures than this says little about them. */
const goodPart = 0.1;

/**
 * @typedef {{ total: string, lead: Lead | null, spread: string }} Headline
 * @typedef {{ process: string, verb: string, remote: string, rest: string }} Lead
 */

/**
 * What fails most, in a sentence with its subject and object apart; where no group has a good part
 * of the failures, which error does.
 * @param {Section[]} sections
 * @param {{ total: number, total_groups: number }} whole also what there was no room for
 * @returns {Headline | null}
 */
export function headline(sections, { total, total_groups: totalGroups }) {
  const groups = sections.flatMap((section) => section.groups);
  if (groups.length === 0) return null;
  const [first] = groups.toSorted((a, b) => b.count - a.count);
  const where = groups.length < totalGroups
    ? `, ${count(groups.length)} of ${count(totalGroups)} groups shown`
    : ` in ${plural(totalGroups, "group")}`;
  const said = { total: `${plural(total, "failure")}${where}` };
  if (first.count >= total * goodPart) return { ...said, lead: leadOf(first, total), spread: "" };
  const [{ error, count: number }] = sections;
  const share = `${percent(number, total)} of them are ${error}`;
  return { ...said, lead: null, spread: `${share}; no process or destination stands out.` };
}

/** @param {Group} group @param {number} total @returns {Lead} */
function leadOf(group, total) {
  const { error, process_name: process, remote_addr: remote, count: number, successes } = group;
  const failures = group.failures ?? number;
  const share = successes === 0
    ? "It never worked in this time."
    : `${percent(failures, failures + successes)} of its attempts there fail.`;
  const part = number < total ? `: ${count(number)} of them (${percent(number, total)})` : "";
  return {
    process: visible(process) || "An unknown process", verb: sentences[kindOf(error).id], remote,
    rest: `${part}. ${share}`,
  };
}
