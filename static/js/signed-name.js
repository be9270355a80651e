// <signed-name>: whose account the link opens, for those who hear the page.
import { memo } from "./memo.js";

class SignedName extends HTMLElement {
  connectedCallback() {
    const { name } = memo();
    if (!name) return;
    const words = document.createElement("span");
    words.className = "vh";
    words.textContent = `, ${name}`;
    this.replaceChildren(words);
    this.closest("a").title = name;
  }
}

customElements.define("signed-name", SignedName);
