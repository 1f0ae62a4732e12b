import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { Draft } from "./static/field/drafts.js";
import { fix, rest } from "./static/field/geo.js";
import { newId } from "./static/field/ids.js";
import { OTHER, PERSON, phone, photosOf, Server, wipe } from "./world.mjs";

// A device whose position comes when the test says so.
let found = [];
let missed = () => {};
Object.defineProperty(globalThis, "navigator", { configurable: true, value: { geolocation: {
  watchPosition: () => 1,
  clearWatch() {},
  getCurrentPosition: (hear, fail) => { found.push(hear); missed = fail; },
} } });
const at = (lon, lat) => ({ coords: { longitude: lon, latitude: lat, accuracy: 9 }, timestamp: Date.now() });
const soon = (check) => new Promise((done) => {
  const look = async () => ((await check()) ? done() : setTimeout(look, 5));
  look();
});

beforeEach(() => { wipe(); found = []; });
after(rest);

const LIMITS = { photos_per_entry: 12, photos_per_visit: 200, photos_per_item: 12, photo_bytes: 1000 };

async function form(kind = "case", limits = LIMITS) {
  const { store, outbox } = await phone(new Server());
  const app = { store, outbox, person: { uid: PERSON }, parcel: { limits }, handIn: (record) => outbox.handIn(record) };
  return { app, store, draft: await Draft.of(app, kind, newId(), { note: "" }) };
}

const picture = (text = "jpeg", size = 0) => new Blob([text, new Uint8Array(size)], { type: "image/jpeg" });

// First of all: nothing in this file has found a position yet.
test("a photo lies in the store before the device knows where it is, and is told so when it does", async () => {
  const { store, draft } = await form();
  const photo = await draft.add("case", "near", picture(), "camera");

  const kept = await store.photo(photo.id);
  assert.equal(new TextDecoder().decode(kept.bytes), "jpeg");
  assert.equal(kept.lon, null);
  assert.deepEqual((await store.draft(draft.row.uid)).photos.map((one) => [one.id, one.lon]), [[photo.id, null]]);

  await soon(() => found.length);
  found.forEach((hear) => hear(at(118.1, 24.7)));
  await draft.ready();
  const [mention] = (await store.draft(draft.row.uid)).photos;
  assert.deepEqual([mention.lon, mention.lat, mention.accuracy_m], [118.1, 24.7, 9]);
  assert.equal((await store.photo(photo.id)).lon, 118.1);
});

test("what is typed while a form is handed in leaves no draft behind", async () => {
  const { store, draft } = await form();
  draft.content.note = "one";
  draft.touch();
  const handing = draft.handIn({ content: draft.content, title: "T" });
  draft.content.note = "two";
  draft.touch();
  await handing;
  draft.touch();
  await draft.rest();
  await new Promise((done) => { setTimeout(done, 400); });

  assert.deepEqual(await store.drafts(PERSON), []);
  assert.equal((await store.entries(PERSON)).length, 1);
});

test("a form that could not be handed in is a draft still", async () => {
  const { app, store, draft } = await form();
  await draft.save();
  app.handIn = () => Promise.reject(new Error("full"));
  await assert.rejects(draft.handIn({ content: draft.content, title: "T" }));
  draft.content.note = "still here";
  draft.touch();
  await draft.rest();

  assert.equal((await store.drafts(PERSON))[0].content.note, "still here");
});

test("a form of somebody else is not handed in under another name", async () => {
  const { app, store, draft } = await form();
  await draft.save();
  app.person = { uid: OTHER };
  await assert.rejects(draft.handIn({ content: draft.content, title: "T" }));

  assert.equal((await store.drafts(PERSON)).length, 1);
  assert.deepEqual(await store.entries(OTHER), []);
});

test("one photo more than the server takes is said at the shutter, and so is one too large", async () => {
  const { draft } = await form("visit", { ...LIMITS, photos_per_item: 2, photos_per_visit: 3 });
  const taken = [];
  for (const [slot, text] of [["A", "1"], ["A", "2"], ["A", "3"], ["B", "4"], ["B", "5"]]) {
    taken.push(await draft.add(slot, "near", picture(text), "camera").then(() => slot, () => "no"));
  }
  assert.deepEqual(taken, ["A", "A", "no", "B", "no"]);

  const single = (await form("case", { ...LIMITS, photos_per_entry: 1 })).draft;
  await assert.rejects(single.add("case", "near", picture("x", 2000), "camera"), /too large/);
  await single.add("case", "near", picture(), "camera");
  await assert.rejects(single.add("case", "far", picture("y"), "camera"), /No more than 1/);
});

test("what is spoken lies in the store when handing in begins, whoever has stopped the recording", async () => {
  const { store, draft } = await form();
  let end;
  const recording = { seconds: 4, ended: new Promise((done) => { end = done; }), stop() { end(new Blob(["opus"], { type: "audio/webm" })); return this.ended; } };
  const done = draft.record(async () => recording, () => {});
  await soon(() => draft.recording);
  await draft.handIn({ content: draft.content, title: "T" });
  await done;

  const [row] = await store.entries(PERSON);
  assert.deepEqual(row.photos.map((one) => [one.kind, one.slot, one.seconds, one.type]), [["voice", "voice", 4, "audio/webm"]]);
  assert.equal(new TextDecoder().decode((await photosOf(store, row.uid))[0].bytes), "opus");
});

test("a recording in which nothing was said leaves nothing", async () => {
  const { draft } = await form();
  await draft.record(async () => ({ seconds: 0, ended: Promise.resolve(null) }), () => {});

  assert.deepEqual(draft.row.photos, []);
  assert.equal(draft.recording, null);
});

test("a photo taken while somebody speaks lies in the store at once, and what is said comes after it", { timeout: 20_000 }, async () => {
  const { store, draft } = await form();
  let end;
  const recording = { seconds: 9, ended: new Promise((done) => { end = done; }), stop() {} };
  const done = draft.record(async () => recording, () => {});
  await soon(() => draft.recording);
  const photo = await draft.add("case", "near", picture(), "camera");

  assert.ok((await store.photo(photo.id)).bytes);
  assert.equal(draft.recording, recording);
  end(new Blob(["opus"], { type: "audio/webm" }));
  await done;
  assert.deepEqual((await store.draft(draft.row.uid)).photos.map((one) => one.kind), ["near", "voice"]);
});

test("a device that finds nothing says nothing: where it stood an hour ago is not where a photo is taken", async () => {
  const now = Date.now;
  const hours = (n) => { Date.now = () => now() + n * 3600_000; };
  try {
    hours(1);
    const first = fix(5000);
    found.at(-1)(at(118.1, 24.7));
    assert.equal((await first).lon, 118.1);
    hours(2);
    const second = fix(5000);
    missed({ code: 2 });
    assert.equal(await second, null);
  } finally {
    Date.now = now;
  }
});
