/** What has to be said at once: refusals, on screen, and new answers, to screen readers. */

import { h, patch } from "./dom.js";

const SHOWN_MS = 6000;
const box = document.getElementById("notice");
const voice = document.getElementById("voice");
let timer;

/** Shows why something could not be done. */
export function complain(error) {
  patch(box, h("p", {}, error.message));
  box.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => {
    box.hidden = true;
  }, SHOWN_MS);
}

/** Has a screen reader say it, when it has finished speaking. */
export function announce(text) {
  voice.textContent = text;
}
