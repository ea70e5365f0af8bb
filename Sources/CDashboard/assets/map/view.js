// The map: who talks to whom, and where it fails.

import { button, h, replaceChildren, setText } from "../core/dom.js";
import { emptiness, loading, problemText } from "../core/empty.js";
import { count, plural, visible } from "../core/format.js";
import { createPoll } from "../core/poll.js";
import { compareValues } from "../core/sorting.js";
import { questionAt } from "../core/question.js";
import { narrowed, quote } from "../filter/language.js";
import { formatSort, parseSort, sortAfterClick } from "../table/header.js";
import { rowKeys } from "../table/keys.js";
import { createTable } from "../table/virtual.js";
import { columns, countsText } from "./columns.js";
import { drawMap, legend, lightUp } from "./draw.js";
import { graphOf } from "./graph.js";
import { layOut } from "./layout.js";

/** How many of the newest connections are drawn; failures are, of any age. */
const sampled = 5000;
/** How often it is drawn again, ms: a map that moves all the time cannot be read. */
const period = { changing: 5000, idle: 15_000 };
const usualSort = { id: "errors", isDescending: true };
const narrowest = 620;
/** How many clients, processes or hosts, and destinations are shown by themselves. */
const rooms = { few: [20, 28, 34], many: [50, 60, 90] };

/** @param {any} app @returns {import("../views.js").View} */
export function createMapView(app) {
  return new MapView(app);
}

