// Branches of threads that the reader closes: by the button of the comment they hang from, or by a
// click on their rule. What is closed stays so for the visit. Whatever leads into a closed branch
// opens it: a link, the address, finding in the page, the keys.

import { cardOf, counted, list, mine, numberOf } from "./page.js";
import { goTo } from "./place.js";

const KEY = `closed:${location.pathname}`;
// What the reader mutes is closed when they come.
const closed = new Set(JSON.parse(sessionStorage.getItem(KEY)) ?? mine?.branches);

const buttonOf = (card) => card.querySelector(".branch");
const parentOf = (card) => cardOf(card.dataset.parent);
const indentOf = (card) => Number(getComputedStyle(card).getPropertyValue("--indent"));

export function listenToBranches() {
  showBranches();
  list.addEventListener("marked", apply);
  list.addEventListener("unfolded", ({ target }) => {
    closed.delete(numberOf(target));
    apply();
  });
  list.addEventListener("beforematch", open);
  list.addEventListener("click", (event) => toggle(ownerOfRule(event)));
  addEventListener("hashchange", openTarget);
  openTarget();
}

// For comments that came since, too.
export function showBranches() {
  for (const card of list.querySelectorAll("[data-replies]")) {
    if (buttonOf(card)) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "verb branch";
    button.onclick = () => toggle(card);
    card.querySelector(".card-foot").prepend(button);
  }
  apply();
}

// A comment without replies closes the branch that it stands in.
export const toggleFrom = (card) => toggle(buttonOf(card) ? card : parentOf(card));

function toggle(card) {
  if (!card || !buttonOf(card)) return;
  const number = numberOf(card);
  if (!closed.delete(number)) closed.add(number);
  apply();
  buttonOf(card).focus();
}

function open({ target: card }) {
  while ((card = parentOf(card))) closed.delete(numberOf(card));
  apply();
}

function openTarget() {
  const card = document.getElementById(location.hash.slice(1));
  if (card?.hidden) goTo(card);
}

function apply() {
  const under = new Map(); // numbers of what stands in closed branches: the card they hang from
  const fresh = new Map();
  for (const card of list.children) {
    const number = numberOf(card);
    const owner = under.get(Number(card.dataset.parent));
    card.hidden = owner ? "until-found" : false;
    if (owner || closed.has(number)) under.set(number, owner ?? card);
    if (owner && card.matches(".is-new")) fresh.set(owner, (fresh.get(owner) ?? 0) + 1);
  }
  for (const button of list.querySelectorAll(".branch")) {
    const card = button.closest(".card");
    const words = fresh.has(card) ? ` · ${counted("new-counts", fresh.get(card))}` : "";
    button.ariaExpanded = !closed.has(numberOf(card));
    button.textContent = card.dataset.replies + words;
  }
  sessionStorage.setItem(KEY, JSON.stringify([...closed]));
}

// Left of a comment every rule belongs to the one above it that stands where the rule does.
function ownerOfRule({ target, clientX }) {
  if (!target.matches(".card")) return null;
  const style = getComputedStyle(target);
  const shown = Math.min(indentOf(target), style.getPropertyValue("--deepest"));
  const step = (parseFloat(style.paddingInlineStart) - parseFloat(style.paddingInlineEnd)) / shown;
  const left = target.firstElementChild.getBoundingClientRect().left - clientX;
  const rule = shown - Math.max(1, Math.round(left / step));
  if (!shown || left < 0 || rule < 0) return null;
  while (target && indentOf(target) > rule) target = parentOf(target);
  return target;
}
