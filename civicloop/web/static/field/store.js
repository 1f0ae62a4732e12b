// What stays on the phone: one database for everybody who works with it, each row with the person it belongs to.
//
// drafts    being filled: {uid, person, kind, loop, content, photos, changed_at}
// outbox    handed in: {uid, person, kind, loop, seq, depends_on, content, photos, status, …}, see outbox.js
// blobs     one row per photo or voice note: {id, entry, person, sha256, type, size, bytes, preview} (ArrayBuffers; stored files come back
//           broken on some phones)
// receipts  what the server said it has: {uid, person, …} and for photos {uid: "photo:<sha256>", …}
// parcel    the day's work as the server gave it, one row per person
// pictures  small copies of photos the server has, for work without signal
// meta      {key, value}: who works here, counters, choices
//
// A draft has the uid its entry will have, so a photo belongs to it from the shutter on and is never moved.
import { openDB } from "../vendor/idb-8.0.4.js";

export const NAME = "civicloop-field";

// One step per released version of the schema; a step is never changed afterwards. Each runs inside the upgrade transaction.
export const SCHEMA = [
  (db) => {
    for (const name of ["drafts", "outbox", "receipts"]) {
      db.createObjectStore(name, { keyPath: "uid" }).createIndex("person", "person");
    }
    const blobs = db.createObjectStore("blobs", { keyPath: "id" });
    blobs.createIndex("entry", "entry");
    blobs.createIndex("sha256", "sha256");
    db.createObjectStore("parcel", { keyPath: "person" });
    db.createObjectStore("pictures", { keyPath: "sha256" });
    db.createObjectStore("meta", { keyPath: "key" });
  },
];
const STRICT = { durability: "strict" };

export class Store {
  // Open it; `blocked` is told when another tab holds an older version open, `ended` when the browser took the database away.
  static async open({ schema = SCHEMA, blocked = () => {}, ended = () => {} } = {}) {
    const db = await openDB(NAME, schema.length, {
      upgrade(opened, from, to, tx) {
        for (const step of schema.slice(from)) step(opened, tx);
      },
      blocked,
      // A newer program waits in another tab: make way at once, nothing here is unsaved.
      blocking() {
        db.close();
        ended();
      },
      terminated: ended,
    });
    return new Store(db);
  }

  constructor(db) {
    this.db = db;
  }

  close() {
    this.db.close();
  }

  async get(key, otherwise = null) {
    const row = await this.db.get("meta", key);
    return row ? row.value : otherwise;
  }

  async set(key, value) {
    await this.write(["meta"], (tx) => tx.objectStore("meta").put({ key, value }));
  }

  // One strict transaction; `work` queues its requests without waiting for anything else. Done means: on the disk.
  async write(names, work) {
    const tx = this.db.transaction(names, "readwrite", STRICT);
    // Both are awaited: a request that fails brings the transaction down, and neither error may go unheard.
    const [worked] = await Promise.allSettled([attempt(work, tx), tx.done]).then(unwrapped);
    return worked;
  }

  draft(uid) {
    return this.db.get("drafts", uid);
  }

  drafts(person) {
    return this.db.getAllFromIndex("drafts", "person", person);
  }

  async draftOf(person, kind, loop) {
    const found = (await this.drafts(person)).filter((one) => one.kind === kind && one.loop === loop);
    return found.sort((a, b) => (a.uid < b.uid ? 1 : -1))[0] || null;
  }

  async keepDraft(draft, photos = []) {
    await this.write(["drafts", "blobs"], (tx) => Promise.all([
      ...photos.map((photo) => tx.objectStore("blobs").put(photo)),
      tx.objectStore("drafts").put({ ...draft, changed_at: new Date().toISOString() }),
    ]));
  }

  // A draft is given up with its photos; a photo is taken off a draft that goes on.
  async dropDraft(uid) {
    await this.write(["drafts", "blobs", "outbox"], async (tx) => {
      // The draft of a correction is given up, not the record it was to correct.
      const handed = await tx.objectStore("outbox").get(uid);
      const kept = new Set(handed ? handed.photos.map((photo) => photo.id) : []);
      await Promise.all([tx.objectStore("drafts").delete(uid), bare(tx, uid, kept)]);
    });
  }

  async dropPhoto(draft, id) {
    await this.write(["drafts", "blobs"], (tx) => Promise.all([
      tx.objectStore("blobs").delete(id),
      tx.objectStore("drafts").put(draft),
    ]));
  }

  // Hand in: the record, its place in the row and the end of its draft in one transaction, which fails unless every photo
  // the record names lies in the store. When this returns, and not before, somebody may read "Saved".
  async handIn(entry) {
    return this.write(["outbox", "drafts", "blobs", "meta"], async (tx) => {
      const meta = tx.objectStore("meta");
      const counter = await meta.get("seq");
      const seq = (counter ? counter.value : 0) + 1;
      await complete(tx, entry);
      const row = { ...entry, seq, status: "waiting", reason: null, tries: 0, next_at: 0, missing: null };
      await Promise.all([
        meta.put({ key: "seq", value: seq }),
        tx.objectStore("drafts").delete(entry.uid),
        tx.objectStore("outbox").add(row),
      ]);
      return row;
    });
  }

  entry(uid) {
    return this.db.get("outbox", uid);
  }

  async entries(person) {
    const rows = await this.db.getAllFromIndex("outbox", "person", person);
    return rows.sort((a, b) => a.seq - b.seq);
  }

