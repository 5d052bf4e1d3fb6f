/** The inspector: every event to the bot and every API call by it, with their times. */

import { h, patch, remembering } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { move, place } from "../state/place.js";
import { belongsTo, isAbout, questions } from "./questions.js";
import { fromCall, fromDelivery, recordView } from "./record.js";
import { changed, store } from "../state/store.js";
import { span } from "../dom/time.js";
import { summary, timeline } from "./timeline.js";

const MOST = 200;
const KINDS = [
  ["", "All"],
  ["event", "Events"],
  ["call", "API calls"],
];
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

const host = document.getElementById("inspector");
const row = remembering();
const opened = new Set();
const filter = { kind: "", words: "", mine: true };

export function paintInspector() {
  const all = questions();
  const question = all.find(({ id }) => id === place.question) ?? inPanel(all) ?? all.at(-1);
  patch(host, place.inspector ? whole(question) : rail(question));
}

/** The question asked last in the thread that is open. */
function inPanel(all) {
  const { panel } = place;
  return all.findLast(({ root }) => root === panel?.thread);
}

function rail(question) {
  return h(
    "button.rail",
    {
      type: "button",
      "aria-expanded": "false",
      title: "Events and API calls",
      onclick: () => move({ inspector: true }),
    },
    icon("gauge"),
    h("span.upright", {}, "Inspector"),
    question && h("span.last", { title: "the last answer took" }, summary(question)),
  );
}

function whole(question) {
  const shown = records(question);
  return [
    h(
      "header.topbar",
      { key: "topbar" },
      h("h2", {}, "Inspector"),
      h("p.subtitle", {}, `${store.deliveries.size} events · ${store.calls.size} calls`),
      h(
        "button.plain",
        {
          type: "button",
          "aria-label": "Close the inspector",
          title: "Close",
          onclick: () => move({ inspector: false }),
        },
        icon("close"),
      ),
    ),
    question && timeline(question),
    filters(question),
    h(
      "div.records",
      { key: "records", role: "region", "aria-label": "Events and calls" },
      shown,
      shown.length === 0 && h("p.empty", {}, "Nothing yet. Ask something."),
    ),
  ];
}

function filters(question) {
  const choose = (change) => {
    Object.assign(filter, change);
    changed();
  };
  const kind = ([value, label]) =>
    h(
      "button",
      {
        type: "button",
        "aria-pressed": String(filter.kind === value),
        onclick: () => choose({ kind: value }),
      },
      label,
    );
  return h(
    "div.filters",
    { key: "filters" },
    h("div.kinds", { role: "group", "aria-label": "Kinds" }, KINDS.map(kind)),
    h("input.control", {
      type: "search",
      placeholder: "Filter",
      "aria-label": "Filter",
      oninput: (event) => choose({ words: event.target.value }),
    }),
    question &&
      h(
        "label",
        {},
        h("input", {
          type: "checkbox",
          checked: true,
          onchange: (event) => choose({ mine: event.target.checked }),
        }),
        "Only this question",
      ),
  );
}

/** A question's records tell its story from the top; all records start with the newest. */
function records(question) {
  const mine = filter.mine && question;
  const deliveries = [...store.deliveries.values()].filter((d) => !mine || isAbout(d, question));
  const calls = [...store.calls.values()].filter((call) => !mine || belongsTo(call, question));
  const wanted = filter.words.toLowerCase();
  const found = [...deliveries.map((d) => [d, fromDelivery]), ...calls.map((c) => [c, fromCall])]
    .sort(([a], [b]) => b.started - a.started)
    .map(([source, from]) => [source, from(source)])
    .filter(([, record]) => !filter.kind || record.kind === filter.kind)
    .filter(([, record]) => !wanted || record.words().toLowerCase().includes(wanted))
    .slice(0, MOST);
  const ordered = mine ? found.reverse() : found;
  return ordered.map(([source, record]) => line(source, record, mine));
}

function line(source, record, question) {
  const isOpen = opened.has(record.key);
  const when = question
    ? `+${span(Math.max(0, record.started - question.sent) * 1000)}`
    : CLOCK.format(record.started * 1000);
  const toggle = (event) => {
    if (event.target.open === opened.has(record.key)) return;
    if (event.target.open) opened.add(record.key);
    else opened.delete(record.key);
    changed();
  };
  return row(record.key, [source, when, isOpen], () => recordView(record, when, isOpen, toggle));
}
