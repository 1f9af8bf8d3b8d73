// What people say whom the reader mutes is folded by a style sheet (forum/reading/folding.py);
// here a button that unfolds it.

import { fromTemplate, mine } from "./page.js";

export function showFolded() {
  for (const by of mine.muted) {
    for (const card of document.querySelectorAll(`.card[data-by="${by}"]:not(.is-shown)`)) {
      if (card.querySelector(".unfold")) continue;
      const button = fromTemplate("unfold").firstChild;
      button.classList.add("unfold");
      button.onclick = () => {
        card.classList.add("is-shown");
        card.querySelector(".author").focus();
        button.remove();
      };
      card.querySelector(".card-head .number").before(button);
    }
  }
}
