// The time band's chart, and the brush on it.

import { h, replaceChildren, svg } from "../core/dom.js";
import { count, duration, plural, shortCount, shortTime, timeOfDay } from "../core/format.js";
import { countsByKind, kinds } from "../errors/kinds.js";
import { bars, bucketAt, connectionsIn, scale } from "./bars.js";
import { createBrush } from "./brush.js";
import { spanText, ticks } from "./span.js";

/** @typedef {import("./bars.js").Timeline} Timeline */

const heights = { errors: 64, connections: 26, axis: 18 };
const height = heights.errors + heights.connections + heights.axis + 2;

/** What tells kinds apart without colour: paths over a tile of 6 px.
 *  @type {Record<string, string>} */
const patterns = {
  refused: "", timeout: "M0 0 6 6M-1 5l2 2M5-1l2 2", reset: "M0 3h6", aborted: "M3 0v6",
  host: "M0 6 6 0M-1 1l2-2M5 7l2-2", net: "M0 3h6M3 0v6", other: "M2 3h2",
};

function definitions() {
  return svg("defs", null,
    kinds.map(({ id }) => svg("pattern", {
      id: `pattern-${id}`, class: "kind", "data-kind": id, width: 6, height: 6,
      patternUnits: "userSpaceOnUse",
    }, svg("rect", { width: 6, height: 6 }), svg("path", { d: patterns[id] }))),
    svg("pattern", { id: "pattern-gap", width: 8, height: 8, patternUnits: "userSpaceOnUse" },
      svg("path", { class: "hatch", d: "M0 8 8 0M-2 2l4-4M6 10l4-4" })));
}

/**
 * Some buckets in words.
 * @param {Timeline} timeline
 * @param {number} first
 * @param {number} last
 */
export function bucketText(timeline, first, last) {
  const { buckets, width } = timeline;
  /** @type {Record<string, number>} */
  const errors = {};
  for (const bucket of buckets.slice(first, last + 1)) {
    for (const [error, number] of Object.entries(bucket.errors)) {
      errors[error] = (errors[error] ?? 0) + number;
    }
  }
  const parts = countsByKind(errors).map((each) => `${count(each.count)} ${each.kind.name}`);
  const connections = connectionsIn(timeline, first, last);
  const span = spanText(buckets[first].time, buckets[last].time + width);
  const rest = connections === null ? "" : `; ${plural(connections, "connection")}`;
  return `${span}: ${parts.join(", ") || "no errors"}${rest}`;
}

/**
 * @param {{ select: (from: number, to: number) => void, pick: (time: number) => boolean }} actions
 *   `pick` is asked first what a single moment means; ms
 */
