// What was said and not yet acknowledged, kept over reloads and crashes until the server has it.

const PREFIX = "qinqing:unsent";
const RANDOM_BYTES = 9;
let counted = 0;

/** An id used once only; later ids sort after earlier ones of this device. */
export function freshId() {
  // crypto.randomUUID is missing where the page is not served by HTTPS, for example on an office's own network.
  const random = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  const tail = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  counted += 1;
  return `${Date.now().toString(36).padStart(9, "0")}-${String(counted).padStart(4, "0")}-${tail}`;
}

/** The unsent frames of one person, oldest first. */
export class Unsent {
  constructor(person) {
    this.prefix = `${PREFIX}:${person}:`;
    this.frames = new Map(this.kept().map((frame) => [frame.id, frame]));
    this.onlyHere = new Set();
  }

  /** Keep `frame`. One too large for the browser's store lives as long as the page does, and leaving is asked about. */
  add(frame) {
    this.frames.set(frame.id, frame);
    if (!store(this.prefix + frame.id, JSON.stringify(frame))) this.onlyHere.add(frame.id);
  }

  drop(id) {
    this.frames.delete(id);
    this.onlyHere.delete(id);
    if (storage) storage.removeItem(this.prefix + id);
  }

  all() {
    return [...this.frames.values()];
  }

  kept() {
    const keys = storage ? Object.keys(storage).filter((key) => key.startsWith(this.prefix)) : [];
    return keys.sort().map((key) => JSON.parse(storage.getItem(key)));
  }
}

const storage = openStorage();

// Private windows and some in-app browsers refuse the store altogether.
function openStorage() {
  try {
    return window.localStorage;
  } catch (refusal) {
    console.info("nothing is kept over reloads here:", refusal.name);
    return null;
  }
}

function store(key, value) {
  if (!storage) return false;
  try {
    storage.setItem(key, value);
    return true;
  } catch (full) {
    console.info("too large to keep over a reload:", full.name);
    return false;
  }
}
