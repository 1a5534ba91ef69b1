// The bar of sample people: tap one to see the town as that person does.

import { element } from "./elements.js";
import { word } from "./words.js";

export class PeopleBar {
  /** `choose(person)` is called for a tap. */
  constructor(nav, people, choose) {
    this.chips = new Map(people.map((who) => [who.person, chip(who, choose)]));
    this.people = new Map(people.map((who) => [who.person, who]));
    this.unread = new Map();
    this.shown = [];
    nav.append(...this.chips.values());
  }

  /** A message came for `person`: counted unless that person's chat is in sight. */
  fresh(person) {
    if (this.shown.includes(person)) return;
    this.count(person, (this.unread.get(person) || 0) + 1);
  }

  /** Mark the people in sight, and the one whose pane is in use. */
  mark(shown, active) {
    this.shown = shown;
    for (const [person, node] of this.chips) {
      node.setAttribute("aria-pressed", String(shown.includes(person)));
      node.classList.toggle("active", person === active);
    }
    shown.forEach((person) => this.count(person, 0));
    this.chips.get(active)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  count(person, count) {
    this.unread.set(person, count);
    const node = this.chips.get(person);
    const { name } = this.people.get(person);
    node.querySelector(".badge").textContent = count || "";
    if (count) node.setAttribute("aria-label", word("unread", { name, count }));
    else node.removeAttribute("aria-label");
  }
}

function chip(who, choose) {
  const name = element("span", { className: "person-name", textContent: who.name });
  const roles = element("span", { className: "person-roles", textContent: who.roles.join(" ") });
  const badge = element("span", { className: "badge" });
  const node = element("button", { type: "button", className: "person" }, name, roles, badge);
  node.addEventListener("click", () => choose(who.person));
  return node;
}
