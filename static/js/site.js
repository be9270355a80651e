// What every page may hold. Each element is its own small file and is fetched only where the page uses it.
const elements = ["cart-count", "signed-name", "quantity-stepper", "otp-input", "countdown-clock", "photo-picker", "copy-button", "live-part", "place-picker", "search-hints"];

for (const name of elements) {
  if (document.querySelector(name)) import(new URL(`./${name}.js`, import.meta.url));
}
import(new URL("./prefetch.js", import.meta.url));

// What was chosen while an answer was on its way stays chosen where the answer still offers it.
document.addEventListener("htmx:oobBeforeSwap", ({ detail: { target, fragment } }) => {
  const fresh = [...fragment.querySelectorAll("input[type=radio]")];
  for (const chosen of target.querySelectorAll("input[type=radio]:checked")) {
    const same = fresh.find((each) => each.name === chosen.name && each.value === chosen.value);
    if (same) same.checked = true;
  }
});
