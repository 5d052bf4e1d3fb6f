/** A list of messages, oldest first, that stays at its end while one is there. */

import { h, own, patch, remembering } from "../dom/dom.js";
import { editingKey } from "../compose/edit.js";
import { messageView } from "./message.js";
import { place } from "../state/place.js";
import { activity, threadIn } from "../state/store.js";
import { day } from "../dom/time.js";
import { isThreadUnread } from "../state/unread.js";

const TOGETHER_SECONDS = 300;
const NEAR_PX = 60;

/** A list that keeps itself; `show` gives it {key, messages, threaded, label, start}. */
export function conversation(name) {
  const element = own(
    h("div.conversation", { role: "region", tabindex: -1, onkeydown: walk }),
    name,
  );
  const row = remembering();
  let key = "";
  let current = "";
  let atEnd = true;

  element.addEventListener("scroll", () => {
    atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
  });

  function show({ key: nextKey, messages, threaded, label, start }) {
    atEnd ||= nextKey !== key;
    key = nextKey;
    element.setAttribute("aria-label", label);
    patch(element, start, rows(messages, threaded));
    rove(messages);
    queueMicrotask(toEnd);
    return element;
  }

  /** Once everything around the list has its place, too. */
  function toEnd() {
    if (atEnd) element.scrollTop = element.scrollHeight;
  }

  function rows(messages, threaded) {
    return messages.flatMap((message, at) => {
      const before = messages[at - 1];
      const newDay = !before || day(before.at) !== day(message.at);
      const compact = !newDay && follows(message, before) && !(at === 1 && !threaded);
      const root = message.thread_ts ?? message.ts;
      const editing = place.editing === editingKey(message, threaded);
      const line = threaded ? activity(message.channel, root) : "";
      const last = threaded ? threadIn(message.channel, root, place.person).at(-1)?.ts : "";
      const unread = threaded && isThreadUnread(place.person, message.channel, root);
      const deps = [message, compact, editing, line, last, unread, place.person];
      const view = row(`${message.channel}/${message.ts}`, deps, () =>
        messageView(message, { compact, threaded, editing }),
      );
      const divider =
        newDay &&
        threaded &&
        h("div.day", { key: `day ${day(message.at)}` }, h("span", {}, day(message.at)));
      return [divider, view];
    });
  }

  /** One message is a stop for Tab: the one last walked to, or else the newest. */
  function rove(messages) {
    if (!messages.some(({ ts }) => ts === current)) current = "";
    const stop = current || messages.at(-1)?.ts;
    for (const article of element.querySelectorAll("article"))
      article.tabIndex = article.dataset.ts === stop ? 0 : -1;
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
