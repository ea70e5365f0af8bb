// Children that stay the elements they were while what they show changes.

/**
 * Makes the children of an element those of a list: one with a known key is kept and updated, so
 * that focus, selection and what is opened stay.
 * @template T
 * @param {Element} parent
 * @param {T[]} items
 * @param {{ key: (item: T) => string, create: (item: T) => HTMLElement,
 *   update: (element: HTMLElement, item: T) => void }} how
 */
export function showKeyed(parent, items, { key, create, update }) {
  /** @type {Map<string, HTMLElement>} */
  const old = new Map();
  for (const child of /** @type {Iterable<HTMLElement>} */ (parent.children)) {
    old.set(child.dataset.key ?? "", child);
  }
  /** @type {Element | null} */
  let next = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    let element = old.get(name);
    if (element) {
      old.delete(name);
    } else {
      element = create(item);
      element.dataset.key = name;
    }
    update(element, item);
    if (element === next) next = next.nextElementSibling;
    else parent.insertBefore(element, next);
  }
  for (const element of old.values()) element.remove();
}
