// The keys of a view that has a table and a panel.

/** Whether nothing on the page would take the key itself. @param {EventTarget | null} target */
const isPage = (target) => target === document.body || target instanceof HTMLElement
  && target.matches("main, aside");

/**
 * @param {{ focus: () => void, move: (step: number) => void, open: () => void }} table
 * @param {() => boolean | void} close returns false when nothing is open
 * @returns {[key: string, description: string, run: (event: KeyboardEvent) => boolean | void][]}
 */
export function rowKeys(table, close) {
  const move = (/** @type {number} */ step) => () => {
    table.focus();
    table.move(step);
  };
  return [
    ["j", "Next row", move(1)], ["k", "Row before", move(-1)],
    ["Enter", "All about the row", ({ target }) => (isPage(target) ? table.open() : false)],
    ["Escape", "Close it", close],
  ];
}
