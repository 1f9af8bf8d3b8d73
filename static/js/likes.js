// Liking in place: the link to the page for it becomes a button, pressed or not.

import { fromTemplate, mine, numberOf, post } from "./page.js";

const likes = new Set(mine?.liked);

export function showLikes(root = document) {
  for (const link of root.querySelectorAll(".card a.like")) {
    const card = link.closest(".card");
    const button = document.createElement("button");
    button.className = link.className;
    button.textContent = link.textContent;
    button.dataset.address = link.getAttribute("href");
    button.setAttribute("aria-pressed", likes.has(numberOf(card)));
    button.addEventListener("click", toggle);
    if (card.dataset.by === String(mine.me)) link.remove();
    else link.replaceWith(button);
  }
}

async function toggle({ currentTarget: button }) {
  if (button.ariaBusy) return;
  const foot = button.parentElement;
  const like = button.ariaPressed !== "true";
  button.ariaBusy = true;
  button.ariaPressed = like;
  foot.querySelector(".field-error")?.remove();
  try {
    const response = await post(button.dataset.address, { like: like ? "1" : "" });
    const { count, words } = await response.json();
    if (response.ok) showCount(foot, count, words);
    else refuse(button, !like, words);
  } catch {
    refuse(button, !like);
  }
  button.ariaBusy = null;
}

function showCount(foot, count, words) {
  let link = foot.querySelector(".likes");
  if (!link) {
    foot.prepend(fromTemplate("likes-given"));
    link = foot.querySelector(".likes");
    link.href = link.getAttribute("href").replace("/0/", `/${foot.closest(".card").dataset.id}/`);
  }
  link.textContent = words;
  link.hidden = !count;
}

function refuse(button, was, words) {
  button.ariaPressed = was;
  button.after(fromTemplate("like-refused"));
  if (words) button.nextElementSibling.textContent = words;
}
