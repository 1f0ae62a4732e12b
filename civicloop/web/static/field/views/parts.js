// Pieces several views are made of.
import { openCamera } from "../camera.js";
import { h, icon } from "../dom.js";
import * as geo from "../geo.js";
import { show } from "../photos.js";
import { clock, day, moment, span, t, word } from "../words.js";

// A state as shape, colour and word.
export function mark(status) {
  return h("span", { class: `mark ${status}` }, icon(status), word("status", status));
}

export function told(kind, ...children) {
  return h("div", { class: `told ${kind}`, role: kind === "error" ? "alert" : "note" }, children);
}

export function empty(...texts) {
  return h("div", { class: "empty" }, texts.map((text) => h("p", {}, text)));
}

// A line of a list that leads somewhere.
export function line(address, title, details, side) {
  return h("li", {}, h("a", { class: "line", href: address },
    h("span", { class: "line-main" }, h("b", {}, title), details.filter(Boolean).map((text) => (
      typeof text === "string" ? h("span", { class: "quiet" }, text) : text))),
    side && h("span", { class: "line-side" }, side)));
}

// "overdue since 10:30" or "due 2026-11-23 10:30".
export function due(one, now = Date.now()) {
  const at = one.act_by || one.due_at;
  if (!at) return null;
  const left = Date.parse(at) - now;
  const when = day(at) === day(now) ? clock(at) : moment(at);
  // A suspended case has no running clock: what comes is the day on which it is looked at again.
  if (one.state === "suspended") return h("span", { class: left < 0 ? "mark needs_you" : "quiet" }, t("to be reviewed by {when}", { when }));
  if (left < 0) return h("span", { class: "mark refused" }, icon("waiting"), t("overdue since {when}", { when }));
  return h("span", { class: left < 4 * 3600000 ? "mark needs_you" : "quiet" }, t("due {when}", { when }));
}

// The distance to a place, followed while one walks; far is said, never refused. Call the given function on leaving.
export function distance(place, radius) {
  const text = h("p", { class: "distance", "aria-live": "off" });
  const draw = () => {
    const fix = geo.here();
    if (place.lon === null || place.lon === undefined) text.textContent = t("No position is known for this place.");
    else if (fix) {
      const away = t("{away} from where you stand (±{n} m)", { away: geo.away(place, fix), n: fix.accuracy_m });
      text.textContent = geo.metres(fix, place) < 15 ? t("You stand at the place (±{n} m)", { n: fix.accuracy_m }) : away;
    } else text.textContent = geo.trouble() ? noPosition() : t("Looking for your position");
    const far = geo.far(fix, place, radius);
    text.className = far ? "distance far" : "distance";
    if (far) text.append(h("br"), t("You can go on; the distance is noted."));
  };
  geo.follow();
  draw();
  return [text, geo.onMove(draw)];
}

export function noPosition(needed) {
  return geo.trouble() === "denied"
    ? t("The browser may not read your position. It can be allowed in the browser's settings.")
    : needed ? t("No position just now. Write the place in words, or wait.")
    : t("No position just now. Everything works without; it is noted when it comes.");
}

// Photos of one place in a form: what is there, and a large button for each kind.
export function photoField(draft, { slot, kinds, label, hint, before, changed = () => {} }) {
  const list = h("ul", { class: "photos" });
  const fault = h("p", { class: "fault", role: "alert" });
  const drawn = async () => {
    list.textContent = "";
    for (const photo of draft.photos(slot)) list.append(await thumb(draft, photo, async () => {
      await draft.remove(photo.id);
      await drawn();
      changed();
    }));
  };
  const add = async (kind, blob, source) => {
    fault.textContent = "";
    field.setAttribute("aria-busy", "true");
    try {
      await draft.add(slot, kind, blob, source);
      await drawn();
      changed();
    } catch (error) {
      fault.textContent = error.message || String(error);
    }
    field.removeAttribute("aria-busy");
  };
  const field = h("fieldset", { class: "photo-field" }, h("legend", {}, label), hint && h("p", { class: "quiet" }, hint), list, fault,
    h("div", { class: "shutters" }, kinds.map((kind) => shutter(draft, kind, before, add))));
  drawn();
  return field;
}

