// New since the last visit: marks on new comments, the bar that counts them and leads from one to
// the next, and word to the site of what was seen. A mark stays until the page is left.

import { counted, fromTemplate, list, mine, numberOf, post } from "./page.js";
import { goTo, here } from "./place.js";

const [LOOK, PAUSE] = [1000, 3000]; // milliseconds on the screen; between reports

const bar = document.getElementById("new-bar");
const part = (selector) => bar.querySelector(selector);
const cards = () => [...(list?.children ?? [])];
const marked = () => cards().filter((card) => card.matches(".is-new"));
const timers = new Map();
const unsaid = new Set();
let elsewhere = 0; // new comments on other pages
let marks, report;

const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      clearTimeout(timers.get(target));
      if (isIntersecting) timers.set(target, setTimeout(saw, LOOK, target));
    }
  },
  { rootMargin: "-48px 0px -15%" },
);

export function listenToMarks() {
  accept(mine.marks);
  bar.addEventListener("submit", act);
  bar.addEventListener("click", ({ target }) => {
    if (target.dataset.step) step(target.dataset.step);
  });
  addEventListener("pagehide", tell);
  document.addEventListener("visibilitychange", () => document.hidden && tell());
}

// For comments that came since, too.
export function showMarks() {
  for (const card of cards()) {
    const isNew = isFresh(card);
    const mark = card.querySelector(".new-mark");
    card.classList.toggle("is-new", isNew);
    if (isNew === !!mark) continue;
    if (isNew) card.querySelector(".number").before(fromTemplate("new-mark"));
    else mark.remove();
    observer[isNew ? "observe" : "unobserve"](card);
  }
  const number = elsewhere + marked().length;
  part(".new-count").textContent = number ? counted("new-counts", number) : "";
  part(".new-links")?.remove();
  part(".new-steps").hidden = part("form").hidden = !number;
  part("[name=until]").value = Math.max(marks.until, ...cards().map(numberOf));
  list?.dispatchEvent(new Event("marked"));
}

export async function step(way) {
  const back = way === "back";
  const from = here();
  const isAhead = (card) => !from || from.compareDocumentPosition(card) & (back ? 2 : 4);
  const next = back ? marked().findLast(isAhead) : marked().find(isAhead);
  if (next) return goTo(next);
  if (!elsewhere) return;
  await tell();
  const end = cards().at(back ? 0 : -1);
  location.href = `${bar.dataset.step}&${back ? "before" : "after"}=${end ? numberOf(end) : ""}`;
}

function isFresh(card) {
  const number = numberOf(card);
  const by = Number(card.dataset.by);
  if (!by || by === mine.me || mine.muted.includes(by)) return false;
  if (number > marks.until) return !marks.muted;
  return marks.new.some(([first, last]) => first <= number && number <= last);
}

function accept(given) {
  marks = given;
  elsewhere = given.count - cards().filter(isFresh).length;
  showMarks();
}

function saw(card) {
  // What is in a closed branch or another tab is looked at again in a while.
  if (card.hidden || document.hidden) return timers.set(card, setTimeout(saw, LOOK, card));
  observer.unobserve(card);
  unsaid.add(numberOf(card));
  clearTimeout(report);
  report = setTimeout(tell, PAUSE);
}

async function tell() {
  if (!unsaid.size) return;
  const numbers = [...unsaid];
  unsaid.clear();
  await post(bar.dataset.seen, { numbers }, { keepalive: true }).catch(() => {
    for (const number of numbers) unsaid.add(number);
  });
}

async function act(event) {
  event.preventDefault();
  await tell();
  const { target: form, submitter } = event;
  const fields = Object.fromEntries(new FormData(form, submitter));
  const answer = await post(form.action, fields).catch(() => {});
  if (!answer?.ok) {
    bar.removeEventListener("submit", act);
    return form.requestSubmit(submitter);
  }
  const fresh = await answer.json();
  bar.innerHTML = fresh.bar;
  accept(fresh.marks);
  bar.focus({ preventScroll: true });
}
