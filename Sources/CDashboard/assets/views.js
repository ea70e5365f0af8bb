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

/** @type {{ id: string, load: (app: any) => Promise<View> }[]} */
export const views = [
  {
    id: "errors",
    load: async (app) => (await import("./errors/view.js")).createErrorsView(app),
  },
  {
    id: "connections",
    load: async (app) => (await import("./connections/view.js")).createConnectionsView(app),
  },
  {
    id: "processes",
    load: async (app) => (await import("./processes/view.js")).createProcessesView(app),
  },
  {
    id: "hosts",
    load: async (app) => (await import("./hosts/view.js")).createHostsView(app),
  },
  {
    id: "map",
    load: async (app) => (await import("./map/view.js")).createMapView(app),
  },
];