function shutter(draft, kind, before, add) {
  const over = kind === "after" && before;
  if (over && navigator.mediaDevices && navigator.mediaDevices.getUserMedia) {
    return h("button", { type: "button", class: "shutter", onclick: async () => {
      await draft.save();
      const blob = await openCamera(before);
      if (blob) await add(kind, blob, "live");
    } }, icon("camera"), word("photo", kind));
  }
  const input = h("input", { type: "file", accept: "image/*", capture: "environment",
    // The camera may throw this page out of memory: everything is kept before it opens.
    onclick: () => draft.save().catch(() => {}),
    onchange: async () => {
      const files = [...input.files];
      for (const file of files) await add(kind, file, "camera");
      input.value = "";
    } });
  return h("label", { class: "shutter" }, input, icon("camera"), word("photo", kind));
}

async function thumb(draft, photo, remove) {
  const name = `${word("photo", photo.kind)} ${clock(photo.noted_at)}`;
  const held = await draft.app.store.photo(photo.id);
  const image = show(h("img", { alt: name, width: 96, height: 96 }), held && (held.preview || held.bytes), held && held.preview ? "" : photo.type);
  return h("li", {}, image, h("span", { class: "small" }, name, photo.accuracy_m === null ? "" : ` ±${t("{n} m", { n: photo.accuracy_m })}`),
    h("button", { type: "button", class: "plain", onclick: remove, "aria-label": t("Remove {name}", { name }) }, t("Remove")));
}

// Pictures the server has, from the copies kept here.
export async function pictures(app, photos) {
  const found = await Promise.all(photos.map(async (photo) => [photo, await app.store.picture(photo.sha256)]));
  return h("ul", { class: "photos wide" }, found.map(([photo, kept]) => {
    const name = word("photo", photo.kind);
    const image = kept ? show(h("img", { alt: name }), kept.bytes, kept.type) : h("img", { alt: name, src: photo.thumb, loading: "lazy" });
    return h("li", {}, image, h("span", { class: "small" }, name));
  }));
}

let fields = 0;

// A labelled box for text that keeps the draft as it is typed.
export function textField(draft, key, label, { rows = 3, needed = false, limit = 2000, hint = "", value, take } = {}) {
  fields += 1;
  const id = `f${fields}`;
  const box = h(rows > 1 ? "textarea" : "input", { id, maxlength: limit, rows: rows > 1 ? rows : null, "aria-required": needed ? "true" : null,
    value: value === undefined ? draft.content[key] || "" : value,
    oninput: () => {
      if (take) take(box.value);
      else draft.content[key] = box.value;
      draft.touch();
    } });
  return h("div", { class: "field" }, h("label", { for: id }, label, needed ? "" : h("span", { class: "quiet" }, ` ${t("(may be empty)")}`)),
    hint && h("p", { class: "quiet" }, hint), box);
}

// "kept 10:31:07": whether what was typed is on the phone.
export function keeping(draft) {
  const text = h("p", { class: "kept quiet", role: "status" });
  draft.hear = (kept, error) => {
    text.className = kept ? "kept quiet" : "kept fault";
    text.textContent = kept ? t("Kept on this phone at {at}; not handed in yet", { at: clock(Date.now()) })
      : t("Not kept: {fault}", { fault: (error && error.message) || "" });
  };
  return text;
}

// The form is not finished: said to the person, no fault of the program.
export class Unready extends Error {}

// The button at the foot of a form. While it works it cannot be pressed again; what goes wrong is said above it.
export function finish(text, work) {
  const fault = h("div", { class: "faults", role: "alert" });
  const button = h("button", { type: "button", class: "main", onclick: async () => {
    button.disabled = true;
    fault.textContent = "";
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Unready)) console.error(error);
      fault.append(h("p", { class: "told error" }, error.message || String(error)));
      fault.scrollIntoView({ block: "center" });
    }
    button.disabled = false;
  } }, text);
  return h("div", { class: "finish" }, fault, button);
}

// What is in the outbox about a thing.
export function ownRows(rows) {
  if (!rows.length) return null;
  return h("ul", { class: "own" }, rows.map((row) => h("li", {}, h("a", { href: `#/outbox/${row.uid}` },
    mark(row.status), h("span", {}, row.title), h("span", { class: "quiet" }, t("{span} ago", { span: span(Date.now() - Date.parse(row.created_at)) }))))));
}
