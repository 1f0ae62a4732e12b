// The base map the city has chosen: its sources and layers, drawn pale, and moved where it is drawn in GCJ-02.
import { pieces } from "./datum.js";
import { pmtiles } from "./library.js";

const SIDE = 256;
let told = null;
let protocol = null;

export async function base(library, look) {
  if (!told) {
    // Pages for everybody have an address of their own for it.
    const room = document.querySelector("[data-base-map]");
    const answer = await fetch(room ? room.dataset.baseMap : "/map/base.json", { credentials: "same-origin" });
    told = answer.ok ? await answer.json() : { kind: "none", sources: [] };
  }
  const found = { sources: {}, layers: [], note: told.note || "", based: told.kind !== "none" };
  for (const [number, source] of told.sources.entries()) {
    const id = `base-${number}`;
    if (source.type === "pmtiles") await tiles(library, look, id, source, found);
    else raster(library, look, id, source, found);
  }
  return found;
}

function raster(library, look, id, source, found) {
  found.sources[id] = { ...source, tiles: told.datum === "gcj02" ? [moved(library, id, source.tiles)] : source.tiles };
  found.layers.push({ id, type: "raster", source: id, paint: pale(look) });
}

function pale(look) {
  return look.dark
    ? { "raster-saturation": -0.6, "raster-brightness-max": 0.45, "raster-contrast": -0.2, "raster-fade-duration": 0 }
    : { "raster-saturation": -0.4, "raster-opacity": 0.75, "raster-fade-duration": 0 };
}

// A tile of ours is put together from the up to four tiles of the base map that hold its ground.
function moved(library, id, templates) {
  library.addProtocol(`moved${id.slice(5)}`, async ({ url }, stop) => {
    const [z, x, y] = url.split("://")[1].split("/").map(Number);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE;
    const pen = canvas.getContext("2d");
    await Promise.all(pieces(z, x, y).map(async (piece) => {
      const template = templates[(piece.x + piece.y) % templates.length];
      const address = template.replace("{z}", z).replace("{x}", piece.x).replace("{y}", piece.y);
      const answer = await fetch(address, { signal: stop.signal });
      if (!answer.ok) return;
      const picture = await createImageBitmap(await answer.blob());
      pen.drawImage(picture, Math.round(piece.left * SIDE), Math.round(piece.top * SIDE), SIDE, SIDE);
      picture.close();
    }));
    const blob = await new Promise((done) => { canvas.toBlob(done); });
    return { data: await blob.arrayBuffer() };
  });
  return `moved${id.slice(5)}://{z}/{x}/{y}`;
}

async function tiles(library, look, id, source, found) {
  const reader = await pmtiles();
  if (!protocol) {
    protocol = new reader.Protocol();
    library.addProtocol("pmtiles", protocol.tile);
  }
  const address = new URL(source.url, location.href).href;
  const archive = new reader.PMTiles(address);
  protocol.add(archive);
  const header = await archive.getHeader();
  const common = { url: `pmtiles://${address}` };
  if (header.tileType !== 1) {
    found.sources[id] = { ...common, type: "raster", tileSize: SIDE };
    found.layers.push({ id, type: "raster", source: id, paint: pale(look) });
    return;
  }
  const { vector_layers: layers = [] } = (await archive.getMetadata()) || {};
  found.sources[id] = { ...common, type: "vector" };
  found.layers.push(...streets(id, new Set(layers.map((one) => one.id)), look));
}

// Names of layers in the two schemas that are about: Protomaps and OpenMapTiles.
function streets(source, known, look) {
  const first = (...names) => names.find((name) => known.has(name));
  const layer = (name, rest) => (name ? [{ id: `${source}-${rest.type}-${name}`, source, "source-layer": name, ...rest }] : []);
  const green = look.dark ? "#1d2a20" : "#edf3e6";
  const water = look.dark ? "#16242c" : "#dde9ee";
  const name = ["coalesce", ["get", "name:zh"], ["get", "name:zh-Hans"], ["get", "name"], ""];
  const text = { "text-color": look.quiet, "text-halo-color": look.paper, "text-halo-width": 1.2 };
  return [
    ...layer(first("landcover"), { type: "fill", paint: { "fill-color": green } }),
    ...layer(first("landuse", "park"), { type: "fill", paint: { "fill-color": green, "fill-opacity": 0.6 } }),
    ...layer(first("water"), { type: "fill", paint: { "fill-color": water }, filter: ["==", ["geometry-type"], "Polygon"] }),
    ...layer(first("buildings", "building"), { type: "fill", minzoom: 14, paint: { "fill-color": look.line, "fill-opacity": 0.6 } }),
    ...layer(first("roads", "transportation"), {
      type: "line",
      paint: { "line-color": look.line, "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 8, 0.4, 14, 1.6, 18, 10] },
    }),
    ...layer(first("roads", "transportation_name"), {
      type: "symbol", minzoom: 14, layout: { "symbol-placement": "line", "text-field": name, "text-size": 12 }, paint: text,
    }),
    ...layer(first("places", "place"), { type: "symbol", layout: { "text-field": name, "text-size": 13 }, paint: text }),
  ];
}
