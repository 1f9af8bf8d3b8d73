// Marks for those who do not know them by heart: buttons, and the keys that other editors have.

const KEYS = { b: "bold", i: "italic", k: "link" };
const SHOWN_BELOW = 0.1; // of the limit

export function showTools(writing, form, area) {
  const bar = writing.querySelector("template.tools").content.firstElementChild.cloneNode(true);
  area.before(bar);
  const buttons = [...bar.querySelectorAll("button")];
  // One stop for the Tab key, as toolbars have it.
  const stop = (button) => buttons.forEach((one) => (one.tabIndex = one === button ? 0 : -1));
  stop(buttons[0]);
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const rtl = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
    const count = buttons.length;
    const next = buttons[(buttons.indexOf(document.activeElement) + by * rtl + count) % count];
    stop(next);
    next.focus();
    event.preventDefault();
  });
  bar.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button) use(button.dataset.tool);
  });
  area.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const tool = KEYS[event.key.toLowerCase()];
    if (tool) use(tool);
    else if (event.key === "Enter") form.requestSubmit();
    else return;
    event.preventDefault();
  });

  function use(tool) {
    area.focus();
    tools[tool](area);
  }
}

// How many characters are left, once it comes near: counted as the server counts them.
export function countDown(writing, area, words) {
  const limit = Number(writing.dataset.limit);
  const count = document.createElement("p");
  count.className = "field-help";
  count.role = "status";
  area.after(count);
  const show = () => {
    const left = limit - [...area.value.trimEnd()].length;
    const name = left < 0 ? "over" : "left";
    const said = words.querySelector(`[data-words="${name}"]`).textContent;
    count.textContent = left < limit * SHOWN_BELOW ? `${said} ${Math.abs(left)}` : "";
  };
  area.addEventListener("input", show);
  show();
}

// For how long a comment can still be changed. The seconds are those the server counted, so a clock
// that is wrong does no harm; one that was asleep goes on right.
export function showTimeLeft(writing) {
  const windows = [...writing.querySelectorAll(".time-left > p")];
  if (!windows.length) return;
  const began = Date.now();
  const leftOf = ({ dataset }) => Number(dataset.seconds ?? Infinity) - (Date.now() - began) / 1000;
  const show = () => {
    if (!writing.isConnected) return clearInterval(ticking);
    const open = windows.find((one) => leftOf(one) > 0);
    for (const one of windows) one.hidden = one !== open;
    const span = open.querySelector("span");
    if (span) span.textContent = inWords(leftOf(open));
    else clearInterval(ticking);
  };
  const ticking = setInterval(show, 1000);
  show();
}

// "14 minutes", in the language of the page: the largest unit of which there is at least one.
export function inWords(seconds) {
  const [unit, length] =
    [["day", 86400], ["hour", 3600], ["minute", 60]].find(([, size]) => seconds >= size) ?? ["second", 1];
  const style = { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(Math.floor(seconds / length));
}

// In place of the selection, as if it were typed: it can be undone.
export function insert(area, text) {
  if (text ? document.execCommand("insertText", false, text) : document.execCommand("delete")) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

const selected = (area) => area.value.slice(area.selectionStart, area.selectionEnd);

const tools = {
  bold: (area) => enclose(area, "**"),
  italic: (area) => enclose(area, "*"),
  link(area) {
    const text = selected(area);
    const from = area.selectionStart;
    const isAddress = /^https?:\/\/\S+$/.test(text);
    insert(area, isAddress ? `[](${text})` : `[${text}](https://)`);
    if (isAddress || !text) area.setSelectionRange(from + 1, from + 1);
    else area.setSelectionRange(from + text.length + 3, from + text.length + 11);
  },
  quote: (area) => begin(area, "> "),
  list: (area) => begin(area, "- "),
  code(area) {
    const text = selected(area);
    if (text.includes("\n")) block(area, `\`\`\`\n${text.replace(/\n$/, "")}\n\`\`\``);
    else enclose(area, "`");
  },
};

function enclose(area, mark) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const { length } = mark;
  const isInside = value.slice(from - length, from) === mark && value.slice(to, to + length) === mark;
  const text = selected(area);
  if (isInside && (length > 1 || value[from - 2] !== mark)) {
    area.setSelectionRange(from - length, to + length);
    insert(area, text);
    area.setSelectionRange(from - length, to - length);
  } else {
    insert(area, `${mark}${text}${mark}`);
    area.setSelectionRange(from + length, to + length);
  }
}

// The lines of the selection with the mark before each, or without it where all have it.
function begin(area, mark) {
  const { value } = area;
  const from = value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const end = value.indexOf("\n", area.selectionEnd);
  area.setSelectionRange(from, end < 0 ? value.length : end);
  const lines = selected(area).split("\n");
  const isMarked = lines.every((line) => line.startsWith(mark));
  block(area, lines.map((line) => (isMarked ? line.slice(mark.length) : mark + line)).join("\n"));
}

function block(area, text) {
  const from = area.selectionStart;
  insert(area, text);
  area.setSelectionRange(from, from + text.length);
}
