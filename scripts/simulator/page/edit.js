/** Changing one's own message, where it stands. */

import { act } from "./act.js";
import { h } from "./dom.js";
import { move } from "./place.js";
import { asPosted, asTyped } from "./typed.js";

export function editor(message) {
  const field = h("textarea", { rows: 1, "aria-label": "Edit message" }, asTyped(message.fallback ?? message.text));
  const stop = () => move({ editing: "" });
  const save = async () => {
    if (await act("/edit", { channel: message.channel, ts: message.ts, text: asPosted(field.value) })) stop();
  };
  const onkeydown = (event) => {
    if (event.key === "Escape") stop();
    else if (event.key === "Enter" && !event.shiftKey) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  requestAnimationFrame(() => field.focus());
  return h(
    "div.editor",
    { onkeydown },
    field,
    h("div.buttons", {}, h("button.button", { type: "button", onclick: stop }, "Cancel"), h("button.button.primary", { type: "button", onclick: save }, "Save")),
  );
}
