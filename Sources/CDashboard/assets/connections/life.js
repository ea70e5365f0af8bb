// The life of a connection as a row of stages: which were passed, how long each took, and where it
// failed.

import { h } from "../core/dom.js";
import { bytes, duration } from "../core/format.js";
import { outcomeOf } from "./outcome.js";

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {"passed" | "failed" | "current" | "ahead" | "unsure"} state
 * @property {string} detail
 */

const orders = {
  outbound: ["route", "port", "handshake", "established", "closed"],
  inbound: ["handshake", "accept", "established", "closed"],
  datagram: ["route", "datagram", "closed"],
};
const names = {
  route: "Route", port: "Local port", handshake: "Handshake", accept: "Accepted",
  established: "Established", datagram: "Datagrams", closed: "Closed", listening: "Listening",
};

/** @param {any} record */
function orderOf({ direction, protocol }) {
  if (direction === "listen") return ["listening", "closed"];
  if (protocol === "udp") return orders.datagram;
  return direction === "inbound" ? orders.inbound : orders.outbound;
}

/** The stage that a connection is at now, or was at when it failed; -1 when that is not known. */
function placeOf(record, order) {
  const outcome = outcomeOf(record);
  if (outcome === "failed") {
    // What was established can fail at no earlier stage.
    const stage = record.error_stage ?? (record.established_at ? "established" : "");
    return order.indexOf(stage);
  }
  if (outcome === "closed") return order.length - 1;
  if (outcome === "connecting") return order.indexOf("handshake");
  return order.length - 2;
}

/**
 * The stages of a connection's life.
 * @param {any} record
 * @returns {Stage[]}
 */
export function stagesOf(record) {
  const order = orderOf(record);
  const place = placeOf(record, order);
  if (place < 0) return unplaced(order);
  const outcome = outcomeOf(record);
  return order.map((id, index) => {
    let state = /** @type {Stage["state"]} */ (index < place ? "passed" : "ahead");
    if (index === place) state = { failed: "failed", closed: "passed" }[outcome] ?? "current";
    const isReached = state !== "ahead";
    return { name: names[id], state, detail: isReached ? detailOf(id, record, state) : "" };
  });
}

/** The life of a connection that failed nobody knows where. @returns {Stage[]} */
function unplaced(order) {
  const stages = order.slice(0, -1).map((id) =>
    ({ name: names[id], state: /** @type {const} */ ("unsure"), detail: "" }));
  return [...stages, { name: "Failed", state: "failed", detail: "at a stage not known" }];
}

/** What there is to say of a stage that was reached. */
function detailOf(id, record, state) {
  if (state === "failed" && id !== "established") {
    const time = record.duration_us ?? record.connect_us;
    return time === null ? "failed" : `failed after ${duration(time)}`;
  }
  switch (id) {
    case "port": return record.local_addr.slice(record.local_addr.lastIndexOf(":"));
    case "handshake": return record.connect_us === null ? "" : duration(record.connect_us);
    case "established": case "listening": case "datagram": return lastingOf(record, state);
    default: return "";
  }
}

function lastingOf(record, state) {
  const { duration_us: lasted, bytes_sent: sent, bytes_received: got } = record;
  const time = lasted === null ? "" : duration(Math.max(0, lasted - (record.connect_us ?? 0)));
  const data = [`↑ ${bytes(sent)}`, `↓ ${bytes(got)}`].map(unbroken).join(" ");
  const isCounted = sent !== null || got !== null;
  return [state === "failed" && "failed after", unbroken(time), isCounted && data]
    .filter(Boolean).join(" ");
}

/** With spaces at which no line ends. @param {string} text */
const unbroken = (text) => text.replaceAll(" ", "\u00a0");

const signs = { passed: "✓", failed: "✕", current: "●", ahead: "", unsure: "?" };
const words = {
  passed: "passed", failed: "failed here", current: "now", ahead: "not reached",
  unsure: "not known whether reached",
};

/** @param {any} record */
export function lifeDiagram(record) {
  return h("ol", { class: "life" }, stagesOf(record).map(({ name, state, detail }) =>
    h("li", { class: state },
      h("span", { class: "sign", "aria-hidden": "true" }, signs[state]),
      h("span", { class: "stage" }, name, h("span", { class: "unseen" }, `, ${words[state]}`)),
      h("span", { class: "stage-detail" }, detail))));
}
