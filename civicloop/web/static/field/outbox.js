// The outbox: what was handed in goes to the server, in order, each record once, and nothing leaves the phone before the
// server has named it in a receipt. Knows no page; the browser is handed in, so that tests can take its place.
import { aside, backoff, DONE, each, envelope, onlyHere, portions, predecessors, settled, spoken } from "./entries.js";
import { newId, sha256 } from "./ids.js";
import { alone } from "./locks.js";
import { Trouble } from "./wire.js";

// A record the server cannot read is tried this often, one on which the server itself fails longer.
const MOST_REFUSALS = 3;
const MOST_FAULTS = 8;
// What says that the record itself is at fault, and not the person, the address or the server.
const UNREADABLE = new Set([400, 411, 413, 422]);
// What is done stays readable for three days.
const KEPT = 3 * 24 * 3600 * 1000;

export class Outbox {
  constructor({ store, wire, person, now = Date.now, random = Math.random, locks, changed = () => {}, serverTime = () => {} }) {
    Object.assign(this, { store, wire, person, now, random, changed, serverTime });
    this.locks = locks === undefined ? globalThis.navigator && navigator.locks : locks;
    this.holder = newId();
    this.state = "idle";
    this.failures = 0;
    this.next_at = 0;
    this.running = null;
  }

  // Keep a record: with its photos, in one transaction. What comes back is on the disk.
  async handIn({ uid, kind, loop, content, photos, fix, title, form }) {
    const rows = await this.store.entries(this.person);
    const at = this.now();
    const noted = new Date(at).toISOString();
    const row = await this.store.handIn({
      uid, person: this.person, kind, loop, content, photos, title, form,
      after: predecessors(rows, loop),
      fix: fix || null,
      noted_at: noted,
      created_at: noted,
      clock_offset_s: await this.store.get("clock_offset_s"),
    });
    await this.changed();
    return row;
  }

  // Send what is due. Safe to call at any time and as often as one likes; gives how it went:
  // idle · offline · portal · logged_out · other_person · busy · full · elsewhere
  flush({ now = false } = {}) {
    if (this.running) return this.running;
    if (!now && this.now() < this.next_at) return Promise.resolve(this.state);
    this.running = this.once(now).finally(() => { this.running = null; });
    return this.running;
  }

  async once(forced) {
    const { store, now, locks, holder } = this;
    try {
      const taken = await alone(store, (renew) => this.round(renew, forced), { locks, now, holder });
      if (!taken.held) return this.told("elsewhere", 5000);
      this.failures = 0;
      return this.told("idle", 0);
    } catch (error) {
      return this.failed(error);
    }
  }

  failed(error) {
    const kind = error instanceof Trouble ? error.kind : "full";
    if (kind === "logged_out" || kind === "other_person") return this.told(kind, 0);
    this.failures += 1;
    const names = { network: "offline", portal: "portal" };
    const state = names[kind] || (kind === "full" ? kind : "busy");
    if (kind === "full") console.error(error);
    return this.told(state, Math.max(error.after || 0, backoff(this.failures - 1, this.random)));
  }

  told(state, wait) {
    this.state = state;
    this.next_at = this.now() + wait;
    this.changed();
    return state;
  }

  async round(renew, forced) {
    await this.greet();
    this.renew = renew;
    const due = (row) => forced || row.next_at <= this.now();
    const rows = (await this.store.entries(this.person)).filter((row) => !DONE.has(row.status) && !row.aside);
    const fresh = rows.filter((row) => !row.accepted && row.status === "waiting" && due(row));
    this.reached = 0;
    this.faults = 0;
    for (const portion of portions(fresh.filter((row) => !row.tries))) await this.post(portion);
    // Those that failed before come last and alone. What stands behind them is held by the server until they are there.
    for (const row of fresh.filter((one) => one.tries)) await this.post([row]);
    for (const row of rows.filter((one) => one.pending && due(one))) await this.settle(row);
    for (const row of await this.store.entries(this.person)) {
      if (row.accepted && row.missing && row.missing.length && !row.aside && due(row)) await this.bring(row);
    }
    await this.ask();
    await this.store.tidy(new Date(this.now() - KEPT).toISOString());
  }

