// The time band: what failed when, over the connections there were; choosing the span that
// everything below is about; pausing, and coming back to now.

import { button, h, replaceChildren, setText } from "../core/dom.js";
import { count, plural, visible } from "../core/format.js";
import { createPoll } from "../core/poll.js";
import { questionOf } from "../core/state.js";
import { countsByKind } from "../errors/kinds.js";
import { narrowed } from "../filter/language.js";
import { timelineOf } from "./bars.js";
import { createChart } from "./chart.js";
import { isSameSpan, moved, presets, spanOf, spanText, zoneText } from "./span.js";
import { timelineTable } from "./table.js";

/** How often the band is drawn anew at most while there are changes, and without any, in ms. */
const period = { changing: 2000, idle: 15_000 };

/** @param {any} app @returns {HTMLElement} */
export function createTimeBand({ api, state, live, keys, announce }) {
  const chart = createChart({ select, pick });
  const text = h("p", { class: "span" });
  const legend = h("ul", { class: "legend", "aria-label": "Errors in this span" });
  const choices = presets.map(([since, label]) =>
    button({
      onclick: () => state.set({ since, until: null, at: null }), dataset: { since },
    }, label));
  const pause = button({ class: "button", id: "pause", onclick: togglePause });
  const back = button({
    class: "button primary", id: "back", onclick: toNow, hidden: true,
  }, "Back to now");
  const tableButton = button({
    class: "button", "aria-expanded": "false", onclick: toggleTable,
  }, "Table");
  const table = h("div", {
    class: "twin card", hidden: true, tabindex: 0, role: "region",
    "aria-label": "Errors and connections over time",
  });
  const summary = h("summary", { id: "gaps-summary" });
  const gapList = h("ul", { id: "gaps-list" });
  const gaps = h("details", { id: "gaps", hidden: true }, summary, gapList);

  /** @type {import("./bars.js").Timeline | null} */
  let timeline = null;
  /** How many failed in the span itself, by error: the steps at its ends go beyond it.
   *  @type {Record<string, number>} */
  let totals = {};
  /** The last span that ended now. */
  let sinceNow = "1h";

  const poll = createPoll(load, period);

  /** @param {AbortSignal} signal */
  async function load(signal) {
    const question = questionOf(state.get());
    timeline = timelineOf(await api.get("timeline", question, signal));
    show();
    const { groups } = await api.get("errors", { ...question, by: "error" }, signal);
    totals = Object.fromEntries(groups.map((/** @type {any} */ { error, count }) =>
      [error, count]));
    showLegend();
  }

  function show() {
    if (!timeline) return;
    chart.show(timeline, state.get().at);
    const { from, to } = spanOf(state.get(), timeline, Date.now());
    setText(text, `${spanText(from, to)} ${zoneText(to)}`);
    showGaps(timeline.gaps);
    if (!table.hidden) replaceChildren(table, timelineTable(timeline));
  }

  function showLegend() {
    replaceChildren(legend, countsByKind(totals).map(({ kind, count: number, errors }) =>
      h("li", { class: "kind", dataset: { kind: kind.id } }, button({
        class: "link", title: `Only ${errors.join(", ")}`,
        onclick: () => state.set({ q: narrowed(state.get().q, `error:${errors.join(",")}`) }),
      }, h("span", { class: "letter", "aria-hidden": "true" }, kind.letter),
      count(number), h("span", null, kind.name)))));
  }

  /** @param {import("./bars.js").Timeline["gaps"]} list */
  function showGaps(list) {
    gaps.hidden = list.length === 0;
    replaceChildren(summary, plural(list.length, "gap"),
      h("span", null, ": some of what happened in this span was not seen"));
    replaceChildren(gapList, list.slice(0, 50).map(({ from, to, host, count: lost, reason }) =>
      h("li", null, spanText(from, to), host && ` on ${visible(host)}`, `: ${visible(reason)}`,
        lost !== null && ` (${plural(lost, "record")} lost)`)));
  }

  // Acting

  /** @param {number} from @param {number} to ms */
  function select(from, to) {
    state.set({ since: new Date(from).toISOString(), until: new Date(to).toISOString() });
    announce(`Showing ${spanText(from, to)}`);
  }

  /** While travelling in time, a moment is a place to go. @param {number} time ms */
  function pick(time) {
    if (state.get().at === null) return false;
    state.set({ at: new Date(time).toISOString() });
    return true;
  }

  function togglePause() {
    state.set({ paused: !state.get().paused });
  }

  function toNow() {
    state.set({ since: sinceNow, until: null, at: null, paused: false });
    announce("Back to now");
  }

  /** @param {number} part */
  function move(part) {
    const now = Date.now();
    if (timeline) state.set(moved(spanOf(state.get(), timeline, now), part, now));
  }

  function toggleTable() {
    table.hidden = !table.hidden;
    tableButton.setAttribute("aria-expanded", String(!table.hidden));
    show();
  }

  function mark() {
    const { since, until, at, paused } = state.get();
    if (!until && since) sinceNow = since;
    for (const choice of choices) {
      const isChosen = !until && isSameSpan(since, choice.dataset.since ?? "");
      choice.setAttribute("aria-pressed", String(isChosen));
    }
    setText(pause, paused ? "Resume" : "Pause");
    pause.setAttribute("aria-pressed", String(paused));
    pause.hidden = until !== null && !paused;
    back.hidden = until === null && at === null;
  }

  keys.bind("Time", [
    ["p", "Pause or resume", togglePause],
    ["b", "Back to now", toNow],
    ["[", "Earlier", () => move(-0.5)],
    ["]", "Later", () => move(0.5)],
  ]);
  state.subscribe((/** @type {any} */ next, /** @type {any} */ previous) => {
    mark();
    if (["q", "since", "until"].some((name) => next[name] !== previous[name])) poll.now();
    else if (next.at !== previous.at) show();
    poll.hold(next.paused);
  });
  live.subscribe({
    change: () => poll.soon(),
    reset: () => poll.now(),
    status: (/** @type {{ kind: string }} */ { kind }) => kind === "live" && poll.soon(),
  });
  mark();
  poll.hold(state.get().paused);
  poll.now();

  return h("div", { class: "band" },
    h("div", { class: "tools" },
      h("div", { class: "choice", role: "group", "aria-label": "Span" }, choices),
      text, back, pause, tableButton),
    h("div", { class: "card" }, chart.element, legend), gaps, table);
}
