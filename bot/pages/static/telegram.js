// The demo on Telegram: where its bot is, and one-time codes to become an official there.

import { ask } from "./ask.js";
import { element } from "./elements.js";
import { word } from "./words.js";

/** Show the way to Telegram in the demo's bar, where the demo is there; `tell(text)` says what went wrong. */
export async function startTelegram(bar, tell) {
  const there = await ask("/demo/telegram");
  if (!there?.wanted) return;
  const opener = bar.querySelector(".demo-there");
  const panel = bar.querySelector(".demo-telegram");
  const given = panel.querySelector(".given");
  panel.querySelector(".become").append(
    element("span", { className: "beside", textContent: word("become") }),
    ...there.roles.map((one) => roleButton(one, given, tell)),
  );
  opener.hidden = false;
  opener.addEventListener("click", () => toggle(opener, panel));
}

async function toggle(opener, panel) {
  panel.hidden = !panel.hidden;
  opener.setAttribute("aria-expanded", String(!panel.hidden));
  if (!panel.hidden) showWay(panel.querySelector(".there"), await ask("/demo/telegram"));
}

// The bot's name is known only once Telegram has said it.
function showWay(line, there) {
  line.replaceChildren(...(there?.link ? [word("telegramOpen"), " ", way(there.link)] : [word("telegramWaits")]));
}

function roleButton(one, given, tell) {
  const button = element("button", { type: "button", className: "small", textContent: one.words });
  button.addEventListener("click", async () => {
    const answer = await ask("/demo/invite", { role: one.role });
    tell(answer ? "" : word("telegramFailed"));
    given.hidden = !answer;
    if (answer) given.replaceChildren(...shown(answer));
  });
  return button;
}

function shown({ words, say, link }) {
  return [word("given", { role: words }), " ", element("code", { textContent: say }), " ", link && way(link)].filter(Boolean);
}

function way(link) {
  return element("a", { href: link, target: "_blank", rel: "noopener noreferrer", textContent: link });
}
