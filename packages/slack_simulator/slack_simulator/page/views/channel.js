/** The middle: a channel or the direct messages with the bot. */

import { converse } from "../compose/ask.js";
import { composer } from "../compose/composer.js";
import { conversation } from "./conversation.js";
import { icon } from "../dom/icons.js";
import { channelId, DIRECT, place } from "../state/place.js";
import { channelById, hasHome, messagesIn, store } from "../state/store.js";
import { tabs, topBar } from "./topbar.js";
import { botListens } from "../compose/typed.js";
import { markRead } from "../state/unread.js";
import { silence, welcome } from "./welcome.js";

const list = conversation("main-list");
const writer = composer("main-composer");
let last = {};

export function channelView() {
  const id = channelId() ?? "";
  const channel = channelById(id);
  const direct = place.channel === DIRECT;
  const name = direct ? store.bot.name : channel.name;
  const messages = messagesIn(id, place.person).filter(inChannel);
  if (messages.length && document.hasFocus()) markRead(place.person, id, "", messages.at(-1).ts);
  if (last.person === place.person && last.channel !== place.channel)
    requestAnimationFrame(writer.focus);
  last = { person: place.person, channel: place.channel };
  const send = (text, files) => converse(id || DIRECT, text, files);
  const listens = direct || botListens(id);
  return [
    topBar(
      [direct ? icon("bot") : icon("hash"), name],
      direct ? "Direct messages" : `${channel.topic} · ${channel.members.length} members`,
    ),
    direct && hasHome() && tabs("messages"),
    list.show({
      key: `${place.person} ${id}`,
      messages,
      threaded: true,
      label: `Messages in ${name}`,
      start:
        messages.length === 0 &&
        id &&
        (listens ? welcome(id, store.prompts.get(id), send) : silence(name)),
    }),
    writer.show({
      key: `${place.person} ${id}`,
      label: direct ? `Message ${name}` : `Message #${name}`,
      hint: listens ? "" : `${store.bot.name} is not in this channel.`,
      needsMention: listens && !direct,
      send,
    }),
  ];
}

export const focusComposer = writer.focus;

function inChannel({ ts, thread_ts: thread, subtype }) {
  return !thread || thread === ts || subtype === "thread_broadcast";
}
