// What every form of the portal shares: it is sent once, when the device has done its work, by the button that was pressed.
import assert from "node:assert/strict";
import { test } from "node:test";

const EASY = "4";

// A form as far as the script touches it. `sent` is what a browser would have done.
function world() {
  const heard = {};
  const sent = [];
  const form = {
    elements: { proof_challenge: { value: "4.key:signed" } },
    addEventListener: (name, run) => { (heard[name] = heard[name] || []).push(run); },
    setAttribute: (name, value) => { form[name] = value; },
    removeAttribute: (name) => { delete form[name]; },
    submit: () => sent.push("submit"),
    requestSubmit: (button) => { sent.push(`request ${button.name}`); press(button); },
  };
  const answer = { form, value: "", dataset: { proof: EASY } };
  const press = (submitter) => {
    const event = { submitter, prevented: false, preventDefault: () => { event.prevented = true; } };
    const runs = (heard.submit || []).map((run) => run(event));
    if (!event.prevented) sent.push(`native ${submitter ? submitter.name : ""}`);
    return { event, done: Promise.all(runs) };
  };
  const page = {};
  globalThis.document = { querySelector: (what) => (what === "[data-proof]" ? answer : null) };
  globalThis.window = { crypto: globalThis.crypto, addEventListener: (name, run) => { page[name] = run; } };
  return { form, answer, sent, press, page };
}

let number = 0;
const load = () => import(`../static/portal/proving.js?${(number += 1)}`);

test("a form waits for the work and is sent once, however often the button is pressed", async () => {
  const { form, answer, sent, press } = world();
  await load();
  const first = press(null);
  const second = press(null);
  assert.equal(form["aria-busy"], "true");
  await first.done;
  assert.ok(first.event.prevented && second.event.prevented);
  assert.deepEqual(sent, ["submit"]);
  assert.match(answer.value, /^\d+$/);
});

test("the button that was pressed goes along", async () => {
  const { sent, press } = world();
  await load();
  await press({ name: "follow" }).done;
  assert.deepEqual(sent, ["request follow", "native follow"]);
});

test("work done before is not waited for", async () => {
  const { sent, press, page } = world();
  await load();
  await press(null).done;
  page.pageshow();
  const again = press(null);
  assert.ok(!again.event.prevented);
  assert.deepEqual(sent, ["submit", "native "]);
});
