/** Completes `@people` and `/commands` while somebody types. */

import { avatar } from "../dom/avatar.js";
import { h, patch } from "../dom/dom.js";
import { store } from "../state/store.js";
import { known } from "./typed.js";

/** Attaches to a field; `element` is the list, `handleKey` is true where it has used the key. */
export function completion(field, id) {
  const element = h("ul.completion", {
    id,
    role: "listbox",
    "aria-label": "suggestions",
    hidden: true,
  });
  let options = [];
  let chosen = 0;

  function refresh() {
    options = document.activeElement === field ? suggestions(field) : [];
    chosen = 0;
    paint();
  }

  function paint() {
    element.hidden = options.length === 0;
    patch(
      element,
      options.map(({ label, note, user }, at) =>
        h(
          "li",
          {
            id: `${id}-${at}`,
            role: "option",
            "aria-selected": String(at === chosen),
            onmousedown: (event) => take(event, at),
          },
          user && avatar(user),
          h("strong", {}, label),
          h("span", {}, note),
        ),
      ),
    );
    if (options.length) field.setAttribute("aria-activedescendant", `${id}-${chosen}`);
    else field.removeAttribute("aria-activedescendant");
  }

  function take(event, at) {
    event.preventDefault();
    const { from, text } = options[at];
    field.setRangeText(`${text} `, from, field.selectionStart, "end");
    options = [];
    field.dispatchEvent(new Event("input"));
  }

  function handleKey(event) {
    if (!options.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) chosen = (chosen + step + options.length) % options.length;
    else if (event.key === "Escape") options = [];
    else if (event.key === "Enter" || event.key === "Tab") return (take(event, chosen), true);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    paint();
    return true;
  }

  field.addEventListener("blur", refresh);
  return { element, refresh, handleKey };
}

function suggestions(field) {
  const before = field.value.slice(0, field.selectionStart);
  // "Hello @ad" is looking for "ad".
  const [, name] = /(?:^|\s)@([\p{L}\p{N}]*)$/u.exec(before) ?? [];
  if (name !== undefined) {
    const wanted = name.toLowerCase();
    const starts = (text) => text.toLowerCase().startsWith(wanted);
    return known()
      .filter((person) => starts(person.handle) || person.name.split(" ").some(starts))
      .map(({ id, name: label, title }) => ({
        label,
        note: title,
        user: id,
        from: before.length - wanted.length - 1,
        text: `@${label}`,
      }));
  }
  // "/as"
  if (!/^\/\w*$/.test(before)) return [];
  return store.commands
    .filter(({ command }) => command.startsWith(before) && command !== before)
    .map(({ command, description = "" }) => ({
      label: command,
      note: description,
      from: 0,
      text: command,
    }));
}
