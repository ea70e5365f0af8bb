// The views, in the order of the navigation. Each is fetched when it is first shown.

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
 *  @type {{ id: string, sorts: string[], load: (app: any) => Promise<View> }[]} */
export const views = [
  {
    id: "errors",
    sorts: [],
    load: async (app) => (await import("./errors/view.js")).createErrorsView(app),
  },
  {
    id: "connections",
    sorts: ["error", "timestamp", "process_name", "host", "remote_addr", "service_name",
      "connect_us", "duration_us", "bytes_sent", "bytes_received", "rtt_us", "retransmits", "drops",
      "error_cause", "error_stage", "state", "direction", "protocol", "local_addr", "user", "unit",
      "container", "process_path", "parent_name"],
    load: async (app) => (await import("./connections/view.js")).createConnectionsView(app),
  },
  {
    id: "processes",
    sorts: ["process_name", "condition", "host", "unit", "listens", "connections", "open", "errors",
      "last_seen"],
    load: async (app) => (await import("./processes/view.js")).createProcessesView(app),
  },
  {
    id: "hosts",
    sorts: ["host", "last_seen", "tier", "lag_s", "gaps", "lost", "connections", "errors", "share"],
    load: async (app) => (await import("./hosts/view.js")).createHostsView(app),
  },
  {
    id: "map",
    sorts: ["from", "to", "count", "errors", "share", "kinds"],
    load: async (app) => (await import("./map/view.js")).createMapView(app),
  },
];
