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

/**
 * The groups by error, the most frequent error first.
 * @param {Group[]} groups the largest first
 * @returns {Section[]}
 */
export function sectionsOf(groups) {
  /** @type {Map<string, Section>} */
  const sections = new Map();
  for (const group of groups) {
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

/**
 * What fails most, in a sentence with its subject and object apart.
 * @param {Section[]} sections
 * @returns {{ total: string, process: string, verb: string, remote: string, rest: string } | null}
 */
export function headline(sections) {
  const groups = sections.flatMap((section) => section.groups);
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  if (total === 0) return null;
  const [{ error, process_name: process, remote_addr: remote, count: number, successes }] =
    groups.toSorted((a, b) => b.count - a.count);
  const share = successes === 0
    ? "It never worked in this time."
    : `${percent(number, number + successes)} of its attempts there fail.`;
  const part = number < total ? `: ${count(number)} of them (${percent(number, total)})` : "";
  return {
    total: `${plural(total, "failure")} in ${plural(groups.length, "group")}`,
    process: visible(process) || "An unknown process",
    verb: sentences[kindOf(error).id],
    remote,
    rest: `${part}. ${share}`,
  };
}
