// The form of a report, made quicker: kinds suggested by words, place and hour, the place from the photo, the device or the map, what
// the kind asks besides, a look at what is near. How it is sent is said in proving.js. Without this file the form works by itself and a
// person looks at it first.
import { sceneOf } from "./exif.js";
import "./proving.js";

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

// Words somebody typed are posted: addresses stand in the logs of every proxy on the way.
async function wordsPart(address, values) {
  const body = new URLSearchParams({ ...values, csrfmiddlewaretoken: field("csrfmiddlewaretoken").value });
  const answer = await fetch(address, { method: "POST", body, headers: { "X-Part": "1" } });
  return answer.ok ? answer.text() : null;
}

function chosen() {
  const picked = form.querySelector("input[name=category]:checked");
  return (picked && picked.value) || field("other_category").value;
}

// The same words bring the same kinds: what somebody has chosen stays chosen. An answer that comes after a later question is let go.
let turns = 0;
const suggest = later(async () => {
  const text = field("description").value.trim();
  if (text.length < 2 && !field("lon").value) return;
  const picked = form.querySelector("input[name=category]:checked");
  const room = form.querySelector("[data-suggested]");
  const turn = (turns += 1);
  const html = await wordsPart(form.dataset.suggest, {
    text: text.slice(0, 500), category: picked ? picked.value : "", lon: field("lon").value, lat: field("lat").value,
    place_from: field("place_from").value, taken: field("taken").value,
  });
  if (html === null || turn !== turns) return;
  if (form.querySelector("input[name=category]:checked") !== picked) {
    suggest(); // chosen meanwhile
    return;
  }
  room.innerHTML = html;
  const label = form.querySelector("[data-other]");
  label.textContent = html.trim() ? label.dataset.other : label.dataset.alone;
  // What the words say is taken as said; what is merely usual at the place is offered.
  const first = room.querySelector("[data-by-words] input[name=category]");
  if (first && !room.querySelector("input:checked") && !field("other_category").value) first.checked = true;
  ask();
  look();
}, 400);

// What the chosen kind asks besides. The same kind keeps what was answered.
async function ask() {
  const room = form.querySelector("[data-questions-room]");
  const kind = chosen();
  const asked = room.querySelector("[name=asked]");
  if (room.dataset.kind === kind || (asked && asked.value === kind)) return;
  room.dataset.kind = kind;
  const html = kind ? await part(form.dataset.questions, { category: kind }) : "";
  if (html !== null && room.dataset.kind === kind) room.innerHTML = html;
}

const look = later(async () => {
  const room = form.querySelector("[data-near-room]");
  if (!chosen() || !field("lon").value || form.querySelector("[name=looked]:checked, [name=looked][type=hidden]")) return;
  const html = await part(form.dataset.near, { category: chosen(), lon: field("lon").value, lat: field("lat").value });
  if (html !== null) room.innerHTML = html;
}, 300);

function place(lon, lat, words, from = "") {
  field("lon").value = Number(lon).toFixed(6);
  field("lat").value = Number(lat).toFixed(6);
  field("place_from").value = from;
  told.textContent = words;
  read(words);
  suggest();
  look();
}

// The place in words: in which community it lies, or that it lies outside.
async function read(words) {
  const { lon, lat } = { lon: field("lon").value, lat: field("lat").value };
  const answer = await fetch(`${told.dataset.where}?${new URLSearchParams({ lon, lat })}`).catch(() => null);
  if (!answer || !answer.ok || field("lon").value !== lon || field("lat").value !== lat) return;
  const { name, outside } = await answer.json();
  told.textContent = outside || (name ? `${words} · ${name}` : words);
}

field("description").addEventListener("input", suggest);
form.addEventListener("change", (event) => {
  if (["lon", "lat"].includes(event.target.name)) field("place_from").value = "";
  if (["category", "other_category", "lon", "lat"].includes(event.target.name)) {
    // Another kind or place is another look at what is near.
    const looked = form.querySelector("[name=looked][type=hidden]");
    if (looked) looked.remove();
    look();
  }
  if (event.target.name === "other_category" && event.target.value) {
    for (const one of form.querySelectorAll("input[name=category]")) one.checked = false;
  }
  if (event.target.name === "category" && event.target.value) field("other_category").value = "";
  if (["category", "other_category"].includes(event.target.name)) ask();
});

async function readPhotos() {
  for (const file of field("photos").files) {
    const found = await sceneOf(file).catch(() => ({ place: null, taken: "" }));
    if (found.taken && !field("taken").value) field("taken").value = found.taken;
    if (found.place && (!field("lon").value || field("place_from").value)) {
      place(found.place.lon, found.place.lat, told.dataset.wordsPhoto, "photo");
      return;
    }
  }
}
field("photos").addEventListener("change", readPhotos);

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
  form.querySelector("[data-map-hint]").hidden = room.hidden;
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
    form.querySelector("[data-map-hint]").hidden = true;
    told.textContent = told.dataset.wordsNomap;
  }
});

// On a slow line somebody is quicker than this file, and a browser keeps what was entered when a page is read anew.
if (field("photos").files.length) readPhotos();
if (!form.querySelector("[data-suggested] input")) suggest();
