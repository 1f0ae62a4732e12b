// Records as the protocol has them, and what a person is told about them. Plain functions.

// waiting (something of it is only on this phone) · sent (the server has all of it, not yet applied) · applied ·
// refused (a rule said no) · needs_you (decide) · withdrawn
export const DONE = new Set(["applied", "withdrawn"]);

// Whether something of it exists on this phone only.
export const onlyHere = (row) => row.status === "waiting" || Boolean(row.aside);

// The record as it is posted.
export function envelope(row) {
  const { uid, kind, loop, seq, noted_at, clock_offset_s, content } = row;
  const fix = row.fix || {};
  return {
    uid, kind, loop, by: row.person, seq, after: row.after, noted_at, clock_offset_s, content,
    lon: fix.lon === undefined ? null : fix.lon,
    lat: fix.lat === undefined ? null : fix.lat,
    accuracy_m: fix.accuracy_m === undefined ? null : fix.accuracy_m,
    fixed_at: fix.at || null,
    photos: each(row.photos),
  };
}

// Every picture once, however often the record shows it.
export function each(photos) {
  return [...new Map(photos.map((photo) => [photo.sha256, named(photo)])).values()];
}

function named({ sha256, size, kind, noted_at, lon, lat, accuracy_m }) {
  return { sha256, size, kind, noted_at, lon, lat, accuracy_m };
}

// A photo as a visit's sheet names it.
export function onSheet({ sha256, kind, noted_at, lon, lat, accuracy_m }) {
  return { sha256, kind, noted_at, lon, lat, accuracy_m };
}

// Photos and voice notes lie side by side; a person counts them apart.
export const pictures = (row) => row.photos.filter((one) => one.kind !== "voice");
export const spoken = (row) => row.photos.filter((one) => one.kind === "voice");

// What stands in a row once the server has said how its record stands.
export function settled(row, told, now) {
  const missing = told.missing || [];
  const status = told.state === "held" || (told.state === "waiting" && !missing.length) ? "sent" : told.state;
  return {
    accepted: true,
    aside: false,
    server: told,
    missing,
    status,
    reason: told.sentence || told.code ? { code: told.code, sentence: told.sentence, field: told.field } : null,
    settled_at: DONE.has(status) ? row.settled_at || new Date(now).toISOString() : null,
    next_at: 0,
    tries: 0,
  };
}

// The record is set aside: it stays here, is shown, can be exported or mended, and stands in nobody's way.
export function aside(reason) {
  return { status: "needs_you", aside: true, pending: null, reason };
}

// What the chip on every page says.
export function summary(rows) {
  const unsent = rows.filter((row) => row.status === "waiting");
  const oldest = unsent.reduce((first, row) => (first && first < row.created_at ? first : row.created_at), "");
  return {
    unsent: unsent.length,
    oldest,
    sent: rows.filter((row) => row.status === "sent").length,
    yours: rows.filter((row) => row.status === "needs_you" || row.status === "refused").length,
    only_here: rows.filter(onlyHere).length,
  };
}

// Those it must wait for: what was handed in before it about the same thing and is not settled.
export function predecessors(rows, loop) {
  const open = rows.filter((row) => row.loop === loop && !DONE.has(row.status));
  return open.length ? [open[open.length - 1].uid] : [];
}

// Records in portions the server takes: at most `most` of them and `room` bytes.
export function portions(rows, most = 40, room = 1500000) {
  const found = [];
  let size = Infinity;
  for (const row of rows) {
    const own = 3 * JSON.stringify(envelope(row)).length;
    if (size + own > room || found[found.length - 1].length >= most) {
      found.push([]);
      size = 0;
    }
    found[found.length - 1].push(row);
    size += own;
  }
  return found;
}

// Milliseconds until the next try: 5 s doubling up to 10 minutes, spread by half so that a hundred phones do not come at once.
export function backoff(tries, random = Math.random) {
  return Math.min(600000, 5000 * 2 ** Math.min(tries, 10)) * (0.5 + random());
}
