// The demo: several people, each with a chat of their own, side by side, and a clock that can be moved.

import { ask } from "./ask.js";
import { startClock } from "./clock.js";
import { Conversation } from "./conversation.js";
import { offerCode } from "./join.js";
import { Panes } from "./panes.js";
import { PeopleBar } from "./people.js";
import { startPlatforms } from "./platforms.js";
import { word } from "./words.js";

// Between them a case goes its whole way.
const FIRST_SHOWN = ["owner1", "dispatcher", "liaison", "head"];

const bar = document.querySelector(".demo");

/** Show the demo's bar and panes; `socketAddress(person, after)` gives each chat its socket. */
export async function startDemo(socketAddress) {
  bar.hidden = false;
  const said = bar.querySelector(".demo-said");
  const since = await startClock(bar, (text, failed) => tell(said, text, failed));
  startPlatforms(bar, (text) => tell(said, text, true));
  const people = await ask("/demo/people");
  if (!people) return tell(said, word("peopleFailed"), true);
  openChats(people, socketAddress, since);
}

function openChats(people, socketAddress, since) {
  const choose = (person) => panes.show(person);
  const peopleBar = new PeopleBar(bar.querySelector(".people"), people, choose);
  const chats = new Map(people.map((who) => {
    const heard = (message) => Date.parse(message.at) > since && peopleBar.fresh(who.person);
    return [who.person, new Conversation(who, socketAddress, heard)];
  }));
  const panes = new Panes(document.querySelector(".panes"), bar.querySelector(".demo-panes"), chats, (shown, active) =>
    peopleBar.mark(shown, active));
  panes.start(FIRST_SHOWN);
  offerCode(chats.get(panes.active));
}

// What went well shows by itself on the clock and is only said to screen readers.
function tell(line, text, seen) {
  line.textContent = text;
  line.hidden = !text;
  line.classList.toggle("unseen", !seen);
}
