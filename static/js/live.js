// What comes to the discussion while it is read: see forum/comments/announcements.py for what is
// heard. The page never moves by itself.

import { cardOf, fromTemplate, list } from "./page.js";

const [SHORTEST_PAUSE, LONGEST_PAUSE, SILENCE, HIDDEN] = [2e3, 6e5, 5e4, 2e4]; // milliseconds

const root = document.documentElement;
const bar = document.getElementById("live");
const waiting = new Set();
let heard = performance.timeOrigin;
let pause = SHORTEST_PAUSE;
let said = 0;
let newest, stream, timer, finish;

// `finished` is called with each card that was put into the page or filled anew.
export function listen(finished) {
  finish = finished;
  newest = bar.dataset.last;
  addEventListener("pageshow", open);
  addEventListener("pagehide", close);
  document.addEventListener("visibilitychange", () =>
    document.hidden ? later(HIDDEN, close) : open());
  // One's own comments come into the list by themselves.
  new MutationObserver(say).observe(list, { childList: true });
}

function open() {
  if (document.hidden) return;
  later(SILENCE, retry);
  if (stream) return;
  const age = Math.ceil((Date.now() - heard) / 1000);
  stream = new EventSource(`${bar.dataset.stream}?after=${newest}&age=${age}`);
  stream.onerror = retry;
  stream.onmessage = ({ data }) => {
    heard = Date.now();
    pause = SHORTEST_PAUSE;
    if (!document.hidden) later(SILENCE, retry);
    hear(JSON.parse(data));
  };
}

function close() {
  stream?.close();
  stream = null;
}

// Not all readers at once, and ever more seldom where there is no room.
function retry() {
  close();
  later(pause * (1 + Math.random()), open);
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

function later(time, act) {
  clearTimeout(timer);
  timer = setTimeout(act, time);
}

function hear({ posted = [], changed = [], gone = [] }) {
  for (const number of posted) {
    newest = Math.max(newest, number);
    waiting.add(number);
  }
  if (posted.length) document.dispatchEvent(new Event("discussion:posted"));
  for (const [number, edit] of changed) {
    const card = cardOf(number);
    if (card && (card.dataset.edit ?? "") !== edit) offer(card, number);
  }
  for (const number of gone) {
    waiting.delete(number);
    if (cardOf(number)?.dataset.by) empty(cardOf(number));
  }
  say();
}

function say() {
  for (const number of waiting) if (cardOf(number)) waiting.delete(number);
  if (waiting.size === said) return;
  said = waiting.size;
  fill(said ? fromTemplate("live-new") : "", show);
  // The template counts to one, two and five; other numbers speak like one of these.
  const kind = (n) => new Intl.PluralRules(root.lang).select(n);
  const like = [...bar.querySelectorAll("[data-n]")].findLast((e) => kind(e.dataset.n) === kind(said));
  like?.parentElement.replaceChildren(like.textContent.replace(like.dataset.n, said));
}

function fill(content, act) {
  bar.replaceChildren(content);
  for (const button of bar.querySelectorAll("button")) button.onclick = act;
}

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
      finish(card);
    }
  });
  return page;
}

async function show() {
  const hadFocus = bar.contains(document.activeElement);
  const numbers = [...waiting].slice(0, 100);
  const page = await bring(numbers).catch(() => {});
  if (!page) return fill(fromTemplate("live-failed"), show);
  document.getElementById("discussion-title").textContent = page.querySelector("h2").textContent;
  for (const number of numbers) waiting.delete(number);
  fill(page.getElementById("shown"), () => fill(""));
  if (hadFocus) bar.querySelector("a, button").focus({ preventScroll: true });
  said = 0;
  say();
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

function offer(card, number) {
  if (card.querySelector(".changed")) return;
  const button = fromTemplate("live-changed").firstChild;
  button.onclick = () => bring([number]);
  card.firstElementChild.append(button);
}

// A text that was hidden or withdrawn stays on no screen, but its room does.
function empty(card) {
  const article = card.firstElementChild;
  article.style.minBlockSize = `${article.getBoundingClientRect().height}px`;
  const words = fromTemplate("live-gone").firstChild;
  words.id = card.querySelector(".author").id;
  card.querySelector(".prose").replaceWith(words);
  for (const part of card.querySelectorAll(".avatar, .author, .badge, .verb, .changed")) part.remove();
  Object.assign(card.dataset, { by: "", edit: "gone" });
}
