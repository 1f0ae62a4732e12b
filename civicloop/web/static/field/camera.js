// Our own camera, with the picture before laid over what it sees, so that both are taken from the same spot.
import { h } from "./dom.js";
import { t } from "./words.js";

// Gives the picture taken as a Blob, or nothing. Where the camera is refused, the phone's own takes its place.
export async function openCamera(before) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 4096 }, height: { ideal: 3072 } }, audio: false,
    });
  } catch {
    return sideBySide(before);
  }
  const video = h("video", { autoplay: true, playsinline: true, muted: true, srcObject: stream });
  const ghost = h("img", { src: before, alt: t("the picture before"), class: "ghost" });
  const strength = h("input", { type: "range", min: 0, max: 100, value: 35, "aria-label": t("How strongly the picture before shows"),
    oninput: () => { ghost.style.opacity = String(strength.value / 100); } });
  ghost.style.opacity = "0.35";
  try {
    return await dialog(t("Take the same view again"), [h("div", { class: "finder" }, video, ghost), strength], (done) => [
      h("button", { type: "button", onclick: () => done(null) }, t("Cancel")),
      h("button", { type: "button", class: "main", onclick: async () => done(await picture(stream, video)) }, t("Take the photo")),
    ]);
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

// The full resolution of the camera where the browser can ask for it, else the frame that is seen.
async function picture(stream, video) {
  if (globalThis.ImageCapture) {
    try {
      return await new ImageCapture(stream.getVideoTracks()[0]).takePhoto();
    } catch {
      // Some phones promise it and fail; the frame is there.
    }
  }
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  return new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.92); });
}

function sideBySide(before) {
  return dialog(t("Take the same view again"), [h("img", { src: before, alt: t("the picture before"), class: "side" })], (done) => {
    const input = h("input", { type: "file", accept: "image/*", capture: "environment", onchange: () => done(input.files[0] || null) });
    return [
      h("button", { type: "button", onclick: () => done(null) }, t("Cancel")),
      h("label", { class: "shutter main" }, input, t("Take the photo")),
    ];
  });
}

// A page over the page; focus stays in it and goes back afterwards.
function dialog(title, content, buttons) {
  const origin = document.activeElement;
  return new Promise((resolve) => {
    const done = (value) => {
      box.remove();
      if (origin) origin.focus();
      resolve(value);
    };
    const box = h("div", { class: "camera", role: "dialog", "aria-modal": "true", "aria-label": title,
      onkeydown: (event) => {
        if (event.key === "Escape") done(null);
        if (event.key === "Tab") turn(box, event);
      } }, h("p", {}, title), content, h("div", { class: "camera-foot" }, buttons(done)));
    document.body.append(box);
    box.querySelector("button").focus();
  });
}

function turn(box, event) {
  const stops = [...box.querySelectorAll("button, input")];
  const first = stops[0];
  const last = stops[stops.length - 1];
  if (event.shiftKey && document.activeElement === first) last.focus();
  else if (!event.shiftKey && document.activeElement === last) first.focus();
  else return;
  event.preventDefault();
}
