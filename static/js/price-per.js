// <price-per data-net="5000" data-per="1000" data-unit="kg">: says the price of one kilo while a price is typed.
class PricePer extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[inputmode]");
    this.words = this.querySelector("[data-per-words]");
    this.box = this.querySelector("input[type=checkbox]");
    this.input?.addEventListener("input", () => this.say());
  }

  say() {
    const price = Number(this.input.value.replace(/\D/g, ""));
    const net = Number(this.dataset.net);
    if (this.box && price) this.box.checked = true;
    if (!this.words || this.dataset.per === "1") return;
    const each = net && price ? Math.round((price * Number(this.dataset.per)) / net) : 0;
    this.words.textContent = each ? ` · ${each.toLocaleString("vi-VN")} ₫/${this.dataset.unit}` : "";
  }
}

customElements.define("price-per", PricePer);