  // How many records of whom wait on this phone, also of those who are not logged in now.
  async unsentOfAll() {
    const counted = {};
    for (const row of await this.db.getAll("outbox")) {
      if (!["applied", "withdrawn"].includes(row.status)) counted[row.person] = (counted[row.person] || 0) + 1;
    }
    return counted;
  }

  // Change a record as it stands in the store now, not as somebody read it earlier.
  async change(uid, changes) {
    return this.write(["outbox"], async (tx) => {
      const row = await tx.objectStore("outbox").get(uid);
      if (!row) return null;
      const changed = { ...row, ...(typeof changes === "function" ? changes(row) : changes) };
      await tx.objectStore("outbox").put(changed);
      return changed;
    });
  }

  // Put a corrected content in the place of a refused one; under the same conditions as handing in.
  async correct(uid, changes) {
    return this.write(["outbox", "drafts", "blobs"], async (tx) => {
      const row = await tx.objectStore("outbox").get(uid);
      const changed = { ...row, ...changes(row) };
      await complete(tx, changed);
      await Promise.all([tx.objectStore("outbox").put(changed), tx.objectStore("drafts").delete(uid)]);
      return changed;
    });
  }

  async remove(uid) {
    await this.write(["outbox", "blobs"], (tx) => Promise.all([tx.objectStore("outbox").delete(uid), bare(tx, uid)]));
  }

  photo(id) {
    return this.db.get("blobs", id);
  }

  // The bytes of one picture or recording, wherever this person has them: read one by one, since all of a visit's fit in no cheap phone.
  async held(person, sha256) {
    for (const id of await this.db.getAllKeysFromIndex("blobs", "sha256", sha256)) {
      const row = await this.db.get("blobs", id);
      if (row && row.person === person && row.bytes) return row;
    }
    return null;
  }

  async photoIds(uid) {
    return this.db.getAllKeysFromIndex("blobs", "entry", uid);
  }

  // The server has this picture: the receipt is written in the transaction that deletes the bytes. The small copy stays.
  async receivePhoto(person, sha256, receipt) {
    await this.write(["receipts", "blobs"], async (tx) => {
      const blobs = tx.objectStore("blobs");
      const rows = (await blobs.index("sha256").getAll(sha256)).filter((row) => row.person === person);
      await Promise.all([
        tx.objectStore("receipts").put({ ...receipt, uid: `photo:${sha256}`, person, at: new Date().toISOString() }),
        ...rows.map((row) => blobs.put({ ...row, bytes: null, received: true })),
      ]);
    });
  }

  async receive(uid, person, receipt) {
    await this.write(["receipts"], (tx) => tx.objectStore("receipts").put({ ...receipt, uid, person }));
  }

  async receipts(person) {
    return this.db.getAllFromIndex("receipts", "person", person);
  }

  // What is done and older than a moment goes, with its small copies; receipts stay.
  async tidy(before) {
    for (const row of await this.db.getAll("outbox")) {
      if (["applied", "withdrawn"].includes(row.status) && row.settled_at && row.settled_at < before) await this.remove(row.uid);
    }
  }

  parcel(person) {
    return this.db.get("parcel", person);
  }

  async keepParcel(row) {
    await this.write(["parcel"], (tx) => tx.objectStore("parcel").put(row));
  }

  // Who logs out leaves what the server has anyway; records and drafts stay.
  async leave(person) {
    await this.write(["meta", "parcel", "pictures"], (tx) => Promise.all([
      tx.objectStore("meta").put({ key: "person", value: null }), tx.objectStore("parcel").delete(person), tx.objectStore("pictures").clear(),
    ]));
  }

  picture(sha256) {
    return this.db.get("pictures", sha256);
  }

  async keepPictures(rows, wanted) {
    await this.write(["pictures"], async (tx) => {
      const pictures = tx.objectStore("pictures");
      await Promise.all(rows.map((row) => pictures.put(row)));
      const gone = (await pictures.getAllKeys()).filter((key) => !wanted.has(key));
      await Promise.all(gone.map((key) => pictures.delete(key)));
    });
  }

  pictureKeys() {
    return this.db.getAllKeys("pictures");
  }
}

// Delete the photos of an entry.
async function bare(tx, uid, kept = new Set()) {
  const blobs = tx.objectStore("blobs");
  const found = (await blobs.index("entry").getAllKeys(uid)).filter((id) => !kept.has(id));
  await Promise.all(found.map((id) => blobs.delete(id)));
}

// Every photo a record names must lie in the store, or the transaction fails.
async function complete(tx, entry) {
  const held = new Set(await tx.objectStore("blobs").index("entry").getAllKeys(entry.uid));
  const lost = entry.photos.find((photo) => !held.has(photo.id));
  if (lost) throw new Error(`photo not in the store: ${lost.id}`);
}

async function attempt(work, tx) {
  try {
    return await work(tx);
  } catch (error) {
    try {
      tx.abort();
    } catch {
      // It has ended already, by the very fault that is reported below.
    }
    throw error;
  }
}

function unwrapped(results) {
  // The transaction's own fault says more (quota) than that of a request in it, except where the work itself refused.
  const [work, done] = results;
  if (work.status === "rejected" && work.reason && work.reason.name !== "AbortError") throw work.reason;
  if (done.status === "rejected") throw done.reason || new Error("the transaction was aborted");
  if (work.status === "rejected") throw work.reason;
  return [work.value];
}
