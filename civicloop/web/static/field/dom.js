// Elements without a framework. Data reaches the page as text only; nothing is ever parsed as HTML.

// h("button", {class: "main", onclick: save}, "Save") — children are elements, texts, arrays of them, or nothing.
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) set(element, name, value);
  add(element, children);
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "class") element.className = value;
  else if (name === "value" || name === "checked" || name === "srcObject") element[name] = value;
  else element.setAttribute(name, value === true ? "" : String(value));
}

function add(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) add(element, child);
    else if (child !== null && child !== undefined && child !== false && child !== "") element.append(child);
  }
}

// Put children in place of what an element holds.
export function fill(element, ...children) {
  element.textContent = "";
  add(element, children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

// One of the small drawings below, for eyes only: a word stands beside it.
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  for (const d of ICONS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    drawing.append(path);
  }
  return drawing;
}

const ICONS = {
  today: ["M4 6h16v14H4z", "M4 10h16M8 3v4M16 3v4"],
  near: ["M12 21c4-5 6-8 6-11a6 6 0 1 0-12 0c0 3 2 6 6 11z", "M12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z"],
  report: ["M12 5v14M5 12h14"],
  outbox: ["M4 13v6h16v-6", "M12 15V4M8 8l4-4 4 4"],
  more: ["M5 7h14M5 12h14M5 17h14"],
  camera: ["M4 8h4l2-3h4l2 3h4v11H4z", "M12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z"],
  microphone: ["M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3z", "M6 11a6 6 0 0 0 12 0M12 17v4M9 21h6"],
  back: ["M14 5l-7 7 7 7"],
  waiting: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M12 8v4.5l3 2"],
  sent: ["M5 12.5l4.5 4.5L19 7.5"],
  applied: ["M2 12.5l4.5 4.5L15 8", "M11 16l1 1 9.5-9.5"],
  refused: ["M6 6l12 12M18 6L6 18"],
  withdrawn: ["M9 6L4 11l5 5", "M4 11h10a5 5 0 0 1 5 5v2"],
  needs_you: ["M12 4l9 16H3z", "M12 10v4M12 16.5v.5"],
};

// Light or dark, usual or large text: the same two words on <html> as on the desk.
export function look({ theme = "auto", text = "usual" }) {
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.text = text;
}
