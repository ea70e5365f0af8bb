// The connections: a table of all that were seen, and all about the one that is selected.

import { Arrangement } from "../core/arrangement.js";
import { h } from "../core/dom.js";
import { createLater } from "../core/later.js";
import { newestFirst } from "../core/sorting.js";
import { fitHeight } from "../table/fit.js";
import { formatSort, sortAfterClick } from "../table/header.js";
import { rowKeys } from "../table/keys.js";
import { createPanel } from "../table/panel.js";
import { createTable } from "../table/virtual.js";
import { mostRows } from "../core/rows.js";
import { chosenColumns, groupedColumns } from "./columns.js";
import { createEmptiness } from "./emptiness.js";
import { flattened, groupings, groupRows } from "./grouping.js";
import { Listing } from "./listing.js";
import { outcomeAt } from "./outcome.js";
import { answerOf, isPart, orderOf, previewOf, questionOf, usualSort } from "./question.js";
import { createSelection } from "./selection.js";
import { createToolbar } from "./toolbar.js";

/** How long filtering may take of a frame, ms: what is in sight is painted first. */
const budget = 24;
/** How often what the stream brings is shown, ms: more often nobody can read it. */
const pace = { rows: 250, groups: 1000 };
/** How long to wait for the next keystroke before more is loaded, ms. */
const typing = 400;
/** How often the server is asked again where only it can tell what matches, ms. */
const patience = 3000;

/** @param {any} app */
export function createConnectionsView(app) {
  return new ConnectionsView(app);
}

