// The map of the big screen: towns as hairlines with their names, open cases as cells. Nothing on it can be pressed.
import { base } from "./base.js";
import { provide } from "./icons.js";
import { maplibre } from "./library.js";
import { look } from "./look.js";
import { ground, label } from "./style.js";

// The widest disc, so that one on the edge of the city is whole.
const WIDEST = 80;
const EMPTY = { type: "FeatureCollection", features: [] };

function layers(look_, based) {
  const overdue = ["get", "overdue"];
  const size = ["step", ["get", "n"], 1, 5, 2, 20, 3, 80, 4, 300, 5];
  const share = ["case", [">", overdue, 0], ["max", 1, ["round", ["*", 8, ["/", overdue, ["get", "n"]]]]], 0];
  const halo = { "text-halo-color": look_.paper, "text-halo-width": 2 };
  return [
    { id: "town-fill", type: "fill", source: "towns", paint: { "fill-color": look_.surface, "fill-opacity": based ? 0.4 : 1 } },
    { id: "town-line", type: "line", source: "towns", paint: { "line-color": look_.edge, "line-width": 1.2 } },
    {
      id: "town-name", type: "symbol", source: "names", layout: { "text-field": ["get", "name"], "text-size": 20, "text-padding": 1, "text-radial-offset": 1.6, "text-variable-anchor": ["center", "top", "bottom", "left", "right"] },
      paint: { "text-color": look_.quiet, ...halo },
    },
    {
      id: "cells", type: "symbol", source: "cells",
      layout: {
        "icon-image": ["concat", "cell-", ["to-string", size], "-", ["to-string", share], "-open"], "icon-allow-overlap": true,
        "icon-size": 1.25,
        "text-field": ["to-string", ["get", "n"]], "text-allow-overlap": true,
        "text-size": 22, "symbol-sort-key": ["get", "n"],
      },
      paint: { "text-color": look_.ink },
    },
  ];
}

export async function screenMap(container, { box, towns: address }) {
  const library = await maplibre();
  const look_ = look();
  const [below, towns] = await Promise.all([
    base(library, look_), fetch(address).then((answer) => (answer.ok ? answer.json() : EMPTY)).catch(() => EMPTY),
  ]);
  const map = new library.Map({
    container, style: ground({ ...look_, surface: look_.paper }, below), interactive: false, fadeDuration: 0, localIdeographFontFamily: look_.font,
    attributionControl: below.note ? { compact: false, customAttribution: below.note } : false,
    ...(box ? { bounds: [[box[0], box[1]], [box[2], box[3]]], fitBoundsOptions: { padding: WIDEST / 2 } } : { center: [104, 35], zoom: 3 }),
  });
  provide(map, () => look_);
  await new Promise((done) => { map.once("style.load", done); });
  const names = towns.features.map((one) => ({
    type: "Feature", geometry: { type: "Point", coordinates: one.properties.centre }, properties: { name: label(one.properties.name).replace(/ \(.*\)$/, "") },
  }));
  map.addSource("towns", { type: "geojson", data: towns });
  map.addSource("names", { type: "geojson", data: { ...EMPTY, features: names } });
  map.addSource("cells", { type: "geojson", data: EMPTY });
  for (const layer of layers(look_, below.based)) map.addLayer(layer);
  let drawn = "";
  return {
    // The same cells again are not drawn again.
    show(cells) {
      const now = JSON.stringify(cells);
      if (now === drawn) return;
      drawn = now;
      const features = cells.map(([lon, lat, n, overdue]) => ({
        type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties: { n, overdue },
      }));
      map.getSource("cells").setData({ ...EMPTY, features });
    },
  };
}
