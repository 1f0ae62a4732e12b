// The grid editor's map fills the form beside it: it chooses grids and draws lines and outlines. The server reckons and saves.
import { base } from "./base.js";
import { provide } from "./icons.js";
import { canDraw, drawing, maplibre, words } from "./library.js";
import { look } from "./look.js";
import { boxOf, gridLayers, gridSources, ground } from "./style.js";

const room = document.querySelector("[data-editor]");
const form = room.querySelector("[data-editor-form]");
const clear = room.querySelector("[data-editor-clear]");
const said = room.querySelector("[data-map-said]");
const data = JSON.parse(document.getElementById("editor-data").textContent);
const speak = words();
const DIGITS = 1e9;

function say(text) {
  said.textContent = text;
  said.hidden = !text;
}

function codes() {
  return form.elements.codes ? form.elements.codes.value.split(/[,，\s]+/).filter(Boolean) : [];
}

function geometry(value) {
  if (value !== undefined && form.elements.geometry) {
    form.elements.geometry.value = value ? JSON.stringify(value) : "";
    say(value ? speak.ready : hint());
  }
  return form.elements.geometry ? form.elements.geometry.value : "";
}

function hint() {
  if (data.what === "draw") return speak.draw_outline;
  if (data.what === "merge") return speak.pick_more;
  if (!codes().length) return speak.pick_one;
  return { split: speak.draw_line, reshape: speak.drag }[data.what] || "";
}

const rounded = (place) => (typeof place[0] === "number" ? place.slice(0, 2).map((one) => Math.round(one * DIGITS) / DIGITS) : place.map(rounded));

async function start() {
  if (!canDraw()) {
    room.querySelector(".editor-stage").hidden = true;
    return;
  }
  const look_ = look();
  const [library, grids] = await Promise.all([maplibre(), fetch("/map/grids.json").then((answer) => answer.json())]);
  const below = await base(library, look_);
  const byCode = new Map(grids.features.map((one) => [one.properties.code, one]));
  const first = data.made.length ? data.made : codes().map((code) => byCode.get(code)).filter(Boolean);
  const box = boxOf(first.length ? first : grids.features);
  const map = new library.Map({
    container: room.querySelector("[data-map-canvas]"), style: ground(look_, below), locale: speak.locale, fadeDuration: 0,
    localIdeographFontFamily: look_.font, attributionControl: below.note ? { compact: true, customAttribution: below.note } : false,
    dragRotate: false, pitchWithRotate: false, maxZoom: 20,
    ...(box ? { bounds: box, fitBoundsOptions: { padding: first.length ? 120 : 24, maxZoom: 17 } } : { center: [104, 35], zoom: 3 }),
  });
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new library.ScaleControl({ maxWidth: 96 }), "bottom-left");
  map.getCanvas().setAttribute("aria-label", speak.map_label);
  provide(map, () => look_);
  await new Promise((done) => { map.once("style.load", done); });
  for (const [id, source] of Object.entries(gridSources(grids))) map.addSource(id, source);
  for (const layer of gridLayers(look_, { based: below.based })) map.addLayer(layer);
  marks(map, look_);
  const pen = await penOf(map, library, look_);
  wire(map, pen, byCode);
  map.once("idle", () => { room.dataset.ready = "1"; });
}

// What is wrong now, and what a preview would make.
function marks(map, look_) {
  const collection = (features) => ({ type: "geojson", data: { type: "FeatureCollection", features } });
  map.addSource("faults", collection(data.faults));
  map.addSource("made", collection(data.made));
  map.addLayer({ id: "made-fill", type: "fill", source: "made", paint: { "fill-color": look_.action, "fill-opacity": 0.22 } });
  map.addLayer({ id: "made-line", type: "line", source: "made", paint: { "line-color": look_.action, "line-width": 3 } });
  const is = (kind) => ["==", ["get", "kind"], kind];
  map.addLayer({ id: "overlap-fill", type: "fill", source: "faults", filter: is("overlap"), paint: { "fill-color": look_.red, "fill-opacity": 0.35 } });
  map.addLayer({ id: "overlap", type: "line", source: "faults", filter: is("overlap"), paint: { "line-color": look_.red, "line-width": 2 } });
  map.addLayer({ id: "gap", type: "line", source: "faults", filter: is("gap"), paint: { "line-color": look_.amber, "line-width": 2.5, "line-dasharray": [2, 1.5] } });
}

