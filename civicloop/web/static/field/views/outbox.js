// Everything handed in from this phone, one by one: how it stands, why, and what can be done about it.
import { Draft } from "../drafts.js";
import { h } from "../dom.js";
import { onlyHere, pictures, spoken, summary } from "../entries.js";
import { outboxFiles, save, zip } from "../files.js";
import { caseOf } from "../parcel.js";
import { bytes, day, moment, span, t } from "../words.js";
import { stepForm } from "./case.js";
import { empty, line, mark, told } from "./parts.js";
import { reportForm } from "./report.js";
import { loggedOut } from "./routes.js";
import { itemsOf, sheetView } from "./visit.js";

export async function list(app) {
  const rows = app.rows.slice().reverse();
  const yours = rows.filter((row) => row.status === "needs_you" || row.status === "refused");
  const others = rows.filter((row) => !yours.includes(row));
  const busy = Boolean(app.syncing);
  return { title: t("Outbox"), tab: "outbox", live: true, body: [
    loggedOut(app), situation(app),
    h("div", { class: "row" },
      h("button", { class: "main", disabled: busy, onclick: () => app.sync({ now: true }) }, busy ? t("Sending") : t("Send now")),
      h("button", { disabled: !rows.length, onclick: () => exportAll(app) }, t("Save as a file"))),
    rows.length === 0 && empty(t("What you hand in stands here until it is in effect."), t("Nothing waits.")),
    yours.length > 0 && h("section", {}, h("h2", {}, t("Needs you")), h("ul", { class: "lines" }, yours.map(rowLine))),
    others.length > 0 && h("section", {}, h("h2", {}, t("Handed in")), h("ul", { class: "lines" }, others.map(rowLine))),
    rows.length > 0 && h("p", { class: "quiet" }, t("Sent means: the server has it. In effect means: it counts. What is in effect is listed here for three more days.")),
  ] };
}

function situation(app) {
  const { unsent, oldest } = summary(app.rows);
  const words = {
    offline: t("There is no network. What waits is sent by itself when there is one."),
    portal: t("A network is there, but somebody else answers: it may want a log-in of its own (hotel, station). What waits stays here."),
    busy: t("The server does not answer just now. It is tried again by itself."),
    elsewhere: t("Another tab of this program is sending."),
    other_person: t("Somebody else is logged in. Your records are sent when you log in again."),
    full: t("The phone could not write. Free some room."),
  };
  const state = words[app.state];
  if (!unsent && !state) return null;
  return told(unsent ? "warning" : "info", unsent > 0 && h("p", {}, t("{n} not sent, oldest {span}", { n: unsent, span: span(Date.now() - Date.parse(oldest)) })),
    state && h("p", {}, state));
}

function rowLine(row) {
  const photos = [pictures(row).length > 0 && t("photos: {n}", { n: pictures(row).length }), spoken(row).length > 0 && t("Voice note")].filter(Boolean).join(" · ");
  return line(`#/outbox/${row.uid}`, row.title || row.kind, [[moment(row.created_at), photos].filter(Boolean).join(" · "), mark(row.status),
    row.status === "applied" ? "" : reason(row)]);
}

// Why it stands so, in the server's sentence or in ours where only this phone knows.
export function reason(row) {
  const own = {
    photo_lost: t("A photo of this record is no longer on this phone."),
    voice_lost: t("The voice note of this record is lost or damaged on this phone."),
    photo_broken: t("A photo of this record was damaged on this phone."),
    refused: t("The server could not read this record."),
    fault: t("The server fails on this record."),
  };
  if (row.pending) return t("Your decision is still to be sent.");
  if (row.reason && row.reason.sentence) return row.reason.sentence;
  if (row.reason && own[row.reason.code]) return own[row.reason.code];
  if (row.status !== "waiting") return "";
  if (row.accepted && row.missing.length) return still(row);
  return "";
}

function still(row) {
  const said = spoken(row).filter((one) => row.missing.includes(one.sha256)).length;
  const shown = row.missing.length - said;
  return [shown > 0 && t("Photos still to be sent: {n}", { n: shown }), said > 0 && t("The voice note is still to be sent.")].filter(Boolean).join(" ");
}

export async function record(app, [uid, ...more]) {
  const row = app.rows.find((one) => one.uid === uid);
  if (!row) return list(app);
  if (more[0] === "mend") return mend(app, row, more[1]);
  const { server } = row;
  const size = (files) => files.reduce((sum, one) => sum + one.size, 0);
  return { title: row.title || row.kind, back: "#/outbox", live: true, body: [
    h("p", {}, mark(row.status)), reason(row) && told(row.status === "applied" ? "info" : "warning", h("p", {}, reason(row)),
      server && server.who && server.who.length > 0 && h("p", {}, t("Who can: {who}", { who: server.who.join("、") }))),
    row.declined && told("warning", h("p", {}, row.declined)), server && server.now && since(server.now), (server && server.warnings || []).map((one) => told("info", h("p", {}, one.sentence))),
    server && result(app, server.result),
    h("dl", {}, fact(t("Handed in"), moment(row.created_at)), fact(t("At the server"), server && moment(server.received_at)),
      fact(t("In effect since"), server && moment(server.applied_at)),
      fact(t("Photos"), pictures(row).length ? `${pictures(row).length} · ${bytes(size(pictures(row)))}` : ""),
      fact(t("Voice note"), spoken(row).map((one) => `${t("{n} s", { n: one.seconds })} · ${bytes(one.size)}`).join("、")), fact(t("Only on this phone"), onlyHere(row) && t("yes"))),
    h("div", { class: "steps" }, buttons(app, row)),
  ] };
}

