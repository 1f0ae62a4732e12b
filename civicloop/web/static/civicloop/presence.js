// Says every half minute that somebody works here, and shows who else does. A hidden page is silent: nobody works on it.
const EVERY = 30000;

function token() {
  const field = document.querySelector("[name=csrfmiddlewaretoken]");
  return field ? field.value : "";
}

function body(leave) {
  const told = new FormData();
  told.append("csrfmiddlewaretoken", token());
  if (leave) told.append("leave", "1");
  return told;
}

async function tell(place) {
  if (document.hidden || !place.isConnected) return;
  try {
    const answer = await fetch(place.dataset.presence, { method: "POST", body: body(false), headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || !place.isConnected) return;
    const names = (await answer.text()).trim();
    if (names !== place.innerHTML.trim()) place.innerHTML = names;
  } catch (lost) {
    // Without a line there is nothing to tell; the next sign of life tries again.
  }
}

let working = null;

function look() {
  const place = document.querySelector("[data-presence]");
  const address = place ? place.dataset.presence : null;
  if (address === working) return;
  if (working) navigator.sendBeacon(working, body(true));
  working = address;
  if (place) tell(place);
}

look();
document.addEventListener("htmx:afterSettle", look);
setInterval(() => {
  const place = document.querySelector("[data-presence]");
  if (place) tell(place);
}, EVERY);
addEventListener("pagehide", () => {
  if (working) navigator.sendBeacon(working, body(true));
  working = null;
});
addEventListener("pageshow", look);
