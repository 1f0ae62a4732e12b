// A new version of the program is put to use by a person's tap, and only when nothing is being sent or filled in.
import { t } from "./words.js";

export async function watchVersions(app, address) {
  if (!navigator.serviceWorker) return;
  try {
    const kept = await navigator.serviceWorker.register(address);
    const ready = () => {
      if (!kept.waiting || !navigator.serviceWorker.controller) return;
      app.version = { ready: true, take: () => take(app, kept) };
      app.redraw();
    };
    ready();
    kept.addEventListener("updatefound", () => {
      const { installing } = kept;
      if (installing) installing.addEventListener("statechange", () => installing.state === "installed" && ready());
    });
  } catch (error) {
    // Browsers inside other programs often refuse; everything but opening without a network works all the same.
    console.info("no service worker:", error);
  }
}

function take(app, kept) {
  if (app.syncing) {
    app.say(t("Something is being sent. Try again in a moment."));
    return;
  }
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  kept.waiting.postMessage("take over");
}
