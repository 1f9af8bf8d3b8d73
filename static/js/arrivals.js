// What is done with comments that came, or changed, while the page is read; loaded when there are
// any. For each card that is put into the page or filled anew, "arrived" is told to the list.

import { cardOf, fromTemplate, list } from "./page.js";

const root = document.documentElement;
const bar = document.getElementById("live");

// The cards of these comments, each put in its place or filled anew; the page they came with.
export async function bring(numbers) {
  const start = new URL(location).searchParams.get("start");
  const answer = await fetch(`${bar.dataset.cards}&start=${start}&numbers=${numbers}`);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  keepStill(() => {
    for (const place of page.querySelectorAll("[data-below]")) {
      let card = place.firstElementChild;
      const old = document.getElementById(card.id);
      const above = cardOf(place.dataset.below);
      if (old) {
        for (const part of [".card-head", ".prose"]) {
          old.querySelector(part).replaceWith(card.querySelector(part));
        }
        Object.assign(old.dataset, card.dataset);
        old.querySelector(".changed")?.remove();
        card = old;
      } else {
        card.classList.add("is-new");
        above ? above.after(card) : list.prepend(card);
      }
      list.dispatchEvent(new CustomEvent("arrived", { detail: card }));
    }
    mend(page);
  });
  return page;
}

// What an answer changes in the cards that were there: how far those of its thread stand in, how many
// replies they have, and which comments answer them.
function mend(page) {
  const shape = JSON.parse(page.getElementById("shape").dataset.shape);
  for (const [number, [indent, shown, replies]] of Object.entries(shape)) {
    const card = cardOf(number);
    if (!card) continue;
    card.className = card.className.replace(/ ?indent-\d/, "");
    if (indent) card.classList.add(`indent-${indent}`);
    const chip = card.querySelector(".chip");
    if (chip && shown) chip.className = `chip chip-${shown}`;
    if (replies) card.dataset.replies = replies;
  }
  for (const { dataset, firstChild: words } of page.querySelectorAll("[data-answered]")) {
    const foot = cardOf(dataset.answered)?.querySelector(".card-foot");
    const old = foot?.querySelector(".answered-by");
    if (old) old.replaceWith(words);
    else foot?.querySelector(".verb:not(.branch)")?.before(words, " ");
  }
  list.dispatchEvent(new Event("mended"));
}

// What the reader types into or looks at stays where it is on the screen.
function keepStill(change) {
  const box = (e) => e.getBoundingClientRect();
  const held = [document.activeElement, ...list.children].find(
    (e) => e.closest(".card, form") && box(e).bottom > 0 && box(e).top < innerHeight);
  const top = held && box(held).top;
  root.style.overflowAnchor = "none";
  change();
  if (held) scrollBy({ top: box(held).top - top, behavior: "instant" });
  requestAnimationFrame(() => (root.style.overflowAnchor = ""));
}

export function offer(card, number) {
  if (card.querySelector(".changed")) return;
  const button = fromTemplate("live-changed").firstChild;
  button.onclick = () => bring([number]);
  card.firstElementChild.append(button);
}

// A text that was hidden or withdrawn stays on no screen, but its room does. It may be heard twice.
export function empty(card) {
  if (!card?.dataset.by) return;
  const article = card.firstElementChild;
  article.style.minBlockSize = `${article.getBoundingClientRect().height}px`;
  const words = fromTemplate("live-gone").firstChild;
  words.id = card.querySelector(".author").id;
  card.querySelector(".prose").replaceWith(words);
  for (const part of card.querySelectorAll(".avatar, .author, .badge, .verb, .changed")) part.remove();
  Object.assign(card.dataset, { by: "", edit: "gone" });
}
