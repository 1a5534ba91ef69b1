// Files and places chosen but not sent yet, each with a way to leave it out.

import { element, icon } from "./elements.js";
import { word } from "./words.js";

const LIMIT_MB = 20;
const BYTES_PER_MB = 1024 * 1024;

export class Staging {
  /** `changed()` after every change; `tell(text)` when a file cannot be taken. */
  constructor(list, changed, tell) {
    this.list = list;
    this.changed = changed;
    this.tell = tell;
    this.items = [];
  }

  count() {
    return this.items.length;
  }

  /** All that is staged, in order; the list is empty afterwards. */
  take() {
    const items = this.items;
    this.items = [];
    this.show();
    return items;
  }

  async addFile(file) {
    const data = await this.read(file);
    if (data) this.add({ file, data, name: file.name });
  }

  addPlace(place) {
    this.add({ place, name: `${place.label} ${place.lat}, ${place.lon}` });
  }

  /** The content of `file` in base64, or null after telling why it cannot be sent. */
  async read(file) {
    const objection = whyNot(file);
    if (objection) return this.object(objection, file);
    try {
      return await base64(file);
    } catch (failure) {
      console.info(failure);
      return this.object("unreadable", file);
    }
  }

  object(key, file) {
    this.tell(word(key, { name: file.name, limit: LIMIT_MB }));
    return null;
  }

  add(item) {
    this.items.push(item);
    this.show();
    this.changed();
  }

  remove(item) {
    this.items = this.items.filter((other) => other !== item);
    this.show();
    this.changed();
  }

  show() {
    this.list.hidden = !this.items.length;
    this.list.replaceChildren(...this.items.map((item) => this.chip(item)));
  }

  chip(item) {
    const named = { className: "chip-drop", ariaLabel: word("remove", item) };
    const drop = element("button", { type: "button", ...named }, icon("shut"));
    drop.addEventListener("click", () => this.remove(item));
    const name = element("span", { className: "chip-name", textContent: item.name, dir: "auto" });
    return element("li", { className: "chip" }, preview(item), name, drop);
  }
}

function whyNot(file) {
  if (!file.size) return "empty";
  return file.size > LIMIT_MB * BYTES_PER_MB ? "tooBig" : null;
}

function preview({ file, place }) {
  if (place) return icon("place");
  if (!file.type.startsWith("image/")) return icon("paper");
  const image = element("img", { src: URL.createObjectURL(file), alt: "" });
  image.addEventListener("load", () => URL.revokeObjectURL(image.src));
  return image;
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
