/**
 * Text with its inline markup as DOM nodes, in Slack's dialects: Markdown (markdown blocks,
 * streams), mrkdwn (sections, contexts, what people type) and plain text, where emoji alone count.
 */

import { h } from "../dom/dom.js";
import { emojiNamed } from "../dom/emoji.js";
import { decode, link, mention, picture } from "./links.js";
import { channelById } from "../state/store.js";
import { clock, day, moment } from "../dom/time.js";

const DELIMITERS = {
  markdown: [
    ["***", "strong"],
    ["**", "strong"],
    ["__", "strong"],
    ["~~", "del"],
    ["*", "em"],
    ["_", "em"],
  ],
  mrkdwn: [
    ["*", "strong"],
    ["_", "em"],
    ["~", "del"],
  ],
  plain: [],
};
const DEEPEST = 12;

/** Nodes for `text`. `notes` maps the names of footnotes to their numbers. */
export function inline(text, dialect, notes = new Map(), depth = 0) {
  const nodes = [];
  const dead = new Set();
  const scan = { text, dialect, notes, depth, dead };
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const markup = depth < DEEPEST ? match(scan, at) : null;
    if (!markup) {
      plain += text[at++];
      continue;
    }
    nodes.push(decode(plain), ...[markup.node].flat());
    plain = "";
    at = markup.end;
  }
  return [...nodes, decode(plain)];
}

function match(scan, at) {
  if (scan.dialect === "plain" && !":\n".includes(scan.text[at])) return null;
  switch (scan.text[at]) {
    case "\n":
      return { node: h("br"), end: at + 1 };
    case "\\":
      return escaped(scan, at);
    case "`":
      return code(scan, at);
    case "<":
      return angle(scan, at);
    case "!":
    case "[":
      return scan.dialect === "markdown" ? bracket(scan, at) : null;
    case ":":
      return emoji(scan, at);
    case "h":
      return bareLink(scan, at);
    case "*":
    case "_":
    case "~":
      return emphasis(scan, at);
    default:
      return null;
  }
}

