/** What stands where nothing has been said yet: what this is, and something to try. */

import { asked, EXAMPLES } from "../compose/ask.js";
import { avatar } from "../dom/avatar.js";
import { h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { channelById, store } from "../state/store.js";

/** For an empty conversation: the bot's own `prompts`, or our examples, go to `send` as text. */
export function welcome(channel, prompts, send) {
  const offers =
    prompts?.prompts ?? EXAMPLES.map((title) => ({ title, message: asked(channel, title) }));
  const direct = channelById(channel)?.direct;
  return h(
    "section.welcome",
    { "aria-label": "Getting started", key: "welcome" },
    avatar(store.bot.id),
    h("h2", {}, `Ask ${store.bot.name} something`),
    h(
      "p",
      {},
      direct
        ? "No mention is needed here. Answers come with their sources."
        : `Mention @${store.bot.name} in this channel. The answer comes in a thread, with its sources.`,
    ),
    suggestions(prompts?.title || "For example", offers, send),
  );
}

function suggestions(title, offers, send) {
  return h(
    "div.suggestions",
    { role: "group", "aria-label": title },
    h("p.title", {}, title),
    offers.map((offer) =>
      h(
        "button.suggestion",
        { type: "button", onclick: () => send(offer.message) },
        h("span", {}, offer.title),
        icon("chevron"),
      ),
    ),
  );
}

/** A channel the bot is not in, with nothing in it. */
export function silence(name) {
  return h(
    "section.welcome",
    { key: "welcome" },
    h("h2", {}, `#${name} is quiet`),
    h("p", {}, `${store.bot.name} is not a member here, so it hears nothing of what is said.`),
  );
}
