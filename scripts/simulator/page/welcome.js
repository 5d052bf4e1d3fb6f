/** What stands where nothing has been said yet: what this is, and something to try. */

import { ask, EXAMPLES, say } from "./ask.js";
import { avatar } from "./avatar.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { channelId } from "./place.js";
import { store } from "./store.js";

/** For an empty channel or direct messages; `prompts` are the bot's own suggestions. */
export function welcome(channel, prompts) {
  const offers = prompts?.prompts ?? EXAMPLES.map((question) => ({ title: question }));
  const send = ({ title, message }) => (message ? say(channel, message) : ask(channel, title));
  return h(
    "section.welcome",
    { "aria-label": "Getting started", key: "welcome" },
    avatar(store.bot.id),
    h("h2", {}, `Ask ${store.bot.name} something`),
    h("p", {}, channelId() === channel && !channel.startsWith("D")
      ? `Mention @${store.bot.name} in this channel: the answer comes in a thread, with its sources.`
      : "No mention is needed here: the answer comes in a thread, with its sources."),
    suggestions(prompts?.title || "For example", offers, send),
  );
}

export function suggestions(title, offers, send) {
  return h(
    "div.suggestions",
    { role: "group", "aria-label": title },
    h("p.title", {}, title),
    offers.map((offer) => h("button.suggestion", { type: "button", onclick: () => send(offer) }, h("span", {}, offer.title), icon("chevron"))),
  );
}

/** A channel the bot is not in, with nothing in it. */
export function silence(name) {
  return h("section.welcome", { key: "welcome" }, h("h2", {}, `#${name} is quiet`), h("p", {}, `${store.bot.name} is not a member here, so it hears nothing of what is said.`));
}
