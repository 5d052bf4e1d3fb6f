/** Input blocks of modals, and what people entered in them. */

import { h } from "../dom/dom.js";
import { placeholder, select } from "./elements.js";
import { store } from "../state/store.js";

/** A labelled input, with the error the app found in it. */
export function field(block, id, use, error) {
  const { element, label, hint, optional } = block;
  const name = `${id}-${element.action_id ?? "input"}`;
  const act = block.dispatch_action
    ? (value) => use({ action_id: element.action_id, value })
    : null;
  const notes = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(" ");
  const props = {
    id: name,
    name,
    "aria-describedby": notes || null,
    "aria-invalid": error ? "true" : null,
    required: !optional,
  };
  return h(
    "div.field",
    { "data-block": id, "data-action": element.action_id, "data-type": element.type },
    h("label", { for: name }, label.text, optional && h("span.optional", {}, " (optional)")),
    (INPUTS[element.type] ?? text)(element, props, act),
    error && h("p.error", { id: `${name}-error`, role: "alert" }, error),
    hint && h("p.hint", { id: `${name}-hint` }, hint.text),
  );
}

/** Everything entered in a modal, shaped as Slack's view.state.values. */
export function valuesIn(form) {
  const values = {};
  for (const shown of form.querySelectorAll("[data-block]")) {
    const { block, action, type } = shown.dataset;
    values[block] = { [action]: { type, ...entered(type, shown) } };
  }
  return values;
}

const INPUTS = {
  static_select: (element, props, act) => select(element, act, { ...props, "aria-label": null }),
  multi_static_select: (element, props) => choices(element, props, "checkbox"),
  checkboxes: (element, props) => choices(element, props, "checkbox"),
  radio_buttons: (element, props) => choices(element, props, "radio"),
  users_select: (element, props, act) =>
    select(people(element), act, { ...props, "aria-label": null }),
  channels_select: (element, props, act) =>
    select(channels(element), act, { ...props, "aria-label": null }),
  conversations_select: (element, props, act) =>
    select(channels(element), act, { ...props, "aria-label": null }),
  datepicker: (element, props) =>
    h("input.control", { ...props, type: "date", value: element.initial_date }),
  timepicker: (element, props) =>
    h("input.control", { ...props, type: "time", value: element.initial_time }),
  number_input: (element, props) =>
    text(element, {
      ...props,
      type: "number",
      min: element.min_value,
      max: element.max_value,
      step: element.is_decimal_allowed ? "any" : 1,
    }),
  email_text_input: (element, props) => text(element, { ...props, type: "email" }),
  url_text_input: (element, props) => text(element, { ...props, type: "url" }),
};

function text(element, props) {
  const { initial_value: value, multiline, min_length: minlength, max_length: maxlength } = element;
  const shared = { ...props, minlength, maxlength, placeholder: placeholder(element) };
  if (multiline) return h("textarea.control", { ...shared, rows: 4 }, value);
  return h("input.control", { type: "text", ...shared, value });
}

function choices(
  { options = [], initial_options: initial = [], initial_option: one },
  { id, required, ...props },
  type,
) {
  const on = new Set([...initial, one].filter(Boolean).map((option) => option.value));
  const choice = ({ value, text: label }, at) =>
    h(
      "label.choice",
      {},
      h("input", {
        id: at ? null : id,
        type,
        name: id,
        value,
        checked: on.has(value),
        required: required && type === "radio",
      }),
      label.text,
    );
  return h("div.choices", { role: "group", ...props, name: null }, options.map(choice));
}

function people(element) {
  const options = store.people.map(({ id, name }) => ({ value: id, text: { text: name } }));
  return { ...element, options, initial_option: { value: element.initial_user } };
}

function channels(element) {
  const options = store.channels
    .filter((c) => !c.direct)
    .map(({ id, name }) => ({ value: id, text: { text: `#${name}` } }));
  return {
    ...element,
    options,
    initial_option: { value: element.initial_channel ?? element.initial_conversation },
  };
}

function entered(type, shown) {
  const value = shown.querySelector(".control")?.value || null;
  const ticked = [...shown.querySelectorAll(".choice")]
    .filter((choice) => choice.firstChild.checked)
    .map((choice) => optionOf(choice.firstChild.value, choice.textContent));
  switch (type) {
    case "static_select":
      return {
        selected_option:
          value && optionOf(value, shown.querySelector("select").selectedOptions[0].label),
      };
    case "radio_buttons":
      return { selected_option: ticked[0] ?? null };
    case "checkboxes":
    case "multi_static_select":
      return { selected_options: ticked };
    case "datepicker":
      return { selected_date: value };
    case "timepicker":
      return { selected_time: value };
    case "users_select":
      return { selected_user: value };
    case "channels_select":
      return { selected_channel: value };
    case "conversations_select":
      return { selected_conversation: value };
    default:
      return { value };
  }
}

function optionOf(value, label) {
  return { value, text: { type: "plain_text", text: label, emoji: true } };
}
