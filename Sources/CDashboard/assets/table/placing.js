// Where the choices of a menu stand: below its button, and always within the window.

/** Between button, choices and the window's edges, px. */
const gap = 4;
const edge = 8;
/** Choices that have less room than this below the button go above it if there is more, px. */
const wanted = 240;

/**
 * @typedef {{ left: number, right: number, top: number, bottom: number }} Box px
 *
 * @param {Box} opener
 * @param {{ width: number, height: number }} size of the choices, px
 * @param {{ width: number, height: number }} room of the window, px
 * @param {boolean} isRight whether they end where the button ends
 * @returns {{ left: number, top: number, most: number }} `most` is how high they may be, px
 */
export function placed(opener, size, room, isRight) {
  const from = isRight ? opener.right - size.width : opener.left;
  const left = Math.max(edge, Math.min(from, room.width - edge - size.width));
  const below = room.height - edge - (opener.bottom + gap);
  const above = opener.top - gap - edge;
  if (size.height > below && below < wanted && above > below) {
    const height = Math.min(size.height, above);
    return { left, top: opener.top - gap - height, most: above };
  }
  return { left, top: opener.bottom + gap, most: below };
}

/**
 * Puts choices in their place. They keep it when the button grows, as somebody may be about to
 * press one of them.
 * @param {HTMLElement} opener
 * @param {HTMLElement} choices
 * @param {boolean} isRight
 */
export function place(opener, choices, isRight) {
  // As large as they would like to be.
  Object.assign(choices.style, { maxHeight: "none", left: "0", top: "0" });
  const { width, height } = choices.getBoundingClientRect();
  // On a phone the navigation is at the bottom, in the padding of the body.
  const bar = parseFloat(getComputedStyle(document.body).paddingBottom) || 0;
  const room = { width: document.documentElement.clientWidth, height: window.innerHeight - bar };
  const { left, top, most } = placed(
    opener.getBoundingClientRect(), { width, height }, room, isRight);
  Object.assign(choices.style, { maxHeight: `${most}px`, left: `${left}px`, top: `${top}px` });
}
