/** One message as people see it: who, when, what, and what can be done with it. */

import { act, onMessage } from "../state/act.js";
import { avatar } from "../dom/avatar.js";
import { mrkdwn, renderBlocks } from "../blocks/blocks.js";
import { h } from "../dom/dom.js";
import { editor, startEditing } from "../compose/edit.js";
import { emojiNamed } from "../dom/emoji.js";
import { icon } from "../dom/icons.js";
import { move, openThread, place } from "../state/place.js";
import { activity, nameOf, store, threadIn } from "../state/store.js";
import { clock, moment } from "../dom/time.js";
import { fileLine } from "../compose/tray.js";
import { isThreadUnread } from "../state/unread.js";

/**
 * `look` says how: {compact} without avatar and name, {threaded} with its replies told of below,
 * {editing} as a field.
 */
export function messageView(message, look) {
  const { compact, threaded, editing } = look;
  const name = message.name ?? nameOf(message.user);
  const marks = [
    compact && "compact",
    message.bot && "by-bot",
    message.ephemeral_to && "ephemeral",
    message.streaming && "streaming",
  ];
  const props = {
    tabindex: -1,
    "aria-label": `${name}, ${clock(message.at)}`,
    "aria-busy": message.streaming ? "true" : null,
    "data-ts": message.ts,
  };
  return h(
    ["article", "message", ...marks.filter(Boolean)].join("."),
    props,
    h(
      "div.gutter",
      {},
      compact
        ? h("time.small", { title: moment(message.at) }, clock(message.at))
        : avatar(message.user, name),
    ),
    h(
      "div.body",
      {},
      !compact &&
        h(
          "div.byline",
          {},
          h("strong", {}, name),
          message.bot && h("span.badge", {}, "App"),
          h("time", { title: moment(message.at) }, clock(message.at)),
        ),
      message.ephemeral_to && h("p.only", {}, "Only visible to you"),
      editing ? editor(message) : content(message),
      reactions(message),
      threaded && repliesBar(message),
    ),
    !message.deleted && !editing && toolbar(message, threaded),
  );
}

function content(message) {
  if (message.deleted) return h("p.gone", {}, "This message was deleted.");
  const blocks = message.bot ? message.blocks : [];
  return h(
    "div.content",
    {},
    blocks.length
      ? renderBlocks(blocks, onMessage(message))
      : mrkdwn(message.fallback ?? message.text),
    message.attachments.map((part) =>
      h(
        "div.attachment",
        {},
        renderBlocks(part.blocks ?? [], onMessage(message)),
        mrkdwn(part.text ?? part.fallback ?? ""),
      ),
    ),
    message.files.map(({ name, title, size }) => fileLine("p", name ?? title ?? "a file", size)),
    stopNote(message),
    message.edited && !message.stream && h("span.edited", {}, "(edited)"),
  );
}

/** What Slack's own end of a stream looks like, until the app has said it itself. */
function stopNote({ stream, edited }) {
  if (edited) return false;
  const notes = { stopped_by_user: "Stopped", expired: "This stream ended before it was finished" };
  return notes[stream] && h("p.stopped", {}, icon("stop"), notes[stream]);
}

function reactions({ reactions: found }) {
  const shown = found.map(({ name, count, users }) =>
    h(
      "li",
      { title: `${users.map(nameOf).join(", ")} reacted with :${name}:` },
      emojiNamed(name) || `:${name}:`,
      " ",
      String(count),
    ),
  );
  return shown.length > 0 && h("ul.reactions", { "aria-label": "reactions" }, shown);
}

function repliesBar({ channel, ts, reply_count: count }) {
  const line = activity(channel, ts);
  if (!count && !line) return null;
  const unread = isThreadUnread(place.person, channel, ts);
  const last = threadIn(channel, ts, place.person).at(-1);
  const told = count ? `${count} ${count === 1 ? "reply" : "replies"}` : "In its thread";
  return h(
    "button.replies",
    {
      type: "button",
      onclick: () => openThread(channel, ts),
      "aria-label": `${told}${unread ? ", unread" : ""}: open the thread`,
    },
    avatar(count ? last.user : store.bot.id),
    h("span.count", {}, told),
    h("span.last", {}, line || clock(last.at)),
    unread && h("span.dot"),
  );
}

function toolbar(message, threaded) {
  const { channel, ts, bot, user, thread_ts: root } = message;
  const tool = (name, label, onclick) =>
    h("button", { type: "button", title: label, "aria-label": label, onclick }, icon(name));
  const mine = !bot && user === place.person;
  return h(
    "div.tools",
    { role: "toolbar", "aria-label": "message actions" },
    threaded &&
      !message.ephemeral_to &&
      tool("reply", "Reply in thread", () => openThread(channel, root ?? ts)),
    store.shortcuts
      .filter(({ type }) => type === "message")
      .map((s) =>
        tool("shortcut", s.name, () =>
          act("/shortcut", { callback_id: s.callback_id, channel, ts }),
        ),
      ),
    tool("gauge", "Inspect", () => move({ inspector: true, question: questionOf(message) })),
    mine && tool("edit", "Edit", () => startEditing(message, threaded)),
    mine && tool("trash", "Delete", () => act("/delete", { channel, ts })),
  );
}

/** The question a message is, or answers: the last thing a person said before it. */
function questionOf({ channel, ts, thread_ts: root }) {
  const earlier = threadIn(channel, root ?? ts, place.person).filter(
    (m) => !m.bot && Number(m.ts) <= Number(ts),
  );
  return `${channel}/${earlier.at(-1)?.ts ?? ts}`;
}
