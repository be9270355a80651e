// <cart-count data-label="{n} món">: the number of lines in the cart, from the readable cookie.
import { memo } from "./memo.js";

class CartCount extends HTMLElement {
  connectedCallback() {
    this.show = () => this.render();
    this.render();
    document.addEventListener("cart:changed", this.show);
    document.addEventListener("htmx:afterSettle", this.show);
    window.addEventListener("pageshow", this.show);
  }

  disconnectedCallback() {
    document.removeEventListener("cart:changed", this.show);
    document.removeEventListener("htmx:afterSettle", this.show);
    window.removeEventListener("pageshow", this.show);
  }

  render() {
    const { count = 0 } = memo();
    this.replaceChildren();
    if (!count) return;
    const figure = document.createElement("span");
    figure.className = "count";
    figure.setAttribute("aria-hidden", "true");
    figure.textContent = count > 99 ? "99+" : count;
    const words = document.createElement("span");
    words.className = "vh";
    words.textContent = `, ${(this.dataset.label ?? "{n}").replace("{n}", count)}`;
    this.append(figure, words);
  }
}

customElements.define("cart-count", CartCount);
