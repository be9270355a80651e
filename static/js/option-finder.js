// <option-finder>: typing finds an option of the select inside, with or without diacritics, also by data-also.
const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase().replace(/\s+/g, " ").trim();

class OptionFinder extends HTMLElement {
  connectedCallback() {
    this.select = this.querySelector("select");
    if (!this.select || this.finder) return;
    this.all = [...this.select.children].map((each) => each.cloneNode(true));
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
      this.select.focus();
    });
    this.said = document.createElement("p");
    this.said.className = "hint small soft";
    this.said.setAttribute("role", "status");
    this.select.before(this.finder);
    this.select.after(this.said);
  }

  find() {
    const wanted = fold(this.finder.value);
    const before = this.select.value;
    const groups = this.all.map((each) => each.cloneNode(true));
    const options = groups.flatMap((each) => (each.label !== undefined && each.tagName === "OPTGROUP" ? [...each.children] : [each]));
    const fits = (option) => option.value && fold(`${option.text} ${option.dataset.also ?? ""}`).includes(wanted);
    const fitting = options.filter(fits);
    this.said.textContent = wanted && !fitting.length ? this.dataset.none : "";
    if (wanted && fitting.length) for (const option of options) if (!fits(option)) option.remove();
    this.select.replaceChildren(...groups.filter((each) => each.tagName !== "OPTGROUP" || each.children.length));
    const named = fitting.find((each) => fold(each.text).replace(/^(xa|phuong) /, "").startsWith(wanted));
    this.select.value = wanted && fitting.length ? (named ?? fitting[0]).value : before;
    if (this.select.selectedIndex < 0) this.select.selectedIndex = 0;
  }
}

customElements.define("option-finder", OptionFinder);
