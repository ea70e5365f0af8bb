// The one filter box: what is typed narrows the view at once, and becomes the filter of the page
// when the server has found no mistake in it.

import { button, h } from "../core/dom.js";
import { createCatalog } from "./catalog.js";
import { showChips } from "./chips.js";
import { isBeginning, keyChoices, placeAt, valueChoices } from "./completion.js";
import { isUnfinished, without } from "./language.js";
import { createListbox } from "./listbox.js";
import { createMistakeView, mistakeIn } from "./mistake.js";
import { isSound } from "./soundness.js";

/** How long nobody types before the server is asked, in ms. */
const pause = 300;
/** How long before a mistake is shown, as what is being typed is often not yet right. */
const patience = 900;

/** @param {{ api: any, state: any, draft: any, keys: any, announce: (text: string) => void }} app
 *  @returns {HTMLElement} */
export function createFilterBox({ api, state, draft, keys, announce }) {
  const input = /** @type {HTMLInputElement} */ (h("input", {
    id: "q", type: "text", role: "combobox", autocomplete: "off", autocapitalize: "off",
    spellcheck: "false", enterkeyhint: "search",
    placeholder: "error:any process:curl remote:10.0.0.0/8",
    "aria-expanded": "false", "aria-controls": "completions", "aria-autocomplete": "list",
    "aria-describedby": "mistake",
  }));
  const mirror = h("div", { class: "mirror", "aria-hidden": "true" });
  const list = h("ul", {
    id: "completions", role: "listbox", "aria-label": "Completions", hidden: true,
  });
  // The focus stays in the box, so that what is pressed is still there when it is let go.
  const message = h("p", {
    id: "mistake", role: "alert", hidden: true,
    onmousedown: (/** @type {Event} */ event) => event.preventDefault(),
  });
  const chips = h("ul", { id: "chips", "aria-label": "Terms of the filter", hidden: true });
  const clear = button({
    class: "clear", "aria-label": "Clear the filter", title: "Clear the filter",
    onclick: () => commit("", true),
  }, "×");

  const catalog = createCatalog(api);
  const listbox = createListbox(input, list, choose);
  const mistakes = createMistakeView(message, mirror, (text) => commit(text, true));
  let timer = 0;
  let mistakeTimer = 0;
  let round = 0;
  /** What was entered last, whether the server has already said that it is right or not. */
  let entered = state.get().q;
  /** As far as they are known yet. @type {import("./catalog.js").Key[]} */
  let known = [];

  // Typing

  function typed() {
    // What the server still says of an earlier text must not take the place of this one.
    round += 1;
    narrow(input.value);
    showMistake(null);
    window.clearTimeout(timer);
    timer = window.setTimeout(settle, pause);
    void complete();
  }

  /** Narrows what is shown by a text, unless that has a mistake: then the last good one stays.
   *  @param {string} text */
  function narrow(text) {
    draft.set(isSound(text, known) ? text : state.get().q);
  }

  /** Nobody types any more: what is not in the middle of a term comes into effect. */
  async function settle() {
    const text = input.value;
    if (isUnfinished(text)) return;
    if (!isSound(text, known)) {
      // It may still be mended, and what is wrong with it only the server can say.
      timer = window.setTimeout(() => void check(), patience - pause);
      return;
    }
    const place = placeAt(text, input.selectionStart ?? 0);
    const choices = place.key ? await catalog.choices(place.key).catch(() => []) : [];
    if (input.value === text && !isBeginning(choices, place)) void check();
  }

  /** Puts a text into the box, and into effect.
   *  @param {string} text @param {boolean} [isFocused] */
  function commit(text, isFocused = false) {
    input.value = text;
    entered = text.trim();
    if (isFocused) input.focus();
    listbox.hide();
    narrow(text);
    void check(true);
  }

  /** Asks the server whether the filter is right, without anything to search.
   *  @param {boolean} [isStep] whether it becomes a step of the history */
  async function check(isStep = false) {
    window.clearTimeout(timer);
    const text = input.value.trim();
    const mine = ++round;
    try {
      if (text) await api.get("connections", { q: `${text} id:1`, limit: 1 });
    } catch (error) {
      if (mine !== round) return;
      if (/** @type {any} */ (error).isMistake) {
        const mistake = mistakeIn(/** @type {any} */ (error), text);
        if (isStep) entered = state.get().q;
        draft.reject(text);
        const isPlain = isStep || !isSound(text, known) || document.activeElement !== input;
        if (isPlain) return showMistake(mistake);
        mistakeTimer = window.setTimeout(() => showMistake(mistake), patience);
        return;
      }
      // Whether the server is there, the status says.
    }
    if (mine !== round) return;
    showMistake(null);
    draft.set(text);
    if (text === state.get().q) return;
    state.set({ q: text, sel: null }, { replace: !isStep });
    announce(text ? "Filtered" : "Filter cleared");
  }

  /** @param {import("./mistake.js").Mistake | null} mistake */
  function showMistake(mistake) {
    window.clearTimeout(mistakeTimer);
    input.setAttribute("aria-invalid", String(mistake !== null));
    mistakes.show(mistake, input.value);
    // Asking where it is scrolled to makes the browser lay out the page at once.
    if (mistake) mirror.scrollLeft = input.scrollLeft;
  }

  // Completing

  async function complete() {
    if (known.length === 0) known = await catalog.keys().catch(() => []);
    const place = placeAt(input.value, input.selectionStart ?? 0);
    const text = input.value;
    const choices = await (place.key === null
      ? catalog.keys().then((keys) => keyChoices(keys, place))
      : catalog.values(place.key).then((values) => valueChoices(values, place))).catch(() => []);
    if (input.value === text && document.activeElement === input) listbox.show(choices);
  }

  /** @param {import("./completion.js").Choice} choice */
  function choose({ insert }) {
    const { start, end, key } = placeAt(input.value, input.selectionStart ?? 0);
    const isEnd = end === input.value.length;
    // After a value the next term begins.
    input.setRangeText(insert + (key !== null && isEnd ? " " : ""), start, end, "end");
    typed();
  }

  // Events

  /** @param {KeyboardEvent} event */
  function pressed(event) {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      if (listbox.isShown()) listbox.move(key === "ArrowDown" ? 1 : -1);
      else void complete();
    } else if (key === "Enter") {
      const choice = listbox.active();
      if (choice) choose(choice);
      else commit(input.value);
    } else if (key === "Tab" && listbox.active()) {
      choose(/** @type {any} */ (listbox.active()));
    } else if (key === "Escape") {
      if (listbox.isShown()) listbox.hide();
      else if (input.value.trim() !== entered) commit(entered);
      else input.blur();
    } else {
      return;
    }
    event.preventDefault();
  }

  input.addEventListener("input", typed);
  input.addEventListener("keydown", pressed);
  input.addEventListener("click", () => void complete());
  input.addEventListener("scroll", () => { mirror.scrollLeft = input.scrollLeft; });
  input.addEventListener("blur", () => {
    listbox.hide();
    if (input.value.trim() !== state.get().q) void check(true);
  });

  function showTerms() {
    showChips(chips, state.get().q, {
      select({ start, end }) {
        input.value = state.get().q;
        input.focus();
        input.setSelectionRange(start, end);
      },
      remove: (removed) => commit(without(state.get().q, removed)),
      leave: () => input.focus(),
    });
  }

  state.subscribe((/** @type {any} */ { q }, /** @type {any} */ previous) => {
    if (q === previous.q) return;
    entered = q;
    showTerms();
    if (q === input.value.trim()) return;
    input.value = q;
    draft.set(q);
    showMistake(null);
  });
  keys.bind("Everywhere", [["/", "Filter", () => input.select()]]);

  input.value = state.get().q;
  showTerms();
  if (input.value) void check(true);

  const stay = (/** @type {Event} */ event) => event.preventDefault();
  return h("form", { role: "search", onsubmit: stay },
    h("div", { class: "box" },
      h("label", { for: "q", class: "unseen" }, "Filter"), mirror, input, clear,
      h("kbd", { "aria-hidden": "true" }, "/"), list),
    message, chips);
}
