// <otp-input> around a field for a code: keeps only letters and digits, sends the form when it is whole.
class OtpInput extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.sent = false;
    this.input.addEventListener("input", () => this.tidy());
  }

  tidy() {
    const length = Number(this.dataset.length || this.input.maxLength) || 6;
    const clean = this.input.value.replace(/[^0-9A-Za-z]/g, "").slice(0, length);
    if (clean !== this.input.value) this.input.value = clean;
    if (clean.length < length) this.sent = false;
    else if (!this.sent && this.hasAttribute("data-send")) {
      this.sent = true;
      this.input.form?.requestSubmit();
    }
  }
}

customElements.define("otp-input", OtpInput);
