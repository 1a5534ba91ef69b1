// One to four chats side by side, as many as the window has room for; the address of the page remembers which.

import { element } from "./elements.js";
import { word } from "./words.js";

const NARROWEST_PX = 320;
const MOST = 4;

export class Panes {
  /** `chats`: person -> Conversation; `marked(shown, active)` after every change. */
  constructor(main, picker, chats, marked) {
    this.main = main;
    this.chats = chats;
    this.marked = marked;
    this.shown = [];
    this.active = null;
    this.wanted = MOST;
    this.picker = picker;
    this.buttons = this.fillPicker(picker);
    window.addEventListener("resize", () => this.fit());
    main.addEventListener("focusin", (event) => this.use(event.target));
    main.addEventListener("pointerdown", (event) => this.use(event.target));
  }

  /** Show the people the page's address names, or else `first`. */
  start(first) {
    const named = location.hash.slice(1).split(",").filter((person) => this.chats.has(person));
    this.wanted = named.length || MOST;
    this.preferred = [...new Set([...named, ...first, ...this.chats.keys()])];
    this.fit();
  }

  /** Show `person` in the pane in use, or go to the pane that shows them already. */
  show(person) {
    if (!this.shown.includes(person)) this.swap(this.active, person);
    this.active = person;
    this.tell();
  }

  swap(from, to) {
    const index = this.shown.indexOf(from);
    this.shown[index] = to;
    this.preferred = [...new Set([...this.shown, from, ...this.preferred])];
    this.chats.get(from).node.replaceWith(this.chats.get(to).node);
  }

  fit() {
    const room = Math.max(1, Math.min(MOST, this.chats.size, Math.floor(this.main.clientWidth / NARROWEST_PX)));
    this.buttons.forEach((button, index) => { button.hidden = index >= room; });
    this.picker.hidden = room === 1;
    this.setCount(Math.min(room, this.wanted));
  }

  setCount(count) {
    while (this.shown.length > count) this.chats.get(this.leaving()).node.remove();
    const waiting = this.preferred.filter((person) => !this.shown.includes(person));
    for (const person of waiting.slice(0, count - this.shown.length)) this.add(person);
    if (!this.shown.includes(this.active)) [this.active] = this.shown;
    this.buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(index + 1 === count)));
    this.tell();
  }

  // The pane in use is the last to go.
  leaving() {
    const index = this.shown.findLastIndex((person) => person !== this.active);
    return this.shown.splice(index, 1)[0];
  }

  add(person) {
    this.shown.push(person);
    this.main.append(this.chats.get(person).node);
  }

  use(target) {
    const person = this.shown.find((shown) => this.chats.get(shown).node.contains(target));
    if (!person || person === this.active) return;
    this.active = person;
    this.tell();
  }

  tell() {
    const several = this.shown.length > 1;
    for (const person of this.shown) {
      this.chats.get(person).node.classList.toggle("in-use", several && person === this.active);
    }
    history.replaceState(null, "", `#${this.shown.join(",")}`);
    this.marked([...this.shown], this.active);
  }

  fillPicker(picker) {
    const buttons = Array.from({ length: MOST }, (_, index) => this.countButton(index + 1));
    picker.append(...buttons);
    return buttons;
  }

  countButton(count) {
    const button = element("button", { type: "button", className: "small", textContent: count });
    button.setAttribute("aria-label", word("paneCount", { count }));
    button.addEventListener("click", () => {
      this.wanted = count;
      this.setCount(count);
    });
    return button;
  }
}
