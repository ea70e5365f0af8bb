// Spans of time: the ones to choose from, and how one is said.

import { shortTime, timeOfDay } from "../core/format.js";
import { momentOf } from "../filter/predicate.js";

/** What can be chosen: the state's `since`, and its label. @type {readonly [string, string][]} */
export const presets = [
  ["15m", "15 min"], ["1h", "1 h"], ["6h", "6 h"], ["1d", "24 h"], ["7d", "7 d"], ["all", "All"],
];

/**
 * What a fresh page shows: the last hour if something was seen in it, else everything.
 * @param {{ newest: string | null }} stats
 * @param {number} now ms
 */
export function firstSpan({ newest }, now) {
  return newest !== null && now - Date.parse(newest) < 3_600_000 ? "1h" : "all";
}

/**
 * Whether two beginnings of a span that ends now are the same: `1d` and `24h`.
 * @param {string | null} one
 * @param {string} other
 */
export function isSameSpan(one, other) {
  const moment = one === null ? null : momentOf(one, 0);
  return one === other || (moment !== null && moment === momentOf(other, 0));
}

/**
 * The span that was asked for, which the steps of a timeline may go beyond.
 * @param {{ since: string | null, until: string | null }} state
 * @param {{ from: number, to: number }} timeline ms
 * @param {number} now ms
 * @returns {{ from: number, to: number }} ms
 */
export function spanOf({ since, until }, timeline, now) {
  return {
    from: (since && momentOf(since, now)) ?? timeline.from,
    to: until ? momentOf(until, now) ?? timeline.to : now,
  };
}

/**
 * The time zone in which times are told: `UTC`, `CET`, `GMT+5:30`.
 * @param {number} time ms
 */
export function zoneText(time) {
  return new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" }).formatToParts(time)
    .find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/**
 * A span in words: `11:08 – 12:08`.
 * @param {number} from ms
 * @param {number} to ms
 * @param {number} [now] ms
 */
export function spanText(from, to, now = Date.now()) {
  const say = to - from < 600_000 ? timeOfDay : shortTime;
  // The day is said once when it is the same, and twice when it is not, also when one is today.
  const isOneDay = new Date(from).toDateString() === new Date(to).toDateString();
  if (!isOneDay) return `${say(from, 0)} – ${say(to, 0)}`;
  return `${say(from, now)} – ${/** @type {string} */ (say(to, now).split(" ").at(-1))}`;
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600,
  43_200, 86_400, 172_800, 604_800].map((seconds) => seconds * 1000);

/**
 * Round times of day at which an axis is marked, in ms.
 * @param {number} from ms
 * @param {number} to ms
 * @param {number} most how many there is room for, from 1
 * @param {number} [offset] minutes that the local time is behind UTC
 * @returns {number[]}
 */
export function ticks(from, to, most, offset = new Date(from).getTimezoneOffset()) {
  const step = steps.find((step) => (to - from) / step <= most) ?? steps[steps.length - 1];
  const shift = offset * 60_000;
  const times = [];
  for (let time = Math.ceil((from - shift) / step) * step + shift; time <= to; time += step) {
    times.push(time);
  }
  return times;
}

/**
 * The same span, earlier or later by a part of itself; never later than now.
 * @param {{ from: number, to: number }} span ms
 * @param {number} part such as -0.5
 * @param {number} now ms
 */
export function moved({ from, to }, part, now) {
  const shift = Math.min(Math.round((to - from) * part), now - to);
  return { since: new Date(from + shift).toISOString(), until: new Date(to + shift).toISOString() };
}
