// The keys, and the filter language in a few lines.

import { button, h, replaceChildren } from "../core/dom.js";

/** @type {readonly [string, string][]} */
const examples = [
  ["error:any", "what failed; also error:none and error:ECONNREFUSED"],
  ["process:curl,wget", "either of them"],
  ["-state:ESTABLISHED", "all but these"],
  ["remote:10.0.0.0/8", "an address, a block, a port (remote::443) or both"],
  ["latency:>100ms", "compared; also duration:, rtt:, bytes:>1MB"],
  ['process:"my app"', "quotes hold spaces; * stands for any text"],
  ["nginx", "a word is searched in names, paths, addresses and services"],
];

/** @type {Record<string, string>} */
const names = {
  ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc",
};

/**
 * @param {{ bindings: () => readonly import("../core/keys.js").Binding[], bind: Function }} keys
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement} opener
 */
export function createHelp(keys, dialog, opener) {
  function open() {
    const told = keys.bindings().filter(({ description }) => description);
    const groups = Map.groupBy(told, ({ group }) => group);
    replaceChildren(dialog,
      h("header", null, h("h2", { id: "help-title" }, "Keys and filters"),
        button({ class: "button", onclick: () => dialog.close() }, "Close")),
      h("div", { class: "columns" },
        [...groups].map(([title, bindings]) => h("section", null, h("h3", null, title),
          h("dl", null, bindings.map(({ key, description }) => h("div", null,
            h("dt", null, h("kbd", null, names[key] ?? key)), h("dd", null, description)))))),
        h("section", { class: "wide" }, h("h3", null, "Filter"),
          h("p", { class: "muted" }, "Terms must all hold; commas mean any of."),
          h("dl", null, examples.map(([example, meaning]) =>
            h("div", null, h("dt", null, h("code", null, example)), h("dd", null, meaning)))))));
    dialog.showModal();
  }

  opener.addEventListener("click", open);
  // Beside it, or the key that opened it.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "?") return;
    event.preventDefault();
    dialog.close();
  });
  keys.bind("Everywhere", [["?", "This help", open]]);
}
