// Dark or light: the system's wish until the person chooses otherwise; the choice is remembered.

import { byId } from "./dom.js";

const KEY = "theme";
const systemDark = matchMedia("(prefers-color-scheme: dark)");

const chosen = () => localStorage.getItem(KEY);
const isDark = () => (chosen() ? chosen() === "dark" : systemDark.matches);

function apply() {
  if (chosen()) document.documentElement.dataset.theme = chosen();
  byId("theme").setAttribute("aria-pressed", String(isDark()));
}

export function startTheme() {
  apply();
  systemDark.addEventListener("change", apply);
  byId("theme").addEventListener("click", () => {
    localStorage.setItem(KEY, isDark() ? "light" : "dark");
    apply();
  });
}
