// What the server is asked where a moment in the past can be looked at.

import { questionOf } from "./state.js";

/**
 * What a state asks: the filter and the span, or the filter and the moment. A span beside a moment
 * would only hide what was open then.
 * @param {import("./state.js").State} state
 * @returns {{ q?: string, since?: string, until?: string }}
 */
export function questionAt(state) {
  const { q, since, until } = questionOf(state);
  if (state.at) return { q: [q, `at:${state.at}`].filter(Boolean).join(" ") };
  return { q, since, until };
}