function fact(name, value) {
  return value ? [h("dt", {}, name), h("dd", {}, value)] : null;
}

function since(now) {
  return h("section", {}, h("h2", {}, t("How the case stands now")), h("p", {}, [now.number, now.state_label, now.unit && now.unit.name].filter(Boolean).join(" · ")),
    h("ul", {}, (now.since || []).map((one) => h("li", {}, [moment(one.at), one.label, one.unit].filter(Boolean).join(" · ")))));
}

function result(app, found) {
  if (!found) return null;
  const cases = [found.case, ...(found.cases || [])].filter(Boolean);
  return [cases.length > 0 && h("p", {}, t("Became:"), " ", cases.map((one) => [h("a", { href: app.parcel && app.parcel.caseOf.has(one.uid) ? `#/case/${one.uid}` : one.url }, one.number), " "])),
    found.duplicates_hidden > 0 && told("info", h("p", {}, t("Already reported nearby: {n}. Others look after it.", { n: found.duplicates_hidden }))),
    (found.duplicates || []).length > 0 && told("info", h("p", {}, t("Others have reported something near: {numbers}", { numbers: found.duplicates.map((one) => one.number).join("、") })))];
}

function buttons(app, row) {
  const may = new Set((row.server && row.server.may) || []);
  const decide = (what, text, main) => h("button", { class: main ? "main" : "", onclick: async () => {
    await app.outbox.decide(row.uid, what);
    app.sync({ now: true });
  } }, text);
  if (row.pending) return [exportOne(app, row)];
  const found = [];
  const own = row.kind === "case" && app.parcel && caseOf(app.parcel, app.rows, row.loop);
  if (own && own.own) found.push(h("a", { class: "button", href: `#/case/${row.loop}/comment` }, t("Add a remark or a photo")));
  if (may.has("resend") || (row.aside && !row.accepted)) found.push(h("a", { class: "button main", href: `#/outbox/${row.uid}/mend` }, t("Correct and send again")));
  if (may.has("retry")) found.push(decide("retry", t("Try again as it is")));
  if (may.has("alone")) found.push(decide("alone", t("Let it take effect without the others")));
  if (may.has("withdraw") || (row.aside && row.accepted)) found.push(decide("withdraw", t("Take it back")));
  if ((row.aside && !row.accepted) || (!row.touched && row.status === "waiting")) found.push(h("button", { onclick: () => discard(app, row) }, t("Take it back")));
  if (row.touched && !row.accepted && !row.aside) found.push(h("p", { class: "quiet" }, t("It may have reached the server already. With the next network it can be taken back.")));
  return [...found, onlyHere(row) && exportOne(app, row)];
}

function exportOne(app, row) {
  return h("button", { onclick: async () => save(await zip(outboxFiles(app.store, app.person.uid, [row.uid])), `civicloop-${row.uid.slice(0, 13)}.zip`) }, t("Save as a file"));
}

export async function exportAll(app) {
  await save(await zip(outboxFiles(app.store, app.person.uid)), `civicloop-${day(Date.now())}.zip`);
}

async function discard(app, row) {
  const behind = app.outbox.behind(app.rows, row).length;
  const more = behind ? ` ${t("What you noted about this case goes with it: {n}", { n: behind })}` : "";
  if (!confirm(t("Delete this record and its photos from this phone? It is nowhere else.") + more)) return;
  await app.outbox.discard(row.uid);
  location.hash = "#/outbox";
}

// The form of a refused record again, with everything it said.
async function mend(app, row, where) {
  const kept = await app.store.draft(row.uid);
  const draft = kept ? new Draft(app, kept) : Draft.correcting(app, row);
  const { parcel } = app;
  if (row.kind === "visit" && parcel.visitOf.has(row.loop)) {
    const one = parcel.visitOf.get(row.loop);
    return sheetView(app, draft, one, itemsOf(app, one), where || "end", `#/outbox/${row.uid}/mend`);
  }
  if (row.kind === "case" && parcel.categoryOf.has(draft.content.category)) return reportForm(app, draft, parcel.categoryOf.get(draft.content.category));
  const name = draft.content.step || "comment";
  const one = caseOf(parcel, app.rows, row.loop);
  if (one && parcel.steps[name]) return stepForm(app, draft, one, parcel.steps[name], name);
  return { title: row.title, back: `#/outbox/${row.uid}`, body: empty(t("What this record is about is not in the parcel of today, so it cannot be shown as a form."), t("It can be taken back or saved as a file.")) };
}
