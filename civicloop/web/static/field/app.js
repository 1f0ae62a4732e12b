// The program: opens what stays on the phone, shows it at once, and talks to the server whenever there is one.
import { fill, h, icon, look } from "./dom.js";
import { DONE, summary } from "./entries.js";
import * as geo from "./geo.js";
import { newId } from "./ids.js";
import { Outbox } from "./outbox.js";
import { Pages } from "./pages.js";
import { fetchPictures, indexed, refresh } from "./parcel.js";
import { askToKeep, LITTLE_ROOM, room } from "./photos.js";
import { Store } from "./store.js";
import { watchVersions } from "./versions.js";
import { inZone, speak, span, t } from "./words.js";
import { route } from "./views/routes.js";
import { Trouble, Wire } from "./wire.js";

const SHELL = document.body.dataset.field;
const TICK = 15000;
// Milliseconds after the start: the program itself and the parcel come first.
const MAP_AFTER = 20_000;
const MAP_LIBRARY = "vendor/maplibre-gl-5.24.1";
const PARCEL_TICK = 120000;

class App {
  constructor() {
    this.root = document.getElementById("app");
    this.wire = new Wire({ base: SHELL });
    this.rows = [];
    this.parcel = null;
    this.state = "idle";
    this.version = { ready: false, take() {} };
    this.pages = new Pages({ make: (hash) => route(this, hash), show: (view, moved) => this.show(view, moved), left: () => { this.draft = null; } });
  }

  async start() {
    look(this.saved("look", {}));
    await this.learn(this.saved("language", document.documentElement.lang.toLowerCase()));
    try {
      this.store = await Store.open({ ended: () => this.stop(t("Another tab runs a newer version. Load this page again.")) });
    } catch (error) {
      console.error(error);
      this.stop(t("This browser gives no room for keeping records. A private window, or a full phone, may be the reason."));
      return;
    }
    await this.become(await this.store.get("person"));
    this.frame();
    addEventListener("hashchange", () => this.draw());
    await this.draw();
    performance.mark("field:open");
    this.listen();
    watchVersions(this, document.body.dataset.worker);
    await this.sync();
  }

