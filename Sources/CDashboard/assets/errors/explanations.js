// What errors mean and what to look at next, as the server explains them.

import { button, h } from "../core/dom.js";
import { visible } from "../core/format.js";

/**
 * @typedef {object} Explanation as `/api/errors/explanations` tells it
 * @property {string} error
 * @property {number} errno
 * @property {string} summary
 * @property {string} meaning
 * @property {string[]} causes
 * @property {{ text: string, command: string | null }[]} steps
 * @property {string | null} limits
 */

/**
 * A command with what a record says in the place of the words that stand for it. Which unit serves
 * the other end, a record does not say.
 * @param {string} command
 * @param {{ remote_addr: string, process_id?: number }} record
 */
export function filledIn(command, { remote_addr: remote, process_id: pid }) {
  const colon = remote.lastIndexOf(":");
  const address = remote.slice(0, colon).replace(/^\[|\]$/g, "");
  return command.replace(/\b(ADDR:PORT|ADDR|PORT|PID)\b/g, (word) => {
    switch (word) {
      case "ADDR:PORT": return remote;
      case "ADDR": return address;
      case "PORT": return remote.slice(colon + 1);
      default: return pid ? String(pid) : word;
    }
  });
}

/**
 * What to look at next, for a record.
 * @param {Explanation} explanation
 * @param {Parameters<typeof filledIn>[1]} record
 * @param {(text: string) => void} announce
 * @returns {HTMLElement}
 */
export function stepsOf({ steps }, record, announce) {
  return h("ol", { class: "steps" }, steps.map(({ text, command }) =>
    h("li", null, text, command && commandLine(filledIn(command, record), announce))));
}

/** @param {string} command @param {(text: string) => void} announce */
function commandLine(command, announce) {
  const copy = button({
    class: "button",
    async onclick() {
      await navigator.clipboard.writeText(command);
      announce("Copied");
      copy.textContent = "Copied";
    },
  }, "Copy");
  return h("div", { class: "command" }, h("code", null, visible(command)), copy);
}

/**
 * What an error means, its usual causes, and what cannot be told.
 * @param {Explanation} explanation
 * @returns {HTMLElement}
 */
export function meaningOf({ meaning, causes, limits }) {
  return h("div", { class: "meaning" }, h("p", null, meaning),
    h("h3", null, "Usual causes"), h("ul", null, causes.map((cause) => h("li", null, cause))),
    limits && h("p", { class: "muted" }, h("b", null, "Limits. "), limits));
}
