// What else is known about a connection: the processes above its own, and what its error means.

import { term } from "../filter/language.js";

const mostParents = 6;

/**
 * The parents of a record's process, the nearest first: from the record itself, and further up from
 * the processes that the server knows of.
 * @param {{ get: Function }} api
 * @param {any} record
 * @param {AbortSignal} signal
 */
export async function parentsOf(api, record, signal) {
  const parents = [];
  let child = record;
  while (child.parent_id && parents.length < mostParents) {
    const { parent_id: pid, parent_name: name } = child;
    parents.push({ process_id: pid, process_name: name });
    if (pid === 1) break;
    const q = [term("pid", pid), ...(record.host ? [term("host", record.host)] : [])].join(" ");
    const found = await api.get("processes", { q, limit: 5 }, signal);
    // A process id that was given out again is another process.
    const next = found.find((process) => process.process_name === name);
    if (!next || parents.some(({ process_id: seen }) => seen === next.parent_id)) break;
    child = next;
  }
  return parents;
}

/**
 * What errors mean, asked once.
 * @param {{ get: Function }} api
 * @returns {(error: string | null) => Promise<any | null | undefined>} null for what is not
 *   explained, undefined when the server could not be asked
 */
export function createExplanations(api) {
  /** @type {Promise<Map<string, any>> | null} */
  let all = null;
  return async (error) => {
    if (error === null) return null;
    all ??= api.get("errors/explanations").then((list) =>
      new Map(list.map((each) => [each.error, each])));
    // Without them the panel says less, and asks again next time.
    const known = await all.catch(() => { all = null; });
    return known && (known.get(error) ?? null);
  };
}
