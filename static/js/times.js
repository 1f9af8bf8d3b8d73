// Kept pages say when something was said by its date; here, as long as it is recent, how long ago.

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];
const RECENT = 7 * 86400;

let say; // which takes a while to make

export function showAges(root = document) {
  const now = Date.now();
  for (const time of root.querySelectorAll(".card time, .rail time")) {
    const age = (now - Date.parse(time.dateTime)) / 1000;
    if (age < 0 || age > RECENT) continue;
    time.title ||= time.textContent;
    time.textContent = ago(age);
  }
}

// How long ago something was, of so many seconds, in words.
export function ago(age) {
  const [unit, length] = UNITS.find(([, seconds]) => age >= seconds) ?? ["minute", 60];
  say ??= new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
  return say.format(-Math.floor(age / length), unit);
}
