// Proof of work: a number that makes SHA-256 of "challenge:number" begin with so many zero bits. It begins when somebody types, and
// lets the page breathe between batches. Where the browser has no Web Crypto the field stays empty: a person looks at it instead.
const BATCH = 128;
const LONGEST = 60000;

function zeros(bytes) {
  let count = 0;
  for (const byte of bytes) {
    if (byte === 0) {
      count += 8;
      continue;
    }
    return count + Math.clz32(byte) - 24;
  }
  return count;
}

async function find(challenge, bits) {
  const coder = new TextEncoder();
  const until = Date.now() + LONGEST;
  for (let start = 0; Date.now() < until; start += BATCH) {
    const numbers = Array.from({ length: BATCH }, (_, at) => start + at);
    const digests = await Promise.all(numbers.map((one) => crypto.subtle.digest("SHA-256", coder.encode(`${challenge}:${one}`))));
    const at = digests.findIndex((digest) => zeros(new Uint8Array(digest)) >= bits);
    if (at >= 0) return String(start + at);
  }
  return "";
}

export function prove(answer, challenge) {
  const state = { done: true, promise: Promise.resolve() };
  if (!answer || !challenge || !window.crypto || !crypto.subtle) return state;
  state.done = false;
  let begun = null;
  const begin = () => {
    begun = begun || find(challenge.value, Number(answer.dataset.proof)).catch(() => "").then((number) => {
      answer.value = number;
      state.done = true;
    });
    return begun;
  };
  answer.form.addEventListener("input", begin, { once: true });
  // Whoever waits for it begins it, if nothing has.
  state.promise = { then: (...how) => begin().then(...how) };
  return state;
}
