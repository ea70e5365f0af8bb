// A table of any number of rows, of which only those in sight are elements. To assistive technology
// it is a grid whose rows are navigated by keyboard; the focus stays on the grid.

import { h, replaceChildren } from "../core/dom.js";
import { headerRow, leastWidth, tracks } from "./header.js";
import { findKey, stepFor, windowOf } from "./window.js";

/**
 * @typedef {object} Column
 * @property {string} id
 * @property {string} title
 * @property {[least: number, share: number]} [width] px, and its part of the room that is left
 * @property {boolean} [isNumber] aligned to the right; sorted with the largest first
 * @property {boolean} [isSortable]
 * @property {(item: any) => string} text what the cell says; it is drawn again when this changes
 * @property {(cell: HTMLElement, item: any) => void} [fill] draws it, where text is not enough
 *
 * @typedef {object} Options
 * @property {string} label the grid's name
 * @property {(item: any) => string} key tells items apart, the same while an item changes
 * @property {(item: any) => string} [kind] a class of the row
 * @property {(item: any) => { isExpanded: boolean } | null} [group] for items that hold others
 * @property {(item: any) => void} onOpen an item was clicked, or Enter pressed
 * @property {(item: any) => void} [onMove] the keyboard has come to an item
 * @property {(column: Column) => void} [onSort]
 * @property {(last: number) => void} [onWindow] rows up to this index are in sight
 */

const narrow = "(max-width: 640px)";
const heights = { wide: 28, narrow: 58 };
let tables = 0;

/** @param {Options} options */
export function createTable(options) {
  return new VirtualTable(options);
}

