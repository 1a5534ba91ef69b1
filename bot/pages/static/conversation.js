// One chat of one person: what arrives goes to the log, what is said goes to the socket, and nothing is lost between.

import { changeRow, myRow, theirRow } from "./bubbles.js";
import { Composer } from "./composer.js";
import { fromTemplate } from "./elements.js";
import { Log } from "./log.js";
import { Outgoing } from "./outgoing.js";
import { Socket } from "./socket.js";
import { fillWords, word } from "./words.js";

const SETTLE_MS = 1200;
const TAKERS = [
  ["message", "message"],
  ["said", "said"],
  ["ack", "acknowledged"],
  ["refused", "refused"],
];

export class Conversation {
  /** `who`: {person, name, roles}, and office: true where the pane is headed by the office itself. `heard(message)` is told of each arrival. */
  constructor(who, address, heard) {
    this.who = who;
    this.heard = heard;
    this.last = "0";
    this.rows = new Map();
    this.settling = null;
    this.live = false;
    this.node = this.build(who);
    this.log = new Log(this.node);
    this.composer = new Composer(this.node, (frame, url) => this.say(frame, url));
    this.outgoing = new Outgoing(who.person, this.log, (text) => this.composer.edit(text));
    this.socket = new Socket({
      address: () => address(who.person, this.last),
      unsent: () => this.outgoing.unsent(),
      frame: (frame) => this.arrived(frame),
      state: (state) => this.state(state),
    });
    this.outgoing.follow(this.socket);
  }

  build(who) {
    const node = fromTemplate("pane");
    fillWords(node);
    node.setAttribute("aria-label", who.name);
    node.querySelector(".name").textContent = who.name;
    node.querySelector(".roles").textContent = who.roles.join(" · ");
    node.querySelector(".who .avatar").textContent = who.office ? "" : [...who.name][0];
    node.querySelector(".who .avatar").classList.toggle("office", Boolean(who.office));
    node.querySelector(".greet").addEventListener("click", () => this.say({ text: word("hello") }));
    return node;
  }

  say(frame, url) {
    const kept = this.outgoing.add(frame, url);
    this.goLive();
    this.socket.send(kept);
  }

  press(value, label, set) {
    this.say({ press: value, label, set });
  }

  arrived(frame) {
    for (const [kind, taker] of TAKERS) {
      if (kind in frame) this[taker](frame[kind], frame);
    }
    this.node.querySelector(".welcome").hidden = true;
  }

  message(message) {
    if (!this.isNew(message.ref)) return;
    const press = (...pressed) => this.press(...pressed);
    const shown = message.replaces && this.rows.get(message.replaces);
    this.outgoing.releaseAll();
    if (shown) this.change(shown, message, press);
    else this.show(theirRow(message, press), message);
    this.heard(message);
  }

  change(row, message, press) {
    changeRow(row, message, press);
    this.rows.set(message.ref, row);
    this.log.changed(row, this.live);
  }

  said(said) {
    this.outgoing.drop(said.id);
    if (this.isNew(said.ref)) this.show(myRow(said), said);
  }

  acknowledged(id) {
    this.outgoing.acknowledged(id);
  }

  refused(id, { text }) {
    this.outgoing.refused(id, text);
  }

  show(row, { ref, at }) {
    this.rows.set(ref, row);
    this.log.place(row, ref, at, this.live);
  }

  isNew(ref) {
    if (this.rows.has(ref)) return false;
    if (BigInt(ref) > BigInt(this.last)) this.last = ref;
    return true;
  }

  state(state) {
    this.node.dataset.state = state;
    this.node.querySelector(".state").textContent = word(state);
    this.outgoing?.connected(state === "connected");
    if (state === "connected" && !this.live) this.settle();
  }

  // The history comes in one go after connecting: it is neither read aloud nor counted as new.
  settle() {
    clearTimeout(this.settling);
    this.log.box.setAttribute("aria-busy", "true");
    this.settling = setTimeout(() => this.goLive(), SETTLE_MS);
  }

  goLive() {
    this.live = true;
    this.log.box.removeAttribute("aria-busy");
    this.node.querySelector(".welcome").hidden = !this.log.isEmpty();
  }
}

