// The processes: what each listens on, talks to and fails at, also those that are gone.

import { addressOf, curlOf, jsonOf } from "../core/copying.js";
import { h } from "../core/dom.js";
import { ago, count, percent, plural, visible } from "../core/format.js";
import { microseconds } from "../core/rows.js";
import { questionAt } from "../core/question.js";
import { term } from "../filter/language.js";
import { createListView } from "../table/list.js";
import { copyButtons, factList, section } from "../table/panel.js";
import { fillBad, shortTable, timeFact, wayOn } from "../table/parts.js";
import { peersOf } from "./peers.js";

/** How many are asked for: the ones seen last, and when they are not enough. */
const limits = { usual: 1000, most: 10_000 };
/** How many of its connections are looked at for whom it talks to. */
const sampled = 1000;

/** Open sockets say that an instance runs, a successor with its id that it does not. */
const conditions = {
  active: { glyph: "●", text: "sockets open" },
  quiet: { glyph: "○", text: "none open" },
  ended: { glyph: "✕", text: "ended" },
};

/** @param {keyof typeof conditions} condition */
const sign = (condition) =>
  h("span", { class: `glyph ${condition}`, "aria-hidden": "true" }, conditions[condition].glyph);

/** @param {any} process */
const keyOf = ({ host, process_id: pid, first_seen: first, process_name: name }) =>
  `${host ?? ""}/${pid}/${name}/${first}`;

/**
 * Marks instances whose id was given to a later one.
 * @param {any[]} processes
 */
export function withConditions(processes) {
  const latest = new Map();
  const place = ({ host, process_id: pid }) => `${host ?? ""}/${pid}`;
  for (const process of processes) {
    const known = latest.get(place(process));
    if (!known || process.first_seen > known) latest.set(place(process), process.first_seen);
  }
  return processes.map((process) => {
    const isReplaced = process.process_id > 0 && process.first_seen < latest.get(place(process));
    const condition = process.open > 0 ? "active" : isReplaced ? "ended" : "quiet";
    return { ...process, condition };
  });
}

/** @type {import("../table/list.js").ListColumn[]} */
const columns = [
  {
    id: "process_name", title: "Process", width: [150, 1.2],
    value: ({ process_name: name }) => name || null,
    text: ({ process_name: name, process_id: pid }) => `${visible(name) || "unknown"} ${pid || ""}`,
    fill: (cell, { process_name: name, process_id: pid }) => cell.replaceChildren(
      visible(name) || "unknown", h("span", { class: "muted" }, ` ${pid || ""}`)),
  },
  {
    id: "condition", title: "Sockets", width: [140, 0.7], value: ({ condition }) => condition,
    text: ({ condition }) => conditions[condition].text,
    fill: (cell, { condition }) =>
      cell.replaceChildren(sign(condition), conditions[condition].text),
  },
  { id: "host", title: "Host", value: ({ host }) => host, text: ({ host }) => visible(host) },
  {
    id: "unit", title: "Unit or user", width: [110, 1], value: ({ unit, user }) => unit ?? user,
    text: ({ unit, user }) => visible(unit ?? user),
  },
  {
    id: "listens", title: "Listens on", width: [140, 1.2],
    value: ({ listens }) => listens[0]?.local_addr ?? null,
    text: ({ listens }) => listensText(listens),
  },
  {
    id: "connections", title: "Connections", width: [104, 0.6], isNumber: true,
    value: (process) => process.connections, text: (process) => count(process.connections),
  },
  {
    id: "open", title: "Open", width: [60, 0.4], isNumber: true, value: ({ open }) => open,
    text: ({ open }) => count(open),
  },
  {
    id: "errors", title: "Failed", width: [72, 0.5], isNumber: true, value: ({ errors }) => errors,
    text: ({ errors }) => count(errors), fill: (cell, { errors }) => fillBad(cell, errors),
  },
  {
    id: "last_seen", title: "Last seen", width: [112, 0.6], isNumber: true,
    value: (process) => microseconds(process.last_seen), text: (process) => ago(process.last_seen),
  },
];

