// Asking again: at once when the question changes, soon when its answer may have, never twice at a
// time.

import { Problem, Unreachable } from "./api.js";

/**
 * @param {(signal: AbortSignal) => Promise<void>} ask
 * @param {{ changing: number, idle: number }} period how often at most while there are changes, and
 *   how often without any, in ms
 * @param {(problem: Problem | Unreachable) => void} [fail]
 */
export function createPoll(ask, period, fail = () => {}) {
  /** @type {AbortController | null} */
  let running = null;
  let timer = 0;
  let lastStart = 0;
  let isHeld = false;
  let isStopped = true;

  /** @param {number} delay */
  function schedule(delay) {
    clearTimeout(timer);
    if (!isHeld && !isStopped) timer = window.setTimeout(run, delay);
  }

  async function run() {
    clearTimeout(timer);
    running?.abort();
    const mine = running = new AbortController();
    lastStart = performance.now();
    try {
      await ask(mine.signal);
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
      fail(error);
    } finally {
      if (running === mine) {
        running = null;
        schedule(period.idle);
      }
    }
  }

  return {
    /** Asks at once, and goes on asking. What is being asked is no longer of interest. */
    now() {
      isStopped = false;
      void run();
    },
    /** Asks when the last time is long enough ago. */
    soon() {
      if (running || isStopped) return;
      schedule(Math.max(0, lastStart + period.changing - performance.now()));
    },
    /** Asks no more by itself, or does so again. @param {boolean} held */
    hold(held) {
      if (held === isHeld) return;
      isHeld = held;
      if (held) clearTimeout(timer);
      else schedule(0);
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      running?.abort();
    },
  };
}
