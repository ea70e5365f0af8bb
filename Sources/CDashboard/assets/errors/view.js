// The landing view: what fails, and why.

import { h, replaceChildren } from "../core/dom.js";
import { ago, count, visible } from "../core/format.js";
import { questionOf } from "../core/state.js";

/** @param {any} app @returns {import("../views.js").View} */
export function createErrorsView(app) {
  const element = h("section", { "aria-label": "Errors" });

  async function load() {
    const { groups } = await app.api.get("errors", questionOf(app.state.get()));
    replaceChildren(element, groups.map((/** @type {any} */ group) => h("p", null,
      `${group.error} ${visible(group.process_name)} ${group.remote_addr} `,
      `${count(group.count)} ${ago(group.last)}`)));
  }

  return { element, show: () => void load(), change: () => void load(), reset: () => void load(), hide() {} };
}
