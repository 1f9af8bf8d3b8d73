// The keys of the discussion, listed in the dialog that "?" opens. They can be turned off there.

import { toggleFrom } from "./collapse.js";
import { cardOf, isShown, list } from "./page.js";
import { goTo, here } from "./place.js";

const OFF = "keys-off";
const FIELDS = "input, textarea, select, [contenteditable], dialog";

const dialog = document.getElementById("keys");
const press = (selector) => here()?.querySelector(selector)?.click();

const acts = {
  "?": show,
  n: () => step?.("on"),
  p: () => step?.("back"),
  j: () => walk(1),
  k: () => walk(-1),
  c: () => toggleFrom(here()),
  r: () => press(".reply"),
  l: () => press(".like"),
  u: () => {
    const above = cardOf(here()?.dataset.parent);
    if (above) goTo(above);
    else press(".chip");
  },
};

export function listenToKeys(through) {
  step = through;
  const button = document.getElementById("keys-button");
  const on = document.getElementById("keys-on");
  button.onclick = acts["?"];
  on.checked = !localStorage.getItem(OFF);
  // Where fingers do the pointing a keyboard is rare: "?" does, unless the keys are turned off.
  button.hidden = on.checked && !matchMedia("(hover: hover) and (pointer: fine)").matches;
  on.onchange = () => (on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"));
  addEventListener("keydown", (event) => {
    const isText = event.isComposing || event.target.closest(FIELDS);
    const isOther = event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented;
    if (!on.checked || isText || isOther || dialog.open || !acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });
}

let step; // for members, who have new comments

function show() {
  if (dialog.dataset.style) {
    const style = document.createElement("link");
    Object.assign(style, { rel: "stylesheet", href: dialog.dataset.style });
    document.head.append(style);
    delete dialog.dataset.style;
  }
  dialog.showModal();
}

function walk(by) {
  const cards = [...list.children].filter(isShown);
  const next = cards[cards.indexOf(here()) + by];
  if (next) goTo(next);
}
