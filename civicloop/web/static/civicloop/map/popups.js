// What is told of a case or a grid when it is pressed, or when Enter is pressed over the middle of the map.
import { placeAt } from "./datum.js";
import { told } from "./library.js";

const NEAR = 18;
const MOST = 4;

export function offer(map, library, { speak, rateNow }) {
  const popup = new library.Popup({ maxWidth: "320px", focusAfterOpen: true, closeOnMove: false });

  const ask = async (point) => {
    const box = [[point.x - NEAR / 2, point.y - NEAR / 2], [point.x + NEAR / 2, point.y + NEAR / 2]];
    const layers = ["cases", "cells", "grid-fill"].filter((id) => map.getLayer(id));
    const found = map.queryRenderedFeatures(box, { layers });
    const first = (layer) => found.find((one) => one.layer.id === layer);
    if (first("cases")) return tellCases(found.filter((one) => one.layer.id === "cases"));
    if (first("cells")) return near(first("cells"));
    const grid = map.queryRenderedFeatures(point, { layers: ["grid-fill"] })[0];
    return grid ? tellGrid(grid, map.unproject(point)) : popup.remove();
  };

  // A cell is a tile: coming nearer shows what is in it.
  const near = (cell) => {
    const [z, x, y] = String(cell.properties.key).split("/").map(Number);
    if (!Number.isFinite(y)) return;
    const [west, north] = placeAt(x, y, z);
    const [east, south] = placeAt(x + 1, y + 1, z);
    map.fitBounds([[west, south], [east, north]], { padding: 24, maxZoom: map.getZoom() + 3, duration: 150 });
  };

  const open = (place, content) => {
    popup.setLngLat(place).setDOMContent(content).addTo(map);
  };

  // Cases that lie on one another are told one below the other: the mark on top must not hide the rest.
  const tellCases = async (found) => {
    const uids = [...new Set(found.map((one) => one.properties.uid))];
    const content = document.createElement("div");
    const parts = await Promise.all(uids.slice(0, MOST).map(partOf));
    for (const part of parts) content.append(...part);
    if (!content.childNodes.length) content.append(speak.no_case);
    if (uids.length > MOST) content.append(told(speak.more_cases, { n: uids.length - MOST }));
    open(found[0].geometry.coordinates, content);
  };

  const partOf = async (uid) => {
    const answer = await fetch(`/map/case/${uid}`, { headers: { "HX-Request": "true" } }).catch(() => ({ ok: false }));
    if (!answer.ok) return [];
    return [...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes];
  };

  const tellGrid = async ({ properties }, place) => {
    const content = document.createElement("div");
    const line = (text, kind = "p") => {
      const element = document.createElement(kind);
      element.textContent = text;
      content.append(element);
      return element;
    };
    line(properties.name, "strong");
    line(told(speak.grid_line, { code: properties.code, unit: properties.unit_name || "—", class: properties.class })).className = "quiet small";
    const rate = await Promise.resolve(rateNow()).catch(() => null);
    if (rate) line(told(figure(rate, properties.code, speak), {}));
    const link = line(speak.grid_cases, "a");
    link.href = `/cases?state=open&grid=${encodeURIComponent(properties.code)}`;
    open(place, content);
  };

  map.on("click", (event) => ask(event.point));
  for (const id of ["cases", "cells"]) {
    map.on("mouseenter", id, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", id, () => { map.getCanvas().style.cursor = ""; });
  }
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const middle = map.project(map.getCenter());
    ask(nearest(map, middle) || middle);
  });
}

// The drawn case or cell nearest to the middle of the map.
function nearest(map, middle) {
  const layers = ["cases", "cells"].filter((id) => map.getLayer(id));
  const places = map.queryRenderedFeatures({ layers }).map((one) => map.project(one.geometry.coordinates));
  const far = (place) => (place.x - middle.x) ** 2 + (place.y - middle.y) ** 2;
  return places.sort((one, other) => far(one) - far(other))[0];
}

export function figure(rate, code, speak) {
  const one = rate.grids[code];
  if (!one || one.value === null) return speak.rate_none;
  if (rate.rate === "open") return told(speak.rate_open, { n: one.value });
  const percent = (value) => (value * 100).toFixed(0);
  return told(speak.rate_line, { label: rate.label, value: percent(one.value), low: percent(one.low), high: percent(one.high), n: one.n });
}
