// <quantity-stepper> around a number field and two buttons: − and + that keep to min and max.
class QuantityStepper extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.buttons = [...this.querySelectorAll("[data-step]")];
    for (const button of this.buttons) {
      button.hidden = false;
      button.addEventListener("click", () => this.move(Number(button.dataset.step)));
    }
    this.input.addEventListener("input", () => this.mark());
    this.mark();
  }

  get bounds() {
    return [this.input.min === "" ? 0 : Number(this.input.min), this.input.max === "" ? Infinity : Number(this.input.max)];
  }

  move(step) {
    const [low, high] = this.bounds;
    const unit = Number(this.input.step) || 1;
    this.input.value = Math.min(high, Math.max(low, (Number(this.input.value) || 0) + step * unit));
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  mark() {
    const [low, high] = this.bounds;
    const value = Number(this.input.value);
    for (const button of this.buttons) button.disabled = Number(button.dataset.step) < 0 ? value <= low : value >= high;
  }
}

customElements.define("quantity-stepper", QuantityStepper);
