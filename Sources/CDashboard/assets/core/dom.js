// Elements from values. Text only ever becomes text nodes and attribute values: there is no way to
// pass markup, so that names of processes, paths and hosts cannot become any.

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Record<string, unknown>} Props `class`, attributes, `dataset`, and handlers (`onclick`)
 */

const svgNamespace = "http://www.w3.org/2000/svg";

/**
 * An HTML element.
 * @param {string} tag
 * @param {Props | null} [props] null, undefined and false leave a property out
 * @param {...(Child | Child[])} children
 * @returns {HTMLElement}
 */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/**
 * An SVG element, made as `h` makes HTML.
 * @param {string} tag
 * @param {Props | null} [props]
 * @param {...(Child | Child[])} children
 * @returns {SVGElement}
 */
export function svg(tag, props, ...children) {
  return fill(document.createElementNS(svgNamespace, tag), props, children);
}

/** @template {Element} E @param {E} element @param {Props | null | undefined} props
 *  @param {(Child | Child[])[]} children @returns {E} */
function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) setProperty(element, name, value);
  element.append(...nodes(children));
  return element;
}

/** @param {Element} element @param {string} name @param {unknown} value */
function setProperty(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") {
    element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
  } else if (name === "dataset") {
    Object.assign(/** @type {HTMLElement} */ (element).dataset, value);
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** @param {(Child | Child[])[]} children @returns {(Node | string)[]} */
function nodes(children) {
  return children.flat()
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}

/**
 * Puts children in the place of those an element has.
 * @param {Element} element
 * @param {...(Child | Child[])} children
 */
export function replaceChildren(element, ...children) {
  element.replaceChildren(...nodes(children));
}

/**
 * Sets an element's text, and touches nothing when it is the same.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * A button that is no submit button.
 * @param {Props} props
 * @param {...(Child | Child[])} children
 * @returns {HTMLButtonElement}
 */
export function button(props, ...children) {
  return /** @type {HTMLButtonElement} */ (h("button", { type: "button", ...props }, ...children));
}
