// What the page shows, as one immutable value that is the query of its URL: sharing, reloading and
// the back button bring all of it back.

/**
 * @typedef {object} State
 * @property {string} view which view is shown
 * @property {string} q the filter
 * @property {string | null} since the span's beginning: RFC 3339, a duration before now such as
 *   `1h`, or `all`; null until the page has chosen
 * @property {string | null} until the span's end, RFC 3339; null for now
 * @property {string | null} at the moment of time travel, RFC 3339
 * @property {string | null} sort a field, `-` before it for descending
 * @property {string | null} cols the columns, separated by commas
 * @property {string | null} group what rows are grouped by
 * @property {string | null} sel the selected record or group
 * @property {boolean} paused whether changes are held back
 */

/** @type {Readonly<State>} */
export const initialState = Object.freeze({
  view: "errors", q: "", since: null, until: null, at: null, sort: null, cols: null, group: null,
  sel: null, paused: false,
});

/**
 * The state that a URL's query stands for; unknown parameters are left out.
 * @param {string} search such as `?q=error%3Aany`
 * @returns {Readonly<State>}
 */
export function parseState(search) {
  const query = new URLSearchParams(search);
  /** @type {Record<string, string | boolean | null>} */
  const state = { ...initialState };
  for (const name of Object.keys(initialState)) {
    const value = query.get(name);
    if (value) state[name] = name === "paused" ? value === "1" : value;
  }
  return Object.freeze(/** @type {State} */ (/** @type {unknown} */ (state)));
}

/**
 * The URL's query that stands for a state: only what differs from a fresh page.
 * @param {State} state
 * @returns {string} with its `?`, or empty
 */
export function formatState(state) {
  const query = new URLSearchParams();
  for (const [name, initial] of Object.entries(initialState)) {
    const value = state[/** @type {keyof State} */ (name)];
    if (value !== initial && value !== null) query.set(name, value === true ? "1" : String(value));
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

/**
 * What the API is asked for a state: the filter and the span.
 * @param {State} state
 * @returns {{ q?: string, since?: string, until?: string }}
 */
export function questionOf({ q, since, until }) {
  return {
    ...(q.trim() ? { q: q.trim() } : {}),
    ...(since && since !== "all" ? { since } : {}),
    ...(until ? { until } : {}),
  };
}

/**
 * The page's state, kept in the URL.
 * @param {Window} window
 */
export function createState(window) {
  let state = parseState(window.location.search);
  /** @type {Set<(state: Readonly<State>, previous: Readonly<State>) => void>} */
  const subscribers = new Set();

  /** @param {Readonly<State>} next */
  function become(next) {
    const previous = state;
    state = next;
    for (const subscriber of [...subscribers]) subscriber(state, previous);
  }

  window.addEventListener("popstate", () => become(parseState(window.location.search)));

  return {
    get: () => state,

    /**
     * Changes some of the state. It is a step of the history, unless it replaces the present one.
     * @param {Partial<State>} patch
     * @param {{ replace?: boolean }} [options]
     */
    set(patch, { replace = false } = {}) {
      const next = Object.freeze({ ...state, ...patch });
      const url = formatState(next);
      if (url === formatState(state)) return;
      const address = window.location.pathname + url;
      if (replace) window.history.replaceState(null, "", address);
      else window.history.pushState(null, "", address);
      become(next);
    },

    /**
     * Where a link to a changed state goes.
     * @param {Partial<State>} patch
     */
    url: (patch) => formatState({ ...state, ...patch }) || "?",

    /**
     * Calls a function after each change, until the function that this returns is called.
     * @param {(state: Readonly<State>, previous: Readonly<State>) => void} subscriber
     */
    subscribe(subscriber) {
      subscribers.add(subscriber);
      return () => void subscribers.delete(subscriber);
    },
  };
}
