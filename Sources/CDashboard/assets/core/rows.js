// The records that the page holds: each once, no more than a limit, whatever order they come in.

/**
 * A record as `docs/http-api.md` describes it, and what is faster to compare and to search: `time`,
 * its timestamp as microseconds since 1970, `names` of `namesOf` and `ends` of `endsOf`.
 * @typedef {Record<string, any> & {
 *   id: number, revision: number, timestamp: string, time: number, names: string, ends: string,
 * }} Row
 */

/** The most records that the page keeps. */
export const mostRows = 100_000;

/** Fields whose values repeat so often that one copy of each saves most of the memory. */
const repeating = [
  "process_name", "process_path", "local_addr", "remote_addr", "error", "service_name", "protocol",
  "state", "host", "family", "direction", "error_stage", "error_source", "error_cause", "user",
  "unit", "container", "parent_name", "command",
];

/** Fields that a word of a filter without a key is searched in, besides the addresses. */
const named = ["process_name", "process_path", "host", "service_name"];

// What a word is searched in, in lower case. No name has a NUL, so that nothing is found across two.

/** @param {Record<string, any>} record */
export function namesOf(record) {
  return named.map((field) => record[field] ?? "").join("\0").toLowerCase();
}

/** @param {Record<string, any>} record */
export function endsOf({ local_addr: local, remote_addr: remote }) {
  return [local, remote].join("\0").toLowerCase();
}

/**
 * A timestamp (RFC 3339, UTC, microseconds) as microseconds since 1970.
 * @param {string} timestamp
 */
export function microseconds(timestamp) {
  // Date knows milliseconds: the last three digits are added to them.
  const point = timestamp.indexOf(".");
  const fine = point < 0 ? 0 : Number(timestamp.slice(point + 4, point + 7)) || 0;
  return Date.parse(timestamp) * 1000 + fine;
}

/** One copy of each text, for as long as there are not too many different ones. */
class TextPool {
  #texts = new Map();

  /** @param {string} text */
  shared(text) {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= 50_000) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}

/** Records by id. Where there are more than the limit the oldest are forgotten. */
export class Rows {
  #rows = new Map();
  #pool = new TextPool();
  #limit;
  /** None is older, µs. */
  oldest = Infinity;

  /** @param {number} [limit] how many are kept, > 0 */
  constructor(limit = mostRows) {
    this.#limit = limit;
  }

  get size() {
    return this.#rows.size;
  }

  get isFull() {
    return this.#rows.size >= this.#limit;
  }

  /**
   * @param {number} id
   * @returns {Row | undefined}
   */
  get(id) {
    return this.#rows.get(id);
  }

  /** @returns {IterableIterator<Row>} in no order that means anything */
  values() {
    return this.#rows.values();
  }

  clear() {
    this.#rows.clear();
    this.oldest = Infinity;
  }

  /**
   * Takes in records; of one that is known the higher revision stays. A row that has changed stays
   * the same object, so that lists of rows remain good.
   * @param {Iterable<Record<string, any>>} records
   * @returns {{ added: Row[], changed: Row[], forgotten: number | null }} rows up to the time
   *   `forgotten` (µs) are no longer kept
   */
  upsert(records) {
    const added = [];
    const changed = [];
    for (const record of records) {
      const known = this.#rows.get(record.id);
      if (known === undefined) {
        const row = this.#pooled(record);
        this.#rows.set(row.id, row);
        this.oldest = Math.min(this.oldest, row.time);
        added.push(row);
      } else if (record.revision > known.revision) {
        Object.assign(known, this.#pooled(record));
        changed.push(known);
      }
    }
    // A twentieth more at a time, as finding the oldest looks at all.
    const excess = this.#rows.size - this.#limit;
    const forgotten = excess > this.#limit / 20 ? this.#forgetOldest(excess) : null;
    return { added, changed, forgotten };
  }

  /** @returns {Row} */
  #pooled(record) {
    for (const field of repeating) {
      const text = record[field];
      if (typeof text === "string") record[field] = this.#pool.shared(text);
    }
    record.names = this.#pool.shared(namesOf(record));
    record.ends = endsOf(record);
    record.time = microseconds(record.timestamp);
    return record;
  }

  #forgetOldest(count) {
    const times = Float64Array.from(this.#rows.values(), (row) => row.time).sort();
    const last = times[count - 1];
    this.oldest = last;
    let left = count;
    for (const [id, row] of this.#rows) {
      if (left === 0) break;
      if (row.time > last) continue;
      this.#rows.delete(id);
      left -= 1;
    }
    return last;
  }
}
