// Photos: the original is kept byte for byte (its EXIF with it) until the server has it; a small copy is made for the eye.
import { fix } from "./geo.js";
import { newId, sha256 } from "./ids.js";

const WIDE = 480;
// Under this nothing more is taken, or the record it belongs to could no longer be kept.
export const LAST_ROOM = 50e6;
export const LITTLE_ROOM = 200e6;

// A photo as it lies in the store. `source` says who made the picture: "camera" (the phone's own), "live" (ours, over the
// picture before). Position and time are those of the shutter: the fix is asked for when the picture arrives.
export async function taken({ blob, entry, person, kind, source, clock = Date.now }) {
  const at = new Date(clock()).toISOString();
  const [bytes, place] = await Promise.all([blob.arrayBuffer ? blob.arrayBuffer() : read(blob), fix(3000)]);
  const preview = await small(blob).catch(() => null);
  return {
    id: newId(), entry, person, kind, source,
    sha256: await sha256(bytes),
    type: blob.type || "image/jpeg",
    size: bytes.byteLength,
    bytes, preview,
    noted_at: at,
    lon: place ? place.lon : null,
    lat: place ? place.lat : null,
    accuracy_m: place ? place.accuracy_m : null,
    fixed_at: place ? place.at : null,
    fixed_by: place ? place.source : "",
  };
}

// What a record keeps of a photo: everything but the bytes.
export function mention({ id, sha256: digest, kind, size, type, source, noted_at, lon, lat, accuracy_m, fixed_at, seconds }) {
  return { id, sha256: digest, kind, size, type, source, noted_at, lon, lat, accuracy_m, fixed_at, seconds };
}

// A JPEG of at most 480 px, turned as it was held, as an ArrayBuffer.
async function small(blob) {
  const image = await decoded(blob);
  const scale = Math.min(1, WIDE / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  if (image.close) image.close();
  const made = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.7); });
  return made ? read(made) : null;
}

async function decoded(blob) {
  try {
    // Decoding straight to the small size keeps a 50-megapixel picture out of a cheap phone's memory.
    return await createImageBitmap(blob, { resizeWidth: WIDE, resizeQuality: "medium", imageOrientation: "from-image" });
  } catch {
    const image = new Image();
    const address = URL.createObjectURL(blob);
    try {
      await new Promise((done, failed) => {
        image.onload = done;
        image.onerror = failed;
        image.src = address;
      });
      return image;
    } finally {
      setTimeout(() => URL.revokeObjectURL(address), 10000);
    }
  }
}

function read(blob) {
  return new Response(blob).arrayBuffer();
}

// An address for an <img>, given back when the image has been drawn.
export function show(image, bytes, type) {
  if (!bytes) return image;
  const address = URL.createObjectURL(new Blob([bytes], { type: type || "image/jpeg" }));
  image.addEventListener("load", () => URL.revokeObjectURL(address), { once: true });
  image.src = address;
  return image;
}

// Storage of this origin {used, quota, kept}: bytes, and whether the browser promised not to clear it.
export async function room() {
  const storage = navigator.storage;
  if (!storage || !storage.estimate) return { used: null, quota: null, kept: false };
  const { usage, quota } = await storage.estimate();
  return { used: usage, quota, kept: Boolean(storage.persisted && (await storage.persisted())) };
}

export async function askToKeep() {
  return Boolean(navigator.storage && navigator.storage.persist && (await navigator.storage.persist()));
}
