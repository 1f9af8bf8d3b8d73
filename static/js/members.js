// What scripts add to a discussion for members.

import { showFolded } from "./folded.js";
import { showLikes } from "./likes.js";
import { listenToMarks, showMarks, step as stepThroughNew } from "./marks.js";
import { showOwnVerbs } from "./own.js";
import { mine } from "./page.js";
import { listenToWriters } from "./writing.js";

export function begin() {
  showOwnVerbs();
  showLikes();
  listenToWriters();
  showFolded();
  if (mine.marks) listenToMarks();
}

export const step = (way) => mine.marks && stepThroughNew(way);

// A card that came into the page later.
export function finish(card) {
  showLikes(card);
  showFolded();
  if (mine.marks) showMarks();
}
