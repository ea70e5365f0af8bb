// Signing in to a server that asks for a token, and out again. Both load the page anew: all that it
// shows is in its address, so that nothing stays that was asked for as somebody else.

import { setText } from "../core/dom.js";

/**
 * Shows the form when the server asks for a token, and the way out when the page is signed in.
 * @param {any} app
 * @param {HTMLElement} form
 * @param {HTMLElement} signOut the button
 * @param {() => void} reload
 */
export function createSession(app, form, signOut, reload) {
  const part = (/** @type {string} */ selector) =>
    /** @type {HTMLElement} */ (form.querySelector(selector));
  const input = /** @type {HTMLInputElement} */ (part("input"));
  const send = /** @type {HTMLButtonElement} */ (part("button"));
  const problem = part("[role=alert]");
  let isTold = false;

  // The policy lets no form be sent (form-action), so that no page can be made to send the token
  // elsewhere: the script does it.
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    setText(problem, "");
    try {
      await app.api.send("POST", "session", { token: input.value.trim() });
      reload();
    } catch (error) {
      setText(problem, /** @type {Error} */ (error).message);
      input.setAttribute("aria-invalid", "true");
      input.select();
    } finally {
      send.disabled = false;
    }
  });
  input.addEventListener("input", () => input.removeAttribute("aria-invalid"));

  signOut.addEventListener("click", async () => {
    await app.api.send("DELETE", "session").catch(() => {});
    reload();
  });

  async function showWayOut() {
    const session = await app.api.get("session").catch(() => null);
    if (!session?.token_id) return;
    const name = session.token_name || session.token_id;
    signOut.title = `Signed in with the token ${name}: sign out`;
    signOut.hidden = false;
  }

  app.live.subscribe({
    /** @param {import("../core/live.js").Status} status */
    status({ kind, detail }) {
      const isAsked = kind === "unauthorised";
      if (isAsked) setText(part("#sign-in-reason"), detail ?? "This server asks for a token.");
      if (kind === "live" && !isTold) {
        isTold = true;
        void showWayOut();
      }
      if (isAsked !== form.hidden) return;
      form.hidden = !isAsked;
      if (isAsked && document.activeElement === document.body) input.focus();
    },
  });
}