  // Who answers? Our server, for the person whose records these are, and what time does it have?
  async greet() {
    const asked = this.now();
    const answer = await this.wire.get("ping");
    const offset = (Date.parse(answer.time) - (asked + this.now()) / 2) / 1000;
    if (Number.isFinite(offset)) {
      await this.store.set("clock_offset_s", Math.round(offset * 10) / 10);
      this.serverTime(offset);
    }
    if (!answer.person) throw new Trouble("logged_out", answer);
    if (answer.person.uid !== this.person) throw new Trouble("other_person", answer);
  }

  // Post records. When the whole portion is refused, its halves are tried: one bad record is found and the others go through.
  async post(portion) {
    await this.renew();
    // From the first byte on the record may be on the server: it is not changed here any more.
    for (const row of portion) if (!row.touched) await this.store.change(row.uid, { touched: true });
    let answer;
    try {
      answer = await this.wire.post("entries", {
        device: await this.device(), clock: new Date(this.now()).toISOString(), entries: portion.map(envelope),
      });
    } catch (error) {
      if (!(error instanceof Trouble) || !["refused", "fault"].includes(error.kind)) throw error;
      if (portion.length === 1) return this.blame(portion[0], error);
      const half = portion.length >> 1;
      await this.post(portion.slice(0, half));
      return this.post(portion.slice(half));
    }
    this.reached += 1;
    this.faults = 0;
    for (const [number, row] of portion.entries()) await this.take(row, (answer.entries || [])[number]);
    this.changed();
    return undefined;
  }

  async take(row, told) {
    if (!told || told.uid !== row.uid) return;
    if (told.ok) await this.stands(told.entry);
    else if (told.code === "entry_of_another") await this.store.change(row.uid, { reason: told, next_at: this.now() + 600000 });
    else await this.store.change(row.uid, aside({ code: told.code, sentence: told.sentence, field: told.field || "" }));
  }

  // One record alone failed. Refused for good, it is set aside; where the server fails on the first it sees, it is away.
  async blame(row, error) {
    const tries = row.tries + 1;
    const final = error.kind === "refused" && UNREADABLE.has(error.answer.status);
    const most = final ? MOST_REFUSALS : MOST_FAULTS;
    const reason = { code: error.kind, sentence: (error.answer && error.answer.sentence) || "", field: "" };
    if (tries >= most && (final || this.reached)) await this.store.change(row.uid, aside(reason));
    else await this.store.change(row.uid, { tries, reason, next_at: this.now() + backoff(tries, this.random) });
    this.faults = error.kind === "fault" && !this.reached ? this.faults + 1 : 0;
    // Two different records in a row, and nothing got through: the server is away, the others are spared the blame.
    if (this.faults > 1) {
      this.faults = 0;
      throw error;
    }
  }

  // What somebody decided about a record the server has: withdraw, retry, alone, or a corrected content.
  async settle(row) {
    await this.renew();
    try {
      const { what, ...more } = row.pending;
      const body = what === "resend" ? { what, content: row.content, photos: each(row.photos), noted_at: row.noted_at } : { what, ...more };
      const answer = await this.wire.post(`entries/${row.uid}/settle`, body);
      await this.store.change(row.uid, { pending: null });
      for (const told of [answer.entry, ...(answer.entries || [])]) await this.stands(told);
    } catch (error) {
      if (!(error instanceof Trouble) || error.kind !== "refused") throw error;
      // It stands otherwise than when the person decided: what it says now is asked for, the decision is theirs again.
      await this.store.change(row.uid, { pending: null, status: "needs_you", declined: error.answer.sentence });
      const found = await this.wire.get(`entries?uid=${row.uid}`);
      for (const told of found.entries) await this.stands(told);
    }
    this.changed();
  }

