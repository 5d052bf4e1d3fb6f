/** Ctrl+K: to any channel, person or shortcut by a few letters of its name. */

import { act } from "../state/act.js";
import { avatar } from "../dom/avatar.js";
import { h, patch } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import {
  actAs,
  channelsOf,
  move,
  openAgent,
  openChannel,
  openDirect,
  openHome,
  place,
} from "../state/place.js";
import { hasHome, isAgent, store } from "../state/store.js";

const dialog = document.getElementById("jump");
const field = h("input", {
  type: "text",
  role: "combobox",
  "aria-expanded": "true",
  "aria-controls": "jump-list",
  "aria-label": "Jump to",
  placeholder: "Channel, person or shortcut",
  autocomplete: "off",
});
const list = h("ul", { id: "jump-list", role: "listbox", "aria-label": "places" });
let found = [];
let chosen = 0;

dialog.append(field, list);
field.addEventListener("input", () => search());
field.addEventListener("keydown", handleKey);
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

export function openJump() {
  field.value = "";
  search();
  dialog.showModal();
}

function search() {
  const wanted = field.value.trim().toLowerCase().replace(/^[#@]/, "");
  found = places().filter(({ label }) => label.toLowerCase().includes(wanted));
  chosen = 0;
  paint();
}

function paint() {
  patch(
    list,
    found.map(({ label, note, sign }, at) =>
      h(
        "li",
        {
          id: `jump-${at}`,
          role: "option",
          "aria-selected": String(at === chosen),
          onclick: () => go(at),
        },
        sign,
        h("strong", {}, label),
        h("span", {}, note),
      ),
    ),
  );
  field.setAttribute("aria-activedescendant", `jump-${chosen}`);
  list.children[chosen]?.scrollIntoView({ block: "nearest" });
}

function handleKey(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && found.length) chosen = (chosen + step + found.length) % found.length;
  else if (event.key === "Enter") go(chosen);
  else return;
  event.preventDefault();
  paint();
}

function go(at) {
  dialog.close();
  found[at]?.go();
}

function places() {
  const name = store.bot.name;
  return [
    ...channelsOf(place.person).map((c) => ({
      label: c.name,
      note: c.topic,
      sign: icon("hash"),
      go: () => openChannel(c.id),
    })),
    { label: name, note: "Direct messages", sign: avatar(store.bot.id), go: openDirect },
    isAgent() && {
      label: `Ask ${name}`,
      note: "The agent beside what you see",
      sign: icon("agent"),
      go: () => openAgent(),
    },
    hasHome() && { label: `${name}'s Home`, note: "App Home", sign: icon("home"), go: openHome },
    {
      label: "Inspector",
      note: "Events and API calls",
      sign: icon("gauge"),
      go: () => move({ inspector: true }),
    },
    ...store.shortcuts
      .filter(({ type }) => type === "global")
      .map((s) => ({
        label: s.name,
        note: "Shortcut",
        sign: icon("shortcut"),
        go: () => act("/shortcut", { callback_id: s.callback_id }),
      })),
    ...store.people.map((p) => ({
      label: `Act as ${p.name}`,
      note: p.title,
      sign: avatar(p.id),
      go: () => actAs(p.id),
    })),
  ].filter(Boolean);
}
