// <place-picker>: choosing the province fetches its communes; typing finds one, with or without diacritics.
const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase().replace(/\s+/g, " ").trim();

class PlacePicker extends HTMLElement {
  connectedCallback() {
    this.province = this.querySelector("[name$=province_code]");
    this.commune = this.querySelector("[name$=commune_code]");
    if (!this.province || !this.commune) return;
    this.province.addEventListener("change", () => this.fetchCommunes());
    this.addFinder();
    if (this.province.value) this.fetchCommunes(this.commune.value);
  }

  async fetchCommunes(chosen = "") {
    const asked = this.province.value;
    this.commune.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${this.dataset.communes}?tinh=${encodeURIComponent(asked)}`);
      if (!answer.ok || this.province.value !== asked) return;
      const box = new DOMParser().parseFromString(`<select>${await answer.text()}</select>`, "text/html");
      this.all = [...box.querySelectorAll("option")];
      this.show(this.all, chosen);
      this.finder.value = "";
      if (!chosen) this.commune.dispatchEvent(new Event("change", { bubbles: true }));
    } catch {
      // The list stays as it was; the server checks what is sent.
    } finally {
      this.commune.removeAttribute("aria-busy");
    }
  }

  addFinder() {
    this.finder = document.createElement("input");
    this.finder.type = "search";
    this.finder.className = "input";
    this.finder.placeholder = this.dataset.find;
    this.finder.autocomplete = "off";
    this.finder.setAttribute("aria-label", this.dataset.find);
    this.finder.addEventListener("input", () => this.find());
    this.finder.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.commune.focus();
    });
    this.said = document.createElement("p");
    this.said.className = "hint small soft";
    this.said.setAttribute("role", "status");
    this.commune.before(this.finder);
    this.commune.after(this.said);
  }

  find() {
    const all = this.all ?? [...this.commune.options];
    this.all = all;
    const wanted = fold(this.finder.value);
    const fitting = all.filter((each) => each.value && (each.dataset.folded ?? fold(each.text)).includes(wanted));
    const before = this.commune.value;
    this.said.textContent = wanted && !fitting.length ? this.dataset.none : "";
    if (!wanted || !fitting.length) return this.show(all, before);
    const first = fitting.find((each) => fold(each.text).replace(/^(xa|phuong|dac khu) /, "").startsWith(wanted));
    this.show(fitting, (first ?? fitting[0]).value);
    if (this.commune.value !== before) this.commune.dispatchEvent(new Event("change", { bubbles: true }));
    return undefined;
  }

  show(options, chosen) {
    this.commune.replaceChildren(...options.map((each) => each.cloneNode(true)));
    this.commune.value = chosen;
    if (this.commune.selectedIndex < 0) this.commune.selectedIndex = 0;
  }
}

customElements.define("place-picker", PlacePicker);
