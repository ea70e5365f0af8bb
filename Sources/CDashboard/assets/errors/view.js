// The landing view: what fails, and why. The errors with most failures come first, each with its
// meaning in plain words.

import { h, replaceChildren } from "../core/dom.js";
import { emptiness, loading, problemText } from "../core/empty.js";
import { showKeyed } from "../core/keyed.js";
import { createPoll } from "../core/poll.js";
import { questionOf } from "../core/state.js";
import { createSection } from "./section.js";
import { headline, sectionsOf } from "./summary.js";

const period = { changing: 2000, idle: 15_000 };

/** @param {any} app @returns {import("../views.js").View} */
export function createErrorsView(app) {
  const summary = h("p", { class: "headline" });
  const list = h("div", { class: "sections" });
  const placeholder = h("div", null, loading());
  const element = h("section", { class: "errors", "aria-label": "Errors" },
    summary, list, placeholder);

  /** @type {Promise<Map<string, import("./explanations.js").Explanation>> | null} */
  let explanations = null;
  /** @type {Map<string, ReturnType<typeof createSection>>} */
  const sections = new Map();
  /** @type {import("./summary.js").Section[]} */
  let shown = [];
  /** @type {import("./summary.js").Headline | null} */
  let said = null;
  let question = "";
  /** @type {(() => void) | null} */
  let unbind = null;

  const poll = createPoll(load, period, (problem) => {
    // What was shown before stays while the server is away.
    if (shown.length === 0) replaceChildren(placeholder, problemText(problem));
  });

  /** @param {AbortSignal} signal */
  async function load(signal) {
    const answer = await app.api.get("errors", questionOf(app.state.get()), signal);
    shown = sectionsOf(answer);
    said = headline(shown, answer);
    draw();
    replaceChildren(placeholder, shown.length === 0 && emptiness(app, "No failure"));
  }

  /** @param {string} error */
  function explanationOf(error) {
    explanations ??= app.api.get("errors/explanations").then((/** @type {any[]} */ list) =>
      new Map(list.map((explanation) => [explanation.error, explanation])));
    return /** @type {any} */ (explanations).then(
      (/** @type {Map<string, any>} */ known) => known.get(error), () => { explanations = null; });
  }

  function draw() {
    replaceChildren(summary, said && [h("b", null, said.total), ". ", said.spread],
      said?.lead && [h("b", null, said.lead.process), ` ${said.lead.verb} `,
        h("b", { class: "mono" }, said.lead.remote), said.lead.rest]);
    showKeyed(list, shown, {
      key: ({ error }) => error,
      create(section) {
        const made = createSection(app, section, explanationOf(section.error));
        sections.set(section.error, made);
        return made.element;
      },
      update: (_, section) => sections.get(section.error)?.show(section),
    });
    for (const error of sections.keys()) {
      if (!shown.some((section) => section.error === error)) sections.delete(error);
    }
  }

  /** Goes to the next or previous group. @param {number} step */
  function move(step) {
    const openers = /** @type {HTMLElement[]} */ ([...element.querySelectorAll(".toggle")]);
    const index = openers.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = openers[index < 0 ? 0 : Math.min(Math.max(index + step, 0), openers.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  /** Returns false when there is nothing to close. */
  function close() {
    if (app.state.get().sel === null) return false;
    app.state.set({ sel: null }, { replace: true });
    return true;
  }

  return {
    element,
    show(state) {
      unbind ??= app.keys.bind("Errors", [
        ["j", "Next group", () => move(1)],
        ["k", "Previous group", () => move(-1)],
        // A group's button does it by itself.
        ["Enter", "Open or close a group", () => false],
        ["Escape", "Close the group that is open", close],
      ]);
      const next = JSON.stringify(questionOf(state));
      poll.hold(state.paused);
      if (next === question) return draw();
      question = next;
      poll.now();
    },
    change: () => poll.soon(),
    reset: () => poll.now(),
    hide() {
      unbind?.();
      unbind = null;
      question = "";
      poll.stop();
    },
  };
}
