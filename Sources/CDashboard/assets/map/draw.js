// A layout as SVG. Links of the same look are one element, so that hundreds of them cost little.

import { h, svg } from "../core/dom.js";
import { count, plural, visible } from "../core/format.js";
import { lookOf } from "./layout.js";

/** @typedef {import("./layout.js").Layout} Layout */

/**
 * A label that fits: what is left out is in the middle, as names differ at their ends.
 * @param {string} text
 * @param {number} width px
 * @param {(text: string) => number} measure how wide a text is, px
 */
export function fitted(text, width, measure) {
  if (measure(text) <= width) return text;
  const shortened = (/** @type {number} */ kept) =>
    `${text.slice(0, Math.ceil(kept / 2))}…${text.slice(text.length - Math.floor(kept / 2))}`;
  let [fits, tooMany] = [2, text.length];
  while (tooMany - fits > 1) {
    const kept = Math.floor((fits + tooMany) / 2);
    if (measure(shortened(kept)) <= width) fits = kept;
    else tooMany = kept;
  }
  return shortened(fits);
}

/** Measures texts in the font of the map's labels. @returns {(text: string) => number} */
function createMeasure() {
  const context = document.createElement("canvas").getContext("2d");
  const { fontFamily } = getComputedStyle(document.body);
  if (context) context.font = `600 11.5px ${fontFamily}`;
  return (text) => context?.measureText(text).width ?? 0;
}

/**
 * @param {Layout} layout
 * @param {(key: string) => void} onSelect
 * @param {(key: string | null) => void} onPoint the pointer has come to a node, or left it
 */
export function drawMap(layout, onSelect, onPoint) {
  const failing = layout.links.filter(({ errors }) => errors > 0).length;
  const label = `Who talks to whom: ${plural(layout.nodes.length, "node")}, `
    + `${plural(layout.links.length, "link")}, ${count(failing)} of them failing. `
    + "The table below tells the same.";
  const measure = createMeasure();
  const image = svg("svg", {
    role: "img", "aria-label": label, class: "map", width: layout.width, height: layout.height,
    viewBox: `0 0 ${layout.width} ${layout.height}`,
  }, svg("g", { class: "links" }, bundledPaths(layout.links)),
  svg("g", { class: "lit" }), layout.nodes.map((node) => drawNode(node, measure)));
  const keyAt = (/** @type {Event} */ { target }) =>
    (target instanceof Element && target.closest("g.node")?.getAttribute("data-key")) || null;
  image.addEventListener("click", (event) => {
    const key = keyAt(event);
    if (key) onSelect(key);
  });
  image.addEventListener("pointerover", (event) => onPoint(keyAt(event)));
  image.addEventListener("pointerleave", () => onPoint(null));
  return image;
}

/** One path for all links of a look and width. */
function bundledPaths(links) {
  const paths = new Map();
  for (const { look, width, path } of links) {
    const key = `${look} ${width}`;
    paths.set(key, `${paths.get(key) ?? ""}${path}`);
  }
  return [...paths].map(([key, path]) => {
    const [look, width] = key.split(" ");
    return svg("path", { d: path, class: look, "stroke-width": width });
  });
}

function drawNode(node, measure) {
  const { key, label, x, y, width, height, errors, members } = node;
  const failures = errors > 0 ? `✕ ${count(errors)}` : "";
  const room = width - 12 - (failures && measure(failures) + 8);
  const look = lookOf(node);
  const kind = members > 1 ? `${look} bundle` : look;
  return svg("g", { class: `node ${kind}`, "data-key": key, transform: `translate(${x} ${y})` },
    svg("rect", { width, height, rx: 4 }),
    svg("text", { x: 6, y: 13 }, fitted(visible(label), room, measure)),
    failures && svg("text", {
      x: width - 6, y: 13, "text-anchor": "end", class: "failures",
    }, failures));
}

/**
 * Lights up the links of a node, or none.
 * @param {SVGElement} image
 * @param {Layout} layout
 * @param {string | null} key
 */
export function lightUp(image, layout, key) {
  const own = layout.links.filter(({ from, to }) => key !== null && (from === key || to === key));
  const lit = /** @type {Element} */ (image.querySelector(".lit"));
  lit.replaceChildren(...bundledPaths(own));
  image.classList.toggle("dimmed", own.length > 0);
  const ends = new Set(own.flatMap(({ from, to }) => [from, to]));
  for (const node of image.querySelectorAll("g.node")) {
    node.classList.toggle("near", ends.has(node.getAttribute("data-key") ?? ""));
  }
}

/**
 * What the signs of the map mean.
 * @param {string} middle
 * @param {boolean} isWhole whether there is a rate of everything
 */
export function legend(middle, isWhole) {
  const line = (kind) => svg("svg", { width: 34, height: 10, "aria-hidden": "true", class: "map" },
    svg("path", { d: "M1 5H33", class: kind, "stroke-width": 3 }));
  return h("p", { class: "legend" },
    `clients → ${middle} → destinations`, line("fine"), "all well",
    isWhole ? null : [line("some"), "some fail, of how many is not known"],
    line("partly"), isWhole ? "some fail" : "less than half fail",
    line("failing"), "half or more fail; the wider, the more connections");
}
