import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { beforeEach, test } from "node:test";
import { backoff, envelope, portions, settled, summary } from "./static/field/entries.js";
import { crc32, outboxFiles, zip } from "./static/field/files.js";
import { bearing, direction, far, length, metres } from "./static/field/geo.js";
import { newId, sha256, slowSha256 } from "./static/field/ids.js";
import { caseOf, indexed, ownCases } from "./static/field/parcel.js";
import { judged, lacks, needsPhoto, sheet } from "./static/field/sheets.js";
import { clock, day, inZone, keyOf, moment, span, speak, t } from "./static/field/words.js";
import { PERSON, phone, record, Server, wipe } from "./world.mjs";

beforeEach(wipe);

test("ids are of version 7 and sort by time", () => {
  const ids = [1, 2, 3].map((n) => newId(1764000000000 + n));
  assert.deepEqual(ids, [...ids].sort());
  for (const one of ids) assert.match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(newId(1764000000000).replace("-", "").slice(0, 12), 16), 1764000000000);
});

test("digests are the same with and without the browser's own", async () => {
  for (const size of [0, 1, 55, 56, 63, 64, 65, 1000, 100000]) {
    const bytes = randomBytes(size);
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + size);
    const expected = createHash("sha256").update(bytes).digest("hex");
    assert.equal(await sha256(buffer), expected);
    assert.equal(slowSha256(buffer), expected);
  }
});

test("distances and directions", () => {
  const here = { lon: 118.15, lat: 24.72 };
  assert.ok(Math.abs(metres(here, { lon: 118.15, lat: 24.73 }) - 1112) < 1);
  assert.ok(Math.abs(metres(here, { lon: 118.16, lat: 24.72 }) - 1010) < 2);
  assert.equal(direction(bearing(here, { lon: 118.16, lat: 24.73 })), "to the north-east");
  assert.equal(direction(bearing(here, { lon: 118.15, lat: 24.71 })), "to the south");
  assert.equal(direction(359), "to the north");
  assert.equal(length(42.4), "42 m");
  assert.equal(length(1234), "1.2 km");
});

test("far is judged with the fix's own doubt, and an unknown place is never far", () => {
  const place = { lon: 118.15, lat: 24.72 };
  const fix = (accuracy_m) => ({ lon: 118.15, lat: 24.7218, accuracy_m });
  assert.equal(far(fix(10), place, 150), true);
  assert.equal(far(fix(80), place, 150), false);
  assert.equal(far(fix(10), { lon: null, lat: null }, 150), false);
  assert.equal(far(null, place, 150), false);
});

test("the count decides as the server decides", () => {
  const most = { compare: "at_most", value: 0, per_m: null };
  const per = { compare: "at_least", value: 3, per_m: 500 };
  assert.equal(judged(most, { count: "0" }), "met");
  assert.equal(judged(most, { count: "1" }), "not_met");
  assert.equal(judged(most, { count: "" }), null);
  assert.equal(judged(per, { count: "4", length_m: "700" }), "not_met");
  assert.equal(judged(per, { count: "5", length_m: "700" }), "met");
  assert.equal(judged(per, { count: "5" }), null);
  assert.equal(judged({ compare: "at_least", value: 0.3, per_m: null }, { count: "0.3" }), "met");
});

test("what an item lacks", () => {
  const item = { code: "A", photo: "when_failed", count: null };
  assert.equal(lacks(item, {}, []), "answer");
  assert.equal(lacks(item, { answer: "met" }, []), "");
  assert.equal(lacks(item, { answer: "not_met" }, []), "photo");
  assert.equal(lacks(item, { answer: "not_met" }, [{}]), "");
  assert.equal(lacks({ ...item, photo: "always" }, { answer: "cannot_tell" }, []), "");
  assert.equal(needsPhoto({ photo: "never", category_photo: true }, "not_met"), true);
  const counted = { ...item, count: { compare: "at_least", value: 3, per_m: 500 } };
  assert.equal(lacks(counted, { answer: "met" }, []), "count");
  assert.equal(lacks(counted, { answer: "met", count: "3" }, []), "length");
  assert.equal(lacks(counted, { answer: "not_applicable" }, []), "");
});