function escaped({ text, dialect }, at) {
  if (dialect !== "markdown") return null;
  if (text[at + 1] === "\n") return { node: h("br"), end: at + 2 };
  // ASCII punctuation: https://spec.commonmark.org/0.31.2/#backslash-escapes
  if (!/[!-/:-@[-`{-~]/.test(text[at + 1] ?? "")) return null;
  const entity = /^&(?:lt|gt|amp);/.exec(text.slice(at + 1, at + 6))?.[0];
  const shown = entity ?? text[at + 1];
  return { node: decode(shown), end: at + 1 + shown.length };
}

function code({ text, dead }, at) {
  const ticks = /^`+/.exec(text.slice(at))[0];
  if (dead.has(ticks)) return null;
  const closing = new RegExp(`(?<!\`)${ticks}(?!\`)`, "g");
  closing.lastIndex = at + ticks.length;
  const close = closing.exec(text);
  if (!close) {
    dead.add(ticks);
    return { node: ticks, end: at + ticks.length };
  }
  const inside = text.slice(at + ticks.length, close.index).replace(/^ (.+) $/s, "$1");
  return { node: h("code", {}, decode(inside)), end: close.index + ticks.length };
}

/** `<@U…>`, `<#C…|name>`, `<!here>`, `<https://…|label>`. */
function angle(scan, at) {
  const match = /^<([@#!]?)([^<>|\n]+)(?:\|([^<>\n]*))?>/.exec(scan.text.slice(at, at + 3000));
  if (!match) return null;
  const [whole, sign, target, label] = match;
  const end = at + whole.length;
  if (sign === "@") return { node: mention(target), end };
  if (sign === "#") {
    return { node: h("span.mention", {}, `#${label || channelById(target)?.name || target}`), end };
  }
  if (sign === "!" && target.startsWith("date^")) return { node: date(target, label), end };
  if (sign === "!") {
    const name = decode(label || `@${target.split("^")[0]}`);
    return { node: h("span.mention.broadcast", {}, name), end };
  }
  if (!/^(?:https?:|mailto:)/i.test(target)) return null;
  const shown = decode(label || target.replace(/^mailto:/, ""));
  return { node: link(target, shown), end };
}

/** `date^1735689600^{date} at {time}`: a moment in the reader's own words. */
function date(target, label) {
  const [, seconds, form] = target.split("^");
  const at = Number(seconds);
  const words = { time: clock(at), time_secs: clock(at), ago: moment(at) };
  const shown = form?.replace(/\{(\w+)\}/g, (_, name) => words[name] ?? day(at));
  return h("time", {}, shown ?? decode(label ?? ""));
}

/** Footnote marks, links and pictures. */
function bracket({ text, notes, depth, dead }, at) {
  // "[^1]"
  const note = /^\[\^([^\]\s]+)\]/.exec(text.slice(at, at + 60));
  if (note && notes.has(note[1])) {
    const number = notes.get(note[1]);
    const node = h("sup.note", { "aria-label": `footnote ${number}` }, String(number));
    return { node, end: at + note[0].length };
  }
  if (dead.has("](")) return null;
  const open = text[at] === "!" ? at + 1 : at;
  if (text[open] !== "[") return null;
  const middle = closingBracket(text, open);
  if (middle < 0 || text[middle + 1] !== "(") {
    if (!text.includes("](", at)) dead.add("](");
    return null;
  }
  // "(https://a.example/b_(c) 'Title')"
  const address = /^\(\s*<?((?:[^()\s<>]|\([^()\s]*\))*)>?(?:\s+["'(][^\n]*?["')])?\s*\)/;
  const match = address.exec(text.slice(middle + 1, middle + 3000));
  if (!match) return null;
  const label = text.slice(open + 1, middle);
  const end = middle + 1 + match[0].length;
  if (open > at) return { node: picture(decode(label) || "picture"), end };
  return { node: link(match[1], inline(label, "markdown", notes, depth + 1)), end };
}

function closingBracket(text, open) {
  let depth = 0;
  for (let at = open; at < Math.min(text.length, open + 2000); at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "[") depth++;
    else if (text[at] === "]" && --depth === 0) return at;
  }
  return -1;
}

function emoji({ text }, at) {
  // ":+1:"
  const match = /^:([a-z0-9_+-]+):/.exec(text.slice(at, at + 40));
  const shown = match && emojiNamed(match[1]);
  return shown ? { node: shown, end: at + match[0].length } : null;
}

function bareLink({ text }, at) {
  if (/\w/.test(text[at - 1] ?? "")) return null;
  const match = /^https?:\/\/[^\s<>"|]+/.exec(text.slice(at, at + 2000));
  if (!match) return null;
  // Of "https://a.example/b." and "https://a.example/b&gt;" only what is before the end is a link.
  let address = match[0].replace(/(?:&gt;|&lt;).*$/, "").replace(/[.,;:!?'*_~\]]+$/, "");
  if (address.endsWith(")") && !address.includes("(")) address = address.slice(0, -1);
  return { node: link(address, decode(address)), end: at + address.length };
}

function emphasis({ text, dialect, notes, depth, dead }, at) {
  for (const [mark, tag] of DELIMITERS[dialect]) {
    if (!text.startsWith(mark, at) || dead.has(mark)) continue;
    const wordy = mark[0] === "_" || dialect === "mrkdwn";
    if (/\s/.test(text[at + mark.length] ?? " ")) continue;
    if (wordy && /\w/.test(text[at - 1] ?? "")) continue;
    const close = closingMark(text, at + mark.length, mark, wordy);
    if (close < 0) {
      dead.add(mark);
      continue;
    }
    const inside = inline(text.slice(at + mark.length, close), dialect, notes, depth + 1);
    const node = h(tag, {}, mark === "***" ? h("em", {}, inside) : inside);
    return { node, end: close + mark.length };
  }
  return null;
}

/** Where `mark` closes: after something visible, outside code, not inside a longer run. */
function closingMark(text, from, mark, wordy) {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") {
      at++;
    } else if (text[at] === "`") {
      const ticks = /^`+/.exec(text.slice(at))[0];
      const end = text.indexOf(ticks, at + ticks.length);
      at = end < 0 ? at + ticks.length - 1 : end + ticks.length - 1;
    } else if (text[at] === mark[0]) {
      const run = /^(.)\1*/.exec(text.slice(at))[0].length;
      const after = text[at + run] ?? " ";
      const closes = at > from && !/\s/.test(text[at - 1]) && !(wordy && /\w/.test(after));
      if (closes && (run === mark.length || run > 2)) return at + run - mark.length;
      at += run - 1;
    }
  }
  return -1;
}
