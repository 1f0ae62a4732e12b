// Keeps the program itself, so that it opens without a network. PROGRAM = {version, pieces: [[address, digest]]} stands above,
// written by the server. Nothing of a person is kept here: records and data live in IndexedDB, the endpoints are never cached.
const CACHE = `field-${PROGRAM.version}`;
// The map's library comes later: when it is used, or some time after the start.
const LATER = "field-map";
const PIECES = new Set(PROGRAM.pieces.map(([address]) => address));
const SHELL = PROGRAM.pieces[0][0];

self.addEventListener("install", (event) => event.waitUntil(keep()));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith("field-") && name !== CACHE && name !== LATER);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
})()));

// Only a person's tap, which the page allows when nothing is being sent, puts a new version in the place of the old one.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  if (event.data && event.data.along) event.waitUntil(along(event.data.along));
});

// A bonus where it exists; the page never relies on it.
self.addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(nudge());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, address));
  else if (PIECES.has(address.pathname) && address.pathname !== SHELL) event.respondWith(kept(request, address.pathname));
  else if (/\/vendor\/maplibre-gl-[^/]+$/.test(address.pathname)) event.respondWith(later(request));
});

// All or nothing, each piece compared with its digest: two versions are never mixed.
async function keep() {
  const cache = await caches.open(CACHE);
  await Promise.all(PROGRAM.pieces.map(async ([address, digest]) => {
    const integrity = digest.startsWith("page:") ? undefined : `sha256-${digest}`;
    const answer = await fetch(new Request(address, { cache: "no-cache", integrity, credentials: "same-origin" }));
    if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
    await cache.put(address, answer);
  }));
}

// Every address of the program is the same page. The kept copy comes first: it belongs to the kept scripts.
async function page(request, address) {
  if (address.pathname !== SHELL) return fetch(request);
  return (await (await caches.open(CACHE)).match(SHELL)) || fetch(request);
}

async function kept(request, path) {
  return (await (await caches.open(CACHE)).match(path)) || fetch(request);
}

async function later(request) {
  const cache = await caches.open(LATER);
  const found = await cache.match(request.url);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request.url, answer.clone());
  return answer;
}

// The map's library, taken along when the phone has nothing else to do: in a basement it is too late.
async function along(addresses) {
  const cache = await caches.open(LATER);
  for (const { url } of await cache.keys()) if (!addresses.includes(new URL(url).pathname)) await cache.delete(url);
  for (const address of addresses) if (!(await cache.match(address))) await cache.add(address);
}

async function nudge() {
  for (const client of await self.clients.matchAll({ type: "window" })) client.postMessage("flush");
}
