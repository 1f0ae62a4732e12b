// A place picked on the map: the map is moved under a mark in its middle, by finger, mouse or arrow keys. The address beside it is
// its twin in words.
import { base } from "../map/base.js";
import { canDraw, maplibre } from "../map/library.js";
import { look } from "../map/look.js";
import { boxOf, ground } from "../map/style.js";

export async function pickMap(room, { outlines, label, lon, lat, picked }) {
  if (!canDraw()) throw new Error("no map here");
  const library = await maplibre();
  const look_ = look();
  const [below, city] = await Promise.all([base(library, look_), fetch(outlines).then((answer) => answer.json())]);
  const slot = document.createElement("div");
  room.replaceChildren(slot);
  const map = new library.Map({
    container: slot, style: ground(look_, below), fadeDuration: 0, localIdeographFontFamily: look_.font, dragRotate: false,
    pitchWithRotate: false, maxZoom: 19, attributionControl: below.note ? { compact: true, customAttribution: below.note } : false,
    ...(lon && lat ? { center: [lon, lat], zoom: 16 } : { bounds: boxOf(city.features), fitBoundsOptions: { padding: 16 } }),
  });
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.getCanvas().setAttribute("aria-label", label);
  map.once("style.load", () => {
    map.addSource("city", { type: "geojson", data: city });
    map.addLayer({ id: "city-fill", type: "fill", source: "city", paint: { "fill-color": look_.paper, "fill-opacity": below.based ? 0 : 1 } });
    map.addLayer({ id: "city-line", type: "line", source: "city", paint: { "line-color": look_.edge, "line-width": 0.6, "line-opacity": 0.6 } });
  });
  name(library, map, slot, city.places || []);
  map.on("moveend", (event) => {
    if (!event.originalEvent) return;
    const { lng, lat: north } = map.getCenter();
    picked(lng, north);
  });
  map.on("click", (event) => {
    map.easeTo({ center: event.lngLat, duration: 120 });
    picked(event.lngLat.lng, event.lngLat.lat);
  });
  return map;
}

// The names of the places, as text over the map: towns from afar, communities from near.
const NEAR = 13;

function name(library, map, slot, places) {
  for (const place of places) {
    const element = document.createElement("span");
    element.className = `portal-name ${place.kind}`;
    element.textContent = place.name;
    new library.Marker({ element }).setLngLat([place.lon, place.lat]).addTo(map);
  }
  const judge = () => {
    slot.classList.toggle("near", map.getZoom() >= NEAR);
    thin(slot.querySelectorAll(".portal-name"));
  };
  map.on("moveend", judge);
  judge();
}

// A name that would lie over another one stays away until there is room.
function thin(names) {
  const shown = [];
  for (const one of names) {
    one.classList.remove("crowded");
    const box = one.getBoundingClientRect();
    const over = (other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
    if (!box.width) continue;
    if (shown.some(over)) one.classList.add("crowded");
    else shown.push(box);
  }
}
