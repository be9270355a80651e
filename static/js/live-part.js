// <live-part id="…" data-url="address" data-every="5" data-until="3600">: asks for the page (or fragment) again and
// puts the element of the same id in its place. A header `HX-Redirect` or an answer without the element: go there.
class LivePart extends HTMLElement {
  connectedCallback() {
    this.every = Math.max(2, Number(this.dataset.every) || 5) * 1000;
    this.end = Date.now() + (Number(this.dataset.until) || 3600) * 1000;
    this.wait();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  wait() {
    if (Date.now() < this.end) this.timer = setTimeout(() => this.ask(), this.every);
  }

  async ask() {
    if (document.hidden) return this.wait();
    try {
      const url = this.dataset.url || location.href;
      const answer = await fetch(url, { headers: { "X-Live-Part": this.id }, credentials: "same-origin" });
      const elsewhere = answer.headers.get("HX-Redirect");
      if (elsewhere) return location.assign(elsewhere);
      if (answer.ok) return this.put(await answer.text());
    } catch {
      // no network: the next round asks again
    }
    this.every = Math.min(this.every * 1.5, 60000);
    return this.wait();
  }

  put(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(this.id);
    if (!fresh) return location.reload();
    if (fresh.innerHTML !== this.innerHTML) this.innerHTML = fresh.innerHTML;
    if (!fresh.hasAttribute("data-done")) return this.wait();
    this.dataset.done = "";
    return undefined;
  }
}

customElements.define("live-part", LivePart);
