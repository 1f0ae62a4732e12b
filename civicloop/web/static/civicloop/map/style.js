// The style: pale ground, grids as light fills with hairlines, labels drawn by the browser's own fonts (no glyph server).
const EMPTY = { type: "FeatureCollection", features: [] };
const OVERDUE = ["get", "overdue"];

// The same colour, seen through: towards black the rim of a heat map would be smoke.
const clear = (colour) => (/^#[0-9a-f]{6}$/i.test(colour) ? `${colour}00` : "rgba(255,255,255,0)");

export function gridLayers(look, { based = false, names = true } = {}) {
  const layers = [
    {
      id: "grid-fill", type: "fill", source: "grids",
      paint: { "fill-color": shade(look, based), "fill-opacity": based ? 0.55 : 1, "fill-antialias": false },
    },
    {
      id: "grid-unsure", type: "fill", source: "grids",
      paint: { "fill-pattern": "hatch", "fill-opacity": ["case", ["==", ["feature-state", "step"], -1], 1, 0] },
    },
    {
      id: "grid-line", type: "line", source: "grids",
      paint: {
        "line-color": look.edge,
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 10, 0.25, 14, 0.7],
        "line-width": ["interpolate", ["linear"], ["zoom"], 10, 0.4, 16, 1],
      },
    },
    {
      id: "grid-chosen", type: "line", source: "grids",
      paint: { "line-color": look.action, "line-width": ["case", ["boolean", ["feature-state", "chosen"], false], 3, 0] },
    },
  ];
  return names ? [...layers, ...nameLayers(look)] : layers;
}

function nameLayers(look) {
  const paint = { "text-color": look.quiet, "text-halo-color": look.paper, "text-halo-width": 1.4 };
  return [
    {
      id: "unit-name", type: "symbol", source: "unit-names", maxzoom: 15,
      layout: {
        "text-field": ["get", "name"], "text-size": ["interpolate", ["linear"], ["zoom"], 10, 11, 14, 14],
        "symbol-sort-key": ["get", "order"], "text-padding": 6,
      },
      paint,
    },
    {
      id: "grid-name", type: "symbol", source: "grid-names", minzoom: 15,
      layout: { "text-field": ["get", "name"], "text-size": 12, "text-padding": 4 },
      paint,
    },
  ];
}

// Without a rate a grid is paper on surface; with one, the step it falls into. -1: too few to say.
function shade(look, based) {
  const plain = based ? "rgba(0,0,0,0)" : look.paper;
  const steps = look.steps.flatMap((colour, at) => [at + 1, colour]);
  return ["match", ["coalesce", ["feature-state", "step"], 0], ...steps, plain];
}

export function caseLayers(look, { which = "open", group = "" } = {}) {
  const size = ["step", ["get", "n"], 1, 10, 2, 50, 3, 200, 4, 1000, 5];
  const share = ["case", [">", OVERDUE, 0], ["max", 1, ["round", ["*", 8, ["/", OVERDUE, ["get", "n"]]]]], 0];
  const layers = [
    {
      id: "heat", type: "heatmap", source: "cases", "source-layer": "cells", layout: { visibility: "none" },
      paint: {
        "heatmap-weight": ["interpolate", ["linear"], ["ln", ["+", 1, ["get", "n"]]], 0, 0, 4, 1],
        "heatmap-intensity": ["interpolate", ["linear"], ["zoom"], 9, 0.9, 14, 1.6],
        "heatmap-radius": 50, "heatmap-opacity": 0.8,
        "heatmap-color": ["interpolate", ["linear"], ["heatmap-density"], 0, clear(look.steps[0]),
          ...look.steps.flatMap((colour, at) => [0.1 + at * 0.18, colour])],
      },
    },
    {
      id: "cells", type: "symbol", source: "cases", "source-layer": "cells",
      layout: {
        "icon-image": ["concat", "cell-", ["to-string", size], "-", ["to-string", share], `-${which}`],
        "icon-allow-overlap": true, "text-allow-overlap": true, "text-size": 13, "text-line-height": 1.1,
        "text-field": ["format", ["to-string", ["get", "n"]], {},
          ["case", [">", OVERDUE, 0], ["concat", "\n!", ["to-string", OVERDUE]], ""],
          { "font-scale": 0.85, "text-color": look.red }],
        "symbol-sort-key": ["get", "n"],
      },
      paint: { "text-color": look.ink },
    },
    {
      id: "cases", type: "symbol", source: "cases", "source-layer": "cases",
      layout: {
        "icon-image": ["concat", "case-", ["get", "state"], "-", ["to-string", ["get", "late"]]],
        "icon-allow-overlap": true, "icon-padding": 0, "symbol-sort-key": ["get", "late"],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 13, 0.75, 16, 1],
      },
    },
  ];
  if (group) layers[2].filter = ["==", ["slice", ["get", "cat"], 0, group.length], group];
  return layers;
}

export function caseSource(which) {
  const tiles = [`${location.origin}/tiles/cases/{z}/{x}/{y}.mvt?which=${which}`];
  return { type: "vector", tiles, minzoom: 0, maxzoom: 20 };
}

// Grids with their names as places of their own: a name is drawn once, not once for each tile it lies in.
export function gridSources(grids) {
  const places = grids.features.filter((one) => one.properties.centre);
  const at = (name, centre, order) => ({
    type: "Feature", geometry: { type: "Point", coordinates: centre }, properties: { name: label(name), order },
  });
  const units = new Map();
  for (const { properties } of places) {
    const known = units.get(properties.unit_name) || { n: 0, lon: 0, lat: 0 };
    units.set(properties.unit_name, { n: known.n + 1, lon: known.lon + properties.centre[0], lat: known.lat + properties.centre[1] });
  }
  const unitNames = [...units].filter(([name]) => name)
    .map(([name, one]) => at(name, [one.lon / one.n, one.lat / one.n], -one.n));
  const gridNames = places.map(({ properties }) => at(properties.name, properties.centre, 0));
  return {
    grids: { type: "geojson", data: grids, promoteId: "code", tolerance: 0.2 },
    "unit-names": { type: "geojson", data: { ...EMPTY, features: unitNames } },
    "grid-names": { type: "geojson", data: { ...EMPTY, features: gridNames } },
  };
}

// MapLibre loses the full-width opening bracket when it draws glyphs itself.
export const label = (name) => String(name || "").replace(/（/g, " (").replace(/）/g, ")");

export function ground(look, base) {
  return {
    version: 8,
    sources: { ...base.sources },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": look.surface } },
      ...base.layers,
    ],
  };
}

export function boxOf(features) {
  const box = [180, 90, -180, -90];
  const grow = (place) => {
    if (typeof place[0] !== "number") return place.forEach(grow);
    box[0] = Math.min(box[0], place[0]);
    box[1] = Math.min(box[1], place[1]);
    box[2] = Math.max(box[2], place[0]);
    box[3] = Math.max(box[3], place[1]);
    return undefined;
  };
  for (const one of features) if (one.geometry) grow(one.geometry.coordinates);
  return box[0] > box[2] ? null : [[box[0], box[1]], [box[2], box[3]]];
}
