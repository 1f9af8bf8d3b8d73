// What scripts add to a discussion that reads and works without them.

import { listen } from "./live.js";
import { showOwnVerbs } from "./own.js";
import { list, mine } from "./page.js";
import { showAges } from "./times.js";
import { listenToWriters } from "./writing.js";

if (list) showAges();
if (mine) {
  showOwnVerbs();
  listenToWriters();
}
if (document.getElementById("live")) listen(showAges);
