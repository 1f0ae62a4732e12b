// Figures of the big screen, written into elements that are made once: a screen that runs for weeks makes no new ones.
import { told } from "./library.js";

const SVG = "http://www.w3.org/2000/svg";

function element(name, parent, kind = "") {
  const made = document.createElementNS(parent.namespaceURI === SVG || name === "svg" ? SVG : parent.namespaceURI, name);
  if (kind) made.setAttribute("class", kind);
  parent.append(made);
  return made;
}

function write(node, text) {
  if (node.textContent !== String(text)) node.textContent = text;
}

// So many rows, built when they are first needed; those not needed now are hidden, none is thrown away.
function rowsOf(parent, many, build) {
  while (parent.children.length < many) build(element("li", parent));
  [...parent.children].forEach((row, at) => { row.hidden = at >= many; });
  return [...parent.children].slice(0, many);
}

// Shapes of a drawing by name, made when first asked for.
function shapes(svg) {
  return (name, id, kind = "") => svg.querySelector(`[data-id="${id}"]`) || (() => {
    const made = element(name, svg, kind);
    made.dataset.id = id;
    return made;
  })();
}

function set(node, values) {
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, value);
  return node;
}

export function number(room, name, value, small = "") {
  write(room.querySelector(`[data-number=${name}]`), typeof value === "number" ? value.toLocaleString() : value);
  write(room.querySelector(`[data-small=${name}]`), small);
}

const MIDDLE = [240, 156];
const FAR = 96;

function spoke(at, many, score) {
  const angle = -Math.PI / 2 + (2 * Math.PI * at) / many;
  return [MIDDLE[0] + (FAR * score * Math.cos(angle)) / 100, MIDDLE[1] + (FAR * score * Math.sin(angle)) / 100];
}

const path = (places) => places.map((one) => one.map((value) => value.toFixed(1)).join(",")).join(" ");

// An axis without judgements stays open: the shape is drawn only where every axis is known.
export function radar(svg, axes) {
  const shape = shapes(svg);
  const many = axes.length;
  for (const ring of [50, 100]) {
    set(shape("polygon", `ring${ring}`, "ring"), { points: path(axes.map((_, at) => spoke(at, many, ring))) });
  }
  const whole = axes.length > 0 && axes.every((one) => one.score !== null);
  set(shape("polygon", "shape", "shape"), { points: whole ? path(axes.map((one, at) => spoke(at, many, one.score))) : "" });
  axes.forEach((one, at) => {
    const [end, edge] = [spoke(at, many, 100), spoke(at, many, 124)];
    set(shape("line", `axis${at}`, "ring"), { x1: MIDDLE[0], y1: MIDDLE[1], x2: end[0], y2: end[1] });
    const dot = spoke(at, many, one.score || 0);
    set(shape("circle", `dot${at}`, "dot"), { cx: dot[0], cy: dot[1], r: one.score === null ? 0 : 4 });
    const side = Math.abs(edge[0] - MIDDLE[0]) < 20 ? "middle" : edge[0] > MIDDLE[0] ? "start" : "end";
    const top = edge[1] < 60 ? -18 : 0;
    write(set(shape("text", `name${at}`), { x: edge[0], y: edge[1] + top, "text-anchor": side }), one.name);
    write(set(shape("text", `value${at}`, "value"), { x: edge[0], y: edge[1] + top + 22, "text-anchor": side }),
      one.score === null ? "–" : `${one.score.toFixed(1)}`);
  });
}

// Two lines from zero, named at their ends; the last day is yesterday.
export function trend(svg, days, speak) {
  const shape = shapes(svg);
  const [left, right, top, bottom] = [4, 372, 22, 214];
  const most = Math.max(1, ...days.flatMap((one) => [one.reported, one.closed]));
  const place = (value, at) => [left + ((right - left) * at) / Math.max(1, days.length - 1), bottom - ((bottom - top) * value) / most];
  set(shape("line", "ground", "ring"), { x1: left, y1: bottom, x2: right, y2: bottom });
  const ends = ["reported", "closed"].map((name) => {
    set(shape("polyline", name, name), { points: path(days.map((one, at) => place(one[name], at))) });
    return [name, place(days.length ? days[days.length - 1][name] : 0, days.length - 1)[1]];
  }).sort((one, other) => one[1] - other[1]);
  if (ends[1][1] - ends[0][1] < 24) ends[1][1] = ends[0][1] + 24;
  const over = Math.max(0, ends[1][1] - bottom);
  for (const [name, y] of ends) {
    write(set(shape("text", `${name}-end`, name), { x: right + 8, y: y + 6 - over }), `${speak[name]} ${days.length ? days[days.length - 1][name] : 0}`);
  }
  write(set(shape("text", "first"), { x: left, y: bottom + 24 }), days.length ? days[0].day.slice(5) : "");
  write(set(shape("text", "last"), { x: right, y: bottom + 24, "text-anchor": "end" }), days.length ? days[days.length - 1].day.slice(5) : "");
  write(set(shape("text", "most"), { x: left, y: top - 2 }), most.toLocaleString());
}

export function ranks(place, told_, speak) {
  if (!told_ || !told_.rows.length) {
    write(place.title, told(speak.ranks, { group: "" }));
    write(place.note, speak.no_ranks);
    rowsOf(place.list, 0, () => {});
    return;
  }
  write(place.title, told(speak.ranks, { group: speak[`group_${told_.group}`] || "" }));
  write(place.note, told(speak.ranks_note, { title: told_.title }) + (told_.of > told_.rows.length ? ` ${told(speak.ranks_more, { n: told_.rows.length, of: told_.of })}` : ""));
  const low = Math.max(0, Math.min(90, Math.floor(Math.min(...told_.rows.map((one) => one.low)) / 10) * 10));
  const at = (value) => ((value - low) / (100 - low)) * 200;
  rowsOf(place.list, told_.rows.length, (row) => {
    element("span", row, "rank");
    element("span", row, "name");
    const svg = set(element("svg", row), { viewBox: "0 0 200 20", preserveAspectRatio: "none", "aria-hidden": "true" });
    set(element("line", svg), { x1: 0, x2: 200, y1: 10, y2: 10 });
    element("rect", svg);
    set(element("circle", svg), { r: 4, cy: 10 });
    element("span", row, "value");
  }).forEach((row, number_) => {
    const one = told_.rows[number_];
    const [rank, name, svg, value] = row.children;
    const wording = one.rank_low === one.rank_high ? speak.rank_one : speak.rank;
    write(rank, told(wording, { low: one.rank_low, high: one.rank_high }));
    write(name, one.name);
    write(value, one.value.toFixed(1));
    set(svg.children[1], { x: at(one.low), width: Math.max(1, at(one.high) - at(one.low)), y: 5, height: 10 });
    set(svg.children[2], { cx: at(one.value) });
  });
}

export function closings(list, rows, today, speak) {
  const many = Math.max(1, rows.length);
  rowsOf(list, many, (row) => {
    for (const kind of ["when", "what", "took", "where"]) element("span", row, kind);
  }).forEach((row, at) => {
    const [when, what, took, where] = row.children;
    const one = rows[at];
    write(when, !one ? "" : one.at.slice(0, 10) === today ? one.at.slice(11, 16) : one.at.slice(5, 10));
    write(what, one ? one.what : speak.no_closings);
    write(took, !one ? "" : one.hours < 48 ? told(speak.hours, { n: one.hours.toFixed(0) }) : told(speak.days, { n: (one.hours / 24).toFixed(0) }));
    write(where, one ? [one.grid, one.unit].filter(Boolean).join(" · ") : "");
  });
}
