// The map page: cases, heat or grids by rate; its list twin beside it says the same without a map.
import { base } from "./base.js";
import { provide } from "./icons.js";
import { canDraw, maplibre, told, words } from "./library.js";
import { look, whenLookChanges } from "./look.js";
import { offer } from "./popups.js";
import { legend, paint, rateOf } from "./rates.js";
import { boxOf, caseLayers, caseSource, gridLayers, gridSources, ground } from "./style.js";

const room = document.querySelector("[data-map-page]");
const form = document.querySelector("[data-map-form]");
const list = document.getElementById("map-list");
const head = document.getElementById("map-list-head");
const say = document.querySelector("[data-map-said]");
const speak = words();

function chosen() {
  const given = new FormData(form);
  return { which: given.get("which") || "open", show: given.get("show") || "cases", group: given.get("group") || "" };
}

// What the address says after #: place, and what is shown. A link to a map shows the same map.
function fromHash() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const name of ["which", "show", "group"]) {
    const value = given.get(name);
    const field = value && form.querySelector(`[name=${name}][value="${CSS.escape(value)}"]`);
    if (field) field.checked = true;
    else if (value && form.elements[name] && form.elements[name].tagName === "SELECT") form.elements[name].value = value;
  }
  const [zoom, lat, lon] = (given.get("map") || "").split("/").map(Number);
  return zoom && Number.isFinite(lat) && Number.isFinite(lon) ? { zoom, center: [lon, lat] } : null;
}

function toHash(map) {
  const { lng, lat } = map.getCenter();
  const { which, show, group } = chosen();
  const told = [`map=${map.getZoom().toFixed(2)}/${lat.toFixed(5)}/${lng.toFixed(5)}`, `which=${which}`, `show=${show}`];
  if (group) told.push(`group=${encodeURIComponent(group)}`);
  history.replaceState(null, "", `#${told.join("&")}`);
}

function announce(text) {
  say.textContent = text;
  say.hidden = !text;
}

async function start() {
  const place = fromHash();
  if (!canDraw()) {
    room.hidden = true;
    announce(speak.no_webgl);
    loadList(null);
    form.addEventListener("change", () => loadList(null));
    form.addEventListener("submit", (event) => event.preventDefault());
    return;
  }
  let look_ = look();
  const [library, grids] = await Promise.all([maplibre(), fetch("/map/grids.json").then((answer) => answer.json())]);
  const below = await base(library, look_);
  const whole = boxOf(grids.features);
  const map = new library.Map({
    container: room.querySelector("[data-map-canvas]"), style: ground(look_, below), locale: speak.locale,
    localIdeographFontFamily: look_.font, attributionControl: below.note ? { compact: true, customAttribution: below.note } : false,
    dragRotate: false, pitchWithRotate: false, touchPitch: false, maxZoom: 20, fadeDuration: 0,
    ...(place || (whole ? { bounds: whole, fitBoundsOptions: { padding: 24 } } : { center: [104, 35], zoom: 3 })),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  if (window.isSecureContext) map.addControl(new library.GeolocateControl({ positionOptions: { enableHighAccuracy: true }, trackUserLocation: true }), "top-right");
  // The library names this button only once the browser has said whether it may be used.
  const find = room.querySelector(".maplibregl-ctrl-geolocate");
  if (find) find.setAttribute("aria-label", speak.locale["GeolocateControl.FindMyLocation"] || "");
  map.addControl(new library.ScaleControl({ maxWidth: 96 }), "bottom-left");
  provide(map, () => look_);
  map.getCanvas().setAttribute("aria-label", speak.map_label);

  const fill = () => {
    for (const [id, source] of Object.entries(gridSources(grids))) map.addSource(id, source);
    for (const layer of gridLayers(look_, { based: below.based })) map.addLayer(layer);
    cases();
  };
  const cases = () => {
    const { which, group } = chosen();
    for (const id of ["cases", "cells", "heat"]) if (map.getLayer(id)) map.removeLayer(id);
    if (map.getSource("cases")) map.removeSource("cases");
    map.addSource("cases", caseSource(which));
    // The heat lies under the names of places, so that they can be read.
    for (const layer of caseLayers(look_, { which, group })) map.addLayer(layer, layer.id === "heat" ? "unit-name" : undefined);
    show();
  };
  let turn = 0;
  const show = async () => {
    turn += 1;
    const mine = turn;
    const { show: kind, group } = chosen();
    const seen = { heat: kind === "heat", cells: kind === "cases", cases: kind === "cases" };
    for (const [id, on] of Object.entries(seen)) map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
    form.querySelector("[data-group]").hidden = kind !== "cases";
    const rate = kind.startsWith("rate-") ? await rateOf(kind.slice(5)).catch(() => null) : null;
    if (mine !== turn) return; // something else was chosen while the rates were fetched
    paint(map, grids, rate);
    legend(document.querySelector("[data-map-legend]"), { kind, rate, which: chosen().which, speak });
    announce(group && map.getZoom() < 14 ? speak.group_near : kind.startsWith("rate-") && !rate ? speak.no_rates : "");
    toHash(map);
  };

  map.once("style.load", () => {
    fill();
    offer(map, library, { speak, rateNow: () => (chosen().show.startsWith("rate-") ? rateOf(chosen().show.slice(5)) : null) });
    room.dataset.ready = "1";
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "which" || event.target.name === "group") cases();
    else show();
    loadList(map);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  let waiting = 0;
  map.on("moveend", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { toHash(map); loadList(map); show(); }, 250);
  });
  loadList(map);
  window.addEventListener("hashchange", () => {
    const there = fromHash();
    if (there) map.jumpTo(there);
    cases();
  });
  whenLookChanges(async () => {
    look_ = look();
    const again = await base(library, look_);
    map.once("style.load", fill);
    map.setStyle(ground(look_, again), { diff: false });
  });
  window.addEventListener("pagehide", () => map.remove(), { once: true });
}

// The list of what the map shows: fetched as a part, asked again a moment after the map has come to rest.
let asking = null;
let listed = "";
async function loadList(map, address) {
  const { which, show, group } = chosen();
  const rate = show.startsWith("rate-") ? show.slice(5) : "";
  const box = map ? map.getBounds().toArray().flat().map((one) => one.toFixed(5)).join(",") : "";
  const asked = rate ? { rate } : { which, ...(box ? { bbox: box } : {}), ...(group && show === "cases" ? { group } : {}) };
  const url = address || `${rate ? "/map/rates" : "/map/list"}?${new URLSearchParams(asked)}`;
  // The grids by rate are those of the whole city: moving the map changes nothing in their list.
  if (rate && !address && url === listed) return;
  listed = url;
  head.textContent = rate ? speak.head_rates : speak.head_cases;
  if (asking) asking.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: asking.signal });
    if (!answer.ok) throw new Error(answer.status);
    const part = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("map-list");
    if (part) list.replaceChildren(...part.childNodes);
  } catch (fault) {
    if (fault.name === "AbortError") return;
    list.textContent = speak.no_list;
    listed = "";
  }
}
list.addEventListener("click", (event) => {
  const link = event.target.closest("a[href*='/map/list'], a[href*='/map/rates']");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  loadList(null, link.href).then(() => list.focus());
});

start().catch(() => announce(told(speak.failed, {})));
