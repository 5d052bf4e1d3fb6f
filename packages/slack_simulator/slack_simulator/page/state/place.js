/** Where the person at the screen is, who they are acting as, and how they like the page. */

import { order } from "./api.js";
import { complain } from "../dom/notice.js";
import { changed, channelById, directOf, isAgent, store, threadIn } from "./store.js";

const KEY = "slack-simulator.page";

/**
 * `channel` is an id, or DIRECT for the acting person's messages with the bot; `view` says
 * whether the middle shows it or App Home. `panel` is a thread, the agent's pane or null.
 */
export const place = {
  person: "U0ADA",
  view: "channel",
  channel: "C0GENERAL",
  panel: null,
  inspector: false,
  question: "",
  editing: "",
  theme: "",
  menu: false,
  ...remembered(),
};

export const DIRECT = "@bot";

/** The id of the channel in the middle; undefined for direct messages nobody has begun. */
export function channelId() {
  return place.channel === DIRECT ? directOf(place.person) : place.channel;
}

export function person() {
  return store.people.find(({ id }) => id === place.person);
}

export function channelsOf(who) {
  return store.channels.filter((c) => !c.direct && c.members.includes(who));
}

export function move(step) {
  Object.assign(place, { menu: false }, step);
  const { menu, question, editing, ...lasting } = place;
  localStorage.setItem(KEY, JSON.stringify(lasting));
  changed();
}

/** After loading: be somewhere that exists, and tell the bot as Slack's client would. */
export function settle() {
  actAs(person() ? place.person : store.people[0].id);
}

export function actAs(who) {
  const { channel } = place;
  const own = channelsOf(who);
  const stays = channel === DIRECT || own.some(({ id }) => id === channel);
  move({ person: who, channel: stays ? channel : own[0].id, panel: panelOf(who) });
  if (place.view === "home") openHome();
  else if (place.channel === DIRECT) openDirect();
  if (place.panel?.kind === "agent") openAgent(place.panel.thread);
}

export async function openChannel(id) {
  const { panel } = place;
  move({ view: "channel", channel: id, panel: panel?.kind === "agent" ? panel : null });
  if (panel?.kind === "agent") await tell("/context", { person: place.person, channel: id });
}

export async function openDirect() {
  move({ view: "channel", channel: DIRECT, panel: keptPanel() });
  await openTab("messages");
}

export async function openHome() {
  move({ view: "home", panel: keptPanel() });
  await openTab("home");
}

export function openThread(channel, thread) {
  move({ panel: { kind: "thread", channel, thread }, question: "" });
}

/** The agent beside whatever is in view; `thread` "" is a new conversation. */
export async function openAgent(thread = "") {
  const isOpen = place.panel?.kind === "agent";
  move({ panel: { kind: "agent", thread }, question: "" });
  if (isOpen && thread) return;
  await openTab("messages");
  const channel = place.view === "channel" && place.channel !== DIRECT ? place.channel : "";
  if (isAgent()) await tell("/context", { person: place.person, channel });
}

export function closePanel() {
  move({ panel: null });
}

function keptPanel() {
  return place.panel?.kind === "thread" && place.panel.channel === directOf(place.person)
    ? place.panel
    : null;
}

/** The panel as `who` would have it: only threads that are there, in places they are in. */
function panelOf(who) {
  const { panel } = place;
  if (!panel) return null;
  const agent = panel.kind === "agent";
  const channel = agent ? directOf(who) : panel.channel;
  const theirs = [...channelsOf(who).map(({ id }) => id), directOf(who)].includes(channel);
  if (theirs && threadIn(channel, panel.thread, who).length) return panel;
  return agent ? { ...panel, thread: "" } : null;
}

async function openTab(tab) {
  const who = place.person;
  const answer = await tell("/open", { person: who, tab });
  if (answer?.channel && !channelById(answer.channel)) {
    const members = [who, store.bot.id];
    store.channels.push({
      id: answer.channel,
      name: "",
      topic: "",
      direct: true,
      person: who,
      members,
    });
    changed();
  }
}

async function tell(path, body) {
  try {
    return await order(path, body);
  } catch (error) {
    return complain(error);
  }
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}
