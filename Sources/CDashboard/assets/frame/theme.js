// Dark or light: as the system has it, until a person wants the other one.

const stored = "netmon.theme";

/**
 * @param {Window} window
 * @param {any} keys
 * @param {HTMLElement} toggle
 */
export function createTheme(window, keys, toggle) {
  const root = window.document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  /** Storage can be forbidden; then the choice lasts as long as the page.
   *  @template T @param {(storage: Storage) => T} use @returns {T | null} */
  function withStorage(use) {
    try {
      return use(window.localStorage);
    } catch {
      return null;
    }
  }

  /** @param {string | null} theme */
  function show(theme) {
    if (theme === "dark" || theme === "light") root.dataset.theme = theme;
    else delete root.dataset.theme;
  }

  function switchTheme() {
    const isDark = (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
    const next = isDark ? "light" : "dark";
    const isSystem = (next === "dark") === system.matches;
    show(isSystem ? null : next);
    withStorage((storage) => isSystem ? storage.removeItem(stored) : storage.setItem(stored, next));
  }

  show(withStorage((storage) => storage.getItem(stored)));
  toggle.addEventListener("click", switchTheme);
  keys.bind("Everywhere", [["t", "Dark or light", switchTheme]]);
}
