/** What people type against what Slack stores: mentions by name there, by id here, and escapes. */

import { channelById, store } from "../state/store.js";

const ALL = ["channel", "everyone", "here"];

/** Typed text as Slack's client would post it. */
export function asPosted(text) {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escaped.replace(pattern(), (whole, before, name) => before + token(name.toLowerCase()));
}

/** Posted text as it was typed. */
export function asTyped(text) {
  return text
    .replace(/<@(\w+)>/g, (whole, id) => `@${known().find((p) => p.id === id)?.name ?? id}`)
    .replace(/<!(\w+)>/g, "@$1")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

export function mentionsBot(text) {
  return asPosted(text).includes(`<@${store.bot.id}>`);
}

/** Whether the bot hears what is said in a channel. */
export function botListens(channel) {
  return channelById(channel)?.members.includes(store.bot.id) ?? false;
}

/** Everybody who can be mentioned, the bot first. */
export function known() {
  const { id, name } = store.bot;
  return [{ id, name, handle: name.toLowerCase(), title: "App" }, ...store.people];
}

function pattern() {
  const names = known()
    .flatMap(({ name, handle }) => [name, handle])
    .concat(ALL);
  const longestFirst = names.sort((a, b) => b.length - a.length).map(literal);
  return new RegExp(`(^|[\\s(])@(${longestFirst.join("|")})(?![\\p{L}\\p{N}])`, "giu");
}

function literal(name) {
  // Every character that means something in a regular expression.
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function token(name) {
  if (ALL.includes(name)) return `<!${name}>`;
  return `<@${known().find((p) => p.name.toLowerCase() === name || p.handle === name).id}>`;
}
