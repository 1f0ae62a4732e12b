// MapLibre is large: it is fetched when a page first draws a map. Its worker comes from our own address, as the policy asks.
const VENDOR = new URL("../../vendor/", import.meta.url).href;
const fetched = new Map();

export function script(name) {
  if (!fetched.has(name)) {
    fetched.set(name, new Promise((done, failed) => {
      const element = document.createElement("script");
      element.src = VENDOR + name;
      element.onload = done;
      element.onerror = () => { fetched.delete(name); failed(new Error(name)); };
      document.head.append(element);
    }));
  }
  return fetched.get(name);
}

function style(name) {
  if (document.querySelector(`link[href$="${name}"]`)) return;
  const element = document.createElement("link");
  element.rel = "stylesheet";
  element.href = VENDOR + name;
  document.head.prepend(element);
}

export async function maplibre() {
  style("maplibre-gl-5.24.1.css");
  await script("maplibre-gl-5.24.1-csp.js");
  window.maplibregl.setWorkerUrl(`${VENDOR}maplibre-gl-5.24.1-csp-worker.js`);
  return window.maplibregl;
}

export async function pmtiles() {
  await script("pmtiles-4.5.0.js");
  return window.pmtiles;
}

export async function drawing() {
  await script("terra-draw-1.35.0.umd.js");
  await script("terra-draw-maplibre-gl-adapter-1.4.1.umd.js");
  return { draw: window.terraDraw, adapter: window.terraDrawMaplibreGlAdapter };
}

// Whether this browser can draw a map at all; where it cannot, the page says so and its list remains.
export function canDraw() {
  try {
    const canvas = document.createElement("canvas");
    return Boolean(canvas.getContext("webgl2") || canvas.getContext("webgl"));
  } catch {
    return false;
  }
}

export function words(id = "map-words") {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : {};
}

// "{n} of {m}" with its values put in.
export function told(text, values) {
  return String(text || "").replace(/\{(\w+)\}/g, (_, name) => (name in values ? values[name] : ""));
}