class ConnectionsView {
  #app;
  #state;
  /** @type {import("./listing.js").Question} */
  #question;
  #listing;
  #arrangement = new Arrangement(newestFirst);
  #table;
  #toolbar;
  #selection;
  #isLocal = true;
  /** Whether what is shown is what the filter being typed would leave. */
  #isPreview = false;
  /** What the rows shown are an answer to. @type {import("./question.js").Extent | null} */
  #extent = null;
  /** @type {{ added: any[], changed: Set<any>, mustSort: boolean }} */
  #pending = { added: [], changed: new Set(), mustSort: false };
  #expanded = new Set();
  #groups = null;
  #hosts = new Set();
  #isShown = false;
  #isScheduled = false;
  #mustGoUp = false;
  #mustFlush = false;
  #columnSign = "";
  #flushing = createLater(() => this.#flush());
  #askingAgain = createLater(() => {
    if (!this.#listing.isLoading) void this.#listing.ask(this.#question);
  });
  #loadingAhead = createLater(() => {
    if (this.#listing.canLoadMore) void this.#listing.loadMore(this.#listing.rows.size + 1);
  });
  #unbind = () => {};
  #fit;
  #split;
  #empty;

  /** @param {any} app */
  constructor(app) {
    this.#app = app;
    this.#state = app.state.get();
    this.#question = questionOf(this.#state);
    this.#arrangement.setPredicate(() => false, false);
    this.#listing = new Listing(app.api, (added) => this.#takeLoaded(added));
    this.#table = createTable({
      label: "Connections",
      key: (item) => (item.isGroup ? item.key : String(item.id)),
      kind: (item) => (item.isGroup ? "group" : outcomeAt(item, this.#moment)),
      group: (item) => (item.isGroup ? item : null),
      onOpen: (item) => this.#open(item),
      onMove: (item) => this.#selection.follow(item),
      onSort: (column) => this.#sortBy(column),
      onWindow: (last) => this.#loadAhead(last),
    });
    const panel = createPanel(
      "The connection", () => this.#close(), () => this.#table.focus());
    this.#selection = createSelection(app, panel, (id) => this.#listing.rows.get(id));
    this.#toolbar = createToolbar(app, {
      loadAll: () => void this.#listing.loadMore(mostRows),
      stop: () => this.#listing.stop(),
      again: () => void this.#listing.ask(this.#question),
      rows: () => this.#arrangement.visible,
      question: () => this.#question,
    });
    this.#empty = createEmptiness(app);
    this.#split = h("div", { class: "split" }, this.#table.element, panel.element);
    this.#fit = fitHeight(this.#split);
    this.element = h("section", { class: "connections", "aria-label": "Connections" },
      this.#toolbar.element, this.#empty.element, this.#split);
    app.live.subscribe({
      change: (records) => this.#follow(records), reset: () => this.#reset(),
      status: ({ kind }) => ["live", "paused"].includes(kind) && this.#askAgainAfterOutage(),
    });
  }

  /** @param {any} state */
  show(state) {
    const isFirst = !this.#isShown;
    if (isFirst) this.#begin();
    const before = this.#question;
    this.#state = state;
    this.#question = questionOf(state);
    const isOther = JSON.stringify(before) !== JSON.stringify(this.#question);
    if (isFirst || formatSort(before.sort) !== formatSort(this.#question.sort)) {
      this.#arrangement.setOrder(orderOf(this.#question));
    }
    if (isFirst || isOther) {
      void this.#listing.ask(this.#question);
      this.#filterAnew(true);
    }
    this.#selection.show(state.sel);
    this.#table.select(state.sel);
    this.#schedule();
    this.#fit();
  }

  /**
   * Takes in what the stream brings, also while another view is shown: so no rows are missing when
   * this one is again.
   * @param {any[]} records
   */
  #follow(records) {
    if (this.#question.at) return;
    const { added, changed, forgotten } = this.#listing.change(records);
    this.#note(added);
    if (!this.#isShown) {
      this.#pending.mustSort = true;
      return;
    }
    this.#pending.added.push(...added);
    for (const row of changed) this.#pending.changed.add(row);
    if (forgotten !== null) this.#pending.mustSort = true;
    if (!this.#isLocal) this.#askingAgain.within(patience);
    this.#flushing.within(this.#state.group ? pace.groups : pace.rows);
  }

  #reset() {
    this.#listing.forget();
    if (this.#isShown) void this.#listing.ask(this.#question);
  }

  /** What could not be asked while the server was away is asked when it is back. */
  #askAgainAfterOutage() {
    if (this.#isShown && this.#listing.problem) void this.#listing.ask(this.#question);
  }

  hide() {
    this.#isShown = false;
    this.#unbind();
    this.#listing.stop();
    for (const later of [this.#flushing, this.#askingAgain, this.#loadingAhead]) later.cancel();
  }

  #begin() {
    this.#isShown = true;
    const unbind = this.#app.keys.bind("Connections", [
      ...rowKeys(this.#table, () => this.#state.sel !== null && this.#close()),
      ["c", "Copy the row as a filter", () => this.#selection.copy(this.#table.activeItem)],
    ]);
    const leave = this.#app.draft.subscribe(() => {
      this.#loadingAhead.cancel();
      this.#filterAnew(true);
    });
    this.#unbind = () => {
      unbind();
      leave();
    };
  }

  /** @param {any[] | null} added */
  #takeLoaded(added) {
    if (added === null) {
      this.#arrangement.setRows([]);
      this.#pending = { added: [], changed: new Set(), mustSort: false };
    } else if (added.length > 0) {
      this.#note(added);
      this.#pending.added.push(...added);
    }
    // How deep what matches is known has changed too.
    if (added === null || !this.#listing.isLoading || added.length > 0) this.#flush();
  }

  #note(rows) {
    for (const { host } of rows) if (this.#hosts.size < 2) this.#hosts.add(host);
  }

  /** Takes in what has come, unless rows are still being filtered: then when that is done. */
  #flush() {
    this.#flushing.cancel();
    if (!this.#arrangement.isDone) {
      this.#mustFlush = true;
      return;
    }
    this.#mustFlush = false;
    const { added, changed, mustSort } = this.#pending;
    this.#pending = { added: [], changed: new Set(), mustSort: false };
    if (mustSort) this.#arrangement.setRows(this.#listing.rows.values());
    else this.#arrangement.merge(added, [...changed]);
    if (this.#sign() !== this.#filteredFor) this.#filterAnew(false);
    this.#schedule();
  }

  #filteredFor = "";

  /** What the answer depends on besides the rows. */
  #sign() {
    const { depth, answered, isComplete } = this.#listing;
    return JSON.stringify([this.#question, depth, answered?.size, isComplete]);
  }

  #filterAnew(fromTop) {
    this.#filteredFor = this.#sign();
    const draft = this.#app.draft.get();
    const isTyping = draft.text.trim() !== this.#question.q.trim();
    const now = Date.now();
    const preview = isTyping ? previewOf(this.#question, draft, now) : null;
    const answer = preview ?? answerOf(this.#question, this.#listing, now);
    this.#isPreview = preview !== null;
    // Until something is known the last good result stays.
    if (answer) {
      this.#isLocal = answer.isLocal;
      this.#arrangement.setPredicate(answer.matches, answer.canChange, {
        name: preview && draft.text,
        isNarrower: isPart(answer.extent, this.#extent),
      });
      this.#extent = answer.extent;
      this.#mustGoUp ||= fromTop;
    }
    this.#schedule();
  }

  #schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      if (this.#isShown) this.#draw();
    });
  }

  #draw() {
    const isDone = this.#arrangement.advance(budget, () => performance.now());
    if (!isDone) this.#schedule();
    else if (this.#mustFlush) this.#flush();
    const rows = this.#arrangement.visible;
    const grouping = groupings[this.#state.group];
    this.#drawColumns(grouping);
    if (grouping && isDone) {
      this.#groups = groupRows(
        rows, grouping, this.#expanded, (row) => outcomeAt(row, this.#moment));
      this.#table.setItems(flattened(this.#groups), { isTree: true, fromTop: this.#mustGoUp });
    } else if (!grouping) {
      this.#groups = null;
      this.#table.setItems(rows, { fromTop: this.#mustGoUp });
    }
    this.#mustGoUp = false;
    this.#table.draw();
    if (!isDone) return;
    this.#selection.refresh();
    this.#toolbar.update(this.#state, {
      shown: rows.length, groups: this.#groups?.length ?? null, listing: this.#listing,
      isPreview: this.#isPreview, hasHosts: this.#hosts.size > 1,
    });
    const isEmpty = rows.length === 0;
    this.#split.hidden = isEmpty;
    this.#empty.update(isEmpty, this.#listing, this.#question);
  }

  /** What the table is of, ms; null for now. */
  get #moment() {
    return this.#question.at === null ? null : Date.parse(this.#question.at);
  }

  #drawColumns(grouping) {
    const { sort, at } = this.#question;
    const sign = JSON.stringify([
      this.#state.cols, this.#state.group, sort, at, this.#hosts.size > 1]);
    if (sign === this.#columnSign) return;
    this.#columnSign = sign;
    const chosen = chosenColumns(this.#state.cols, this.#hosts.size > 1, this.#moment);
    this.#table.setColumns(
      grouping ? groupedColumns(grouping, chosen) : chosen, grouping ? null : this.#question.sort);
  }

  #open(item) {
    if (!item.isGroup) {
      this.#app.state.set({ sel: String(item.id) }, { replace: this.#state.sel !== null });
      return;
    }
    if (!this.#expanded.delete(item.key)) this.#expanded.add(item.key);
    this.#schedule();
  }

  #close() {
    this.#app.state.set({ sel: null });
    this.#table.focus();
  }

  #sortBy(column) {
    const sort = formatSort(sortAfterClick(this.#question.sort, column));
    this.#app.state.set({ sort: sort === formatSort(usualSort) ? null : sort });
  }

  /** Loads more when the end is near, and nobody is typing. */
  #loadAhead(last) {
    const isNear = last > this.#arrangement.visible.length - 100;
    const canLoad = !this.#listing.isLoading && this.#listing.canLoadMore;
    if (isNear && canLoad && !this.#groups) this.#loadingAhead.within(typing);
  }
}
