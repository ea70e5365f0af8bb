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
    // On a phone the navigation is at the bottom, in the padding of the body.
    const padding = parseFloat(getComputedStyle(document.body).paddingBottom) || 0;
    const top = element.getBoundingClientRect().top + window.scrollY;
    const height = `${Math.max(least, Math.floor(window.innerHeight - top - padding - below))}px`;
    if (element.style.height !== height) element.style.height = height;
  };
  new ResizeObserver(fit).observe(document.body);
  window.addEventListener("resize", fit);
  return fit;
}
