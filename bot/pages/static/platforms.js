// The demo on Telegram, in WeCom and WeChat: where it is there, and one-time codes to become an official.

import { ask } from "./ask.js";
import { element } from "./elements.js";
import { word } from "./words.js";

/** Show the ways in the demo's bar, where the demo is on a platform; `tell(text)` says what went wrong. */
export async function startPlatforms(bar, tell) {
  const there = await ask("/demo/platforms");
  if (!there?.wanted) return;
  const opener = bar.querySelector(".demo-there");
  const panel = bar.querySelector(".demo-telegram");
  const given = panel.querySelector(".given");
  opener.textContent = word(named(there));
  panel.setAttribute("aria-label", opener.textContent);
  panel.querySelector(".become").append(
    element("span", { className: "beside", textContent: word("become") }),
    ...there.roles.map((one) => roleButton(one, given, tell)),
  );
  opener.hidden = false;
  opener.addEventListener("click", () => toggle(opener, panel));
}

function named({ telegram, wecom }) {
  if (telegram && wecom) return "platforms";
  return wecom ? "wecom" : "telegram";
}

async function toggle(opener, panel) {
  panel.hidden = !panel.hidden;
  opener.setAttribute("aria-expanded", String(!panel.hidden));
  if (!panel.hidden) showWays(panel.querySelector(".there"), await ask("/demo/platforms"));
}

// A bot's name, and the link of customer service, are known only once the platform has said them.
function showWays(line, there) {
  const ways = [
    there?.telegram && (there.link ? [word("telegramOpen"), " ", way(there.link)] : [word("telegramWaits")]),
    there?.kefuWanted && (there.kefu ? [word("kefuOpen"), " ", way(there.kefu)] : [word("kefuWaits")]),
    there?.app && [word("wecomOpen")],
  ];
  line.replaceChildren(...ways.filter(Boolean).map((parts) => paragraph(parts)));
}

function paragraph(parts) {
  const made = element("span", { className: "way" });
  made.append(...parts);
  return made;
}

function roleButton(one, given, tell) {
  const button = element("button", { type: "button", className: "small", textContent: one.words });
  button.addEventListener("click", async () => {
    const answer = await ask("/demo/invite", { role: one.role });
    tell(answer ? "" : word("inviteFailed"));
    given.hidden = !answer;
    if (answer) given.replaceChildren(...shown(answer));
  });
  return button;
}

function shown({ words, say, link, app }) {
  const key = link && app ? "givenBoth" : link ? "given" : "givenWecom";
  return [word(key, { role: words }), " ", element("code", { textContent: say }), " ", link && way(link)].filter(Boolean);
}

function way(link) {
  return element("a", { href: link, target: "_blank", rel: "noopener noreferrer", textContent: link });
}
