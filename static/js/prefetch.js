// Fetches the page that a pointer, a finger or the focus is about to open: the next page and what cards lead to.
// Public pages may be kept a minute, so the tap finds them in the browser's cache. Not for those who save data.
const LIKELY = "a[rel=next], :is(.card, .offer, .store) a";
const DWELL = 65;
const MOST = 16;
const fetched = new Set([location.href]);
const link = navigator.connection;
const wanted = !link?.saveData && !/2g$/.test(link?.effectiveType ?? "");
let timer;

function fetchAhead(url) {
  if (fetched.has(url) || fetched.size > MOST) return;
  fetched.add(url);
  const hint = document.createElement("link");
  if (hint.relList.supports("prefetch")) {
    hint.rel = "prefetch";
    hint.href = url;
    document.head.append(hint);
  } else {
    fetch(url, { priority: "low" }).catch(() => fetched.delete(url));
  }
}

function meant(event, wait) {
  clearTimeout(timer);
  const target = event.target.closest?.(LIKELY);
  if (target?.origin === location.origin) timer = setTimeout(() => fetchAhead(target.href), wait);
}

if (wanted) {
  document.addEventListener("pointerover", (event) => event.pointerType === "mouse" && meant(event, DWELL));
  document.addEventListener("touchstart", (event) => meant(event, 0), { passive: true });
  document.addEventListener("focusin", (event) => meant(event, DWELL));
}
