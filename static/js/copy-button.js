// <copy-button data-text="…" data-done="Đã chép"> around a button that starts hidden: puts the text on the clipboard.
class CopyButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!navigator.clipboard || !button) return;
    button.hidden = false;
    const words = button.querySelector("[data-words]") ?? button;
    const before = words.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.dataset.text);
      words.textContent = this.dataset.done ?? before;
      setTimeout(() => (words.textContent = before), 2500);
    });
  }
}

customElements.define("copy-button", CopyButton);
