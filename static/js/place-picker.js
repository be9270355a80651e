// <place-picker>: choosing the province fetches its communes; typing finds one, with or without diacritics.
import { addFinder, fold } from "./finder.js";

class PlacePicker extends HTMLElement {
  connectedCallback() {
    this.province = this.querySelector("[name$=province_code]");
    this.commune = this.querySelector("[name$=commune_code]");
    if (!this.province || !this.commune) return;
    this.province.addEventListener("change", () => this.fetchCommunes());
    Object.assign(this, addFinder(this.commune, this.dataset.find, () => this.find()));
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
