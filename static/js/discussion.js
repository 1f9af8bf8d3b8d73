// What scripts add to a discussion that reads and works without them.

import { listenToBranches, showBranches } from "./collapse.js";
import { listenToKeys } from "./keys.js";
import { findLost } from "./lost.js";
import { listen } from "./live.js";
import { list } from "./page.js";
import { keepPlace } from "./place.js";
import { showAges } from "./times.js";

const hasBranches = list && list.dataset.order !== "time";

findLost();
if (list) {
  showAges();
  // The cards behind links can wait until somebody points at something.
  const first = new AbortController();
  const load = async (event) => {
    first.abort();
    const { showReplyCards } = await import("./reply_cards.js");
    showReplyCards();
    event.target.dispatchEvent(new event.constructor(event.type, event));
  };
  for (const name of ["pointerover", "pointerdown", "focusin"]) {
    document.addEventListener(name, load, { signal: first.signal, passive: true });
  }
}
// `members` is what members alone need; without an account there is nothing of it to load.
export function begin(members) {
  members?.begin();
  if (hasBranches) listenToBranches();
  if (document.getElementById("discussion-bar")) {
    keepPlace();
    listenToKeys();
  }
  if (document.getElementById("live")) listen();

  // What came into the page later is as complete as what it began with.
  list?.addEventListener("arrived", ({ detail: card }) => {
    showAges(card);
    members?.finish(card);
    if (hasBranches) showBranches();
  });
  if (hasBranches) list.addEventListener("mended", showBranches);
}
