// All about one connection.

import { addressOf, curlOf, filterOf, jsonOf } from "../core/copying.js";
import { button, h } from "../core/dom.js";
import { ago, bytes, count, duration, timeOfDay, visible } from "../core/format.js";
import { meaningOf, stepsOf } from "../errors/explanations.js";
import { narrowed, term } from "../filter/language.js";
import { copyButtons, factList, section } from "../table/panel.js";
import { lifeDiagram } from "./life.js";
import { causes, glyphs, outcomeOf, sources } from "./outcome.js";

/**
 * The parts of a panel about a record.
 * @param {any} app
 * @param {any} record
 * @param {any | null | undefined} explanation of its error, from `/api/errors/explanations`; null
 *   when there is none
 * @param {any[]} kin the processes above its own, the nearest first
 */
export function connectionDetail(app, record, explanation, kin) {
  const outcome = outcomeOf(record);
  return [
    h("h2", null, titleOf(record)),
    h("p", { class: "outcome" },
      h("span", { class: `glyph ${outcome}`, "aria-hidden": "true" }, glyphs[outcome]),
      outcomeText(record, outcome)),
    lifeDiagram(record),
    copyButtons(app, {
      filter: () => filterOf(record), JSON: () => jsonOf(record),
      curl: () => curlOf(addressOf(`connections/${record.id}`)),
    }),
    section("Why it failed", record.error && evidence(record),
      record.error && explanation === null && unexplained(record.error),
      explanation && h("h4", null, explanation.summary),
      explanation && stepsOf(explanation, record, app.announce),
      explanation
        && h("details", null, h("summary", null, "What it means"), meaningOf(explanation))),
    section("Traffic", factList([
      ["Sent", known(record.bytes_sent, bytes)], ["Received", known(record.bytes_received, bytes)],
      ["Round trip", known(record.rtt_us, duration)],
      ["Segments sent again", known(record.retransmits, count)],
      ["Dropped for want of room", known(record.drops, count)],
    ])),
    section("Times", factList([
      ["Opened", time(record.timestamp)], ["Established", time(record.established_at)],
      ["Closed", time(record.closed_at)], ["Last change", time(record.updated_at)],
      ["Time to connect", known(record.connect_us, duration)],
      ["Time open", known(record.duration_us, duration)],
    ])),
    section("Process", processFacts(record), kinTree(record, kin)),
    section("Ends", factList([
      ["Local", record.local_addr], ["Remote", record.remote_addr],
      ["Service", visible(record.service_name)],
      ["Kind", [record.protocol, record.family, record.direction, record.state]
        .filter(Boolean).join(", ")],
      ["Host", visible(record.host)], ["Network namespace", record.netns && String(record.netns)],
      ["Record", `${record.id}, revision ${record.revision}, ${visible(record.origin)}`],
    ])),
    section("Show only", narrowings(app, record)),
  ].filter(Boolean);
}

/** @param {number | null} value @param {(value: number) => string} format */
function known(value, format) {
  return value === null ? null : format(value);
}

function titleOf({ process_name: process, direction, local_addr: local, remote_addr: remote }) {
  const name = visible(process) || "unknown process";
  if (direction === "listen") return `${name} on ${local}`;
  return `${name} ${direction === "inbound" ? "←" : "→"} ${remote}`;
}

function outcomeText(record, outcome) {
  if (outcome === "failed") {
    return ` ${visible(record.error)}: ${causes[record.error_cause] ?? causes.unknown}`;
  }
  const when = outcome === "closed" ? record.closed_at : record.timestamp;
  return ` ${outcome}, ${outcome === "closed" ? "" : "since "}${ago(when)}`;
}

function time(timestamp) {
  if (!timestamp) return null;
  return h("time", { datetime: timestamp, title: timestamp },
    `${timeOfDay(timestamp)}${timestamp.slice(19, 26)}`, h("span", { class: "muted" },
      ` ${ago(timestamp)}`));
}

function evidence(record) {
  const { error_cause: cause, error_source: source } = record;
  return factList([
    ["Error", `${visible(record.error)}${record.errno === null ? "" : ` (errno ${record.errno})`}`],
    ["Stage", record.error_stage],
    ["Cause", cause && `${cause}: ${causes[cause] ?? ""}`],
    ["Known how", source && `${source}: ${sources[source] ?? ""}`],
  ]);
}

/** @param {string} error */
function unexplained(error) {
  return h("p", { class: "muted" },
    `netmon has no more to say of ${visible(error)}. What the name means, the manual has: `,
    h("code", null, "man 3 errno"));
}

function processFacts(record) {
  return factList([
    ["Name", visible(record.process_name) || "unknown"],
    ["Process id", record.process_id ? String(record.process_id) : null],
    ["Executable", visible(record.process_path)], ["Command", visible(record.command)],
    ["User", record.user === null ? known(record.user_id, String) : visible(record.user)],
    ["Unit", visible(record.unit)], ["Container", visible(record.container)],
  ]);
}

/** The process under its parents, the first of them on top. */
function kinTree(record, kin) {
  if (!record.parent_id) return null;
  const parents = kin.length > 0 ? kin : [{
    process_id: record.parent_id, process_name: record.parent_name, process_path: "",
  }];
  const line = [...parents].reverse().map(({ process_id: pid, process_name: name }) =>
    `${visible(name) || "unknown"} ${pid}`);
  line.push(`${visible(record.process_name) || "unknown"} ${record.process_id}`);
  return h("div", null, h("h4", null, "Parents"), h("ol", { class: "kin" }, line.map((text) =>
    h("li", null, text))));
}

function narrowings(app, record) {
  const offers = [
    ["this process", record.process_name && term("process", record.process_name)],
    ["this process id", record.process_id && term("pid", record.process_id)],
    ["this other end", record.direction !== "listen" && term("remote", record.remote_addr)],
    ["this error", record.error && term("error", record.error)],
    ["this host", record.host && term("host", record.host)],
    ["this user", record.user && term("user", record.user)],
    ["this unit", record.unit && term("unit", record.unit)],
  ].filter(([, added]) => added);
  return h("div", { class: "actions" }, offers.map(([label, added]) => button({
    class: "button", title: visible(added),
    onclick: () => app.state.set({ q: narrowed(app.state.get().q, added), sel: null }),
  }, label)));
}