  // Bring the photos the server misses, one at a time: only one is ever in memory.
  async bring(row) {
    for (const digest of row.missing) {
      // Another record with the same picture may have brought it just now.
      const now = await this.store.entry(row.uid);
      if (!now || !now.missing.includes(digest)) continue;
      const held = await this.store.held(this.person, digest);
      if (!held) {
        const said = spoken(row).some((one) => one.sha256 === digest);
        await this.store.change(row.uid, aside({ code: said ? "voice_lost" : "photo_lost", sentence: "", field: "photos" }));
        return;
      }
      await this.renew();
      try {
        const answer = await this.wire.put(`${held.kind === "voice" ? "voices" : "photos"}/${digest}?entry=${row.uid}`, held.bytes, held.type);
        if (answer.sha256 !== digest) throw new Trouble("portal");
        await this.store.receivePhoto(this.person, digest, { size: answer.size, entry: row.uid });
        for (const told of answer.entries || []) await this.stands(told);
      } catch (error) {
        if (!(error instanceof Trouble) || !["refused", "fault"].includes(error.kind)) throw error;
        await this.refusedPhoto(row, held, error);
        return;
      }
      this.reached += 1;
      this.changed();
    }
  }

  async refusedPhoto(row, held, error) {
    if (error.kind === "refused" && (await sha256(held.bytes)) !== held.sha256) {
      await this.store.change(row.uid, aside({ code: held.kind === "voice" ? "voice_lost" : "photo_broken", sentence: "", field: "photos" }));
      return;
    }
    await this.blame(row, error);
  }

  // How the records stand, also those that others' steps have moved.
  async ask() {
    const key = `until:${this.person}`;
    const open = (await this.store.entries(this.person)).some((row) => row.accepted && !DONE.has(row.status));
    if (!open) return;
    for (let page = 0; page < 20; page += 1) {
      await this.renew();
      const since = await this.store.get(key, "");
      const answer = await this.wire.get(`entries${since ? `?since=${encodeURIComponent(since)}` : ""}`);
      for (const told of answer.entries) await this.stands(told);
      await this.store.set(key, answer.until);
      if (!answer.more) return;
    }
  }

  // The server says how a record stands. A decision not yet sent is kept; the receipt is written for good.
  async stands(told) {
    const row = await this.store.change(told.uid, (now) => {
      // What is set aside for a lost photo waits for the person, while the server still waits for the photo.
      const stays = now.pending || (now.aside && ["waiting", "held"].includes(told.state));
      return stays ? { server: told, accepted: true } : settled(now, told, this.now());
    });
    if (!row) return;
    await this.store.receive(row.uid, row.person, {
      kind: row.kind, title: row.title, state: told.state, digest: told.digest, received_at: told.received_at, result: told.result,
      photos: row.photos.map((photo) => photo.sha256),
    });
  }

  async device() {
    const known = await this.store.get("device");
    if (known) return known;
    const made = newId();
    await this.store.set("device", made);
    return made;
  }

  // A decision is kept like a record and goes out with the next round.
  async decide(uid, what) {
    const row = await this.store.change(uid, { pending: { what }, declined: "", status: "waiting", aside: false, next_at: 0 });
    await this.changed();
    return row;
  }

  // A refused record, mended. Under its old id: the server keeps both contents, or has never stored the first.
  async correct({ uid, content, photos, title, form }) {
    const row = await this.store.correct(uid, (now) => ({
      content, photos, title, form, status: "waiting", aside: false, declined: "", tries: 0, next_at: 0,
      pending: now.accepted ? { what: "resend" } : null,
    }));
    await this.changed();
    return row;
  }

  // Take back what has certainly not left this phone. Everything else is withdrawn on the server.
  async discard(uid) {
    const row = await this.store.entry(uid);
    if (!row || (row.touched && !row.aside)) return false;
    const behind = this.behind(await this.store.entries(this.person), row);
    await this.store.remove(uid);
    for (const one of behind) {
      if (one.touched && !(one.aside && !one.accepted)) await this.decide(one.uid, "withdraw");
      else await this.store.remove(one.uid);
    }
    await this.changed();
    return true;
  }

  // What was noted about a case that will then never be there.
  behind(rows, row) {
    if (row.kind !== "case") return [];
    return rows.filter((one) => one.loop === row.loop && one.uid !== row.uid && !DONE.has(one.status));
  }

  // Whether somebody may log out: nothing may exist on this phone only.
  async mayLeave() {
    return !(await this.store.entries(this.person)).some(onlyHere);
  }
}
