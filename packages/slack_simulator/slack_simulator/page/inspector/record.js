/** One line of the inspector: a delivery to the bot or a call by it, with all of it on click. */

import { h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { span } from "../dom/time.js";

/** `when` says at what time, `toggle` is told when the details are wanted. */
export function recordView(record, when, isOpen, toggle) {
  const { name, attempt, outcome, duration, ok, busy, details } = record;
  return h(
    ok || busy ? "details.record" : "details.record.failed",
    { ontoggle: toggle },
    h(
      "summary",
      {},
      h(
        `span.way.${record.kind}`,
        { title: record.kind === "event" ? "to the bot" : "by the bot" },
        record.kind === "event" ? "to bot" : "API",
      ),
      h("span.name", {}, name, attempt > 0 && h("span.retry", {}, `retry ${attempt}`)),
      h("span.outcome", {}, !ok && !busy && icon("warning"), outcome),
      h("span.when", {}, when),
      h("span.duration", {}, busy ? "…" : `took ${span(duration)}`),
    ),
    isOpen && h("div.details", {}, details().map(part)),
  );
}

export function fromDelivery(delivery) {
  const {
    id,
    kind,
    type,
    attempt,
    reason,
    status,
    done,
    ok,
    error,
    duration,
    started,
    body,
    headers,
    url,
    response,
    fault,
  } = delivery;
  const retry = Object.fromEntries(
    Object.entries(headers).filter(([name]) => /^x-slack-retry/i.test(name)),
  );
  return {
    key: `delivery ${id}`,
    kind: "event",
    name: type,
    attempt,
    outcome: done ? (status ? String(status) : (error ?? "no answer")) : "…",
    ok,
    busy: !done,
    duration,
    started,
    words: () => JSON.stringify([kind, type, body, error]),
    details: () => [
      ["Attempt", attempt ? `${attempt + 1}, because of ${reason}` : "first"],
      error && ["Error", error],
      fault && ["Fault", fault],
      attempt > 0 && ["Retry headers", retry],
      ["Sent to", url],
      ["Body", body],
      ["Headers", headers],
      response && ["Answer", response],
    ],
  };
}

export function fromCall(call) {
  const { id, method, args, ok, error, status, duration, started, response, fault } = call;
  return {
    key: `call ${id}`,
    kind: "call",
    name: method,
    attempt: 0,
    outcome: ok ? "ok" : (error ?? (status ? String(status) : "dropped")),
    ok,
    busy: false,
    duration,
    started,
    words: () => JSON.stringify([method, args, error]),
    details: () => [fault && ["Fault", fault], ["Arguments", unpacked(args)], ["Answer", response]],
  };
}

function part(found) {
  if (!found) return null;
  const [title, value] = found;
  const plain = typeof value === "string";
  return [
    h("h4", {}, title),
    plain ? h("p", {}, value) : h("pre", { tabindex: 0 }, JSON.stringify(value, null, 2)),
  ];
}

/** Arguments that came as JSON in a form are shown as what they say. */
function unpacked(args) {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, parsed(value)]));
}

function parsed(value) {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
