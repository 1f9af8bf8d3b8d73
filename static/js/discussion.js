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
  setTimeout(showAges); // when all buttons work
  // The cards behind links can wait until somebody points at something; what was done last while
  // they came is done for them once more.
  const before = new AbortController();
  let loading, latest;
  const load = async (event) => {
    latest = event;
    if (loading) return;
    loading = true;
    const { showReplyCards } = await import("./reply_cards.js");
    before.abort();
    showReplyCards();
    latest.target.dispatchEvent(new latest.constructor(latest.type, latest));
  };
  for (const kind of ["over", "down", "up", "cancel"]) {
    document.addEventListener(`pointer${kind}`, load, { signal: before.signal, passive: true });
  }
  document.addEventListener("focusin", load, { signal: before.signal });
}
// `members` is what members alone need; without an account there is nothing of it to load.
export function begin(members) {
  members?.begin();
  if (hasBranches) listenToBranches();
  if (document.getElementById("discussion-bar")) {
    keepPlace();
    listenToKeys(members?.step);
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
