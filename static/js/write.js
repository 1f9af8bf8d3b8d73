// The composer on a page of its own.

import { enhance } from "./composer.js";

const writing = document.querySelector(".writing");
if (writing.querySelector("textarea")) enhance(writing);
