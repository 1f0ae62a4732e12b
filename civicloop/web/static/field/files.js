// Export: everything that is still here as one ZIP (records as JSON, photos and voice notes as they were taken), stored without packing.
import { t } from "./words.js";

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c >>> 0;
});

export function crc32(bytes) {
  let c = 0xffffffff;
  for (const one of bytes) c = TABLE[(c ^ one) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

// A ZIP of [{name, bytes}] given one by one; only one file is read at a time.
export async function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for await (const { name, bytes } of files) {
    const title = new TextEncoder().encode(name);
    const sum = crc32(bytes);
    const common = [[2, 20], [2, 0x0800], [2, 0], [2, 0], [2, 0x5c21], [4, sum], [4, bytes.length], [4, bytes.length],
      [2, title.length], [2, 0]];
    const head = packed([[4, 0x04034b50], ...common]);
    directory.push(packed([[4, 0x02014b50], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]), title);
    parts.push(head, title, new Blob([bytes]));
    offset += head.length + title.length + bytes.length;
  }
  const size = directory.reduce((sum, one) => sum + one.length, 0);
  const count = directory.length / 2;
  const end = packed([[4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, offset], [2, 0]]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}

function packed(fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

// The files of an export: records, receipts, and every photo that is still here.
export async function* outboxFiles(store, person, uids = null) {
  const rows = (await store.entries(person)).filter((row) => !uids || uids.includes(row.uid));
  const drafts = uids ? [] : await store.drafts(person);
  const told = { program: "CivicLoop field", exported_at: new Date().toISOString(), person, entries: rows, drafts,
    receipts: await store.receipts(person) };
  yield { name: "records.json", bytes: new TextEncoder().encode(JSON.stringify(told, null, 2)) };
  const written = new Set();
  for (const uid of [...rows, ...drafts].map((one) => one.uid)) {
    for (const id of await store.photoIds(uid)) {
      const photo = await store.photo(id);
      if (!photo.bytes || written.has(photo.sha256)) continue;
      written.add(photo.sha256);
      const folder = photo.kind === "voice" ? "voices" : "photos";
      yield { name: `${folder}/${photo.sha256}.${ENDINGS[photo.type] || "jpg"}`, bytes: new Uint8Array(photo.bytes) };
    }
  }
}

const ENDINGS = { "image/png": "png", "image/webp": "webp", "image/heic": "heic",
  "audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a" };

// Hand a file to the person: by the share sheet where the browser has no downloads of its own (WeChat), else as a download.
export async function save(blob, name) {
  const file = new File([blob], name, { type: blob.type });
  if (/MicroMessenger/i.test(navigator.userAgent) && navigator.canShare && navigator.canShare({ files: [file] })) {
    await navigator.share({ files: [file], title: t("Records not sent") });
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
