// The answer sheet helps while it is filled; it can be filled and sent without this.
const sheet = document.querySelector("form[data-sheet]");

if (sheet) {
  const items = [...sheet.querySelectorAll("[data-item]")];
  const told = sheet.querySelector("[data-left]");

  const answered = (item) => {
    if (item.querySelector("input[type=radio]:checked")) return true;
    const counts = [...item.querySelectorAll("input[data-count]")];
    return counts.length > 0 && counts.every((box) => box.value.trim());
  };

  const count = () => {
    const left = items.filter((item) => !answered(item)).length;
    if (told) told.textContent = told.dataset[left ? "some" : "none"].replace("#", String(left));
  };

  // What is not met is explained and shown: the place for it opens by itself.
  const unfold = (box) => {
    const item = box.value === "not_met" && box.closest("[data-item]");
    if (item) item.querySelector("details[data-more]").open = true;
  };

  sheet.addEventListener("change", (event) => {
    unfold(event.target);
    count();
  });
  sheet.addEventListener("input", count);

  // When it was filled in, by this device's clock; and no empty file fields on the way.
  sheet.addEventListener("submit", () => {
    sheet.elements.noted_at.value = new Date().toISOString();
    for (const box of sheet.querySelectorAll("input[type=file]")) if (!box.files.length) box.disabled = true;
  });
  window.addEventListener("pageshow", () => {
    for (const box of sheet.querySelectorAll("input[type=file]")) box.disabled = false;
    // Also what was answered before this file was here.
    for (const box of sheet.querySelectorAll("input:checked")) unfold(box);
    count();
  });

  // Where this device stands, when the inspector wants to say so.
  const here = sheet.querySelector("[data-here]");
  if (here && navigator.geolocation) {
    here.hidden = false;
    here.addEventListener("click", () => {
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        sheet.elements.lon.value = coords.longitude.toFixed(6);
        sheet.elements.lat.value = coords.latitude.toFixed(6);
        sheet.elements.accuracy_m.value = coords.accuracy.toFixed(0);
        here.nextElementSibling.textContent = `±${coords.accuracy.toFixed(0)} m`;
      }, () => {
        here.nextElementSibling.textContent = here.dataset.none;
      }, { enableHighAccuracy: true, timeout: 20000 });
    });
  }
}

// A list is printed as it stands.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
