// Times as elements, and keeping what they say true.

import { h, setText } from "./dom.js";
import { ago, timeOfDay } from "./format.js";

/**
 * How long ago something was; the exact time is its title.
 * @param {string} time RFC 3339
 */
export function timeAgo(time) {
  return h("time", { datetime: time, title: time, "data-ago": "" }, ago(time));
}

/**
 * The time of day, with the day when it is not today.
 * @param {string} time RFC 3339
 */
export function timeElement(time) {
  return h("time", { datetime: time, title: time }, timeOfDay(time));
}

/**
 * Shows another time in an element made by `timeAgo`.
 * @param {HTMLElement} element
 * @param {string} time RFC 3339
 */
export function setTimeAgo(element, time) {
  if (element.getAttribute("datetime") !== time) {
    element.setAttribute("datetime", time);
    element.title = time;
  }
  setText(element, ago(time));
}

/**
 * Keeps relative times true while the page is looked at.
 * @param {Document} document
 */
export function keepTimes(document) {
  setInterval(() => {
    if (document.hidden) return;
    for (const element of document.querySelectorAll("time[data-ago]")) {
      setText(element, ago(element.getAttribute("datetime") ?? ""));
    }
  }, 5000);
}
