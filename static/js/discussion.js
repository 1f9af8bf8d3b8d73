// What scripts add to a discussion that reads and works without them.

import { listenToBranches } from "./collapse.js";
import { listenToKeys } from "./keys.js";
import { listenToMarks } from "./marks.js";
import { showOwnVerbs } from "./own.js";
import { list, mine } from "./page.js";
import { keepPlace } from "./place.js";
import { showAges } from "./times.js";

if (list) showAges();
if (mine) showOwnVerbs();
if (mine?.marks) listenToMarks();
if (list) {
  if (list.dataset.order !== "time") listenToBranches();
  keepPlace();
  listenToKeys();
}
