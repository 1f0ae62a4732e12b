// The program's sentences. The English sentence is the key; another language comes as one JSON catalogue of the house.

let said = {};
let groups = {};
let language = "en";

// Take a catalogue: {language, texts: {English: translation}, words: {group: {code: word}}}.
export function speak(catalogue) {
  language = catalogue.language;
  said = catalogue.texts;
  groups = catalogue.words;
}

// A sentence with its values put in where it says {name}.
export function t(text, values) {
  const found = said[text] || text;
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

// 2026-11-23 10:30, by the clock of this device.
export function moment(value) {
  if (!value) return "";
  const at = new Date(value);
  return `${day(at)} ${clock(at)}`;
}

export function day(value) {
  const at = new Date(value);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export function clock(value) {
  const at = new Date(value);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
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
