// The connections that the view knows of, and how far what it knows is complete.

import { Rows } from "../core/rows.js";

/**
 * @typedef {object} Question
 * @property {string} q
 * @property {string | null} since
 * @property {string | null} until
 * @property {string | null} at
 * @property {{ id: string, isDescending: boolean }} sort
 *
 * @typedef {object} Depth how far rows are known without a hole
 * @property {number} time of the last one, µs; minus infinite when all are known
 * @property {string | null} next where the next page begins
 * @property {boolean} isComplete
 */

/** Small, as the answer comes while somebody is typing. */
const pageSize = 100;
/** Of those that follow. */
const largePageSize = 1000;

/** Nothing is known yet. */
const unknown = Object.freeze({ time: Infinity, next: null, isComplete: false });

/**
 * What is left of a depth when the rows up to a time have been forgotten.
 * @param {Depth} depth
 * @param {number} forgotten µs
 * @returns {Depth}
 */
function shallower({ time, next }, forgotten) {
  return { time: Math.max(time, forgotten + 1), next, isComplete: false };
}

/**
 * What the server is asked for.
 * @param {Question} question
 */
export function parametersOf({ q, since, until, at, sort }) {
  const isUsual = sort.id === "timestamp" && sort.isDescending;
  return {
    q: [q.trim(), at ? `at:${at}` : ""].filter(Boolean).join(" "),
    since: since === "all" ? null : since, until,
    sort: isUsual ? null : `${sort.isDescending ? "-" : ""}${sort.id}`,
  };
}

/**
 * Loads pages, and takes in changes. Rows stay while the time asked about stays, so that another
 * filter can be shown at once from what is there.
 */
export class Listing {
  rows = new Rows();
  /** @type {Set<number> | null} ids that the server answered with, in case only it can tell */
  answered = null;
  isLoading = false;
  /** @type {Error | null} */
  problem = null;
  #api;
  #onChange;
  /** @type {Question | null} */
  #question = null;
  /** @type {Depth} of all rows of this time, whatever the filter */
  #base = unknown;
  /** @type {Depth} of those that match */
  #matching = unknown;
  /** @type {AbortController | null} */
  #asking = null;

  /**
   * @param {{ getPage: Function }} api
   * @param {(added: any[] | null) => void} onChange rows that are new, or null when any may be
   */
  constructor(api, onChange) {
    this.#api = api;
    this.#onChange = onChange;
  }

  /** Whether everything that matches is known. */
  get isComplete() {
    return this.#base.isComplete || this.#matching.isComplete;
  }

  get canLoadMore() {
    return !this.isComplete && this.#matching.next !== null && !this.rows.isFull;
  }

  /** Down to this time (µs) there is no hole among the rows that match; minus infinite for all. */
  get depth() {
    if (this.isComplete || this.#matching === unknown) return -Infinity;
    const depth = Math.min(this.#base.time, this.#matching.time);
    return depth <= this.rows.oldest ? -Infinity : depth;
  }

  /**
   * Asks for the first page.
   * @param {Question} question
   * @returns {Promise<void>}
   */
  async ask(question) {
    const known = this.#question;
    if (!known || ["since", "until", "at"].some((name) => known[name] !== question[name])) {
      this.forget();
    }
    this.#question = question;
    this.#matching = unknown;
    this.answered = null;
    await this.#load(async (signal) => this.#take(await this.#page(null, pageSize, signal)));
  }

  /**
   * Loads pages until so many rows are known, or all are.
   * @param {number} target
   */
  async loadMore(target) {
    if (this.isLoading) return;
    await this.#load(async (signal) => {
      do {
        this.#take(await this.#page(this.#matching.next, largePageSize, signal));
      } while (this.canLoadMore && this.rows.size < target);
    });
  }

  /** Forgets all rows: what is asked next begins anew. */
  forget() {
    this.rows.clear();
    this.#question = null;
    this.#base = unknown;
    this.#onChange(null);
  }

  /** Leaves what is being asked. */
  stop() {
    this.#asking?.abort();
  }

  /**
   * Takes in changes from the stream.
   * @param {any[]} records
   */
  change(records) {
    return this.#upsert(records);
  }

  async #load(work) {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.isLoading = true;
    this.problem = null;
    this.#onChange([]);
    try {
      await work(asking.signal);
    } catch (error) {
      if (!asking.signal.aborted) this.problem = /** @type {Error} */ (error);
    }
    if (this.#asking !== asking) return;
    this.isLoading = false;
    this.#onChange([]);
  }

  #page(cursor, limit, signal) {
    const parameters = parametersOf(/** @type {Question} */ (this.#question));
    return this.#api.getPage("connections", { ...parameters, limit, cursor }, signal);
  }

  /** @param {{ value: any[], next: string | null }} page */
  #take({ value, next }) {
    const { q, sort } = /** @type {Question} */ (this.#question);
    this.answered ??= new Set();
    for (const { id } of value) this.answered.add(id);
    const { added } = this.#upsert(value);
    const isByTime = sort.id === "timestamp" && sort.isDescending;
    const last = this.rows.get(value.at(-1)?.id);
    const reached = isByTime && last ? last.time : Infinity;
    const depth = { time: next === null ? -Infinity : reached, next, isComplete: next === null };
    this.#matching = depth;
    if (q.trim() === "" && (isByTime || depth.isComplete)) this.#base = depth;
    this.#onChange(added);
  }

  #upsert(records) {
    const change = this.rows.upsert(records);
    if (change.forgotten !== null) {
      this.#base = shallower(this.#base, change.forgotten);
      this.#matching = shallower(this.#matching, change.forgotten);
    }
    return change;
  }
}
