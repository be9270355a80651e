// <countdown-clock data-until="ISO time" data-text="còn {time}" data-over="Đã hết giờ"> around the plain words
// that say the same moment. Only real ends are counted: the server decides, this only tells.
class CountdownClock extends HTMLElement {
  connectedCallback() {
    this.until = Date.parse(this.dataset.until);
    if (Number.isNaN(this.until)) return;
    this.tick();
    this.timer = setInterval(() => this.tick(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  tick() {
    const left = Math.max(0, Math.floor((this.until - Date.now()) / 1000));
    if (left === 0) {
      clearInterval(this.timer);
      if (this.dataset.over) this.textContent = this.dataset.over;
      this.dispatchEvent(new CustomEvent("countdown:over", { bubbles: true }));
      return;
    }
    this.textContent = (this.dataset.text ?? "{time}").replace("{time}", this.words(left));
  }

  words(left) {
    const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor((left % 3600) / 60), left % 60];
    const two = (figure) => String(figure).padStart(2, "0");
    return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
  }
}

customElements.define("countdown-clock", CountdownClock);
