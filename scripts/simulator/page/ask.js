/** Saying something, and being taken to where the answer will come. */

import { act } from "./act.js";
import { openThread, place } from "./place.js";
import { channelById, store } from "./store.js";
import { asPosted, botListens } from "./typed.js";

export const EXAMPLES = [
  "How do I deploy to staging?",
  "What happens to my question?",
  "How do I change the model?",
];

/** Posts typed text, or runs it where it is one of the app's commands; false if it was refused. */
export async function say(channel, typed, thread = "") {
  const [, command, rest] = /^(\/\S+)\s*([\s\S]*)$/.exec(typed) ?? [];
  if (!thread && store.commands.some((known) => known.command === command)) {
    return Boolean(await act("/command", { channel, command, text: rest }));
  }
  const text = asPosted(typed);
  const posted = await act("/say", { channel, text, thread: thread || null });
  if (!posted) return false;
  const answers = channelById(posted.channel)?.direct || text.includes(`<@${store.bot.id}>`);
  const agent = place.panel?.kind === "agent";
  if (!thread && !agent && answers && botListens(posted.channel)) openThread(posted.channel, posted.ts);
  return posted;
}

/** Asks the bot, with the mention a channel needs. */
export function ask(channel, question) {
  const direct = channelById(channel)?.direct;
  return say(channel, direct ? question : `@${store.bot.name} ${question}`);
}
