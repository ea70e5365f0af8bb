// Which rows of a long table are in sight, and how keys move between them.

/** Rows beyond either edge, so that scrolling does not show empty ones. */
const beyond = 3;

/**
 * The rows to draw, from `first` up to but not including `last`.
 * @param {number} scrollTop px
 * @param {number} height of what can be seen, px
 * @param {number} rowHeight px
 * @param {number} count of all rows
 */
export function windowOf(scrollTop, height, rowHeight, count) {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - beyond);
  const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + beyond);
  return { first: Math.min(first, last), last };
}

/**
 * The index of the item with a key, looked for from a place outwards; -1 if there is none.
 * @param {any[]} items
 * @param {string} key
 * @param {(item: any) => string} keyOf
 * @param {number} place
 */
export function findKey(items, key, keyOf, place) {
  const most = Math.max(place, items.length - place);
  for (let distance = 0; distance <= most; distance += 1) {
    const after = place + distance;
    if (after < items.length && keyOf(items[after]) === key) return after;
    const before = place - distance;
    if (before >= 0 && before < items.length && keyOf(items[before]) === key) return before;
  }
  return -1;
}

/**
 * How many rows a key moves; 0 if it is none that does.
 * @param {string} key
 * @param {number} page rows in sight
 */
export function stepFor(key, page) {
  switch (key) {
    case "ArrowDown": case "j": return 1;
    case "ArrowUp": case "k": return -1;
    case "PageDown": return page;
    case "PageUp": return -page;
    case "Home": return -Infinity;
    case "End": return Infinity;
    default: return 0;
  }
}
