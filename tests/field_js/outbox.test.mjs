import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { newId } from "./static/field/ids.js";
import { alone, LEASE } from "./static/field/locks.js";
import { answer, OTHER, PERSON, phone, photo, photosOf, received, record, Server, wipe } from "./world.mjs";

beforeEach(wipe);

const posts = (server) => server.asked.filter((one) => one.path === "entries" && one.method === "POST");
const puts = (server) => server.asked.filter((one) => one.method === "PUT");
const statuses = async ({ store, person }) => (await store.entries(person)).map((row) => row.status);

// Everything handed in is on the server, each once, with the same bytes.
async function whole(server, store, rows) {
  assert.equal(server.stored, rows.length);
  assert.deepEqual(new Set(server.entries.keys()), new Set(rows.map((row) => row.uid)));
  for (const row of rows) for (const { sha256, size } of row.photos) assert.equal(server.photos.get(sha256).byteLength, size);
}

test("a day's records go out in order, with every photo, and end as applied", async () => {
  const server = new Server();
  const one = await phone(server);
  const rows = [];
  for (let n = 0; n < 30; n += 1) rows.push(await record(one, { photos: 2 }));

  assert.equal(await one.outbox.flush(), "idle");

  await whole(server, one.store, rows);
  assert.deepEqual([...server.entries.values()].map((row) => row.seq), rows.map((row) => row.seq));
  assert.deepEqual(new Set(await statuses(one)), new Set(["applied"]));
  assert.equal(await one.outbox.mayLeave(), true);
});

test("a photo's bytes leave the phone only with the receipt that names them", async () => {
  const server = new Server();
  const one = await phone(server);
  const row = await record(one, { photos: 1 });
  const [{ sha256 }] = row.photos;
  // The proxy says "fine" with the receipt of another photo.
  server.after = (response, { method }) => (method === "PUT" ? answer(200, { ok: true, server: "civicloop", sha256: "0".repeat(64), entries: [] }) : response);

  assert.equal(await one.outbox.flush(), "portal");
  assert.ok((await photosOf(one.store, row.uid))[0].bytes);
  assert.equal(await received(one.store, sha256), false);

  server.after = (response) => response;
  await one.outbox.flush({ now: true });
  assert.equal((await photosOf(one.store, row.uid))[0].bytes, null);
  assert.equal(await received(one.store, sha256), true);
});

test("killed in the middle of a photo, the next start sends it again and nothing twice", async () => {
  const server = new Server();
  let one = await phone(server);
  const rows = [await record(one, { photos: 3 }), await record(one, { photos: 1 })];
  // The page dies while the second photo is under way: its request never ends, nothing after it runs.
  server.before = ({ method }) => (method === "PUT" && puts(server).length === 2 ? new Promise(() => {}) : null);
  one.outbox.flush();
  while (puts(server).length < 2) await new Promise((done) => { setTimeout(done, 5); });
  one.outbox.wire.send = () => new Promise(() => {});
  one.store.close();

  server.before = () => null;
  one = await phone(server);
  // The killed page holds its lease until that ends; Web Locks, where a browser has them, end with the page.
  one.time.now += LEASE + 1;
  assert.equal(await one.outbox.flush(), "idle");
  await whole(server, one.store, rows);
  assert.deepEqual(await statuses(one), ["applied", "applied"]);
});

test("the server commits and the answer is lost: sent again, stored once", async () => {
  const server = new Server();
  const one = await phone(server);
  const row = await record(one, { photos: 1 });
  let cut = 2;
  server.after = (response, { method }) => {
    if (method !== "GET" && cut > 0) {
      cut -= 1;
      throw new TypeError("connection reset");
    }
    return response;
  };

  assert.equal(await one.outbox.flush(), "offline");
  assert.equal(server.stored, 1);
  assert.deepEqual(await statuses(one), ["waiting"]);
  await one.outbox.flush({ now: true });
  await one.outbox.flush({ now: true });
  await whole(server, one.store, [row]);
  assert.deepEqual(await statuses(one), ["applied"]);
});

