/** A block of code with the button everybody looks for. */

import { h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { decode } from "./links.js";
import { announce } from "../dom/notice.js";

const THANKS_MS = 1500;

export function codeBlock(text, language = "") {
  const code = decode(text);
  return h(
    "figure.code",
    {},
    h("figcaption", {}, h("span", {}, language || "text"), copyButton(code)),
    h("pre", { tabindex: 0 }, h("code", {}, code)),
  );
}

function copyButton(code) {
  const copy = async (event) => {
    const button = event.currentTarget;
    await navigator.clipboard.writeText(code);
    announce("Copied");
    button.lastChild.data = "Copied";
    setTimeout(() => {
      button.lastChild.data = "Copy";
    }, THANKS_MS);
  };
  return h("button.copy", { type: "button", onclick: copy }, icon("copy"), "Copy");
}
