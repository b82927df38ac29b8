// Dark or light: the system's wish until the person chooses otherwise; the choice is remembered.

import { byId } from "./dom.js";

const KEY = "theme";
const systemDark = matchMedia("(prefers-color-scheme: dark)");

let choice = remembered(); // "light", "dark" or null
const isDark = () => (choice ? choice === "dark" : systemDark.matches);

// A browser that keeps nothing for a page throws: then the choice holds for this visit.
function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember() {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    return;
  }
}

function apply() {
  if (choice) document.documentElement.dataset.theme = choice;
  byId("theme").setAttribute("aria-pressed", String(isDark()));
}

export function startTheme() {
  apply();
  systemDark.addEventListener("change", apply);
  byId("theme").addEventListener("click", () => {
    choice = isDark() ? "light" : "dark";
    remember();
    apply();
  });
}
