// What is being filled in: kept after every change and before the camera opens, found again after a kill.
import { fix } from "./geo.js";
import { newId } from "./ids.js";
import { LAST_ROOM, mention, placed, room, spoken, taken, VOICE } from "./photos.js";
import { bytes, t } from "./words.js";

const PAUSE = 300;

export class Draft {
  // The draft of this kind about this thing if there is one, else a new one.
  static async of(app, kind, loop, content) {
    const person = app.person.uid;
    const found = await app.store.draftOf(person, kind, loop);
    return new Draft(app, found || { uid: newId(), person, kind, loop, content, photos: [], correcting: false });
  }

  // A refused record, to be mended under its own uid.
  static correcting(app, row) {
    const { uid, person, kind, loop, content, photos, form, noted_at } = row;
    return new Draft(app, { uid, person, kind, loop, content: form || content, photos, noted_at, correcting: true });
  }

  constructor(app, row) {
    this.app = app;
    this.row = row;
    this.hear = () => {};
    this.adding = Promise.resolve();
    this.speaking = Promise.resolve();
    this.recording = null;
    this.over = false;
  }

  get content() {
    return this.row.content;
  }

  photos(slot) {
    return this.row.photos.filter((photo) => photo.slot === slot);
  }

  // Something changed: keep it soon; while somebody types, not at every letter.
  touch() {
    // The one somebody types in is kept when the page is thrown away, not one that a page nobody sees has opened since.
    this.app.draft = this;
    clearTimeout(this.timer);
    // What goes wrong is said by `hear`.
    this.timer = setTimeout(() => this.save().catch(() => {}), PAUSE);
  }

  async save(photos = []) {
    clearTimeout(this.timer);
    this.timer = null;
    // Handed in, or given up: nothing brings it back.
    if (this.over) return;
    try {
      await this.app.store.keepDraft(this.row, photos);
      this.hear(true);
    } catch (error) {
      this.hear(false, error);
      throw error;
    }
  }

  // Whoever leaves the form, by whatever way, leaves nothing unsaved behind.
  rest() {
    return this.timer ? this.save() : Promise.resolve();
  }

  // Photos come one after the other, and handing in waits for the last of them.
  add(slot, kind, blob, source) {
    const done = this.adding.then(() => this.keep(slot, kind, blob, source));
    this.adding = done.then((photo) => this.place(photo)).catch(() => {});
    return done;
  }

  // The picture is safe; where it was taken may be heard a moment later.
  async place(photo) {
    if (photo.lon !== null) return;
    const found = await fix(3000);
    if (!found || !this.row.photos.some((one) => one.id === photo.id)) return;
    this.row.photos = this.row.photos.map((one) => (one.id === photo.id ? { ...one, ...placed(found) } : one));
    await this.save([{ ...photo, ...placed(found) }]);
  }

  async keep(slot, kind, blob, source) {
    this.fits(slot, blob);
    return this.put(slot, () => taken({ blob, entry: this.row.uid, person: this.row.person, kind, source }));
  }

  // What the server would refuse is said before it is taken, not after a day's work.
  fits(slot, blob) {
    const { limits } = this.app.parcel;
    const most = this.row.kind === "visit" ? limits.photos_per_item : limits.photos_per_entry;
    const here = this.row.kind === "visit" ? this.photos(slot).length : this.row.photos.length;
    if (here >= most || this.row.photos.length >= limits.photos_per_visit) throw new Error(t("No more than {n} photos can be taken here.", { n: most }));
    if (blob.size > limits.photo_bytes) throw new Error(t("This photo is too large: {size}.", { size: bytes(blob.size) }));
  }

  // Record until somebody stops it or the minute is over; done means: it lies in the store. `drawn` is called when it has begun.
  // Photos do not wait for its end.
  record(begin, drawn) {
    const done = begin().then(async (one) => {
      this.recording = one;
      drawn();
      const blob = await one.ended;
      if (!blob) return;
      const { uid, person } = this.row;
      const kept = this.adding.then(() => this.put(VOICE, () => spoken({ blob, entry: uid, person, seconds: one.seconds })));
      this.adding = kept.catch(() => {});
      await kept;
    }).finally(() => { this.recording = null; });
    this.speaking = done.catch(() => {});
    return done;
  }

  // Nothing is under way any more: whoever hands in while he speaks hands in what he has said.
  async ready() {
    if (this.recording) this.recording.stop();
    await this.speaking;
    await this.adding;
  }

  async put(slot, make) {
    const { quota, used } = await room();
    if (quota && quota - used < LAST_ROOM) throw new Full();
    const photo = await make();
    this.row.photos = [...this.row.photos, { ...mention(photo), slot }];
    try {
      await this.save([photo]);
    } catch (error) {
      this.row.photos = this.row.photos.filter((one) => one.id !== photo.id);
      throw error.name === "QuotaExceededError" ? new Full() : error;
    }
    return photo;
  }

  async remove(id) {
    this.row.photos = this.row.photos.filter((one) => one.id !== id);
    if (this.row.correcting) await this.save();
    else await this.app.store.dropPhoto(this.row, id);
  }

  async drop() {
    await this.ready();
    await this.end(() => this.app.store.dropDraft(this.row.uid));
  }

  // The last thing that is done with it. What is typed meanwhile is not kept beside what is handed in; if that fails, it goes on.
  async end(work) {
    clearTimeout(this.timer);
    this.timer = null;
    this.over = true;
    try {
      await work();
    } catch (error) {
      this.over = false;
      throw error;
    }
  }

  // Hand in what the form says. `content` is what the server reads, `form` what the form shows if it comes back.
  async handIn({ content, title, fix: where }) {
    await this.ready();
    const { uid, kind, loop, person, photos, correcting } = this.row;
    if (person !== this.app.person.uid) throw new Error(t("Somebody else is logged in. Your records are sent when you log in again."));
    const record = { uid, kind, loop, content, photos, title, form: this.row.content };
    await this.end(() => (correcting ? this.app.correct(record) : this.app.handIn({ ...record, fix: where })));
  }
}

export class Full extends Error {
  constructor() {
    super(t("This phone is full: nothing more can be taken. Send what waits, or free some room. What is here stays."));
  }
}
