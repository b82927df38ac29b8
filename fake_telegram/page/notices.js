// Sentences that come and go: toasts, alerts the bot asks for, and the banner of a lost connection.

import { byId, element } from "./dom.js";

const TOAST_MS = 4000;

export function toast(sentence, kind = "info") {
  const note = element("p", { className: `toast ${kind}` }, sentence);
  byId("toasts").append(note);
  setTimeout(() => note.remove(), TOAST_MS);
}

/** Waits for a promise of the server's, and shows the sentence if it fails. True when it went well. */
export async function succeeded(promise) {
  try {
    await promise;
    return true;
  } catch (error) {
    toast(error.message, "error");
    return false;
  }
}

export function showAlert(sentence) {
  byId("alert-text").textContent = sentence;
  byId("alert").showModal();
}

export function showConnection(connected) {
  const banner = byId("banner");
  banner.hidden = connected;
  banner.textContent = connected
    ? ""
    : "Connection to the demo server lost. If you stopped it, start it again; this page reconnects by itself.";
}
