// The one stream of changes that feeds every view.

import { Problem } from "./api.js";

/**
 * @typedef {"connecting" | "live" | "paused" | "reconnecting" | "lost" | "unauthorised"} Kind
 * @typedef {object} Status
 * @property {Kind} kind
 * @property {number} since ms
 * @property {number | null} retryAt when it will be tried again, ms
 * @property {number} waiting how many changes are held back while paused
 * @property {string | null} detail what the server says of itself, if it says anything
 *
 * @typedef {object} Subscriber
 * @property {(records: any[]) => void} [change] records in their latest state, at most once a frame
 * @property {() => void} [reset] what was known is no longer sure: ask for everything again
 * @property {(status: Status) => void} [status]
 */

/** More changes than this are not kept for a page that is paused or hidden: it asks again. */
const mostHeld = 20_000;
/** So many are handed on in one frame. */
const mostPerFrame = 2000;
const retryDelays = [500, 1000, 2000, 4000];
/** After so long a server counts as lost. */
const patience = 3000;

/** After so long without an event it is asked whether there was none, in ms. */
const silence = 15_000;

/** What is wrong when a server that answers lets nobody follow. */
const noStream = new Problem(503, {
  detail: "The server answers, but sends no changes: too many pages may be open.",
});

/**
 * How long to wait before an attempt, in ms, scattered so that pages do not come back all at once.
 * @param {number} attempt from 0
 * @param {number} random from 0 to 1
 */
export function retryDelay(attempt, random) {
  return retryDelays[Math.min(attempt, retryDelays.length - 1)] * (0.75 + random / 2);
}

/**
 * The latest state of each record in a list of events, in the order of their last change.
 * @param {string[]} events JSON texts
 * @returns {any[]}
 */
export function latestRecords(events) {
  const records = new Map();
  for (const event of events) {
    const record = JSON.parse(event);
    records.delete(record.id);
    records.set(record.id, record);
  }
  return [...records.values()];
}

/**
 * Follows the server's changes, comes back after it was away, and misses nothing: it goes on after
 * the last event that it has seen.
 * @param {object} edge
 * @param {ReturnType<typeof import("./api.js").createApi>} edge.api
 * @param {Window & typeof globalThis} edge.window
 */
