// How a file is shown in a bubble: a picture, a player, or a link with its name.

import { element, icon } from "./elements.js";
import { view } from "./viewer.js";

const KINDS = [
  [/\.(jpe?g|png|gif|webp|avif|bmp)$/i, picture],
  [/\.(mp3|m4a|aac|ogg|oga|opus|wav|weba|webm)$/i, player("audio")],
  [/\.(mp4|m4v|mov)$/i, player("video")],
  [/./, download],
];

/** The element for a file `{name, url}`; without a url that is http(s) or blob it is a name only. */
export function attachment(file) {
  const url = safeAddress(file.url);
  if (!url) return element("span", { className: "file", dir: "auto" }, icon("paper"), file.name);
  const [, show] = KINDS.find(([ending]) => ending.test(file.name)) || KINDS.at(-1);
  return show({ name: file.name, url });
}

function safeAddress(url) {
  if (!url) return null;
  const address = new URL(url, location.href);
  return ["http:", "https:", "blob:"].includes(address.protocol) ? address.href : null;
}

function picture(file) {
  const image = element("img", { src: file.url, alt: file.name, loading: "lazy", decoding: "async" });
  const button = element("button", { type: "button", className: "picture", ariaLabel: file.name }, image);
  button.addEventListener("click", () => view(file));
  image.addEventListener("error", () => button.replaceWith(download(file)));
  return button;
}

function player(tag) {
  const fixed = { controls: true, preload: "metadata", className: tag };
  return (file) => element(tag, { ...fixed, src: file.url, title: file.name });
}

function download(file) {
  const name = element("span", { className: "file-name", textContent: file.name, dir: "auto" });
  return element("a", { href: file.url, download: file.name, className: "file" }, icon("paper"), name);
}
