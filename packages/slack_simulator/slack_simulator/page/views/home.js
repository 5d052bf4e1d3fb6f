/** App Home, as the bot has published it for the acting person. */

import { onView } from "../state/act.js";
import { renderBlocks } from "../blocks/blocks.js";
import { h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { place } from "../state/place.js";
import { store } from "../state/store.js";
import { tabs, topBar } from "./topbar.js";

export function homeView() {
  const view = store.homes.get(place.person);
  const name = store.bot.name;
  return [
    topBar([icon("bot"), name], "App"),
    tabs("home"),
    h(
      "div.home",
      { key: `home ${place.person}`, role: "region", "aria-label": `${name}'s Home` },
      view
        ? renderBlocks(view.blocks, onView(view))
        : h("p.empty", {}, `${name} has published no Home for you yet.`),
    ),
  ];
}
