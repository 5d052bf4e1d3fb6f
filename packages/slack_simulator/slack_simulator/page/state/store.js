/** What the page knows of the workspace. Everything shown is drawn from here and from `place`. */

export const store = {
  online: false,
  loaded: false,
  team: { id: "", name: "" },
  bot: { id: "", name: "" },
  people: [],
  channels: [],
  commands: [],
  shortcuts: [],
  manifest: {},
  settings: {},
  messages: new Map(),
  sessions: new Map(),
  prompts: new Map(),
  homes: new Map(),
  views: new Map(),
  viewErrors: new Map(),
  calls: new Map(),
  deliveries: new Map(),
};

const painters = [];
let due = false;

/** Calls `paint` after changes, at most once a frame. */
export function onChange(paint) {
  painters.push(paint);
}

export function changed() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    for (const paint of painters) paint();
  });
}

export function channelById(id) {
  return store.channels.find((channel) => channel.id === id);
}

export function directOf(person) {
  return store.channels.find((channel) => channel.direct && channel.person === person)?.id;
}

export function nameOf(id) {
  if (id === store.bot.id) return store.bot.name;
  return store.people.find((person) => person.id === id)?.name ?? id;
}

/** What `person` sees of a channel, oldest first. */
export function messagesIn(channel, person) {
  const all = [...(store.messages.get(channel)?.values() ?? [])];
  return all.filter((message) => !message.ephemeral_to || message.ephemeral_to === person);
}

/** A thread's messages, its root first; [] for a thread that is not there. */
export function threadIn(channel, root, person) {
  return messagesIn(channel, person).filter((m) => m.ts === root || m.thread_ts === root);
}

export function sessionOf(channel, thread) {
  return store.sessions.get(`${channel}/${thread}`) ?? {};
}

/** What the bot is doing in a thread, as a line; "" where it does nothing. */
export function activity(channel, thread) {
  const { status, line, loading_messages: loading = [] } = sessionOf(channel, thread);
  if (line) return loading[0] ?? `${store.bot.name} ${line}`;
  if (status === "processing" || isStreaming(channel, thread)) {
    return `${store.bot.name} is working…`;
  }
  return status === "suspended" ? `${store.bot.name} waits for you` : "";
}

/** Slack shows a stop button to apps that subscribe to its event, while they are at work. */
export function canStop(channel, thread) {
  const events = store.manifest.settings?.event_subscriptions?.bot_events ?? [];
  const busy = sessionOf(channel, thread).status === "processing" || isStreaming(channel, thread);
  return busy && events.includes("agent_session_stopped");
}

function isStreaming(channel, thread) {
  const messages = store.messages.get(channel)?.values() ?? [];
  return [...messages].some((m) => m.thread_ts === thread && m.streaming && !m.deleted);
}

export function isAgent() {
  return "agent_view" in (store.manifest.features ?? {});
}

export function hasHome() {
  return Boolean(store.manifest.features?.app_home?.home_tab_enabled);
}
