// Small maps on other pages: drawn only when they come into view; what they show stands in words beside them anyway.
//   data-map="case"    one place: data-lon, data-lat, data-state, data-late
//   data-map="points"  many places; data-map="route" the same, numbered and joined: data-points names the JSON element that
//                      holds [{"lon", "lat", "label", "url"}, …], a stop with its own "number" or counted; with data-cluster those near one another are one disc, and a
//                      place with "tone": "wanted" is marked as one that somebody must see to
import { base } from "./base.js";
import { addClusters } from "./clusters.js";
import { provide } from "./icons.js";
import { canDraw, maplibre, words } from "./library.js";
import { look } from "./look.js";
import { boxOf, gridLayers, gridSources, ground, label } from "./style.js";

const NEAR = 16;
const speak = words("map-words");
let grids = null;

function placesOf(slot) {
  if (slot.dataset.map === "case") {
    const mark = `case-${slot.dataset.state || "reported"}-${slot.dataset.late || 0}`;
    return [feature({ lon: slot.dataset.lon, lat: slot.dataset.lat, label: "", url: "" }, mark)];
  }
  const told = JSON.parse(document.getElementById(slot.dataset.points).textContent);
  return told.filter((one) => one.lon !== null && one.lat !== null)
    .map((one, at) => feature(one, slot.dataset.map === "route" ? `stop-${one.number || at + 1}` : "point"));
}

function feature({ lon, lat, label: text, url, tone }, mark) {
  return {
    type: "Feature", geometry: { type: "Point", coordinates: [Number(lon), Number(lat)] },
    properties: { label: label(text), url: url || "", mark, tone: tone || "" },
  };
}

async function draw(slot) {
  const places = placesOf(slot);
  if (!places.length || places.some((one) => one.geometry.coordinates.some((value) => !Number.isFinite(value)))) return;
  const library = await maplibre();
  const look_ = look();
  grids = grids || fetch("/map/grids.json").then((answer) => (answer.ok ? answer.json() : { type: "FeatureCollection", features: [] }));
  const [outlines, below] = await Promise.all([grids, base(library, look_)]);
  slot.replaceChildren();
  slot.classList.add("drawn");
  const box = boxOf(places);
  const one = places.length === 1;
  const map = new library.Map({
    container: slot, style: ground(look_, below), locale: speak.locale || {}, fadeDuration: 0, localIdeographFontFamily: look_.font,
    attributionControl: below.note ? { compact: true, customAttribution: below.note } : false, cooperativeGestures: true, dragRotate: false,
    pitchWithRotate: false, maxZoom: 19,
    ...(one ? { center: places[0].geometry.coordinates, zoom: NEAR } : { bounds: box, fitBoundsOptions: { padding: 32, maxZoom: NEAR } }),
  });
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.getCanvas().setAttribute("aria-label", slot.dataset.label || speak.map_label || "");
  provide(map, () => look_);
  map.once("style.load", () => {
    for (const [id, source] of Object.entries(gridSources(outlines))) map.addSource(id, source);
    for (const layer of gridLayers(look_, { based: below.based })) map.addLayer(layer);
    const collection = (features) => ({ type: "geojson", data: { type: "FeatureCollection", features } });
    if (slot.dataset.map === "route") {
      const line = { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: places.map((place) => place.geometry.coordinates) } };
      map.addSource("way", collection(places.length > 1 ? [line] : []));
      map.addLayer({ id: "way", type: "line", source: "way", paint: { "line-color": look_.action, "line-width": 2, "line-dasharray": [2, 1.5] } });
    }
    if ("cluster" in slot.dataset) addClusters(map, places, look_);
    else map.addSource("places", collection(places)).addLayer({
      id: "places", type: "symbol", source: "places",
      layout: {
        "icon-image": ["get", "mark"], "icon-allow-overlap": true, "icon-size": one ? 1.4 : 1, "text-field": ["get", "label"], "text-size": 13,
        "text-optional": true, "text-anchor": "top", "text-offset": [0, 0.9],
      },
      paint: { "text-color": look_.ink, "text-halo-color": look_.paper, "text-halo-width": 1.4 },
    });
    map.on("click", "places", (event) => {
      const { url } = event.features[0].properties;
      if (url) location.assign(url);
    });
  });
}

if (canDraw() && "IntersectionObserver" in window) {
  const eye = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      eye.unobserve(target);
      draw(target).catch(() => {});
    }
  }, { rootMargin: "200px" });
  for (const slot of document.querySelectorAll("[data-map]")) eye.observe(slot);
}
