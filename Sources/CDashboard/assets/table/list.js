// A view that is one list from the server: a table, sorted here, and a panel about what is
// selected.

import { button, h, replaceChildren, setText } from "../core/dom.js";
import { emptiness, loading, problemText } from "../core/empty.js";
import { count } from "../core/format.js";
import { createPoll } from "../core/poll.js";
import { questionAt } from "../core/question.js";
import { compareValues } from "../core/sorting.js";
import { fitHeight } from "./fit.js";
import { formatSort, parseSort, sortAfterClick } from "./header.js";
import { rowKeys } from "./keys.js";
import { createPanel } from "./panel.js";
import { createTable } from "./virtual.js";

/**
 * @typedef {import("./virtual.js").Column & { value: (item: any) => number | string | null }}
 *   ListColumn `value` is what it is sorted by
 *
 * @typedef {object} ListOptions
 * @property {string} id a class of the view
 * @property {string} label
 * @property {ListColumn[]} columns
 * @property {{ id: string, isDescending: boolean }} sort the usual one
 * @property {(item: any) => string} key
 * @property {(item: any) => string} [kind] a class of the row
 * @property {{ usual: number, most: number }} [limits] how many items are asked for. An order other
 *   than the usual one is of all there are, so then it is the most.
 * @property {(state: any, signal: AbortSignal, limit: number) => Promise<any[]>} load
 * @property {(items: any[], limit: number) => string} summary
 * @property {(item: any) => (Node | null)[]} detail what the panel says at once
 * @property {(item: any, signal: AbortSignal) => Promise<(Node | null)[]>} [more] what it says when
 *   the server has been asked
 * @property {string} none what to say when there is nothing, such as `No process`
 */

/** How often it asks again, ms. */
const period = { changing: 3000, idle: 15_000 };

/**
 * @param {any} app
 * @param {ListOptions} options
 */
export function createListView(app, options) {
  return new ListView(app, options);
}

