/* Says how long the text is while it is written, as the page will say it of the article. */

const text = document.querySelector("form.editor textarea[name=text]");
const said = document.querySelector("[data-word-count]");
const WORDS_A_MINUTE = 240;

if (text && said) {
  const count = () => {
    // Addresses of links and pictures are no words of the text.
    const words = text.value.replace(/\]\([^)]*\)/g, "]");
    const unspaced = words.match(/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/g) ?? [];
    const spaced = words.match(/(?:(?![\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])[\p{L}\p{N}_])+/gu) ?? [];
    const number = spaced.length + Math.floor(unspaced.length / 2);
    said.textContent = said.dataset.words
      .replace("{words}", number.toLocaleString(document.documentElement.lang))
      .replace("{minutes}", Math.max(1, Math.round(number / WORDS_A_MINUTE)));
  };
  let planned = 0;
  text.addEventListener("input", () => {
    cancelAnimationFrame(planned);
    planned = requestAnimationFrame(count);
  });
  count();
}
