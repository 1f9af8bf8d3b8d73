// What people say whom the reader mutes, and what is in branches they mute, is folded by a style sheet
// (forum/reading/folding.py); here a button that unfolds it, for a branch as a whole.

import { cardOf, fromTemplate, mine } from "./page.js";

export function showFolded() {
  const people = mine.muted.map((by) => `.card[data-by="${by}"]`);
  const comments = mine.folded.map((number) => `#comment-${number}`);
  const folded = [...people, ...comments].join();
  for (const card of folded ? document.querySelectorAll(folded) : []) {
    if (card.matches(".is-shown") || card.querySelector(".unfold")) continue;
    const button = fromTemplate("unfold").firstChild;
    button.classList.add("unfold");
    button.onclick = () => unfold(card);
    card.querySelector(".card-head .number").before(button);
  }
}

function unfold(first) {
  for (const card of first.parentElement.children) {
    if (!isBelow(card, first)) continue;
    card.classList.add("is-shown");
    card.querySelector(".unfold")?.remove();
  }
  first.dispatchEvent(new Event("unfolded", { bubbles: true }));
  first.querySelector(".author, .number").focus();
}

function isBelow(card, first) {
  if (card === first) return true;
  if (!first.id || !mine.folded.includes(Number(first.id.slice(8)))) return false;
  for (let above = card; above; above = cardOf(above.dataset.parent)) if (above === first) return true;
  return false;
}
