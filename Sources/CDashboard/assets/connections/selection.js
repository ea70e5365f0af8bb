// The connection that is selected, in the panel beside the table.

import { copy, filterOf } from "../core/copying.js";
import { connectionDetail } from "./detail.js";
import { createExplanations, parentsOf } from "./kin.js";

/**
 * @param {any} app
 * @param {ReturnType<typeof import("../table/panel.js").createPanel>} panel
 * @param {(id: number) => any | undefined} find a row that is loaded
 */
export function createSelection(app, panel, find) {
  const explain = createExplanations(app.api);
  let shown = "";
  /** @type {any | null} */
  let record = null;
  let drawnRevision = -1;
  /** @type {{ explanation: any, kin: any[] }} */
  let context = { explanation: null, kin: [] };
  /** @type {AbortController | null} */
  let asking = null;

  function draw() {
    drawnRevision = record.revision;
    panel.show(connectionDetail(app, record, context.explanation, context.kin));
  }

  /** @param {string} id */
  async function load(id) {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    try {
      record = find(Number(id))
        ?? await app.api.get(`connections/${encodeURIComponent(id)}`, {}, signal);
      if (shown !== id) return;
      context = { explanation: await explain(record.error), kin: [] };
      if (shown !== id) return;
      draw();
      context.kin = await parentsOf(app.api, record, signal);
      if (shown === id && context.kin.length > 0) draw();
    } catch (problem) {
      if (signal.aborted || shown !== id || record) return;
      panel.show(problem.status === 404
        ? "This connection is no longer stored." : /** @type {Error} */ (problem).message);
    }
  }

  return {
    /** @param {string | null} id */
    show(id) {
      if (id === shown) return;
      shown = id ?? "";
      record = null;
      if (id) void load(id);
      else {
        asking?.abort();
        panel.hide();
      }
    },

    /** Draws it again when it has changed. */
    refresh() {
      if (record && shown && record.revision !== drawnRevision && drawnRevision >= 0) draw();
    },

    /** The keyboard has come to a row: an open panel goes with it. @param {any} item */
    follow(item) {
      if (shown && !item.isGroup) app.state.set({ sel: String(item.id) }, { replace: true });
    },

    /** @param {any} item */
    copy(item) {
      const row = item && !item.isGroup ? item : record;
      if (row) void copy(app, filterOf(row), "a filter for it");
    },
  };
}
