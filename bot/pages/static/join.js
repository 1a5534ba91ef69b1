// A link with a one-time code: the code is offered above the composer, and sent once, when the person taps.

import { word } from "./words.js";

const SHAPE = /^[A-Za-z0-9-]{4,40}$/;

/** Offer the code of the page's address in `chat`, if there is one. */
export function offerCode(chat) {
  const code = new URLSearchParams(location.search).get("join") || "";
  if (!SHAPE.test(code)) return;
  const offer = chat.node.querySelector(".invited");
  offer.querySelector(".invited-words").textContent = word("invited", { code });
  offer.querySelector(".decline").addEventListener("click", () => put(offer));
  offer.querySelector(".accept").addEventListener("click", () => {
    put(offer);
    chat.say({ text: `/join ${code}` });
  });
  offer.hidden = false;
}

// The code leaves the address too, so that reloading the page does not offer it again.
function put(offer) {
  offer.hidden = true;
  history.replaceState(null, "", location.pathname + location.hash);
}
