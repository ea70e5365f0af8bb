// Puts the page together: the state in the URL, the stream of changes, the filter, the time band,
// and the view that is shown.

import { createApi } from "./core/api.js";
import { setText } from "./core/dom.js";
import { createKeys } from "./core/keys.js";
import { createLive } from "./core/live.js";
import { createState } from "./core/state.js";
import { keepTimes } from "./core/times.js";
import { createFilterBox } from "./filter/box.js";
import { createDraft } from "./filter/draft.js";
import { mendAddress } from "./frame/address.js";
import { createHelp } from "./frame/help.js";
import { createSession } from "./frame/session.js";
import { showStatus } from "./frame/status.js";
import { createTheme } from "./frame/theme.js";
import { createStage } from "./frame/stage.js";
import { createTimeBand } from "./time/band.js";
import { firstSpan } from "./time/span.js";

const byID = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

const api = createApi(window);
const state = createState(window);
mendAddress(state, byID("address"));
const live = createLive({ api, window });
const keys = createKeys(document);

/** What a view is given. */
const app = {
  api, state, live, keys, origin: location.origin,
  /** The filter while it is typed. */
  draft: createDraft(state.get().q),
  /** Says something to those who listen to the page. @param {string} text */
  announce: (text) => setText(byID("announcer"), text),
};

byID("filter").replaceChildren(createFilterBox(app));
const stage = createStage(app, byID("view"), byID("nav"), () => location.reload());
keys.bind("Views", stage.keys());

showStatus(app, { pill: byID("status"), text: byID("status-text"), notice: byID("notice") });
createSession(app, byID("sign-in"), byID("sign-out"), () => location.reload());
createHelp(keys, /** @type {HTMLDialogElement} */ (byID("help")), byID("help-button"));
createTheme(window, keys, byID("theme"));
state.subscribe(({ paused }) => live.pause(paused));
live.pause(state.get().paused);
keepTimes(document);
stage.prepare();
const stats = await live.start();
if (state.get().since === null) {
  state.set({ since: firstSpan(stats, Date.now()) }, { replace: true });
}
byID("time").replaceChildren(createTimeBand(app));
await stage.show();
// What is asked for first comes first.
setTimeout(stage.prepareOthers, 1000);
