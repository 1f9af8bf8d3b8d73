// What all modules of the discussion share: the data that is this reader's, and the cards.

const data = document.getElementById("mine");

// See forum/reading/mine.py for what is in it; null for readers who are not signed in.
export const mine = data && JSON.parse(data.textContent);
export const list = document.getElementById("cards");

export const cardOf = (number) => document.getElementById(`comment-${number}`);
export const numberOf = (card) => Number(card.id.slice("comment-".length));

// Not closed, and not in a discussion that the reader mutes.
export const isShown = (card) => !card.hidden && card.checkVisibility();

// Words and buttons for scripts stand in <template> elements of the page, so that they are
// translated like all the rest.
export const fromTemplate = (id) =>
  document.getElementById(id).content.cloneNode(true);

// A number in words: the template counts to one, two and five, others speak like one of these.
export function counted(id, number) {
  const kind = (n) => new Intl.PluralRules(document.documentElement.lang).select(Number(n));
  const words = [...fromTemplate(id).querySelectorAll("[data-n]")];
  const like = words.findLast(({ dataset }) => kind(dataset.n) === kind(number));
  return like.textContent.replace(like.dataset.n, number);
}

// A POST as a form of the page would send it; answers with the response.
export function post(address, fields = {}, options = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("csrfmiddlewaretoken", mine.csrf);
  const headers = { "X-Requested-With": "fetch" };
  return fetch(address, { method: "POST", body, headers, ...options });
}
