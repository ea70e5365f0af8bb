// Records and questions as text for the clipboard.

import { term } from "../filter/language.js";
import { apiURL } from "./api.js";

/**
 * A filter that finds connections like this one: same process, same other end, same error.
 * @param {any} record
 */
export function filterOf(record) {
  const { process_name: process, remote_addr: remote, local_addr: local, direction } = record;
  const terms = [];
  if (process) terms.push(term("process", process));
  if (direction === "listen") terms.push(term("local", local));
  else if (direction === "inbound") terms.push(term("local", local.slice(local.lastIndexOf(":"))));
  else terms.push(term("remote", remote));
  if (record.error) terms.push(term("error", record.error));
  if (record.host) terms.push(term("host", record.host));
  return terms.join(" ");
}

/**
 * Something as JSON, as the server tells it: without what the page has added.
 * @param {any} item
 */
export function jsonOf({ time, names, ends, condition, ...item }) {
  return JSON.stringify(item, null, 2);
}

/**
 * The address of an answer of the API.
 * @param {string} path below `api/`
 * @param {import("./api.js").Parameters} [parameters]
 */
export function addressOf(path, parameters) {
  return new URL(apiURL(path, parameters), document.baseURI).href;
}

/**
 * A command that asks the server the same.
 * @param {string} url
 */
export function curlOf(url) {
  // In single quotes a shell leaves all as it is but these.
  return `curl -s '${url.replaceAll("'", "'\\''")}'`;
}

/**
 * Puts text into the clipboard and says so.
 * @param {{ announce: (text: string) => void }} app
 * @param {string} text
 * @param {string} what it is
 */
export async function copy(app, text, what) {
  try {
    await navigator.clipboard.writeText(text);
    app.announce(`Copied ${what}.`);
    return true;
  } catch {
    app.announce("The browser does not let this page copy.");
    return false;
  }
}
