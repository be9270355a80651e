// <photo-picker>: a chosen photo is made smaller on the phone and sent at once; without a network it waits
// in the page and goes when the network is back. Without this script the form sends it as it is.
const LONGEST = 2000;
const QUALITY = 0.85;

class PhotoPicker extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form[enctype]");
    this.input = this.form.querySelector("input[type=file]");
    this.list = this.querySelector("[data-list]");
    this.status = this.querySelector("[data-status]");
    this.waiting = [];
    this.sending = false;
    this.querySelector("[data-send]").hidden = true;
    this.input.addEventListener("change", () => this.take());
    this.again = () => this.send();
    window.addEventListener("online", this.again);
    // On a slow network a photo may be chosen before this script has come.
    if (this.input.files.length) this.take();
  }

  disconnectedCallback() {
    window.removeEventListener("online", this.again);
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
    this.list.innerHTML = await answer.text();
    window.htmx?.process(this.list);
    this.dispatchEvent(new CustomEvent("photo-kept", { bubbles: true }));
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
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
  } catch {
    return file;
  }
}

customElements.define("photo-picker", PhotoPicker);
