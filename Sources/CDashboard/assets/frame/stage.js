// The one view that is shown, and the navigation between them.

import { h, replaceChildren } from "../core/dom.js";
import { views } from "../views.js";

/** @typedef {import("../views.js").View} View */

/** A view as it is come to: what another one had chosen says nothing here. @param {string} id */
const entry = (id) => ({ view: id, sel: null, sort: null, group: null, cols: null });

/**
 * Shows the view that the state names, and hands it what changes.
 * @param {any} app
 * @param {HTMLElement} element where views are shown
 * @param {HTMLElement} nav the links to them
 * @param {() => void} reload loads the page anew, with the state that it has
 */
export function createStage(app, element, nav, reload) {
  /** @type {Map<string, Promise<View>>} */
  const loaded = new Map();
  /** @type {View | null} */
  let shown = null;
  let shownID = "";
  /** Whether a view could not be fetched from a server that had been there. */
  let isBroken = false;
  let wasThere = false;
  let isThere = false;

  const links = /** @type {HTMLAnchorElement[]} */ ([...nav.querySelectorAll("a")]);
  const known = (/** @type {string} */ id) => views.find((view) => view.id === id) ?? views[0];

  /** @param {string} id */
  function load(id) {
    let view = loaded.get(id);
    if (!view) {
      view = known(id).load(app);
      // What could not be fetched is fetched again next time.
      view.catch(() => loaded.delete(id));
      loaded.set(id, view);
    }
    return view;
  }

  function mark() {
    for (const link of links) {
      const id = link.dataset.view ?? "";
      link.setAttribute("href", app.state.url(entry(id)));
      link.toggleAttribute("aria-current", false);
      if (id !== shownID) continue;
      link.setAttribute("aria-current", "page");
      document.title = `${link.textContent?.trim()} · netmon`;
    }
  }

  async function show() {
    const { id } = known(app.state.get().view);
    if (id === shownID) {
      mark();
      shown?.show(app.state.get());
      return;
    }
    shownID = id;
    mark();
    shown?.hide();
    shown = null;
    try {
      const view = await load(id);
      if (shownID !== id) return;
      shown = view;
      isBroken = false;
      element.replaceChildren(view.element);
      app.announce(document.title);
      view.show(app.state.get());
    } catch (error) {
      if (shownID === id) shownID = "";
      isBroken = wasThere;
      if (isBroken) void app.api.get("stats").then(mendBroken, () => {});
      replaceChildren(element, h("p", { class: "empty" },
        "This part of the page could not be loaded.",
        isBroken && " It will be as soon as the server answers again.", " ",
        h("a", { href: "" }, "Load the page again")));
      throw error;
    }
  }

  /** A module that could not be fetched once is not fetched again by the same page. */
  function mendBroken() {
    if (isBroken) reload();
  }

  /** @param {string} id */
  const go = (id) => app.state.set(entry(id));

  nav.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest("a");
    if (!link?.dataset.view || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(link.dataset.view);
  });
  app.state.subscribe(() => void show());
  app.live.subscribe({
    change: (/** @type {any[]} */ records) => shown?.change?.(records),
    reset: () => shown?.reset?.(),
    // What could not be asked while the server was away is asked now.
    status(/** @type {{ kind: string }} */ { kind }) {
      const isUp = kind === "live" || kind === "paused";
      if (isUp && !isThere) mendBroken();
      isThere = isUp;
      wasThere ||= isUp;
      if (kind === "live") shown?.change?.([]);
    },
  });

  return {
    show,
    /** Fetches what will be shown, while something else is waited for. */
    prepare: () => void load(known(app.state.get().view).id).catch(() => {}),
    /** Fetches the views that may be shown later, so that they are there when the server is not. */
    prepareOthers: () => void Promise.allSettled(views.map(({ prefetch }) => prefetch())),
    /** Keys that go to a view, in the order of the navigation. */
    keys: () => links.map((link, index) =>
      /** @type {[string, string, () => void]} */ (
        [String(index + 1), link.textContent?.trim() ?? "", () => go(link.dataset.view ?? "")])),
  };
}
