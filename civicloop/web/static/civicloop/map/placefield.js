// A place for a form that asks for longitude and latitude: picked on the map, written into its fields. The fields are its twin: what is
// typed there, or told by the device, moves the map. A room may stand in the form or anywhere on a page with one such form.
import { pickMap } from "../portal/pick.js";
import { wgs84 } from "./datum.js";

const CLOSE = 16;

// Where the fields say the place is, in WGS-84; nothing while they are empty, half typed, or in a datum we cannot turn back.
function placeOf({ lon, lat, datum }) {
  const place = [lon, lat].map((field) => (field.value.trim() ? Number(field.value) : NaN));
  if (!place.every(Number.isFinite) || Math.abs(place[0]) > 180 || Math.abs(place[1]) > 85) return null;
  const how = datum ? datum.value : "wgs84";
  if (how === "wgs84") return place;
  return how === "gcj02" ? wgs84(...place) : null;
}

function styled(address) {
  if (!address || document.querySelector(`link[href="${address}"]`)) return;
  const element = document.createElement("link");
  element.rel = "stylesheet";
  element.href = address;
  document.head.append(element);
}

function bind(room, fields) {
  const button = room.querySelector("button");
  const told = room.querySelector("[data-place-told]");
  const slot = room.querySelector("[data-map-room]");
  let map = null;
  let writing = false;
  const say = (lon, lat) => {
    writing = true;
    fields.lon.value = lon.toFixed(6);
    fields.lat.value = lat.toFixed(6);
    if (fields.datum) fields.datum.value = "wgs84";
    fields.lat.dispatchEvent(new Event("change", { bubbles: true }));
    writing = false;
    told.textContent = told.dataset.words;
  };
  const follow = () => {
    const place = placeOf(fields);
    if (map && place && !writing) map.jumpTo({ center: place, zoom: Math.max(map.getZoom(), CLOSE) });
    if (!writing) told.textContent = "";
  };
  for (const field of [fields.lon, fields.lat, fields.datum]) if (field) field.addEventListener("change", follow);
  button.addEventListener("click", async () => {
    slot.hidden = !slot.hidden;
    button.setAttribute("aria-expanded", String(!slot.hidden));
    if (slot.firstChild || slot.hidden) return;
    styled(room.dataset.style);
    const [lon, lat] = placeOf(fields) || [0, 0];
    try {
      map = await pickMap(slot, { outlines: button.dataset.pick, label: button.dataset.label, lon, lat, picked: say });
    } catch {
      slot.hidden = true;
      button.hidden = true;
      told.textContent = told.dataset.wordsNomap;
    }
  });
}

function bindAll(part) {
  for (const room of part.querySelectorAll("[data-place-room][hidden]")) {
    const inside = room.closest("form");
    const lat = (inside || document).querySelector("input[name=lat]");
    if (!lat || !lat.form) continue;
    if (!inside) lat.closest(".field").after(room);
    room.hidden = false;
    const { lon, datum } = lat.form.elements;
    bind(room, { lat, lon, datum: datum || null });
  }
}

bindAll(document);
// A form that came into the page later.
document.addEventListener("htmx:load", (event) => bindAll(event.target));
