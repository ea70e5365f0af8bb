// How a connection stands, for those who see colours and those who do not.

/** @typedef {"open" | "connecting" | "closed" | "failed" | "listening"} Outcome */

/** A sign of its own for each, so that colour is never all there is. */
export const glyphs = {
  open: "●", connecting: "◐", closed: "○", failed: "✕", listening: "◎",
};

/** @param {{ state: string | null }} record */
const isConnecting = ({ state }) => state === "SYN_SENT" || state === "SYN_RECV";

/**
 * @param {any} record
 * @returns {Outcome}
 */
export function outcomeOf({ error, closed_at: closed, direction, state }) {
  if (error !== null) return "failed";
  if (closed !== null) return "closed";
  if (direction === "listen") return "listening";
  return isConnecting({ state }) ? "connecting" : "open";
}

/**
 * How a connection that was open at a moment stood then.
 * @param {any} record
 * @param {number | null} moment ms; null for now
 * @returns {Outcome}
 */
export function outcomeAt(record, moment) {
  if (moment === null) return outcomeOf(record);
  const { error, direction, established_at: established } = record;
  if (direction === "listen") return "listening";
  if (established !== null) return Date.parse(established) <= moment ? "open" : "connecting";
  return error === null && !isConnecting(record) ? "open" : "connecting";
}

/** What error causes mean, in a few words. */
export const causes = {
  peer_reset: "the other end answered with a reset",
  icmp: "an ICMP error came back",
  no_route: "there is no route",
  prohibited: "a rule of this host prohibits it",
  timeout: "the kernel gave up after sending again and again",
  gave_up: "the application did not wait any longer",
  no_ports: "no local port was free",
  local_abort: "this side cut it off",
  firewall: "this host's own firewall dropped it",
  unknown: "the cause is not known",
};

/** Who says that there was an error. */
export const sources = {
  kernel: "told by the kernel",
  application: "told to the application by the system call",
  inferred: "inferred from what could be seen",
  reported: "as reported with the record",
};