class MapView {
  #app;
  #state;
  #picture = h("div", { class: "picture card", role: "group", "aria-label": "Map", tabindex: "0" });
  #summary = h("p", { class: "summary", role: "status" });
  #about = h("div", { class: "actions about" });
  #empty = h("div", null, loading());
  #select;
  #legend = h("div");
  #room = rooms.few;
  #roomButton = button({
    class: "button", "aria-pressed": "false", onclick: () => this.#toggleRoom(),
  }, "Up to 200 nodes");
  /** @type {{ records: any[], next: string | null, groups: any[], groupCount: number }} */
  #answer = { records: [], next: null, groups: [], groupCount: 0 };
  #table;
  /** @type {import("./graph.js").Graph} */
  #graph = { nodes: [], links: [] };
  /** @type {import("./layout.js").Layout | null} */
  #layout = null;
  /** @type {SVGElement | null} */
  #image = null;
  #asked = "";
  #isShown = false;
  #unbind = () => {};
  #poll = createPoll((signal) => this.#load(signal), period, (problem) => {
    // What was shown before stays while the server is away.
    if (this.#graph.links.length === 0) replaceChildren(this.#empty, problemText(problem));
  });

  /** @param {any} app */
  constructor(app) {
    this.#app = app;
    this.#state = app.state.get();
    this.#select = /** @type {HTMLSelectElement} */ (h("select", {
      onchange: () => {
        app.state.set({ group: this.#select.value === "host" ? "host" : null, sel: null });
      },
    }, h("option", { value: "process" }, "processes"), h("option", { value: "host" }, "hosts")));
    this.#table = createTable({
      label: "Who talks to whom", key: ({ from, to }) => `${from.key} ${to.key}`,
      kind: ({ errors }) => (errors > 0 ? "failed" : ""),
      onOpen: ({ from, to }) => this.#narrow(from, to),
      onSort: (column) => this.#sortBy(column),
    });
    new ResizeObserver(() => this.#drawPicture()).observe(this.#picture);
    this.element = h("section", { class: "mapview", "aria-label": "Map" },
      h("div", { class: "toolbar" }, this.#summary, this.#roomButton,
        h("label", { class: "labelled" }, "Show", this.#select)),
      this.#empty, this.#legend, this.#about, this.#picture,
      h("h2", { class: "twin" }, "The same as a table"), this.#table.element);
  }

  get #by() {
    return this.#state.group === "host" ? "host" : "process";
  }

  /** @param {any} state */
  show(state) {
    this.#state = state;
    if (!this.#isShown) this.#begin();
    this.#select.value = this.#by;
    const asked = JSON.stringify([questionAt(state), this.#by]);
    if (asked !== this.#asked) {
      this.#asked = asked;
      this.#poll.now();
    }
    this.#draw();
  }

  #begin() {
    this.#isShown = true;
    this.#unbind = this.#app.keys.bind("Map", rowKeys(this.#table, () =>
      this.#state.sel !== null && this.#app.state.set({ sel: null }, { replace: true })));
  }

  change() {
    this.#poll.soon();
  }

  reset() {
    this.#poll.now();
  }

  hide() {
    this.#isShown = false;
    this.#unbind();
    this.#asked = "";
    this.#poll.stop();
  }

  /** @param {AbortSignal} signal */
  async #load(signal) {
    const question = questionAt(this.#state);
    const by = this.#by;
    const q = `${question.q ?? ""} direction:outbound,inbound`.trim();
    const [{ value: records, next }, { groups, total_groups: groupCount }] = await Promise.all([
      this.#app.api.getPage("connections", { ...question, q, limit: sampled }, signal),
      this.#app.api.get("errors", { ...question, by: `error,${by},remote,direction` }, signal),
    ]);
    if (signal.aborted) return;
    this.#answer = { records, next, groups, groupCount };
    this.#sumUp();
    const isEmpty = this.#graph.links.length === 0;
    replaceChildren(this.#empty, isEmpty && emptiness(this.#app, "No connection"));
    this.#draw();
  }

  #sumUp() {
    const { records, next, groups, groupCount } = this.#answer;
    const isWhole = { records: next === null, failures: groupCount <= groups.length };
    this.#graph = graphOf(records, groups, this.#by, this.#room, isWhole);
    this.#layout = null;
    setText(this.#summary, this.#summaryOf(isWhole));
  }

  #toggleRoom() {
    this.#room = this.#room === rooms.few ? rooms.many : rooms.few;
    this.#roomButton.setAttribute("aria-pressed", String(this.#room === rooms.many));
    this.#sumUp();
    this.#draw();
  }

  /** @param {{ records: boolean, failures: boolean }} isWhole */
  #summaryOf(isWhole) {
    const { links } = this.#graph;
    if (links.length === 0) return "";
    const { groups, groupCount } = this.#answer;
    const failing = links.filter(({ errors }) => errors > 0).length;
    return [
      `${plural(links.length, "link")}, ${count(failing)} failing`,
      !isWhole.failures && `${count(groups.length)} of ${count(groupCount)} groups of failures`,
      !isWhole.records && `of those that did not fail, the newest ${count(sampled)}`,
    ].filter(Boolean).join("; ");
  }

  #draw() {
    const isEmpty = this.#graph.links.length === 0;
    this.#empty.hidden = !isEmpty;
    for (const part of [this.#picture, this.#table.element, this.#legend]) part.hidden = isEmpty;
    replaceChildren(this.#legend, legend(
      this.#by === "host" ? "hosts" : "processes",
      this.#graph.links.every(({ errors, isWhole }) => errors === 0 || isWhole)));
    this.#drawTable();
    this.#drawPicture();
    this.#drawAbout();
  }

  #drawPicture() {
    const width = Math.max(narrowest, this.#picture.clientWidth);
    if (!this.#isShown || this.#picture.hidden || this.#picture.clientWidth === 0) return;
    if (!this.#layout || this.#layout.width !== width) {
      const layout = layOut(this.#graph, width);
      this.#layout = layout;
      this.#image = drawMap(layout, (key) => this.#choose(key), (key) => this.#light(key));
      this.#picture.replaceChildren(this.#image);
      // Where there is no room for all of it those watched are in the middle.
      this.#picture.scrollLeft = (width - this.#picture.clientWidth) / 2;
    }
    this.#light(null);
  }

  /** Lights up what the pointer is at, or else what is selected. */
  #light(key) {
    if (this.#image && this.#layout) lightUp(this.#image, this.#layout, key ?? this.#state.sel);
  }

  #choose(key) {
    this.#app.state.set({ sel: key === this.#state.sel ? null : key }, { replace: true });
  }

  /** What is selected on the map, and what can be done with it. */
  #drawAbout() {
    const node = this.#graph.nodes.find(({ key }) => key === this.#state.sel);
    this.#about.hidden = !node;
    if (!node) return;
    const command = (label, run) => button({ class: "button", onclick: run }, label);
    replaceChildren(this.#about, h("strong", null, visible(node.label)),
      h("span", { class: "muted" }, countsText(node)),
      node.term && command("Its connections", () => this.#narrow(node)),
      command("Show all", () => this.#choose(node.key)));
  }

  #drawTable() {
    const sort = parseSort(this.#state.sort, usualSort);
    const column = columns.find(({ id }) => id === sort.id) ?? columns[0];
    const nodes = new Map(this.#graph.nodes.map((node) => [node.key, node]));
    const rows = this.#graph.links
      .filter(({ from, to }) => !nodes.has(this.#state.sel) || [from, to].includes(this.#state.sel))
      .map((link) => ({ ...link, from: nodes.get(link.from), to: nodes.get(link.to) }))
      .sort((a, b) => compareValues(column.value(a), column.value(b), sort.isDescending)
        || b.count - a.count);
    this.#table.setColumns(columns, sort);
    this.#table.setItems(rows);
  }

  #sortBy(column) {
    const sort = formatSort(sortAfterClick(parseSort(this.#state.sort, usualSort), column));
    this.#app.state.set({ sort: sort === formatSort(usualSort) ? null : sort }, { replace: true });
  }

  /** Goes to the connections of nodes. */
  #narrow(...nodes) {
    const q = nodes.filter(({ term }) => term !== null)
      .reduce((filter, { term }) => narrowed(filter, quoted(term)), this.#state.q);
    this.#app.state.set({ view: "connections", q, sel: null, sort: null, cols: null, group: null });
  }
}

/** A term with its value in quotes where it needs them. */
function quoted(term) {
  const colon = term.indexOf(":");
  return `${term.slice(0, colon)}:${quote(term.slice(colon + 1))}`;
}
