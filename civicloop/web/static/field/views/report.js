// A new case: what it is, where it is, what it looks like. The uuid made here becomes the case's own.
import { Draft } from "../drafts.js";
import { h } from "../dom.js";
import * as geo from "../geo.js";
import { newId } from "../ids.js";
import { t } from "../words.js";
import { due, empty, finish, keeping, line, noPosition, photoField, textField, told, Unready } from "./parts.js";
import { voiceField } from "./voicefield.js";

const MOST = 40;
const RECENT = 6;
// Cases of the same category this near are shown first: one problem is one case.
const SAME_PLACE = 50;
const NEAR_POINT = 60;
const DAILY = "06";

export function choose(app) {
  const list = h("div", {});
  const recent = app.saved("recent", []);
  const draw = (words) => {
    const found = matching(app.parcel.categories, words);
    const first = words ? [] : recent.map((uid) => app.parcel.categoryOf.get(uid)).filter(Boolean);
    list.textContent = "";
    if (first.length) list.append(h("h2", {}, t("Used lately")), picks(first));
    list.append(found.length ? picks(found.slice(0, MOST)) : empty(t("No category has these words. Try a shorter one.")));
    if (found.length > MOST) list.append(h("p", { class: "quiet" }, t("There are more: another word narrows it down.")));
  };
  const box = h("input", { type: "search", id: "category-words", maxlength: 60, autocomplete: "off", oninput: () => draw(box.value) });
  draw("");
  return { title: t("What is wrong?"), tab: "report", body: [
    h("div", { class: "field" }, h("label", { for: "category-words" }, t("Words or a code")), box), list] };
}

function picks(categories) {
  const point = new URLSearchParams(location.hash.split("?")[1] || "").get("point") || "";
  return h("ul", { class: "lines" }, categories.map((one) => line(
    `#/report/${one.uid}/${newId()}${point ? `/${encodeURIComponent(point)}` : ""}`, one.name,
    [one.code, one.hints && one.hints.length ? one.hints[0].text : ""])));
}