/** @param {any[]} listens */
function listensText(listens) {
  const names = listens.map(({ protocol, local_addr: local }) =>
    (protocol === "udp" ? `${local} udp` : local));
  return names.length > 2 ? `${names[0]} and ${names.length - 1} more` : names.join(", ");
}

/** @param {any} process */
function filterOf({ process_id: pid, process_name: name, host }) {
  return [...(name ? [term("process", name)] : []), term("pid", pid),
    ...(host ? [term("host", host)] : [])].join(" ");
}

/** @param {any} app @returns {import("../views.js").View} */
export function createProcessesView(app) {
  return createListView(app, {
    id: "processes", label: "Processes", columns, key: keyOf,
    sort: { id: "last_seen", isDescending: true },
    kind: ({ condition }) => condition,
    limits,
    load: async (state, signal, limit) => withConditions(
      await app.api.get("processes", { ...questionAt(state), limit }, signal)),
    summary: (processes, limit) => {
      const failing = processes.filter(({ errors }) => errors > 0).length;
      const all = processes.length === limit
        ? `the ${count(limit)} processes seen last, there may be more`
        : plural(processes.length, "process", "processes");
      return `${all}; ${count(failing)} with failures`;
    },
    detail: (process) => detail(app, process),
    more: (process, signal) => more(app, process, signal),
    none: "No process",
  });
}

function detail(app, process) {
  const q = filterOf(process);
  const { text } = conditions[process.condition];
  return [
    h("h2", null, `${visible(process.process_name) || "unknown"} ${process.process_id || ""}`),
    h("p", null, sign(process.condition), ` ${text}; `,
      `${plural(process.connections, "connection")}, `,
      `${percent(process.errors, process.connections)} failed`),
    wayOn(app, [["Its connections", "connections", q], ["Its errors", "errors", q],
      ["Its map", "map", q]]),
    copyButtons(app, {
      filter: () => q, JSON: () => jsonOf(process),
      curl: () => curlOf(addressOf("processes", { q })),
    }),
    section("Who it is", factList([
      ["Executable", visible(process.process_path)], ["Command", visible(process.command)],
      ["User", process.user === null ? null : visible(process.user)],
      ["Unit", visible(process.unit)], ["Container", visible(process.container)],
      ["Parent", process.parent_id && `${visible(process.parent_name)} ${process.parent_id}`],
      ["Host", visible(process.host)],
      ["First seen", timeFact(process.first_seen)], ["Last seen", timeFact(process.last_seen)],
    ])),
    section("Listens on", process.listens.length > 0 && h("ul", null, process.listens.map(
      ({ protocol, local_addr: local }) => h("li", null, `${local} ${protocol}`)))),
  ];
}

async function more(app, process, signal) {
  const question = questionAt({ ...app.state.get(), q: filterOf(process) });
  const [{ value: records }, failures] = await Promise.all([
    app.api.getPage("connections", { ...question, limit: sampled }, signal),
    app.api.get("errors", { ...question, by: "error,remote" }, signal),
  ]);
  const title = records.length < sampled ? "Talks to" : `Talks to (the newest ${count(sampled)})`;
  return [
    section("Fails at", shortTable("Failures", [
      { title: "Error", text: ({ error }) => error },
      { title: "Destination", text: ({ remote_addr: remote }) => remote },
      { title: "Count", isNumber: true, text: (group) => count(group.count) },
      { title: "Last", isNumber: true, text: ({ last }) => ago(last) },
    ], failures.groups)),
    section(title, shortTable("Other ends", [
      { title: "Other end", text: ({ end, isInbound }) => `${isInbound ? "←" : "→"} ${end}` },
      { title: "Service", text: ({ service }) => visible(service) },
      { title: "Count", isNumber: true, text: (peer) => count(peer.count) },
      { title: "Failed", isNumber: true, text: ({ errors }) => count(errors) },
      { title: "Last", isNumber: true, text: ({ last }) => ago(last) },
    ], peersOf(records))),
  ];
}
