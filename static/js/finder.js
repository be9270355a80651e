// What the two pickers of places share: folding what is typed, and the search field that stands above a select.

/** "Xã Chi Lăng" → "xa chi lang": no tones, no hats, đ→d, single spaces. */
export const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase().replace(/\s+/g, " ").trim();

/** Put a search field before the select and a spoken line after it; `find` runs at each key. Enter goes to the select. */
export function addFinder(select, words, find) {
  const finder = document.createElement("input");
  finder.type = "search";
  finder.className = "input";
  finder.placeholder = words;
  finder.autocomplete = "off";
  finder.setAttribute("aria-label", words);
  finder.addEventListener("input", find);
  finder.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    select.focus();
  });
  const said = document.createElement("p");
  said.className = "hint small soft";
  said.setAttribute("role", "status");
  select.before(finder);
  select.after(said);
  return { finder, said };
}
