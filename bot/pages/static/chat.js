// The page starts here: one chat of one's own, or the demo with its people and its clock.

import { Conversation } from "./conversation.js";
import { startDemo } from "./demo.js";
import { offerCode } from "./join.js";
import { fillWords } from "./words.js";

const { demo, office, person } = document.body.dataset;

/** The socket of `as` (demo only, else ""), from the message after `after`. */
function socketAddress(as, after) {
  const address = new URL("/chat/ws", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.searchParams.set("echo", "1");
  address.searchParams.set("after", after);
  if (as) address.searchParams.set("as", as);
  return address.href;
}

function startChat() {
  const who = { person: person || "", name: office, roles: [], office: true };
  const chat = new Conversation(who, (_, after) => socketAddress("", after), () => countUnseen());
  document.querySelector(".panes").append(chat.node);
  offerCode(chat);
  if (matchMedia("(pointer: fine)").matches) chat.composer.text.focus();
}

let unseen = 0;

function countUnseen() {
  unseen = document.hidden ? unseen + 1 : 0;
  document.title = unseen ? `(${unseen}) ${office}` : office;
}

// Some phones lay the keyboard over the page instead of making it smaller.
function fitAboveKeyboard() {
  const view = window.visualViewport;
  const fit = () => document.documentElement.style.setProperty("--view", `${view.height}px`);
  view?.addEventListener("resize", fit);
  view?.addEventListener("scroll", () => view.scale === 1 && window.scrollTo(0, 0));
}

fillWords(document);
fitAboveKeyboard();
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && unseen) countUnseen();
});
if (demo === "1") startDemo(socketAddress);
else startChat();
