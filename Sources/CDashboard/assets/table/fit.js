// Tables take the height that the window has left below them.

const least = 280;
const below = 12;

/**
 * Keeps an element as high as the room from its top to the bottom of the window.
 * @param {HTMLElement} element
 */
export function fitHeight(element) {
  const fit = () => {
    if (!element.isConnected) return;
    const top = element.getBoundingClientRect().top + window.scrollY;
    const height = `${Math.max(least, Math.floor(window.innerHeight - top - below))}px`;
    if (element.style.height !== height) element.style.height = height;
  };
  new ResizeObserver(fit).observe(document.body);
  window.addEventListener("resize", fit);
  return fit;
}
