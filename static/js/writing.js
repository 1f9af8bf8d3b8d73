// The few lines that wait for somebody who wants to write: all that a composer needs is loaded then.

import { fromTemplate } from "./page.js";

const TEXTS = ".card > article > .prose, .article-body";

let quote;

export function listenToWriters() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".card a:is(.reply, .edit)");
    const isOther = event.button || event.ctrlKey || event.metaKey || event.shiftKey;
    if (!link || isOther || event.defaultPrevented) return;
    event.preventDefault();
    import("./composer.js").then(({ open }) => open(link)).catch(() => location.assign(link.href));
  });
  const area = document.querySelector("#composer textarea");
  if (!area) return;
  const adopt = () =>
    import("./composer.js").then(({ adopt }) => adopt(area)).catch(() => {});
  area.addEventListener("focus", adopt);
  if (area === document.activeElement) adopt();
  document.addEventListener("selectionchange", offerQuote);
  // A click gives the focus to the whole of the page, so Tab would begin at its top.
  document.addEventListener("keydown", (event) => {
    const isFree = document.activeElement.matches("body, #main");
    if (event.key !== "Tab" || event.shiftKey || !isFree || !quote?.isConnected) return;
    event.preventDefault();
    quote.focus();
  });
}

// For a selection within one text: near it on the screen, and next for the keyboard.
function offerQuote() {
  const selection = getSelection();
  const text = textOf(selection);
  if (!text) {
    if (quote !== document.activeElement) quote?.remove();
    return;
  }
  if (!quote) {
    quote = fromTemplate("quote-selected").firstElementChild;
    // The selection would be gone before the click.
    quote.addEventListener("pointerdown", (event) => event.preventDefault());
    quote.addEventListener("click", quoteIt);
  }
  if (quote.previousElementSibling !== text) text.after(quote);
  const boxes = selection.getRangeAt(0).getClientRects();
  const end = boxes[boxes.length - 1];
  const room = quote.offsetParent.getBoundingClientRect();
  const most = room.width - quote.offsetWidth;
  quote.style.top = `${end.bottom - room.top + 4}px`;
  quote.style.left = `${Math.max(0, Math.min(end.right - room.left, most))}px`;
}

function textOf(selection) {
  if (selection.isCollapsed || !selection.toString().trim()) return null;
  const [from, to] = [selection.anchorNode, selection.focusNode].map((node) =>
    (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement).closest(TEXTS));
  return from === to ? from : null;
}

function quoteIt() {
  const selection = getSelection();
  const words = selection.toString();
  const card = quote.closest(".card");
  quote.remove();
  selection.removeAllRanges();
  import("./composer.js").then(({ quoteInto }) => quoteInto(words, card)).catch(() => {});
}
