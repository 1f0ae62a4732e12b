import assert from "node:assert/strict";
import { test } from "node:test";
import { Pages } from "./static/field/pages.js";

// Pages whose making ends when the test says so, in the order the test says.
function stage() {
  const told = [];
  const ends = {};
  const pages = new Pages({
    make: (hash) => new Promise((done, failed) => {
      ends[hash] = (more = {}) => done({ title: hash, leave: () => told.push(`left ${hash}`), ...more });
      ends[`${hash}!`] = failed;
    }),
    show: (view, moved) => told.push(`${moved ? "moved to" : "shown"} ${view.title}`),
  });
  return { pages, told, ends };
}

test("of two pages that are made at the same time the one asked for later is shown, whichever is ready first", async () => {
  for (const order of [["#/slow", "#/quick"], ["#/quick", "#/slow"]]) {
    const { pages, told, ends } = stage();
    const first = pages.draw("#/slow");
    const second = pages.draw("#/quick");
    for (const hash of order) {
      ends[hash]();
      await Promise.resolve();
    }
    await Promise.all([first, second]);

    assert.equal(pages.view.title, "#/quick");
    assert.deepEqual(told.filter((one) => !one.startsWith("left")), ["moved to #/quick"]);
    // What listens to the position in the page nobody sees is stopped, and the one that is seen goes on listening.
    assert.deepEqual(told.filter((one) => one.startsWith("left")), ["left #/slow"]);
  }
});

test("a page is left once, before the next one is made", async () => {
  const { pages, told, ends } = stage();
  let drawn = pages.draw("#/a");
  ends["#/a"]();
  await drawn;
  drawn = pages.draw("#/b");
  assert.deepEqual(told, ["shown #/a", "left #/a"]);
  const again = pages.draw("#/c");
  ends["#/b"]();
  ends["#/c"]();
  await Promise.all([drawn, again]);

  assert.deepEqual(told, ["shown #/a", "left #/a", "left #/b", "moved to #/c"]);
});

test("what changes while a list is made is in the list a moment later", async () => {
  const { pages, told, ends } = stage();
  const drawn = pages.draw("#/list");
  pages.redraw();
  pages.redraw();
  ends["#/list"]({ live: true, title: "old" });
  await drawn;
  ends["#/list"]({ live: true, title: "new" });
  await new Promise((done) => { setTimeout(done); });

  assert.deepEqual(told, ["shown old", "left #/list", "shown new"]);
});

test("a form is not drawn anew under somebody's hands", async () => {
  const { pages, told, ends } = stage();
  const drawn = pages.draw("#/form");
  pages.redraw();
  ends["#/form"]({ live: false });
  await drawn;
  pages.redraw();

  assert.deepEqual(told, ["shown #/form"]);
});

test("a page that cannot be made does not stop the next one", async () => {
  const { pages, told, ends } = stage();
  const broken = pages.draw("#/broken");
  ends["#/broken!"](new Error("no"));
  await assert.rejects(broken);
  const next = pages.draw("#/next");
  ends["#/next"]();
  await next;

  assert.deepEqual(told, ["moved to #/next"]);
});
