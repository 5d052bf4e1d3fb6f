/** Light or dark: as the system says, until somebody says otherwise. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { move, place } from "../state/place.js";

const system = matchMedia("(prefers-color-scheme: dark)");

export function paintTheme() {
  document.documentElement.dataset.theme = current();
}

export function themeButton() {
  const other = current() === "dark" ? "light" : "dark";
  const label = `Switch to ${other}`;
  return h(
    "button.plain",
    { type: "button", title: label, "aria-label": label, onclick: () => move({ theme: other }) },
    icon(other === "dark" ? "moon" : "sun"),
  );
}

export function watchSystem(repaint) {
  system.addEventListener("change", repaint);
}

function current() {
  return place.theme || (system.matches ? "dark" : "light");
}