test("a captive portal's page, with status 200, is no network", async () => {
  const server = new Server();
  const one = await phone(server);
  await record(one, { photos: 1 });
  server.before = () => answer(200, "<html>Welcome to the hotel</html>");

  assert.equal(await one.outbox.flush(), "portal");
  assert.deepEqual(await statuses(one), ["waiting"]);
  assert.equal(posts(server).length, 0);
});

test("a portal that comes between two requests loses nothing", async () => {
  const server = new Server();
  const one = await phone(server);
  const rows = [await record(one, { photos: 2 })];
  server.before = ({ method }) => (method === "PUT" ? answer(200, "<html>") : null);
  assert.equal(await one.outbox.flush(), "portal");
  server.before = () => null;
  await one.outbox.flush({ now: true });
  await whole(server, one.store, rows);
});

test("a log-in that ends in the middle of the queue stops it, keeps everything, and goes on after the next log-in", async () => {
  const server = new Server();
  const one = await phone(server);
  const rows = [];
  for (let n = 0; n < 3; n += 1) rows.push(await record(one, { photos: 1 }));
  server.before = ({ method }) => {
    if (method === "PUT" && puts(server).length === 2) server.person = null;
    return null;
  };

  assert.equal(await one.outbox.flush(), "logged_out");
  assert.equal(one.outbox.failures, 0);
  assert.equal((await statuses(one)).filter((status) => status === "waiting").length, 2);
  server.before = () => null;
  server.person = PERSON;
  assert.equal(await one.outbox.flush(), "idle");
  await whole(server, one.store, rows);
});

test("what one person noted is never sent under another's log-in", async () => {
  const server = new Server();
  const one = await phone(server);
  await record(one);
  server.person = OTHER;

  assert.equal(await one.outbox.flush(), "other_person");
  assert.equal(server.entries.size, 0);
  const other = await phone(server, { person: OTHER });
  await record(other);
  assert.equal(await other.outbox.flush(), "idle");
  assert.equal(server.stored, 1);
  assert.deepEqual(await one.store.unsentOfAll(), { [PERSON]: 1 });
});

test("when the server is away, tries grow rarer, a person's tap does not wait, and nothing is set aside", async () => {
  const server = new Server();
  const one = await phone(server);
  for (let n = 0; n < 3; n += 1) await record(one);
  server.before = () => answer(502, "<html>Bad gateway</html>");
  const waits = [];
  for (let n = 0; n < 12; n += 1) {
    assert.equal(await one.outbox.flush(), "busy");
    waits.push(one.outbox.next_at - one.time.now);
    const before = server.asked.length;
    await one.outbox.flush();
    assert.equal(server.asked.length, before, "asked again before its time");
    one.time.now = one.outbox.next_at;
  }

  assert.deepEqual(waits.slice(0, 4), [5000, 10000, 20000, 40000]);
  assert.equal(Math.max(...waits), 600000);
  server.before = () => null;
  await one.outbox.flush({ now: true });
  assert.deepEqual(new Set(await statuses(one)), new Set(["applied"]));
});

test("a server that fails on every record blames none of them", async () => {
  const server = new Server();
  const one = await phone(server);
  for (let n = 0; n < 4; n += 1) await record(one);
  server.before = ({ method }) => (method === "POST" ? answer(500, { ok: false, server: "civicloop", status: 500, code: "fault" }) : null);
  for (let n = 0; n < 12; n += 1) {
    await one.outbox.flush({ now: true });
    one.time.now += 3600000;
  }
  assert.deepEqual(new Set(await statuses(one)), new Set(["waiting"]));
});

test("`Retry-After` is obeyed", async () => {
  const server = new Server();
  const one = await phone(server);
  await record(one);
  server.before = ({ method }) => (method === "POST" ? answer(429, { ok: false, server: "civicloop", code: "slow_down" }, { "Retry-After": "90" }) : null);
  assert.equal(await one.outbox.flush(), "busy");
  assert.equal(one.outbox.next_at - one.time.now, 90000);
});

