// The day's work as the server gave it, readable without a network. The server's word wins: it is replaced as a whole.
import { Trouble } from "./wire.js";

// More small copies than this are not fetched ahead.
const MOST_PICTURES = 120;

// Fetch it if it has changed; gives the row {person, digest, fetched_at, data}. Raises Trouble.
export async function refresh({ store, wire, person, now = Date.now }) {
  const known = await store.parcel(person);
  const data = await wire.get("parcel", known ? { "If-None-Match": `"${known.digest}"` } : {});
  if (data && data.person.uid !== person) throw new Trouble("other_person", data);
  const row = { person, digest: data ? data.digest : known.digest, data: data || known.data,
    fetched_at: new Date(now()).toISOString() };
  await store.keepParcel(row);
  return row;
}

// Small copies of the photos of my cases, for looking and for the overlay; those not in the parcel any more go.
export async function fetchPictures({ store, parcel, fetch = (...all) => globalThis.fetch(...all) }) {
  const wanted = new Map();
  for (const one of [...parcel.cases].sort((a, b) => Number(b.mine) - Number(a.mine))) {
    for (const photo of one.photos) if (wanted.size < MOST_PICTURES) wanted.set(photo.sha256, photo.thumb);
  }
  const known = new Set(await store.pictureKeys());
  for (const [sha256, address] of wanted) {
    if (known.has(sha256)) continue;
    const answer = await fetch(address, { credentials: "same-origin", redirect: "error" });
    const type = answer.headers.get("Content-Type") || "";
    if (!answer.ok || !type.startsWith("image/")) continue;
    await store.keepPictures([{ sha256, type, bytes: await answer.arrayBuffer() }], new Set([...known, ...wanted.keys()]));
  }
  await store.keepPictures([], new Set(wanted.keys()));
}

// Look-ups a view needs, made once per parcel.
export function indexed(data) {
  const by = (list, key) => new Map(list.map((one) => [one[key], one]));
  return {
    ...data,
    visitOf: by(data.visits, "uid"),
    caseOf: by(data.cases, "uid"),
    pointOf: by(data.points, "code"),
    categoryOf: by(data.categories, "uid"),
  };
}

// A case as the parcel has it, or as it was handed in here and is not in the parcel yet: a remark can be noted about it at once.
export function caseOf(parcel, rows, uid) {
  const known = parcel.caseOf.get(uid);
  if (known) return known;
  const row = rows.find((one) => one.kind === "case" && one.loop === uid && !["withdrawn", "refused"].includes(one.status));
  const category = row && parcel.categoryOf.get(row.content.category);
  if (!category) return null;
  const { description, address, lon, lat } = row.content;
  const place = lon === undefined ? (row.content.point && parcel.pointOf.get(row.content.point)) || {} : { lon, lat };
  const made = row.server && row.server.result && row.server.result.case;
  return {
    uid, own: true, number: made ? made.number : "", state: "reported", state_label: "", version: null, category, description, address,
    lon: place.lon === undefined ? null : place.lon, lat: place.lat === undefined ? null : place.lat,
    grid: null, unit: null, act_by: null, due_at: null, photos: [], steps: ["comment"], reported_at: row.noted_at,
  };
}

// What was reported here and is not in the parcel yet, the newest first.
export function ownCases(parcel, rows) {
  return rows.filter((one) => one.kind === "case" && !parcel.caseOf.has(one.loop)).map((one) => caseOf(parcel, rows, one.loop)).filter(Boolean).reverse();
}
