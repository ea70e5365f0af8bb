// Who talks to whom, summed up: clients → processes or hosts → destinations.

/**
 * @typedef {object} Link connections between two ends
 * @property {string} from key of a node
 * @property {string} to key of a node
 * @property {number} count connections and attempts, failed ones among them
 * @property {number} errors those that failed
 * @property {Map<string, number>} kinds how often each error
 *
 * @typedef {object} Node
 * @property {string} key
 * @property {0 | 1 | 2} layer clients, those watched, destinations
 * @property {string} label
 * @property {string | null} term what it is in the filter language; null for a bundle
 * @property {number} count
 * @property {number} errors
 * @property {number} members how many ends it stands for
 *
 * @typedef {{ nodes: Node[], links: Link[] }} Graph
 */

/** The most nodes of each layer; what is beyond is bundled. */
export const mostOfLayer = [50, 60, 80];
const mostBundles = 8;

/** An address without its port: `10.0.0.1:443` → `10.0.0.1`, `[::1]:443` → `::1`. */
export function hostOf(address) {
  const end = address.lastIndexOf(":");
  return address.slice(0, end).replace(/^\[|\]$/g, "");
}

/** The port of an address. */
export function portOf(address) {
  return address.slice(address.lastIndexOf(":") + 1);
}

/**
 * Sums up records, and failures of a longer time than that of the records.
 * @param {any[]} records
 * @param {any[]} failures groups of `/api/errors` by error, process or host, remote and direction
 * @param {"process" | "host"} by what is in the middle
 * @returns {Graph}
 */
export function graphOf(records, failures, by) {
  const sum = new Summation(by);
  for (const record of records) sum.addRecord(record);
  for (const failure of failures) sum.addFailures(failure);
  return bundled(sum.graph());
}

class Summation {
  /** @type {Map<string, Node>} */
  #nodes = new Map();
  /** @type {Map<string, Link & { seen: number }>} */
  #links = new Map();
  #by;

  /** @param {"process" | "host"} by */
  constructor(by) {
    this.#by = by;
  }

  addRecord(record) {
    if (record.direction === "listen") return;
    const link = this.#link(record);
    link.seen += 1;
    // Failures are counted from the groups, which know of all.
    link.count = Math.max(link.count, link.seen);
  }

  /** Groups of one pair differ in their error only, and all tell the same successes. */
  addFailures(group) {
    if (group.direction === "listen") return;
    const link = this.#link(group);
    link.errors += group.count;
    link.kinds.set(group.error, (link.kinds.get(group.error) ?? 0) + group.count);
    link.count = Math.max(link.seen, link.errors + group.successes);
  }

  /** @returns {Graph} */
  graph() {
    const links = [...this.#links.values()];
    for (const link of links) {
      for (const key of [link.from, link.to]) {
        const node = /** @type {Node} */ (this.#nodes.get(key));
        node.count += link.count;
        node.errors += link.errors;
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
      link = { from, to, count: 0, errors: 0, seen: 0, kinds: new Map() };
      this.#links.set(key, link);
    }
    return link;
  }

  #node(layer, name, label, term) {
    const key = `${layer}:${name}`;
    if (!this.#nodes.has(key)) {
      this.#nodes.set(key, { key, layer, label, term, count: 0, errors: 0, members: 1 });
    }
    return key;
  }
}

/** Those that fail most first, then the busiest; names decide what is equal. */
function byWeight(a, b) {
  return b.errors - a.errors || b.count - a.count || (a.key < b.key ? -1 : 1);
}

/**
 * The same with no more nodes than a layer has room for: the others are bundled, destinations by
 * port.
 * @param {Graph} graph
 * @returns {Graph}
 */
export function bundled({ nodes, links }) {
  /** @type {Map<string, Node>} */
  const standIns = new Map();
  const kept = [];
  for (const layer of /** @type {const} */ ([0, 1, 2])) {
    const ranked = nodes.filter((node) => node.layer === layer).sort(byWeight);
    const room = mostOfLayer[layer];
    if (ranked.length <= room) {
      kept.push(...ranked);
      continue;
    }
    kept.push(...ranked.slice(0, room));
    kept.push(...bundlesOf(ranked.slice(room), layer, standIns));
  }
  return { nodes: kept, links: relinked(links, standIns) };
}

function bundlesOf(rest, layer, standIns) {
  const groups = new Map();
  for (const node of rest) {
    const name = layer === 2 ? portOf(node.label) : "";
    groups.set(name, [...(groups.get(name) ?? []), node]);
  }
  const largest = [...groups].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
  const own = largest.slice(0, mostBundles);
  const others = largest.slice(mostBundles).flatMap(([, members]) => members);
  if (others.length > 0) own.push(["", others]);
  return own.map(([port, members]) => {
    const bundle = bundleOf(layer, port, members);
    for (const member of members) standIns.set(member.key, bundle);
    return bundle;
  });
}

function bundleOf(layer, port, members) {
  const label = `${members.length} more${port ? ` :${port}` : ""}`;
  return {
    key: `${layer}+${port}`, layer, label, term: port ? `remote::${port}` : null,
    count: sumOf(members, "count"), errors: sumOf(members, "errors"), members: members.length,
  };
}

function sumOf(nodes, field) {
  return nodes.reduce((sum, node) => sum + node[field], 0);
}

function relinked(links, standIns) {
  const merged = new Map();
  for (const link of links) {
    const from = standIns.get(link.from)?.key ?? link.from;
    const to = standIns.get(link.to)?.key ?? link.to;
    const known = merged.get(`${from}\n${to}`);
    if (!known) {
      const { count, errors, kinds } = link;
      merged.set(`${from}\n${to}`, { from, to, count, errors, kinds: new Map(kinds) });
      continue;
    }
    known.count += link.count;
    known.errors += link.errors;
    for (const [kind, count] of link.kinds) {
      known.kinds.set(kind, (known.kinds.get(kind) ?? 0) + count);
    }
  }
  return [...merged.values()];
}