test("an answer that never comes is given up in time", async () => {
  const server = new Server();
  const one = await phone(server);
  await record(one);
  const fetch = one.wire.fetch;
  one.wire.fetch = (path, how) => (how.method === "POST"
    ? new Promise((_, failed) => { how.signal.addEventListener("abort", () => failed(new Error("aborted"))); }) : fetch(path, how));
  assert.equal(await one.outbox.flush(), "offline");
});

test("two tabs: one sends, the other looks on, and a lease left by a killed tab is outlived", async () => {
  const server = new Server();
  const first = await phone(server);
  const second = await phone(server);
  await record(first, { photos: 1 });
  let let_go;
  const held = new Promise((done) => { let_go = done; });
  server.before = ({ method }) => (method === "POST" ? held.then(() => null) : null);

  const running = first.outbox.flush();
  while (!posts(server).length) await new Promise((done) => { setTimeout(done, 2); });
  assert.equal(await second.outbox.flush(), "elsewhere");
  let_go();
  assert.equal(await running, "idle");
  assert.equal(posts(server).length, 1);

  await first.store.set("lease", { holder: "killed", until: first.time.now + LEASE });
  await record(first);
  assert.equal(await first.outbox.flush({ now: true }), "elsewhere");
  first.time.now += LEASE + 1;
  assert.equal(await first.outbox.flush({ now: true }), "idle");
});

test("with Web Locks the lock decides", async () => {
  const server = new Server();
  const locks = { free: false, request: (name, how, work) => work(locks.free ? {} : null) };
  const one = await phone(server, { locks });
  await record(one);
  assert.equal(await one.outbox.flush(), "elsewhere");
  locks.free = true;
  assert.equal(await one.outbox.flush({ now: true }), "idle");
  assert.deepEqual(await alone(one.store, () => 7, { locks }), { held: true, value: 7 });
});

test("a record the server cannot store is set aside with its reason; all others go through", async () => {
  const server = new Server();
  const one = await phone(server);
  const rows = [];
  for (let n = 0; n < 9; n += 1) rows.push(await record(one, { content: { n } }));
  server.refuses = ({ content }) => (content.n === 4 ? "not a category" : null);

  assert.equal(await one.outbox.flush(), "idle");
  assert.equal(server.stored, 8);
  const bad = await one.store.entry(rows[4].uid);
  assert.equal(bad.status, "needs_you");
  assert.equal(bad.aside, true);
  assert.equal(bad.reason.sentence, "not a category");
  const before = posts(server).length;
  await one.outbox.flush({ now: true });
  assert.equal(posts(server).length, before, "what is set aside is not sent again by itself");
  assert.equal(await one.outbox.mayLeave(), false);
});

test("a record on which the server crashes is found by halves, holds nobody up, and is set aside in the end", async () => {
  const server = new Server();
  const one = await phone(server);
  const rows = [];
  for (let n = 0; n < 8; n += 1) rows.push(await record(one, { content: { n } }));
  const fault = answer.bind(null, 500, { ok: false, server: "civicloop", status: 500, code: "fault" });
  server.before = ({ method, body }) => (method === "POST" && /"n":5/.test(body) ? fault() : null);

  await one.outbox.flush();
  assert.equal(server.stored, 7);
  assert.equal((await one.store.entry(rows[5].uid)).status, "waiting");
  for (let n = 0; n < 10; n += 1) {
    await record(one, { content: { n: 100 + n } });
    one.time.now += 3600000;
    await one.outbox.flush({ now: true });
  }
  assert.equal(server.stored, 17);
  assert.equal((await one.store.entry(rows[5].uid)).status, "needs_you");
});

