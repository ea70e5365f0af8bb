// The views, in the order of the navigation. The one that is shown is fetched first, the others
// after it.

/**
 * @typedef {object} View
 * @property {HTMLElement} element
 * @property {(state: Readonly<import("./core/state.js").State>) => void} show also after each
 *   change of the state while it is shown
 * @property {(records: any[]) => void} [change] records that changed
 * @property {() => void} [reset] ask for everything again
 * @property {() => void} hide
 */

/** `sorts` are the columns that may be sorted by, as an address names them.
 *  @type {{ id: string, sorts: string[], prefetch: () => Promise<unknown>,
 *   load: (app: any) => Promise<View> }[]} */
export const views = [
  {
    id: "errors",
    sorts: [],
    prefetch: () => import("./errors/view.js"),
    load: async (app) => (await import("./errors/view.js")).createErrorsView(app),
  },
  {
    id: "connections",
    sorts: ["error", "timestamp", "process_name", "host", "remote_addr", "service_name",
      "connect_us", "duration_us", "bytes_sent", "bytes_received", "rtt_us", "retransmits", "drops",
      "error_cause", "error_stage", "state", "direction", "protocol", "local_addr", "user", "unit",
      "container", "process_path", "parent_name"],
    prefetch: () => import("./connections/view.js"),
    load: async (app) => (await import("./connections/view.js")).createConnectionsView(app),
  },
  {
    id: "processes",
    sorts: ["process_name", "condition", "host", "unit", "listens", "connections", "open", "errors",
      "last_seen"],
    prefetch: () => import("./processes/view.js"),
    load: async (app) => (await import("./processes/view.js")).createProcessesView(app),
  },
  {
    id: "hosts",
    sorts: ["host", "last_seen", "tier", "lag_s", "gaps", "lost", "connections", "errors", "share"],
    prefetch: () => import("./hosts/view.js"),
    load: async (app) => (await import("./hosts/view.js")).createHostsView(app),
  },
  {
    id: "map",
    sorts: ["from", "to", "count", "errors", "share", "kinds"],
    prefetch: () => import("./map/view.js"),
    load: async (app) => (await import("./map/view.js")).createMapView(app),
  },
];
