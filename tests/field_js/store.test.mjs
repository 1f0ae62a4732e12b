import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { newId } from "./static/field/ids.js";
import { SCHEMA, Store } from "./static/field/store.js";
import { OTHER, PERSON, phone, photo, photosOf, record, Server, wipe } from "./world.mjs";

beforeEach(wipe);

test("every released schema with a full outbox is brought to the newest, and nothing is lost", async () => {
  // Each prefix of the list is a version somebody may still have; one more step stands for the next release.
  const next = (db, tx) => tx.objectStore("outbox").createIndex("status", "status");
  for (let released = 1; released <= SCHEMA.length; released += 1) {
    wipe();
    const server = new Server();
    const old = await Store.open({ schema: SCHEMA.slice(0, released) });
    const one = await phone(server);
    one.store.close();
    one.outbox.store = old;
    const rows = [];
    for (let n = 0; n < 20; n += 1) rows.push(await record({ ...one, store: old }, { photos: 2 }));
    await old.keepDraft({ uid: newId(), person: PERSON, kind: "case", loop: "x", content: {}, photos: [] });
    old.close();

    const newest = await Store.open({ schema: [...SCHEMA, next] });
    assert.equal(newest.db.version, SCHEMA.length + 1);
    assert.equal((await newest.entries(PERSON)).length, 20);
    assert.equal((await newest.drafts(PERSON)).length, 1);
    one.outbox.store = newest;
    assert.equal(await one.outbox.flush(), "idle");
    assert.equal(server.stored, 20);
    assert.equal(server.photos.size, 40);
    newest.close();
  }
});

test("an older tab makes way for a newer version at once", async () => {
  let ended = false;
  await Store.open({ ended: () => { ended = true; } });
  const newest = await Store.open({ schema: [...SCHEMA, () => {}] });
  assert.equal(newest.db.version, SCHEMA.length + 1);
  assert.equal(ended, true);
});

test("a record is kept with all its photos or not at all", async () => {
  const one = await phone(new Server());
  const uid = newId();
  const held = await photo(one.store, uid);
  const { bytes, preview, entry, ...mention } = held;
  await one.store.keepDraft({ uid, person: PERSON, kind: "case", loop: uid, content: { n: 1 }, photos: [mention] }, [held]);
  const lost = { ...mention, id: newId() };

  await assert.rejects(one.outbox.handIn({ uid, kind: "case", loop: uid, content: {}, photos: [mention, lost], title: "" }), /photo not in the store/);
  assert.deepEqual(await one.store.entries(PERSON), []);
  assert.ok(await one.store.draft(uid), "the draft is still there");
  assert.equal(await one.store.get("seq"), null);
  await one.outbox.handIn({ uid, kind: "case", loop: uid, content: {}, photos: [mention], title: "" });
  assert.equal(await one.store.draft(uid), undefined);
});

test("a phone without room says so, and neither the draft before nor the outbox is harmed", async () => {
  const one = await phone(new Server());
  const kept = await record(one, { photos: 1 });
  const uid = newId();
  const draft = { uid, person: PERSON, kind: "case", loop: uid, content: { n: 1 }, photos: [] };
  await one.store.keepDraft(draft);
  const big = await photo(one.store, uid);
  // What a full disk does: the request fails with QuotaExceededError and takes the transaction down.
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function full(value, ...rest) {
    if (this.name === "blobs") throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
    return put.call(this, value, ...rest);
  };
  try {
    await assert.rejects(one.store.keepDraft({ ...draft, content: { n: 2 }, photos: [big] }, [big]), { name: "QuotaExceededError" });
  } finally {
    IDBObjectStore.prototype.put = put;
  }
  assert.deepEqual((await one.store.draft(uid)).content, { n: 1 });
  assert.equal((await photosOf(one.store, kept.uid)).length, 1);
  assert.equal((await one.store.entries(PERSON)).length, 1);
});

test("saved means strictly written: the transaction asks for it", async () => {
  const one = await phone(new Server());
  const asked = [];
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function watched(names, mode, options) {
    if (mode === "readwrite") asked.push({ names: [...names].sort().join(), durability: options && options.durability });
    return transaction.call(this, names, mode, options);
  };
  try {
    await record(one, { photos: 1 });
  } finally {
    IDBDatabase.prototype.transaction = transaction;
  }
  assert.ok(asked.every((one_) => one_.durability === "strict"));
  assert.ok(asked.some((one_) => one_.names === "blobs,drafts,meta,outbox"));
});

test("giving up a draft deletes its photos; giving up a correction keeps those of the record", async () => {
  const one = await phone(new Server());
  const row = await record(one, { photos: 2 });
  await one.store.keepDraft({ uid: row.uid, person: PERSON, kind: "case", loop: row.loop, content: {}, photos: row.photos, correcting: true }, [await photo(one.store, row.uid)]);
  assert.equal((await photosOf(one.store, row.uid)).length, 3);
  await one.store.dropDraft(row.uid);
  assert.equal((await photosOf(one.store, row.uid)).length, 2);

  const uid = newId();
  await one.store.keepDraft({ uid, person: PERSON, kind: "case", loop: uid, content: {}, photos: [] }, [await photo(one.store, uid)]);
  await one.store.dropDraft(uid);
  assert.deepEqual(await photosOf(one.store, uid), []);
});

test("places in the row rise without gaps, whichever tab hands in", async () => {
  const server = new Server();
  const [first, second] = [await phone(server), await phone(server)];
  const rows = await Promise.all([0, 1, 2, 3, 4, 5].map((n) => record(n % 2 ? first : second)));
  assert.deepEqual(rows.map((row) => row.seq).sort((a, b) => a - b), [1, 2, 3, 4, 5, 6]);
});

test("who logs out leaves neither his parcel nor its pictures behind, and every record", async () => {
  const server = new Server();
  const one = await phone(server);
  const row = await record(one, { photos: 1 });
  for (const person of [PERSON, OTHER]) await one.store.keepParcel({ person, digest: "d", data: {} });
  await one.store.keepPictures([{ sha256: "a", type: "image/jpeg", bytes: new ArrayBuffer(1) }], new Set(["a"]));
  await one.store.set("person", { uid: PERSON });

  await one.store.leave(PERSON);

  assert.equal(await one.store.get("person"), null);
  assert.equal(await one.store.parcel(PERSON), undefined);
  assert.ok(await one.store.parcel(OTHER));
  assert.deepEqual(await one.store.pictureKeys(), []);
  assert.deepEqual((await one.store.entries(PERSON)).map(({ uid }) => uid), [row.uid]);
  assert.equal((await photosOf(one.store, row.uid)).length, 1);
});
