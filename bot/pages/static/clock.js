// The demo's clock: shown in the office's zone, moved forward with a tap.

import { ask } from "./ask.js";
import { element } from "./elements.js";
import { dayAndHour } from "./times.js";
import { word } from "./words.js";

const TICK_MS = 5_000;
const MOVES = [
  ["hour", { forward: "PT1H" }],
  ["day", { forward: "P1D" }],
  ["workday", { forward_workdays: 1 }],
  ["week", { forward: "P1W" }],
  ["next", { to: "next" }],
];

/** Show the clock in the demo's bar; returns the demo's time at the start in milliseconds. */
export async function startClock(bar, tell) {
  const clock = new Clock(bar, tell);
  await clock.load();
  setInterval(() => clock.show(), TICK_MS);
  document.addEventListener("visibilitychange", () => document.hidden || clock.load());
  return clock.now();
}

class Clock {
  constructor(bar, tell) {
    this.tell = tell;
    this.ahead = 0;
    this.face = bar.querySelector(".demo-time");
    this.opener = bar.querySelector(".demo-now");
    this.moves = bar.querySelector(".demo-forward");
    this.moves.append(...MOVES.map(([key, body]) => this.moveButton(key, body)));
    this.opener.addEventListener("click", () => this.open(!this.moves.classList.contains("open")));
  }

  now() {
    return Date.now() + this.ahead;
  }

  async load() {
    const answer = await ask("/demo/clock");
    if (answer) this.set(answer.now);
  }

  async move(body) {
    this.busy(true);
    const answer = await ask("/demo/clock", body);
    if (answer) this.set(answer.now);
    this.tell(answer ? word("moved", { time: dayAndHour(this.now()) }) : word("clockFailed"), !answer);
    this.busy(false);
  }

  set(iso) {
    this.ahead = Date.parse(iso) - Date.now();
    this.show();
  }

  show() {
    const time = dayAndHour(this.now());
    this.face.textContent = time;
    this.opener.setAttribute("aria-label", word("clock", { time }));
  }

  open(shown) {
    this.moves.classList.toggle("open", shown);
    this.opener.setAttribute("aria-expanded", String(shown));
  }

  busy(busy) {
    for (const button of this.moves.children) button.disabled = busy;
  }

  moveButton(key, body) {
    const button = element("button", { type: "button", className: "small", textContent: word(key) });
    button.addEventListener("click", () => this.move(body));
    return button;
  }
}
