// GCJ-02 from WGS-84, the formula of kernel.geo (prcoords). Base maps drawn in GCJ-02 are moved back under our data with it.
const A = 6378245.0;
const EE = 0.00669342162296594323;

export function inChina(lon, lat) {
  return lat >= 0.8293 && lat <= 55.8271 && lon >= 72.004 && lon <= 137.8347;
}

export function gcj02(lon, lat) {
  if (!inChina(lon, lat)) return [lon, lat];
  const x = lon - 105;
  const y = lat - 35;
  const wave = 20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI);
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + (2 * wave) / 3
    + (2 * (20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI))) / 3
    + (2 * (160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30))) / 3;
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + (2 * wave) / 3
    + (2 * (20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI))) / 3
    + (2 * (150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI))) / 3;
  const angle = (lat / 180) * Math.PI;
  const magic = 1 - EE * Math.sin(angle) ** 2;
  const root = Math.sqrt(magic);
  return [
    lon + (east * 180) / ((A / root) * Math.cos(angle) * Math.PI),
    lat + (north * 180) / (((A * (1 - EE)) / (magic * root)) * Math.PI),
  ];
}

// WGS-84 from GCJ-02: what comes out as it, found by going back the way it is off; three times bring it under a millimetre.
export function wgs84(lon, lat) {
  let [east, north] = [lon, lat];
  for (let turn = 0; turn < 3; turn += 1) {
    const [there, up] = gcj02(east, north);
    [east, north] = [east + lon - there, north + lat - up];
  }
  return [east, north];
}

// Column and row with fractions of a place at a zoom (Web Mercator), and back.
export function tileAt(lon, lat, zoom) {
  const side = 2 ** zoom;
  const y = Math.asinh(Math.tan((lat * Math.PI) / 180));
  return [((lon + 180) / 360) * side, ((1 - y / Math.PI) / 2) * side];
}

export function placeAt(x, y, zoom) {
  const side = 2 ** zoom;
  return [(x / side) * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / side))) * 180) / Math.PI];
}

// By how many tiles the ground of a tile lies elsewhere in a base map drawn in GCJ-02. Within a tile it differs by less than a
// pixel at every zoom at which a city fills a screen.
export function offset(zoom, x, y) {
  const [lon, lat] = placeAt(x + 0.5, y + 0.5, zoom);
  const [there, row] = tileAt(...gcj02(lon, lat), zoom);
  return [there - (x + 0.5), row - (y + 0.5)];
}

// The tiles of the base map that a tile of ours is cut from, with the place of their corner in it, in shares of a side.
export function pieces(zoom, x, y) {
  const [dx, dy] = offset(zoom, x, y);
  const found = [];
  for (let column = Math.floor(x + dx); column < x + dx + 1; column += 1) {
    for (let row = Math.floor(y + dy); row < y + dy + 1; row += 1) {
      if (column >= 0 && row >= 0 && column < 2 ** zoom && row < 2 ** zoom) {
        found.push({ x: column, y: row, left: column - (x + dx), top: row - (y + dy) });
      }
    }
  }
  return found;
}
