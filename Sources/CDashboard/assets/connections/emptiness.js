// What stands in the table's place when there is no connection to show.

import { h, replaceChildren } from "../core/dom.js";
import { emptiness, loading, problemText } from "../core/empty.js";

/** @param {any} app */
export function createEmptiness(app) {
  const element = h("div");
  let drawnFor = "";

  return {
    element,
    /**
     * @param {boolean} isEmpty
     * @param {import("./listing.js").Listing} listing
     * @param {import("./listing.js").Question} question
     */
    update(isEmpty, { isLoading, problem }, question) {
      element.hidden = !isEmpty;
      const sign = JSON.stringify([isEmpty, isLoading, problem?.message, question]);
      if (sign === drawnFor) return;
      drawnFor = sign;
      const told = () => {
        if (problem) return problemText(/** @type {any} */ (problem));
        return isLoading ? loading() : emptiness(app, "No connection");
      };
      replaceChildren(element, isEmpty && told());
    },
  };
}
