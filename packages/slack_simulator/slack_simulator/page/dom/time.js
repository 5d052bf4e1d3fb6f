/** Times in the reader's own way of writing them. */

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** `at` is in seconds since 1970 here and below. */
export function clock(at) {
  return CLOCK.format(at * 1000);
}

export function moment(at) {
  return MOMENT.format(at * 1000);
}

export function day(at) {
  const date = new Date(at * 1000).toDateString();
  return date === new Date().toDateString() ? "Today" : DAY.format(at * 1000);
}

/** A duration in milliseconds, with as many digits as mean something. */
export function span(ms) {
  if (ms === 0) return "0 ms";
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
