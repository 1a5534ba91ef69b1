// The colours of urgency, drawn: many machines have no font with these signs and show an empty box.

import { element } from "./elements.js";

const COLOURS = { "🔴": "red", "🟠": "orange", "🟡": "yellow", "🔵": "blue", "⚪": "calm" };
const MARK = /(🔴|🟠|🟡|🔵|⚪)/u;

/** The pieces of `text` as nodes and strings; a sign stays in the text, for copying and reading aloud. */
export function marked(text) {
  return text.split(MARK).filter(Boolean).map((piece) =>
    COLOURS[piece] ? element("span", { className: `mark ${COLOURS[piece]}`, textContent: piece }) : piece);
}
