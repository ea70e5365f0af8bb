// The kinds of errors as they are shown: each has a colour, and a letter and a pattern for those to
// whom the colour says nothing.

/**
 * @typedef {object} Kind
 * @property {string} id what style and patterns know it by
 * @property {string} letter
 * @property {string} name in the words of a sentence: `12 refused`
 */

/** In the order in which they are stacked. @type {readonly Kind[]} */
export const kinds = [
  { id: "refused", letter: "R", name: "refused" },
  { id: "timeout", letter: "T", name: "timed out" },
  { id: "reset", letter: "X", name: "reset" },
  { id: "aborted", letter: "A", name: "aborted" },
  { id: "host", letter: "H", name: "host unreachable" },
  { id: "net", letter: "N", name: "network unreachable" },
  { id: "other", letter: "O", name: "other" },
];

/** @type {Record<string, string>} */
const kindOfError = {
  ECONNREFUSED: "refused", ECONNTIMEOUT: "timeout", ECONNRESET: "reset", EPIPE: "reset",
  ECONNABORTED: "aborted", EHOSTUNREACH: "host", EHOSTDOWN: "host", ENETUNREACH: "net",
  ENETDOWN: "net",
};

/**
 * The kind of an error.
 * @param {string} error its name, such as `ECONNREFUSED`
 * @returns {Kind}
 */
export function kindOf(error) {
  const id = kindOfError[error] ?? "other";
  return /** @type {Kind} */ (kinds.find((kind) => kind.id === id));
}

/**
 * Counts by error added up by kind: those that there are, in the order of `kinds`.
 * @param {Record<string, number>} counts
 * @returns {{ kind: Kind, count: number, errors: string[] }[]}
 */
export function countsByKind(counts) {
  return kinds.map((kind) => {
    const errors = Object.keys(counts).filter((error) => kindOf(error) === kind);
    return { kind, errors, count: errors.reduce((sum, error) => sum + counts[error], 0) };
  }).filter(({ count }) => count > 0);
}
