// One WebSocket that stays: it comes back with jittered backoff, and sends again what was not acknowledged.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
const STEADY_MS = 5_000;
const SILENT_MS = 20_000;
const WATCH_MS = 4_000;
const ANOTHER_HISTORY = 4001;

/** How long to wait before attempt number `attempt` (from 0), in milliseconds; `chance` is in [0, 1). */
export function backoff(attempt, chance) {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt) * (0.5 + chance / 2);
}

/**
 * `hooks`: address() -> URL to open next; unsent() -> frames to send on opening; frame(data) for each arrival;
 * state(word) with "connecting", "connected", "reconnecting" or "unsure".
 */
export class Socket {
  constructor(hooks) {
    this.hooks = hooks;
    this.attempt = 0;
    this.passed = 0;
    this.movedAt = 0;
    this.openedAt = 0;
    this.timer = null;
    this.ranges = new Map();
    this.open("connecting");
    setInterval(() => this.watch(), WATCH_MS);
    window.addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  open(state) {
    this.hooks.state(state);
    this.timer = null;
    this.passed = 0;
    this.ranges.clear();
    const socket = new WebSocket(this.hooks.address());
    this.socket = socket;
    socket.addEventListener("open", () => this.opened(socket));
    socket.addEventListener("message", (event) => this.arrived(socket, event.data));
    socket.addEventListener("close", (event) => this.closed(socket, event.code));
  }

  opened(socket) {
    if (socket !== this.socket) return;
    this.openedAt = Date.now();
    this.hooks.state("connected");
    this.hooks.unsent().forEach((frame) => this.send(frame));
  }

  arrived(socket, data) {
    if (socket !== this.socket) return;
    this.movedAt = Date.now();
    this.hooks.frame(JSON.parse(data));
  }

  /** Send now when connected; otherwise it goes with the other unsent frames when the connection opens. */
  send(frame) {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    const text = JSON.stringify(frame);
    this.ranges.set(frame.id, [this.passed, text.length]);
    this.passed += text.length;
    this.movedAt = Date.now();
    this.socket.send(text);
  }

  /** How much of the frame has left this device, from 0 to 1. */
  progress(id) {
    const [start, length] = this.ranges.get(id) || [0, Infinity];
    return Math.max(0, Math.min(1, (this.left() - start) / length));
  }

  left() {
    return this.passed - this.socket.bufferedAmount;
  }

  closed(socket, code) {
    // The office began anew, as the demo does at each start: what this page shows is gone.
    if (code === ANOTHER_HISTORY) return location.reload();
    if (socket !== this.socket || this.timer) return;
    if (this.openedAt && Date.now() - this.openedAt > STEADY_MS) this.attempt = 0;
    this.openedAt = 0;
    this.hooks.state("reconnecting");
    this.timer = setTimeout(() => this.open("reconnecting"), backoff(this.attempt, Math.random()));
    this.attempt += 1;
  }

  hurry() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.open("reconnecting");
  }

  // A phone that changed networks keeps a socket that looks open and carries nothing.
  watch() {
    if (this.socket.readyState !== WebSocket.OPEN || !this.hooks.unsent().length) return;
    if (this.left() !== this.lastLeft) this.movedAt = Date.now();
    this.lastLeft = this.left();
    if (Date.now() - this.movedAt < SILENT_MS) return;
    this.socket.close();
    this.open("unsure");
  }
}
