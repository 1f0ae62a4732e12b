// Points and open cases by distance; a map only when somebody asks for it.
import { h } from "../dom.js";
import * as geo from "../geo.js";
import { t } from "../words.js";
import { due, empty, line, noPosition } from "./parts.js";

const MOST = 60;

export function nearby(app) {
  const list = h("div", {});
  const where = h("p", { class: "quiet", role: "status" });
  let shown = app.saved("nearby", "all");
  let drawnAt = null;
  const draw = () => {
    drawnAt = geo.here();
    where.textContent = drawnAt ? t("Your position: ±{n} m", { n: drawnAt.accuracy_m })
      : geo.trouble() ? noPosition() : t("Looking for your position");
    const rows = found(app.parcel, shown, drawnAt);
    list.textContent = "";
    list.append(rows.length ? h("ul", { class: "lines" }, rows.slice(0, MOST).map((row) => shownRow(row)))
      : empty(t("Here stand the points and open cases around you."), t("The parcel of today has none of this kind.")));
  };
  const choices = [["all", t("all")], ["cases", t("cases")], ["points", t("points")]];
  const filter = h("div", { class: "choices", role: "group", "aria-label": t("What is shown") }, choices.map(([key, text]) => (
    h("button", { type: "button", "aria-pressed": String(shown === key), onclick: (event) => {
      shown = key;
      app.save("nearby", key);
      for (const one of filter.children) one.setAttribute("aria-pressed", String(one === event.currentTarget));
      draw();
    } }, text))));
  geo.follow();
  draw();
  // Whoever stands still reads a still list.
  const stop = geo.onMove((fix) => (!fix || !drawnAt || geo.metres(fix, drawnAt) > 20) && draw());
  return { title: t("Nearby"), tab: "nearby", leave: stop, body: [
    h("div", { class: "row" }, filter, h("a", { class: "button", href: "#/map" }, t("Map"))), where, list] };
}

function found(parcel, shown, fix) {
  const visits = new Map(parcel.visits.map((one) => [one.place.code, one]));
  const points = shown === "cases" ? [] : parcel.points.map((one) => ({ kind: "point", one, visit: visits.get(one.code) }));
  const cases = shown === "points" ? [] : parcel.cases.map((one) => ({ kind: "case", one }));
  const rows = [...points, ...cases].filter(({ one }) => one.lon !== null);
  if (fix) {
    for (const row of rows) row.m = geo.metres(fix, row.one);
    rows.sort((a, b) => a.m - b.m);
  }
  return rows;
}

function shownRow({ kind, one, visit }) {
  if (kind === "case") {
    return line(`#/case/${one.uid}`, one.category.name, [`${one.number} · ${one.state_label}`, one.address, due(one)], geo.away(one));
  }
  const uid = one.visit || (visit && visit.uid);
  const address = uid ? `#/visit/${uid}` : `#/report?point=${encodeURIComponent(one.code)}`;
  return line(address, one.name, [one.type_name, one.address, uid ? t("to visit today") : ""], geo.away(one));
}
