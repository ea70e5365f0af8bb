// Who talks to whom, summed up: clients → processes or hosts → destinations.

import { bundled, hostOf } from "./bundles.js";

/**
 * @typedef {object} Link connections between two ends
 * @property {string} from key of a node
 * @property {string} to key of a node
 * @property {number} count connections and attempts, failed ones among them
 * @property {number} errors those that failed
 * @property {Map<string, number>} kinds how often each error
 * @property {boolean} isWhole whether the counts are all there is, or only what is known of it
 *
 * @typedef {object} Node
 * @property {string} key
 * @property {0 | 1 | 2} layer clients, those watched, destinations
 * @property {string} label
 * @property {string | null} term what it is in the filter language; null for a bundle
 * @property {number} count
 * @property {number} errors
 * @property {number} members how many ends it stands for
 * @property {boolean} isWhole as of a link
 *
 * @typedef {{ nodes: Node[], links: Link[] }} Graph
 */

/**
 * Sums up records, and failures of a longer time than that of the records.
 * @param {any[]} records
 * @param {any[]} failures groups of `/api/errors` by error, process or host, remote and direction
 * @param {"process" | "host"} by what is in the middle
 * @param {number[]} room how many nodes each layer may have
 * @param {{ records: boolean, failures: boolean }} isWhole whether these are all that match
 * @returns {Graph}
 */
export function graphOf(records, failures, by, room, isWhole) {
  const sum = new Summation(by, isWhole);
  for (const record of records) sum.addRecord(record);
  for (const failure of failures) sum.addFailures(failure);
  return bundled(sum.graph(), room);
}

class Summation {
  /** @type {Map<string, Node>} */
  #nodes = new Map();
  /** @type {Map<string, Link & { seen: number, seenFailed: number }>} */
  #links = new Map();
  #by;
  #isWhole;

  /** @param {"process" | "host"} by @param {{ records: boolean, failures: boolean }} isWhole */
  constructor(by, isWhole) {
    this.#by = by;
    this.#isWhole = isWhole;
  }

  addRecord(record) {
    if (record.direction === "listen") return;
    const link = this.#link(record);
    link.seen += 1;
    if (record.error) link.seenFailed += 1;
    link.count = Math.max(link.count, link.seen);
  }

  /**
   * Groups of one pair differ in their error only, and all tell the same successes. Of a client
   * they tell those from the same port, which says nothing of its other connections.
   */
  addFailures(group) {
    if (group.direction === "listen") return;
    const link = this.#link(group);
    link.errors += group.count;
    link.kinds.set(group.error, (link.kinds.get(group.error) ?? 0) + group.count);
    link.count = Math.max(link.count, link.errors + group.successes);
    if (group.direction !== "inbound" && this.#isWhole.failures) link.isWhole = true;
  }

  /** @returns {Graph} */
  graph() {
    const links = [...this.#links.values()];
    for (const link of links) {
      // Where not all failures are told, those seen may be more.
      link.errors = Math.max(link.errors, link.seenFailed);
      for (const key of [link.from, link.to]) {
        const node = /** @type {Node} */ (this.#nodes.get(key));
        node.count += link.count;
        node.errors += link.errors;
        node.isWhole &&= link.isWhole;
      }
    }
    return { nodes: [...this.#nodes.values()], links };
  }

  #link({ process_name: process, host, remote_addr: remote, direction }) {
    const own = this.#by === "host" ? host ?? "" : process ?? "";
    const middle = this.#node(1, own, own || "unknown", own ? `${this.#by}:${own}` : null);
    const isInbound = direction === "inbound";
    // The port of a client says nothing.
    const end = isInbound ? hostOf(remote) : remote;
    const other = this.#node(isInbound ? 0 : 2, end, end, `remote:${end}`);
    const [from, to] = isInbound ? [other, middle] : [middle, other];
    const key = `${from}\n${to}`;
    let link = this.#links.get(key);
    if (!link) {
      link = {
        from, to, count: 0, errors: 0, seen: 0, seenFailed: 0, kinds: new Map(),
        isWhole: this.#isWhole.records && this.#isWhole.failures,
      };
      this.#links.set(key, link);
    }
    return link;
  }

  #node(layer, name, label, term) {
    const key = `${layer}:${name}`;
    if (!this.#nodes.has(key)) {
      this.#nodes.set(key, {
        key, layer, label, term, count: 0, errors: 0, members: 1, isWhole: true,
      });
    }
    return key;
  }
}
