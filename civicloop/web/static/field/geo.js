// Where the device stands. Degrees are WGS-84, as browsers give them; lengths are metres.
import { t } from "./words.js";

const EARTH = 6371008.8;
const rad = (degrees) => (degrees * Math.PI) / 180;
// A fix older than this no longer says where somebody stands.
const FRESH = 60000;

let last = null;
let watch = null;
let again = null;
let fault = "";
const hearers = new Set();

// Great-circle distance (haversine) between two {lon, lat}.
export function metres(a, b) {
  const y = Math.sin(rad(b.lat - a.lat) / 2) ** 2;
  const x = Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(x + y)));
}

// Degrees clockwise from north, in which b lies when seen from a.
export function bearing(a, b) {
  const y = Math.sin(rad(b.lon - a.lon)) * Math.cos(rad(b.lat));
  const x = Math.cos(rad(a.lat)) * Math.sin(rad(b.lat))
    - Math.sin(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.cos(rad(b.lon - a.lon));
  return ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360;
}

export function direction(degrees) {
  const names = [t("to the north"), t("to the north-east"), t("to the east"), t("to the south-east"), t("to the south"), t("to the south-west"), t("to the west"),
    t("to the north-west")];
  return names[Math.round(degrees / 45) % 8];
}

export function length(m) {
  if (m < 1000) return t("{n} m", { n: m < 100 ? Math.round(m) : Math.round(m / 10) * 10 });
  return t("{n} km", { n: (m / 1000).toFixed(m < 10000 ? 1 : 0) });
}

// "140 m north-east", or nothing when one of the places is not known.
export function away(place, from = here()) {
  if (!from || !place || place.lon === null || place.lon === undefined) return "";
  const m = metres(from, place);
  return m < 15 ? t("right here") : t("{length} {direction}", { length: length(m), direction: direction(bearing(from, place)) });
}

// Whether a fix lies farther from a place than the place's radius and the fix's own doubt allow. Never a reason to refuse.
export function far(fix, place, radius) {
  if (!fix || !place || place.lon === null || place.lon === undefined) return false;
  return metres(fix, place) - Math.min(fix.accuracy_m || 0, 200) > (radius || 100);
}

// The last fix {lon, lat, accuracy_m, at, source}, or nothing when there is none that is fresh.
export function here() {
  return last && Date.now() - last.seen < FRESH ? last : null;
}

export function trouble() {
  return fault;
}

export function onMove(hear) {
  hearers.add(hear);
  return () => hearers.delete(hear);
}

// Follow the position while the page is looked at. Only called from a person's tap or where the person allowed it before.
export function follow() {
  if (watch !== null || !navigator.geolocation) {
    if (!navigator.geolocation) fault = "unavailable";
    return;
  }
  watch = navigator.geolocation.watchPosition(take, missed, { enableHighAccuracy: true, maximumAge: 5000, timeout: 30000 });
  // A device that lies still is not heard of again: it is asked before its last word grows old.
  again = setInterval(() => ask(30000), FRESH / 2);
}

function ask(timeout) {
  navigator.geolocation.getCurrentPosition(take, missed, { enableHighAccuracy: true, maximumAge: 5000, timeout });
}

export function rest() {
  if (watch !== null) navigator.geolocation.clearWatch(watch);
  clearInterval(again);
  watch = again = null;
}

// One fix now: a fresh one at once, else what the device finds within the time. Never fails, may give nothing.
export function fix(patience = 8000) {
  follow();
  if (here()) return Promise.resolve(plain(last));
  if (!navigator.geolocation) return Promise.resolve(null);
  return new Promise((done) => {
    const stop = onMove(() => finish(here() && plain(last)));
    const timer = setTimeout(() => finish(null), patience);
    ask(patience);
    function finish(found) {
      clearTimeout(timer);
      stop();
      done(found);
    }
  });
}

const plain = ({ lon, lat, accuracy_m, at, source }) => ({ lon, lat, accuracy_m, at, source });

function take({ coords, timestamp }) {
  fault = "";
  last = {
    lon: Number(coords.longitude.toFixed(7)),
    lat: Number(coords.latitude.toFixed(7)),
    accuracy_m: Math.round(coords.accuracy),
    at: new Date(timestamp).toISOString(),
    source: "device",
    seen: Date.now(),
  };
  for (const hear of [...hearers]) hear(last);
}

function missed(error) {
  fault = error.code === 1 ? "denied" : "unavailable";
  if (error.code === 1) rest();
  for (const hear of [...hearers]) hear(null);
}
