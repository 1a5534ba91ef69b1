// The bubbles of a chat: what the office says on the left, what the person says on the right.

import { attachment } from "./attachments.js";
import { choices } from "./choices.js";
import { element } from "./elements.js";
import { linked } from "./links.js";
import { hourAndMinute } from "./times.js";
import { word } from "./words.js";

/** The row for a message of the office; `press(value, label, set)` is called for a button pressed in it. */
export function theirRow(message, press) {
  const avatar = element("span", { className: "avatar office" });
  avatar.setAttribute("aria-hidden", "true");
  const row = element("li", { className: "row theirs" }, avatar, theirBubble(message, press), moment(message.at));
  return row;
}

/** Put `message` in the place of what `row` showed, marked for a moment. */
export function changeRow(row, message, press) {
  const old = row.querySelector(".bubble");
  const fresh = theirBubble(message, press);
  const hadFocus = old.contains(document.activeElement);
  fresh.classList.add("changed");
  old.replaceWith(fresh);
  row.querySelector("time").textContent = word("updated", { time: hourAndMinute(new Date(message.at)) });
  row.classList.remove("joined");
  if (hadFocus) fresh.focus({ preventScroll: true });
}

/** The row for the person's own words and files: `{text, files, at}`. */
export function myRow(said) {
  return element("li", { className: "row mine" }, myBubble(said), moment(said.at));
}

/** The row for something on its way: `{id, text, files}`, with a line for its fate. */
export function waitingRow(said) {
  const fate = element("p", { className: "fate" });
  const row = element("li", { className: "row mine" }, myBubble(said), fate);
  row.dataset.id = said.id;
  return row;
}

function theirBubble(message, press) {
  const bubble = element("article", { className: "bubble", tabIndex: -1 }, speaker("bySystem"));
  if (message.title) bubble.append(element("h3", { className: "title", dir: "auto", textContent: message.title }));
  bubble.append(...parts(message));
  if (message.facts?.length) bubble.append(facts(message.facts));
  if (message.buttons?.length) bubble.append(choices(message.buttons, press));
  bubble.classList.toggle("card", Boolean(message.title || message.facts?.length || message.buttons?.length));
  return bubble;
}

function myBubble(said) {
  return element("article", { className: "bubble" }, speaker("byYou"), ...parts(said));
}

function parts({ text, files = [] }) {
  const words = text && element("div", { className: "words", dir: "auto" }, linked(text));
  const shown = files.length && element("div", { className: "attached" }, ...files.map(attachment));
  return [words, shown].filter(Boolean);
}

function facts(pairs) {
  const rows = pairs.map(([label, value]) =>
    element("div", { className: "fact" },
      element("dt", { textContent: label, dir: "auto" }),
      element("dd", { dir: "auto" }, linked(value))));
  return element("dl", { className: "facts" }, ...rows);
}

function moment(at) {
  return element("time", { dateTime: at, textContent: hourAndMinute(new Date(at)) });
}

function speaker(key) {
  return element("span", { className: "unseen", textContent: word(key) });
}
