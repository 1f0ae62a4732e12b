// The form of who would like to serve: sent once, after the device has done its work (proof.js). Without this file the form works by
// itself, and stands last on the list of those who answer it.
import { prove } from "./proof.js";

const form = document.querySelector("[data-join]");
const proof = prove(form.querySelector("[data-proof]"), form.elements.proof_challenge);
let sending = false;
form.addEventListener("submit", async (event) => {
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
