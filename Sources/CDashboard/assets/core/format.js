// Values as people read them. Nothing here knows of elements.

const grouped = new Intl.NumberFormat("en");
const compacted = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const shortClock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

const hiding = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u00ad\u115f\u1160\u3164\uffa0\u2800]/gu;

/**
 * A name in which whatever could hide or reverse a part of it can be seen: `\u{202e}`.
 * @param {string | null | undefined} text
 */
export function visible(text) {
  return (text ?? "").replace(hiding, (character) =>
    `\\u{${/** @type {number} */ (character.codePointAt(0)).toString(16)}}`);
}

/**
 * A whole number with separators: `12,345`.
 * @param {number} number
 */
export function count(number) {
  return grouped.format(number);
}

/**
 * A whole number in little room: `12.3K`.
 * @param {number} number
 */
export function shortCount(number) {
  return number < 10_000 ? grouped.format(number) : compacted.format(number);
}

/**
 * A number of things: `1 gap`, `2 gaps`.
 * @param {number} number
 * @param {string} one
 * @param {string} [many]
 */
export function plural(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/**
 * A share: `0.4 %`; never 0 % or 100 % of what is a little more or less.
 * @param {number} part
 * @param {number} whole
 */
export function percent(part, whole) {
  if (whole === 0) return "–";
  const share = (100 * part) / whole;
  if (part > 0 && share < 0.1) return "< 0.1 %";
  if (part < whole && share > 99.9) return "> 99.9 %";
  return `${share < 10 && part > 0 ? share.toFixed(1) : Math.round(share)} %`;
}

const sizes = ["B", "kB", "MB", "GB", "TB", "PB"];

/**
 * A size in bytes, in powers of 1000: `1.2 MB`; a dash when unknown.
 * @param {number | null | undefined} bytes
 */
export function bytes(bytes) {
  if (bytes === null || bytes === undefined) return "–";
  let [value, unit] = [bytes, 0];
  // What rounds to 1000 belongs to the next unit.
  while (value >= 999.5 && unit < sizes.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${sizes[unit]}`;
}

/**
 * A duration in microseconds: `40 µs`, `1.2 ms`, `3.4 s`, `2 min 5 s`, `3 h 20 min`, `4 d 2 h`; a
 * dash when unknown.
 * @param {number | null | undefined} microseconds
 */
export function duration(microseconds) {
  if (microseconds === null || microseconds === undefined) return "–";
  if (microseconds < 1000) return `${Math.round(microseconds)} µs`;
  if (microseconds < 999_500) return `${significant(microseconds / 1000)} ms`;
  if (microseconds < 59_950_000) return `${significant(microseconds / 1e6)} s`;
  const seconds = Math.round(microseconds / 1e6);
  if (seconds < 3600) return pair(seconds, 60, "min", 1, "s");
  if (seconds < 86_400) return pair(seconds, 3600, "h", 60, "min");
  return pair(seconds, 86_400, "d", 3600, "h");
}

/** @param {number} value */
function significant(value) {
  return value < 9.95 ? value.toFixed(1) : String(Math.round(value));
}

/** @param {number} seconds @param {number} large @param {string} largeName @param {number} small
 *  @param {string} smallName */
function pair(seconds, large, largeName, small, smallName) {
  const whole = Math.floor(seconds / large);
  const rest = Math.floor((seconds % large) / small);
  return rest > 0 ? `${whole} ${largeName} ${rest} ${smallName}` : `${whole} ${largeName}`;
}

/**
 * How long ago a time was: `now`, `12 s ago`, `3 min ago`, `5 h ago`, `2 d ago`.
 * @param {string | number} time RFC 3339, or ms
 * @param {number} [now] ms
 */
export function ago(time, now = Date.now()) {
  const seconds = Math.floor((now - milliseconds(time)) / 1000);
  if (seconds < 1) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/**
 * A time of day, with the day when it is not today: `12:03:04`, `21 Nov 12:03:04`.
 * @param {string | number} time RFC 3339, or ms
 * @param {number} [now] ms
 */
export function timeOfDay(time, now = Date.now()) {
  return withDay(clock, time, now);
}

/**
 * The same without seconds.
 * @param {string | number} time
 * @param {number} [now]
 */
export function shortTime(time, now = Date.now()) {
  return withDay(shortClock, time, now);
}

/** @param {Intl.DateTimeFormat} format @param {string | number} time @param {number} now */
function withDay(format, time, now) {
  const date = new Date(milliseconds(time));
  const isToday = date.toDateString() === new Date(now).toDateString();
  return isToday ? format.format(date) : `${day.format(date)} ${format.format(date)}`;
}

/**
 * A time in ms since 1970.
 * @param {string | number} time RFC 3339, or ms
 */
export function milliseconds(time) {
  return typeof time === "number" ? time : Date.parse(time);
}
