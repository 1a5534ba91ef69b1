// Text with its web addresses made clickable.

import { element } from "./elements.js";
import { marked } from "./marks.js";

// ASCII only: Chinese text often follows an address without a space.
const ADDRESS = /https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+/gi;
const TRAILING = /[.,;:!?'")\]]+$/;

/** A fragment showing `text`, http(s) addresses as links that open apart, marks of urgency drawn. */
export function linked(text) {
  const fragment = document.createDocumentFragment();
  let shown = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const address = found[0].replace(TRAILING, "");
    fragment.append(...marked(text.slice(shown, found.index)), link(address));
    shown = found.index + address.length;
  }
  fragment.append(...marked(text.slice(shown)));
  return fragment;
}

function link(address) {
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow", textContent: address });
}