test("the sheet is what the server's reader knows, and nothing else", () => {
  const photo = { id: "1", slot: "A", sha256: "f".repeat(64), size: 5, kind: "near", noted_at: null, lon: null, lat: null, accuracy_m: null, source: "camera" };
  const items = [{ code: "A", photo: "always", count: { compare: "at_least", value: 1, per_m: null } }, { code: "B", photo: "never", count: null }];
  const form = { started_at: "s", note: "", answers: { A: { answer: "met", count: "2", commended: true }, B: { answer: "cannot_tell", count: "9", commended: true } }, extra: [{ id: "x", category: "", description: "" }] };
  const told = sheet({ form, items, photosIn: (slot) => (slot === "A" ? [photo] : []), fix: null, noted_at: "n" });
  assert.deepEqual(Object.keys(told).sort(), ["accuracy_m", "answers", "extra", "lat", "lon", "note", "noted_at", "started_at"]);
  assert.deepEqual(told.answers[0], { item: "A", answer: "met", count: 2, length_m: null, note: "", commended: true,
    photos: [{ sha256: photo.sha256, kind: "near", noted_at: null, lon: null, lat: null, accuracy_m: null }] });
  assert.deepEqual([told.answers[1].count, told.answers[1].commended], [null, false]);
  assert.deepEqual(told.extra, []);
});

test("a picture shown twice in a record is named once", () => {
  const photo = { id: "1", sha256: "a", size: 1, kind: "near" };
  assert.equal(envelope({ uid: "u", person: "p", photos: [photo, { ...photo, id: "2" }], content: {} }).photos.length, 1);
});

test("portions keep to the server's limits", () => {
  const rows = Array.from({ length: 120 }, (_, n) => ({ uid: String(n), person: "p", photos: [], content: { text: "字".repeat(n % 7 ? 10 : 20000) } }));
  const found = portions(rows);
  assert.deepEqual(found.flat(), rows);
  for (const one of found) {
    assert.ok(one.length <= 40);
    assert.ok(new TextEncoder().encode(JSON.stringify(one.map(envelope))).length <= 1500000);
  }
});

test("what the server says becomes what the person reads", () => {
  const now = Date.parse("2026-11-22T02:00:00Z");
  const of = (told) => settled({}, { sentence: "", code: "", ...told }, now).status;
  assert.equal(of({ state: "waiting", missing: ["a"] }), "waiting");
  assert.equal(of({ state: "waiting", missing: [] }), "sent");
  assert.equal(of({ state: "held", missing: [] }), "sent");
  for (const state of ["applied", "refused", "needs_you", "withdrawn"]) assert.equal(of({ state }), state);
  const told = summary([{ status: "waiting", created_at: "2" }, { status: "waiting", created_at: "1" }, { status: "sent" }, { status: "refused" }, { status: "needs_you", aside: true }]);
  assert.deepEqual(told, { unsent: 2, oldest: "1", sent: 1, yours: 2, only_here: 3 });
});

test("waits are spread and end at ten minutes", () => {
  assert.equal(backoff(0, () => 0.5), 5000);
  assert.equal(backoff(50, () => 0.5), 600000);
  assert.ok(backoff(3, () => 0) === 20000 && backoff(3, () => 1) === 60000);
});

test("sentences carry their values, also when these look like patterns", () => {
  assert.equal(t("Not kept: {fault}", { fault: "$& {fault}" }), "Not kept: $& {fault}");
  speak({ language: "zh-hans", texts: { [keyOf("{n} h")]: "{n} 小时" }, words: {} });
  assert.equal(span(3 * 3600000), "3 小时");
  speak({ language: "en", texts: {}, words: {} });
});

