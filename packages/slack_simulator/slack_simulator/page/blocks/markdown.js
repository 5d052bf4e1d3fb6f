/** Markdown blocks as DOM nodes: headings, lists, code, tables, quotes and footnotes. */

import { codeBlock } from "./code.js";
import { h } from "../dom/dom.js";
import { inline } from "./inline.js";

// What a block begins with: https://spec.commonmark.org/0.31.2/#leaf-blocks
// "```py", "~~~"
const FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*([^`\n]*)$/;
// "## Costs", "## Costs ##"
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
// "- milk", "  2. eggs"
const ITEM = /^( *)([-*+]|\d{1,9}[.)])(?:( +)(.*)|$)/;
// "[^1]: As of May"
const NOTE = /^\[\^([^\]\s]+)\]:[ \t]*(.*)$/;
// "> Hello"
const QUOTE = /^ {0,3}>/;
// "---", "* * *"
const RULE = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/;
// "===" or "---" below a heading's text
const UNDERLINE = /^ {0,3}(=+|-{2,})[ \t]*$/;
// "|---|:-:|" below a table's head: https://github.github.com/gfm/#tables-extension-
const DIVISION = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/** The text as it stands so far: an unfinished fence or table is shown as far as it goes. */
export function markdown(text) {
  const lines = text.replaceAll("\r\n", "\n").replaceAll("\t", "    ").split("\n");
  const notes = new Map();
  for (const line of lines) {
    const name = NOTE.exec(line)?.[1];
    if (name && !notes.has(name)) notes.set(name, notes.size + 1);
  }
  const footnotes = [];
  const nodes = blocks(lines, { notes, footnotes });
  return footnotes.length ? [...nodes, h("ol.notes", {}, footnotes)] : nodes;
}

function blocks(lines, context) {
  const nodes = [];
  let at = 0;
  while (at < lines.length) {
    if (!lines[at].trim()) {
      at++;
      continue;
    }
    const [node, next] = block(lines, at, context);
    nodes.push(node);
    at = next;
  }
  return nodes;
}

function block(lines, at, context) {
  const line = lines[at];
  const heading = HEADING.exec(line);
  if (FENCE.test(line)) return fence(lines, at);
  if (heading) {
    const level = Math.min(heading[1].length + 2, 6);
    return [h(`h${level}`, {}, inline(heading[2] ?? "", "markdown", context.notes)), at + 1];
  }
  if (RULE.test(line)) return [h("hr"), at + 1];
  if (QUOTE.test(line)) return quote(lines, at, context);
  if (NOTE.test(line)) return footnote(lines, at, context);
  if (ITEM.test(line)) return list(lines, at, context);
  if (startsTable(lines, at)) return table(lines, at, context);
  return paragraph(lines, at, context);
}

/** A paragraph, or the heading that a line of `=` or `-` below makes of it. */
function paragraph(lines, at, context) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !ends(lines, end)) end++;
  const text = lines
    .slice(at, end)
    .map((line) => line.trim())
    .join("\n");
  const underline = UNDERLINE.exec(lines[end] ?? "");
  const tag = underline ? (underline[1].startsWith("=") ? "h3" : "h4") : "p";
  return [h(tag, {}, inline(text, "markdown", context.notes)), underline ? end + 1 : end];
}

function ends(lines, at) {
  return UNDERLINE.test(lines[at]) || interrupts(lines, at);
}

function interrupts(lines, at) {
  const starts = [FENCE, HEADING, RULE, QUOTE, NOTE].some((pattern) => pattern.test(lines[at]));
  return starts || ITEM.exec(lines[at])?.[4] || startsTable(lines, at);
}

function fence(lines, at) {
  const [, ticks, language] = FENCE.exec(lines[at]);
  const margin = lines[at].search(/\S/);
  const closing = new RegExp(`^ {0,3}${ticks[0]}{${ticks.length},}[ \\t]*$`);
  let end = at + 1;
  while (end < lines.length && !closing.test(lines[end])) end++;
  const inside = lines.slice(at + 1, end).map((line) => dedent(line, margin));
  return [codeBlock(inside.join("\n"), language.trim()), end + 1];
}

function quote(lines, at, context) {
  let end = at;
  while (end < lines.length && QUOTE.test(lines[end])) end++;
  const inside = lines.slice(at, end).map((line) => line.replace(/^ {0,3}> ?/, ""));
  return [h("blockquote", {}, blocks(inside, context)), end];
}

function footnote(lines, at, context) {
  let end = at + 1;
  while (end < lines.length && /^ {2,}\S/.test(lines[end])) end++;
  const text = [NOTE.exec(lines[at])[2], ...lines.slice(at + 1, end)].map((l) => l.trim());
  context.footnotes.push(h("li", {}, inline(text.join("\n"), "markdown", context.notes)));
  return [null, end];
}

function list(lines, at, context) {
  const [, margin, marker] = ITEM.exec(lines[at]);
  const ordered = /\d/.test(marker);
  const items = [];
  let end = at;
  while (end < lines.length) {
    const match = ITEM.exec(lines[end]);
    const sibling = match && match[1].length <= margin.length + 1 && !RULE.test(lines[end]);
    if (!sibling || /\d/.test(match[2]) !== ordered) break;
    const [item, next] = listItem(lines, end, match, context);
    items.push(item);
    end = next;
  }
  const start = ordered && parseInt(marker, 10) !== 1 ? parseInt(marker, 10) : null;
  return [h(ordered ? "ol" : "ul", { start }, items), end];
}

/** An item with all that is indented below it. */
function listItem(lines, at, [, margin, marker, space = " ", text = ""], context) {
  const offset = margin.length + marker.length + Math.min(space.length, 4);
  let end = at + 1;
  while (end < lines.length && belongs(lines, end, margin.length)) end++;
  // "[x] paid"
  const task = /^\[([ xX])\] +/.exec(text);
  const first = task ? text.slice(task[0].length) : text;
  const inside = [first, ...lines.slice(at + 1, end).map((line) => dedent(line, offset))];
  const nodes = blocks(inside, context);
  const tight = nodes[0]?.nodeName === "P" ? [...nodes[0].childNodes, ...nodes.slice(1)] : nodes;
  const box = task && h("input", { type: "checkbox", disabled: true, checked: task[1] !== " " });
  return [h(task ? "li.task" : "li", {}, box, tight), end];
}

function belongs(lines, at, margin) {
  const indent = (line) => line.search(/\S/);
  if (lines[at].trim()) return indent(lines[at]) > margin + 1 || isLazy(lines, at);
  const next = lines.slice(at + 1).find((line) => line.trim());
  return next !== undefined && indent(next) > margin + 1;
}

/** A paragraph's line that goes on without its indent. */
function isLazy(lines, at) {
  return Boolean(lines[at - 1].trim()) && !interrupts(lines, at) && !ITEM.test(lines[at]);
}

function startsTable(lines, at) {
  const division = lines[at + 1] ?? "";
  if (!lines[at].includes("|") || !division.includes("-") || !DIVISION.test(division)) return false;
  return cells(lines[at]).length === cells(division).length;
}

function table(lines, at, context) {
  const sides = cells(lines[at + 1]).map((cell) => {
    if (cell.endsWith(":")) return cell.startsWith(":") ? "center" : "right";
    return null;
  });
  const row = (line, tag) => {
    const shown = cells(line).slice(0, sides.length);
    const build = (cell, n) =>
      h(tag, { "data-side": sides[n] }, inline(cell, "markdown", context.notes));
    return h("tr", {}, shown.map(build));
  };
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) end++;
  const body = lines.slice(at + 2, end).map((line) => row(line, "td"));
  const head = h("thead", {}, row(lines[at], "th"));
  return [
    h(
      "div.table",
      { tabindex: 0, role: "region", "aria-label": "table" },
      h("table", {}, head, h("tbody", {}, body)),
    ),
    end,
  ];
}

/** A row's cells: bars inside code and escaped ones divide nothing. */
function cells(line) {
  const inner = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  // "a | `b|c` | d\|e" has three cells; "||" has an empty one.
  const parts = inner.match(/(?:\\\||`[^`]*`|[^|])+|(?<=\|)(?=\|)|^(?=\|)/g) ?? [""];
  return parts.map((cell) => cell.replaceAll("\\|", "|").trim());
}

function dedent(line, most) {
  return line.slice(Math.min(most, Math.max(line.search(/\S|$/), 0)));
}
