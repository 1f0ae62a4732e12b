// Photos, and voice notes below. The original is kept byte for byte (its EXIF with it) until the server has it; a small copy is made for the eye.
import { here } from "./geo.js";
import { newId, sha256 } from "./ids.js";

const WIDE = 480;
// Under this nothing more is taken, or the record it belongs to could no longer be kept.
export const LAST_ROOM = 50e6;
export const LITTLE_ROOM = 200e6;

// A photo as it lies in the store. `source` says who made the picture: "camera" (the phone's own), "live" (ours, over the
// picture before). Position and time are those of the shutter; a position that is not known at once is put in by `placed`.
export async function taken({ blob, entry, person, kind, source, clock = Date.now }) {
  const at = new Date(clock()).toISOString();
  const place = here();
  const bytes = await (blob.arrayBuffer ? blob.arrayBuffer() : read(blob));
  const preview = await small(blob).catch(() => null);
  return {
    id: newId(), entry, person, kind, source,
    sha256: await sha256(bytes),
    type: blob.type || "image/jpeg",
    size: bytes.byteLength,
    bytes, preview,
    noted_at: at,
    ...placed(place),
  };
}

// Where something was taken, as a photo says it.
export function placed(place) {
  if (!place) return { lon: null, lat: null, accuracy_m: null, fixed_at: null };
  return { lon: place.lon, lat: place.lat, accuracy_m: place.accuracy_m, fixed_at: place.at };
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

// Voice notes: recorded by the browser, at most a minute, and kept whole when they end. Nothing is recognised from them.

export const VOICE = "voice";
// What the server takes, the smallest first.
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/mp4"];
const BITS = 24000;

// The kind this browser records, or "" where it cannot.
export function recordable(scope = globalThis) {
  const { MediaRecorder, navigator } = scope;
  if (!MediaRecorder || !MediaRecorder.isTypeSupported || !navigator || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return "";
  return KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) || "";
}

// One recording. `ended` is a promise of the Blob, whoever or whatever ends it; nothing where nothing was said.
export class Recording {
  static async begin({ seconds, scope = globalThis, clock = Date.now }) {
    const stream = await scope.navigator.mediaDevices.getUserMedia({ audio: true });
    try {
      return new Recording(stream, { seconds, scope, clock });
    } catch (error) {
      silence(stream);
      throw error;
    }
  }

  constructor(stream, { seconds, scope, clock }) {
    const kind = recordable(scope);
    const chunks = [];
    this.clock = clock;
    this.since = clock();
    this.recorder = new scope.MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: BITS });
    this.ended = new Promise((done) => {
      const end = () => {
        clearTimeout(this.limit);
        silence(stream);
        const type = kind.split(";")[0];
        const whole = new Blob(chunks, { type });
        done(whole.size ? whole : null);
      };
      this.recorder.addEventListener("dataavailable", (event) => { if (event.data.size) chunks.push(event.data); });
      this.recorder.addEventListener("stop", end, { once: true });
      // A call comes in, the microphone is pulled: what was said until then is kept.
      for (const track of stream.getTracks()) track.addEventListener("ended", () => this.stop());
    });
    this.recorder.start();
    this.limit = setTimeout(() => this.stop(), seconds * 1000);
  }

  get seconds() {
    return Math.floor((this.clock() - this.since) / 1000);
  }

  stop() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    return this.ended;
  }
}

function silence(stream) {
  for (const track of stream.getTracks()) track.stop();
}

// A recording as it lies in the store, beside the photos and like them.
export async function spoken({ blob, entry, person, seconds, clock = Date.now }) {
  const at = new Date(clock()).toISOString();
  const bytes = await new Response(blob).arrayBuffer();
  return {
    id: newId(), entry, person, kind: VOICE, source: "microphone", sha256: await sha256(bytes), type: blob.type, size: bytes.byteLength,
    bytes, preview: null, seconds, noted_at: at, ...placed(here()),
  };
}

// Play bytes without an address of their own, which the page's security policy does not allow. Gives what stops it.
export async function play(bytes, { over = () => {}, scope = globalThis } = {}) {
  const context = new (scope.AudioContext || scope.webkitAudioContext)();
  const source = context.createBufferSource();
  // The store's own copy stays whole: decoding takes the bytes away.
  source.buffer = await context.decodeAudioData(bytes.slice(0));
  source.connect(context.destination);
  source.addEventListener("ended", () => { context.close(); over(); }, { once: true });
  source.start();
  return () => source.stop();
}
