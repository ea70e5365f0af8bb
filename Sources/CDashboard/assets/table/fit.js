// Tables take the height that the window has left below them.

const least = 280;

/** What is below an element at the end of others, px. @param {Element} element */
function below(element) {
  let room = 0;
  for (let each = element.parentElement; each; each = each.parentElement) {
    const { paddingBottom, borderBottomWidth } = getComputedStyle(each);
    room += parseFloat(paddingBottom) + parseFloat(borderBottomWidth);
  }
  return room;
}

/**
 * Keeps an element as high as the room from its top to the bottom of the window.
 * @param {HTMLElement} element
 */
export function fitHeight(element) {
  const fit = () => {
    if (!element.isConnected) return;
    const top = element.getBoundingClientRect().top + window.scrollY;
    const room = Math.floor(window.innerHeight - top - below(element));
    const height = `${Math.max(least, room)}px`;
    if (element.style.height !== height) element.style.height = height;
  };
  new ResizeObserver(fit).observe(document.body);
  window.addEventListener("resize", fit);
  return fit;
}
