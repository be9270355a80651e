// <qty-stepper data-step="10"><input inputmode="decimal"></qty-stepper>: − and + beside a quantity.
class QtyStepper extends HTMLElement {
  connectedCallback() {
    if (this.classList.contains("stepper")) return;
    this.input = this.querySelector("input");
    this.classList.add("stepper", "qty-field");
    this.input.before(this.button("−", -1));
    this.input.after(this.button("+", 1));
  }

  button(sign, way) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", `${sign} ${this.dataset.step}`);
    button.addEventListener("click", () => this.move(way));
    return button;
  }

  move(way) {
    const now = Number(this.input.value.replace(/\.(?=\d{3}(\D|$))/g, "").replace(",", ".")) || 0;
    const next = Math.max(0, now + way * Number(this.dataset.step));
    this.input.value = String(next).replace(".", ",");
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("qty-stepper", QtyStepper);
