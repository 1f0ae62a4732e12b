// A visit: the place, then item by item with large buttons, then what is missing and the handing in.
import { Draft } from "../drafts.js";
import { h, icon } from "../dom.js";
import * as geo from "../geo.js";
import { newId } from "../ids.js";
import { judged, lacks, needsPhoto, sheet } from "../sheets.js";
import { clock, pick, t, word } from "../words.js";
import { distance, empty, finish, keeping, ownRows, photoField, textField, told, Unready } from "./parts.js";

const ANSWER_ICONS = { met: "sent", not_met: "refused" };
const KINDS = ["near", "far"];
const OPEN = new Set(["planned", "waiting"]);

export async function visit(app, [uid, where]) {
  const one = app.parcel.visitOf.get(uid);
  const items = one ? itemsOf(app, one) : [];
  if (!one) return { title: t("Visit"), back: "#/", body: empty(t("This visit is not in the parcel of today.")) };
  const rows = app.rowsOf(uid);
  const open = OPEN.has(one.state) && !rows.some((row) => row.status !== "withdrawn") && items.length > 0;
  if (!where || !open) return place(app, one, items, rows, open);
  const draft = await Draft.of(app, "visit", uid, { started_at: new Date().toISOString(), answers: {}, extra: [], note: "" });
  return sheetView(app, draft, one, items, where, `#/visit/${uid}`);
}

// One step of the sheet at `base`/<where>: an item by its number, or the end.
export function sheetView(app, draft, one, items, where, base) {
  const leave = () => { draft.rest().catch(() => {}); };
  if (where === "end") return end(app, draft, one, items, base, leave);
  const number = Math.min(items.length, Math.max(1, Number(where) || 1));
  return { ...item(draft, items, number, base), leave };
}

export function itemsOf(app, one) {
  const found = app.parcel.sheets[one.sheet];
  return found ? found.items : [];
}

function place(app, one, items, rows, open) {
  const [where, stop] = distance(one.place, app.parcel.limits.far_m);
  const go = one.place.lon === null ? null : h("a", { class: "button", href: `#/map/${one.place.lon}/${one.place.lat}` }, t("Map"));
  return { title: one.place.name || one.place.code, back: "#/", leave: stop, live: true, body: [
    h("p", { class: "lead" }, [one.place.type_name, one.round.name].filter(Boolean).join(" · ")),
    h("p", {}, one.place.address), where, h("p", {}, go),
    one.plan && one.plan.arrive && h("p", { class: "quiet" }, t("planned {at}", { at: `${one.plan.arrive} – ${one.plan.leave}` })),
    one.case && told("info", h("p", {}, t("Look again at case {number}: is it still in order?", { number: one.case.number }))),
    one.note && h("p", { class: "pre" }, one.note), ownRows(rows),
    !open && !rows.length && empty(items.length ? t("This visit is {state}.", { state: one.state_label })
      : t("The edition of this round has no checklist for this kind of place. Ask the campaign office.")),
    open && h("div", { class: "finish" }, h("a", { class: "button main", href: `#/visit/${one.uid}/1` },
      t("Begin: {n} items", { n: items.length }))),
  ] };
}

function item(draft, items, number, base) {
  const one = items[number - 1];
  const answer = draft.content.answers[one.code] || (draft.content.answers[one.code] = {});
  const next = number < items.length ? `${base}/${number + 1}` : `${base}/end`;
  const more = h("div", {});
  const answers = h("div", { class: "answers", role: "group", "aria-label": t("Your answer") });
  const draw = () => {
    for (const button of answers.children) button.setAttribute("aria-pressed", String(button.dataset.answer === answer.answer));
    hint.textContent = needsPhoto(one, answer.answer) ? t("A photo is needed.") : "";
  };
  const hint = h("p", { class: "need", role: "status" });
  const choose = (key) => {
    answer.answer = key;
    if (key !== "met") answer.commended = false;
    draft.touch();
    draw();
    // What is answered in one tap leads on by itself.
    if (key !== "not_met" && !lacks(one, answer, draft.photos(one.code))) location.hash = next;
  };
  for (const key of ["met", "not_met", "not_applicable", "cannot_tell"]) {
    answers.append(h("button", { type: "button", class: `answer ${key}`, "data-answer": key, "aria-pressed": "false",
      onclick: () => choose(key) }, ANSWER_ICONS[key] && icon(ANSWER_ICONS[key]), word("answer", key)));
  }
  more.append(...rest(draft, one, answer, hint, draw));
  draw();
  return { title: t("{n} of {all}", { n: number, all: items.length }), back: number > 1 ? `${base}/${number - 1}` : base, bare: true, body: [
    h("progress", { max: items.length, value: number, "aria-label": t("{n} of {all}", { n: number, all: items.length }) }),
    h("h2", { class: "asked" }, pick(one.text)), h("p", { class: "quiet" }, `${one.code} · ${word("aspect", one.aspect)}`),
    one.exceptions && one.exceptions.length > 0 && h("p", { class: "excuse" }, t("Not a fault:"), " ", one.exceptions.map(pick).join("；")),
    one.observe && h("details", {}, h("summary", {}, t("How to look")), h("p", {}, pick(one.observe))),
    one.count && counting(draft, one, answer, draw), answers, more, keeping(draft),
    h("div", { class: "steps-foot" }, h("a", { class: "button", href: `${base}/end` }, t("Overview")),
      h("a", { class: "button main", href: next }, t("Next item"))),
  ] };
}

