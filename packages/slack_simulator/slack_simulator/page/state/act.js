/** What the person at the screen does to messages and views. */

import { order } from "./api.js";
import { complain } from "../dom/notice.js";
import { place } from "./place.js";

/** An order in the acting person's name; its answer, or nothing where it was refused. */
export async function act(path, body) {
  try {
    return await order(path, { person: place.person, ...body });
  } catch (error) {
    complain(error);
    return null;
  }
}

/** Handles the controls in a message's blocks. */
export function onMessage({ channel, ts }) {
  return (action) => act("/click", { channel, ts, ...action });
}

/** Handles the controls in a modal or in App Home. */
export function onView({ id }) {
  return (action) => act("/click", { view: id, ...action });
}
