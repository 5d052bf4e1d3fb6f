/** The way of one question as a bar: sent, acked, first text, finished. */

import { h, svg } from "../dom/dom.js";
import { inline } from "../blocks/inline.js";
import { timesOf } from "./questions.js";
import { span } from "../dom/time.js";

export function timeline(question) {
  const times = timesOf(question);
  const { acked, first, finished, attempts } = times;
  return h(
    "section.timeline",
    { "aria-label": "Timeline of a question" },
    h("p.question", {}, inline(question.text, "mrkdwn")),
    bar(times),
    h(
      "ol.steps",
      {},
      step("sent", attempts > 1 ? `${attempts} attempts` : "0 ms"),
      step("acked", acked),
      step("first text", first),
      step("finished", finished),
    ),
  );
}

/** What the collapsed inspector tells of a question. */
export function summary(question) {
  const { finished } = timesOf(question);
  return finished === undefined ? "…" : span(finished);
}

function step(name, value) {
  const told = typeof value === "number" ? span(value) : value;
  return h(`li.step-${name.split(" ")[0]}`, {}, h("span", {}, name), h("strong", {}, told ?? "…"));
}

function bar({ acked = 0, begun, first, finished }) {
  const marks = [0, acked, first, finished].filter((mark) => mark !== undefined);
  const whole = Math.max(...marks, begun ?? 0, 1);
  const part = (name, from, to) => {
    if (from === undefined || to === undefined || to <= from) return null;
    const props = {
      class: name,
      x: `${(100 * from) / whole}%`,
      width: `${(100 * (to - from)) / whole}%`,
      y: 0,
      height: "100%",
    };
    return svg("rect", props);
  };
  return svg(
    "svg",
    { class: "bar", "aria-hidden": "true" },
    part("waiting", 0, whole),
    part("acking", 0, acked),
    part("writing", first, finished ?? whole),
  );
}
