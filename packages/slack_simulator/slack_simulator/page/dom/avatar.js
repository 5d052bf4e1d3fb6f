/** A face for everybody: initials on a colour of their own, a figure for the bot. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { nameOf, store } from "../state/store.js";

const HUES = 6;

export function avatar(user, name = nameOf(user)) {
  if (user === store.bot.id) return h("span.avatar.bot", { "aria-hidden": "true" }, icon("bot"));
  const at = store.people.findIndex(({ id }) => id === user);
  const initials = name
    .split(/\s+/)
    .map((word) => word[0])
    .slice(0, 2)
    .join("");
  return h(`span.avatar.hue-${(at + HUES) % HUES}`, { "aria-hidden": "true" }, initials);
}
