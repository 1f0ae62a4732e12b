// A phone and a server in memory. The server keeps to the protocol and can be told to misbehave; the phone can be killed.
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { newId, sha256 } from "./static/field/ids.js";
import { Outbox } from "./static/field/outbox.js";
import { Store } from "./static/field/store.js";
import { Wire } from "./static/field/wire.js";

export const PERSON = "01900000-0000-7000-8000-000000000001";
export const OTHER = "01900000-0000-7000-8000-000000000002";

export function wipe() {
  globalThis.indexedDB = new IDBFactory();
}

export const answer = (status, body, headers = {}) => new Response(typeof body === "string" ? body : JSON.stringify(body), {
  status, headers: { "Content-Type": typeof body === "string" ? "text/html" : "application/json", ...headers },
});
const ok = (body, status = 200) => answer(status, { ok: true, server: "civicloop", ...body });
const no = (status, code, more = {}) => answer(status, { ok: false, server: "civicloop", status, code, sentence: `because ${code}`, ...more });

// What the server does with entries and photos, without the rules of any case.
export class Server {
  constructor() {
    Object.assign(this, { entries: new Map(), photos: new Map(), person: PERSON, asked: [], before: () => null, after: (r) => r, refuses: () => null, time: () => Date.now(), stored: 0 });
    this.fetch = (path, how) => this.serve(path.replace("/field/", ""), how);
  }

  async serve(path, how) {
    const request = { method: how.method, path, body: how.body };
    this.asked.push(request);
    const early = await this.before(request);
    if (early) return early;
    return this.after(await this.work(request, how), request);
  }

  async work({ method, path, body }) {
    if (path === "ping") return ok({ time: new Date(this.time()).toISOString(), format: 1, csrf: "token", person: this.person && { uid: this.person, name: "Test" } });
    if (!this.person) return no(401, "logged_out");
    if (method === "POST" && path === "entries") return this.take(JSON.parse(body));
    if (method === "PUT") return this.receive(path, body);
    if (method === "POST") return this.settle(path.split("/")[1], JSON.parse(body));
    const uid = /uid=([^&]+)/.exec(path);
    const rows = [...this.entries.values()].filter((row) => !uid || row.uid === uid[1]);
    return ok({ time: new Date().toISOString(), until: `u${this.asked.length}`, more: false, entries: rows.map((row) => this.status(row)) });
  }

  take({ entries }) {
    return ok({ entries: entries.map((one) => {
      const refused = this.refuses(one);
      if (refused && refused.whole) throw new Error("crash");
      if (refused) return { ok: false, uid: one.uid, status: 422, code: "invalid", sentence: refused, field: "content" };
      const known = this.entries.get(one.uid);
      if (known && known.text !== JSON.stringify(one.content)) return { ok: false, uid: one.uid, status: 409, code: "entry_differs", sentence: "differs", entry: this.status(known) };
      if (!known) {
        this.stored += 1;
        this.entries.set(one.uid, { ...one, text: JSON.stringify(one.content), revision: 0 });
      }
      return { ok: true, uid: one.uid, new: !known, entry: this.status(this.entries.get(one.uid)) };
    }) });
  }

  async receive(path, bytes) {
    const digest = path.split("/")[1].split("?")[0];
    const found = await sha256(bytes);
    if (found !== digest) return no(422, "sha256_mismatch");
    const fresh = !this.photos.has(digest);
    this.photos.set(digest, new Uint8Array(bytes));
    const named = [...this.entries.values()].filter((row) => row.photos.some((photo) => photo.sha256 === digest));
    return ok({ sha256: digest, size: bytes.byteLength, new: fresh, entries: named.map((row) => this.status(row)) });
  }

  settle(uid, { what, content, photos }) {
    const row = this.entries.get(uid);
    if (what === "withdraw") row.forced = "withdrawn";
    if (what === "resend") Object.assign(row, { content, photos, text: JSON.stringify(content), revision: row.revision + 1, forced: null });
    return ok({ entry: this.status(row), entries: [] });
  }

  status(row) {
    const missing = row.photos.map((photo) => photo.sha256).filter((digest) => !this.photos.has(digest));
    const state = row.forced || (missing.length ? "waiting" : "applied");
    return { uid: row.uid, kind: row.kind, loop: row.loop, state, missing, sentence: row.why || "", code: row.why ? "why" : "", digest: row.text, field: "",
      may: state === "refused" ? ["withdraw", "resend"] : [], received_at: "2026-11-22T09:00:00+08:00", result: null };
  }
}

// A tab of the phone. `reopen` is what is left after a kill: the same store, everything else new.
export async function phone(server, { person = PERSON, clock, locks = null, ...more } = {}) {
  const time = clock || { now: Date.parse("2026-11-22T01:00:00Z") };
  const store = await Store.open();
  const wire = new Wire({ fetch: server.fetch, cookie: () => "", patience: 200 });
  const outbox = new Outbox({ store, wire, person, locks, now: () => time.now, random: () => 0.5, ...more });
  return { store, wire, outbox, time, server, person };
}

export async function photo(phoneOrStore, entry, text = newId(), person = PERSON) {
  const bytes = new TextEncoder().encode(`jpeg ${text}`).buffer;
  return { id: newId(), entry, person, sha256: await sha256(bytes), type: "image/jpeg", size: bytes.byteLength, bytes, preview: null, kind: "near" };
}

// Fill a draft with photos and hand it in, as a form does.
export async function record({ outbox, store, person }, { photos = 0, voices = 0, loop = newId(), kind = "case", content = { n: 1 } } = {}) {
  const uid = newId();
  const taken = [];
  for (let n = 0; n < photos; n += 1) taken.push(await photo(store, uid, undefined, person));
  for (let n = 0; n < voices; n += 1) taken.push({ ...await photo(store, uid, undefined, person), kind: "voice", type: "audio/webm", seconds: 3 });
  const mentions = taken.map(({ bytes, preview, entry, ...rest }) => rest);
  await store.keepDraft({ uid, person, kind, loop, content, photos: mentions }, taken);
  return outbox.handIn({ uid, kind, loop, content, photos: mentions, title: "T" });
}

// What lies in a phone's store of an entry's photos, and whether the server has named one in a receipt.
export const photosOf = (store, uid) => store.db.getAllFromIndex("blobs", "entry", uid);
export const received = async (store, sha256) => Boolean(await store.db.getKey("receipts", `photo:${sha256}`));
