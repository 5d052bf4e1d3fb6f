/** The topmost modal the bot has opened for the acting person. */

import { act, onView } from "../state/act.js";
import { renderBlocks, textOf } from "../blocks/blocks.js";
import { h, patch, remembering } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { valuesIn } from "../blocks/inputs.js";
import { place } from "../state/place.js";
import { changed, store } from "../state/store.js";

const dialog = document.getElementById("modal");
const waiting = new Set();
const shown = remembering();

dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  const view = topmost();
  if (view) act("/close", { view: view.id });
});

export function paintModal() {
  const view = topmost();
  if (view) {
    const deps = [view, store.viewErrors.get(view.id), waiting.has(view.id)];
    patch(
      dialog,
      shown(view.id, deps, () => form(view)),
    );
  }
  if (view && !dialog.open) {
    dialog.showModal();
    dialog.querySelector(".field input, .field .control")?.focus();
  }
  if (!view && dialog.open) {
    dialog.close();
    patch(dialog);
  }
}

/** A submission that never reached the bot leaves the modal open, and says so. */
export function hearDelivery({ kind, delivery }) {
  if (kind !== "delivery" || delivery.type !== "view_submission" || !delivery.done) return;
  const { id } = delivery.body.view;
  waiting.delete(id);
  if (!delivery.ok)
    store.viewErrors.set(id, { "": `${store.bot.name} could not be reached. Try again.` });
}

function topmost() {
  return [...store.views.values()].filter(({ user }) => user === place.person).at(-1)?.view;
}

function form(view) {
  const errors = store.viewErrors.get(view.id) ?? {};
  const close = () => act("/close", { view: view.id });
  const submit = (event) => {
    event.preventDefault();
    waiting.add(view.id);
    changed();
    store.viewErrors.delete(view.id);
    act("/submit", { view: view.id, values: valuesIn(event.target) });
  };
  return h(
    "form",
    { onsubmit: submit, "aria-labelledby": "modal-title" },
    h(
      "header",
      {},
      h("h2", { id: "modal-title" }, textOf(view.title)),
      h("button.plain", { type: "button", "aria-label": "Close", onclick: close }, icon("close")),
    ),
    h(
      "div.blocks",
      {},
      renderBlocks(view.blocks, onView(view), errors),
      errors[""] && h("p.error", { role: "alert" }, errors[""]),
    ),
    h(
      "footer",
      {},
      h("button.button", { type: "button", onclick: close }, view.close?.text ?? "Cancel"),
      view.submit &&
        h(
          "button.button.primary",
          { type: "submit", disabled: waiting.has(view.id) },
          view.submit.text,
        ),
    ),
  );
}
