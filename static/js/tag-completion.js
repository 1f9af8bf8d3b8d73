/* Offers the tags there are for the word being typed, as a combobox with a list box.

   Arrow keys choose, Enter or Tab takes, Escape closes; what is typed is never changed unasked. */

const PAUSE = 150; // milliseconds without a key

for (const part of document.querySelectorAll("[data-tags]")) {
  const input = part.querySelector("input");
  const list = document.createElement("div");
  list.id = `${input.id}-offered`;
  list.className = "completion-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", part.dataset.list);
  list.hidden = true;
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  part.append(list, status);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) input.setAttribute(name, value);

  let timer = null;
  let asked = 0;
  let chosen = -1;

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose((chosen + step + list.children.length) % list.children.length);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen >= 0) take(list.children[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });

  /* The word at the cursor: between the commas round it. */
  function word() {
    const { value, selectionStart: at } = input;
    const start = value.lastIndexOf(",", at - 1) + 1;
    const comma = value.indexOf(",", at);
    return { start, end: comma < 0 ? value.length : comma };
  }

  async function ask() {
    const { start, end } = word();
    const typed = input.value.slice(start, end).trim();
    const number = (asked += 1);
    if (!typed) return close();
    let tags = [];
    try {
      const answer = await fetch(`${part.dataset.tags}?q=${encodeURIComponent(typed)}`, { redirect: "error" });
      if (answer.ok) ({ tags } = await answer.json());
    } catch {
      // Nothing is offered then; the words stand as they were typed.
    }
    if (number !== asked || document.activeElement !== input) return;
    list.replaceChildren(...tags.map(option));
    list.hidden = !tags.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = part.dataset.offered.replace("{number}", tags.length);
    choose(-1);
  }

  function option({ name, pieces }, place) {
    const row = document.createElement("div");
    row.id = `${list.id}-${place}`;
    row.setAttribute("role", "option");
    row.dataset.name = name;
    const words = document.createElement("bdi");
    words.textContent = name;
    const count = document.createElement("span");
    count.className = "meta number";
    count.textContent = pieces;
    row.append(words, count);
    return row;
  }

  function choose(place) {
    chosen = place;
    [...list.children].forEach((one, n) => one.setAttribute("aria-selected", String(n === place)));
    if (place >= 0) input.setAttribute("aria-activedescendant", list.children[place].id);
    else input.removeAttribute("aria-activedescendant");
  }

  function take(row) {
    const { start, end } = word();
    const lead = start ? " " : "";
    const rest = input.value.slice(end);
    input.setRangeText(`${lead}${row.dataset.name}${rest ? "" : ", "}`, start, end, "end");
    close();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(timer);
  }

  function close() {
    asked += 1;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  }
}
