// One dispatcher for the keyboard, which also knows what to say in the help.

/**
 * @typedef {object} Binding
 * @property {string} key as in `KeyboardEvent.key`
 * @property {string} description for the help
 * @property {string} group the help's heading
 * @property {(event: KeyboardEvent) => void | boolean} run returns false when it was not meant
 */

/**
 * Whether keys typed at an element are text for it.
 * @param {EventTarget | null} target
 */
function takesText(target) {
  if (target instanceof HTMLInputElement) {
    return !["checkbox", "radio", "button"].includes(target.type);
  }
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** @param {Document} document */
export function createKeys(document) {
  /** @type {Binding[]} */
  const bindings = [];

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (takesText(event.target) || document.querySelector("dialog[open]")) return;
    // The latest binding is that of the view which is shown.
    for (const { key, run } of bindings.toReversed()) {
      if (key !== event.key || run(event) === false) continue;
      event.preventDefault();
      return;
    }
  });

  return {
    /** @type {() => readonly Binding[]} */
    bindings: () => bindings,

    /**
     * Makes keys do something until the function that this returns is called.
     * @param {string} group
     * @param {[key: string, description: string, run: Binding["run"]][]} added an empty description
     *   keeps a key out of the help
     */
    bind(group, added) {
      const mine = added.map(([key, description, run]) => ({ key, description, run, group }));
      bindings.push(...mine);
      return () => {
        for (const binding of mine) bindings.splice(bindings.indexOf(binding), 1);
      };
    },
  };
}
