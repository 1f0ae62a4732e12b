// Who works here, how it looks, how much room there is, and the way out, which is shut while something is only on this phone.
import { h, look } from "../dom.js";
import { askToKeep, room } from "../photos.js";
import { bytes, spoken, t } from "../words.js";
import { told } from "./parts.js";
import { exportAll } from "./outbox.js";

export async function settings(app) {
  const { used, quota, kept } = await room();
  const chosen = { theme: "auto", text: "usual", ...app.saved("look", {}) };
  const receipts = await app.store.receipts(app.person.uid);
  return { title: t("Settings"), tab: "settings", body: [
    h("section", {}, h("h2", {}, app.person.name), posts(app)),
    choices(t("Language"), [["zh-hans", "中文"], ["en", "English"]], spoken(), (code) => speakOtherwise(app, code)),
    choices(t("Text size"), [["usual", t("usual")], ["large", t("large")]], chosen.text, (text) => repaint(app, { ...chosen, text })),
    choices(t("Colours"), [["auto", t("as this device")], ["light", t("light")], ["dark", t("dark")]], chosen.theme, (theme) => repaint(app, { ...chosen, theme })),
    h("section", {}, h("h2", {}, t("Room on this phone")),
      quota ? h("p", {}, t("{used} used of {quota}", { used: bytes(used), quota: bytes(quota) })) : h("p", {}, t("This browser does not say.")),
      h("p", {}, kept ? t("The browser has promised not to clear it.") : t("The browser may clear it when the phone is full. Putting this program on the first screen helps.")),
      !kept && h("button", { onclick: async () => {
        app.say((await askToKeep()) ? t("The browser has promised not to clear it.") : t("The browser did not promise it."));
        app.draw();
      } }, t("Ask to keep it"))),
    h("section", {}, h("h2", {}, t("Receipts")), h("p", {}, t("The server has confirmed {n} records and photos from this phone.", { n: receipts.length })),
      h("button", { onclick: () => exportAll(app) }, t("Save as a file"))),
    version(app), leaving(app),
  ] };
}

function posts(app) {
  const found = (app.parcel && app.parcel.person.posts) || [];
  return h("ul", {}, found.map((one) => h("li", {}, [one.unit.name, one.role_label, one.grid].filter(Boolean).join(" · "))));
}

function choices(title, options, now, take) {
  return h("section", {}, h("h2", {}, title), h("div", { class: "choices", role: "group", "aria-label": title }, options.map(([key, text]) => (
    h("button", { type: "button", "aria-pressed": String(key === now), lang: { "zh-hans": "zh-Hans", en: "en" }[key] || null, onclick: () => take(key) }, text)))));
}

async function repaint(app, chosen) {
  app.save("look", chosen);
  look(chosen);
  await app.draw();
}

async function speakOtherwise(app, code) {
  app.save("language", code);
  await app.learn(code);
  app.frame();
  await app.draw();
  // The server's own sentences follow; without a network they do so with the next change.
  try {
    const told = new URLSearchParams({ language: code, next: "/field/" });
    await fetch("/language", { method: "POST", body: told, headers: { "X-CSRFToken": app.wire.cookie() || app.wire.csrf }, redirect: "manual" });
    app.asked = 0;
    app.sync({ now: true });
  } catch {
    app.say(t("Texts from the server change with the next network."));
  }
}

function version(app) {
  return h("section", {}, h("h2", {}, t("This program")),
    app.version.ready ? h("button", { onclick: () => app.version.take() }, t("Use the new version")) : h("p", { class: "quiet" }, t("No newer version is known.")),
    h("p", {}, h("a", { class: "button", href: "/" }, t("To the desk"))));
}

// Logging out deletes nothing; but who comes next could not send what somebody left behind.
function leaving(app) {
  const out = h("div", {});
  const button = h("button", { onclick: async () => {
    out.textContent = "";
    if (!(await app.outbox.mayLeave())) {
      out.append(told("error", h("p", {}, t("Not yet: some records are only on this phone. Send them first, or save them as a file.")),
        h("button", { onclick: () => exportAll(app) }, t("Save as a file")), " ", h("a", { class: "button", href: "#/outbox" }, t("Outbox"))));
      out.scrollIntoView({ block: "center" });
      return;
    }
    if (await loggedOut(app)) {
      await app.store.leave(app.person.uid);
      location.replace(document.body.dataset.field);
      location.reload();
    } else out.append(told("warning", h("p", {}, t("Logging out needs a network."))));
  } }, t("Log out"));
  return h("section", {}, h("h2", {}, t("Log out")), button, out);
}

async function loggedOut(app) {
  try {
    await app.wire.get("ping");
    await fetch("/logout", { method: "POST", headers: { "X-CSRFToken": app.wire.cookie() || app.wire.csrf }, redirect: "manual" });
    return (await app.wire.get("ping")).person === null;
  } catch {
    return false;
  }
}
