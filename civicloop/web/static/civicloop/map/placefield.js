// A place for a form that asks for longitude and latitude: picked on the map, written into the fields. The fields are its twin.
import { pickMap } from "../portal/pick.js";

const room = document.querySelector("[data-place-room]");
const lat = document.querySelector("form input[name=lat]");

function bind(button, told, slot) {
  const { form } = lat;
  const known = (east, north) => {
    form.elements.lon.value = east.toFixed(6);
    form.elements.lat.value = north.toFixed(6);
    if (form.elements.datum) form.elements.datum.value = "wgs84";
    told.textContent = told.dataset.words;
  };
  button.addEventListener("click", async () => {
    slot.hidden = !slot.hidden;
    button.setAttribute("aria-expanded", String(!slot.hidden));
    if (slot.firstChild) return;
    try {
      await pickMap(slot, {
        outlines: button.dataset.pick, label: button.dataset.label, lon: Number(form.elements.lon.value), lat: Number(lat.value), picked: known,
      });
    } catch {
      slot.hidden = true;
      button.hidden = true;
      told.textContent = told.dataset.wordsNomap;
    }
  });
}

if (room && lat) {
  lat.closest(".field").after(room);
  room.hidden = false;
  bind(room.querySelector("button"), room.querySelector("[data-place-told]"), room.querySelector("[data-map-room]"));
}
