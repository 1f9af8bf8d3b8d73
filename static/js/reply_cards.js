// Whoever points at a link to a comment, focuses it or presses it long, sees that comment in a card
// beside it, and both ends light up.
//
// The card stays until pointer and focus have left it and the link, the pointer may enter it, and
// Esc closes it (WCAG 1.4.13). A long press shows it in place of the browser's menu for such a link;
// all other links keep their menu, a mouse keeps it on these too.

const LINKS = ":is(.reply-link, .chip, .answered-by a, .continues a, .host-index li a)[href]";
const SHOW_AFTER = 150;
const HIDE_AFTER = 300;
const LONG_PRESS = 400;

const fetched = new Map();
let link = null; // whose card is shown, or on its way
let peek = null;
let timer = 0;
let touched = false; // by a finger, not a mouse
let pressed = false; // long enough

export function showReplyCards() {
  const on = (name, act) => document.addEventListener(name, act, true);
  on("pointerover", ({ target, pointerType }) => {
    if (pointerType === "touch") return;
    const near = linkAt(target);
    if (near) later(SHOW_AFTER, () => show(near));
    else if (peek?.contains(target)) clearTimeout(timer);
    else if (!document.activeElement.matches(LINKS)) later(HIDE_AFTER, hide);
  });
  on("focusin", ({ target }) => {
    if (linkAt(target) && target.matches(":focus-visible")) later(0, () => show(target));
  });
  on("focusout", () => later(HIDE_AFTER, hide));
  on("keydown", (event) => {
    if (event.key === "Escape" && link) hide();
  });
  on("pointerdown", ({ target, pointerType }) => {
    touched = pointerType === "touch";
    pressed = false;
    if (peek && !peek.contains(target)) hide();
    const near = touched && linkAt(target);
    if (near) later(LONG_PRESS, () => press(near));
  });
  for (const name of ["pointerup", "pointercancel"]) {
    on(name, () => touched && clearTimeout(timer));
  }
  on("contextmenu", (event) => {
    const near = touched && linkAt(event.target);
    if (!near) return;
    event.preventDefault();
    press(near);
  });
  on("click", (event) => {
    if (!linkAt(event.target)) return;
    if (pressed) event.preventDefault();
    else hide();
    pressed = false;
  });
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
  peek.id = "peek";
  peek.className = "peek";
  peek.role = "tooltip";
  for (const part of card.querySelectorAll(":scope > article > :is(.card-head, .prose)")) {
    peek.append(part.cloneNode(true));
  }
  for (const inner of peek.querySelectorAll("*")) {
    inner.removeAttribute("id");
    inner.removeAttribute("href");
  }
  document.body.append(peek);
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

async function elsewhere(to) {
  if (!keyOf(to)) return null;
  const address = `${to.pathname}card/`;
  if (!fetched.has(address)) fetched.set(address, read(address));
  return fetched.get(address);
}

async function read(address) {
  try {
    const response = await fetch(address);
    if (!response.ok) return null;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.querySelector(".card");
  } catch {
    fetched.delete(address);
    return null;
  }
}
