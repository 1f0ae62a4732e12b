// The answer sheet of a visit: what an item still needs, and the sheet as the server reads it. Plain functions.
import { onSheet } from "./entries.js";

const JUDGED = new Set(["met", "not_met"]);

export function number(text) {
  const found = Number(String(text === undefined || text === null ? "" : text).trim().replace(",", ".").replace("，", "."));
  return String(text || "").trim() === "" || !Number.isFinite(found) || found < 0 ? null : found;
}

// The count decides: at least, or at most, `value` — for every `per_m` metres walked where that is asked.
export function judged(count, answer) {
  const counted = number(answer.count);
  const walked = number(answer.length_m);
  if (counted === null || (count.per_m && !walked)) return null;
  const needed = count.per_m ? (count.value * walked) / count.per_m : count.value;
  // Thousandths are compared as whole numbers: 0.1 + 0.2 must not decide.
  const [a, b] = [Math.round(counted * 1e6), Math.round(needed * 1e6)];
  return (count.compare === "at_most" ? a <= b : a >= b) ? "met" : "not_met";
}

export function needsPhoto(item, answer) {
  return (item.photo === "always" && JUDGED.has(answer)) || (answer === "not_met" && (item.photo === "when_failed" || item.category_photo));
}

// What an item still lacks: "" · answer · count · length · photo
export function lacks(item, answer, photos) {
  if (!answer || !answer.answer) return item.count ? "count" : "answer";
  if (item.count && JUDGED.has(answer.answer)) {
    if (number(answer.count) === null) return "count";
    if (item.count.per_m && !number(answer.length_m)) return "length";
  }
  return needsPhoto(item, answer.answer) && !photos.length ? "photo" : "";
}

// The whole sheet. `photosIn(slot)` gives the photos of an item (by its code) or of an extra fault ("extra:<n>").
export function sheet({ form, items, photosIn, fix, noted_at }) {
  const place = fix || {};
  const known = (value) => (value === undefined ? null : value);
  return {
    started_at: form.started_at, noted_at,
    lon: known(place.lon), lat: known(place.lat), accuracy_m: known(place.accuracy_m),
    note: form.note || "",
    answers: items.map((item) => answerOf(item, form.answers[item.code] || {}, photosIn(item.code))),
    extra: (form.extra || []).filter((one) => one.category).map(({ id, category, description, lon, lat }) => ({
      category, description: description || "", lon: known(lon), lat: known(lat), photos: photosIn(`extra:${id}`).map(onSheet),
    })),
  };
}

function answerOf(item, { answer, count, length_m, note, commended }, photos) {
  const counts = item.count && JUDGED.has(answer);
  return {
    item: item.code, answer,
    count: counts ? number(count) : null,
    length_m: counts && item.count.per_m ? number(length_m) : null,
    note: note || "",
    commended: Boolean(commended) && answer === "met",
    photos: photos.map(onSheet),
  };
}
