// Places the nodes of a layered graph so that few of its links cross. The same graph always gets
// the same picture.

import { byWeight } from "./bundles.js";

/**
 * @typedef {import("./graph.js").Graph} Graph
 * @typedef {import("./graph.js").Node} Node
 * @typedef {import("./graph.js").Link} Link
 * @typedef {Node & { x: number, y: number, width: number, height: number }} PlacedNode in px
 * @typedef {"fine" | "some" | "partly" | "failing"} Look failing is what half or more fails of, and
 *   some fails of that of which the rate is not known
 * @typedef {Link & { path: string, width: number, look: Look }} PlacedLink `path` as SVG has it,
 *   `width` in px
 * @typedef {{ width: number, height: number, nodes: PlacedNode[], links: PlacedLink[] }} Layout
 */

const rowHeight = { least: 22, most: 40 };
const nodeHeight = 18;
const margin = 4;
const sweeps = 12;

/**
 * @param {Graph} graph
 * @param {number} width px
 * @returns {Layout}
 */
export function layOut(graph, width) {
  const layers = orderedLayers(graph);
  const most = Math.max(1, ...layers.map((layer) => layer.length));
  const height = most * rowHeight.least + 2 * margin;
  const share = layers.length > 2 ? 0.24 : 0.36;
  const nodeWidth = Math.round(Math.min(260, Math.max(96, width * share)));
  const gap = layers.length > 1 ? (width - 2 * margin - nodeWidth) / (layers.length - 1) : 0;
  /** @type {Map<string, PlacedNode>} */
  const placed = new Map();
  layers.forEach((layer, column) => {
    const pitch = Math.min(rowHeight.most, (height - 2 * margin) / layer.length);
    const top = (height - pitch * layer.length) / 2 + (pitch - nodeHeight) / 2;
    layer.forEach((node, row) => placed.set(node.key, {
      ...node, x: margin + column * gap, y: top + row * pitch, width: nodeWidth,
      height: nodeHeight,
    }));
  });
  const heaviest = Math.max(1, ...graph.links.map(({ count }) => count));
  const links = graph.links
    .map((link) => place(link, placed, heaviest))
    // Failing ones are drawn last, on top.
    .sort((a, b) => looks.indexOf(a.look) - looks.indexOf(b.look) || b.width - a.width);
  return { width, height, nodes: [...placed.values()], links };
}

/** @returns {PlacedLink} */
function place(link, placed, heaviest) {
  const from = placed.get(link.from);
  const to = placed.get(link.to);
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
  const [x2, y2] = [to.x, to.y + to.height / 2];
  const bend = (x2 - x1) * 0.45;
  const points = [x1 + bend, y1, x2 - bend, y2, x2, y2].map(rounded);
  const share = Math.log2(1 + link.count) / Math.log2(1 + heaviest);
  return {
    ...link, look: lookOf(link), width: Math.round(1 + 5 * share),
    path: `M${rounded(x1)} ${rounded(y1)}C${points.join(" ")}`,
  };
}

const looks = ["fine", "some", "partly", "failing"];

/**
 * How a node or link is to look.
 * @param {{ count: number, errors: number, isWhole: boolean }} what
 * @returns {Look}
 */
export function lookOf({ count, errors, isWhole }) {
  if (errors === 0) return "fine";
  if (!isWhole) return "some";
  return errors * 2 >= count ? "failing" : "partly";
}

function rounded(value) {
  return Math.round(value * 10) / 10;
}

/**
 * The layers that are not empty, from left to right, each ordered so that few links cross.
 * @param {Graph} graph
 * @returns {Node[][]}
 */
export function orderedLayers({ nodes, links }) {
  let layers = [0, 1, 2]
    .map((layer) => nodes.filter((node) => node.layer === layer).sort(byWeight))
    .filter((layer) => layer.length > 0);
  const neighbours = neighboursOf(links);
  let best = layers;
  let fewest = crossings(layers, links);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep += 1) {
    layers = swept(layers, neighbours, sweep % 2 === 0);
    const count = crossings(layers, links);
    if (count < fewest) [best, fewest] = [layers, count];
  }
  return best;
}

/** @returns {Map<string, { key: string, weight: number }[]>} */
function neighboursOf(links) {
  const neighbours = new Map();
  const add = (key, other, weight) => {
    if (!neighbours.has(key)) neighbours.set(key, []);
    neighbours.get(key).push({ key: other, weight });
  };
  for (const { from, to, count } of links) {
    const weight = 1 + Math.log2(1 + count);
    add(from, to, weight);
    add(to, from, weight);
  }
  return neighbours;
}

/** One sweep: each layer by the mean place of its neighbours in the layer before. */
function swept(layers, neighbours, isForward) {
  const result = [...layers];
  const order = layers.map((_, index) => index);
  if (!isForward) order.reverse();
  for (let step = 1; step < order.length; step += 1) {
    const fixed = placesOf(result[order[step - 1]]);
    const layer = result[order[step]];
    const own = placesOf(layer);
    const mean = new Map(layer.map(({ key }) =>
      [key, meanPlace(neighbours.get(key) ?? [], fixed) ?? own.get(key)]));
    // Sorting is stable: those with the same mean keep their order.
    result[order[step]] = [...layer].sort((a, b) => mean.get(a.key) - mean.get(b.key));
  }
  return result;
}

/** Places from 0 to 1, so that layers of any length compare. */
function placesOf(layer) {
  return new Map(layer.map(({ key }, index) => [key, (index + 0.5) / layer.length]));
}

function meanPlace(neighbours, places) {
  let sum = 0;
  let weights = 0;
  for (const { key, weight } of neighbours) {
    const place = places.get(key);
    if (place === undefined) continue;
    sum += place * weight;
    weights += weight;
  }
  return weights > 0 ? sum / weights : null;
}

/**
 * How many pairs of links cross: inversions, counted with a tree of sums.
 * @param {Node[][]} layers
 * @param {Link[]} links
 */
export function crossings(layers, links) {
  let total = 0;
  for (let column = 0; column + 1 < layers.length; column += 1) {
    const left = new Map(layers[column].map(({ key }, index) => [key, index]));
    const right = new Map(layers[column + 1].map(({ key }, index) => [key, index]));
    const ends = links
      .filter(({ from, to }) => left.has(from) && right.has(to))
      .map(({ from, to }) => [left.get(from), right.get(to)])
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    total += inversions(ends.map(([, end]) => end), layers[column + 1].length);
  }
  return total;
}

function inversions(ends, size) {
  const tree = new Int32Array(size + 1);
  let count = 0;
  ends.forEach((end, seen) => {
    let notAfter = 0;
    for (let place = end + 1; place > 0; place -= place & -place) notAfter += tree[place];
    count += seen - notAfter;
    for (let place = end + 1; place <= size; place += place & -place) tree[place] += 1;
  });
  return count;
}
