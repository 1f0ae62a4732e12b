// Ids made on the device, and digests of bytes. Both also work without HTTPS, where the browser hides its own ways.

// A UUID of version 7: sorts by the time it was made.
export function newId(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = hex(bytes);
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}

// SHA-256 of an ArrayBuffer in hexadecimal.
export async function sha256(buffer) {
  const subtle = globalThis.crypto && globalThis.crypto.subtle;
  return subtle ? hex(new Uint8Array(await subtle.digest("SHA-256", buffer))) : slowSha256(buffer);
}

function hex(bytes) {
  let text = "";
  for (const one of bytes) text += one.toString(16).padStart(2, "0");
  return text;
}

// FIPS 180-4, for pages that came over plain HTTP in an office network: `crypto.subtle` is not there.
export function slowSha256(buffer) {
  const [roots, state] = constants();
  const data = padded(new Uint8Array(buffer));
  const view = new DataView(data.buffer);
  const w = new Uint32Array(64);
  for (let start = 0; start < data.length; start += 64) {
    for (let i = 0; i < 16; i += 1) w[i] = view.getUint32(start + 4 * i);
    for (let i = 16; i < 64; i += 1) {
      const a = w[i - 15];
      const b = w[i - 2];
      w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
    }
    compress(state, w, roots);
  }
  return [...state].map((one) => one.toString(16).padStart(8, "0")).join("");
}

const turn = (x, n) => (x >>> n) | (x << (32 - n));

function compress(state, w, roots) {
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + roots[i] + w[i]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + one) | 0;
    d = c; c = b; b = a; a = (one + two) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] += value; });
}

// The first 32 bits of the fractional parts of cube and square roots of primes.
function constants() {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((p) => n % p)) primes.push(n);
  const part = (x) => ((x - Math.floor(x)) * 2 ** 32) >>> 0;
  return [primes.map((p) => part(Math.cbrt(p))), Uint32Array.from(primes.slice(0, 8), (p) => part(Math.sqrt(p)))];
}

function padded(bytes) {
  const data = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6);
  data.set(bytes);
  data[bytes.length] = 0x80;
  const view = new DataView(data.buffer);
  view.setUint32(data.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(data.length - 4, bytes.length << 3);
  return data;
}
