// What scripts add to an exchange, which shows cards out of their discussion.

import { showFolded } from "./folded.js";
import { showLikes } from "./likes.js";
import { showOwnVerbs } from "./own.js";
import { mine } from "./page.js";
import { showReplyCards } from "./reply_cards.js";
import { showAges } from "./times.js";

showAges();
showReplyCards();
if (mine) {
  showOwnVerbs();
  showLikes();
  showFolded();
}
