/** Saying something, and being taken to where the answer will come. */

import { act } from "../state/act.js";
import { openThread } from "../state/place.js";
import { channelById, store } from "../state/store.js";
import { asOrder } from "./tray.js";
import { asPosted, botListens, mentionsBot } from "./typed.js";

export const EXAMPLES = [
  "How do I deploy to staging?",
  "How does a question travel?",
  "How do I change the model?",
];

/** Posts typed text, or runs it where it is one of the app's commands; false if it was refused. */
export async function say(channel, typed, thread = "", files = []) {
  // "/ask When is lunch?" is "/ask" and "When is lunch?".
  const [, command, rest] = /^(\/\S+)\s*([\s\S]*)$/.exec(typed) ?? [];
  if (!thread && store.commands.some((known) => known.command === command)) {
    return Boolean(await act("/command", { channel, command, text: rest }));
  }
  const order = { channel, text: asPosted(typed), thread: thread || null };
  if (files.length) order.files = await Promise.all(files.map(asOrder));
  return (await act("/say", order)) ?? false;
}

/** Says something in the middle, and opens the thread in which the bot will answer it. */
export async function converse(channel, typed, files) {
  const posted = await say(channel, typed, "", files);
  const heard = posted.ts && botListens(posted.channel);
  if (heard && (isDirect(posted.channel) || mentionsBot(typed)))
    openThread(posted.channel, posted.ts);
  return posted;
}

/** A question to the bot, with the mention a channel needs. */
export function asked(channel, question) {
  return isDirect(channel) ? question : `@${store.bot.name} ${question}`;
}

function isDirect(channel) {
  return channelById(channel)?.direct ?? false;
}
