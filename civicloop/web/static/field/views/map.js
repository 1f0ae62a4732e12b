// A map of the parcel: grids as outlines, points and open cases, and where one stands. Its library is fetched only here.
import { h } from "../dom.js";
import * as geo from "../geo.js";
import { t } from "../words.js";
import { empty, noPosition } from "./parts.js";

const LIBRARY = "vendor/maplibre-gl-5.24.1";

export function map(app, [lon, lat]) {
  const box = h("div", { class: "map", role: "application", "aria-label": t("Map of the points and cases in the parcel; the list beside says the same") });
  const status = h("p", { class: "quiet", role: "status" }, t("Fetching the map"));
  const chosen = h("div", { class: "chosen" });
  const kept = { stop() {} };
  const zoom = (sign, by, name) => h("button", { "aria-label": name, onclick: () => kept.zoom && kept.zoom(by) }, sign);
  const target = lon ? { lon: Number(lon), lat: Number(lat) } : null;
  draw(app, box, target, chosen, kept).then(() => { status.textContent = ""; }, (error) => {
    console.error(error);
    box.replaceWith(empty(t("The map could not be fetched. The list works without a network.")));
    status.textContent = "";
  });
  return { title: t("Map"), tab: "nearby", back: "#/nearby", leave: () => kept.stop(), body: [
    status, box, legend(), chosen,
    h("div", { class: "row" }, zoom("+", 1, t("Closer")), zoom("−", -1, t("Farther")), h("button", { onclick: () => kept.centre && kept.centre() }, t("Where I stand")),
      h("a", { class: "button", href: "#/nearby" }, t("As a list")))] };
}

function legend() {
  const entry = (shape, text) => h("li", {}, h("span", { class: `dot ${shape}`, "aria-hidden": "true" }), text);
  return h("ul", { class: "legend" }, entry("visit", t("to visit today")), entry("point", t("point")), entry("case", t("open case")), entry("late", t("overdue")), entry("me", t("you")));
}

async function draw(app, box, target, chosen, kept) {
  const gl = await library();
  const { parcel } = app;
  const shown = new gl.Map({ container: box, attributionControl: false, dragRotate: false, pitchWithRotate: false, fadeDuration: 0,
    style: style(parcel), ...start(parcel, target) });
  shown.touchZoomRotate.disableRotation();
  const me = new gl.Marker({ element: h("span", { class: "dot me" }) });
  const move = (fix) => fix && me.setLngLat([fix.lon, fix.lat]).addTo(shown);
  const stop = geo.onMove(move);
  geo.follow();
  move(geo.here());
  if (target) new gl.Marker({ element: h("span", { class: "dot target" }) }).setLngLat([target.lon, target.lat]).addTo(shown);
  Object.assign(kept, {
    stop() { stop(); shown.remove(); },
    zoom(by) { shown.easeTo({ zoom: shown.getZoom() + by, duration: 150 }); },
    centre() {
      if (geo.here()) shown.easeTo({ center: [geo.here().lon, geo.here().lat], zoom: 16, duration: 150 });
      else app.say(noPosition());
    },
  });
  shown.on("click", ["points", "cases"], (event) => {
    const { address, name, line } = event.features[0].properties;
    chosen.textContent = "";
    chosen.append(h("a", { class: "line", href: address }, h("span", { class: "line-main" }, h("b", {}, name), h("span", { class: "quiet" }, line))));
  });
  await new Promise((done) => { shown.once("load", done); });
}

function start(parcel, target) {
  if (target) return { center: [target.lon, target.lat], zoom: 15 };
  if (parcel.map.box) return { bounds: parcel.map.box, fitBoundsOptions: { padding: 24 } };
  const first = [...parcel.points, ...parcel.cases].find((one) => one.lon !== null);
  return first ? { center: [first.lon, first.lat], zoom: 13 } : { center: [114, 30], zoom: 3 };
}

// Colours are those of the page, so that the map is dark when the page is.
function style(parcel) {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const feature = (one, properties) => ({ type: "Feature", geometry: { type: "Point", coordinates: [one.lon, one.lat] }, properties });
  const visited = new Map(parcel.visits.map((one) => [one.place.code, one.uid]));
  const points = parcel.points.filter((one) => one.lon !== null).map((one) => {
    const uid = one.visit || visited.get(one.code);
    return feature(one, { name: one.name, line: one.type_name || "", visit: Boolean(uid), address: uid ? `#/visit/${uid}` : `#/report?point=${encodeURIComponent(one.code)}` });
  });
  const cases = parcel.cases.filter((one) => one.lon !== null).map((one) => (
    feature(one, { name: one.category.name, line: `${one.number} · ${one.state_label}`, late: one.overdue, address: `#/case/${one.uid}` })));
  const data = (features) => ({ type: "geojson", data: { type: "FeatureCollection", features } });
  const rim = { "circle-stroke-color": colour("paper"), "circle-stroke-width": 2 };
  return { version: 8, sources: { grids: { type: "geojson", data: parcel.map.grids }, points: data(points), cases: data(cases) }, layers: [
    { id: "ground", type: "background", paint: { "background-color": colour("surface") } },
    { id: "fill", type: "fill", source: "grids", paint: { "fill-color": colour("tint"), "fill-opacity": ["case", ["get", "mine"], 0.9, 0.4] } },
    { id: "line", type: "line", source: "grids", paint: { "line-color": colour("edge"), "line-width": 1 } },
    { id: "points", type: "circle", source: "points", paint: { ...rim, "circle-radius": ["case", ["get", "visit"], 10, 6], "circle-color": ["case", ["get", "visit"], colour("action"), colour("quiet")] } },
    { id: "cases", type: "circle", source: "cases", paint: { ...rim, "circle-radius": 8, "circle-color": ["case", ["get", "late"], colour("red"), colour("blue")] } },
    // Overdue has a ring of its own: colour alone would tell half of the readers.
    { id: "late", type: "circle", source: "cases", filter: ["==", ["get", "late"], true], paint: { "circle-radius": 13, "circle-opacity": 0, "circle-stroke-color": colour("red"), "circle-stroke-width": 2 } },
  ] };
}

// The library's script, once. The few rules of its style that are needed stand in field.css.
function library() {
  if (globalThis.maplibregl) return Promise.resolve(globalThis.maplibregl);
  const base = document.body.dataset.static + LIBRARY;
  return new Promise((done, failed) => {
    document.head.append(h("script", { src: `${base}-csp.js`, onerror: () => failed(new Error("no library")), onload: () => {
      globalThis.maplibregl.setWorkerUrl(`${base}-csp-worker.js`);
      done(globalThis.maplibregl);
    } }));
  });
}
