/** Changing one's own message, where it stands. */

import { act } from "../state/act.js";
import { h } from "../dom/dom.js";
import { move } from "../state/place.js";
import { asPosted, asTyped } from "./typed.js";

/** Names the one showing of a message that is a field: the channel's or the thread's. */
export function editingKey({ channel, ts }, threaded) {
  return `${channel}/${ts}/${threaded ? "channel" : "thread"}`;
}

export function startEditing(message, threaded) {
  move({ editing: editingKey(message, threaded) });
  requestAnimationFrame(() => document.querySelector(".editor textarea")?.focus());
}

export function editor({ channel, ts, fallback, text }) {
  const stop = () => move({ editing: "" });
  const save = async (event) => {
    const typed = event.target.closest(".editor").querySelector("textarea").value;
    if (await act("/edit", { channel, ts, text: asPosted(typed) })) stop();
  };
  const onkeydown = (event) => {
    if (event.key === "Escape") stop();
    else if (event.key === "Enter" && event.target.nodeName === "TEXTAREA" && !event.shiftKey)
      save(event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return h(
    "div.editor",
    { onkeydown },
    h("textarea", { rows: 1, "aria-label": "Edit message" }, asTyped(fallback ?? text)),
    h(
      "div.buttons",
      {},
      h("button.button", { type: "button", onclick: stop }, "Cancel"),
      h("button.button.primary", { type: "button", onclick: save }, "Save"),
    ),
  );
}
