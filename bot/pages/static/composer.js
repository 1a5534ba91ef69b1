// Where the person writes: Enter sends, Shift+Enter breaks the line, and a word being composed is left alone.

import { takeFiles } from "./arrivals.js";
import { findPlace, canFindPlace } from "./place.js";
import { Staging } from "./staging.js";
import { VoiceNote, canRecord } from "./voice.js";
import { word } from "./words.js";

const IME_KEYCODE = 229;
const TALLEST_PX = 132;

export class Composer {
  /** `say(frame, url)` is called for each thing to send; `url` shows its file until the server has it. */
  constructor(pane, say) {
    this.say = say;
    this.form = pane.querySelector(".composer");
    this.text = this.form.querySelector(".text");
    this.tray = this.form.querySelector(".tray");
    this.more = this.form.querySelector(".more");
    this.hint = this.form.querySelector(".hint");
    this.staging = new Staging(this.form.querySelector(".staged"), () => this.changed(), (text) => this.tell(text));
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("input", () => this.changed());
    this.more.addEventListener("click", () => this.openTray(this.tray.hidden));
    takeFiles(pane, (files) => this.stage(files));
    this.wireTiles();
    this.wireVoice();
    this.changed();
  }

  /** Put refused words back to be written again. */
  edit(text) {
    this.text.value = text;
    this.text.focus();
    this.changed();
  }

  wireTiles() {
    const tile = (name) => this.form.querySelector(`.tile.${name}`);
    const pick = this.form.querySelector(".pick");
    const shoot = this.form.querySelector(".shoot");
    tile("files").addEventListener("click", () => pick.click());
    tile("camera").addEventListener("click", () => shoot.click());
    tile("camera").hidden = !matchMedia("(pointer: coarse)").matches;
    tile("place").hidden = !canFindPlace;
    tile("place").addEventListener("click", () => this.stagePlace());
    for (const input of [pick, shoot]) input.addEventListener("change", () => this.picked(input));
  }

  wireVoice() {
    this.record = this.form.querySelector(".record");
    const done = (file) => this.staging.read(file).then((data) => data && this.sayFile(file, data));
    const note = new VoiceNote(this.form, { done, failed: () => this.tell(word("noVoice")) });
    this.record.addEventListener("click", () => note.start());
  }

  picked(input) {
    this.stage([...input.files]);
    input.value = "";
  }

  stage(files) {
    this.openTray(false);
    this.tell("");
    for (const file of files) this.staging.addFile(file);
    this.text.focus({ preventScroll: true });
  }

  async stagePlace() {
    this.openTray(false);
    this.tell("");
    const place = await findPlace();
    if (place) this.staging.addPlace(place);
    else this.tell(word("noPlace"));
  }

  submitted(event) {
    event.preventDefault();
    const text = this.text.value.trim();
    const items = this.staging.take();
    const captioned = items.find((item) => item.file);
    if (text && !captioned) this.say({ text });
    for (const item of items) this.sayItem(item, item === captioned ? text : "");
    this.text.value = "";
    this.tell("");
    this.changed();
  }

  sayItem({ file, data, place }, caption) {
    if (place) this.say({ place });
    else this.sayFile(file, data, caption);
  }

  sayFile(file, data, text = "") {
    const frame = { file: { name: file.name, data } };
    this.say(text ? { ...frame, text } : frame, URL.createObjectURL(file));
  }

  key(event) {
    const composing = event.isComposing || event.keyCode === IME_KEYCODE;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  changed() {
    const something = Boolean(this.text.value.trim()) || this.staging.count() > 0;
    this.form.querySelector(".line .send").hidden = canRecord && !something;
    if (this.record) this.record.hidden = !canRecord || something;
    this.text.style.height = "auto";
    if (this.text.scrollHeight) this.text.style.height = `${Math.min(TALLEST_PX, this.text.scrollHeight)}px`;
  }

  openTray(open) {
    this.tray.hidden = !open;
    this.more.setAttribute("aria-expanded", String(open));
  }

  tell(text) {
    this.hint.textContent = text;
    this.hint.hidden = !text;
  }
}
