// <option-finder>: typing finds an option of the select inside, with or without diacritics, also by data-also.
import { addFinder, fold } from "./finder.js";

class OptionFinder extends HTMLElement {
  connectedCallback() {
    this.select = this.querySelector("select");
    if (!this.select || this.finder) return;
    this.all = [...this.select.children].map((each) => each.cloneNode(true));
    Object.assign(this, addFinder(this.select, this.dataset.find, () => this.find()));
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
