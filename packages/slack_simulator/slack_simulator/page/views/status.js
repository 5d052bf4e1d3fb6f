/** What the bot is doing in a thread, with the button that stops it. */

import { act } from "../state/act.js";
import { h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { activity, canStop } from "../state/store.js";

export function statusLine(channel, thread) {
  const line = activity(channel, thread);
  const stop = () => act("/stop", { channel, thread });
  return h(
    "div.status",
    { role: "status", key: "status" },
    line && h("span.working", {}, h("span.pulse", { "aria-hidden": "true" }), line),
    canStop(channel, thread) &&
      h("button.button.stop", { type: "button", onclick: stop }, icon("stop"), "Stop"),
  );
}
