/** Starts the page: load, follow the feed, paint what has changed. */

import { channelView, focusComposer } from "./views/channel.js";
import { patch } from "./dom/dom.js";
import { follow, onNews } from "./state/feed.js";
import { homeView } from "./views/home.js";
import { paintInspector } from "./inspector/inspector.js";
import { openJump } from "./views/jump.js";
import { hearDelivery, paintModal } from "./views/modal.js";
import { announce } from "./dom/notice.js";
import { paintPanel } from "./views/panel.js";
import { closePanel, move, place, settle } from "./state/place.js";
import { paintSidebar } from "./views/sidebar.js";
import { onChange, store } from "./state/store.js";
import { paintTheme, watchSystem } from "./dom/theme.js";

const main = document.getElementById("main");
const offline = document.getElementById("offline");
const finished = new Set();

function paint() {
  paintTheme();
  offline.hidden = store.online;
  if (!store.loaded) return;
  document.title = `${store.bot.name} · ${store.team.name}`;
  document.body.dataset.panel = place.panel?.kind ?? "";
  document.body.dataset.inspector = place.inspector ? "open" : "";
  paintPanel();
  patch(main, place.view === "home" ? homeView() : channelView());
  paintSidebar();
  paintInspector();
  paintModal();
}

function arrive() {
  settle();
  if (document.activeElement === document.body) requestAnimationFrame(focusComposer);
}

/** Says an answer once it is whole. */
function hearAnswer({ kind, message }) {
  if (kind !== "message" || !message.bot || message.streaming || message.deleted) return;
  if (message.ephemeral_to && message.ephemeral_to !== place.person) return;
  if (finished.has(message.ts)) return;
  finished.add(message.ts);
  announce(`${message.name}: ${message.text.slice(0, 300)}`);
}

function handleKey(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openJump();
  } else if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    if (place.menu) move({ menu: false });
    else if (place.panel) {
      closePanel();
      focusComposer();
    }
  }
}

document.addEventListener("keydown", handleKey);
document.addEventListener("click", ({ target }) => {
  if (place.menu && !target.closest("#sidebar, .narrow")) move({ menu: false });
});
addEventListener("focus", paint);
watchSystem(paint);
onChange(paint);
onNews(hearDelivery);
onNews(hearAnswer);
paint();
follow(arrive);
