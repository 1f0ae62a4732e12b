// Marks drawn by code when the map first asks for one: a state by colour and shape, the same shapes as beside its word on a page.
const SIZE = 26;
const RATIO = 2;
const SHAPES = {
  dispatched: [[0, 0], [1, 0.5], [0, 1]],
  accepted: [[0.5, 0], [1, 1], [0, 1]],
  rectified: [[0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5]],
  verified: [[0.5, 0], [1, 0.38], [0.81, 1], [0.19, 1], [0, 0.38]],
  voided: [[0, 0.36], [1, 0.36], [1, 0.64], [0, 0.64]],
  merged: [[0, 0], [1, 0], [1, 0.3], [0.65, 0.3], [0.65, 1], [0.35, 1], [0.35, 0.3], [0, 0.3]],
};

function canvasOf(side) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side * RATIO;
  const pen = canvas.getContext("2d");
  pen.scale(RATIO, RATIO);
  pen.lineJoin = "round";
  return [canvas, pen];
}

function outline(pen, state, left, top, side) {
  pen.beginPath();
  const corners = SHAPES[state];
  if (corners) {
    corners.forEach(([x, y], at) => pen[at ? "lineTo" : "moveTo"](left + x * side, top + y * side));
    pen.closePath();
  } else if (state === "suspended") {
    pen.rect(left, top, side * 0.36, side);
    pen.rect(left + side * 0.64, top, side * 0.36, side);
  } else {
    pen.arc(left + side / 2, top + side / 2, side / 2 - 1, 0, 7);
  }
}

function colourOf(state, late, look) {
  if (late === 2) return look.red;
  if (late === 1) return look.amber;
  if (state === "closed") return look.green;
  if (state === "suspended") return look.violet;
  return state === "voided" || state === "merged" ? look.quiet : look.blue;
}

// "case-accepted-2": a case by its state; 1 is due soon, 2 overdue with the exclamation mark of the lists.
function caseMark(state, late, look) {
  const [canvas, pen] = canvasOf(SIZE);
  const side = 14;
  const at = (SIZE - side) / 2;
  const colour = colourOf(state, late, look);
  outline(pen, state, at, at, side);
  pen.strokeStyle = look.paper;
  pen.lineWidth = 5;
  pen.stroke();
  pen.fillStyle = state === "reported" || state === "filed" ? look.paper : colour;
  pen.fill();
  if (state === "filed") {
    pen.beginPath();
    pen.arc(SIZE / 2, SIZE / 2, side / 2 - 1, Math.PI / 2, (3 * Math.PI) / 2);
    pen.fillStyle = colour;
    pen.fill();
  }
  outline(pen, state, at, at, side);
  pen.strokeStyle = colour;
  pen.lineWidth = state === "reported" || state === "filed" ? 2 : 1;
  pen.stroke();
  if (late === 2) badge(pen, look);
  return [canvas, pen];
}

function badge(pen, look) {
  pen.fillStyle = look.paper;
  pen.fillRect(SIZE - 12, 0, 12, 12);
  pen.fillStyle = look.red;
  pen.fillRect(SIZE - 11, 1, 10, 10);
  pen.fillStyle = look.paper;
  pen.font = "bold 10px sans-serif";
  pen.textAlign = "center";
  pen.fillText("!", SIZE - 6, 9.5);
}

// "cell-3-2-open": a cell by how many cases it holds (1 to 5) with the overdue share in eighths as a red arc.
function cellMark(step, share, which, look) {
  const side = 26 + 7 * step;
  const [canvas, pen] = canvasOf(side);
  const middle = side / 2;
  pen.beginPath();
  pen.arc(middle, middle, middle - 2, 0, 7);
  pen.fillStyle = look.paper;
  pen.globalAlpha = 0.92;
  pen.fill();
  pen.globalAlpha = 1;
  pen.lineWidth = 3;
  pen.strokeStyle = which === "closed" ? look.green : which === "all" ? look.quiet : look.blue;
  pen.stroke();
  if (share) {
    pen.beginPath();
    pen.arc(middle, middle, middle - 2.5, -Math.PI / 2, -Math.PI / 2 + (share / 8) * 2 * Math.PI);
    pen.lineWidth = 5;
    pen.strokeStyle = look.red;
    pen.stroke();
  }
  return [canvas, pen];
}

// "stop-7": a point of a route with its number; "point": one without.
function stopMark(number, look) {
  const [canvas, pen] = canvasOf(SIZE);
  pen.beginPath();
  pen.arc(SIZE / 2, SIZE / 2, number ? 11 : 7, 0, 7);
  pen.fillStyle = look.action;
  pen.strokeStyle = look.paper;
  pen.lineWidth = 2;
  pen.fill();
  pen.stroke();
  if (number) {
    pen.fillStyle = look.paper;
    pen.font = "600 12px sans-serif";
    pen.textAlign = "center";
    pen.fillText(number, SIZE / 2, SIZE / 2 + 4.5);
  }
  return [canvas, pen];
}

// Diagonal lines: too little is known to shade this grid.
function hatch(look) {
  const [canvas, pen] = canvasOf(8);
  pen.strokeStyle = look.edge;
  pen.lineWidth = 1;
  pen.globalAlpha = 0.35;
  for (const x of [-8, 0, 8]) {
    pen.beginPath();
    pen.moveTo(x, 8);
    pen.lineTo(x + 8, 0);
    pen.stroke();
  }
  return [canvas, pen];
}

export function mark(id, look) {
  const [kind, one, two, three] = id.split("-");
  if (kind === "case") return caseMark(one, Number(two), look);
  if (kind === "cell") return cellMark(Number(one), Number(two), three, look);
  if (kind === "stop") return stopMark(one, look);
  if (kind === "point") return stopMark("", look);
  return kind === "hatch" ? hatch(look) : null;
}

// Gives a map the marks it asks for, in the colours of the moment.
export function provide(map, lookNow) {
  map.on("styleimagemissing", ({ id }) => {
    const drawn = mark(id, lookNow());
    if (!drawn || map.hasImage(id)) return;
    const [canvas, pen] = drawn;
    map.addImage(id, pen.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: RATIO });
  });
}
