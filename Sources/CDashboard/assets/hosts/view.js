// The hosts: how well each is watched, and what is missing.

import { addressOf, curlOf, jsonOf } from "../core/copying.js";
import { h } from "../core/dom.js";
import {
  ago, count, duration, milliseconds, percent, plural, timeOfDay, visible,
} from "../core/format.js";
import { microseconds } from "../core/rows.js";
import { questionOf } from "../core/state.js";
import { parse, term } from "../filter/language.js";
import { predicateOf } from "../filter/predicate.js";
import { createListView } from "../table/list.js";
import { copyButtons, factList, section } from "../table/panel.js";
import { fillBad, shortTable, timeFact, wayOn } from "../table/parts.js";

const mostGaps = 10_000;

/** How a host is watched. */
const tiers = {
  kernel: {
    title: "kernel events",
    text: "Every TCP attempt is told by the kernel, with its errno and process.",
  },
  diag: {
    title: "socket polling", text: "Sockets are polled through sock_diag: what is shorter than the "
      + "interval can be missed, and errors are inferred. As root the kernel tier sees all.",
  },
  proc: {
    title: "/proc polling", text: "Sockets are polled through /proc: what is shorter than the "
      + "interval can be missed, and errors are inferred. netmon doctor tells what would help.",
  },
};

/** After so long without a word a host is late, and then silent, ms. */
const limits = { late: 120_000, silent: 3_600_000 };
const conditions = {
  heard: { glyph: "●", text: "heard of" }, behind: { glyph: "◐", text: "behind," },
  late: { glyph: "◐", text: "late" }, silent: { glyph: "○", text: "silent" },
};

/** Whether what a host delivers is old. @param {{ lag_s: number | null }} host */
const isBehind = ({ lag_s: lag }) => (lag ?? 0) * 1000 >= limits.late;

/** @param {{ lag_s: number | null }} host */
const lagText = ({ lag_s: lag }) => (lag === null ? "" : duration(lag * 1e6));

/**
 * How a host stands; one that is heard of may still be behind with what it delivers.
 * @param {{ last_seen: string, lag_s: number | null }} host
 * @param {number} now ms
 * @returns {keyof typeof conditions}
 */
export function conditionOf(host, now) {
  const age = now - milliseconds(host.last_seen);
  if (age >= limits.silent) return "silent";
  if (age >= limits.late) return "late";
  return isBehind(host) ? "behind" : "heard";
}

/** @type {import("../table/list.js").ListColumn[]} */
const columns = [
  {
    id: "host", title: "Host", width: [150, 1.4], value: ({ host }) => host,
    text: ({ host }) => visible(host) || "unnamed host",
  },
  {
    id: "last_seen", title: "Last seen", width: [150, 0.9],
    value: (host) => microseconds(host.last_seen),
    text: (host) => `${conditions[host.condition].text} ${ago(host.last_seen)}`,
    fill: (cell, host) => cell.replaceChildren(
      h("span", { class: `glyph ${host.condition}`, "aria-hidden": "true" },
        conditions[host.condition].glyph),
      conditions[host.condition].text, h("span", { class: "muted" }, ` ${ago(host.last_seen)}`)),
  },
  {
    id: "tier", title: "Watched by", width: [120, 1], value: ({ tier }) => tier,
    text: ({ tier }) => tiers[tier]?.title ?? visible(tier) ?? "",
  },
  {
    id: "lag_s", title: "Behind", width: [88, 0.5], isNumber: true, value: ({ lag_s: lag }) => lag,
    text: lagText,
    fill: (cell, host) => cell.replaceChildren(
      isBehind(host) ? h("span", { class: "bad" }, lagText(host)) : lagText(host)),
  },
  {
    id: "gaps", title: "Gaps", width: [64, 0.4], isNumber: true, value: ({ gaps }) => gaps.length,
    text: ({ gaps }) => count(gaps.length), fill: (cell, { gaps }) => fillBad(cell, gaps.length),
  },
  {
    id: "lost", title: "Lost", width: [104, 0.6], isNumber: true, value: ({ lost }) => lost,
    text: ({ lost }) => count(lost), fill: (cell, { lost }) => fillBad(cell, lost),
  },
  {
    id: "connections", title: "Connections", width: [104, 0.6], isNumber: true,
    value: (host) => host.connections, text: (host) => count(host.connections),
  },
  {
    id: "errors", title: "Failed", width: [76, 0.5], isNumber: true, value: ({ errors }) => errors,
    text: ({ errors }) => count(errors), fill: (cell, { errors }) => fillBad(cell, errors),
  },
  {
    id: "share", title: "Failure rate", width: [96, 0.6], isNumber: true,
    value: ({ errors, connections }) => (connections > 0 ? errors / connections : null),
    text: ({ errors, connections }) => percent(errors, connections),
  },
];