function matching(categories, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  // What happens in the street every day (majors from 06) before the faults of a hundred kinds of fixture.
  const matters = categories.filter((one) => one.kind !== "component");
  const usual = [...matters.filter((one) => one.code >= DAILY), ...matters.filter((one) => one.code < DAILY)];
  if (!wanted.length) return usual;
  return usual.filter((one) => {
    const text = `${one.code} ${one.name} ${one.major || ""} ${(one.hints || []).map((hint) => hint.text).join(" ")}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

export async function report(app, [uid, loop, point]) {
  const category = app.parcel.categoryOf.get(uid);
  if (!category || !loop) return choose(app);
  const draft = await Draft.of(app, "case", loop, { category: uid, description: "", answers: {}, address: "", urgent: false, point: point || null });
  return reportForm(app, draft, category);
}

export function reportForm(app, draft, category) {
  const { content } = draft;
  const around = h("div", {});
  const address = textField(draft, "address", t("Place in words"), { rows: 1, limit: 200 });
  const [where, stop] = placePart(app, draft, category, around, address);
  const [voice, hush] = voiceField(app, draft);
  const urgent = h("input", { type: "checkbox", checked: content.urgent, onchange: () => {
    content.urgent = urgent.checked;
    draft.touch();
  } });
  return { title: category.name, back: draft.row.correcting ? "#/outbox" : "#/report", bare: true, leave: () => { stop(); hush(); draft.rest().catch(() => {}); }, body: [
    h("p", { class: "quiet" }, category.code),
    photoField(draft, { slot: "case", kinds: ["near", "far", "reference"], label: t("Photos"),
      hint: category.report_photo ? t("At least one photo is needed.") : "" }),
    where, around, address,
    textField(draft, "description", t("What is wrong"), { limit: 2000 }), voice,
    category.questions.map((one) => question(draft, one)),
    h("label", { class: "check" }, urgent, t("Danger for people: urgent")), keeping(draft),
    finish(t("Report"), () => handIn(app, draft, category)),
    h("button", { type: "button", class: "plain", onclick: async () => { await draft.drop(); location.hash = "#/"; } }, t("Throw this draft away")),
  ] };
}

// The place is that of the point chosen, else where one stood when the first photo was taken, else where one stands. Without any
// it must be told in words.
function placePart(app, draft, category, around, address) {
  const text = h("p", { class: "distance", role: "status" });
  const draw = () => {
    const place = placeOf(app, draft);
    text.textContent = place.point ? t("Place: {name}", { name: place.point.name })
      : place.lon !== undefined ? t("Place: {lon}, {lat} (±{n} m)", { lon: place.lon, lat: place.lat, n: place.accuracy_m })
        : geo.trouble() ? noPosition(true) : t("Looking for your position");
    const known = place.lon !== undefined;
    address.querySelector("label .quiet").hidden = !known;
    address.querySelector("input").setAttribute("aria-required", String(!known));
    offer(app, draft, place, buttons, draw);
    sameThing(app, category, place, around);
  };
  const buttons = h("div", { class: "choices" });
  geo.follow();
  draw();
  return [h("section", {}, h("h2", {}, t("Place")), text, buttons), geo.onMove(draw)];
}

function placeOf(app, draft) {
  const point = draft.content.point && app.parcel.pointOf.get(draft.content.point);
  if (point) return { lon: point.lon, lat: point.lat, accuracy_m: 0, point };
  const photo = draft.photos("case").find((one) => one.lon !== null);
  return draft.content.fix || photo || geo.here() || {};
}

function offer(app, draft, place, buttons, draw) {
  const from = place.lon === undefined ? null : place;
  const near = from ? app.parcel.points.filter((one) => one.lon !== null && geo.metres(from, one) < NEAR_POINT).slice(0, 3) : [];
  const choice = (text, on, change) => h("button", { type: "button", "aria-pressed": String(on), onclick: () => {
    change();
    draft.touch();
    draw();
  } }, text);
  buttons.textContent = "";
  for (const one of near) {
    const on = draft.content.point === one.code;
    buttons.append(choice(one.name, on, () => { draft.content.point = on ? null : one.code; }));
  }
  if (geo.here()) buttons.append(choice(t("Where I stand now"), false, () => {
    const { lon, lat, accuracy_m, at } = geo.here();
    Object.assign(draft.content, { point: null, fix: { lon, lat, accuracy_m, at } });
  }));
}

function sameThing(app, category, place, around) {
  const same = place.lon === undefined ? [] : app.parcel.cases.filter((one) => (
    one.category.uid === category.uid && one.lon !== null && geo.metres(place, one) < SAME_PLACE));
  around.textContent = "";
  if (!same.length) return;
  around.append(told("info", h("p", {}, t("Open cases of this kind right here. Is it one of them?")),
    h("ul", { class: "lines" }, same.slice(0, 4).map((one) => line(`#/case/${one.uid}`, one.number, [one.description || one.address, due(one)], geo.away(one, place))))));
}

function question(draft, one) {
  // Nobody answers a notice: it is said where the question would stand.
  if (one.notice) return told("info", h("p", {}, one.text), one.hint && h("p", { class: "quiet" }, one.hint));
  return [asked(draft, one), one.hint && h("p", { class: "quiet hint" }, one.hint)];
}

function asked(draft, one) {
  const { answers } = draft.content;
  const label = [one.text, one.required ? "" : ` ${t("(may be empty)")}`].join("");
  if (one.datatype === "singlevaluelist" || one.datatype === "multivaluelist") {
    const many = one.datatype === "multivaluelist";
    const chosen = () => (many ? answers[one.code] || [] : [answers[one.code]]);
    const group = h("div", { class: "choices", role: "group", "aria-label": one.text }, one.values.map((value) => (
      h("button", { type: "button", "aria-pressed": String(chosen().includes(value.key)), onclick: (event) => {
        const on = chosen().includes(value.key);
        if (many) answers[one.code] = on ? chosen().filter((key) => key !== value.key) : [...chosen(), value.key];
        else answers[one.code] = on ? undefined : value.key;
        [...event.currentTarget.parentNode.children].forEach((button, n) => (
          button.setAttribute("aria-pressed", String(chosen().includes(one.values[n].key)))));
        draft.touch();
      } }, value.name))));
    return h("fieldset", { class: "field" }, h("legend", {}, label), group);
  }
  const types = { number: "number", datetime: "datetime-local" };
  const box = h("input", { type: types[one.datatype] || "text", step: "any", maxlength: 500, value: answers[one.code] || "", oninput: () => {
    answers[one.code] = box.value;
    draft.touch();
  } });
  return h("label", { class: "field" }, label, box);
}

async function handIn(app, draft, category) {
  await draft.ready();
  const { content } = draft;
  const photos = draft.photos("case");
  if (category.report_photo && !photos.length) throw new Unready(t("At least one photo is needed."));
  const unanswered = category.questions.find((one) => one.required && !one.notice && !String(content.answers[one.code] || "").length);
  if (unanswered) throw new Unready(t("{field}: still empty", { field: unanswered.text }));
  const fix = await geo.fix(3000);
  const place = placeOf(app, draft);
  if (place.lon === undefined && !content.address.trim()) throw new Unready(t("Where is it? Wait for the position, or write the place in words."));
  const answers = Object.fromEntries(Object.entries(content.answers).filter(([, value]) => value !== undefined && value !== "" && String(value).length));
  const { description, address, urgent, point } = content;
  const record = { category: category.uid, description, answers, address, urgent, point: point || null, source: "patrol" };
  if (place.lon !== undefined) Object.assign(record, { lon: place.lon, lat: place.lat, datum: "wgs84" });
  await draft.handIn({ content: record, title: `${t("Report")} · ${category.name}`, fix });
  app.save("recent", [category.uid, ...app.saved("recent", []).filter((uid) => uid !== category.uid)].slice(0, RECENT));
  location.hash = "#/";
}
