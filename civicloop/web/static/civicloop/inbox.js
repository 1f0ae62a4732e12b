// The inbox as a workplace: keys, the next case, and a list that keeps itself fresh. Every link works without this.
const EVERY = 15000;
const place = document.querySelector("[data-workplace]");
const list = document.querySelector("[data-list]");
const news = document.querySelector("[data-news]");
const help = document.querySelector("[data-keys]");
let etag = list ? list.dataset.etag : "";
let current = null;

const rows = () => Array.from(list.querySelectorAll("[data-row]"));
const detail = () => document.getElementById("detail");

function mark() {
  for (const row of rows()) {
    const chosen = row.dataset.row === current;
    row.classList.toggle("chosen", chosen);
    const link = row.querySelector(".open");
    if (chosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function at() {
  return rows().findIndex((row) => row.dataset.row === current);
}

function move(by) {
  const all = rows();
  if (!all.length) return;
  const next = all[Math.min(Math.max(at() + by, 0), all.length - 1)];
  current = next.dataset.row;
  mark();
  next.querySelector(".open").focus();
}

function open() {
  const row = rows()[Math.max(at(), 0)];
  if (row) row.querySelector(".open").click();
}

let wanted = false;
function step() {
  const shown = detail().querySelector("[data-uid]");
  if (shown && (!current || shown.dataset.uid === current)) {
    const main = shown.querySelector("[data-main]");
    if (main) main.click();
  } else {
    wanted = true;
    open();
  }
}

function toList() {
  place.classList.remove("opened");
  const row = rows()[Math.max(at(), 0)];
  if (row) row.querySelector(".open").focus();
}

function tick() {
  const row = rows()[at()];
  const box = row && row.querySelector("input[type=checkbox]");
  if (box) {
    box.checked = !box.checked;
    counted();
  }
}

const counted = () => document.dispatchEvent(new Event("ticking:count"));

const KEYS = { j: () => move(1), k: () => move(-1), o: open, x: tick, e: step, u: toList, "?": () => help.showModal() };

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog[open], [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

// The open case: which row it is, and on narrow screens the case instead of the list.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "step-form") {
    // From now on the button of the form is the one thing to do.
    const main = detail().querySelector("[data-main]");
    if (main) main.classList.remove("main");
    const field = event.target.querySelector("input:not([type=hidden]), select, textarea");
    if (field) field.focus();
    return;
  }
  if (event.target.id !== "detail") return;
  const shown = event.target.querySelector("[data-uid]");
  if (!shown) return;
  current = shown.dataset.uid;
  place.classList.add("opened");
  mark();
  event.target.scrollTop = 0;
  if (wanted) {
    wanted = false;
    step();
  } else if (matchMedia("(max-width: 1023px)").matches) event.target.focus();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-back]")) {
    event.preventDefault();
    toList();
  } else if (event.target.closest("[data-keys-open]")) help.showModal();
});
addEventListener("popstate", () => location.reload());

// Fresh rows come without a reload. What is ticked stays ticked, where the cursor stands it stays, what is typed beside is untouched.
function renew(text) {
  const known = new Set(rows().map((row) => row.dataset.row));
  const ticked = new Set(Array.from(list.querySelectorAll("input[name=case]:checked"), (box) => box.value));
  const focused = document.activeElement && document.activeElement.closest("[data-row]");
  const which = focused && (document.activeElement.type === "checkbox" ? "input[type=checkbox]" : ".open");
  const offset = window.scrollY;
  list.innerHTML = text;
  htmx.process(list);
  for (const box of list.querySelectorAll("input[name=case]")) box.checked = ticked.has(box.value);
  const again = focused && rows().find((row) => row.dataset.row === focused.dataset.row);
  if (again) (again.querySelector(which) || again.querySelector(".open")).focus({ preventScroll: true });
  window.scrollTo(0, offset);
  mark();
  counted();
  const fresh = rows().filter((row) => !known.has(row.dataset.row));
  if (fresh.length === 1) news.textContent = news.dataset.one;
  else if (fresh.length) news.textContent = `${news.dataset.many} ${fresh.length}`;
}

async function ask() {
  if (document.hidden || list.querySelector("form[data-sent]")) return;
  try {
    const answer = await fetch(list.dataset.list, { headers: { "If-None-Match": etag }, cache: "no-store" });
    if (answer.status !== 200 || answer.redirected) return;
    etag = answer.headers.get("ETag");
    renew(await answer.text());
  } catch (lost) {
    // Without a line the list stays as it is; the next turn tries again.
  }
}

if (list) {
  const shown = detail().dataset.uid;
  if (shown) current = shown;
  mark();
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  list.addEventListener("inbox:ask", ask);
}
