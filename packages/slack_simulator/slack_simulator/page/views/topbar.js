/** The bar above the middle, with what a narrow screen needs to reach the rest. */

import { h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { move, openDirect, openHome, place } from "../state/place.js";
import { store } from "../state/store.js";

export function topBar(title, subtitle) {
  return h(
    "header.topbar",
    { key: "topbar" },
    h(
      "button.plain.narrow",
      {
        type: "button",
        "aria-label": "Channels",
        "aria-expanded": String(place.menu),
        onclick: () => move({ menu: !place.menu }),
      },
      icon("menu"),
    ),
    h("h1", {}, title),
    h("p.subtitle", {}, subtitle),
    h(
      "button.plain.narrow",
      { type: "button", "aria-label": "Inspector", onclick: () => move({ inspector: true }) },
      icon("gauge"),
    ),
  );
}

/** The two sides of the bot: its messages and its Home. */
export function tabs(current) {
  const tab = (name, label, onclick) =>
    h(
      "button.tab",
      { type: "button", "aria-current": name === current ? "page" : null, onclick },
      label,
    );
  return h(
    "nav.tabs",
    { key: "tabs", "aria-label": store.bot.name },
    tab("home", "Home", openHome),
    tab("messages", "Messages", openDirect),
  );
}
