// Text with its web addresses made clickable.

import { element } from "./elements.js";

// ASCII only: Chinese text often follows an address without a space.
const ADDRESS = /https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+/gi;
const TRAILING = /[.,;:!?'")\]]+$/;

/** A fragment showing `text` exactly, http(s) addresses as links that open apart. */
export function linked(text) {
  const fragment = document.createDocumentFragment();
  let shown = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const address = found[0].replace(TRAILING, "");
    fragment.append(text.slice(shown, found.index), link(address));
    shown = found.index + address.length;
  }
  fragment.append(text.slice(shown));
  return fragment;
}

function link(address) {
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow", textContent: address });
}