test("a whole request refused as unreadable is split, and the record at fault set aside after three tries", async () => {
  const server = new Server();
  const one = await phone(server);
  const rows = [await record(one, { content: { n: 1 } }), await record(one, { content: { n: 2 } })];
  server.before = ({ method, body }) => (method === "POST" && /"n":2/.test(body)
    ? answer(413, { ok: false, server: "civicloop", status: 413, code: "too_large", sentence: "too large" }) : null);
  for (let n = 0; n < 3; n += 1) {
    await one.outbox.flush({ now: true });
    one.time.now += 3600000;
  }
  assert.deepEqual(await statuses(one), ["applied", "needs_you"]);
  assert.equal((await one.store.entry(rows[1].uid)).reason.sentence, "too large");
});

test("a photo damaged on the phone is found out and does not block the next record", async () => {
  const server = new Server();
  const one = await phone(server);
  const rows = [await record(one, { photos: 1 }), await record(one, { photos: 1 })];
  const [held] = await photosOf(one.store, rows[0].uid);
  await one.store.write(["blobs"], (tx) => tx.objectStore("blobs").put({ ...held, bytes: new TextEncoder().encode("rot").buffer }));

  await one.outbox.flush();
  assert.deepEqual(await statuses(one), ["needs_you", "applied"]);
  assert.equal((await one.store.entry(rows[0].uid)).reason.code, "photo_broken");
});

test("a clock a day off is sent as it is, with what the server's clock said", async () => {
  const server = new Server();
  const one = await phone(server);
  server.time = () => one.time.now + 86400000;
  await record(one);
  await one.outbox.flush();
  await record(one);
  await one.outbox.flush();
  const [first, second] = server.entries.values();
  assert.equal(first.clock_offset_s, null, "before the first ping nothing is known; the batch's clock is taken");
  assert.equal(second.clock_offset_s, 86400);
  assert.equal(second.noted_at, new Date(one.time.now).toISOString());
  assert.ok(JSON.parse(posts(server)[0].body).clock);
});

test("a record about something waits for the one before it about the same", async () => {
  const server = new Server();
  const one = await phone(server);
  const first = await record(one);
  const second = await record(one, { loop: first.loop, kind: "step" });
  const elsewhere = await record(one);
  assert.deepEqual(second.after, [first.uid]);
  assert.deepEqual(elsewhere.after, []);
  assert.ok(first.seq < second.seq && second.seq < elsewhere.seq);
});

test("refused by a rule: shown with the reason, mended under its own uid, sent again", async () => {
  const server = new Server();
  const one = await phone(server);
  const row = await record(one, { photos: 1 });
  await one.outbox.flush();
  Object.assign(server.entries.get(row.uid), { forced: "refused", why: "the category asks for more" });
  await one.store.change(row.uid, { status: "sent", settled_at: null });
  await one.outbox.flush({ now: true });
  const refused = await one.store.entry(row.uid);
  assert.equal(refused.status, "refused");
  assert.equal(refused.reason.sentence, "the category asks for more");
  assert.equal(await one.outbox.mayLeave(), true, "the server has it: nothing is lost by logging out");

  await one.outbox.correct({ uid: row.uid, content: { n: 2 }, photos: row.photos, title: "T" });
  assert.equal(await one.outbox.mayLeave(), false);
  await one.outbox.flush({ now: true });
  assert.equal(server.entries.get(row.uid).revision, 1);
  assert.deepEqual(server.entries.get(row.uid).content, { n: 2 });
  assert.equal(server.stored, 1);
  assert.deepEqual(await statuses(one), ["applied"]);
});

test("a decision the server no longer allows comes back with its reason", async () => {
  const server = new Server();
  const one = await phone(server);
  const row = await record(one);
  await one.outbox.flush();
  Object.assign(server.entries.get(row.uid), { forced: "needs_you", why: "the case moved on" });
  await one.store.change(row.uid, { status: "sent" });
  await one.outbox.flush({ now: true });
  server.before = ({ path }) => (path.endsWith("/settle") ? answer(409, { ok: false, server: "civicloop", status: 409, code: "not_now", sentence: "no longer" }) : null);
  await one.outbox.decide(row.uid, "withdraw");
  await one.outbox.flush({ now: true });
  const now = await one.store.entry(row.uid);
  assert.equal(now.status, "needs_you");
  assert.equal(now.pending, null);
  assert.equal(now.declined, "no longer");
  assert.equal(now.reason.sentence, "the case moved on");
  server.before = () => null;
  await one.outbox.decide(row.uid, "withdraw");
  await one.outbox.flush({ now: true });
  assert.deepEqual(await statuses(one), ["withdrawn"]);
});

