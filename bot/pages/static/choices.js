// The buttons of a message. A choice carries its number, because typing the number chooses it too.

import { element } from "./elements.js";
import { marked } from "./marks.js";
import { word } from "./words.js";

/** A set of buttons from rows of `{label, value}`. After a press all are disabled until `release`. */
export function choices(rows, press) {
  const set = element("fieldset", { className: "choices", ariaLabel: word("choices") });
  let number = 0;
  for (const row of rows) {
    const buttons = row.map((button) => choice(button, isNavigation(button.value) ? null : (number += 1)));
    set.append(element("div", { className: "choice-row" }, ...buttons));
  }
  set.addEventListener("click", (event) => pressed(set, event.target.closest("button"), press));
  return set;
}

/** Let the buttons be pressed again; `refused` also takes the mark from the pressed one. */
export function release(set, refused = false) {
  set.disabled = false;
  const marked = set.querySelector("[aria-pressed]");
  if (document.activeElement === document.body && set.isConnected) marked?.focus({ preventScroll: true });
  if (refused) marked?.removeAttribute("aria-pressed");
}

/** Back, cancel, help and the like: the last part of the value begins with "!". */
export function isNavigation(value) {
  return value.split(":").at(-1).startsWith("!");
}

function choice({ label, value }, number) {
  const name = element("span", { className: "choice-label", dir: "auto" }, ...marked(label));
  const mark = number && element("span", { className: "choice-number", textContent: number });
  const className = number ? "choice" : "choice quiet";
  return element("button", { type: "button", value, className }, mark, name);
}

function pressed(set, button, press) {
  if (!button || set.disabled) return;
  set.querySelector("[aria-pressed]")?.removeAttribute("aria-pressed");
  button.setAttribute("aria-pressed", "true");
  set.disabled = true;
  press(button.value, button.querySelector(".choice-label").textContent, set);
}
