/** The side panel: a thread, or the agent beside whatever is in view. */

import { say } from "../compose/ask.js";
import { composer } from "../compose/composer.js";
import { conversation } from "./conversation.js";
import { h, patch } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { channelId, closePanel, DIRECT, openAgent, place } from "../state/place.js";
import { statusLine } from "./status.js";
import { channelById, directOf, messagesIn, sessionOf, store, threadIn } from "../state/store.js";
import { botListens } from "../compose/typed.js";
import { markRead } from "../state/unread.js";
import { welcome } from "./welcome.js";

const host = document.getElementById("panel");
const list = conversation("panel-list");
const writer = composer("panel-composer");
let shown = null;

export function paintPanel() {
  const { panel } = place;
  host.hidden = !panel;
  host.setAttribute("aria-label", panel?.kind === "agent" ? store.bot.name : "Thread");
  if (panel?.kind === "thread") patch(host, thread(panel));
  else patch(host, panel && agent(panel.thread));
  if (panel && shown !== null && identity(panel) !== shown) writer.focus();
  shown = identity(panel);
}

function thread({ channel, thread: root }) {
  const messages = read(channel, root);
  const where = channelById(channel)?.direct ? store.bot.name : `#${channelById(channel)?.name}`;
  const title = sessionOf(channel, root).title || "Thread";
  return [
    head(title, title === "Thread" ? where : `Thread in ${where}`),
    list.show({ key: root, messages, threaded: false, label: "Thread" }),
    statusLine(channel, root),
    writer.show({
      key: `${place.person} ${root}`,
      label: "Reply in the thread",
      needsMention: botListens(channel) && !channelById(channel)?.direct,
      send: (text, files) => say(channel, text, root, files),
    }),
  ];
}

function agent(root) {
  const channel = directOf(place.person) ?? "";
  const messages = root ? read(channel, root) : [];
  const send = async (text, files) => {
    const posted = await say(channel || DIRECT, text, root, files);
    if (posted?.ts && !root) openAgent(posted.ts);
    return posted;
  };
  return [
    head(store.bot.name, sightOf(), chats(channel, root)),
    list.show({
      key: root || "new",
      messages,
      threaded: false,
      label: `Chat with ${store.bot.name}`,
      start: !root && channel && welcome(channel, store.prompts.get(channel), send),
    }),
    statusLine(channel, root),
    writer.show({ key: `${place.person} agent ${root}`, label: `Ask ${store.bot.name}`, send }),
  ];
}

function head(title, subtitle, extra) {
  return h(
    "header.topbar",
    { key: "topbar" },
    h("h2", {}, title),
    h("p.subtitle", {}, subtitle),
    extra,
    h(
      "button.plain",
      { type: "button", title: "Close", "aria-label": "Close the panel", onclick: closePanel },
      icon("close"),
    ),
  );
}

/** What the agent is told that the person has in view. */
function sightOf() {
  const seen = place.view === "channel" && channelById(channelId());
  return seen && !seen.direct ? `sees #${seen.name}` : "";
}

/** The way to a new chat and back to earlier ones. */
function chats(channel, root) {
  const roots = messagesIn(channel, place.person)
    .filter((m) => !m.thread_ts || m.thread_ts === m.ts)
    .reverse();
  const option = ({ ts, text }) =>
    h(
      "option",
      { value: ts, selected: ts === root },
      (sessionOf(channel, ts).title || text).slice(0, 50),
    );
  const props = { "aria-label": "Chats", onchange: (event) => openAgent(event.target.value) };
  const fresh = h("option", { value: "", selected: !root }, "New chat");
  return roots.length > 0 && h("select.control", props, fresh, roots.map(option));
}

function read(channel, root) {
  const messages = threadIn(channel, root, place.person);
  if (messages.length && document.hasFocus())
    markRead(place.person, channel, root, messages.at(-1).ts);
  return messages;
}

function identity(panel) {
  return panel ? `${panel.kind} ${panel.thread}` : "";
}
