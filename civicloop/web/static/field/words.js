// The program's sentences. The English sentence is the key, shortened; another language comes as one JSON catalogue of the house.

let said = {};
let groups = {};
let language = "en";

// Take a catalogue: {language, texts: {key: translation}, words: {group: {code: word}}}.
export function speak(catalogue) {
  language = catalogue.language;
  said = catalogue.texts;
  groups = catalogue.words;
}

// FNV-1a, as the server counts it.
export function keyOf(text) {
  let value = 2166136261;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 16777619);
  return (value >>> 12).toString(36);
}

// A sentence with its values put in where it says {name}.
export function t(text, values) {
  const found = said[keyOf(text)] || text;
  return values ? found.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole)) : found;
}

// The word of a code (a state, a step …); the code itself where nobody has given it one.
export function word(group, code) {
  return (groups[group] && groups[group][code]) || code;
}

export function spoken() {
  return language;
}

// A text of a pack: {zh, en} or a plain string.
export function pick(text) {
  if (!text || typeof text === "string") return text || "";
  return (language.startsWith("en") ? text.en || text.zh : text.zh || text.en) || "";
}

const two = (n) => String(n).padStart(2, "0");

let city = null;

// Days and hours are those of the city, whatever zone a phone is set to. What a browser does not know leaves the phone's own.
export function inZone(name) {
  try {
    city = name ? new Intl.DateTimeFormat("en-GB", { timeZone: name, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
      hour: "2-digit", minute: "2-digit" }) : null;
  } catch {
    city = null;
  }
}

function parts(value) {
  const at = new Date(value);
  if (!city) return { year: at.getFullYear(), month: two(at.getMonth() + 1), day: two(at.getDate()), hour: two(at.getHours()), minute: two(at.getMinutes()) };
  return Object.fromEntries(city.formatToParts(at).map((one) => [one.type, one.value]));
}

// 2026-11-23 10:30, by the clock of the city.
export function moment(value) {
  return value ? `${day(value)} ${clock(value)}` : "";
}

export function day(value) {
  const found = parts(value);
  return `${found.year}-${found.month}-${found.day}`;
}

export function clock(value) {
  const { hour, minute } = parts(value);
  // Some browsers write midnight as 24.
  return `${hour === "24" ? "00" : hour}:${minute}`;
}

// How long: "12 min", "2 h", "3 days".
export function span(milliseconds) {
  const minutes = Math.max(1, Math.round(milliseconds / 60000));
  if (minutes < 60) return t("{n} min", { n: minutes });
  if (minutes < 48 * 60) return t("{n} h", { n: Math.floor(minutes / 60) });
  return t("{n} days", { n: Math.floor(minutes / 1440) });
}

export function bytes(size) {
  if (size < 1e6) return `${Math.ceil(size / 1000)} kB`;
  return size < 1e9 ? `${(size / 1e6).toFixed(1)} MB` : `${(size / 1e9).toFixed(1)} GB`;
}
