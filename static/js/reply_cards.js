// Pointing at a link to a comment, focusing it or pressing it long shows that comment in a card, and
// lights up both ends. The pointer may enter the card, Esc closes it (WCAG 1.4.13). A long press
// takes the place of the browser's menu on these links alone; a mouse keeps the menu.

import { mine } from "./page.js";

const LINKS = ":is(.reply-link, .chip, .answered-by a, .continues a, .host-index li a)[href]";
const SHOW_AFTER = 150;
const HIDE_AFTER = 300;
const LONG_PRESS = 400;

const fetched = new Map();
let link, peek, timer; // whose card is shown or on its way, the card, what happens next
let touched, pressed; // by a finger; long enough
let resting, isPassing; // where the pointer came to rest; whether the page moves under it

export function showReplyCards() {
  const on = (name, act) => document.addEventListener(name, act, true);
  // What moves under a pointer that rests is not pointed at, until the pointer moves.
  on("pointerover", (event) => {
    isPassing = spot(event) === resting;
    if (!isPassing) point(event);
  });
  on("pointermove", (event) => {
    resting = spot(event);
    if (isPassing) point(event);
    isPassing = false;
  });
  on("focusin", ({ target }) => {
    if (target.matches(`${LINKS}:focus-visible`)) later(0, () => show(target));
  });
  on("focusout", () => later(HIDE_AFTER, hide));
  on("keydown", ({ key }) => key === "Escape" && hide());
  on("pointerdown", ({ target, pointerType }) => {
    touched = pointerType === "touch";
    pressed = false;
    if (peek && !peek.contains(target)) hide();
    const near = touched && linkAt(target);
    if (near) later(LONG_PRESS, () => press(near));
  });
  for (const name of ["pointerup", "pointercancel"]) on(name, () => touched && clearTimeout(timer));
  on("contextmenu", (event) => {
    if (!touched || !linkAt(event.target)) return;
    event.preventDefault();
    press(linkAt(event.target));
  });
  on("click", (event) => {
    if (!linkAt(event.target)) return;
    if (pressed) event.preventDefault();
    else hide();
    pressed = false;
  });
}

const spot = ({ clientX, clientY }) => `${clientX} ${clientY}`;
function point({ target, pointerType }) {
  if (pointerType === "touch") return;
  const near = linkAt(target);
  if (near) later(SHOW_AFTER, () => show(near));
  else if (peek?.contains(target)) clearTimeout(timer);
  else if (!document.querySelector(`${LINKS}:focus-visible`)) later(HIDE_AFTER, hide);
}

const linkAt = (target) => target.closest?.(LINKS);

function later(delay, act) {
  clearTimeout(timer);
  timer = setTimeout(act, delay);
}

function press(near) {
  pressed = true;
  clearTimeout(timer);
  show(near);
}

async function show(to) {
  if (link === to) return;
  hide();
  link = to;
  light(true);
  const card = here(to) ?? (await elsewhere(to));
  if (!card || link !== to) return;
  peek = document.createElement("div");
  peek.id = peek.className = "peek";
  peek.role = "tooltip";
  const parts = mine?.muted.includes(Number(card.dataset.by)) ? ".card-head" : ":is(.card-head, .prose)";
  for (const part of card.querySelectorAll(`:scope > article > ${parts}`)) {
    peek.append(part.cloneNode(true));
  }
  for (const inner of peek.querySelectorAll("*")) {
    for (const name of ["id", "href"]) inner.removeAttribute(name);
  }
  document.getElementById("main").append(peek);
  to.setAttribute("aria-describedby", peek.id);
  place(to.getClientRects()[0]);
}

function place(at) {
  const { offsetHeight: height, offsetWidth: width } = peek;
  const below = at.bottom + height + 8 < innerHeight || at.top < height;
  const most = document.documentElement.clientWidth - width - 8;
  peek.style.top = `${scrollY + (below ? at.bottom + 4 : at.top - height - 4)}px`;
  peek.style.left = `${Math.max(8, Math.min(at.left, most))}px`;
}

function hide() {
  clearTimeout(timer);
  if (!link) return;
  light(false);
  link.removeAttribute("aria-describedby");
  peek?.remove();
  link = peek = null;
}

function light(on) {
  for (const end of [link.closest(".card"), here(link)]) end?.classList.toggle("is-lit", on);
}

// The card that a link leads to, where it is on this page.
function here(to) {
  const key = keyOf(to);
  if (key) return document.querySelector(`.card[data-id="${key}"]`);
  return document.getElementById(to.hash.slice(1))?.closest(".card");
}

const keyOf = (to) => /\/comments\/(\d+)\/$/.exec(to.pathname)?.[1];

function elsewhere(to) {
  if (!keyOf(to)) return null;
  const address = `${to.pathname}card/`;
  if (!fetched.has(address)) fetched.set(address, read(address));
  return fetched.get(address);
}

async function read(address) {
  const response = await fetch(address).catch(() => null);
  if (!response) fetched.delete(address);
  if (!response?.ok) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return page.querySelector(".card");
}
