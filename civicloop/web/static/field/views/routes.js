// Which address shows what. A view is {title, body, back?, tab?, live?, bare?, leave?}: `live` ones are drawn anew when
// something happens, `leave` is called before another is shown.
import { h } from "../dom.js";
import { t } from "../words.js";
import { step, story } from "./case.js";
import { map } from "./map.js";
import { nearby } from "./nearby.js";
import { choose, report } from "./report.js";
import { list, record } from "./outbox.js";
import { settings } from "./settings.js";
import { today } from "./today.js";
import { visit } from "./visit.js";
import { empty, told } from "./parts.js";

const VIEWS = { "": today, nearby, map, settings, visit };

export async function route(app, hash) {
  const [name, ...rest] = hash.replace(/^#\/?/, "").replace(/\?.*/, "").split("/").map(decodeURIComponent);
  if (!app.person) return welcome(app);
  if (name === "outbox") return rest[0] ? record(app, rest) : list(app);
  if (!app.parcel && name !== "settings") return unpacked(app);
  if (name === "case") return rest[1] ? step(app, rest) : story(app, rest);
  if (name === "report") return rest[0] ? report(app, rest) : choose(app);
  return (VIEWS[name] || today)(app, rest);
}

function welcome(app) {
  const away = app.state === "offline" || app.state === "portal";
  const login = `/login?next=${encodeURIComponent(document.body.dataset.field)}`;
  const words = away ? t("The first time, this program needs a network. There is none just now.")
    : t("Log in once; afterwards everything works without a network.");
  return { title: t("Field work"), bare: true, live: true, body: h("div", { class: "alone" },
    h("p", {}, words),
    away ? h("button", { class: "main", onclick: async () => { await app.sync({ now: true }); app.draw(); } }, t("Try again"))
      : h("a", { class: "button main", href: login }, t("Log in"))) };
}

function unpacked(app) {
  return { title: t("Today"), tab: "today", live: true, body: [
    loggedOut(app),
    empty(t("Here come your visits and cases of the day."), t("They have not been fetched yet: that needs a network once.")),
    h("button", { class: "main", onclick: () => app.sync({ now: true }) }, t("Fetch now")),
  ] };
}

// What is said above a list while nobody is logged in: nothing is lost, nothing is sent.
export function loggedOut(app) {
  if (app.state !== "logged_out") return null;
  const login = `/login?next=${encodeURIComponent(document.body.dataset.field)}`;
  return told("warning", h("p", {}, t("The log-in has ended. You can go on working; nothing is sent until you log in again.")),
    h("p", {}, h("a", { class: "button", href: login }, t("Log in"))));
}
