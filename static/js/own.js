// One's own comments can be edited for a while, and withdrawn.

import { cardOf, fromTemplate, mine } from "./page.js";

export function showOwnVerbs() {
  for (const [number, until] of Object.entries(mine.own)) {
    const card = cardOf(number);
    if (card) addOwnVerbs(card, until);
  }
}

export function addOwnVerbs(card, until) {
  const verbs = fromTemplate("own-verbs");
  for (const link of verbs.querySelectorAll("a")) {
    link.href = link.getAttribute("href").replace("/0/", `/${card.dataset.id}/`);
  }
  if (!until || new Date(until) <= new Date()) verbs.querySelector(".edit").remove();
  card.querySelector(".card-foot").append(verbs);
}
