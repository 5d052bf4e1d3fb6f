/** The small pieces text is made of: links, mentions, pictures, and Slack's entities undone. */

import { h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { nameOf, store } from "../state/store.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/** Slack's three entities undone; it leaves all others as they are. */
export function decode(text) {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);
}

/** A link that can do no harm, or plain text where its address is none for a browser. */
export function link(address, ...label) {
  const href = decode(address);
  if (!/^(?:https?:\/\/|mailto:)/i.test(href)) return h("span", {}, label);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, label);
}

export function mention(user) {
  const me = user === store.bot.id ? ".bot" : "";
  return h(`span.mention${me}`, {}, `@${nameOf(user)}`);
}

/** A picture is a placeholder: nothing is loaded. */
export function picture(description) {
  return h("span.picture", { role: "img", "aria-label": description }, icon("image"), description);
}
