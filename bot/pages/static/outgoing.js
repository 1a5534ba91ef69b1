// What the person said and the server does not have yet: kept, shown on its way, settled or given back.

import { waitingRow } from "./bubbles.js";
import { release } from "./choices.js";
import { element } from "./elements.js";
import { freshId, Unsent } from "./unsent.js";
import { word } from "./words.js";

const PROGRESS_MS = 200;

export class Outgoing {
  /** `edit(text)` puts refused words back into the composer. */
  constructor(person, log, edit) {
    this.kept = new Unsent(person);
    this.log = log;
    this.edit = edit;
    this.entries = new Map();
    this.online = false;
    this.kept.all().forEach((frame) => this.show(frame, {}));
    window.addEventListener("beforeunload", (event) => this.kept.onlyHere.size && event.preventDefault());
  }

  /** Keep and show what was said, and return the frame to send. `url` shows a file; `label`, `set` are of a press. */
  add({ label, set, ...said }, url) {
    const frame = { id: freshId(), ...said };
    this.kept.add(frame);
    this.show(frame, { label, set, url });
    return frame;
  }

  unsent() {
    return this.kept.all();
  }

  acknowledged(id) {
    this.kept.drop(id);
    const entry = this.entries.get(id);
    if (!entry) return;
    entry.stored = true;
    if (entry.set) release(entry.set);
    this.tell(entry);
  }

  /** The server shows it by itself now: the row on its way goes. */
  drop(id) {
    this.kept.drop(id);
    const entry = this.entries.get(id);
    if (!entry) return;
    entry.row.remove();
    if (entry.url) URL.revokeObjectURL(entry.url);
    if (entry.set) release(entry.set);
    this.entries.delete(id);
  }

  refused(id, text) {
    this.kept.drop(id);
    const entry = this.entries.get(id);
    if (!entry) return;
    if (entry.set) release(entry.set, true);
    entry.row.classList.add("refused");
    entry.fate.replaceChildren(`${word("refused")}：${text} `, ...this.giveBack(entry.frame.text));
    this.entries.delete(id);
    this.log.settle(entry.row);
  }

  giveBack(text) {
    if (!text) return [];
    const button = element("button", { type: "button", className: "plain", textContent: word("again") });
    button.addEventListener("click", () => this.edit(text));
    return [button];
  }

  /** Every pressed set of buttons may be pressed again: the office has spoken. */
  releaseAll() {
    for (const { set } of this.entries.values()) if (set) release(set);
  }

  connected(online) {
    this.online = online;
    for (const entry of this.entries.values()) this.tell(entry);
  }

  /** Show how far large files have come over `socket`. */
  follow(socket) {
    setInterval(() => {
      for (const { frame, bar, stored } of this.entries.values()) {
        if (bar && !stored) bar.value = socket.progress(frame.id);
      }
    }, PROGRESS_MS);
  }

  show(frame, { label, set, url }) {
    const files = frame.file ? [{ name: frame.file.name, url }] : [];
    const row = waitingRow({ id: frame.id, text: words(frame, label), files });
    const fate = row.querySelector(".fate");
    const bar = frame.file && element("progress", { max: 1, value: 0, ariaLabel: word("progress") });
    if (bar) row.querySelector(".bubble").append(bar);
    const entry = { frame, row, fate, bar, set, url, stored: false };
    this.entries.set(frame.id, entry);
    this.tell(entry);
    this.log.wait(row);
  }

  tell({ fate, bar, stored }) {
    fate.textContent = word(stored ? "stored" : this.online ? "sending" : "held");
    if (bar && stored) bar.remove();
  }
}

function words(frame, label) {
  if (frame.place) return word("placeAt", frame.place);
  return frame.text || label || frame.press?.split(":").at(-1) || "";
}
