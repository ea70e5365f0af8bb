// The geometry of the time band: errors stacked upwards from a line, connections downwards from it,
// each on a scale of its own.

import { numberIn } from "../filter/predicate.js";
import { kinds, kindOf } from "../errors/kinds.js";

/**
 * @typedef {{ time: number, errors: Record<string, number>, failed: number }} Bucket `time` in ms
 * @typedef {object} Timeline
 * @property {number} from ms
 * @property {number} to ms
 * @property {number} width of a bucket, ms
 * @property {Bucket[]} buckets
 * @property {{ time: number, count: number }[]} flows connections by step; none when not counted
 * @property {number} flowWidth ms: as `width`, or coarser
 * @property {Gap[]} gaps
 *
 * @typedef {{ from: number, to: number, host: string, count: number | null,
 *   reason: string }} Gap ms
 * @typedef {{ width: number, errors: number, connections: number }} Size in px
 */

/** In ms. @param {string} duration such as `30s` */
const widthOf = (duration) => /** @type {number} */ (numberIn(duration, "duration")) / 1000;

/**
 * The API's answer in numbers.
 * @param {any} answer of `/api/timeline`
 * @returns {Timeline}
 */
export function timelineOf(answer) {
  const width = widthOf(answer.bucket);
  const flowWidth = answer.connections_bucket ? widthOf(answer.connections_bucket) : width;
  return {
    from: Date.parse(answer.from),
    to: Date.parse(answer.to),
    width,
    buckets: answer.buckets.map((/** @type {any} */ { time, errors }) => ({
      time: Date.parse(time), errors,
      failed: Object.values(errors).reduce((sum, count) => sum + count, 0),
    })),
    // What is counted in coarser steps stands at the first bucket of each.
    flows: answer.buckets.filter((/** @type {any} */ { connections }) => connections !== null)
      .map((/** @type {any} */ { time, connections: count }) =>
        ({ time: Math.floor(Date.parse(time) / flowWidth) * flowWidth, count })),
    flowWidth,
    gaps: answer.gaps.map((/** @type {any} */ gap) =>
      ({ ...gap, from: Date.parse(gap.from), to: Date.parse(gap.to) })),
  };
}

/**
 * How many connections there were from one bucket to another; null when that is only known of
 * coarser steps.
 * @param {Timeline} timeline
 * @param {number} first
 * @param {number} last
 */
export function connectionsIn({ buckets, width, flows, flowWidth }, first, last) {
  if (flowWidth !== width || flows.length === 0) return null;
  return flows.filter(({ time }) => buckets[first].time <= time && time <= buckets[last].time)
    .reduce((sum, { count }) => sum + count, 0);
}

/**
 * The number at the end of a scale: the next 1, 2 or 5 times a power of ten.
 * @param {number} most
 */
export function ceiling(most) {
  if (most <= 5) return Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(most));
  return /** @type {number} */ ([1, 2, 3, 4, 5, 6, 8, 10].map((digit) => digit * power)
    .find((end) => end >= most));
}

/**
 * Where a time is, in px.
 * @param {Timeline} timeline
 * @param {number} width px
 */
export function scale({ from, to }, width) {
  const factor = width / Math.max(to - from, 1);
  return (/** @type {number} */ time) => (time - from) * factor;
}

/**
 * The bars as paths, one for each kind of error and one for connections.
 * @param {Timeline} timeline
 * @param {Size} size
 */
export function bars(timeline, size) {
  const { buckets, width, flows, flowWidth } = timeline;
  const mostErrors = ceiling(Math.max(0, ...buckets.map(({ failed }) => failed)));
  const mostConnections = ceiling(Math.max(0, ...flows.map(({ count }) => count)));
  const x = scale(timeline, size.width);
  /** @type {Record<string, string>} */
  const paths = {};
  let connections = "";
  for (const { time, count } of flows) {
    if (count === 0) continue;
    const [left, across] = extent(x(time), x(time + flowWidth), size.width);
    const height = Math.max(1, count / mostConnections * size.connections);
    connections += rectangle(left, size.errors + 1, across, height);
  }
  for (const bucket of buckets) {
    if (bucket.failed === 0) continue;
    const [left, across] = extent(x(bucket.time), x(bucket.time + width), size.width);
    // A single failure among thousands is still to be seen.
    const whole = Math.max(3, bucket.failed / mostErrors * (size.errors - 1));
    let bottom = size.errors;
    for (const { id } of kinds) {
      const count = Object.entries(bucket.errors)
        .reduce((sum, [error, count]) => sum + (kindOf(error).id === id ? count : 0), 0);
      if (count === 0) continue;
      const height = whole * count / bucket.failed;
      bottom -= height;
      paths[id] = (paths[id] ?? "") + rectangle(left, bottom, across, height);
    }
  }
  return { paths, connections, mostErrors, mostConnections };
}

/** Where a bar is and how wide, with a gap to the next one if there is room.
 *  @param {number} left @param {number} right @param {number} end @returns {[number, number]} */
function extent(left, right, end) {
  const [start, stop] = [Math.max(0, left), Math.min(end, right)];
  const gap = stop - start > 4 ? 1.5 : 0;
  return [start + gap / 2, Math.max(0.5, stop - start - gap)];
}

/** @param {number} x @param {number} y @param {number} width @param {number} height */
function rectangle(x, y, width, height) {
  const [left, top, across, down] = [x, y, width, height].map((number) => +number.toFixed(1));
  return `M${left} ${top}h${across}v${down}h${-across}z`;
}

/**
 * The index of the bucket that a time falls in; that of the first or last one outside of them.
 * @param {Timeline} timeline
 * @param {number} time ms
 */
export function bucketAt({ buckets }, time) {
  return Math.max(0, buckets.findLastIndex((bucket) => bucket.time <= time));
}
