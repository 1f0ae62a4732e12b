// The day: visits in the order of the route, cases that wait for me, what was begun.
import { h } from "../dom.js";
import { away } from "../geo.js";
import { caseOf, ownCases } from "../parcel.js";
import { clock, day, moment, t } from "../words.js";
import { due, empty, line, mark, told } from "./parts.js";
import { loggedOut } from "./routes.js";

const NOW = new Set(["planned", "waiting"]);
const HANDED = new Set(["waiting", "sent", "applied", "needs_you", "refused"]);

export async function today(app) {
  const { parcel } = app;
  const drafts = await app.store.drafts(app.person.uid);
  const handed = (one) => app.rowsOf(one.uid).find((row) => HANDED.has(row.status));
  const left = parcel.visits.filter((one) => NOW.has(one.state) && !handed(one));
  const done = parcel.visits.filter((one) => !left.includes(one));
  const mine = parcel.cases.filter((one) => one.mine);
  const reported = ownCases(parcel, app.rows);
  const short = await app.checkRoom();
  return { title: t("Today"), tab: "today", live: true, body: [
    loggedOut(app), elsewhere(app), short && fullness(), old(app), update(app),
    drafts.length > 0 && section(t("Begun"), drafts.length, drafts.map((one) => draftLine(app, one))),
    visiting(parcel) && section(t("Visits to make"), left.length, left.map((one) => visitLine(app, one, null)),
      t("No visit is left for today."), t("Visits are planned with a round; new ones come with the next network.")),
    section(t("Cases that wait for you"), mine.length, mine.map((one) => caseLine(app, one)), t("No case waits for you.")),
    reported.length > 0 && section(t("Reported from this phone"), reported.length, reported.map((one) => caseLine(app, one))),
    done.length > 0 && h("details", {}, h("summary", {}, t("Visits handed in: {n}", { n: done.length })),
      h("ul", { class: "lines" }, done.map((one) => visitLine(app, one, handed(one))))),
    asOf(app),
  ] };
}

// Who never inspects need not read that there is nothing to inspect.
function visiting(parcel) {
  return parcel.visits.length > 0 || parcel.person.posts.some((one) => one.role === "inspector");
}

function section(title, count, lines, ...none) {
  return h("section", {}, h("h2", {}, title, count ? h("span", { class: "count" }, count) : ""),
    lines.length ? h("ul", { class: "lines" }, lines) : empty(...none));
}

function visitLine(app, one, row) {
  const { place } = one;
  const plan = one.plan && one.plan.arrive ? t("planned {at}", { at: one.plan.arrive }) : "";
  const late = one.day < app.parcel.day ? one.day : "";
  return line(`#/visit/${one.uid}`, `${one.order}. ${place.name || place.address || place.code}`,
    [[place.type_name, plan, late].filter(Boolean).join(" · "), place.address, row ? mark(row.status) : null],
    row ? "" : away(place));
}

function caseLine(app, one) {
  const rows = app.rowsOf(one.uid);
  const place = one.address || one.description;
  return line(`#/case/${one.uid}`, one.category.name, [[one.number, one.state_label].filter(Boolean).join(" · "), place,
    rows.length ? mark(rows[rows.length - 1].status) : due(one)], away(one));
}

function called(app, uid) {
  const one = caseOf(app.parcel, app.rows, uid);
  return one && (one.number || one.category.name);
}

function draftLine(app, one) {
  const { parcel } = app;
  const places = {
    visit: () => [`#/visit/${one.loop}/1`, t("Visit"), (parcel.visitOf.get(one.loop) || { place: {} }).place.name],
    case: () => [`#/report/${one.content.category}/${one.loop}`, t("Report"), (parcel.categoryOf.get(one.content.category) || {}).name],
    step: () => [`#/case/${one.loop}/${one.content.step}`, (parcel.steps[one.content.step] || {}).label, called(app, one.loop)],
    comment: () => [`#/case/${one.loop}/comment`, (parcel.steps.comment || {}).label, called(app, one.loop)],
  };
  const [address, what, where] = places[one.kind]();
  return line(one.correcting ? `#/outbox/${one.uid}/mend` : address, [what, where].filter(Boolean).join(" · "),
    [t("not handed in; last changed {at}", { at: moment(one.changed_at) })]);
}

function asOf(app) {
  return h("p", { class: "as-of" },
    h("span", { class: "quiet" }, t("As the server had it at {at}", { at: clock(app.fetched_at) })),
    h("button", { class: "plain", onclick: () => app.sync({ now: true }) }, t("Fetch now")));
}

function old(app) {
  const of = app.parcel.day;
  if (of === day(Date.now())) return null;
  return told("warning", h("p", {}, t("These are the visits and cases of {day}. Those of today come with the next network.", { day: of })));
}

function fullness() {
  return told("warning", h("p", {}, t("This phone is nearly full. Send what waits before taking more photos.")));
}

function elsewhere(app) {
  if (!app.others) return null;
  return told("warning", h("p", {}, t("{n} records of somebody else wait on this phone. They are sent when that person logs in here.", { n: app.others })));
}

function update(app) {
  if (!app.version.ready) return null;
  return told("info", h("p", {}, t("A new version of this program is ready.")),
    h("button", { onclick: () => app.version.take() }, t("Use it now")));
}
