// Lists whose rows can be ticked: how many are, and all at once. The list may be sent anew; what is said here is said again then.
const boxes = (form) => Array.from(form.querySelectorAll("input[name=case]"));

function count(form) {
  const all = boxes(form);
  const ticked = all.filter((box) => box.checked).length;
  const told = form.querySelector("[data-ticked]");
  if (told) told.textContent = ticked ? `${told.dataset.words} ${ticked}` : "";
  const every = form.querySelector("[data-tick-all]");
  if (!every) return;
  every.checked = ticked > 0 && ticked === all.length;
  every.indeterminate = ticked > 0 && ticked < all.length;
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-ticking]");
  if (!form) return;
  if (event.target.matches("[data-tick-all]")) for (const box of boxes(form)) box.checked = event.target.checked;
  count(form);
});
document.addEventListener("ticking:count", () => { for (const form of document.querySelectorAll("[data-ticking]")) count(form); });

// Without this script the box would do nothing, so it is shown only with it.
function show() {
  for (const label of document.querySelectorAll("[data-tick-all-label]")) label.hidden = false;
}
document.addEventListener("ticking:count", show);
show();
