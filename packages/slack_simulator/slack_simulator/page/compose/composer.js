/** Where people write: Enter sends, Shift+Enter makes a new line, drafts stay with their place. */

import { completion } from "./complete.js";
import { h, own, patch } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { store } from "../state/store.js";
import { tray } from "./tray.js";
import { mentionsBot } from "./typed.js";

const drafts = new Map();

/** A composer that keeps itself; `show` says where: {key, label, hint, needsMention, send}. */
export function composer(name) {
  const field = h("textarea", {
    rows: 1,
    "aria-autocomplete": "list",
    "aria-controls": `${name}-list`,
    "aria-describedby": `${name}-hint`,
  });
  const sendButton = h(
    "button.send",
    { type: "button", title: "Send", "aria-label": "Send", onclick: submit },
    icon("send"),
  );
  const hint = h("div.hint", { id: `${name}-hint` });
  const list = completion(field, `${name}-list`);
  const files = tray(paint);
  const box = h("div.box", {}, files.button, files.chooser, field, sendButton);
  const element = own(h("div.composer", {}, list.element, files.element, box, hint), name);
  let here = { key: "" };

  field.addEventListener("input", () => {
    drafts.set(here.key, field.value);
    list.refresh();
    paint();
  });
  field.addEventListener("paste", files.receive);
  element.addEventListener("drop", files.receive);
  element.addEventListener("dragover", (event) => event.preventDefault());
  field.addEventListener("keydown", (event) => {
    if (list.handleKey(event) || event.key !== "Enter" || event.shiftKey || event.isComposing)
      return;
    event.preventDefault();
    submit();
  });

  async function submit() {
    const text = field.value.trim();
    if (!text && !files.count()) return;
    write("");
    const taken = files.take();
    if (await here.send(text, taken)) return;
    if (!field.value) write(text);
    files.put(taken);
  }

  function write(text) {
    field.value = text;
    field.dispatchEvent(new Event("input"));
  }

  function paint() {
    const bare = here.needsMention && !mentionsBot(field.value);
    sendButton.disabled = !field.value.trim() && !files.count();
    patch(
      hint,
      here.hint && h("span", {}, here.hint),
      bare &&
        h(
          "span",
          {},
          "Channels need a mention: ",
          h("button.link", { type: "button", onclick: insertMention }, `@${store.bot.name}`),
        ),
      h(
        "span.keys",
        {},
        h("kbd", {}, "Enter"),
        " sends, ",
        h("kbd", {}, "Shift"),
        " ",
        h("kbd", {}, "Enter"),
        " starts a line",
      ),
    );
  }

  function insertMention() {
    write(`@${store.bot.name} ${field.value}`);
    field.focus();
  }

  function show(next) {
    if (next.key !== here.key) field.value = drafts.get(next.key) ?? "";
    here = next;
    files.show(next.key);
    field.placeholder = next.label;
    field.setAttribute("aria-label", next.label);
    paint();
    return element;
  }

  return { element, show, focus: () => field.focus() };
}
