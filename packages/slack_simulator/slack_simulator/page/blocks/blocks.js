/** Block Kit as DOM nodes. `use(action)` is told of every button, select and rating used. */

import { codeBlock } from "./code.js";
import { h } from "../dom/dom.js";
import { control } from "./elements.js";
import { icon } from "../dom/icons.js";
import { inline } from "./inline.js";
import { field } from "./inputs.js";
import { link, picture } from "./links.js";
import { markdown } from "./markdown.js";
import { richText } from "./richtext.js";

/** All blocks of a message or a view. `errors` are sentences by block id, for inputs. */
export function renderBlocks(blocks, use, errors = {}) {
  return blocks.map((block, at) => {
    const id = block.block_id || `b${at}`;
    const act = (action) => use({ block_id: id, ...action });
    return h(
      `div.block.block-${block.type}`,
      {},
      (RENDER[block.type] ?? other)(block, act, id, errors),
    );
  });
}

/** A text object, or a string of mrkdwn. */
export function textOf(text) {
  if (!text) return [];
  if (typeof text === "string") return mrkdwn(text);
  return text.type === "plain_text" ? inlinePlain(text.text) : mrkdwn(text.text);
}

/** mrkdwn with its fences and quotes. */
export function mrkdwn(text) {
  return text.split(/(```[\s\S]*?```\n?)/).flatMap((part) => {
    const code = /^```\n?([\s\S]*?)\n?```\n?$/.exec(part);
    return code ? [codeBlock(code[1])] : quotes(part);
  });
}

const RENDER = {
  markdown: (block) => markdown(block.text),
  rich_text: (block) => richText(block),
  header: (block) => h("h3.header", {}, inlinePlain(block.text.text)),
  divider: () => h("hr"),
  image: (block) => [
    block.title && h("p.caption", {}, textOf(block.title)),
    picture(block.alt_text),
  ],
  context: (block) =>
    block.elements.map((e) => h("span", {}, e.type === "image" ? picture(e.alt_text) : textOf(e))),
  section: (block, use) => [
    h(
      "div.text",
      {},
      textOf(block.text),
      block.fields &&
        h(
          "div.fields",
          {},
          block.fields.map((f) => h("div", {}, textOf(f))),
        ),
    ),
    block.accessory && control(block.accessory, use),
  ],
  actions: (block, use) => block.elements.map((element) => control(element, use)),
  context_actions: (block, use) => block.elements.map((element) => control(element, use)),
  input: (block, use, id, errors) => field(block, id, use, errors[id]),
  table: (block) => table(block),
  task_card: (block) => taskCard(block),
  plan: (block) =>
    h(
      "section.plan",
      {},
      h("h4", {}, inlinePlain(titleOf(block))),
      (block.tasks ?? []).map(taskCard),
    ),
};

/** A kind of block this page has no drawing for: its words, and its buttons. */
function other(block, use) {
  const words = ["title", "subtitle", "text", "body"].map((key) => block[key]).filter(Boolean);
  const controls = (block.elements ?? block.actions ?? []).filter((e) => e?.action_id);
  return [
    h("p.kind", {}, block.type),
    words.map((text) => h("p", {}, textOf(text))),
    controls.map((element) => control(element, use)),
  ];
}

function inlinePlain(text) {
  return inline(text, "plain");
}

function quotes(text) {
  const lines = text.split("\n");
  const nodes = [];
  while (lines.length) {
    const quoted = /^(?:>|&gt;)/.test(lines[0]);
    const same = (line) => /^(?:>|&gt;)/.test(line) === quoted;
    const end = lines.findIndex((line) => !same(line));
    const run = lines.splice(0, end < 0 ? lines.length : end);
    const inside = run
      .map((line) => (quoted ? line.replace(/^(?:>|&gt;) ?/, "") : line))
      .join("\n");
    if (inside.trim())
      nodes.push(
        h(quoted ? "blockquote" : "p", {}, inline(inside.replace(/^\n+|\n+$/g, ""), "mrkdwn")),
      );
  }
  return nodes;
}

function table({ rows, column_settings: columns = [] }) {
  const cell = (tag) => (value, at) => {
    const { align, is_wrapped: wrapped } = columns[at] ?? {};
    const side = align && align !== "left" ? align : null;
    const shown =
      value.type === "rich_text" ? richText(value) : String(value.text ?? value.value ?? "");
    return h(tag, { "data-side": side, "data-wrapped": wrapped ?? null }, shown);
  };
  const [head = [], ...body] = rows;
  return h(
    "div.table",
    { tabindex: 0, role: "region", "aria-label": "table" },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, head.map(cell("th")))),
      h(
        "tbody",
        {},
        body.map((row) => h("tr", {}, row.map(cell("td")))),
      ),
    ),
  );
}

const STATES = { pending: "to do", in_progress: "under way", complete: "done", error: "failed" };

function taskCard(task) {
  const { status = "pending", details, output, sources = [] } = task;
  const mark = { complete: icon("check"), error: icon("warning") }[status];
  const below = [details, output]
    .filter(Boolean)
    .map((part) =>
      h(
        "div.detail",
        {},
        part.type === "rich_text" ? richText(part) : markdown(part.text ?? String(part)),
      ),
    );
  const links = sources.map((s) => h("li", {}, link(s.url, s.text || s.url)));
  return h(
    `div.task.task-${status}`,
    {},
    h(
      "div.task-title",
      {},
      h("span.mark", { role: "img", "aria-label": STATES[status] }, mark),
      inlinePlain(titleOf(task)),
    ),
    below,
    links.length > 0 && h("ul.sources", { "aria-label": "sources" }, links),
  );
}

function titleOf({ title }) {
  return (typeof title === "string" ? title : title?.text) ?? "";
}
