// The case page: before and after laid over each other, and a text copied. Without this file the pictures stand side by side.
for (const room of document.querySelectorAll("[data-compare]")) {
  const tools = room.querySelector("[data-compare-tools]");
  const toggle = room.querySelector("[data-compare-toggle]");
  const cut = room.querySelector("[data-compare-cut]");
  const stage = room.querySelector(".stage");
  if (!tools || !toggle || !cut || !stage) continue;
  const show = () => stage.style.setProperty("--cut", `${cut.value}%`);
  const lay = (over) => {
    room.classList.toggle("over", over);
    toggle.setAttribute("aria-pressed", String(over));
    cut.hidden = !over;
    show();
  };
  tools.hidden = false;
  toggle.addEventListener("click", () => lay(!room.classList.contains("over")));
  cut.addEventListener("input", show);
  // A finger or a mouse drawn over the pictures does what the range does.
  stage.addEventListener("pointermove", (event) => {
    if (!room.classList.contains("over") || (event.pointerType === "mouse" && event.buttons !== 1)) return;
    const box = stage.getBoundingClientRect();
    cut.value = String(Math.round((100 * (event.clientX - box.left)) / box.width));
    show();
  });
  stage.addEventListener("dragstart", (event) => event.preventDefault());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  if (!text) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    text.select();
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(text.value);
      else document.execCommand("copy");
      button.textContent = button.dataset.copied;
    } catch {
      text.focus(); // The text is marked: Ctrl+C copies it.
    }
  });
}
