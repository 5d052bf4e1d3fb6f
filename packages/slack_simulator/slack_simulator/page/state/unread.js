/** How far each person has read: the dots in the sidebar and beside threads. */

import { messagesIn } from "./store.js";

const KEY = "slack-simulator.read";
const marks = JSON.parse(localStorage.getItem(KEY) ?? "{}");

/** Notes that a person has seen everything up to `ts` in a channel, or in one of its threads. */
export function markRead(person, channel, thread, ts) {
  const key = [person, channel, thread].join("/");
  if (Number(marks[key] ?? 0) >= Number(ts)) return;
  marks[key] = ts;
  localStorage.setItem(KEY, JSON.stringify(marks));
}

/** Whether a channel has anything new for a person, in it or in a thread they take part in. */
export function isUnread(person, channel) {
  const messages = messagesIn(channel, person);
  const joined = new Set(messages.filter((m) => m.user === person).map((m) => m.thread_ts ?? m.ts));
  return messages.some((message) => {
    const inThread = message.thread_ts && message.thread_ts !== message.ts;
    if (inThread && !joined.has(message.thread_ts)) return false;
    return isNew(message, person, inThread ? message.thread_ts : "");
  });
}

/** Whether a thread holds replies that the person has not seen. */
export function isThreadUnread(person, channel, thread) {
  const replies = messagesIn(channel, person).filter(
    (m) => m.thread_ts === thread && m.ts !== thread,
  );
  return replies.some((message) => isNew(message, person, thread));
}

function isNew(message, person, thread) {
  const mark = marks[[person, message.channel, thread].join("/")] ?? 0;
  return message.user !== person && !message.deleted && Number(message.ts) > Number(mark);
}
