// A voice note: press, speak, send or cancel.

import { minutesAndSeconds } from "./times.js";
import { word } from "./words.js";

const LONGEST_SECONDS = 300;
const SECOND_MS = 1000;
const FORMATS = [
  ["audio/webm;codecs=opus", "voice.webm"],
  ["audio/ogg;codecs=opus", "voice.ogg"],
  ["audio/mp4", "voice.m4a"],
];

export const canRecord = Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder && format());

function format() {
  return FORMATS.find(([type]) => MediaRecorder.isTypeSupported(type));
}

export class VoiceNote {
  /** `done(file)` with the finished note, `failed()` when the microphone cannot be had. */
  constructor(form, { done, failed }) {
    this.done = done;
    this.failed = failed;
    this.panel = form.querySelector(".recording");
    this.line = form.querySelector(".line");
    this.time = form.querySelector(".recording-time");
    this.panel.querySelector(".finish").addEventListener("click", () => this.finish());
    this.panel.querySelector(".cancel").addEventListener("click", () => this.cancel());
  }

  async start() {
    if (this.recorder) return;
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (refusal) {
      console.info(refusal.name);
      this.failed();
      return;
    }
    this.listen();
  }

  listen() {
    const pieces = [];
    const [type, name] = format();
    this.wanted = true;
    this.recorder = new MediaRecorder(this.stream, { mimeType: type });
    this.recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
    this.recorder.addEventListener("stop", () => this.stopped(new File(pieces, name, { type })));
    this.recorder.start();
    this.count(0);
    this.show(true);
  }

  count(seconds) {
    this.time.textContent = word("recording", { time: minutesAndSeconds(seconds) });
    if (seconds >= LONGEST_SECONDS) this.finish();
    else this.ticking = setTimeout(() => this.count(seconds + 1), SECOND_MS);
  }

  finish() {
    this.recorder?.stop();
  }

  cancel() {
    this.wanted = false;
    this.recorder?.stop();
  }

  stopped(file) {
    clearTimeout(this.ticking);
    this.stream.getTracks().forEach((track) => track.stop());
    this.recorder = null;
    this.show(false);
    if (this.wanted) this.done(file);
  }

  show(recording) {
    this.panel.hidden = !recording;
    this.line.hidden = recording;
    if (recording) this.panel.querySelector(".finish").focus();
  }
}