class ListView {
  #app;
  #options;
  #table;
  #panel;
  #fit;
  #summary = h("p", { class: "summary", role: "status" });
  #empty = h("div", null, loading());
  #items = [];
  /** How many were asked for. */
  #limit = Infinity;
  #wantsMost = false;
  #more;
  #state;
  /** What the items are an answer to. */
  #asked = "";
  #drawnColumns = "";
  /** What the panel shows, and of which state of the item. */
  #drawnDetail = { key: "", item: null };
  #poll = createPoll((signal) => this.#load(signal), period, (problem) => {
    // What was shown before stays while the server is away.
    if (this.#items.length === 0) replaceChildren(this.#empty, problemText(problem));
  });
  /** @type {AbortController | null} */
  #looking = null;
  #unbind = () => {};
  #isShown = false;

  /**
   * @param {any} app
   * @param {ListOptions} options
   */
  constructor(app, options) {
    this.#app = app;
    this.#options = options;
    this.#state = app.state.get();
    this.#table = createTable({
      label: options.label, key: options.key, kind: options.kind,
      onOpen: (item) => app.state.set(
        { sel: options.key(item) }, { replace: this.#state.sel !== null }),
      onMove: (item) => this.#state.sel !== null
        && app.state.set({ sel: options.key(item) }, { replace: true }),
      onSort: (column) => this.#sortBy(column),
    });
    this.#panel = createPanel(
      `Selected: ${options.label}`, () => this.#close(), () => this.#table.focus());
    this.#more = button({
      class: "button", hidden: true, onclick: () => {
        this.#wantsMost = true;
        this.show(this.#state);
      },
    }, `Load up to ${count(options.limits?.most ?? 0)}`);
    const split = h("div", { class: "split" }, this.#table.element, this.#panel.element);
    this.#fit = fitHeight(split);
    this.element = h("section", { class: options.id, "aria-label": options.label },
      h("div", { class: "toolbar" }, this.#summary, this.#more), this.#empty, split);
  }

  /** @param {any} state */
  show(state) {
    this.#state = state;
    if (!this.#isShown) this.#begin();
    const asked = JSON.stringify([questionAt(state), this.#limitOf(state)]);
    if (asked !== this.#asked) {
      this.#asked = asked;
      this.#poll.now();
    }
    this.#draw();
    this.#fit();
  }

  /** How many items a state is to be asked for. */
  #limitOf({ sort }) {
    const { limits, sort: usual } = this.#options;
    if (!limits) return Infinity;
    const isUsual = formatSort(parseSort(sort, usual)) === formatSort(usual);
    return isUsual && !this.#wantsMost ? limits.usual : limits.most;
  }

  change() {
    this.#poll.soon();
  }

  reset() {
    this.#poll.now();
  }

  hide() {
    this.#isShown = false;
    this.#wantsMost = false;
    this.#asked = "";
    this.#unbind();
    this.#poll.stop();
    this.#looking?.abort();
    this.#drawnDetail = { key: "", item: null };
  }

  #begin() {
    this.#isShown = true;
    this.#unbind = this.#app.keys.bind(this.#options.label,
      rowKeys(this.#table, () => this.#state.sel !== null && this.#close()));
  }

  /** @param {AbortSignal} signal */
  async #load(signal) {
    const limit = this.#limitOf(this.#state);
    const items = await this.#options.load(this.#state, signal, limit);
    if (signal.aborted) return;
    this.#items = items;
    this.#limit = limit;
    const isEmpty = this.#items.length === 0;
    replaceChildren(this.#empty, isEmpty && emptiness(this.#app, this.#options.none));
    this.#draw();
  }

  #draw() {
    const { columns, key, summary } = this.#options;
    const sort = parseSort(this.#state.sort, this.#options.sort);
    const column = columns.find(({ id }) => id === sort.id) ?? columns[0];
    const sign = formatSort(sort);
    if (this.#drawnColumns !== sign) {
      this.#drawnColumns = sign;
      this.#table.setColumns(columns, sort);
    }
    const items = this.#items.map((item) => ({ item, value: column.value(item) }))
      .sort((a, b) => compareValues(a.value, b.value, sort.isDescending))
      .map(({ item }) => item);
    this.#table.setItems(items);
    this.#table.select(this.#state.sel);
    setText(this.#summary, items.length > 0 ? summary(items, this.#limit) : "");
    const canLoad = this.#limit < (this.#options.limits?.most ?? 0);
    this.#more.hidden = !canLoad || items.length < this.#limit;
    this.#empty.hidden = items.length > 0;
    this.#table.element.hidden = items.length === 0;
    this.#showDetail(items.find((item) => key(item) === this.#state.sel));
  }

  #showDetail(item) {
    if (!item) {
      this.#panel.hide();
      this.#drawnDetail = { key: "", item: null };
      return;
    }
    const key = this.#options.key(item);
    const known = this.#drawnDetail;
    // Nothing is drawn again, and nobody asked, when nothing has changed.
    if (known.key === key && JSON.stringify(known.item) === JSON.stringify(item)) return;
    this.#drawnDetail = { key, item };
    void this.#fillPanel(item, key !== known.key);
  }

  async #fillPanel(item, isOther) {
    this.#looking?.abort();
    const looking = new AbortController();
    this.#looking = looking;
    const { detail, more } = this.#options;
    if (isOther || !more) this.#panel.show(detail(item).filter(Boolean));
    if (!more) return;
    const parts = await more(item, looking.signal)
      .catch((problem) => [h("p", { class: "muted" }, problem.message)]);
    if (!looking.signal.aborted) this.#panel.show([...detail(item), ...parts].filter(Boolean));
  }

  #close() {
    this.#app.state.set({ sel: null });
    this.#table.focus();
  }

  #sortBy(column) {
    const { sort: usual } = this.#options;
    const sort = formatSort(sortAfterClick(parseSort(this.#state.sort, usual), column));
    this.#app.state.set({ sort: sort === formatSort(usual) ? null : sort });
  }
}
