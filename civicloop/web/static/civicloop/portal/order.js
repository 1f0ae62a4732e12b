// Where somebody should come: from the device, or from a map; the address in words and the community stand beside it.
import { pickMap } from "./pick.js";

const form = document.querySelector("[data-order]");
const told = form && form.querySelector("[data-place-told]");

function known(lon, lat, words) {
  form.elements.lon.value = lon.toFixed(6);
  form.elements.lat.value = lat.toFixed(6);
  told.textContent = told.dataset[words];
}

function here(button) {
  if (!navigator.geolocation) return;
  button.hidden = false;
  button.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
    ({ coords }) => known(coords.longitude, coords.latitude, "wordsHere"),
    () => { told.textContent = told.dataset.wordsNone; },
    { enableHighAccuracy: true, timeout: 15000 },
  ));
}

function pick(button) {
  const room = form.querySelector("[data-map-room]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!room.hidden) {
      room.hidden = true;
      button.setAttribute("aria-expanded", "false");
      return;
    }
    room.hidden = false;
    button.setAttribute("aria-expanded", "true");
    if (room.firstChild) return;
    const { lon, lat } = form.elements;
    try {
      await pickMap(room, {
        outlines: button.dataset.pick, label: button.dataset.label, lon: Number(lon.value), lat: Number(lat.value),
        picked: (east, north) => known(east, north, "wordsMap"),
      });
    } catch {
      room.hidden = true;
      button.hidden = true;
      told.textContent = told.dataset.wordsNomap;
    }
  });
}

if (form) {
  here(form.querySelector("[data-here]"));
  pick(form.querySelector("[data-pick]"));
}
