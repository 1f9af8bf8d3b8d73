// What scripts add to a discussion that reads and works without them.

import { showLikes } from "./likes.js";
import { findLost } from "./lost.js";
import { listen } from "./live.js";
import { showOwnVerbs } from "./own.js";
import { list, mine } from "./page.js";
import { showReplyCards } from "./reply_cards.js";
import { showAges } from "./times.js";

findLost();
if (list) {
  showAges();
  showReplyCards();
}
if (mine) {
  showOwnVerbs();
  showLikes();
}
if (document.getElementById("live")) listen(finish);

// What came into the page later is as complete as what it began with.
function finish(card) {
  showAges(card);
  if (mine) showLikes(card);
}
