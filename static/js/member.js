// In one graph with the rest, so that nobody presses a button before it is listened to.

import { begin } from "./discussion.js";
import * as members from "./members.js";

begin(members);
