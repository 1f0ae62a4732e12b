// One case: how it stands, what may be done, and the form of a step. What is done here is handed in, not yet applied.
import { Draft } from "../drafts.js";
import { h } from "../dom.js";
import * as geo from "../geo.js";
import { newId } from "../ids.js";
import { caseOf } from "../parcel.js";
import { VOICE } from "../photos.js";
import { moment, t } from "../words.js";
import { distance, due, empty, finish, keeping, ownRows, photoField, pictures, textField, Unready } from "./parts.js";
import { voiceField } from "./voicefield.js";

// The step that is the next of the loop is the one filled button.
const FORWARD = ["accept", "rectify", "verify", "close", "resume"];
const MARKS = { rectify: ["after", "far"], verify: ["after", "near"] };
const PHOTOS = ["near", "far"];

export async function story(app, [uid]) {
  const one = caseOf(app.parcel, app.rows, uid);
  const rows = app.rowsOf(uid);
  if (!one) return { title: t("Case"), back: "#/", live: true, body: [ownRows(rows), empty(t("This case is not in the parcel of today."))] };
  const [where, stop] = distance(one, app.parcel.limits.far_m);
  // A step handed in and not yet in effect: what comes after it is not known, only a comment fits always.
  const under_way = rows.some((row) => row.kind === "step" && (row.status === "waiting" || row.status === "sent"));
  const steps = one.steps.filter((name) => app.parcel.steps[name] && (name === "comment" || !under_way));
  const main = FORWARD.find((name) => steps.includes(name));
  return { title: one.number || t("Case"), back: "#/", live: true, leave: stop, body: [
    h("p", { class: "lead" }, [one.category.name, one.state_label].filter(Boolean).join(" · ")),
    one.own && h("p", { class: "quiet" }, t("Reported from this phone. What you add now follows it, in order.")), h("p", {}, due(one)),
    one.description && h("p", { class: "pre" }, one.description),
    h("p", {}, one.address || t("no place in words")), where,
    one.photos.length > 0 && await pictures(app, one.photos),
    rows.length > 0 && h("section", {}, h("h2", {}, t("Handed in from this phone")), ownRows(rows)),
    h("section", {}, h("h2", {}, t("What you can do")), steps.length ? h("div", { class: "steps" },
      [...steps].sort((a, b) => Number(b === main) - Number(a === main)).map((name) => (
        h("a", { class: name === main ? "button main" : "button", href: `#/case/${uid}/${name}` }, app.parcel.steps[name].label))))
      : empty(t("Nothing: others must act."))),
    h("dl", {}, fact(t("Unit"), one.unit && one.unit.name), fact(t("Grid"), one.grid), fact(t("Reported at"), moment(one.reported_at)),
      fact(t("Supervised"), one.supervised && t("yes"))),
  ] };
}

function fact(name, value) {
  return value ? [h("dt", {}, name), h("dd", {}, value)] : null;
}

export async function step(app, [uid, name]) {
  const one = caseOf(app.parcel, app.rows, uid);
  const row = app.parcel.steps[name];
  if (!one || !row || (one.own && name !== "comment")) return story(app, [uid]);
  const kind = name === "comment" ? "comment" : "step";
  const draft = await stepDraft(app, kind, uid, name, one.version);
  return stepForm(app, draft, one, row, name);
}

// The form of a step, also for one that came back refused.
export async function stepForm(app, draft, one, row, name) {
  const fields = [...new Set([...row.needs, ...row.asks])];
  const before = name === "rectify" || name === "verify" ? await beforePhoto(app, one) : null;
  const [where, stop] = distance(one, app.parcel.limits.far_m);
  const parts = fields.map((key) => (key === "photos" ? stepPhotos(app, draft, one, name, before) : [
    suggestions(app, draft, one, row, key), wordsField(app, draft, row, key)]));
  const [voice, hush] = voiceField(app, draft);
  const body = [h("p", { class: "lead" }, [one.number, one.category.name].filter(Boolean).join(" · ")), h("p", { class: "quiet" }, one.address), where,
    parts, voice, keeping(draft), finish(row.label, () => handIn(app, draft, one, row, name)),
    h("button", { type: "button", class: "plain", onclick: async () => { await draft.drop(); history.back(); } }, t("Throw this draft away"))];
  return { title: row.label, back: `#/case/${one.uid}`, body, leave: () => { stop(); hush(); draft.rest().catch(() => {}); if (before) URL.revokeObjectURL(before); } };
}

