// A voice note: recorded by the browser, at most a minute, and kept whole when it ends. Nothing is recognised from it.
import { fix } from "./geo.js";
import { newId, sha256 } from "./ids.js";

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
  const [bytes, place] = await Promise.all([new Response(blob).arrayBuffer(), fix(1000)]);
  return {
    id: newId(), entry, person, kind: VOICE, source: "microphone", sha256: await sha256(bytes), type: blob.type, size: bytes.byteLength,
    bytes, preview: null, seconds, noted_at: at,
    lon: place ? place.lon : null, lat: place ? place.lat : null, accuracy_m: place ? place.accuracy_m : null, fixed_at: place ? place.at : null,
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
