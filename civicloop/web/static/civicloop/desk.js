// Small help for people in a hurry; every page works without it.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    const box = document.querySelector("[data-search]");
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  }
});

// A form is sent once, however often the button is pressed. Coming back to the page makes it ready again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  for (const button of form.querySelectorAll("button")) setTimeout(() => { button.disabled = true; });
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  }
});

// Where this device stands, when the person asks for it: the browser's answer is WGS-84.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-locate]");
  if (!button || !navigator.geolocation) return;
  event.preventDefault();
  navigator.geolocation.getCurrentPosition((here) => {
    const form = button.closest("form");
    form.elements.lon.value = here.coords.longitude.toFixed(6);
    form.elements.lat.value = here.coords.latitude.toFixed(6);
    form.elements.datum.value = "wgs84";
    form.elements.lat.dispatchEvent(new Event("change", { bubbles: true }));
  });
});

// A standard text is put where the note is written; what is there already stays.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  const box = button && button.closest("form").querySelector("textarea[name=note], textarea[name=reason]");
  if (box) {
    box.value = box.value ? `${box.value}\n${button.dataset.fill}` : button.dataset.fill;
    box.focus();
  }
});

// A menu closes when something else is touched, and on Escape, which leads back to its word.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Where one is stays in sight when rail or tabs are wider than the screen.
for (const here of document.querySelectorAll(".rail [aria-current], .tabs [aria-current]")) {
  const strip = here.closest(".rail, .tabs ul");
  strip.scrollLeft = here.offsetLeft - strip.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
}
