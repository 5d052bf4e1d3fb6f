/** Fills the store from the control API, then follows the simulator's feed of what happens. */

import { read } from "./api.js";
import { channelById, changed, store } from "./store.js";

const RETRY_MS = 1000;
const hearers = [];

/** Calls `hear(item)` for each happening, after the store has taken it in. */
export function onNews(hear) {
  hearers.push(hear);
}

/**
 * Loads everything and stays up to date; begins again after a reset or a lost connection.
 * `loaded` is called each time.
 */
export async function follow(loaded) {
  const again = () => follow(loaded);
  let last;
  try {
    last = await load();
  } catch {
    lose(again);
    return;
  }
  loaded();
  const source = new EventSource(`/control/feed?since=${last}`);
  source.onerror = () => {
    source.close();
    lose(again);
  };
  for (const [kind, take] of Object.entries(TAKE)) {
    source.addEventListener(kind, (event) => {
      const item = JSON.parse(event.data);
      take(item);
      for (const hear of hearers) hear(item);
      changed();
    });
  }
  source.addEventListener("reset", () => {
    source.close();
    again();
  });
}

function lose(again) {
  store.online = false;
  changed();
  setTimeout(again, RETRY_MS);
}

/** Reads the whole workspace; returns the number of the last happening it includes. */
async function load() {
  const state = await read("/state");
  const [messages, views, calls, deliveries] = await Promise.all([
    Promise.all(state.channels.map((c) => read("/messages", { channel: c.id, deleted: true }))),
    Promise.all(state.people.map((person) => read("/views", { person: person.id }))),
    read("/calls"),
    read("/deliveries"),
  ]);
  const known = ["team", "bot", "people", "channels", "commands", "shortcuts", "manifest"];
  for (const key of known) store[key] = state[key];
  store.settings = state.settings;
  const byTs = ({ messages: list }) => new Map(list.map((message) => [message.ts, message]));
  store.messages = new Map(state.channels.map((c, at) => [c.id, byTs(messages[at])]));
  store.sessions = new Map(state.sessions.map((s) => [`${s.channel}/${s.thread_ts}`, s]));
  store.prompts = new Map(state.prompts.map((prompts) => [prompts.channel, prompts]));
  store.homes = new Map(state.people.map((person, at) => [person.id, views[at].home]));
  const open = views.flatMap((found, at) =>
    found.views.map((view) => [view.id, { user: state.people[at].id, view }]),
  );
  store.views = new Map(open);
  store.viewErrors = new Map();
  store.calls = new Map(calls.calls.map((call) => [call.id, call]));
  store.deliveries = new Map(deliveries.deliveries.map((delivery) => [delivery.id, delivery]));
  store.online = store.loaded = true;
  changed();
  return state.last;
}

const TAKE = {
  message({ message }) {
    if (!channelById(message.channel)) learnChannels();
    if (!store.messages.has(message.channel)) store.messages.set(message.channel, new Map());
    store.messages.get(message.channel).set(message.ts, message);
    const root = store.messages.get(message.channel).get(message.thread_ts);
    if (root && root !== message) countReplies(root);
  },
  session({ session }) {
    store.sessions.set(`${session.channel}/${session.thread_ts}`, session);
  },
  prompts({ prompts }) {
    store.prompts.set(prompts.channel, prompts);
  },
  home({ user, view }) {
    store.homes.set(user, view);
  },
  view({ user, open, view }) {
    if (open) store.views.set(view.id, { user, view });
    else store.views.delete(view.id);
    store.viewErrors.delete(view.id);
  },
  view_errors({ view, errors }) {
    store.viewErrors.set(view, errors);
  },
  call({ call }) {
    store.calls.set(call.id, call);
  },
  delivery({ delivery }) {
    store.deliveries.set(delivery.id, delivery);
  },
  settings({ settings }) {
    store.settings = settings;
  },
};

/** The feed tells of the reply alone; its root is shown with a new count. */
function countReplies(root) {
  const all = store.messages.get(root.channel);
  const count = [...all.values()].filter(
    (m) => m.thread_ts === root.ts && m !== root && !m.deleted,
  );
  all.set(root.ts, { ...root, reply_count: count.length });
}

/** Direct messages come into being on first use. */
async function learnChannels() {
  store.channels = (await read("/state")).channels;
  changed();
}