test("an export is a sound ZIP with every record and every photo that is still here", async () => {
  const one = await phone(new Server());
  const row = await record(one, { photos: 2 });
  const blob = await zip(outboxFiles(one.store, PERSON));
  const bytes = Buffer.from(await blob.arrayBuffer());
  const end = bytes.length - 22;
  assert.equal(bytes.readUInt32LE(end), 0x06054b50);
  assert.equal(bytes.readUInt16LE(end + 10), 3);
  const files = new Map();
  for (let at = bytes.readUInt32LE(end + 16), n = 0; n < 3; n += 1) {
    const [size, name] = [bytes.readUInt32LE(at + 24), bytes.readUInt16LE(at + 28)];
    const head = bytes.readUInt32LE(at + 42);
    const start = head + 30 + bytes.readUInt16LE(head + 26);
    const data = bytes.subarray(start, start + size);
    assert.equal(bytes.readUInt32LE(at + 16), crc32(data));
    files.set(bytes.toString("utf8", at + 46, at + 46 + name), data);
    at += 46 + name;
  }
  assert.equal(JSON.parse(files.get("records.json")).entries[0].uid, row.uid);
  for (const { sha256: digest } of row.photos) {
    assert.equal(createHash("sha256").update(files.get(`photos/${digest}.jpg`)).digest("hex"), digest);
  }
  assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
});

test("the key of a sentence is the one the server counts", () => {
  assert.equal(keyOf("Hand in"), "2uib");
  assert.equal(new Set(["", "a", "b", "ab", "ba"].map(keyOf)).size, 5);
});

test("days and hours are those of the city, whatever zone the phone is set to", () => {
  const before = process.env.TZ;
  process.env.TZ = "America/New_York";
  const at = "2026-11-22T16:30:00Z";
  try {
    inZone("");
    assert.equal(moment(at), "2026-11-22 11:30");
    inZone("Asia/Shanghai");
    assert.equal(moment(at), "2026-11-23 00:30");
    assert.equal(day(Date.parse("2026-11-22T15:59:59Z")), "2026-11-22");
    assert.equal(day(Date.parse("2026-11-22T16:00:00Z")), "2026-11-23");
    assert.equal(clock("2026-11-22T16:00:00Z"), "00:00");
    assert.equal(moment(""), "");
    inZone("Nowhere/Such");
    assert.equal(clock(at), "11:30");
  } finally {
    inZone("");
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
});

test("a case handed in here can be spoken of before the parcel has it, and no longer once it is turned down", () => {
  const parcel = indexed({ visits: [], points: [{ code: "P1", lon: 118.1, lat: 24.7 }], cases: [{ uid: "known", number: "A1" }], categories: [{ uid: "c", name: "litter" }] });
  const made = (loop, status, more = {}) => ({ kind: "case", loop, status, noted_at: "2026-11-22T01:00:00Z", content: { category: "c", description: "d", point: "P1", ...more } });
  const rows = [made("known", "sent"), made("waits", "waiting"), made("placed", "sent", { lon: 1, lat: 2 }), made("no", "refused"), made("gone", "withdrawn")];

  assert.equal(caseOf(parcel, rows, "known").number, "A1");
  const own = caseOf(parcel, rows, "waits");
  assert.deepEqual([own.own, own.version, own.steps, own.lon, own.lat], [true, null, ["comment"], 118.1, 24.7]);
  assert.deepEqual([caseOf(parcel, rows, "placed").lon, caseOf(parcel, rows, "placed").lat], [1, 2]);
  assert.deepEqual([caseOf(parcel, rows, "no"), caseOf(parcel, rows, "gone"), caseOf(parcel, rows, "never")], [null, null, null]);
  assert.deepEqual(ownCases(parcel, rows).map((one) => one.uid), ["placed", "waits"]);
});