async function stepDraft(app, kind, loop, name, version) {
  const found = (await app.store.drafts(app.person.uid)).find((one) => one.loop === loop && !one.correcting
    && (one.content.step || "comment") === name);
  if (found) return new Draft(app, found);
  // The version seen now: whoever acts on what has moved since is told so.
  const content = kind === "comment" ? { note: "" } : { step: name, given: {}, expected_version: version };
  return new Draft(app, { uid: newId(), person: app.person.uid, kind, loop, content, photos: [], correcting: false });
}

function stepPhotos(app, draft, one, name, before) {
  const category = app.parcel.categoryOf.get(one.category.uid);
  const needed = name === "rectify" && category && category.rectify_photo;
  return photoField(draft, { slot: "step", kinds: MARKS[name] || PHOTOS, label: app.parcel.fields.photos.label,
    hint: needed ? t("A photo is needed: the same view as before, after the work.") : "", before });
}

function wordsField(app, draft, row, key) {
  const label = (app.parcel.fields[key] || {}).label || key;
  const given = draft.content.given || draft.content;
  return textField(draft, key, label, { needed: row.needs.includes(key), limit: app.parcel.limits.note, value: given[key] || "",
    take: (text) => { given[key] = text; } });
}

// Standard texts for where the step leads; a tap puts one into the box.
function suggestions(app, draft, one, row, key) {
  const texts = app.parcel.texts.filter((text) => text.state === row.to && (!text.category || text.category === one.category.code));
  if (!["note", "reason"].includes(key) || !texts.length) return null;
  return h("details", {}, h("summary", {}, t("Standard texts")), h("ul", { class: "lines" }, texts.slice(0, 12).map((text) => (
    h("li", {}, h("button", { type: "button", class: "line", onclick: (event) => {
      const box = event.currentTarget.closest("details").nextElementSibling.querySelector("textarea, input");
      box.value = text.body;
      box.dispatchEvent(new Event("input"));
      event.currentTarget.closest("details").open = false;
    } }, h("b", {}, text.title || text.body.slice(0, 20)), h("span", { class: "quiet" }, text.body)))))));
}

async function beforePhoto(app, one) {
  const chosen = one.photos.find((photo) => photo.kind === "far") || one.photos.find((photo) => photo.kind !== "after");
  if (!chosen) return null;
  const kept = await app.store.picture(chosen.sha256);
  return kept ? URL.createObjectURL(new Blob([kept.bytes], { type: kept.type })) : chosen.url;
}

async function handIn(app, draft, one, row, name) {
  await draft.ready();
  const { content } = draft;
  const given = content.given || content;
  // What was said stands for what would have been written; a reason is asked for in words.
  if (draft.photos(VOICE).length && row.needs.includes("note") && !(given.note || "").trim()) given.note = t("Voice note");
  for (const key of row.needs) {
    if (key !== "photos" && !(given[key] || "").trim()) throw new Unready(t("{field}: still empty", { field: (app.parcel.fields[key] || {}).label || key }));
  }
  const category = app.parcel.categoryOf.get(one.category.uid);
  if (name === "rectify" && category && category.rectify_photo && !draft.photos("step").length) {
    throw new Unready(t("A photo is needed for this step."));
  }
  await draft.handIn({ content, title: `${row.label} · ${one.number || one.category.name}`, fix: await geo.fix(1500) });
  location.hash = `#/case/${one.uid}`;
}

