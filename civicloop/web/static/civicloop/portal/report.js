// The form of a report, made quicker: kinds suggested while one types, the place from the photo, the device or the map, a look at
// what is near, and the device's work (proof.js). Without this file the form works by itself and a person looks at it first.
import { placeOf } from "./exif.js";
import { prove } from "./proof.js";

const form = document.querySelector("[data-report]");
const told = form.querySelector("[data-place-told]");
const field = (name) => form.elements[name];
const later = (run, wait) => {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  };
};

async function part(address, values) {
  const answer = await fetch(`${address}?${new URLSearchParams(values)}`, { headers: { "X-Part": "1" } });
  return answer.ok ? answer.text() : null;
}

function chosen() {
  const picked = form.querySelector("input[name=category]:checked");
  return (picked && picked.value) || field("other_category").value;
}

// The same words bring the same kinds: what somebody has chosen stays chosen.
const suggest = later(async () => {
  const text = field("description").value.trim();
  if (text.length < 2) return;
  const picked = form.querySelector("input[name=category]:checked");
  const room = form.querySelector("[data-suggested]");
  const html = await part(form.dataset.suggest, { text: text.slice(0, 500), category: picked ? picked.value : "" });
  if (html === null) return;
  room.innerHTML = html;
  const first = room.querySelector("input[name=category]");
  if (first && !room.querySelector("input:checked") && !field("other_category").value) first.checked = true;
  look();
}, 400);

const look = later(async () => {
  const room = form.querySelector("[data-near-room]");
  if (!chosen() || !field("lon").value || room.querySelector("[name=looked]:checked")) return;
  const html = await part(form.dataset.near, { category: chosen(), lon: field("lon").value, lat: field("lat").value });
  if (html !== null) room.innerHTML = html;
}, 300);

function place(lon, lat, words) {
  field("lon").value = Number(lon).toFixed(6);
  field("lat").value = Number(lat).toFixed(6);
  told.textContent = words;
  look();
}

field("description").addEventListener("input", suggest);
form.addEventListener("change", (event) => {
  if (["category", "other_category", "lon", "lat"].includes(event.target.name)) look();
  if (event.target.name === "other_category" && event.target.value) {
    for (const one of form.querySelectorAll("input[name=category]")) one.checked = false;
  }
});

field("photos").addEventListener("change", async () => {
  for (const file of field("photos").files) {
    const found = await placeOf(file).catch(() => null);
    if (found && !field("lon").value) {
      place(found.lon, found.lat, told.dataset.wordsPhoto);
      return;
    }
  }
});

const here = form.querySelector("[data-here]");
if (navigator.geolocation) {
  here.hidden = false;
  here.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => place(coords.longitude, coords.latitude, `${told.dataset.wordsHere} (± ${Math.round(coords.accuracy)} m)`),
      () => { told.textContent = told.dataset.wordsNone; },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}

// The map is large: its files are fetched when somebody wants it.
const pick = form.querySelector("[data-pick]");
pick.hidden = false;
pick.addEventListener("click", async () => {
  const room = form.querySelector("[data-map-room]");
  room.hidden = !room.hidden;
  pick.setAttribute("aria-expanded", String(!room.hidden));
  if (room.hidden || room.dataset.drawn) return;
  room.dataset.drawn = "1";
  try {
    const { pickMap } = await import("./pick.js");
    await pickMap(room, {
      outlines: pick.dataset.pick, label: pick.dataset.label, lon: Number(field("lon").value), lat: Number(field("lat").value),
      picked: (lon, lat) => place(lon, lat, told.dataset.wordsMap),
    });
  } catch {
    room.hidden = true;
    told.textContent = told.dataset.wordsNomap;
  }
});

// Sent once, however often the button is pressed; what the device still has to work out is waited for.
const proof = prove(form.querySelector("[data-proof]"), field("proof_challenge"));
let sending = false;
form.addEventListener("submit", async (event) => {
  if (event.submitter && event.submitter.name === "follow") return;
  if (sending) {
    event.preventDefault();
    return;
  }
  sending = true;
  form.setAttribute("aria-busy", "true");
  if (!proof.done) {
    event.preventDefault();
    await proof.promise;
    form.submit();
  }
});
window.addEventListener("pageshow", () => {
  sending = false;
  form.removeAttribute("aria-busy");
});
