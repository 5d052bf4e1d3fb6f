/** Files on their way into a message: chosen, dropped or pasted, and shown until they are sent. */

import { h, patch } from "../dom/dom.js";
import { icon } from "../dom/icons.js";

const drafts = new Map();

/** A composer's files; `show` names the place they belong to, `take` hands them over. */
export function tray(changed) {
  let key = "";
  const chooser = h("input", { type: "file", multiple: true, hidden: true, onchange: choose });
  const button = h(
    "button.attach",
    {
      type: "button",
      title: "Attach files",
      "aria-label": "Attach files",
      onclick: () => chooser.click(),
    },
    icon("clip"),
  );
  const element = h("ul.tray", { "aria-label": "files to send", hidden: true });
  const files = () => drafts.get(key) ?? [];

  function set(next) {
    drafts.set(key, next);
    paint();
    changed();
  }

  function paint() {
    element.hidden = files().length === 0;
    patch(
      element,
      files().map((file) => fileLine("li", file.name, file.size, remover(file))),
    );
  }

  function remover(file) {
    const label = `Remove ${file.name}`;
    const onclick = () => set(files().filter((other) => other !== file));
    return h("button", { type: "button", title: label, "aria-label": label, onclick }, icon("close"));
  }

  function choose() {
    set([...files(), ...chooser.files]);
    chooser.value = "";
  }

  /** Takes over what is dropped or pasted, if it is files. */
  function receive(event) {
    const { files: given } = event.dataTransfer ?? event.clipboardData;
    if (given.length === 0) return;
    event.preventDefault();
    set([...files(), ...given]);
  }

  function take() {
    const taken = files();
    set([]);
    return taken;
  }

  function show(next) {
    key = next;
    paint();
  }

  return { element, button, chooser, receive, take, show, put: set, count: () => files().length };
}

/** A file by name and size. */
export function fileLine(tag, name, size, ...more) {
  const told = size && (size < 1e6 ? `${Math.ceil(size / 1e3)} kB` : `${(size / 1e6).toFixed(1)} MB`);
  return h(`${tag}.file`, {}, icon("file"), h("span", {}, name), told && h("small", {}, told), more);
}

/** A file as the control API takes it. */
export async function asOrder(file) {
  const url = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
  return { name: file.name, mimetype: file.type || null, data: url.slice(url.indexOf(",") + 1) };
}