async function penOf(map, library, look_) {
  if (!form.elements.geometry) return null;
  const { draw, adapter } = await drawing();
  const corner = { feature: { draggable: false, coordinates: { midpoints: true, draggable: true, deletable: true } } };
  const colours = { fillColor: look_.action, fillOpacity: 0.15, outlineColor: look_.action, outlineWidth: 3, lineStringColor: look_.action, lineStringWidth: 4 };
  const chosenColours = {
    selectedPolygonColor: look_.action, selectedPolygonFillOpacity: 0.15, selectedPolygonOutlineColor: look_.action, selectedPolygonOutlineWidth: 3,
    selectedLineStringColor: look_.action, selectionPointColor: look_.action, selectionPointWidth: 7, selectionPointOutlineColor: look_.paper,
    selectionPointOutlineWidth: 2, midPointColor: look_.action, midPointWidth: 4, midPointOutlineColor: look_.paper, midPointOutlineWidth: 1,
  };
  const pen = new draw.TerraDraw({
    adapter: new adapter.TerraDrawMapLibreGLAdapter({ map, lib: library, coordinatePrecision: 9 }),
    modes: [
      new draw.TerraDrawPolygonMode({ styles: { ...colours, closingPointColor: look_.action } }),
      new draw.TerraDrawLineStringMode({ styles: colours }),
      new draw.TerraDrawSelectMode({ flags: { polygon: corner, linestring: corner }, styles: chosenColours }),
    ],
  });
  pen.start();
  return pen;
}

function wire(map, pen, byCode) {
  const paint = () => {
    const chosen = new Set(codes());
    for (const code of byCode.keys()) map.setFeatureState({ source: "grids", id: code }, { chosen: chosen.has(code) });
  };
  const begin = () => {
    paint();
    say(data.made.length ? speak.previewed : geometry() ? speak.ready : hint());
    if (!pen) return;
    pen.clear();
    clear.hidden = false;
    if (data.made.length) pen.setMode("static");
    else if (data.what === "split") pen.setMode(codes().length ? "linestring" : "static");
    else if (data.what === "draw") pen.setMode("polygon");
    else reshape();
  };
  const reshape = () => {
    const grid = byCode.get(codes()[0]);
    pen.setMode("select");
    if (!grid || grid.geometry.type !== "Polygon") return;
    const [added] = pen.addFeatures([{
      type: "Feature", properties: { mode: "polygon" }, geometry: { type: "Polygon", coordinates: [rounded(grid.geometry.coordinates[0])] },
    }]);
    if (added && added.valid !== false) pen.selectFeature(added.id);
  };
  if (pen) {
    const keep = () => {
      const [made] = pen.getSnapshot().filter((one) => ["Polygon", "LineString"].includes(one.geometry.type));
      if (!made) return;
      const holes = data.what === "reshape" ? byCode.get(codes()[0]).geometry.coordinates.slice(1) : [];
      geometry(made.geometry.type === "Polygon" ? { ...made.geometry, coordinates: [...made.geometry.coordinates, ...holes] } : made.geometry);
    };
    pen.on("finish", keep);
  }
  map.on("click", "grid-fill", (event) => {
    const code = event.features[0].properties.code;
    const field = form.elements.codes;
    if (!field || (pen && pen.getMode() !== "static" && !(data.what === "reshape" && !codes().length))) return;
    const chosen = codes();
    if (data.what === "merge") field.value = (chosen.includes(code) ? chosen.filter((one) => one !== code) : [...chosen, code]).join(", ");
    else field.value = code;
    if (data.what !== "merge") geometry("");
    choose();
  });
  // A grid newly chosen is read anew: the form must know the state it was seen in.
  const choose = () => {
    if (data.what === "merge") begin();
    else location.assign(`?what=${data.what}&codes=${encodeURIComponent(codes().join(","))}`);
  };
  if (form.elements.codes) form.elements.codes.addEventListener("change", begin);
  clear.addEventListener("click", () => {
    geometry("");
    data.made = [];
    map.getSource("made").setData({ type: "FeatureCollection", features: [] });
    begin();
  });
  begin();
}

start();
