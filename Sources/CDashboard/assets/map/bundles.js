// Many nodes as one: a map of thousands of ends would show nothing.

/**
 * @typedef {import("./graph.js").Graph} Graph
 * @typedef {import("./graph.js").Node} Node
 * @typedef {import("./graph.js").Link} Link
 */

/** Of destinations that are alike so many are shown by themselves. */
const shownOfAlike = 3;
/** Fewer than this are not worth a bundle. */
const leastBundle = 3;
const mostBundles = 6;

/** An address without its port: `10.0.0.1:443` → `10.0.0.1`, `[::1]:443` → `::1`. */
export function hostOf(address) {
  const end = address.lastIndexOf(":");
  return address.slice(0, end).replace(/^\[|\]$/g, "");
}

/** The port of an address. */
export function portOf(address) {
  return address.slice(address.lastIndexOf(":") + 1);
}

/** Those that fail most first, then the busiest; names decide what is equal. */
export function byWeight(a, b) {
  return b.errors - a.errors || b.count - a.count || (a.key < b.key ? -1 : 1);
}

/**
 * The same with bundles: of destinations that only one talks to and that share a port or an
 * address, and of whatever a layer has no room for.
 * @param {Graph} graph
 * @param {number[]} room how many nodes each layer may have
 * @returns {Graph}
 */
export function bundled(graph, room) {
  const gathered = gatherAlike(gatherAlike(graph, samePort), sameAddress);
  /** @type {Map<string, Node>} */
  const standIns = new Map();
  const kept = [0, 1, 2].flatMap((layer) => {
    const ranked = gathered.nodes.filter((node) => node.layer === layer).sort(byWeight);
    if (ranked.length <= room[layer]) return ranked;
    const shown = room[layer] - (layer === 2 ? mostBundles : 1);
    return [...ranked.slice(0, shown), ...bundlesOf(ranked.slice(shown), layer, standIns)];
  });
  return { nodes: kept, links: relinked(gathered.links, standIns) };
}

const samePort = {
  name: (label) => `:${portOf(label)}`, label: (name, count) => `${count} addresses ${name}`,
  term: (name) => `remote:${name}`,
};
const sameAddress = {
  name: hostOf, label: (name, count) => `${name}, ${count} ports`, term: (name) => `remote:${name}`,
};

/** Bundles destinations that only one talks to, when they are alike. */
function gatherAlike({ nodes, links }, kind) {
  const sources = new Map();
  for (const { from, to } of links) sources.set(to, sources.has(to) ? null : from);
  const groups = new Map();
  for (const node of nodes) {
    const source = sources.get(node.key);
    if (node.layer !== 2 || node.members > 1 || !source) continue;
    const name = kind.name(node.label);
    const key = `${source} ${name}`;
    if (!groups.has(key)) groups.set(key, { name, members: [] });
    groups.get(key).members.push(node);
  }
  const standIns = new Map();
  const bundles = [];
  for (const [key, { name, members }] of groups) {
    const rest = members.sort(byWeight).slice(shownOfAlike);
    if (rest.length < leastBundle) continue;
    const bundle = bundleOf(2, `2+${key}`, kind.label(name, rest.length), kind.term(name), rest);
    for (const member of rest) standIns.set(member.key, bundle);
    bundles.push(bundle);
  }
  const kept = nodes.filter(({ key }) => !standIns.has(key));
  return { nodes: [...kept, ...bundles], links: relinked(links, standIns) };
}

/** The rest of a layer, destinations by port. */
function bundlesOf(rest, layer, standIns) {
  const groups = new Map();
  for (const node of rest) {
    const name = layer === 2 && node.members === 1 ? portOf(node.label) : "";
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(node);
  }
  const largest = [...groups].sort(([aName, a], [bName, b]) =>
    Number(aName === "") - Number(bName === "") || b.length - a.length || (aName < bName ? -1 : 1));
  const own = largest.slice(0, mostBundles - 1);
  const others = largest.slice(mostBundles - 1).flatMap(([, members]) => members);
  if (others.length > 0) own.push(["", others]);
  return own.map(([port, members]) => {
    const number = sumOf(members, "members");
    const label = port ? `${number} more :${port}` : `${number} more`;
    const term = port ? `remote::${port}` : null;
    const bundle = bundleOf(layer, `${layer}+more ${port}`, label, term, members);
    for (const member of members) standIns.set(member.key, bundle);
    return bundle;
  });
}

/** @returns {Node} */
function bundleOf(layer, key, label, term, members) {
  return {
    key, layer, label, term, count: sumOf(members, "count"), errors: sumOf(members, "errors"),
    members: sumOf(members, "members"), isWhole: members.every(({ isWhole }) => isWhole),
  };
}

function sumOf(nodes, field) {
  return nodes.reduce((sum, node) => sum + node[field], 0);
}

/** @returns {Link[]} links between what is shown */
function relinked(links, standIns) {
  const merged = new Map();
  for (const link of links) {
    const from = standIns.get(link.from)?.key ?? link.from;
    const to = standIns.get(link.to)?.key ?? link.to;
    const known = merged.get(`${from}\n${to}`);
    if (!known) {
      merged.set(`${from}\n${to}`, { ...link, from, to, kinds: new Map(link.kinds) });
      continue;
    }
    known.count += link.count;
    known.errors += link.errors;
    known.isWhole &&= link.isWhole;
    for (const [kind, count] of link.kinds) {
      known.kinds.set(kind, (known.kinds.get(kind) ?? 0) + count);
    }
  }
  return [...merged.values()];
}
