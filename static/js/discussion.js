// What scripts add to a discussion that reads and works without them.

import { listenToBranches, showBranches } from "./collapse.js";
import { showFolded } from "./folded.js";
import { listenToKeys } from "./keys.js";
import { showLikes } from "./likes.js";
import { findLost } from "./lost.js";
import { listen } from "./live.js";
import { listenToMarks, showMarks } from "./marks.js";
import { showOwnVerbs } from "./own.js";
import { list, mine } from "./page.js";
import { keepPlace } from "./place.js";
import { showReplyCards } from "./reply_cards.js";
import { showAges } from "./times.js";
import { listenToWriters } from "./writing.js";

const hasBranches = list && list.dataset.order !== "time";

findLost();
if (list) {
  showAges();
  showReplyCards();
}
if (mine) {
  showOwnVerbs();
  showLikes();
  listenToWriters();
  showFolded();
}
if (mine?.marks) listenToMarks();
if (hasBranches) listenToBranches();
if (document.getElementById("discussion-bar")) {
  keepPlace();
  listenToKeys();
}
if (document.getElementById("live")) listen(finish);

// What came into the page later is as complete as what it began with.
function finish(card) {
  showAges(card);
  if (mine) showLikes(card);
  if (mine) showFolded();
  if (mine?.marks) showMarks();
  if (hasBranches) showBranches();
}
