// The scrolling log of one chat: rows in the order of their refs, days between them, and the way back to the newest.

import { element } from "./elements.js";
import { dayInWords, dayKey } from "./times.js";
import { word } from "./words.js";

const NEAR_BOTTOM_PX = 80;
const HEADROOM_PX = 12;

export class Log {
  constructor(pane) {
    this.box = pane.querySelector(".log");
    this.history = pane.querySelector(".history");
    this.waiting = pane.querySelector(".waiting");
    this.pill = pane.querySelector(".pill");
    this.days = new Map();
    this.atBottom = true;
    this.missed = 0;
    this.changedRow = null;
    this.box.addEventListener("scroll", () => this.scrolled());
    this.pill.addEventListener("click", () => this.pillPressed());
    const observer = new ResizeObserver(() => this.keepPlace());
    [this.box, this.history, this.waiting].forEach((part) => observer.observe(part));
  }

  /** Put `row` where its `ref` belongs. `live`: it came now, not from the history. */
  place(row, ref, at, live) {
    row.dataset.ref = ref;
    row.dataset.minute = at.slice(0, 16);
    const next = this.rowAfter(BigInt(ref));
    this.history.insertBefore(row, next);
    this.separateDay(row, new Date(at));
    this.join(row);
    this.follow(row, live);
  }

  /** Show `row`, still on its way, below everything. */
  wait(row) {
    this.waiting.append(row);
    this.toBottom();
  }

  /** Keep `row` where it stands now, as part of the history without a ref. */
  settle(row) {
    this.history.append(row);
    if (this.atBottom) this.toBottom();
  }

  /** `row` was changed in place: say so if the person cannot see it and it is `live`. */
  changed(row, live) {
    if (this.atBottom) this.toBottom();
    this.changedRow = live && !this.sees(row) ? row : null;
    this.showPill();
  }

  sees(row) {
    const [mine, all] = [row.getBoundingClientRect(), this.box.getBoundingClientRect()];
    return mine.bottom > all.top && mine.top < all.bottom;
  }

  isEmpty() {
    return !this.history.childElementCount && !this.waiting.childElementCount;
  }

  rowAfter(ref) {
    let next = null;
    for (let row = this.history.lastElementChild; row; row = row.previousElementSibling) {
      if (!row.dataset.ref) continue;
      if (BigInt(row.dataset.ref) < ref) break;
      next = row;
    }
    return next;
  }

  separateDay(row, moment) {
    const key = dayKey(moment);
    const known = this.days.get(key);
    if (known && known.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING) return;
    const separator = known || element("li", { className: "day", textContent: dayInWords(moment) });
    this.days.set(key, separator);
    row.before(separator);
  }

  // Rows of one side in one minute show the time once, under the last.
  join(row) {
    const before = row.previousElementSibling;
    const same = before?.dataset.minute === row.dataset.minute && before.className === row.className;
    if (same) before.classList.add("joined");
  }

  follow(row, live) {
    if (!this.atBottom) {
      this.missed += live ? 1 : 0;
      this.showPill();
    } else if (live && row.offsetHeight > this.box.clientHeight) {
      this.atBottom = false;
      this.box.scrollTop = row.offsetTop - HEADROOM_PX;
    } else {
      this.toBottom();
    }
  }

  toBottom() {
    this.atBottom = true;
    this.box.scrollTop = this.box.scrollHeight;
    this.extent = this.measure();
  }

  measure() {
    return [this.box.clientWidth, this.box.clientHeight, this.box.scrollHeight].join(" ");
  }

  scrolled() {
    if (!this.box.clientHeight) return;
    // The browser scrolls too when the layout changes; only the person's scrolling says where they want to be.
    if (this.extent !== this.measure()) return this.keepPlace();
    this.kept = this.box.scrollTop;
    this.atBottom = this.box.scrollHeight - this.kept - this.box.clientHeight < NEAR_BOTTOM_PX;
    if (this.atBottom) this.missed = 0;
    if (this.changedRow && this.sees(this.changedRow)) this.changedRow = null;
    this.showPill();
  }

  // A keyboard that opens, a window that changes, a pane shown again: the same words stay in sight.
  keepPlace() {
    if (!this.box.clientHeight) return;
    this.extent = this.measure();
    if (this.atBottom) this.toBottom();
    else if (!this.box.scrollTop && this.kept) this.box.scrollTop = this.kept;
  }

  showPill() {
    this.pill.hidden = this.atBottom && !this.changedRow;
    if (this.changedRow) this.pill.textContent = word("changed");
    else this.pill.textContent = this.missed ? word("fresh", { count: this.missed }) : word("latest");
    this.pill.classList.toggle("eager", this.missed > 0 || this.changedRow !== null);
  }

  pillPressed() {
    const row = this.changedRow;
    this.changedRow = null;
    if (row) row.scrollIntoView({ block: "center" });
    else this.toBottom();
    this.scrolled();
  }
}
