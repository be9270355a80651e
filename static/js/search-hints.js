// <search-hints data-src="/goi-y/" hidden> inside a search form: links below the box while somebody types.
// A combobox with a listbox: arrows choose, Enter opens, Escape closes. Without a script the form just searches.
const WAIT = 120;
let made = 0;

class SearchHints extends HTMLElement {
  connectedCallback() {
    this.input = this.closest("form")?.querySelector("input[type=search]");
    if (!this.input || this.hasAttribute("role")) return;
    this.known = new Map();
    this.at = -1;
    this.id = `goi-y-${(made += 1)}`;
    this.setAttribute("role", "listbox");
    this.setAttribute("aria-label", this.dataset.label);
    const says = { role: "combobox", "aria-autocomplete": "list", "aria-controls": this.id, "aria-expanded": "false" };
    for (const [name, value] of Object.entries(says)) this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => this.ask(WAIT));
    this.input.addEventListener("focus", () => this.ask(0));
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("keydown", (event) => this.key(event));
    // A press on a link must not take the focus away, or the list would be gone before the click.
    this.addEventListener("mousedown", (event) => event.preventDefault());
    window.addEventListener("pagehide", () => this.close());
    if (document.activeElement === this.input && this.input.value) this.ask(0);
  }

  get typed() {
    return this.input.value.normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase().slice(0, 80);
  }

  ask(wait) {
    clearTimeout(this.timer);
    this.asked?.abort();
    const typed = this.typed;
    if (!typed) return this.close();
    if (this.known.has(typed)) return this.show(this.known.get(typed));
    this.timer = setTimeout(() => this.fetch(typed), wait);
    return undefined;
  }

  async fetch(typed) {
    this.asked = new AbortController();
    try {
      const answer = await fetch(`${this.dataset.src}?q=${encodeURIComponent(typed)}`, { signal: this.asked.signal });
      if (!answer.ok) return;
      this.known.set(typed, await answer.text());
      if (this.typed === typed && document.activeElement === this.input) this.show(this.known.get(typed));
    } catch {
      // Typed on, or no network: the form still searches.
    }
  }

  show(html) {
    if (this.shown !== html) this.innerHTML = html;
    this.shown = html;
    this.options = [...this.querySelectorAll("[role=option]")];
    this.options.forEach((each, number) => { each.id = `${this.id}-${number}`; });
    this.choose(-1);
    this.hidden = !this.options.length;
    this.input.setAttribute("aria-expanded", String(!this.hidden));
  }

  close() {
    clearTimeout(this.timer);
    this.asked?.abort();
    if (this.hidden) return;
    this.choose(-1);
    this.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
  }

  choose(number) {
    this.options?.[this.at]?.setAttribute("aria-selected", "false");
    this.at = number;
    const option = this.options?.[number];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.hidden) this.ask(0);
    else if (step) {
      // One place more than there are options: the box itself, with what was typed.
      const places = this.options.length + 1;
      this.choose(((this.at + 1 + step + places) % places) - 1);
    } else if (event.key === "Enter" && this.at >= 0) this.options[this.at].click();
    else if (event.key === "Escape" && !this.hidden) this.close();
    else return;
    event.preventDefault();
  }
}

customElements.define("search-hints", SearchHints);
