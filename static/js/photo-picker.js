// <photo-picker>: a chosen photo is made smaller on the phone and sent at once; without a network it waits
// in the page and goes when the network is back. The phone's own picture is shown while the market still opens
// what was sent. Without this script the form sends it as it is.
const LONGEST = 2000;
const QUALITY = 0.85;
const LOOK_MS = 1500;
const LOOKS = 40;

class PhotoPicker extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form[enctype]");
    this.input = this.form.querySelector("input[type=file]");
    this.list = this.querySelector("[data-list]");
    this.status = this.querySelector("[data-status]");
    this.waiting = [];
    this.sending = false;
    this.own = new Map(); // photo's number → address of the phone's own picture
    this.querySelector("[data-send]").hidden = true;
    this.input.addEventListener("change", () => this.take());
    this.again = () => this.send();
    window.addEventListener("online", this.again);
    this.look(LOOKS);
    // On a slow network a photo may be chosen before this script has come.
    if (this.input.files.length) this.take();
  }

  disconnectedCallback() {
    window.removeEventListener("online", this.again);
    clearTimeout(this.timer);
    for (const address of this.own.values()) URL.revokeObjectURL(address);
  }

  async take() {
    for (const file of this.input.files) this.waiting.push(await smaller(file));
    this.input.value = "";
    await this.send();
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.waiting.length) {
        this.say(this.dataset.sending);
        await this.post(this.waiting[0]);
        this.waiting.shift();
      }
      this.say("");
    } catch {
      this.say(this.dataset.failed);
    } finally {
      this.sending = false;
    }
  }

  async post(file) {
    const data = new FormData(this.form);
    data.delete("anh");
    data.append("anh", file, file.name);
    const answer = await fetch(location.href, { method: "POST", body: data, headers: { "X-Photo-Picker": "1" } });
    // A page that is not the list (413, 500, signed out) is shown as it is by the plain form.
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const before = new Set(this.photos());
    this.show(await answer.text());
    const fresh = this.photos().find((each) => !before.has(each));
    if (fresh) this.own.set(fresh, URL.createObjectURL(file));
    this.dress();
    this.look(LOOKS);
    this.dispatchEvent(new CustomEvent("photo-kept", { bubbles: true }));
  }

  /** Come back for the list until every photo in it has been opened. */
  look(times) {
    clearTimeout(this.timer);
    if (!times || !this.list.querySelector("[data-waits]")) return;
    this.timer = setTimeout(async () => {
      try {
        const answer = await fetch(location.href, { headers: { "X-Photo-Picker": "1" } });
        if (answer.ok && !answer.redirected && !this.sending) this.show(await answer.text());
      } catch {
        // No network: the tile stays, the next look may bring more.
      }
      this.look(times - 1);
    }, LOOK_MS);
  }

  photos() {
    return [...this.list.querySelectorAll("[data-photo]")].map((image) => image.dataset.photo);
  }

  show(html) {
    this.list.innerHTML = html;
    window.htmx?.process(this.list);
    this.dress();
  }

  /** What the phone can show of its own stands in for the market's tile. */
  dress() {
    for (const image of this.list.querySelectorAll("[data-waits]")) {
      const address = this.own.get(image.dataset.photo);
      if (!address) continue;
      const tile = image.src;
      image.addEventListener("error", () => (image.src = tile), { once: true });
      image.src = address;
    }
  }

  say(words) {
    this.status.textContent = words;
  }
}

/** The picture at most LONGEST pixels long as JPEG; what the browser cannot read is sent as it is. */
async function smaller(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size < 1_500_000) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
  } catch {
    return file;
  }
}

customElements.define("photo-picker", PhotoPicker);