class VirtualTable {
  #options;
  #name = `table-${tables++}`;
  #head = h("div", { role: "rowgroup", class: "vhead" });
  #body = h("div", { role: "rowgroup", class: "vbody" });
  /** @type {Column[]} */
  #columns = [];
  #items = [];
  /** @type {{ element: HTMLElement, cells: HTMLElement[], texts: string[], index: number }[]} */
  #slots = [];
  #active = -1;
  /** @type {string | null} */
  #activeKey = null;
  /** @type {string | null} */
  #selected = null;
  #isScheduled = false;
  // Where it is scrolled to and how high it is, px, as they were told: asking for them after
  // something has been written makes the browser lay out the page at once.
  #top = 0;
  #height = 0;
  #media = window.matchMedia(narrow);

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    this.element = h("div", {
      class: "vtable", role: "grid", tabindex: "0", "aria-label": options.label,
      onscroll: () => this.#measure(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#handleKey(event),
      onclick: (/** @type {MouseEvent} */ event) => this.#handleClick(event),
      onpointerover: ({ target }) => this.#entitle(target),
    }, this.#head, this.#body);
    new ResizeObserver(() => this.#measure()).observe(this.element);
    this.#media.addEventListener("change", () => this.#layOut());
  }

  get rowHeight() {
    return this.#media.matches ? heights.narrow : heights.wide;
  }

  /** The item that the keyboard is at, or null. */
  get activeItem() {
    return this.#items[this.#active] ?? null;
  }

  /**
   * @param {Column[]} columns
   * @param {{ id: string, isDescending: boolean } | null} sort
   */
  setColumns(columns, sort) {
    this.#columns = columns;
    replaceChildren(this.#head, headerRow(columns, sort, this.#options.onSort));
    this.element.setAttribute("aria-colcount", String(columns.length));
    this.element.style.setProperty("--tracks", tracks(columns));
    this.element.style.setProperty("--least", `${leastWidth(columns)}px`);
    this.#slots = [];
    this.#body.replaceChildren();
    this.#schedule();
  }

  /**
   * Shows other items. What is in sight stays where it is, unless the table is at its beginning.
   * @param {any[]} items
   * @param {{ isTree?: boolean, fromTop?: boolean }} [how]
   */
  setItems(items, { isTree = false, fromTop = false } = {}) {
    const scroller = this.element;
    const top = Math.floor(this.#top / this.rowHeight);
    const end = top + this.#height / this.rowHeight;
    // The row that somebody is at stays where it is, or else the one on top.
    const isAtInSight = this.#active >= top && this.#active < end;
    const place = isAtInSight ? this.#active : top;
    const anchor = fromTop || place === 0 ? undefined : this.#items[place];
    const key = this.#options.key;
    const moved = anchor === undefined ? place : findKey(items, key(anchor), key, place);
    if (this.#activeKey !== null) {
      this.#active = findKey(items, this.#activeKey, key, Math.max(this.#active, 0));
      // What is no longer in the table is not looked for again.
      if (this.#active < 0) this.#activeKey = null;
    }
    this.#items = items;
    scroller.setAttribute("role", isTree ? "treegrid" : "grid");
    scroller.setAttribute("aria-rowcount", String(items.length + 1));
    this.#layOut();
    if (fromTop) this.#scrollTo(0);
    else if (moved >= 0 && moved !== place) {
      this.#scrollTo(this.#top + (moved - place) * this.rowHeight);
    }
  }

  /** Draws again what is in sight, as items have changed in place. */
  refresh() {
    this.#schedule();
  }

  /**
   * Marks an item, or none.
   * @param {string | null} key
   */
  select(key) {
    this.#selected = key;
    this.#schedule();
  }

  /**
   * Goes so many rows on, and brings the row into sight.
   * @param {number} step may be negative or infinite
   */
  move(step) {
    if (this.#items.length === 0) return;
    const from = this.#active < 0 ? (step > 0 ? -1 : 0) : this.#active;
    this.goTo(Math.min(Math.max(from + step, 0), this.#items.length - 1));
    this.#options.onMove?.(this.activeItem);
  }

  /** @param {number} index */
  goTo(index) {
    this.#active = index;
    this.#activeKey = this.#options.key(this.#items[index]);
    this.#reveal(index);
    this.#schedule();
  }

  /** Opens the item that the keyboard is at. */
  open() {
    if (this.activeItem !== null) this.#options.onOpen(this.activeItem);
  }

  focus() {
    this.element.focus({ preventScroll: true });
  }

  #layOut() {
    this.element.style.setProperty("--row", `${this.rowHeight}px`);
    this.#body.style.height = `${this.#items.length * this.rowHeight}px`;
    this.#schedule();
  }

  #measure() {
    this.#top = this.element.scrollTop;
    this.#height = this.element.clientHeight;
    this.#schedule();
  }

  /** @param {number} top px */
  #scrollTo(top) {
    if (top === this.#top) return;
    this.element.scrollTop = top;
    this.#top = this.element.scrollTop;
  }

  #schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      if (this.#isScheduled) this.draw();
    });
  }

  /** Draws what is in sight, now. Who is within a frame already need not wait for the next one. */
  draw() {
    this.#isScheduled = false;
    if (this.#height === 0) return;
    // Where there are fewer rows than before the browser scrolls back when it lays them out.
    const most = (this.#items.length + 1) * this.rowHeight - this.#height;
    const top = Math.max(0, Math.min(this.#top, most));
    const { first, last } = windowOf(top, this.#height, this.rowHeight, this.#items.length);
    // The slots go round: a row that stays in sight keeps its element.
    const room = last - first;
    while (this.#slots.length < room) this.#slots.push(this.#makeSlot());
    const isUsed = new Set();
    for (let index = first; index < last; index += 1) {
      const slot = this.#slots[index % this.#slots.length];
      isUsed.add(slot);
      this.#fill(slot, index);
    }
    for (const slot of this.#slots) slot.element.hidden = !isUsed.has(slot);
    this.#pointAtActive();
    this.#options.onWindow?.(last);
  }

  #makeSlot() {
    const cells = this.#columns.map((column, index) => h("div", {
      role: "gridcell", class: column.isNumber ? "cell number" : "cell",
      "aria-colindex": index + 1, dataset: { column: column.id },
    }));
    const id = `${this.#name}-${this.#slots.length}`;
    const element = h("div", { role: "row", id, class: "vrow" }, cells);
    this.#body.append(element);
    return { element, cells, texts: [], index: -1 };
  }

  #fill(slot, index) {
    const { element, cells, texts } = slot;
    const item = this.#items[index];
    const { key, kind, group } = this.#options;
    if (slot.index !== index) {
      slot.index = index;
      element.style.transform = `translateY(${index * this.rowHeight}px)`;
      element.setAttribute("aria-rowindex", String(index + 2));
    }
    const held = group?.(item) ?? null;
    if (held) element.setAttribute("aria-expanded", String(held.isExpanded));
    else element.removeAttribute("aria-expanded");
    const isSelected = this.#selected !== null && key(item) === this.#selected;
    element.setAttribute("aria-selected", String(isSelected));
    const className = `vrow ${kind?.(item) ?? ""}${index === this.#active ? " at" : ""}`;
    if (element.className !== className) element.className = className;
    this.#columns.forEach((column, place) => {
      const text = column.text(item);
      if (texts[place] === text) return;
      texts[place] = text;
      if (column.fill) column.fill(cells[place], item);
      else cells[place].textContent = text;
    });
  }

  #pointAtActive() {
    const slot = this.#slots.find(({ index, element }) =>
      index === this.#active && !element.hidden);
    if (slot) this.element.setAttribute("aria-activedescendant", slot.element.id);
    else this.element.removeAttribute("aria-activedescendant");
  }

  #reveal(index) {
    const room = this.#height - this.#head.offsetHeight;
    const top = index * this.rowHeight;
    if (top < this.#top) this.#scrollTo(top);
    else if (top + this.rowHeight > this.#top + room) this.#scrollTo(top + this.rowHeight - room);
  }

  /** @param {KeyboardEvent} event */
  #handleKey(event) {
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.rowHeight) - 2);
    const step = stepFor(event.key, page);
    if (step !== 0) this.move(step);
    else if (event.key === "Enter") this.open();
    else if (!this.#handleTreeKey(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Right opens a group and left closes it. */
  #handleTreeKey(key) {
    const held = this.activeItem && this.#options.group?.(this.activeItem);
    if (!held || key !== (held.isExpanded ? "ArrowLeft" : "ArrowRight")) return false;
    this.open();
    return true;
  }

  /** A cell whose text does not fit tells it to the pointer. */
  #entitle(target) {
    const cell = target instanceof Element ? target.closest(".vrow .cell") : null;
    if (cell instanceof HTMLElement) {
      cell.title = cell.scrollWidth > cell.clientWidth ? cell.textContent ?? "" : "";
    }
  }

  /** @param {MouseEvent} event */
  #handleClick(event) {
    const row = event.target instanceof Element ? event.target.closest(".vrow") : null;
    const slot = this.#slots.find(({ element }) => element === row);
    // Who marks text to copy it does not want it to go away.
    if (!slot || !window.getSelection()?.isCollapsed) return;
    this.goTo(slot.index);
    this.open();
  }
}
