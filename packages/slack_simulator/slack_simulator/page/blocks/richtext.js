/** rich_text blocks: text with its styles already taken apart. */

import { codeBlock } from "./code.js";
import { h } from "../dom/dom.js";
import { emojiNamed } from "../dom/emoji.js";
import { decode, link, mention } from "./links.js";
import { channelById } from "../state/store.js";

const STYLES = [
  ["code", "code"],
  ["bold", "strong"],
  ["italic", "em"],
  ["strike", "del"],
  ["underline", "u"],
];

/** A rich_text block, or a part of one. */
export function richText(element) {
  const inside = element.elements ?? [];
  switch (element.type) {
    case "rich_text":
      return inside.map(richText);
    case "rich_text_list": {
      const items = inside.map((item) => h("li", {}, (item.elements ?? []).map(piece)));
      const indent = element.indent ? { "data-indent": element.indent } : {};
      return h(element.style === "ordered" ? "ol" : "ul", indent, items);
    }
    case "rich_text_preformatted":
      return codeBlock(
        inside.map((part) => part.text ?? part.url ?? "").join(""),
        element.language,
      );
    case "rich_text_quote":
      return h("blockquote", {}, inside.map(piece));
    default:
      return h("p", {}, inside.map(piece));
  }
}

function piece(element) {
  const { style = {} } = element;
  return STYLES.reduce(
    (node, [name, tag]) => (style[name] ? h(tag, {}, node) : node),
    bare(element),
  );
}

function bare(element) {
  switch (element.type) {
    case "user":
      return mention(element.user_id);
    case "channel":
      return h(
        "span.mention",
        {},
        `#${channelById(element.channel_id)?.name ?? element.channel_id}`,
      );
    case "broadcast":
      return h("span.mention.broadcast", {}, `@${element.range}`);
    case "emoji":
      return emojiNamed(element.name) || `:${element.name}:`;
    case "link":
      return link(element.url, element.text ?? element.url);
    default:
      return withBreaks(decode(element.text ?? ""));
  }
}

function withBreaks(text) {
  return h(
    "span",
    {},
    text.split("\n").flatMap((line, at) => (at ? [h("br"), line] : [line])),
  );
}