test("what has certainly not left the phone can be deleted; what may have, cannot", async () => {
  const server = new Server();
  const one = await phone(server);
  const fresh = await record(one, { photos: 1 });
  assert.equal(await one.outbox.discard(fresh.uid), true);
  assert.deepEqual(await photosOf(one.store, fresh.uid), []);
  const sent = await record(one);
  server.after = (response, { method }) => {
    if (method === "POST") throw new TypeError("reset");
    return response;
  };
  await one.outbox.flush();
  assert.equal(await one.outbox.discard(sent.uid), false);
  assert.ok(await one.store.entry(sent.uid));
});

test("a log-out is held while anything is only on this phone", async () => {
  const server = new Server();
  const one = await phone(server);
  assert.equal(await one.outbox.mayLeave(), true);
  await record(one, { photos: 1 });
  assert.equal(await one.outbox.mayLeave(), false);
  server.before = ({ method }) => (method === "PUT" ? answer(502, "") : null);
  await one.outbox.flush();
  assert.equal(await one.outbox.mayLeave(), false, "the record is there, its photo is not");
  server.before = () => null;
  await one.outbox.flush({ now: true });
  assert.equal(await one.outbox.mayLeave(), true);
});

test("a stale token of the form guard is fetched anew, once", async () => {
  const server = new Server();
  const one = await phone(server);
  await record(one);
  let refused = 0;
  server.before = ({ method }) => {
    if (method !== "POST" || refused) return null;
    refused += 1;
    return answer(403, { ok: false, server: "civicloop", status: 403, code: "csrf_failed" });
  };
  assert.equal(await one.outbox.flush(), "idle");
  assert.equal(server.stored, 1);
});

test("what is done is tidied after three days, its receipt is kept", async () => {
  const server = new Server();
  const one = await phone(server);
  const row = await record(one, { photos: 1 });
  await one.outbox.flush();
  one.time.now += 4 * 24 * 3600 * 1000;
  await one.outbox.flush({ now: true });
  assert.equal(await one.store.entry(row.uid), undefined);
  assert.deepEqual(await photosOf(one.store, row.uid), []);
  const uids = (await one.store.receipts(PERSON)).map((one) => one.uid);
  assert.ok(uids.includes(row.uid) && uids.includes(`photo:${row.photos[0].sha256}`));
});

test("what is noted about a case made offline goes out against its own id, in order, before the server has heard of it", async () => {
  const server = new Server();
  const one = await phone(server);
  const loop = newId();
  const made = await record(one, { loop, photos: 1 });
  const first = await record(one, { loop, kind: "comment", content: { note: "one" } });
  const second = await record(one, { loop, kind: "comment", content: { note: "two" } });

  assert.deepEqual([made.after, first.after, second.after], [[], [made.uid], [first.uid]]);
  await one.outbox.flush();
  const kept = [...server.entries.values()];
  assert.deepEqual(kept.map((row) => [row.uid, row.loop]), [made, first, second].map((row) => [row.uid, loop]));
  assert.ok(kept[0].seq < kept[1].seq && kept[1].seq < kept[2].seq);
});

test("a case taken back before it was sent takes with it what was noted about it, and nothing else", async () => {
  const server = new Server();
  const one = await phone(server);
  const loop = newId();
  const made = await record(one, { loop });
  await record(one, { loop, kind: "comment", photos: 1 });
  const other = await record(one);

  assert.equal(await one.outbox.discard(made.uid), true);
  assert.deepEqual((await one.store.entries(PERSON)).map((row) => row.uid), [other.uid]);
  assert.equal((await one.store.db.getAll("blobs")).length, 0);
});

