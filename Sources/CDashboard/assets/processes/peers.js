// Whom a process talked to.

/**
 * @typedef {object} Peer
 * @property {string} end address and port of a destination, or the address of a client
 * @property {string} service
 * @property {boolean} isInbound
 * @property {number} count
 * @property {number} errors
 * @property {string} last when the newest was opened
 */

/**
 * The other ends of connections, the most frequent first.
 * @param {any[]} records
 * @returns {Peer[]}
 */
export function peersOf(records) {
  /** @type {Map<string, Peer>} */
  const peers = new Map();
  for (const record of records) {
    const { direction, remote_addr: remote, error, timestamp } = record;
    if (direction === "listen") continue;
    const isInbound = direction === "inbound";
    // A client's port is another one each time.
    const end = isInbound ? remote.slice(0, remote.lastIndexOf(":")) : remote;
    const key = `${isInbound} ${end}`;
    let peer = peers.get(key);
    if (!peer) {
      const service = record.service_name ?? "";
      peer = { end, service, isInbound, count: 0, errors: 0, last: timestamp };
      peers.set(key, peer);
    }
    peer.count += 1;
    if (error !== null) peer.errors += 1;
    if (timestamp > peer.last) peer.last = timestamp;
  }
  return [...peers.values()].sort((a, b) =>
    b.count - a.count || (a.last < b.last ? 1 : a.last > b.last ? -1 : 0));
}
