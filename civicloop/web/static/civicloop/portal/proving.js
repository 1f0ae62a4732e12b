// A form whose only script is the device's work (proof.js): what is sent waits for it, once.
import { prove } from "./proof.js";

const answer = document.querySelector("[data-proof]");
if (answer) {
  const form = answer.form;
  const proof = prove(answer, form.elements.proof_challenge);
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
}
