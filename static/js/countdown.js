// How long until something can be posted: counted down beside the moment, and said once it is over.

const shown = new WeakSet();

export function countDownTo(root = document) {
  for (const notice of root.querySelectorAll("[data-until]")) {
    if (shown.has(notice)) continue;
    shown.add(notice);
    const until = Date.parse(notice.dataset.until);
    const left = notice.querySelector("output");
    const tick = () => {
      if (!notice.isConnected) return clearInterval(timer);
      const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      left.textContent = seconds ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : notice.dataset.over;
      if (!seconds) clearInterval(timer);
    };
    const timer = setInterval(tick, 1000);
    tick();
  }
}
