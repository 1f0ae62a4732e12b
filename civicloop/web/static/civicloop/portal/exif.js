// Where a photo was taken: latitude and longitude of a JPEG's EXIF (TIFF 6.0 tags; Exif 2.32, 4.6.6). Null where it says nothing.
const HEAD = 256 * 1024;
const GPS = 0x8825;

export async function placeOf(file) {
  const view = new DataView(await file.slice(0, HEAD).arrayBuffer());
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 4 < view.byteLength;) {
    const marker = view.getUint16(at);
    if ((marker & 0xff00) !== 0xff00 || marker === 0xffda) return null;
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return gps(view, at + 10);
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

function gps(view, start) {
  const little = view.getUint16(start) === 0x4949;
  const directory = entries(view, start, start + view.getUint32(start + 4, little), little);
  if (!directory.has(GPS)) return null;
  const found = entries(view, start, start + view.getUint32(directory.get(GPS) + 8, little), little);
  if (![1, 2, 3, 4].every((tag) => found.has(tag))) return null;
  const degrees = (tag) => {
    const at = start + view.getUint32(found.get(tag) + 8, little);
    const part = (number) => view.getUint32(at + number * 8, little) / (view.getUint32(at + number * 8 + 4, little) || 1);
    return part(0) + part(1) / 60 + part(2) / 3600;
  };
  const sign = (tag, minus) => (String.fromCharCode(view.getUint8(found.get(tag) + 8)) === minus ? -1 : 1);
  const place = { lat: sign(1, "S") * degrees(2), lon: sign(3, "W") * degrees(4) };
  return Number.isFinite(place.lat) && Number.isFinite(place.lon) && (place.lat || place.lon) ? place : null;
}

function entries(view, start, at, little) {
  const found = new Map();
  const count = view.getUint16(at, little);
  for (let number = 0; number < count; number += 1) {
    const entry = at + 2 + number * 12;
    found.set(view.getUint16(entry, little), entry);
  }
  return found;
}