test("a voice note goes its own way, is resumed after a cut, and leaves the phone with its receipt", async () => {
  const server = new Server();
  const one = await phone(server);
  const row = await record(one, { photos: 1, voices: 1 });
  const said = row.photos.find((file) => file.kind === "voice");
  let cut = true;
  server.before = ({ path }) => {
    if (!cut || !path.startsWith("voices/")) return null;
    cut = false;
    throw new TypeError("cut off");
  };

  assert.equal(await one.outbox.flush(), "offline");
  assert.ok((await photosOf(one.store, row.uid)).find((file) => file.kind === "voice").bytes);
  await one.outbox.flush({ now: true });

  assert.deepEqual(puts(server).map(({ path }) => path.split("/")[0]), ["photos", "voices", "voices"]);
  assert.equal(server.photos.get(said.sha256).byteLength, said.size);
  assert.equal((await photosOf(one.store, row.uid)).find((file) => file.kind === "voice").bytes, null);
  assert.deepEqual(await statuses(one), ["applied"]);
});

test("a voice note that is lost on the phone is said to be one", async () => {
  const server = new Server();
  const one = await phone(server);
  const row = await record(one, { voices: 1 });
  await one.store.write(["blobs"], (tx) => tx.objectStore("blobs").clear());
  await one.outbox.flush();

  const [found] = await one.store.entries(PERSON);
  assert.deepEqual([found.uid, found.aside, found.reason.code], [row.uid, true, "voice_lost"]);
});

test("of sixty photos one is read at a time: a cheap phone has no room for all", async () => {
  const server = new Server();
  const one = await phone(server);
  const row = await record(one, { photos: 60, kind: "visit" });
  const { db } = one.store;
  let most = 0;
  one.store.db = new Proxy(db, { get(target, name) {
    const found = target[name];
    if (!["get", "getAll", "getAllFromIndex"].includes(name)) return typeof found === "function" ? found.bind(target) : found;
    return async (...given) => {
      const got = await found.apply(target, given);
      if (given[0] === "blobs") most = Math.max(most, [].concat(got || []).filter((file) => file.bytes).length);
      return got;
    };
  } });

  assert.equal(await one.outbox.flush(), "idle");
  await whole(server, one.store, [row]);
  assert.equal(most, 1);
});

test("a photo that another record of the same person still has is sent from there", async () => {
  const server = new Server();
  const one = await phone(server);
  const uid = newId();
  const same = { ...await photo(one, uid, "same"), entry: uid };
  const other = await record(one);
  await one.store.write(["blobs", "outbox"], async (tx) => {
    const { bytes, preview, entry, ...mention } = same;
    await tx.objectStore("blobs").put({ ...same, entry: "elsewhere" });
    await tx.objectStore("outbox").put({ ...other, photos: [mention] });
  });

  assert.equal(await one.outbox.flush(), "idle");
  assert.equal(server.photos.get(same.sha256).byteLength, same.size);
});

test("a photo that two records show is sent once, and neither takes it for lost", async () => {
  const server = new Server();
  const one = await phone(server);
  const show = async (...texts) => {
    const uid = newId();
    const taken = await Promise.all(texts.map((text) => photo(one, uid, text)));
    const photos = taken.map(({ bytes, preview, entry, ...mention }) => mention);
    await one.store.keepDraft({ uid, person: PERSON, kind: "case", loop: uid, content: {}, photos }, taken);
    return one.outbox.handIn({ uid, kind: "case", loop: uid, content: {}, photos, title: "T" });
  };
  await show("both");
  await show("both", "own");

  assert.equal(await one.outbox.flush(), "idle");
  const rows = await one.store.entries(PERSON);
  assert.deepEqual(rows.map((row) => [row.status, row.aside, row.missing]), [["applied", false, []], ["applied", false, []]]);
  assert.equal(puts(server).length, 2);
});
