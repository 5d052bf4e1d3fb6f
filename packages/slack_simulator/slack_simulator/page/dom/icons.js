/** The page's icons: strokes on a 24 × 24 grid, in the colour of the text around them. */

import { svg } from "./dom.js";

const PATHS = {
  agent:
    "M12 3l1.8 5.2L19 10l-5.2 1.8L12 17l-1.8-5.2L5 10l5.2-1.8zM18.5 15.5l.8 2.2 2.2.8-2.2.8-.8 2.2-.8-2.2-2.2-.8 2.2-.8z",
  bot: "M7 8h10a3 3 0 0 1 3 3v5a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3v-5a3 3 0 0 1 3-3zM12 8V4.5M9 13v1.5M15 13v1.5",
  check: "M5 12.5l4.5 4.5L19 7.5",
  chevron: "M9 6l6 6-6 6",
  clip: "M19 11.5l-7.5 7.5a4.5 4.5 0 0 1-6.4-6.4L13 4.7a3 3 0 0 1 4.3 4.3l-7.6 7.6a1.5 1.5 0 0 1-2.2-2.1l7-7",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  edit: "M4 20l1-4L16 5l3 3L8 19zM13.5 7.5l3 3",
  file: "M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5",
  gauge: "M4 18a8.5 8.5 0 1 1 16 0M12 15l4-5",
  hash: "M9.5 4l-2 16M16.5 4l-2 16M5 9h15M4 15h15",
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01",
  menu: "M4 7h16M4 12h16M4 17h16",
  message: "M4 5h16v11H10l-5 4v-4H4z",
  moon: "M19 14.5A8 8 0 0 1 9.5 5a8 8 0 1 0 9.5 9.5z",
  plus: "M12 5v14M5 12h14",
  reply: "M10 6L4 12l6 6M4 12h10a6 6 0 0 1 6 6v1",
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5L20 20",
  send: "M4 12l16-7-6 15-3-6z",
  shortcut: "M13 3L5 13.5h6L10 21l8-10.5h-6z",
  stop: "M7 7h10v10H7z",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  thumbsDown:
    "M7 4v10H4V4zM7 13l4 7c1.6 0 2.4-1 2.2-2.4L12.6 14H18a2 2 0 0 0 2-2.4l-1.3-6A2 2 0 0 0 16.8 4H7",
  thumbsUp:
    "M7 20V10H4v10zM7 11l4-7c1.6 0 2.4 1 2.2 2.4L12.6 10H18a2 2 0 0 1 2 2.4l-1.3 6a2 2 0 0 1-1.9 1.6H7",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  warning: "M12 4l9 16H3zM12 10v4.5M12 17.2v.1",
};

/** A decorative icon; the control it stands in carries the name. */
export function icon(name) {
  const props = { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true" };
  return svg("svg", props, svg("path", { d: PATHS[name] }));
}
