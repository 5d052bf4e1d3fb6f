/** Buttons, selects and ratings: what acts at once when it is used. */

import { h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";

/** An interactive element. `use({action_id, value})` is called when somebody uses it. */
export function control(element, use) {
  const act = (value) => {
    if (agreed(element.confirm)) use({ action_id: element.action_id, value });
  };
  return (CONTROLS[element.type] ?? unknown)(element, act);
}

const CONTROLS = {
  button: (element, act) => {
    const press = () => {
      if (/^https?:/i.test(element.url ?? "")) window.open(element.url, "_blank", "noopener");
      act(element.value);
    };
    const style = element.style ? `.${element.style}` : "";
    return h(
      `button.button${style}`,
      { type: "button", onclick: press, "aria-label": element.accessibility_label },
      element.text.text,
    );
  },
  feedback_buttons: ({ positive_button: good, negative_button: bad }, act) => {
    const rate = (value) => (event) => {
      for (const button of event.currentTarget.parentNode.children) {
        button.setAttribute("aria-pressed", String(button === event.currentTarget));
      }
      act(value);
    };
    const button = (side, name) =>
      h(
        "button.rating",
        {
          type: "button",
          title: side.text.text,
          "aria-label": side.accessibility_label ?? side.text.text,
          onclick: rate(side.value),
        },
        icon(name),
      );
    return h(
      "div.ratings",
      { role: "group", "aria-label": "feedback" },
      button(good, "thumbsUp"),
      button(bad, "thumbsDown"),
    );
  },
  icon_button: (element, act) =>
    h(
      "button.rating",
      {
        type: "button",
        title: element.text.text,
        "aria-label": element.text.text,
        onclick: () => act(element.value),
      },
      icon(element.icon === "trash" ? "trash" : "shortcut"),
    ),
  static_select: (element, act) => select(element, act),
  overflow: (element, act) => select({ ...element, placeholder: { text: "⋯" } }, act),
  radio_buttons: (element, act) => select(element, act),
  datepicker: (element, act) =>
    h("input.control", {
      type: "date",
      value: element.initial_date,
      "aria-label": placeholder(element) || "date",
      onchange: (e) => act(e.target.value),
    }),
  timepicker: (element, act) =>
    h("input.control", {
      type: "time",
      value: element.initial_time,
      "aria-label": placeholder(element) || "time",
      onchange: (e) => act(e.target.value),
    }),
};

/** A native select with an element's options, groups included. */
export function select(element, act, props = {}) {
  const chosen = element.initial_option?.value;
  const option = ({ value, text }) => h("option", { value, selected: value === chosen }, text.text);
  const grouped = (element.option_groups ?? []).map((group) =>
    h("optgroup", { label: group.label.text }, group.options.map(option)),
  );
  const hint = h(
    "option",
    { value: "", disabled: true, hidden: true, selected: chosen === undefined },
    placeholder(element) || "Choose…",
  );
  const choose = (event) => act?.(event.target.value);
  return h(
    "select.control",
    { "aria-label": placeholder(element) || "choose", ...props, onchange: choose },
    hint,
    (element.options ?? []).map(option),
    grouped,
  );
}

export function placeholder(element) {
  return element.placeholder?.text ?? "";
}

function unknown({ type }) {
  return h("span.kind", {}, type);
}

function agreed(confirm) {
  return (
    !confirm ||
    window.confirm([confirm.title?.text, confirm.text?.text].filter(Boolean).join("\n\n"))
  );
}
