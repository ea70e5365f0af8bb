// Choosing some of a row of things side by side, by pointer or by keys.

/**
 * @typedef {object} Row
 * @property {() => number} count how many there are
 * @property {(x: number) => number} indexAt the one at a place, in px
 * @property {(first: number, last: number) => void} show what is marked; first > last: nothing
 * @property {(first: number, last: number) => void} apply what was chosen
 *
 * @param {HTMLElement} element
 * @param {Row} row
 */
export function createBrush(element, row) {
  /** Where marking began, and where it is now; -1 when nothing is marked. */
  let anchor = -1;
  let head = -1;
  /** @type {number | null} */
  let pointer = null;

  const show = () => row.show(...ordered());
  /** @returns {[number, number]} */
  const ordered = () => (head < 0 ? [0, -1] : [Math.min(anchor, head), Math.max(anchor, head)]);

  function clear() {
    anchor = head = -1;
    show();
  }

  function apply() {
    if (head < 0) return;
    const [first, last] = ordered();
    clear();
    row.apply(first, last);
  }

  const at = (/** @type {PointerEvent} */ event) =>
    row.indexAt(event.clientX - element.getBoundingClientRect().left);

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || row.count() === 0) return;
    pointer = event.pointerId;
    element.setPointerCapture(pointer);
    anchor = head = at(event);
    show();
  });
  element.addEventListener("pointermove", (event) => {
    if (row.count() === 0) return;
    head = at(event);
    if (pointer === null) anchor = head;
    show();
  });
  element.addEventListener("pointerup", () => {
    if (pointer === null) return;
    pointer = null;
    apply();
  });
  element.addEventListener("pointercancel", () => {
    pointer = null;
    clear();
  });
  element.addEventListener("pointerleave", () => pointer === null && clear());
  element.addEventListener("blur", clear);

  element.addEventListener("keydown", (event) => {
    const last = row.count() - 1;
    const from = head < 0 ? last : head;
    /** @type {Record<string, number>} */
    const places = {
      ArrowLeft: head < 0 ? last : from - 1, ArrowRight: from + 1, PageUp: from - 10,
      PageDown: from + 10, Home: 0, End: last,
    };
    if (event.key in places && last >= 0) {
      head = Math.min(last, Math.max(0, places[event.key]));
      if (!event.shiftKey || anchor < 0) anchor = head;
      show();
    } else if (event.key === "Enter") {
      apply();
    } else if (event.key === "Escape" && head >= 0) {
      clear();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });

  return {
    /** Marks again what is marked, after the row has changed. */
    refresh() {
      if (head >= row.count()) clear();
      else if (head >= 0) show();
    },
  };
}