  // Small choices are read before anything is drawn, so they lie where reading costs nothing.
  saved(key, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(`civicloop.field.${key}`)) || otherwise;
    } catch {
      return otherwise;
    }
  }

  save(key, value) {
    try {
      localStorage.setItem(`civicloop.field.${key}`, JSON.stringify(value));
    } catch {
      // A full phone forgets a choice.
    }
  }

  async learn(language) {
    const code = language.startsWith("en") ? "en" : "zh-hans";
    try {
      speak(await (await fetch(`${SHELL}words/${code}.json`)).json());
      document.documentElement.lang = code === "en" ? "en" : "zh-Hans";
    } catch {
      document.documentElement.lang = "en";
    }
  }

  async become(person) {
    this.person = person;
    this.parcel = null;
    this.outbox = null;
    if (!person) return;
    const { store, wire } = this;
    this.outbox = new Outbox({ store, wire, person: person.uid, changed: () => this.changed() });
    const row = await store.parcel(person.uid);
    if (row) this.unpack(row);
    this.rows = await store.entries(person.uid);
    this.others = await this.unsentOfOthers();
  }

  unpack(row) {
    this.parcel = indexed(row.data);
    inZone(row.data.zone);
    this.fetched_at = row.fetched_at;
    this.digest = row.digest;
  }

  async unsentOfOthers() {
    const counted = await this.store.unsentOfAll();
    return Object.entries(counted).reduce((sum, [uid, n]) => sum + (uid === this.person.uid ? 0 : n), 0);
  }

  listen() {
    const now = () => this.sync({ now: true });
    addEventListener("online", now);
    addEventListener("pageshow", (event) => event.persisted && now());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") now();
      else {
        geo.rest();
        this.keepDraft();
      }
    });
    addEventListener("pagehide", () => this.keepDraft());
    setInterval(() => document.visibilityState === "visible" && this.sync(), TICK);
    if (navigator.serviceWorker) navigator.serviceWorker.addEventListener("message", (event) => event.data === "flush" && now());
    setTimeout(takeMapAlong, MAP_AFTER);
  }

  // The form that is open is kept before the phone may throw the page away.
  keepDraft() {
    if (this.draft) this.draft.rest().catch(() => {});
  }

  // Send what waits, then take along what is new. Several calls at once become one.
  sync(how = {}) {
    if (this.syncing) {
      this.again = this.again || Boolean(how.now);
      return this.syncing;
    }
    this.syncing = this.meet(how).finally(() => {
      this.syncing = null;
      this.redraw();
      // Something was handed in meanwhile: it goes at once, not with the next tick.
      if (this.again && this.state === "idle") this.sync({ now: true });
      this.again = false;
    });
    return this.syncing;
  }

  async meet({ now = false } = {}) {
    try {
      if (!this.person) await this.greet();
      if (!this.person) return;
      const due = now || Date.now() - (this.asked || 0) > PARCEL_TICK;
      // What waits for a person's decision moves rarely: it is asked for with the parcel.
      const busy = this.rows.some((row) => !DONE.has(row.status) && (due || row.status === "waiting" || row.status === "sent"));
      const before = this.rows.filter((row) => DONE.has(row.status)).length;
      this.state = busy ? await this.outbox.flush({ now }) : this.state;
      if (this.state === "other_person") await this.greet();
      if (busy && this.state !== "idle") return;
      if (due || this.rows.filter((row) => DONE.has(row.status)).length !== before) await this.fetchParcel();
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      const names = { network: "offline", fault: "busy", refused: "busy" };
      this.state = names[error.kind] || error.kind;
      if (error.kind === "other_person") await this.greet();
    }
  }

  async greet() {
    const { person } = await this.wire.get("ping");
    this.state = person ? "idle" : "logged_out";
    if (!person || (this.person && person.uid === this.person.uid)) return;
    await this.store.set("person", person);
    await this.become(person);
    this.asked = 0;
    // At once: a form of whoever worked here before must not stay under the next one's name.
    await this.draw();
    await this.fetchParcel();
    this.redraw();
    askToKeep();
  }

  async fetchParcel() {
    const { store, wire, person, digest } = this;
    const row = await refresh({ store, wire, person: person.uid });
    this.asked = Date.now();
    this.state = "idle";
    this.unpack(row);
    if (row.digest !== digest) this.redraw();
    // The pictures may take their time; what fails is fetched with the next parcel.
    fetchPictures({ store, parcel: row.data }).catch(() => {});
  }

  async changed() {
    if (!this.person) return;
    this.rows = await this.store.entries(this.person.uid);
    this.redraw();
  }

  // The last record about a thing that is not yet part of what the server says of it.
  rowsOf(loop) {
    return this.rows.filter((row) => row.loop === loop && row.status !== "withdrawn");
  }

  // Keep a record and say so. Only here, after the store has it, is anything called saved.
  async handIn(record) {
    await this.outbox.handIn({ uid: newId(), title: "", ...record });
    this.say(t("Saved on this phone. It is sent as soon as there is a network."));
    this.bonus();
    this.sync({ now: true });
  }

  async correct(record) {
    await this.outbox.correct(record);
    this.say(t("Saved on this phone. It is sent as soon as there is a network."));
    this.sync({ now: true });
  }

  async bonus() {
    const worker = navigator.serviceWorker && (await navigator.serviceWorker.getRegistration(SHELL));
    if (worker && worker.sync) worker.sync.register("outbox").catch(() => {});
  }

  frame() {
    this.head = h("header", { class: "head" });
    this.page = h("main", { id: "page", tabindex: "-1" });
    this.toast = h("p", { class: "toast", role: "status" });
    this.nav = h("nav", { class: "foot", "aria-label": t("Main") });
    fill(this.root, this.head, this.page, this.toast, this.nav);
  }

  draw() {
    return this.pages.draw(location.hash);
  }

  show(view, moved) {
    document.title = `${view.title} · CivicLoop`;
    this.top(view);
    fill(this.nav, this.person && !view.bare ? tabs(view.tab) : null);
    this.nav.hidden = Boolean(view.bare) || !this.person;
    fill(this.page, view.body);
    if (!moved) return;
    scrollTo(0, 0);
    this.page.focus({ preventScroll: true });
  }

  redraw() {
    this.chip();
    this.pages.redraw();
  }

  top(view) {
    const back = view.back && h("a", { class: "back", href: view.back, "aria-label": t("Back") }, icon("back"));
    this.chipPlace = h("span", { class: "chip-place" });
    fill(this.head, back, h("h1", {}, view.title), this.chipPlace);
    this.chip();
  }

  chip() {
    if (!this.chipPlace) return;
    const { state } = this;
    const told = summary(this.rows);
    const words = { offline: t("no network"), portal: t("no network"), logged_out: t("log in"), busy: t("server busy") };
    let text = state in words ? words[state] : t("all sent");
    let mark = state === "idle" ? "applied" : "waiting";
    if (told.unsent) {
      text = t("{n} not sent, oldest {span}", { n: told.unsent, span: span(Date.now() - Date.parse(told.oldest)) });
      mark = "waiting";
    } else if (told.yours) {
      text = t("{n} need you", { n: told.yours });
      mark = "needs_you";
    } else if (told.sent) {
      text = t("{n} sent, not in effect yet", { n: told.sent });
      mark = "sent";
    }
    fill(this.chipPlace, this.person && h("a", { class: `chip ${mark}`, href: "#/outbox" }, icon(mark), h("span", {}, text)));
  }

  say(text) {
    this.toast.textContent = text;
    clearTimeout(this.hushing);
    this.hushing = setTimeout(() => { this.toast.textContent = ""; }, 6000);
  }

  async checkRoom() {
    const { used, quota } = await room();
    return Boolean(quota) && quota - used < LITTLE_ROOM;
  }

  stop(text) {
    fill(this.root, h("main", { class: "alone" }, h("p", { class: "told error", role: "alert" }, text),
      h("button", { class: "main", onclick: () => location.reload() }, t("Load again"))));
  }
}

function tabs(now) {
  const entry = (name, address, drawing, text) => h("a",
    { href: address, class: name === "report" ? "new" : "", "aria-current": now === name ? "page" : null },
    icon(drawing), h("span", {}, text));
  return [
    entry("today", "#/", "today", t("Today")),
    entry("nearby", "#/nearby", "near", t("Nearby")),
    entry("report", "#/report", "report", t("Report")),
    entry("outbox", "#/outbox", "outbox", t("Outbox")),
    entry("settings", "#/settings", "more", t("Settings")),
  ];
}

new App().start();

// Who saves data, or hangs on a thin line, fetches the map when he asks for it.
function takeMapAlong() {
  const worker = navigator.serviceWorker && navigator.serviceWorker.controller;
  const line = navigator.connection || {};
  if (!worker || line.saveData || /2g/.test(line.effectiveType || "")) return;
  worker.postMessage({ along: ["-csp.js", "-csp-worker.js"].map((end) => `${document.body.dataset.static}${MAP_LIBRARY}${end}`) });
}
