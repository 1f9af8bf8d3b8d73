// Where the reader is in the discussion, and how they get from one comment to another.

import { cardOf, isShown, list, numberOf } from "./page.js";

// Comments that come near the window take their height only then and push others away: for so many
// frames a place is taken again.
const FRAMES = 8;
const NEAR = 40; // pixels

let settling;

const top = (element) => element.getBoundingClientRect().top;
const bottom = (element) => element.getBoundingClientRect().bottom;

// The comment with the focus, as long as it is on the screen, or else the last one whose beginning
// has come up to the top; none while the reader is above them all.
export function here() {
  const card = document.activeElement.closest(".card");
  return card && bottom(card) > 0 && top(card) < innerHeight ? card : reached();
}

function reached() {
  const bar = document.getElementById("discussion-bar");
  const edge = Math.max(0, bottom(bar)) + NEAR;
  const cards = top(bar) < NEAR ? [...list.children] : [];
  return cards.findLast((card) => isShown(card) && top(card) < edge);
}

export function goTo(card) {
  // What a browser says before it shows what it found in hidden text: see collapse.js.
  if (card.hidden) card.dispatchEvent(new Event("beforematch", { bubbles: true }));
  if (!isShown(card)) location.hash = card.id;
  const article = card.firstElementChild;
  article.tabIndex = -1;
  article.focus({ preventScroll: true });
  settle(() => card.scrollIntoView());
}

// Another order, and the page loaded again, show what is under the reader's eyes now, where it is
// now. A browser's own memory is of heights, which are guesses before a comment was on the screen.
export function keepPlace() {
  const left = `left:${location.pathname}${location.search}`;
  const [{ type }] = performance.getEntriesByType("navigation");
  const key = type === "navigate" ? "order" : left;
  const place = JSON.parse(sessionStorage.getItem(key));
  sessionStorage.removeItem(key);
  if (place?.path === location.pathname) {
    show(place);
    // While it loads, the browser goes back to what the address names.
    addEventListener("load", () => show(place));
  }
  history.scrollRestoration = "manual";
  addEventListener("pagehide", () => keep(left));
  document.querySelector(".order-switch")?.addEventListener("click", ({ target }) => {
    const card = target.href && reached();
    if (!card) return;
    keep("order");
    target.href = card.querySelector(".number").href + new URL(target.href).search;
  });
}

function keep(key) {
  const card = reached();
  const number = card && numberOf(card);
  const place = { path: location.pathname, number, top: top(card ?? document.body) };
  sessionStorage.setItem(key, JSON.stringify(place));
}

function show(place) {
  const element = cardOf(place.number) ?? document.body;
  // Its end may be what is on the screen, and where that is depends on its height.
  element.style.contentVisibility = "visible";
  settle(() => scrollBy(0, top(element) - place.top));
}

function settle(put, frames = FRAMES) {
  put();
  cancelAnimationFrame(settling);
  if (frames) settling = requestAnimationFrame(() => settle(put, frames - 1));
}
