// The voice note of a form: one large button that records and stops, then what was said, to listen to or to take off.
import { h, fill, icon } from "../dom.js";
import { play, recordable, Recording, VOICE } from "../photos.js";
import { t } from "../words.js";

// Gives [element, leave]. Where the browser records nothing there is no field; one that was taken before is shown all the same.
export function voiceField(app, draft) {
  if (!recordable() && !draft.photos(VOICE).length) return [null, () => {}];
  const seconds = app.parcel.limits.voice_seconds || 60;
  const body = h("div", {});
  const fault = h("p", { class: "fault", role: "alert" });
  let ticking = null;
  let silence = null;
  let left = false;
  const draw = () => {
    const [kept] = draft.photos(VOICE);
    fill(body, kept ? listen(kept) : draft.recording ? running() : begin());
  };
  const failed = (error) => { fault.textContent = error.message || String(error); };
  const begin = () => h("button", { type: "button", class: "shutter voice", onclick: start }, icon("microphone"), t("Record a voice note (at most {n} s)", { n: seconds }));
  const running = () => {
    const told = h("span", {}, t("Stop: {n} s", { n: draft.recording.seconds }));
    clearInterval(ticking);
    ticking = setInterval(() => { if (draft.recording) told.textContent = t("Stop: {n} s", { n: draft.recording.seconds }); }, 500);
    return h("button", { type: "button", class: "shutter voice on", onclick: () => draft.recording && draft.recording.stop() }, icon("microphone"), told);
  };
  const listen = (kept) => {
    const button = h("button", { type: "button", onclick: async () => {
      if (silence) {
        silence();
        silence = null;
        return;
      }
      const held = await app.store.photo(kept.id);
      if (!held || !held.bytes) return;
      button.textContent = t("Stop");
      silence = await play(held.bytes, { over: () => { silence = null; button.textContent = t("Listen"); } }).catch((error) => { failed(error); return null; });
    } }, t("Listen"));
    return h("div", { class: "row" }, icon("microphone"), h("span", {}, t("Voice note, {n} s", { n: kept.seconds })), button,
      h("button", { type: "button", class: "plain", onclick: async () => { await draft.remove(kept.id); draw(); } }, t("Remove")));
  };
  async function start() {
    fault.textContent = "";
    try {
      await draft.save();
      // Who has left while the browser asked is not listened to.
      await draft.record(() => Recording.begin({ seconds }).then((one) => (left ? { stop() {}, ended: one.stop().then(() => null) } : one)), draw);
    } catch (error) {
      failed(error.name === "NotAllowedError" ? new Error(t("The browser may not use the microphone. It can be allowed in the browser's settings.")) : error);
    }
    clearInterval(ticking);
    draw();
  }
  // A page that is put away may be thrown away: what was said until then is kept.
  const hidden = () => { if (document.visibilityState === "hidden" && draft.recording) draft.recording.stop(); };
  document.addEventListener("visibilitychange", hidden);
  draw();
  return [h("fieldset", { class: "photo-field" }, h("legend", {}, t("Voice note"), h("span", { class: "quiet" }, ` ${t("(may be empty)")}`)), body, fault), () => {
    document.removeEventListener("visibilitychange", hidden);
    left = true;
    clearInterval(ticking);
    if (silence) silence();
    if (draft.recording) draft.recording.stop();
  }];
}
