/** The left side: where one can go, and whom one can be. */

import { avatar } from "../dom/avatar.js";
import { h, patch } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { openJump } from "./jump.js";
import {
  actAs,
  channelsOf,
  closePanel,
  DIRECT,
  openAgent,
  openChannel,
  openDirect,
  openHome,
  person,
  place,
} from "../state/place.js";
import { directOf, hasHome, isAgent, store } from "../state/store.js";
import { themeButton } from "../dom/theme.js";
import { isUnread } from "../state/unread.js";

const MAC = /Mac/.test(navigator.platform);
const host = document.getElementById("sidebar");

export function paintSidebar() {
  host.classList.toggle("out", place.menu);
  patch(
    host,
    h("header", {}, h("strong", {}, store.team.name), themeButton()),
    h(
      "button.jump",
      { type: "button", onclick: openJump },
      icon("search"),
      h("span", {}, "Jump to…"),
      h("kbd", {}, MAC ? "⌘ K" : "Ctrl K"),
    ),
    h("nav", { "aria-label": "Places", onkeydown: walk }, channels(), directMessages(), app()),
    people(),
  );
}

function channels() {
  const entry = ({ id, name }) => ({
    label: name,
    sign: icon("hash"),
    unread: isUnread(place.person, id),
    current: place.view === "channel" && place.channel === id,
    go: () => openChannel(id),
  });
  return group("Channels", channelsOf(place.person).map(entry));
}

function directMessages() {
  const channel = directOf(place.person);
  return group("Direct messages", [
    {
      label: store.bot.name,
      sign: avatar(store.bot.id),
      unread: Boolean(channel) && isUnread(place.person, channel),
      current: place.view === "channel" && place.channel === DIRECT,
      go: openDirect,
    },
  ]);
}

function app() {
  const open = place.panel?.kind === "agent";
  const agent = {
    label: `Ask ${store.bot.name}`,
    sign: icon("agent"),
    pressed: open,
    go: () => (open ? closePanel() : openAgent()),
  };
  const home = { label: "Home", sign: icon("home"), current: place.view === "home", go: openHome };
  const entries = [isAgent() && agent, hasHome() && home].filter(Boolean);
  return entries.length > 0 && group("App", entries);
}

function group(title, entries) {
  return h("section", { "aria-label": title }, h("h2", {}, title), entries.map(button));
}

function button({ label, sign, unread, current, pressed, go }) {
  const props = {
    type: "button",
    onclick: go,
    "aria-current": current ? "page" : null,
    "aria-pressed": pressed === undefined ? null : String(pressed),
  };
  const dot = unread && !current && h("span.dot", { role: "img", "aria-label": "unread" });
  return h(dot ? "button.entry.unread" : "button.entry", props, sign, h("span", {}, label), dot);
}

function people() {
  const choice = ({ id, name, title }) =>
    h(
      "label",
      { title: `${name} · ${title}` },
      h("input", {
        type: "radio",
        name: "person",
        value: id,
        checked: id === place.person,
        "aria-label": `${name}, ${title}`,
        onchange: () => actAs(id),
      }),
      avatar(id),
    );
  return h(
    "fieldset.people",
    {},
    h("legend", {}, "Act as"),
    h("div.faces", {}, store.people.map(choice)),
    h("p", {}, h("strong", {}, person().name), h("span", {}, person().title)),
  );
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const entries = [...host.querySelectorAll(".entry")];
  const to = step && entries[entries.indexOf(document.activeElement) + step];
  if (!to) return;
  event.preventDefault();
  to.focus();
}
