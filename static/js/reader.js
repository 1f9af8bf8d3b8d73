import { begin } from "./discussion.js";

begin();
