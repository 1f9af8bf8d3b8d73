// What a script adds to a discussion that reads and works without it.

const data = document.getElementById("mine");
const mine = data ? JSON.parse(data.textContent) : null;

function verb(card, name, path) {
  const link = document.createElement("a");
  link.className = "verb";
  link.href = `/comments/${card.dataset.id}/${path}/`;
  link.textContent = name;
  card.querySelector(".card-foot").append(link);
}

for (const [number, until] of Object.entries(mine?.own ?? {})) {
  const card = document.getElementById(`comment-${number}`);
  if (!card) continue;
  if (until && new Date(until) > new Date()) verb(card, "Edit", "edit");
  verb(card, "Withdraw", "withdraw");
}
