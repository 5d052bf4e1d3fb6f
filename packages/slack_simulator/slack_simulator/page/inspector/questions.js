/** The questions among the deliveries, and what became of each: its calls and its times. */

import { store } from "../state/store.js";

const TEXT_CALLS = [
  "chat.postMessage",
  "chat.update",
  "chat.startStream",
  "chat.appendStream",
  "chat.stopStream",
];
const LAST_CALLS = ["chat.postMessage", "chat.update", "chat.stopStream"];

/** Every question the bot was told of, oldest first: {id, channel, root, text, sent, until}. */
export function questions() {
  const found = new Map();
  for (const delivery of store.deliveries.values()) {
    const id = questionId(delivery);
    if (id && !found.has(id)) found.set(id, asQuestion(id, delivery));
  }
  const all = [...found.values()].sort((a, b) => a.sent - b.sent);
  for (const [at, question] of all.entries()) {
    const next = all.slice(at + 1).find((later) => later.thread === question.thread);
    question.until = next?.sent ?? Infinity;
  }
  return all;
}

/** `channel/ts` of the question a delivery tells of; "" for anything else. */
export function questionId({ body }) {
  const event = body?.event;
  const asks =
    event?.type === "app_mention" || (event?.type === "message" && event.channel_type === "im");
  if (!asks || event.bot_id || ![undefined, "file_share"].includes(event.subtype)) return "";
  return `${event.channel}/${event.ts}`;
}

/** Whether a delivery told of a question, or of what people did in its thread before the next. */
export function isAbout(delivery, question) {
  if (questionId(delivery)) return questionId(delivery) === question.id;
  const { event, container } = delivery.body;
  const { channel, channel_id: shown = channel, thread_ts: thread } = event ?? container ?? {};
  return shown === question.channel && thread === question.root && isDuring(delivery, question);
}

/** Whether a call was made for a question: in its thread, before the thread's next one. */
export function belongsTo(call, question) {
  const { channel = call.args.channel_id, thread_ts: thread, ts } = call.args;
  if (channel !== question.channel || !isDuring(call, question)) return false;
  const root = thread ?? store.messages.get(channel)?.get(ts)?.thread_ts ?? ts;
  return root === question.root;
}

/** When what happened, in milliseconds after the event was sent; undefined for what has not yet. */
export function timesOf(question) {
  const since = (seconds) => (seconds - question.sent) * 1000;
  const deliveries = [...store.deliveries.values()].filter((d) => questionId(d) === question.id);
  const acked = deliveries.find((delivery) => delivery.ok);
  const calls = [...store.calls.values()]
    .filter((call) => call.ok && belongsTo(call, question))
    .sort((a, b) => a.started - b.started);
  const first = calls.find(carriesText);
  const last = calls.findLast(({ method }) => LAST_CALLS.includes(method));
  return {
    attempts: deliveries.length,
    acked: acked && since(acked.started) + acked.duration,
    begun: calls[0] && since(calls[0].started),
    first: first && since(first.started),
    finished: last && !isBusy(question) ? since(last.started) + last.duration : undefined,
  };
}

function isDuring({ started }, { sent, until }) {
  return started >= sent && started < until;
}

function asQuestion(id, { body: { event }, started }) {
  const root = event.thread_ts ?? event.ts;
  return {
    id,
    channel: event.channel,
    root,
    thread: `${event.channel}/${root}`,
    text: event.text,
    sent: started,
  };
}

function carriesText({ method, args }) {
  if (!TEXT_CALLS.includes(method)) return false;
  const chunks = typeof args.chunks === "string" ? args.chunks : JSON.stringify(args.chunks ?? "");
  return (
    Boolean(args.markdown_text || args.text || args.blocks) || chunks.includes("markdown_text")
  );
}

function isBusy({ channel, root, until }) {
  const open = [...(store.messages.get(channel)?.values() ?? [])].some(
    (m) => m.streaming && m.thread_ts === root,
  );
  const processing = store.sessions.get(`${channel}/${root}`)?.status === "processing";
  return until === Infinity && (open || processing);
}
