// <copy-button data-text="…" data-done="Đã chép"> around a button that starts hidden: puts the text on the clipboard.
// What became of it is said aloud too; `data-failed` where the browser does not let it.
class CopyButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!navigator.clipboard || !button || this.said) return;
    button.hidden = false;
    this.words = button.querySelector("[data-words]") ?? button;
    this.before = this.words.textContent;
    this.said = Object.assign(document.createElement("span"), { className: "vh" });
    this.said.setAttribute("role", "status");
    this.append(this.said);
    button.addEventListener("click", () => this.copy());
  }

  async copy() {
    let told = this.dataset.done ?? this.before;
    try {
      await navigator.clipboard.writeText(this.dataset.text);
    } catch {
      told = this.dataset.failed ?? this.before;
    }
    this.words.textContent = told;
    this.said.textContent = `${told}: ${this.dataset.text}`;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.words.textContent = this.before;
      this.said.textContent = "";
    }, 2500);
  }
}

customElements.define("copy-button", CopyButton);
