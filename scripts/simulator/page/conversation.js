/** A list of messages, oldest first, that stays at its end while one is there. */

import { h, own, patch, remembering } from "./dom.js";
import { messageView } from "./message.js";
import { place } from "./place.js";
import { activity, threadIn } from "./store.js";
import { day } from "./time.js";
import { isThreadUnread } from "./unread.js";

const TOGETHER_SECONDS = 300;
const NEAR_PX = 60;

/** A list that keeps itself; `show` gives it {key, messages, threaded, label, start}. */
export function conversation(name) {
  const end = h("div.end", { key: "end" });
  const element = own(h("div.conversation", { role: "region", tabindex: -1, onkeydown: walk }), name);
  const row = remembering();
  let key = "";
  let current = "";

  function show({ key: nextKey, messages, threaded, label, start }) {
    const moved = nextKey !== key;
    const stay = moved || element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    key = nextKey;
    element.setAttribute("aria-label", label);
    patch(element, start, rows(messages, threaded), end);
    rove(messages);
    if (stay) element.scrollTop = element.scrollHeight;
    return element;
  }

  function rows(messages, threaded) {
    return messages.flatMap((message, at) => {
      const before = messages[at - 1];
      const newDay = !before || day(before.at) !== day(message.at);
      const compact = !newDay && follows(message, before) && !(at === 1 && !threaded);
      const root = message.thread_ts ?? message.ts;
      const editing = place.editing === `${message.channel}/${message.ts}`;
      const line = threaded ? activity(message.channel, root) : "";
      const last = threaded ? threadIn(message.channel, root, place.person).at(-1)?.ts : "";
      const unread = threaded && isThreadUnread(place.person, message.channel, root);
      const deps = [message, compact, editing, line, last, unread, place.person];
      const view = row(`${message.channel}/${message.ts}`, deps, () => messageView(message, { compact, threaded, editing }));
      const divider = newDay && threaded && h("div.day", { key: `day ${day(message.at)}` }, h("span", {}, day(message.at)));
      return [divider, view];
    });
  }

  /** One message is a stop for Tab: the one last walked to, or else the newest. */
  function rove(messages) {
    if (!messages.some(({ ts }) => ts === current)) current = "";
    const stop = current || messages.at(-1)?.ts;
    for (const article of element.querySelectorAll("article")) article.tabIndex = article.dataset.ts === stop ? 0 : -1;
  }

  function walk(event) {
    const articles = [...element.querySelectorAll("article")];
    const at = articles.indexOf(event.target);
    if (at < 0) return;
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: articles.length - 1 }[event.key];
    if (event.key === "Enter") event.target.querySelector(".replies")?.click();
    if (!articles[to]) return;
    event.preventDefault();
    current = articles[to].dataset.ts;
    event.target.tabIndex = -1;
    articles[to].tabIndex = 0;
    articles[to].focus();
  }

  return { element, show };
}

function follows(message, before) {
  const near = message.at - before.at < TOGETHER_SECONDS;
  const plain = !message.ephemeral_to && !before.ephemeral_to && !before.deleted;
  return near && plain && message.user === before.user;
}
