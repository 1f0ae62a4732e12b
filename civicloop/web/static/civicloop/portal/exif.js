// Where and when a photo was taken: of a JPEG's EXIF (TIFF 6.0 tags; Exif 2.32, 4.6.5 and 4.6.6). Null for what it does not say. Other
// formats are read by the server, once they are sent.
const HEAD = 256 * 1024;
const CAMERA = 0x8769;
const GPS = 0x8825;
const TAKEN = 0x9003;

export async function sceneOf(file) {
  const nothing = { place: null, taken: "" };
  const view = new DataView(await file.slice(0, HEAD).arrayBuffer());
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return nothing;
  for (let at = 2; at + 8 < view.byteLength;) {
    const marker = view.getUint16(at);
    if ((marker & 0xff00) !== 0xff00 || marker === 0xffda) return nothing;
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) {
      return { place: tried(() => gps(view, at + 10)), taken: tried(() => taken(view, at + 10)) || "" };
    }
    at += 2 + view.getUint16(at + 2);
  }
  return nothing;
}

// A broken part of the EXIF says nothing; the other part may be whole.
function tried(read) {
  try {
    return read();
  } catch {
    return null;
  }
}

function part(view, start, tag, little) {
  const directory = entries(view, start, start + view.getUint32(start + 4, little), little);
  return directory.has(tag) ? entries(view, start, start + view.getUint32(directory.get(tag) + 8, little), little) : new Map();
}

// As cameras write it, "2026:11:22 09:30:00", without a zone: the city's.
function taken(view, start) {
  const little = view.getUint16(start) === 0x4949;
  const found = part(view, start, CAMERA, little);
  if (!found.has(TAKEN)) return "";
  const at = start + view.getUint32(found.get(TAKEN) + 8, little);
  const text = String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, 19));
  const read = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(text);
  return read ? `${read[1]}-${read[2]}-${read[3]}T${read[4]}` : "";
}

function gps(view, start) {
  const little = view.getUint16(start) === 0x4949;
  const found = part(view, start, GPS, little);
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
