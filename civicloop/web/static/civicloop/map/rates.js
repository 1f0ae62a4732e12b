// Grids shaded by a rate, in five steps with words. The darker, the more there is to do; too few cases are hatched, not shaded.
import { told } from "./library.js";

const ENDS = [0.95, 0.9, 0.8, 0.6, 0];
const FEW = 5;
const DAY = 86400000;
const known = new Map();

// A period ends before the day it names.
const dayBefore = (iso) => new Date(Date.parse(`${String(iso).slice(0, 10)}T00:00:00Z`) - DAY).toISOString().slice(0, 10);

export function rateOf(name) {
  if (!known.has(name)) {
    const asked = fetch(`/map/rates.json?rate=${name}`).then((answer) => {
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    });
    asked.catch(() => known.delete(name));
    known.set(name, asked);
    setTimeout(() => known.delete(name), 60000);
  }
  return known.get(name);
}

// Upper ends of five steps of counts, each with about as many grids as the others.
function quantiles(rate) {
  const counts = Object.values(rate.grids).map((one) => one.value).filter((one) => one > 0).sort((a, b) => a - b);
  if (!counts.length) return [];
  return [...new Set([1, 2, 3, 4, 5].map((step) => counts[Math.min(counts.length - 1, Math.ceil((counts.length * step) / 5) - 1)]))];
}

function stepOf(one, ends) {
  if (!one || one.value === null || (ends && !one.value)) return 0;
  if (ends) return Math.max(1, ends.findIndex((end) => one.value <= end) + 1);
  if (one.n < FEW) return -1;
  return ENDS.findIndex((end) => one.value >= end) + 1;
}

export function paint(map, grids, rate) {
  const ends = rate && rate.rate === "open" ? quantiles(rate) : null;
  for (const { properties: { code } } of grids.features) {
    map.setFeatureState({ source: "grids", id: code }, { step: rate ? stepOf(rate.grids[code], ends) : 0 });
  }
}

function tally(rate, ends) {
  const many = new Map();
  for (const one of Object.values(rate.grids)) {
    const step = stepOf(one, ends);
    many.set(step, (many.get(step) || 0) + 1);
  }
  return many;
}

// The legend is a list of words: what each shade or mark means, and how many grids have it.
export function legend(element, { kind, rate, which, speak }) {
  const rows = [];
  const row = (swatch, text) => {
    const item = document.createElement("li");
    const mark = document.createElement("span");
    mark.className = `swatch ${swatch}`;
    mark.setAttribute("aria-hidden", "true");
    item.append(mark, text);
    rows.push(item);
  };
  if (kind === "heat") row("step-4", speak.legend_heat);
  if (kind === "cases") {
    row("mark-cell", speak.legend_cell);
    if (which !== "closed") row("mark-late", speak.legend_late);
    if (which !== "closed") row("mark-soon", speak.legend_soon);
    row("mark-shape", speak.legend_shape);
  }
  let note = "";
  if (rate) {
    const ends = rate.rate === "open" ? quantiles(rate) : null;
    const many = tally(rate, ends);
    const count = (step) => told(speak.legend_grids, { n: many.get(step) || 0 });
    if (ends) ends.forEach((end, at) => row(`step-${at + 1}`, `${at ? ends[at - 1] + 1 : 1}–${end} · ${count(at + 1)}`));
    else ENDS.forEach((end, at) => row(`step-${at + 1}`, `${speak.legend_rates[at]} · ${count(at + 1)}`));
    if (many.get(-1)) row("mark-hatch", `${told(speak.legend_few, { n: FEW })} · ${count(-1)}`);
    note = told(ends ? speak.legend_note_open : speak.legend_note, {
      label: rate.label, from: String(rate.period.from).slice(0, 10), to: dayBefore(rate.period.to),
      at: String(rate.as_of).slice(0, 16).replace("T", " "),
    });
  }
  element.querySelector("ul").replaceChildren(...rows);
  element.querySelector("p").textContent = note;
}
