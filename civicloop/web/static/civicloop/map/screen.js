// The big screen. It asks for one JSON again and again, says when no answer comes, and draws into the same few elements for days.
import { number, ranks, radar, closings, trend } from "./figures.js";
import { canDraw, told, words } from "./library.js";
import { screenMap } from "./screenmap.js";

const EVERY = 15000;
const PATIENCE = 20000;
const SLOWEST = 300000;
const LOCKED = 60000;

const room = document.querySelector("[data-screen]");
const speak = words();
const find = (name) => room.querySelector(`[data-${name}]`);
let failures = 0;
let last = "";
let map = null;

function clock(iso) {
  return iso.slice(0, 16).replace("T", " ");
}

function say(text) {
  const said = find("said");
  if (said.textContent !== text) said.textContent = text;
}

function show(data) {
  const { live, kept } = data;
  find("live").textContent = told(speak.live, { at: clock(data.at) });
  number(room, "open", live.open);
  number(room, "overdue", live.overdue, live.open ? told(speak.of, { n: live.open.toLocaleString() }) : "");
  number(room, "closed_today", live.closed_today);
  closings(find("closings"), live.closings, data.at.slice(0, 10), speak);
  if (map) map.show(live.cells);
  const rate = kept && kept.on_time;
  room.querySelector("[data-label=on_time]").textContent = told(speak.on_time, { month: kept ? kept.month : "" });
  if (!kept) {
    number(room, "on_time", "–", speak.counting);
    return;
  }
  const percent = (value) => `${(value * 100).toFixed(1)}`;
  number(room, "on_time", rate.value === null ? "–" : `${percent(rate.value)}%`, rate.value === null ? ""
    : `${told(speak.between, { low: percent(rate.low), high: percent(rate.high) })} · ${told(speak.of, { n: rate.due.toLocaleString() })}`);
  radar(find("radar"), kept.radar);
  find("radar-note").textContent = kept.radar.some((one) => one.judged)
    ? `${told(speak.radar_note, { days: kept.radar_days })} · ${told(speak.as_of, { at: clock(kept.as_of) })}` : told(speak.no_radar, { days: kept.radar_days });
  trend(find("trend"), kept.trend, speak);
  ranks({ title: find("ranks-title"), list: find("ranks"), note: find("ranks-note") }, kept.ranks, speak);
}

async function ask() {
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(), PATIENCE);
  let wait = EVERY;
  try {
    const answer = await fetch(room.dataset.screen, { cache: "no-store", credentials: "same-origin", signal: stop.signal });
    if (answer.status === 401) {
      say(speak.locked);
      wait = LOCKED;
    } else {
      if (!answer.ok) throw new Error(answer.status);
      const data = await answer.json();
      show(data);
      last = clock(data.at);
      failures = 0;
      say("");
    }
  } catch {
    failures += 1;
    wait = Math.min(SLOWEST, EVERY * 2 ** Math.min(failures - 1, 6));
    say(told(speak.lost, { at: last || "–" }));
  } finally {
    clearTimeout(patience);
  }
  // A little apart, so that a hundred screens do not ask at the same moment after the server comes back.
  setTimeout(ask, wait * (0.9 + Math.random() * 0.2));
}

async function start() {
  const stage = room.querySelector("[data-map-canvas]");
  if (canDraw()) {
    const { box } = JSON.parse(document.getElementById("screen-settings").textContent);
    map = await screenMap(stage, { box, towns: room.dataset.towns, locale: {} }).catch(() => null);
  }
  if (!map) stage.textContent = speak.no_webgl;
  ask();
}

start();