function rest(draft, one, answer, hint, draw) {
  const praise = h("input", { type: "checkbox", checked: Boolean(answer.commended), onchange: () => {
    answer.commended = praise.checked;
    draft.touch();
  } });
  return [hint, photoField(draft, { slot: one.code, kinds: KINDS, label: t("Photos"), changed: draw }),
    textField(draft, "note", t("What was seen"), { value: answer.note || "", take: (text) => { answer.note = text; } }),
    h("label", { class: "check" }, praise, t("done particularly well"))];
}

// A number decides the answer; it is shown at once.
function counting(draft, one, answer, draw) {
  const box = (key, label) => {
    const input = h("input", { inputmode: "decimal", autocomplete: "off", maxlength: 12, value: answer[key] === undefined ? "" : String(answer[key]),
      oninput: () => {
        answer[key] = input.value;
        const found = judged(one.count, answer);
        if (found) answer.answer = found;
        draft.touch();
        draw();
      } });
    return h("label", { class: "field" }, label, input);
  };
  const asked = { what: pick(one.count.what), n: one.count.value, unit: one.count.unit, m: one.count.per_m };
  const rule = one.count.compare === "at_most" ? t("{what}: at most {n}", asked) : t("{what}: at least {n}", asked);
  return h("div", { class: "counting" }, h("p", {}, rule, one.count.per_m && !asked.what.includes(String(asked.m)) ? ` ${t("for every {m} m", asked)}` : ""),
    h("p", { class: "quiet" }, t("The count decides the answer.")), h("div", { class: "pair" }, box("count", t("Counted")),
      one.count.per_m ? box("length_m", t("Metres walked")) : null));
}

function end(app, draft, one, items, base, leave) {
  const { answers } = draft.content;
  const open = items.map((item, n) => [item, n + 1, lacks(item, answers[item.code], draft.photos(item.code))]);
  const left = open.filter(([, , lack]) => lack);
  const names = { answer: t("no answer yet"), count: t("count missing"), length: t("metres missing"), photo: t("photo missing") };
  const [where, stop] = distance(one.place, app.parcel.limits.far_m);
  return { title: t("Overview"), back: `${base}/${items.length}`, bare: true, leave: () => { stop(); leave(); }, body: [
    h("p", { class: "lead" }, one.place.name), where,
    left.length ? told("warning", h("p", {}, t("{n} items still lack something.", { n: left.length }))) : h("p", {}, t("All items are answered.")),
    h("ol", { class: "lines items" }, open.map(([item, n, lack]) => h("li", {}, h("a", { class: "line", href: `${base}/${n}` },
      h("span", { class: "line-main" }, pick(item.text)),
      h("span", { class: `line-side answer-${(answers[item.code] || {}).answer}` }, lack ? names[lack] : word("answer", answers[item.code].answer)))))),
    extras(app, draft), textField(draft, "note", t("Note on the whole visit"), { limit: app.parcel.limits.visit_note }), keeping(draft),
    finish(t("Hand in"), () => handIn(app, draft, one, items, left, names)),
    h("button", { type: "button", class: "plain", onclick: async () => {
      if (!confirm(t("Throw away all answers and photos of this visit?"))) return;
      await draft.drop();
      location.hash = "#/";
    } }, t("Throw this draft away")),
  ] };
}

// Faults beside the checklist: they become cases and are not scored.
function extras(app, draft) {
  const list = h("div", {});
  const draw = () => {
    list.textContent = "";
    for (const one of draft.content.extra) list.append(extra(app, draft, one, draw));
  };
  draw();
  return h("section", {}, h("h2", {}, t("Other faults")), h("p", { class: "quiet" }, t("What the checklist does not ask. It becomes a case and is not scored.")),
    list, h("button", { type: "button", onclick: async () => {
      const fix = await geo.fix(1500);
      draft.content.extra = [...draft.content.extra, { id: newId(), category: "", description: "", lon: fix ? fix.lon : undefined, lat: fix ? fix.lat : undefined }];
      await draft.save();
      draw();
    } }, t("Add a fault")));
}

function extra(app, draft, one, draw) {
  const choice = h("select", { "aria-label": t("Category"), onchange: () => {
    one.category = choice.value;
    draft.touch();
  } }, h("option", { value: "" }, t("Choose a category")), app.parcel.categories.filter((row) => row.kind !== "component").map((row) => (
    h("option", { value: row.code, selected: row.code === one.category }, row.name))));
  return h("fieldset", { class: "extra" }, h("legend", {}, t("Fault")), h("div", { class: "field" }, choice),
    textField(draft, "description", t("What is wrong"), { value: one.description, take: (text) => { one.description = text; } }),
    photoField(draft, { slot: `extra:${one.id}`, kinds: KINDS, label: t("Photos") }),
    h("button", { type: "button", class: "plain", onclick: async () => {
      for (const photo of draft.photos(`extra:${one.id}`)) await draft.remove(photo.id);
      draft.content.extra = draft.content.extra.filter((row) => row !== one);
      await draft.save();
      draw();
    } }, t("Take this fault off")));
}

async function handIn(app, draft, one, items, left, names) {
  await draft.ready();
  if (left.length) {
    const [item, n, lack] = left[0];
    throw new Unready(t("Item {n}, “{text}”: {lack}.", { n, text: pick(item.text), lack: names[lack] }));
  }
  const nameless = draft.content.extra.find((row) => !row.category);
  if (nameless) throw new Unready(t("An added fault has no category yet."));
  const fix = await geo.fix(3000);
  const before = draft.row.correcting && draft.row.noted_at;
  const content = sheet({ form: draft.content, items, photosIn: (slot) => draft.photos(slot), fix, noted_at: before || new Date().toISOString() });
  await draft.handIn({ content, title: `${t("Visit")} · ${one.place.name || one.place.code} ${clock(Date.now())}`, fix });
  location.hash = "#/";
}
