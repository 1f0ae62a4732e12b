// Many places on a small map: near one another they are one disc with how many, and how many of them need somebody, until the
// map is close enough. A disc opens when it is touched; the list below the map names the same.
const RADIUS = 40;
const SINGLE_FROM = 15;

export function addClusters(map, places, look) {
  map.addSource("places", {
    type: "geojson", data: { type: "FeatureCollection", features: places }, cluster: true, clusterRadius: RADIUS, clusterMaxZoom: SINGLE_FROM - 1,
    clusterProperties: { wanted: ["+", ["case", ["==", ["get", "tone"], "wanted"], 1, 0]] },
  });
  const many = ["has", "point_count"];
  const wanted = [">", ["get", "wanted"], 0];
  map.addLayer({
    id: "clusters", type: "circle", source: "places", filter: many,
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["get", "point_count"], 2, 16, 20, 20, 100, 26], "circle-color": look.paper,
      "circle-stroke-color": ["case", wanted, look.red, look.action], "circle-stroke-width": ["case", wanted, 3, 2],
    },
  });
  map.addLayer({
    id: "cluster-counts", type: "symbol", source: "places", filter: many,
    layout: {
      "text-field": ["case", wanted, ["format", ["to-string", ["get", "point_count"]], {}, "\n", {}, ["concat", ["get", "wanted"], "!"],
        { "font-scale": 0.85, "text-color": look.red }], ["to-string", ["get", "point_count"]]],
      "text-size": 13, "text-line-height": 1, "text-allow-overlap": true,
    },
    paint: { "text-color": look.ink },
  });
  map.addLayer({
    id: "places", type: "symbol", source: "places", filter: ["!", many],
    layout: {
      "icon-image": ["case", ["==", ["get", "tone"], "wanted"], "case-dispatched-2", "point"], "icon-allow-overlap": true,
      "text-field": ["step", ["zoom"], "", SINGLE_FROM - 2, ["get", "label"]], "text-size": 12, "text-optional": true, "text-anchor": "top",
      "text-offset": [0, 0.9],
    },
    paint: { "text-color": look.ink, "text-halo-color": look.paper, "text-halo-width": 1.4 },
  });
  map.on("click", "clusters", (event) => {
    const [disc] = event.features;
    map.getSource("places").getClusterExpansionZoom(disc.properties.cluster_id)
      .then((zoom) => map.easeTo({ center: disc.geometry.coordinates, zoom: zoom + 0.2, duration: look.still ? 0 : 150 }))
      .catch(() => {});
  });
  for (const layer of ["clusters", "places"]) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
}
