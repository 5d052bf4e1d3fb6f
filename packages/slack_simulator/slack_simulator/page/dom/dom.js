/**
 * Builds elements, and brings what is shown up to date without losing focus, selection or scroll.
 * Text only ever becomes text nodes: nothing in this page turns a string into HTML.
 */

/** An element: `h("button.primary", {onclick}, "Send")`. Functions are its handlers. */
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  element.handlers = {};
  for (const [key, value] of Object.entries(props ?? {})) setProp(element, key, value);
  element.append(...asNodes(children));
  return element;
}

/** An SVG element; its attributes may stretch and place it where a style must not. */
export function svg(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...asNodes(children));
  return element;
}

/** Makes `children` the children of `parent`, changing as little as possible. */
export function patch(parent, ...children) {
  const wanted = asNodes(children);
  const instances = new Set(wanted);
  const keys = new Set(wanted.map((node) => node.key).filter(Boolean));
  const byKey = new Map([...parent.childNodes].filter((n) => n.key).map((n) => [n.key, n]));
  let here = parent.firstChild;
  for (const node of wanted) {
    while (here?.key && !keys.has(here.key) && !instances.has(here)) here = removed(here);
    const kept = findOld(node, here, parent, byKey, instances);
    if (kept && kept !== node) morph(kept, node);
    const shown = kept ?? node;
    if (shown === here) here = here.nextSibling;
    else parent.insertBefore(shown, here);
  }
  while (here) here = removed(here);
}

/** Makes `old` look and act like `fresh`, keeping the element itself. */
export function morph(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !isPersons(old, name)) change(old, name, null);
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (old.getAttribute(name) !== value && !isPersons(old, name)) change(old, name, value);
  }
  for (const name of Object.keys(old.handlers ?? {})) old[name] = null;
  for (const [name, handler] of Object.entries(fresh.handlers ?? {})) old[name] = handler;
  old.handlers = fresh.handlers;
  patch(old, ...fresh.childNodes);
}

/** A builder that keeps each key's element, and rebuilds it only where its `deps` have changed. */
export function remembering() {
  const shown = new Map();
  return (key, deps, build) => {
    const last = shown.get(key);
    if (!last) {
      const node = build();
      node.key = key;
      shown.set(key, { node, deps });
      return node;
    }
    if (!deps.every((value, at) => Object.is(value, last.deps[at]))) morph(last.node, build());
    last.deps = deps;
    return last.node;
  };
}

/** Marks an element that renders itself: patch puts it in place and leaves its inside alone. */
export function own(element, key) {
  element.key = key;
  return element;
}

function setProp(element, key, value) {
  if (value === false || value === null || value === undefined) return;
  if (key === "key") element.key = value;
  else if (typeof value === "function") element[key] = element.handlers[key] = value;
  else element.setAttribute(key, value === true ? "" : value);
}

function asNodes(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "")
    .map((child) => (child instanceof Node ? child : document.createTextNode(child)));
}

function findOld(node, here, parent, byKey, instances) {
  if (node.parentNode === parent) return node;
  if (node.key) {
    const old = byKey.get(node.key);
    return old?.nodeName === node.nodeName ? old : null;
  }
  const free = here && !here.key && !instances.has(here);
  return free && here.nodeName === node.nodeName ? here : null;
}

/** What is chosen follows its attribute only when that changes: until then it is the person's. */
function change(element, attribute, value) {
  if (value === null) element.removeAttribute(attribute);
  else element.setAttribute(attribute, value);
  if (attribute === "checked" || attribute === "selected") element[attribute] = value !== null;
}

/** What a person has opened stays open. */
function isPersons(element, attribute) {
  return attribute === "open" && element.nodeName === "DETAILS";
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}
