// What comes to the discussion while it is read: see forum/comments/announcements.py for what is
// heard. The page never moves by itself.

import { cardOf, counted, fromTemplate, list, mine } from "./page.js";

const [SHORTEST_PAUSE, LONGEST_PAUSE, SILENCE, HIDDEN] = [2e3, 6e5, 5e4, 2e4]; // milliseconds

const root = document.documentElement;
const bar = document.getElementById("live");
const waiting = new Set();
let heard = performance.timeOrigin;
let pause = SHORTEST_PAUSE;
let said = 0;
let newest, stream, timer;

export function listen() {
  newest = bar.dataset.last;
  addEventListener("pageshow", open);
  // What members alone need may have come after the page was shown.
  if (document.readyState === "complete") open();
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
    if (card && (card.dataset.edit ?? "") !== edit) arrivals().then(({ offer }) => offer(card, number));
  }
  for (const number of gone) {
    waiting.delete(number);
    if (cardOf(number)?.dataset.by) arrivals().then(({ empty }) => empty(cardOf(number)));
  }
  say();
}

function say() {
  for (const number of waiting) if (cardOf(number)) waiting.delete(number);
  if (waiting.size === said || mine?.marks?.muted) return;
  said = waiting.size;
  fill(said ? fromTemplate("live-new") : "", show);
  const words = bar.querySelector("[data-n]");
  if (words) words.parentElement.textContent = counted("live-new", said);
}

function fill(content, act) {
  bar.replaceChildren(content);
  for (const button of bar.querySelectorAll("button")) button.onclick = act;
}

// Until something comes, nobody needs what is done with it.
const arrivals = () => import("./arrivals.js");

async function show() {
  const hadFocus = bar.contains(document.activeElement);
  const numbers = [...waiting].slice(0, 100);
  const page = await arrivals().then(({ bring }) => bring(numbers)).catch(() => {});
  if (!page) return fill(fromTemplate("live-failed"), show);
  document.getElementById("discussion-title").textContent = page.querySelector("h2").textContent;
  for (const number of numbers) waiting.delete(number);
  fill(page.getElementById("shown"), () => fill(""));
  if (hadFocus) bar.querySelector("a, button").focus({ preventScroll: true });
  said = 0;
  say();
}
