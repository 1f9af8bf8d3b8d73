// Behind an @ the names of those who may be meant, people of this discussion first, each with the
// comment that will be linked. A list box that the field speaks for (aria-activedescendant).

import { insert } from "./tools.js";

const REST = 120; // milliseconds
// As forum/comments/reply_links.py has it, up to the caret.
const HANDLE = /(?<![\p{L}\p{N}_.@/&#;])@([^\n@#]{0,60})$/u;

export function completeNames(writing, area, words) {
  const list = document.createElement("ul");
  list.role = "listbox";
  list.id = `${area.id}-names`;
  list.className = "names";
  list.ariaLabel = "@";
  list.hidden = true;
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.role = "status";
  area.after(list, said);
  for (const [name, value] of [
    ["aria-autocomplete", "list"],
    ["aria-controls", list.id],
    ["aria-haspopup", "listbox"],
    ["autocomplete", "off"],
  ]) {
    area.setAttribute(name, value);
  }
  let timer = 0;
  let asked = null;
  let nothing = null; // what no name begins with, so nothing longer does
  let found = [];

  area.addEventListener("input", look);
  area.addEventListener("blur", close);
  area.addEventListener("click", close);
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) choose((active() + by + found.length) % found.length);
    else if (event.key === "Enter" || event.key === "Tab") take(active());
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => {
    // The field keeps the focus.
    event.preventDefault();
    const option = event.target.closest("li");
    if (option) take([...list.children].indexOf(option));
  });

  function typed() {
    if (area.selectionStart !== area.selectionEnd) return null;
    const name = HANDLE.exec(area.value.slice(0, area.selectionStart))?.[1];
    return name === undefined || /^\s|\s\s$/.test(name) ? null : name;
  }

  function look() {
    clearTimeout(timer);
    const name = typed();
    if (name === null || (nothing !== null && name.startsWith(nothing))) return close();
    nothing = null;
    timer = setTimeout(() => ask(name), REST);
  }

  async function ask(name) {
    asked?.abort();
    asked = new AbortController();
    const address = `${writing.dataset.names}&typed=${encodeURIComponent(name)}`;
    try {
      const response = await fetch(address, { signal: asked.signal });
      found = (await response.json()).names;
    } catch {
      return;
    }
    if (typed() !== name || document.activeElement !== area) return;
    if (!found.length) nothing = name;
    show();
  }

  function show() {
    if (!found.length) return close();
    list.replaceChildren(...found.map((one, place) => {
      const option = document.createElement("li");
      option.role = "option";
      option.id = `${list.id}-${place}`;
      const name = document.createElement("bdi");
      name.textContent = one.name;
      option.append(name);
      if (one.number) {
        const words = document.createElement("span");
        words.textContent = ` → ${one.number}: ${one.words}`;
        option.append(words);
      }
      return option;
    }));
    list.hidden = false;
    place();
    said.textContent = `${words.querySelector('[data-words="names"]').textContent} ${found.length}`;
    choose(0);
  }

  const active = () => [...list.children].findIndex((option) => option.ariaSelected === "true");

  function choose(place) {
    for (const [at, option] of [...list.children].entries()) {
      option.ariaSelected = String(at === place);
    }
    area.setAttribute("aria-activedescendant", list.children[place].id);
    list.children[place].scrollIntoView({ block: "nearest" });
  }

  function take(place) {
    const { name } = found[place];
    const end = area.selectionStart;
    const start = end - typed().length;
    close();
    area.setSelectionRange(start, end);
    insert(area, `${name}${start === 1 ? ": " : " "}`);
    close();
  }

  function close() {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    said.textContent = "";
    area.removeAttribute("aria-activedescendant");
  }

  // Below the @, which a copy of the field in plain boxes tells the place of.
  function place() {
    const style = getComputedStyle(area);
    const copy = document.createElement("div");
    for (const name of ["font", "padding", "border", "boxSizing", "letterSpacing", "direction"]) {
      copy.style[name] = style[name];
    }
    Object.assign(copy.style, {
      position: "absolute",
      visibility: "hidden",
      whiteSpace: "pre-wrap",
      overflowWrap: "break-word",
      inlineSize: style.inlineSize,
    });
    const mark = document.createElement("span");
    mark.textContent = "@";
    copy.append(area.value.slice(0, area.selectionStart - typed().length - 1), mark);
    area.after(copy);
    const top = area.offsetTop + mark.offsetTop + mark.offsetHeight - area.scrollTop;
    const most = area.offsetLeft + area.offsetWidth - list.offsetWidth;
    list.style.top = `${Math.min(top + 4, area.offsetTop + area.offsetHeight)}px`;
    list.style.left = `${Math.max(0, Math.min(area.offsetLeft + mark.offsetLeft, most))}px`;
    copy.remove();
  }
}
