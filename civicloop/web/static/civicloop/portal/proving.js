// What every form with the device's work (proof.js) shares: it is sent once, however often the button is pressed, and what the device
// still has to work out is waited for. The button that was pressed goes along.
import { prove } from "./proof.js";

const answer = document.querySelector("[data-proof]");

function bind(form) {
  const proof = prove(answer, form.elements.proof_challenge);
  let sending = false;
  form.addEventListener("submit", async (event) => {
    if (sending) {
      event.preventDefault();
      return;
    }
    sending = true;
    form.setAttribute("aria-busy", "true");
    if (proof.done) return;
    event.preventDefault();
    await proof.promise;
    if (event.submitter && event.submitter.name) {
      sending = false; // comes by here once more, with the work done
      form.requestSubmit(event.submitter);
    } else {
      form.submit();
    }
  });
  window.addEventListener("pageshow", () => {
    sending = false;
    form.removeAttribute("aria-busy");
  });
}

// Where a city has another check (no number to work out) the report is still sent once.
const form = answer ? answer.form : document.querySelector("[data-report]");
if (form) bind(form);