export function createLive({ api, window }) {
  /** @type {Set<Subscriber>} */
  const subscribers = new Set();
  /** @type {Status} */
  let status = { kind: "connecting", since: Date.now(), retryAt: null, waiting: 0, detail: null };
  /** @type {EventSource | null} */
  let source = null;
  /** @type {string[]} */
  let held = [];
  let isPaused = false;
  let mustReset = false;
  let isScheduled = false;
  let attempt = 0;
  let awaySince = 0;
  let retryTimer = 0;
  let place = "";
  let storeID = "";
  let heardAt = 0;

  /** @param {Partial<Status> & { kind: Kind }} patch */
  function become(patch) {
    const since = patch.kind === status.kind ? status.since : Date.now();
    const waiting = isPaused ? held.length : 0;
    status = { retryAt: null, detail: null, since, waiting, ...patch };
    for (const { status: told } of subscribers) told?.(status);
  }

  function schedule() {
    if (isScheduled) return;
    isScheduled = true;
    const act = isPaused ? tellWaiting : deliver;
    // A hidden page gets no frames.
    if (window.document.hidden) window.setTimeout(act, 1000);
    else window.requestAnimationFrame(act);
  }

  function deliver() {
    isScheduled = false;
    if (isPaused) return;
    if (mustReset) {
      mustReset = false;
      held = [];
      for (const { reset } of subscribers) reset?.();
      return;
    }
    const records = latestRecords(held.splice(0, mostPerFrame));
    if (held.length > 0) schedule();
    if (records.length > 0) for (const { change } of subscribers) change?.(records);
  }

  /** @param {MessageEvent<string>} event */
  function hold(event) {
    heardAt = Date.now();
    place = event.lastEventId || place;
    if (mustReset) return;
    held.push(event.data);
    if (held.length > mostHeld) {
      held = [];
      mustReset = true;
    }
    schedule();
  }

  /** How much waits is told once a frame. */
  function tellWaiting() {
    isScheduled = false;
    if (!isPaused) schedule();
    else if (status.kind === "paused") become({ kind: "paused" });
  }

  /** @param {MessageEvent<string>} event @param {boolean} isReset */
  function begin(event, isReset) {
    const start = JSON.parse(event.data);
    const isOtherStore = storeID !== "" && start.store_id !== storeID;
    place = event.lastEventId || String(start.sequence);
    storeID = start.store_id;
    attempt = 0;
    awaySince = 0;
    heardAt = Date.now();
    if (isReset || isOtherStore) {
      held = [];
      mustReset = true;
      schedule();
    }
    become({ kind: isPaused ? "paused" : "live" });
  }

  function open() {
    window.clearTimeout(retryTimer);
    source?.close();
    const query = place ? `?last_event_id=${encodeURIComponent(place)}` : "";
    source = new window.EventSource(`api/stream${query}`);
    source.addEventListener("start", (event) => begin(event, false));
    source.addEventListener("reset", (event) => begin(event, true));
    source.addEventListener("connection", hold);
    source.addEventListener("error", () => void comeBack());
  }

  // An EventSource gives up on any status but 200 and does not say which it was: so the coming
  // back is done here, and the reason asked for.
  async function comeBack() {
    source?.close();
    source = null;
    awaySince ||= Date.now();
    const delay = retryDelay(attempt++, Math.random());
    retryTimer = window.setTimeout(open, delay);
    const isLost = Date.now() - awaySince > patience;
    const retryAt = Date.now() + delay;
    // What was said stays until it is known to be something else.
    const { kind, detail } = status;
    become({ kind: kind === "unauthorised" ? kind : awayKind(isLost), retryAt, detail });
    const refusal = await api.get("stats").then(() => noStream, (error) => error);
    if (source === null) refused(refusal, retryAt, isLost);
  }

  /** @param {boolean} isLost @returns {Kind} */
  const awayKind = (isLost) => (isLost ? "lost" : "reconnecting");

  /** @param {any} error @param {number} retryAt @param {boolean} isLost */
  function refused(error, retryAt, isLost) {
    const detail = error instanceof Problem ? error.message : null;
    if (error.isUnauthorised) become({ kind: "unauthorised", retryAt, detail });
    else become({ kind: awayKind(isLost), retryAt, detail });
  }

  /** A connection that nobody has ended, as after a machine has slept, says nothing for ever. */
  async function listen() {
    const isSilent = () => status.kind === "live" && Date.now() - heardAt >= silence;
    if (!isSilent()) return;
    const stats = await api.get("stats").catch(() => null);
    const isBehind = stats?.store_id !== storeID || stats.last_sequence > Number(place);
    if (stats && isBehind && isSilent()) open();
  }

  window.setInterval(listen, silence);
  api.onUnreachable(() => {
    if (status.kind === "live" || status.kind === "paused") void comeBack();
  });
  window.addEventListener("online", () => source === null && retryTimer && open());
  // A page that is kept for the back button keeps no connection: browsers have six for a server,
  // and after six such pages none would be left.
  window.addEventListener("pagehide", () => {
    window.clearTimeout(retryTimer);
    source?.close();
    source = null;
  });
  window.addEventListener("pageshow", ({ persisted }) => persisted && open());

  return {
    status: () => status,

    /**
     * Asks how much there is, again and again until the server answers, and follows what comes
     * after. What is asked for later than that is not older.
     * @returns {Promise<any>} the store's figures
     */
    async start() {
      for (;;) {
        try {
          const stats = await api.get("stats");
          place = String(stats.last_sequence);
          storeID = stats.store_id;
          open();
          return stats;
        } catch (error) {
          const delay = retryDelay(attempt++, Math.random());
          refused(error, Date.now() + delay, true);
          await new Promise((resume) => window.setTimeout(resume, delay));
        }
      }
    },

    /** Tries at once. */
    retry: open,

    /**
     * Holds changes back, or hands on those that were held.
     * @param {boolean} paused
     */
    pause(paused) {
      if (paused === isPaused) return;
      isPaused = paused;
      if (status.kind === "live" || status.kind === "paused") {
        become({ kind: paused ? "paused" : "live" });
      }
      if (!paused && (held.length > 0 || mustReset)) schedule();
    },

    /**
     * Tells of changes until the function that this returns is called.
     * @param {Subscriber} subscriber
     */
    subscribe(subscriber) {
      subscribers.add(subscriber);
      subscriber.status?.(status);
      return () => void subscribers.delete(subscriber);
    },
  };
}