/** What a filter says about hosts; the list of hosts can be asked for nothing else. */
function hostFilter(q) {
  const terms = parse(q).filter(({ key }) => key === "host");
  return predicateOf(terms.map(({ text }) => text).join(" "));
}

/** What the figures are of, as filter and span are right above them. @param {string} q */
function scopeText(q) {
  const isNarrower = parse(q).some(({ key }) => key !== "host");
  return "Connections and failures since the store began, gaps of the span"
    + (isNarrower ? "; of the filter only host: counts here." : ".");
}

/** @param {any} app @returns {import("../views.js").View} */
export function createHostsView(app) {
  async function load(state, signal) {
    const { since, until } = questionOf(state);
    const [hosts, gaps] = await Promise.all([
      app.api.get("hosts", {}, signal),
      app.api.get("gaps", { since, until, limit: mostGaps }, signal),
    ]);
    const now = Date.now();
    return hosts.filter(hostFilter(state.q)).map((host) => ({
      ...host, condition: conditionOf(host, now),
      // A gap of no host in particular is one of each.
      gaps: gaps.filter((gap) => gap.host === host.host || gap.host === ""),
    }));
  }

  return createListView(app, {
    id: "hosts", label: "Hosts", columns, key: ({ host }) => host || "-",
    sort: { id: "host", isDescending: false }, kind: ({ condition }) => condition, load,
    summary: (hosts) => `${[
      plural(hosts.length, "host"),
      ...["behind", "late", "silent"].map((condition) => {
        const number = hosts.filter((host) => host.condition === condition).length;
        return number > 0 ? `${count(number)} ${condition}` : "";
      }),
    ].filter(Boolean).join(", ")}. ${scopeText(app.state.get().q)}`,
    detail: (host) => detail(app, host),
    more: (host, signal) => more(app, host, signal),
    none: "No host",
  });
}

function detail(app, host) {
  const { glyph, text } = conditions[host.condition];
  const q = host.host ? term("host", host.host) : "";
  return [
    h("h2", null, visible(host.host) || "unnamed host"),
    h("p", null, h("span", { class: `glyph ${host.condition}`, "aria-hidden": "true" }, glyph),
      ` ${text} ${ago(host.last_seen)}; ${percent(host.errors, host.connections)} of `,
      `${plural(host.connections, "connection")} failed`),
    wayOn(app, [["Its connections", "connections", q], ["Its errors", "errors", q],
      ["Its processes", "processes", q], ["Its map", "map", q]]),
    copyButtons(app, {
      filter: () => q, JSON: () => jsonOf({ ...host, gaps: undefined }),
      curl: () => curlOf(addressOf("hosts")),
    }),
    section("How it is watched",
      host.tier ? h("p", null, tiers[host.tier]?.text ?? visible(host.tier))
        : h("p", { class: "muted" }, "It has not said; its records came some other way."),
      factList([
        ["Watched by", tiers[host.tier]?.title], ["Last seen", timeFact(host.last_seen)],
        ["Delivery behind", host.lag_s === null ? null : duration(host.lag_s * 1e6)],
        ["Records lost", count(host.lost)],
      ])),
    section("What is missing", shortTable("Gaps", [
      { title: "From", text: ({ from }) => timeOfDay(from) },
      { title: "Lasting", isNumber: true, text: ({ from, to }) =>
        duration(microseconds(to) - microseconds(from)) },
      { title: "Lost", isNumber: true, text: (gap) =>
        (gap.count === null ? "unknown" : count(gap.count)) },
      { title: "Why", text: ({ reason }) => visible(reason) },
    ], host.gaps) ?? h("p", { class: "muted" }, "No gap is known in this time.")),
  ];
}

async function more(app, host, signal) {
  if (!host.host) return [];
  const { since, until } = questionOf(app.state.get());
  const { groups } = await app.api.get(
    "errors", { q: term("host", host.host), since, until, by: "error,process" }, signal);
  return [section("Fails most", shortTable("Failures", [
    { title: "Error", text: ({ error }) => error },
    { title: "Process", text: ({ process_name: name }) => visible(name) || "unknown" },
    { title: "Count", isNumber: true, text: (group) => count(group.count) },
    { title: "Last", isNumber: true, text: ({ last }) => ago(last) },
  ], groups, 12))];
}