export function createChart({ select, pick }) {
  const gaps = svg("g", { class: "gaps" });
  const connections = svg("path", { class: "connections" });
  const errors = Object.fromEntries(kinds.map(({ id }) =>
    [id, svg("path", { fill: `url(#pattern-${id})` })]));
  const axis = svg("g", { class: "axis" });
  const scales = svg("g", { class: "scales" });
  const marked = svg("rect", { class: "marked", height: height - heights.axis });
  const moment = svg("path", { class: "moment" });
  const line = svg("path", { class: "line" });
  const drawing = svg("svg", { height, "aria-hidden": "true" }, definitions(), gaps, connections,
    Object.values(errors), line, marked, moment, axis, scales);
  const tip = h("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  const element = h("div", {
    class: "chart", tabindex: 0, role: "slider",
    "aria-label": "Time: arrows move, shift and arrows select, Enter shows only that",
    "aria-valuemin": 0, "aria-valuenow": 0,
  }, drawing, tip);

  /** @type {Timeline | null} */
  let timeline = null;
  let width = 0;
  /** @type {number | null} */
  let at = null;

  const brush = createBrush(element, {
    count: () => timeline?.buckets.length ?? 0,
    indexAt: (x) => timeline
      ? bucketAt(timeline, timeline.from + x / width * (timeline.to - timeline.from)) : 0,
    show: showMarked,
    apply(first, last) {
      if (!timeline || timeline.buckets.length === 0) return;
      const { buckets, width } = timeline;
      if (first === last && pick(buckets[first].time + width / 2)) return;
      select(buckets[first].time, buckets[last].time + width);
    },
  });

  /** @param {number} first @param {number} last first > last: nothing */
  function showMarked(first, last) {
    const isShown = timeline !== null && first <= last && last < timeline.buckets.length;
    marked.toggleAttribute("hidden", !isShown);
    tip.hidden = !isShown;
    if (!timeline || !isShown) return;
    const x = scale(timeline, width);
    const left = Math.max(0, x(timeline.buckets[first].time));
    const right = Math.min(width, x(timeline.buckets[last].time + timeline.width));
    marked.setAttribute("x", String(left));
    marked.setAttribute("width", String(Math.max(1, right - left)));
    const text = bucketText(timeline, first, last);
    tip.textContent = text;
    tip.style.left = `${Math.min(Math.max(left, 4), Math.max(4, width - tip.offsetWidth - 4))}px`;
    element.setAttribute("aria-valuenow", String(last));
    element.setAttribute("aria-valuetext", text);
  }

  function draw() {
    if (!timeline || width === 0) return;
    const shape = bars(timeline, { width, ...heights });
    const x = scale(timeline, width);
    drawing.setAttribute("width", String(width));
    for (const { id } of kinds) errors[id].setAttribute("d", shape.paths[id] ?? "");
    connections.setAttribute("d", shape.connections);
    line.setAttribute("d", `M0 ${heights.errors + 0.5}h${width}`);
    replaceChildren(gaps, timeline.gaps.map(({ from, to }) => {
      const [left, right] = [Math.max(0, x(from)), Math.min(width, x(to))];
      return svg("rect", {
        x: left, width: Math.max(3, right - left), height: height - heights.axis,
      });
    }));
    replaceChildren(axis, axisMarks(timeline, width));
    const { width: step, flowWidth } = timeline;
    const isEmpty = Object.keys(shape.paths).length === 0;
    replaceChildren(scales,
      !isEmpty && tick(1, shape.mostErrors, "Errors", step),
      shape.connections && tick(heights.errors + 1 + heights.connections, shape.mostConnections,
        "Connections", flowWidth));
    const isMoment = at !== null && at >= timeline.from && at <= timeline.to;
    moment.setAttribute("d",
      isMoment ? `M${x(at ?? 0).toFixed(1)} 0v${height - heights.axis}` : "");
    element.setAttribute("aria-valuemax", String(Math.max(0, timeline.buckets.length - 1)));
    brush.refresh();
  }

  new ResizeObserver(([entry]) => {
    width = Math.floor(entry.contentRect.width);
    draw();
  }).observe(element);

  return {
    element,
    /** @param {Timeline} next @param {string | null} moment that is travelled to */
    show(next, moment) {
      timeline = next;
      at = moment === null ? null : Date.parse(moment);
      draw();
    },
  };
}

/** The end of a scale, left of the bars. @param {number} y @param {number} most
 *  @param {string} what @param {number} step ms */
function tick(y, most, what, step) {
  return svg("g", null,
    svg("title", null, `${what} in ${duration(step * 1000).replace(".0", "")}`),
    svg("path", { d: `M-5 ${y - 0.5}h5` }),
    svg("text", { x: -8, y: y + 4, "text-anchor": "end" }, shortCount(most)));
}

/** The times below the bars. @param {Timeline} timeline @param {number} width px */
function axisMarks(timeline, width) {
  const { from, to } = timeline;
  const x = scale(timeline, width);
  const say = to - from < 600_000 ? timeOfDay : shortTime;
  let day = "";
  return ticks(from, to, Math.max(2, width / 110)).flatMap((time) => {
    const place = x(time);
    const anchor = place < 40 ? "start" : place > width - 40 ? "end" : "middle";
    // The day is said where it begins.
    const words = say(time).split(" ");
    const isSameDay = words.slice(0, -1).join(" ") === day;
    day = words.slice(0, -1).join(" ");
    return [
      svg("path", { d: `M${place.toFixed(1)} ${height - heights.axis}v4` }),
      svg("text", { x: place.toFixed(1), y: height - 3, "text-anchor": anchor },
        isSameDay ? words.at(-1) : words.join(" ")),
    ];
  });
}
